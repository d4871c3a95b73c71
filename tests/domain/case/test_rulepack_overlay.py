"""A house's own rules tighten the shipped pack, on top of one another, and never loosen it."""

from __future__ import annotations

from datetime import date, time

import pytest

from workstation.domain.rule_forms import QuietHours, ThirdPerson, Window
from workstation.domain.rulepack import RulePackError, load, overlay

CHINA, AMERICA = load("zh-CN"), load("en-US")
QUIET = '{ from = "%s", to = "%s", channels = [%s], consent = %s, service_channels = ["call", "visit"] }'
ALL = '"call", "sms", "email", "letter", "visit", "in_app"'


def row(rule_id: str, value: str, effective: str = "2026-03-01", until: str = "", strength: str = "house") -> str:
    end = f"until = {until}\n" if until else ""
    return (
        f'[[rule]]\nid = "{rule_id}"\nvalue = {value}\ntitle = "Board, 2026/7"\narticle = "1"\n'
        f'effective = {effective}\n{end}strength = "{strength}"\n'
    )


def house(*rows: str, jurisdiction: str = "zh-CN", version: str = "2026-03-01", name: str = "bank") -> str:
    return f'jurisdiction = "{jurisdiction}"\nversion = "{version}"\nhouse = "{name}"\n\n' + "\n".join(rows)


@pytest.mark.parametrize(
    ("rule_id", "value", "read"),
    [
        ("effective_calls_per_day", "2", 2),
        ("recording_years", "5", 5),
        ("plan_in_force", '"block"', "block"),
        ("dispute_open", '"block"', "block"),
        (
            "quiet_hours",
            QUIET % ("20:30", "09:00", ALL, "false"),
            QuietHours(
                time(20, 30),
                time(9),
                ("call", "sms", "email", "letter", "visit", "in_app"),
                False,
                ("call", "visit"),
            ),
        ),
        ("collect_from", '["debtor"]', ("debtor",)),
        ("contact_sources", '["contract", "debtor"]', ("contract", "debtor")),
        ("third_person", '{ purposes = ["locate"], out_of_contact = true }', ThirdPerson(("locate",), True)),
        ("out_of_contact", "{ calls = 5, days = 3 }", Window(5, 3)),
        ("calls_in_window", "{ calls = 7, days = 7 }", Window(7, 7)),  # the pack has none: a limit may be added
        ("conversation_cooling_days", "2", 2),
        ("default_zones", '["Asia/Shanghai", "Asia/Urumqi"]', ("Asia/Shanghai", "Asia/Urumqi")),
        ("interest_on_charges", "false", False),
    ],
)
def test_a_house_tightens(rule_id: str, value: str, read: object) -> None:
    pack = overlay(CHINA, house(row(rule_id, value)), "bank.toml")
    assert pack.rule(rule_id).value == read
    assert pack.rule(rule_id).source == "Board, 2026/7 1"
    assert pack.name == "zh-CN@2026-01-30+bank@2026-03-01"
    assert {**pack.rules, rule_id: None} == {**CHINA.rules, rule_id: None}


@pytest.mark.parametrize(
    ("rule_id", "value", "problem"),
    [
        ("effective_calls_per_day", "4", "never loosen"),
        ("plan_in_force", '"warn"', "never loosen"),
        ("recording_years", "1", "never loosen"),
        ("safety_share", '"0.95"', "never loosen"),
        ("tolerance", '"9.99"', "never loosen"),
        ("quiet_hours", QUIET % ("22:30", "09:00", ALL, "true"), "never loosen"),
        ("quiet_hours", QUIET % ("08:00", "22:00", ALL, "true"), "never loosen"),
        ("quiet_hours", QUIET % ("21:00", "09:00", '"call"', "true"), "never loosen"),
        ("collect_from", '["debtor", "guarantor", "related"]', "never loosen"),
        ("letter_contents", '["name", "balance"]', "never loosen"),
        ("third_person", '{ purposes = ["locate"], out_of_contact = false }', "never loosen"),
        ("out_of_contact", "{ calls = 2, days = 9 }", "never loosen"),
        ("default_zones", '["Asia/Urumqi", "Asia/Shanghai"]', "never loosen"),
        ("interest_on_charges", "true", "never loosen"),
        ("legal_order", '["principal", "interest", "costs"]', "a house cannot change this rule"),
        ("conduct", '"Be kind."', "a house cannot change this rule"),
        ("forbearance", '"Be kind."', "a house cannot change this rule"),
        ("limitation_years_scotland", "5", "the pack has no such rule, and a house cannot add it"),
        ("kindness", "1", "knows no rule of this id"),
        ("effective_calls_per_day", "0", "not a whole number"),
    ],
)
def test_a_house_neither_loosens_nor_invents(rule_id: str, value: str, problem: str) -> None:
    text = house(row("visit_people", "3"), row(rule_id, value))
    line = text.split("\n").index(f'id = "{rule_id}"')
    with pytest.raises(RulePackError, match=rf"bank\.toml, line {line}, rule {rule_id}: .*{problem}") as caught:
        overlay(CHINA, text, "bank.toml")
    assert caught.value.code == "bad_rule_pack"


