"""Every letter in both languages and each jurisdiction: all that was put into it is read back, by two readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from letters import templates
from letters.context import LetterContext, read_context
from letters.filling import Filling, balances_of, values_of
from letters.language import language
from letters.render import render
from tests.letters.conftest import LATER

EVERY = sorted(
    {(template.id, template.language, place) for template in templates._newest() for place in template.jurisdictions}
)
CURRENCY = {"zh-CN": "CNY", "en-GB": "GBP", "en-US": "USD"}
_PLACE = re.compile(r"\{([\w.]+)\}")
_OPTIONAL = re.compile(r"<<(.*?)>>")


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def letter(context):
    """`letter(template, language, jurisdiction)`: its context with amounts on both days where it asks for money."""

    def make(template: str, speech: str, place: str, number: int = 1) -> dict[str, Any]:
        made: dict[str, Any] = context(template, speech, number, jurisdiction=place, currency=CURRENCY[place])
        if template != "paid_in_full":
            for account in made["accounts"]:
                account["at_pay_by"] = LATER
        return made

    return make


def put_in(given: LetterContext) -> Iterator[str]:
    """The value of every placeholder that is shown, and what the tables and lists take straight from the context."""
    speech = language(given.language)
    values = values_of(given, speech, balances_of(given))
    filling = Filling(values)
    template = templates.find(given.template, given.language, given.jurisdiction)
    kinds = set()
    for block in template.blocks:
        if not filling.shown(block.when):
            continue
        kinds.add(block.kind)
        for part in (block, *block.rows):
            if filling.shown(part.when):
                for piece in [_OPTIONAL.sub("", part.text), *_OPTIONAL.findall(part.text)]:
                    names = _PLACE.findall(piece)
                    if all(values.get(name) for name in names):
                        yield from (values[name] for name in names)
    money = [f"{amount:,.2f}" for amount in (41280, 5102.44, 2230.83, 12, 48625.27)]
    if "accounts" in kinds and template.owing:
        yield from (*money, "48,932.10", *(account.card_tail for account in given.accounts))
    if given.settlement:
        yield from (f"{float(part.amount):,.2f}" for part in given.settlement.parts)
        yield from (speech.date(part.due) for part in given.settlement.parts if part.due)
    if "visitors" in kinds and given.visit:
        yield from (text for one in given.visit.persons for text in (one.name, one.role, one.badge))
    if given.dossier:
        lists = (given.dossier.checklist, given.dossier.script, given.dossier.offers, given.dossier.last_words)
        yield from (line for lines in lists for line in lines)
        yield from (text for one in given.dossier.people for text in (one.name, one.relation))
    if "lines" in kinds and given.legal:
        yield from given.legal.claims
    if "lawyer_signs" in kinds and given.legal:
        yield from (given.legal.law_firm, given.legal.lawyer, given.legal.licence)
    if "history" in kinds:
        for entry in given.history:
            yield from (f"{entry.at:%Y-%m-%d %H:%M}", entry.kind, entry.who, entry.text, entry.hash)
    if given.validation:
        yield from ("46,000.00", "2,613.27", "512.00", "500.00", "48,625.27")
    yield from (given.debtor.name, given.debtor.address, given.bank.name, given.case_number, given.free_paragraph)


@pytest.mark.parametrize(("identifier", "speech", "place"), EVERY)
def test_every_value_is_found_by_pypdf(letter, read_back, identifier, speech, place):
    given = letter(identifier, speech, place)
    text = read_back(render(given).pdf)
    wanted = list(put_in(read_context(given)))
    assert len(wanted) > 8
    assert [value for value in wanted if squeezed(value) not in text] == []


@pytest.mark.parametrize(("identifier", "speech", "place"), EVERY)
def test_every_value_is_found_by_poppler(letter, poppler, identifier, speech, place):
    given = letter(identifier, speech, place)
    text = squeezed(poppler(render(given).pdf, "-raw"))
    assert [value for value in put_in(read_context(given)) if squeezed(value) not in text] == []


HOSTILE = "<b>x</b>{bank.phone}**<<y>>\u202e\x1b[31m\u200b %s"


@pytest.mark.parametrize(("identifier", "speech", "place"), EVERY)
def test_hostile_values_print_as_text(letter, read_back, identifier, speech, place):
    given = letter(identifier, speech, place)
    hostile = spoilt({name: part for name, part in given.items() if isinstance(part, dict | list)})
    text = read_back(render({**given, **hostile, "free_paragraph": HOSTILE}).pdf)
    shown = squeezed("<b>x</b>{bank.phone}**<<y>>[31m %s")
    assert text.count(shown) >= 4
    assert "\u202e" not in text
    assert "\x1b" not in text


PLAIN = re.compile(r"[\d.,:+T-]*|male|female|upheld|partly|monthly|interest_free|JN-W-\d+")


def spoilt(value: Any) -> Any:
    """The context with markup, template syntax, a direction mark and control characters after every text."""
    if isinstance(value, dict):
        return {name: spoilt(part) for name, part in value.items()}
    if isinstance(value, list):
        return [spoilt(part) for part in value]
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        return value + HOSTILE
    return value


@pytest.mark.parametrize(
    ("identifier", "speech", "place"),
    [one for one in EVERY if one[0] != "budget_statement"],  # one page, by cutting
)
def test_very_long_values_stay_on_the_page(letter, poppler, identifier, speech, place):
    given = letter(identifier, speech, place)
    long = "很长的内容" * 100 if speech == "zh_CN" else "Llanfairpwllgwyngyllgogerychwyrn, " * 17
    for part in ("objection", "visit"):
        if part in given:
            given[part] |= {name: long for name in ("about", "findings", "decision", "place") if name in given[part]}
    for entry in given.get("history", ()):
        entry["text"] = (long * 8)[:4000]
    if "dossier" in given:
        given["dossier"]["checklist"] = [long, *given["dossier"]["checklist"]]
    if "legal" in given:
        given["legal"]["claims"] = [long]
    given["free_paragraph"] = (long * 6)[:4000]
    boxes = poppler(render(given).pdf, "-bbox")
    edges = re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', boxes)
    assert len(edges) > 60
    for left, top, right, bottom in (tuple(map(float, edge)) for edge in edges):
        assert left >= 70
        assert right <= 544.0
        assert top >= 30
        assert bottom <= 841.89 - 25


@pytest.mark.parametrize(("identifier", "speech", "place"), EVERY)
def test_the_same_letter_has_the_same_bytes_and_many_accounts_fit(letter, identifier, speech, place):
    given = letter(identifier, speech, place)
    assert render(given).pdf == render(given).pdf
    if identifier not in {"validation_notice", "settlement_offer"}:  # their sums are of one account
        assert render(letter(identifier, speech, place, 8)).pages <= 4


@pytest.mark.parametrize("identifier", ["demand", "reminder", "settlement_offer", "final_notice", "limitation_demand"])
@pytest.mark.parametrize("speech", ["zh_CN", "en"])
def test_amounts_stand_as_of_both_days_in_figures_and_words(letter, read_back, identifier, speech):
    text = read_back(render(letter(identifier, speech, "zh-CN")).pdf)
    assert "人民币肆万捌仟陆佰贰拾伍元贰角柒分" in text
    assert "人民币肆万捌仟玖佰叁拾贰元壹角" in text
    both = ("人民币48,625.27元", "人民币48,932.10元") if speech == "zh_CN" else ("CNY48,625.27", "CNY48,932.10")
    assert all(amount in text for amount in both)


def test_what_will_be_owed_is_not_said_where_one_account_lacks_it(letter, read_back):
    given = letter("demand", "zh_CN", "zh-CN", 2)
    del given["accounts"][1]["at_pay_by"]
    assert "预计到" not in read_back(render(given).pdf)
