"""Scripts: nothing about a debt before the identity check or to a third person, and no statement that is not true."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.message import Message, Money
from workstation.domain.rulepack import JURISDICTIONS
from workstation.domain.script import (
    FACTS,
    OCCASION_NAMES,
    OCCASIONS,
    SECTION_NAMES,
    SECTIONS,
    CallPoint,
    ScriptError,
    SpokenScript,
    script_for,
)
from workstation.domain.script_file import LINES, load
from workstation.domain.script_words import debt_words
from workstation.domain.vocabulary import STAGES

PARTIES = ("debtor", "guarantor", "related", "unrelated", "unknown")
QUADRANTS = ((None, None), (2, 2), (2, 4), (4, 2), (4, 4))  # ability, willingness
LANGUAGES = ("en", "zh_CN")
FIELDS = {
    "caller": "Chen",
    "name": "Wang",
    "bank": "Xinda",
    "amount": Money(4_861_327, "CNY"),
    "due_date": date(2026, 9, 6),
    "promise_date": date(2026, 11, 19),
}
VERIFIED = frozenset({"identity_verified"})

# Apart from the program's own list on purpose: what a listener must not hear, in plain words.
HEARD = re.compile(
    r"debt|ow(?:e|ing)|overdue|arrear|pay|card|account|credit|bill|instal|interest|waive|court|legal|lawyer|attorney|su(?:e|it)\b"
    r"|plan\b|promise|dispute|guarant|collect|欠|债|逾期|还|贷|信用|卡|账|催|款|钱|分期|利息|减免|法院|起诉|律师|征信|异议|担保|协议|承诺|承担",
    re.IGNORECASE,
)

facts = st.frozensets(st.sampled_from(sorted(FACTS)))
points = st.builds(
    CallPoint,
    stage=st.sampled_from(STAGES),
    facts=facts,
    party=st.sampled_from(PARTIES),
    situation=st.sampled_from(OCCASIONS),
    ability=st.none() | st.integers(1, 5),
    willingness=st.none() | st.integers(1, 5),
    fields=st.just(FIELDS),
)
jurisdictions = st.sampled_from(JURISDICTIONS)
languages = st.sampled_from((*LANGUAGES, "fr"))


def ids(script: SpokenScript) -> set[str]:
    return {statement for section in script.sections for statement, _ in section.say}


def lines(script: SpokenScript, jurisdiction: str) -> dict[str, set[str]]:
    """The model lines spoken, each with the ids of its statements."""
    found: dict[str, set[str]] = {}
    spoken = ids(script)
    for statements in load(jurisdiction).sections.values():
        for statement in statements:
            if statement.line is not None and statement.id in spoken:
                found.setdefault(statement.line, set()).add(statement.id)
    return found


def shown(script: SpokenScript) -> list[str]:
    """Every text of the script box, in both languages where it has them."""
    reasons = [text for withheld in script.withheld for text in (*withheld.why.values(), withheld.article)]
    names = [OCCASION_NAMES[name].text for name in script.situations]
    names += [SECTION_NAMES[section.id].text for section in script.sections]
    return [script.title.plain(), *(message.plain() for message in script.sentences), *reasons, *names]


def silent(point: CallPoint) -> bool:
    return point.party in {"related", "unrelated", "unknown"} or "identity_verified" not in point.facts


# ---- not one word ----


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_not_one_word_about_a_debt_in_any_combination(jurisdiction: str) -> None:
    """Every stage, quadrant, situation, party and language; the property below takes any set of facts."""
    troubles = frozenset({"dispute_open", "in_hardship", "time_barred", "promise_broken"})
    fact_sets = (frozenset(), FACTS - VERIFIED, FACTS, troubles, troubles | VERIFIED)
    heard: dict[tuple[str, ...], int] = {}
    grid = product(STAGES, QUADRANTS, OCCASIONS, PARTIES, LANGUAGES, fact_sets)
    for stage, quadrant, situation, party, language, true in grid:
        point = CallPoint(stage, true, party, situation, *quadrant, FIELDS)
        if silent(point):
            texts = tuple(shown(script_for(point, language, jurisdiction)))
            heard[texts] = heard.get(texts, 0) + 1
    # What is heard does not let the case be guessed: it differs by party, mood and language only.
    assert len(heard) == 2 * 3  # third person; not yet checked, calm or angry; each in two languages
    assert sum(heard.values()) == 23_520
    for texts in heard:
        for text in texts:
            assert not HEARD.search(text), text
            assert not debt_words(text), text


@given(points, languages, jurisdictions)
def test_the_case_leaves_no_trace_for_somebody_who_may_not_know(
    point: CallPoint, language: str, jurisdiction: str
) -> None:
    if not silent(point):
        return
    script = script_for(point, language, jurisdiction)
    third = point.party in {"related", "unrelated"}
    assert [section.id for section in script.sections] == list(SECTIONS if third else SECTIONS[:2])
    for message in script.sentences:
        assert set(message.params) <= ({"caller", "name"} if third else {"caller", "name", "bank"})
    bare = CallPoint("M0", party=point.party, situation=point.situation, fields=FIELDS)
    assert script == script_for(bare, language, jurisdiction)


@pytest.mark.parametrize("bank", ["信达银行信用卡中心", "First Card Services", "Payday Credit"])
@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_bank_whose_name_gives_it_away_is_not_named(bank: str, jurisdiction: str) -> None:
    script = script_for(CallPoint("M3", fields={**FIELDS, "bank": bank}), "zh_CN", jurisdiction)
    assert [len(section.say) > 0 for section in script.sections] == [True, True]
    assert not any(bank in message.plain() for message in script.sentences)


def test_the_word_list_does_not_take_manners_for_a_debt() -> None:
    harmless = ("Out of courtesy I feel I should repeat my number.", "This is recorded.", "您好，打扰您了。", "{bill}")
    assert [debt_words(text) for text in harmless] == [()] * 4
    assert debt_words("Your CARD payment, 逾期") == ("CARD", "payment", "逾")


# ---- always all six sections ----


@given(points, languages, jurisdictions)
def test_once_checked_every_section_says_something(point: CallPoint, language: str, jurisdiction: str) -> None:
    script = script_for(point, language, jurisdiction)
    assert all(section.say for section in script.sections)
    if not silent(point):
        assert [section.id for section in script.sections] == list(SECTIONS)
    assert all("{" not in message.plain() for message in script.sentences)
    assert script.situation in script.situations


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_situation_of_a_debtor_has_words_of_its_own(jurisdiction: str) -> None:
    calm = FACTS - {"dispute_open", "plan_in_force", "breathing_space", "ceased", "represented"}
    spoken = {
        situation: ids(script_for(CallPoint("M3", calm, "debtor", situation, 2, 4, FIELDS), "en", jurisdiction))
        for situation in OCCASIONS
        if situation not in {"guarantor", "third_person"}
    }
    # A plan in force is only spoken of where there is one.
    spoken["plan_in_force"] = ids(
        script_for(
            CallPoint("M3", VERIFIED | {"plan_in_force"}, "debtor", "plan_in_force", fields=FIELDS), "en", jurisdiction
        )
    )
    assert len({frozenset(said) for said in spoken.values()}) == len(spoken)


@given(st.sampled_from(STAGES), facts, st.sampled_from(OCCASIONS), jurisdictions)
def test_amounts_and_days_unknown_leave_their_sentence_out(
    stage: str, true: frozenset[str], situation: str, jurisdiction: str
) -> None:
    fields = {**FIELDS, "amount": None, "due_date": None, "promise_date": None}
    script = script_for(CallPoint(stage, true | VERIFIED, "debtor", situation, fields=fields), "zh_CN", jurisdiction)
    assert all(section.say for section in script.sections)
    assert not any({"amount", "due_date", "promise_date"} & set(message.params) for message in script.sentences)


# ---- only what is true ----


@given(points, languages, jurisdictions)
def test_the_six_lines_are_said_only_where_they_are_true(point: CallPoint, language: str, jurisdiction: str) -> None:
    script, true = script_for(point, language, jurisdiction), point.facts
    spoken = lines(script, jurisdiction)
    if spoken:
        assert not silent(point)
    if "plan_in_force" in true:
        assert not set(spoken) & {"overdue_reminder", "legal_measures", "credit_record", "legal_liability"}
    if "dispute_open" in true:
        assert not set(spoken) & {"overdue_reminder", "credit_record", "legal_liability"}
        assert "legal_possible" not in spoken.get("legal_measures", ())
    if "time_barred" in true:
        assert "legal_liability" not in spoken
        assert "legal_possible" not in spoken.get("legal_measures", ())
    if "legal_step_taken" not in true:
        assert "legal_taken" not in spoken.get("legal_measures", ())
    if "credit_reported" not in true:
        assert "credit_reported" not in spoken.get("credit_record", ())
    if "waiver_available" not in true:
        assert "interest_waiver" not in spoken
    if jurisdiction != "zh-CN" and "legal_review" not in true:
        assert "legal_possible" not in spoken.get("legal_measures", ())
    if jurisdiction == "en-US" and {"time_barred", "ceased", "represented"} & true:
        assert not set(spoken) & {"legal_measures", "legal_liability"}
    if jurisdiction == "en-GB" and "breathing_space" in true:
        assert not set(spoken) & {"overdue_reminder", "legal_measures", "legal_liability", "instalments"}
    if "M0" in point.stage:
        assert not set(spoken) & {"overdue_reminder", "instalments", "legal_liability"}


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_all_six_lines_of_the_trade_are_said_where_they_are_true(jurisdiction: str) -> None:
    true = {"legal_step_taken", "legal_review", "credit_reported", "waiver_available", "interest_accrues"}
    script = script_for(CallPoint("M5", VERIFIED | true, fields=FIELDS), "en", jurisdiction)
    assert set(lines(script, jurisdiction)) == set(LINES)
    assert script.withheld == ()


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_true_general_sentence_stands_in_where_nothing_was_reported(jurisdiction: str) -> None:
    script = script_for(CallPoint("M5", VERIFIED, fields=FIELDS), "en", jurisdiction)
    assert lines(script, jurisdiction)["credit_record"] == {"credit_general"}


def test_what_is_withheld_names_the_reason_and_the_article() -> None:
    script = script_for(CallPoint("M3", VERIFIED, ability=2, willingness=4, fields=FIELDS), "zh_CN", "zh-CN")
    assert script.title.plain() == "M3 · Willing · unable to pay in full"
    assert "您一次还清有困难，我们一起看一个您负担得起的安排。" in [message.plain() for message in script.sentences]
    reasons = {withheld.why["zh_CN"]: withheld.article for withheld in script.withheld}
    assert reasons["没有立案记录，不得称“已采取法律措施”。"] == "《商业银行信用卡业务监督管理办法》 第六十八条"
    assert len(reasons) == len(script.withheld)  # each reason once


@pytest.mark.parametrize(
    ("jurisdiction", "fact", "article"),
    [
        ("zh-CN", "plan_in_force", "第七十条"),
        ("zh-CN", "dispute_open", "第六十九条"),
        ("zh-CN", "time_barred", "第一百九十二条"),
        ("en-US", "time_barred", "1006.26"),
        ("en-US", "ceased", "1006.6(c)"),
        ("en-US", "dispute_open", "1006.38"),
        ("en-GB", "breathing_space", "reg. 7"),
        ("en-GB", "time_barred", "CONC 7.15.7"),
    ],
)
def test_what_stops_collecting_withholds_it_with_its_article(jurisdiction: str, fact: str, article: str) -> None:
    script = script_for(CallPoint("M5", VERIFIED | {fact}, fields=FIELDS), "en", jurisdiction)
    articles = [withheld.article for withheld in script.withheld]
    assert any(article in source for source in articles), articles


# ---- what each country's rules need ----


def test_an_american_collector_says_what_they_are_after_the_check_and_never_before() -> None:
    said = ids(script_for(CallPoint("M2", VERIFIED, fields=FIELDS), "en", "en-US"))
    assert {"collector_first", "validation"} <= said
    again = ids(
        script_for(CallPoint("M2", VERIFIED | {"spoken_before"}, situation="follow_up", fields=FIELDS), "en", "en-US")
    )
    assert "collector_again" in again
    assert not {"collector_first", "validation"} & again


@given(points, languages)
def test_an_american_collector_says_so_on_every_call(point: CallPoint, language: str) -> None:
    if not silent(point):
        assert ids(script_for(point, language, "en-US")) & {"collector_first", "collector_again"}


@given(points, languages)
def test_a_british_customer_always_hears_where_advice_is_free(point: CallPoint, language: str) -> None:
    if not silent(point):
        assert "free_advice" in ids(script_for(point, language, "en-GB"))


def test_an_old_american_debt_is_called_one() -> None:
    script = script_for(CallPoint("M7+", VERIFIED | {"time_barred"}, fields=FIELDS), "en", "en-US")
    assert any("we will not sue you" in message.plain() for message in script.sentences)


@given(points, languages, jurisdictions)
def test_a_guarantor_hears_nothing_of_what_the_debtor_said(point: CallPoint, language: str, jurisdiction: str) -> None:
    script = script_for(point, language, jurisdiction)
    if point.party == "guarantor" and not silent(point):
        private = {
            "promise_kept",
            "promise_broken",
            "hard_times",
            "ask_hardship",
            "understand_refusal",
            "dispute_noted",
        }
        assert not ids(script) & (private | {"complaint_noted", "plan_service", "waiver", "instalments"})


# ---- language ----


def test_a_language_that_is_not_spoken_falls_back_to_english() -> None:
    point = CallPoint("M2", VERIFIED, fields=FIELDS)
    assert script_for(point, "fr", "zh-CN") == script_for(point, "en", "zh-CN")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_sentences_are_short_enough_to_be_said_and_chinese_ones_polite(jurisdiction: str) -> None:
    for statements in load(jurisdiction).sections.values():
        for statement in statements:
            assert len(statement.say["en"].split()) <= 30, statement.id
            assert len(statement.say["zh_CN"]) <= 60, statement.id
            assert "你" not in statement.say["zh_CN"], statement.id
            assert not re.search(r"[,;:?!]", statement.say["zh_CN"]), statement.id  # Chinese signs in Chinese


def test_a_jurisdiction_without_a_file_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ScriptError, match=r"Script file fr-FR\.toml, line 1"):
        script_for(CallPoint("M2", fields=FIELDS), "en", "fr-FR")


def test_the_message_of_a_sentence_carries_only_what_it_names() -> None:
    script = script_for(CallPoint("M5", VERIFIED, fields=FIELDS), "en", "zh-CN")
    for message in script.sentences:
        assert isinstance(message, Message)
        assert set(message.params) == set(re.findall(r"\{(\w+)\}", message.text))
