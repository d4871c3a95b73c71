"""The strategy: always a treatment, always the same one, always the first rule that really holds."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from tests.domain.case.plain_strategy import plain_default
from tests.domain.case.strategy_worlds import cases, holds_by_hand, rule_lists, toml
from workstation.domain.message import Money
from workstation.domain.strategy import (
    CHOICES,
    Flag,
    PlanOffer,
    SettlementOffer,
    StrategyFacts,
    StrategyRule,
    treat,
)
from workstation.domain.strategy_file import default, default_text, read
from workstation.domain.strategy_words import held, parts
from workstation.i18n import Translator


def case(days: int, *flags: Flag, owed: int = 1_000_000, **more: Any) -> StrategyFacts:
    return StrategyFacts(Money(owed, "CNY"), days, flags=frozenset(flags), **more)


@given(rule_lists, cases)
def test_the_first_rule_whose_conditions_hold_by_hand(rules: list[dict[str, Any]], known: StrategyFacts) -> None:
    strategy = read(toml(rules), "house.toml")
    by_hand = next(rule["id"] for rule in rules if holds_by_hand(rule.get("when", {}), known))
    found = treat(known, strategy)
    assert found.id == by_hand
    assert found.holds(known)
    assert next(rule.id for rule in strategy.rules if rule.holds(known)) == by_hand
    assert treat(known, read(toml(rules), "house.toml")) == found
    assert len(held(found, known)) == len(found.conditions)


@given(cases)
def test_the_default_treats_every_case_by_its_own_text(known: StrategyFacts) -> None:
    rules = tomllib.loads(default_text())["rule"]
    found = treat(known, default()).id
    assert found == next(rule["id"] for rule in rules if holds_by_hand(rule.get("when", {}), known))
    assert found == plain_default(known)


@given(cases)
def test_the_default_never_collects_where_collection_must_stop(known: StrategyFacts) -> None:
    stopped = {"deceased", "represented", "ceased", "breathing_space", "dispute_open", "complaint_open", "time_barred"}
    treatment = treat(known, default()).treatment
    if stopped & known.flags:
        assert (treatment.channel, treatment.letter, treatment.offer) == ("none", "", None)
    elif known.days_past_due == 0 and "plan_in_force" not in known.flags:
        assert treatment.channel == "none"


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        (case(0), "not-due"),
        (case(5), "first-days"),
        (case(20), "m1-remind"),
        (case(45), "m2-negotiate"),
        (case(78), "m3-m4-plan"),
        (case(100, "hardship"), "hardship"),
        (case(100, "out_of_contact"), "lost-visit"),
        (case(100, "out_of_contact", owed=20_000_000), "lost-visit-large"),
        (case(140), "m5-m6-settle"),
        (case(400), "long"),
        (case(400, limitation_left=90), "limitation-close"),
        (case(400, "out_of_contact"), "long-lost"),
        (case(400, owed=9_000_000, attempts=20), "long-large"),
        (case(78, quadrant="unable_willing"), "unable-willing"),
        (case(78, quadrant="able_unwilling"), "able-unwilling"),
        (case(78, "dispute_open", quadrant="able_unwilling"), "disputed"),
        (case(78, "promise_open"), "promise-open"),
        (case(78, promises_broken=2), "promises-broken"),
        (case(78, "plan_in_force", "hardship"), "plan-kept"),
    ],
)
def test_the_default_is_the_one_of_the_domain_rules(known: StrategyFacts, rule: str) -> None:
    assert treat(known, default()).id == rule


def test_offers_of_the_default() -> None:
    assert treat(case(78), default()).treatment.offer == PlanOffer(6, 36)
    assert treat(case(140), default()).treatment.offer == SettlementOffer(Decimal("0.05"), Decimal("0.20"))
    assert treat(case(100, "out_of_contact"), default()).treatment.visit == "pair"


def test_a_treatment_and_why_it_was_chosen_in_words() -> None:
    known = case(400, owed=9_000_000, attempts=20)
    rule = treat(known, default())
    assert [part.plain() for part in parts(rule.treatment)] == [
        "letter",
        "formal",
        "demand",
        "settlement, 5 to 20 % waived",
        "legal",
    ]
    say = Translator("en").say
    assert [say(part) for part in held(rule, known)] == [
        "Stage: M7+",
        "Balance: ¥90,000.00 (from ¥50,000.00)",
        "Attempts: 20 (from 12)",
    ]
    assert [say(part) for part in parts(treat(case(5), default()).treatment)] == ["SMS", "friendly", "wait 3 days"]


def test_a_balance_is_measured_in_the_currency_of_the_book() -> None:
    rules = [
        {"id": "big", "when": {"balance": {"from": "5000"}}, "treatment": {"channel": "call", "tone": "firm"},
         "reason": {"zh_CN": "大", "en": "big"}},
        {"id": "last", "treatment": {"channel": "none", "tone": "service"}, "reason": {"zh_CN": "余", "en": "rest"}},
    ]  # fmt: skip
    strategy = read(toml(rules), "house.toml")

    def rule_of(minor: int, currency: str) -> StrategyRule:
        return treat(StrategyFacts(Money(minor, currency), 10), strategy)

    assert [rule_of(minor, "CNY").id for minor in (499_999, 500_000)] == ["last", "big"]
    assert [rule_of(minor, "JPY").id for minor in (4_999, 5_000)] == ["last", "big"]
    assert [rule_of(minor, "KWD").id for minor in (4_999_999, 5_000_000)] == ["last", "big"]


def test_nothing_is_said_of_a_figure_that_is_not_known() -> None:
    rules = tomllib.loads(default_text())["rule"][-1:]
    asked = {**rules[0], "id": "asked", "when": {"days_since_reached": {"to": 9}, "last_outcome": ["none"]}}
    strategy = read(toml([asked, *rules]), "house.toml")
    assert treat(case(40), strategy).id == "otherwise"
    assert treat(case(40, days_since_reached=9), strategy).id == "asked"
    assert "none" in CHOICES["last_outcome"]
