"""The shipped packs hold what the regulations table says, and a faulty pack is refused by file and rule."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.letter_contents import CONTENTS
from workstation.domain.rule_forms import LETTER_CONTENTS, PLAN_CLAUSES, Window
from workstation.domain.rulepack import JURISDICTIONS, RulePackError, load, parse


@pytest.fixture
def chinese() -> str:
    return resource("rules/zh-CN.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_shipped_rule_has_a_source_and_a_date(jurisdiction: str) -> None:
    pack = load(jurisdiction)
    assert pack.name == f"{jurisdiction}@{pack.version}"
    for rule in pack.rules.values():
        assert rule.title
        assert rule.effective <= date(2026, 11, 23)
        assert rule.strength in {"law", "guideline", "house"}
        if rule.strength == "law":
            assert rule.article


def test_the_chinese_pack_holds_the_table_of_the_regulations() -> None:
    pack = load("zh-CN")
    assert pack.name == "zh-CN@2026-01-30"
    assert (pack.quiet_hours.start, pack.quiet_hours.end) == (time(22), time(8))
    assert pack.value("unanswered_per_point_day", int) == 6
    assert pack.value("effective_calls_per_day", int) == 3
    assert pack.value("out_of_contact", Window) == Window(3, 3)
    assert pack.payment_order.until_day == 90
    assert pack.payment_order.early == ("costs", "interest", "penalty", "fees", "principal")
    assert pack.payment_order.late == ("principal", "costs", "interest", "penalty", "fees")
    assert pack.grace_days == 3
    assert pack.tolerance("CNY") == 1000
    assert pack.plan_longest_months == 60
    assert pack.limitation_years == 3
    assert pack.safety_share == Decimal("0.9")
    assert pack.high_cost_rate == Decimal("0.24")
    assert pack.rule("collect_from").source == "《商业银行信用卡业务监督管理办法》 第六十八条"
    assert {"name", "balance", "reason", "law", "seal", "how_to_object"} <= set(pack.letter_contents)


def test_the_british_and_american_packs_differ_where_the_law_does() -> None:
    assert load("en-US").value("calls_in_window", Window) == Window(7, 7)
    assert load("en-US").high_cost_rate is None
    assert load("en-GB").limitation_years == 6
    assert load("en-GB").value("breathing_space_days", int) == 60


def test_an_unknown_jurisdiction_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="zh-CN") as caught:
        load("fr-FR")
    assert (caught.value.code, caught.value.field) == ("unknown_jurisdiction", "jurisdiction")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('from = "22:00"', 'from = "25:00"', "quiet_hours"),
        ('id = "grace_days"\nvalue = 3', 'id = "grace_days"\nvalue = "three"', "grace_days"),
        ('id = "grace_days"\nvalue = 3', 'id = "grace_days"\nvalue = true', "grace_days"),
        ('value = "0.9"', 'value = "1.9"', "safety_share"),
        ('"Asia/Shanghai"', '"Asia/Nowhere"', "default_zones"),
        ('id = "conduct"', 'id = "kindness"', "kindness"),
        ('article = "第六十八条"', 'article = ""', "collect_from"),
        ('strength = "law"', 'strength = "strong"', "collect_from"),
        ("effective = 2011-01-13", 'effective = "2011"', "collect_from"),
        ('"fees", "principal"], late', '"fees"], late', "payment_order"),
        ('id = "safety_share"', 'id = "grace_days"', "grace_days"),
    ],
)
def test_a_fault_names_the_file_and_the_rule(chinese: str, old: str, new: str, rule: str) -> None:
    assert old in chinese
    with pytest.raises(RulePackError) as caught:
        parse(chinese.replace(old, new, 1), "zh-CN")
    assert "zh-CN.toml" in str(caught.value)
    assert f"rule {rule}:" in str(caught.value)


def test_a_missing_required_rule_and_broken_toml_are_refused(chinese: str) -> None:
    without = chinese[: chinese.index('[[rule]]\nid = "safety_share"')]
    with pytest.raises(RulePackError, match="rule safety_share: the rule is required"):
        parse(without, "zh-CN")
    with pytest.raises(RulePackError, match="not valid TOML"):
        parse("[[rule", "zh-CN")
    with pytest.raises(RulePackError, match="head must state"):
        parse(chinese, "en-US")
    with pytest.raises(RulePackError, match="line 1, rule -: the row is not a table"):
        parse('jurisdiction = "zh-CN"\nversion = "2026-01-30"\nrule = [7]', "zh-CN")


def test_a_fault_names_the_line_of_its_rule(chinese: str) -> None:
    lines = chinese.split("\n")
    row = lines.index('id = "grace_days"')
    lines[row + 1] = "value = -3"
    with pytest.raises(RulePackError, match=rf"line {row}, rule grace_days: -3 is not a whole number"):
        parse("\n".join(lines), "zh-CN")
    lines[row + 1] = "value = "
    with pytest.raises(RulePackError, match=rf"line {row + 2}, rule grace_days: not valid TOML"):
        parse("\n".join(lines), "zh-CN")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('channels = ["call", "sms"', 'channels = ["cal", "sms"', "cal is not among"),
        ('purposes = ["locate", "relay"]', 'purposes = ["locate", "collect"]', "collect is not among"),
        ('value = ["debtor", "guarantor"]', 'value = ["debtor", "spouse"]', "spouse is not among"),
        ('"how_to_check", ', '"how_to_cheat", ', "how_to_cheat is not among"),
        ('value = "10"', 'value = "1e999999999"', "not a decimal"),
        ("value = 60", "value = 1001", "from 1 to 1000"),
        ('from = "22:00"', 'from = "22:00:30"', "whole minutes"),
        ('jurisdiction = "zh-CN"', 'jurisdiction = "zh-CN"\nhouse = "bank"', "unknown field house"),
        ('id = "tolerance"', "id = 7", "the rule has no id"),
        ("value = 60", f"value = {'9' * 5000}", "not valid TOML"),
        ("value = 60", f"value = 0x{'f' * 5000}", "rule plan_longest_months"),
        ('article = "第六十八条"', 'article = " "', "a law an article"),
    ],
)
def test_a_word_or_figure_that_would_bind_nobody_is_refused(chinese: str, old: str, new: str, problem: str) -> None:
    assert old in chinese
    with pytest.raises(RulePackError, match=problem) as caught:
        parse(chinese.replace(old, new, 1), "zh-CN")
    assert "zh-CN.toml, line " in str(caught.value)


def test_every_content_that_a_rule_may_require_has_a_name_in_a_refusal() -> None:
    source = (Path(__file__).parents[3] / "letters" / "elements.py").read_text(encoding="utf-8")
    for element in LETTER_CONTENTS | PLAN_CLAUSES | frozenset().union(*CONTENTS.values()):
        assert f'"{element}": msg(' in source


def test_a_rule_asked_for_in_vain_is_a_fault_of_the_pack() -> None:
    with pytest.raises(RulePackError, match="rule calls_in_window: the pack has no such rule"):
        load("zh-CN").value("calls_in_window", Window)
    with pytest.raises(RulePackError, match="rule grace_days: the value is not a Window"):
        load("zh-CN").value("grace_days", Window)