def test_the_window_of_calls_is_tightened_by_fewer_calls_or_more_days() -> None:
    def america(value: str) -> Window:
        text = house(row("calls_in_window", value), jurisdiction="en-US")
        return overlay(AMERICA, text, "bank.toml").value("calls_in_window", Window)

    assert america("{ calls = 3, days = 7 }") == Window(3, 7)
    assert america("{ calls = 7, days = 14 }") == Window(7, 14)
    for looser in ("{ calls = 8, days = 30 }", "{ calls = 1, days = 1 }"):
        with pytest.raises(RulePackError, match="never loosen"):
            america(looser)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (house(row("visit_people", "3"), jurisdiction="en-US"), "must state the jurisdiction zh-CN"),
        (house(row("visit_people", "3"), name=""), "must name the house"),
        (house(row("visit_people", "3"), name="a+b@c"), "must name the house"),
        (house(row("visit_people", "3"), version="2026-03-02"), "newest effective date, 2026-03-01"),
        (house(row("visit_people", "3", strength="law")), "strength house only"),
        (house(row("visit_people", "3"), row("visit_people", "4")), "there twice"),
        (house(), r"there is no \[\[rule\]\]"),
        (house(row("visit_people", "3", until="2026-02-01")), "until lies before effective"),
        ("[" * 5000, "not valid TOML"),
    ],
)
def test_a_faulty_overlay_is_refused(text: str, problem: str) -> None:
    with pytest.raises(RulePackError, match=rf"bank\.toml, line \d+, rule .*{problem}"):
        overlay(CHINA, text, "bank.toml")


def test_a_branch_tightens_what_its_house_tightened() -> None:
    bank = house(row("visit_people", "3"), row("calls_in_window", "{ calls = 5, days = 7 }"))
    branch = house(
        row("visit_people", "4", "2026-05-01"),
        row("calls_in_window", "{ calls = 5, days = 8 }", "2026-05-01"),
        version="2026-05-01",
        name="支行-2",
    )
    pack = overlay(overlay(CHINA, bank, "bank.toml"), branch, "branch.toml")
    assert pack.name == "zh-CN@2026-01-30+bank@2026-03-01+支行-2@2026-05-01"
    assert (pack.value("visit_people", int), pack.value("calls_in_window", Window)) == (4, Window(5, 8))
    with pytest.raises(RulePackError, match=r"bank\.toml, line 5, rule visit_people: a house rule may tighten"):
        overlay(overlay(CHINA, branch, "branch.toml"), bank, "bank.toml")


def test_a_house_rule_binds_from_its_day_on_and_until_its_last() -> None:
    text = house(
        row("visit_people", "3", "2026-03-01", "2026-08-31"),
        row("visit_people", "4", "2026-10-01"),
        version="2026-10-01",
    )

    def on(day: date | None) -> tuple[str, int]:
        pack = overlay(load("zh-CN", day), text, "bank.toml", day)
        return pack.name.removeprefix("zh-CN@2026-01-30"), pack.value("visit_people", int)

    assert on(date(2026, 2, 28)) == ("", 2)
    assert on(date(2026, 3, 1)) == ("+bank@2026-03-01", 3)
    assert on(date(2026, 8, 31)) == ("+bank@2026-03-01", 3)
    assert on(date(2026, 9, 1)) == ("", 2)
    assert on(date(2026, 10, 1)) == ("+bank@2026-10-01", 4)
    assert on(None) == ("+bank@2026-10-01", 4)
