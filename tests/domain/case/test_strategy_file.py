"""A strategy's file: every fault names file, line and rule and says what to do; what no case reaches is told."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.templates import available
from tests.domain.case.strategy_worlds import LAST, cases, rule_lists, toml
from workstation.domain.labels import LABELS
from workstation.domain.message import Money
from workstation.domain.strategy import (
    AMOUNTS,
    CHOICES,
    FLAGS,
    Channel,
    Referral,
    Strategy,
    StrategyFacts,
    Tone,
    VisitTeam,
    treat,
)
from workstation.domain.strategy_check import warnings
from workstation.domain.strategy_file import DEFAULT, LETTERS, StrategyError, default, default_text, read

HEAD = 'version = "1"\n\n'
RULE = """[[rule]]
id = "one"
when.stage = ["M1"]
treatment.channel = "call"
treatment.tone = "firm"
reason.zh_CN = "一"
reason.en = "one"

"""
END = RULE.replace('"one"', '"end"').replace('when.stage = ["M1"]\n', "")


def test_the_default_has_no_rule_in_vain_and_no_gap() -> None:
    assert warnings(default()) == ()
    assert len(default().rules) == len(tomllib.loads(default_text())["rule"])


def test_the_default_names_only_letters_that_can_be_made() -> None:
    ready = {info.id for info in available("zh-CN", "zh_CN")} & {info.id for info in available("zh-CN", "en")}
    assert {rule.treatment.letter for rule in default().rules} - {""} <= ready


def test_everything_a_strategy_may_say_has_a_label() -> None:
    for fact in (*AMOUNTS, *CHOICES):
        assert ("strategy_fact", fact) in LABELS
    for flag in FLAGS:
        assert ("strategy_flag", flag) in LABELS
    for vocabulary, kind in (("tone", Tone), ("visit_team", VisitTeam), ("referral", Referral)):
        assert {identity for known, identity in LABELS if known == vocabulary} == set(get_args(kind))
    assert {("channel", name) for name in get_args(Channel) if name != "none"} <= set(LABELS)
    assert "demand" in LETTERS


def test_the_page_on_strategy_shows_a_strategy_and_names_all_there_is() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "strategy.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert [rule.id for rule in read(example, "house.toml").rules] == ["disputed", "large-m3", "otherwise"]
    kinds = (Channel, Tone, VisitTeam, Referral)
    named = (*AMOUNTS, *CHOICES, *CHOICES["quadrant"], *FLAGS, *(word for kind in kinds for word in get_args(kind)))
    assert [word for word in named if f"`{word}`" not in page] == []


@pytest.mark.parametrize(
    ("text", "line", "rule", "said"),
    [
        ("", 1, "-", "version"),
        (HEAD, 1, "-", "no [[rule]]"),
        (HEAD + "x = 1\n", 3, "-", "“x” is not known"),
        (HEAD + RULE, 3, "one", "the last rule must have no conditions"),
        (HEAD + RULE + END.replace('id = "end"', 'id = "one"'), 12, "one", "another rule has this id"),
        (HEAD + RULE.replace("when.stage", "when.stag") + END, 5, "one", "did you mean “stage”"),
        (HEAD + RULE.replace('"M1"', '"M8"') + END, 5, "one", "“M8” is not known"),
        (HEAD + RULE.replace('["M1"]', '"M1"') + END, 5, "one", "as a list"),
        (HEAD + RULE.replace('stage = ["M1"]', "attempts = 3") + END, 5, "one", "as a range"),
        (HEAD + RULE.replace('stage = ["M1"]', "attempts = { from = 3, to = 2 }") + END, 5, "one", "turn them round"),
        (HEAD + RULE.replace('stage = ["M1"]', "attempts = { from = -1 }") + END, 5, "one", "whole numbers"),
        (HEAD + RULE.replace('stage = ["M1"]', "attempts = { from = true }") + END, 5, "one", "whole numbers"),
        (HEAD + RULE.replace('stage = ["M1"]', "attempts = { form = 3 }") + END, 5, "one", "did you mean “from”"),
        (HEAD + RULE.replace('stage = ["M1"]', "balance = { from = 50.5 }") + END, 5, "one", "in quotes"),
        (HEAD + RULE.replace('stage = ["M1"]', 'flags = ["dispute"]') + END, 5, "one", "did you mean “dispute_open”"),
        (HEAD + RULE.replace('stage = ["M1"]', 'flags = ["ceased"]\nwhen.without = ["ceased"]') + END, 6, "one",
         "cannot hold and not hold"),
        (HEAD + RULE.replace('"call"', '"fax"') + END, 6, "one", "“fax” is not known"),
        (HEAD + RULE.replace('"call"', '"visit"') + END, 6, "one", "a visit needs both"),
        (HEAD + RULE.replace('treatment.tone = "firm"', 'treatment.visit = "pair"') + END, 3, "one", "tone is missing"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.visit = "pair"') + END, 8, "one", "a visit needs both"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.letter = "demnad"') + END, 8, "one", "did you mean “demand”"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.offer = { months = [12, 3] }') + END, 8, "one", "wrong way"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.offer = { waive = ["0.1", "1.5"] }') + END, 8, "one",
         "less than 1"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.offer = { gift = [1, 2] }') + END, 8, "one", "an offer as"),
        (HEAD + RULE.replace('"firm"', '"firm"\ntreatment.wait = 1000') + END, 8, "one", "whole numbers"),
        (HEAD + RULE.replace('reason.en = "one"\n', "") + END, 3, "one", "give the reason in en"),
        (HEAD + RULE.replace('reason.en = "one"', 'reason.en = "  "') + END, 9, "one", "give the reason in en"),
        (HEAD + RULE.replace('id = "one"', "") + END, 3, "-", "give the rule an id"),
        (HEAD + RULE + "[[rule]]\nid = \"end\"\nwhat", 13, "end", "not valid TOML"),
        (HEAD + "rule = [1]\n", 1, "-", "write each rule as a table"),
        ("#" * 200_001, 1, "-", "shorten it"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_rule_and_says_what_to_do(text: str, line: int, rule: str, said: str) -> None:
    with pytest.raises(StrategyError) as refused:
        read(text, "zh-CN.toml")
    assert (refused.value.line, refused.value.rule or "-") == (line, rule)
    sentence = refused.value.message.plain()
    assert sentence.startswith(f"Strategy zh-CN.toml, line {line}, rule {rule}: ")
    assert said in sentence


def attempt(text: str) -> Strategy | StrategyError:
    try:
        return read(text, DEFAULT)
    except StrategyError as error:
        return error


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda text: default_text().replace("M1", text)))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = attempt(text)
    if isinstance(found, StrategyError):
        assert 1 <= found.line <= text.count("\n") + 1
    else:
        assert not found.rules[-1].conditions


@given(st.integers(0, 10_000), st.text(max_size=3))
def test_a_slip_of_the_finger_is_a_fault_or_a_strategy(place: int, typed: str) -> None:
    text = default_text()
    slipped = text[: place % len(text)] + typed + text[place % len(text) + 1 :]
    found = attempt(slipped)
    if isinstance(found, StrategyError):
        assert 1 <= found.line <= slipped.count("\n") + 1
    else:
        assert treat(StrategyFacts(Money(1, "CNY"), 1), found) in found.rules


# ---- what is told although it may stand ----


def rules(*whens: dict[str, Any]) -> str:
    return toml([*({**LAST, "id": f"r{place}", "when": when} for place, when in enumerate(whens)), LAST])


def told(*whens: dict[str, Any], kind: str = "unreachable") -> list[str]:
    return [found.rule for found in warnings(read(rules(*whens), "house.toml")) if found.kind == kind]


def test_a_rule_behind_a_wider_one_is_told_with_its_line() -> None:
    strategy = read(rules({"stage": ["M1", "M2"]}, {"stage": ["M2"], "flags": ["hardship"]}), "house.toml")
    found = next(each for each in warnings(strategy) if each.kind == "unreachable")
    assert (found.rule, found.line) == ("r1", strategy.rules[1].line)
    assert "r0 takes them all before" in found.message.plain()


def test_a_rule_behind_several_that_together_take_all() -> None:
    assert told({"attempts": {"to": 3}}, {"attempts": {"from": 4}}, {"flags": ["hardship"]}) == ["r2"]
    assert told({"balance": {"to": "4999.99"}}, {"balance": {"from": "5000"}}, {"stage": ["M1"]}) == ["r2"]
    assert told({"attempts": {"to": 3}}, {"attempts": {"from": 5}}, {"flags": ["hardship"]}) == []
    assert told({"flags": ["hardship"]}, {"without": ["hardship"]}, {"stage": ["M3"]}) == ["r2"]
    # A range never holds for what is not known, so these two leave the debtor who was never reached.
    reached = {"days_since_reached": {"to": 9}}, {"days_since_reached": {"from": 10}}
    assert told(*reached, {"stage": ["M3"]}) == []


def test_a_rule_whose_conditions_contradict_each_other() -> None:
    assert told({"stage": ["M1"], "days_past_due": {"from": 31}}) == ["r0"]
    assert told({"stage": ["M1"], "days_past_due": {"from": 30}}) == []


def test_a_stage_that_falls_to_the_last_rule_is_told() -> None:
    assert len(told({"stage": list(CHOICES["stage"])}, kind="gap")) == 0
    found = warnings(read(rules({"stage": list(CHOICES["stage"][:-1])}), "house.toml"))
    assert [each.message.params["stage"].id for each in found if each.kind == "gap"] == ["M7+"]  # type: ignore[attr-defined]


@given(rule_lists, st.lists(cases, min_size=40, max_size=40))
def test_no_case_ever_meets_a_rule_said_to_be_unreachable(
    made: list[dict[str, Any]], known: list[StrategyFacts]
) -> None:
    strategy = read(toml(made), "house.toml")
    dead = {found.rule for found in warnings(strategy) if found.kind == "unreachable"}
    assert not dead & {treat(each, strategy).id for each in known}


_TINY = {"flags": ["hardship"]}, {"without": ["hardship"]}, {"stage": ["M1", "M2"]}, {"quadrant": ["unknown"]}
_HALVES = {"attempts": {"to": 1}}, {"attempts": {"from": 2}}
pairs = st.lists(st.sampled_from((*_TINY, *_HALVES)), max_size=2)
whens = pairs.map(lambda found: {key: value for one in found for key, value in one.items()})
tiny = st.lists(whens.filter(lambda when: not {"flags", "without"} <= set(when)), max_size=6)


@given(tiny)
def test_every_rule_without_cases_is_told_where_all_cases_can_be_counted(whens: list[dict[str, Any]]) -> None:
    strategy = read(rules(*whens), "house.toml")
    world = product((0, 1, 31, 61), ("unknown", "able_willing"), (0, 1, 2), (frozenset(), frozenset({"hardship"})))
    met = {
        treat(StrategyFacts(Money(1, "CNY"), days, where, attempts=tries, flags=flags), strategy).id  # type: ignore[arg-type]
        for days, where, tries, flags in world
    }
    dead = {found.rule for found in warnings(strategy) if found.kind == "unreachable"}
    assert dead == {rule.id for rule in strategy.rules[:-1]} - met
