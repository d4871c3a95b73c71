"""Sentences, money, days and plurals in both languages; a translation has exactly the fields of its English."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.messages.pofile import read_po

from resources import resource
from workstation.domain.message import Label, Money, Percent, msg, nmsg
from workstation.i18n import LANGUAGES, Translator

CHINESE, ENGLISH = "zh_CN", "en"
FIELD = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize(
    ("language", "shown"), [(CHINESE, "本人接听 · ¥48,613.27"), (ENGLISH, "Debtor answered · ¥48,613.27")]
)
def test_fields_are_shown_in_the_language(language: str, shown: str) -> None:
    message = msg("{a} · {b}", a=Label("outcome", "right_party_no_commitment"), b=Money(4_861_327, "CNY"))
    assert Translator(language).say(message) == shown


@pytest.mark.parametrize(
    ("language", "count", "shown"), [(ENGLISH, 1, "1 day left"), (ENGLISH, 2, "2 days left"), (CHINESE, 1, "余 1 天")]
)
def test_plurals(language: str, count: int, shown: str) -> None:
    assert Translator(language).say(nmsg("{n} day left", "{n} days left", count)) == shown


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(0, "CNY"), "¥0.00"),
        (Money(-150_000, "CNY"), "−¥1,500.00"),
        (Money(1_234_567, "JPY"), "¥1,234,567"),
        (Money(5, "KWD"), "KWD 0.005"),
    ],
)
def test_money_has_the_decimals_of_its_currency(money: Money, shown: str) -> None:
    assert Translator(ENGLISH).money(money) == shown


def test_days_near_today_go_without_their_year() -> None:
    today = date(2026, 11, 23)
    translator = Translator(CHINESE, UTC, today)
    assert translator.say(msg("{d}", d=date(2026, 11, 28))) == "11月28日 周六"
    assert translator.say(msg("{d}", d=date(2029, 3, 30))) == "2029年3月30日"
    assert translator.moment(datetime(2026, 11, 23, 9, 41, tzinfo=UTC), today=today) == "今天 09:41"


def test_a_persons_own_words_are_not_a_template() -> None:
    translator = Translator(ENGLISH)
    assert translator.say("{amount} 100% <b>") == "{amount} 100% <b>"
    assert translator.say(msg("Note: {words}", words="{amount}")) == "Note: {amount}"


def test_shares_and_unknown_labels() -> None:
    translator = Translator(ENGLISH)
    assert translator.say(msg("{share}", share=Percent(Decimal("0.0459")))) == "4.59%"
    assert translator.label(Label("outcome", "of_a_newer_version")) == "of_a_newer_version"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {ENGLISH}))
def test_a_translation_has_the_fields_of_its_sentence(language: str) -> None:
    path = resource(f"locale/{language}/LC_MESSAGES/workstation.po")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    wrong = []
    for entry in catalogue:
        if not entry.id or not entry.string:
            continue
        asked = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        given = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = set(FIELD.findall(" ".join(asked)))
        wrong += [asked[0] for text in given if text and set(FIELD.findall(text)) != wanted]
    assert not wrong
