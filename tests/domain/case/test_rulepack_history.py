"""Rules of other days: a contact is judged by the versions in force on its date, and the pack's name says which."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest

from resources import resource
from workstation.domain.rulepack import JURISDICTIONS, REQUIRED, RulePack, RulePackError, load, parse

DAY = timedelta(days=1)


def text_of(jurisdiction: str) -> str:
    return resource(f"rules/{jurisdiction}.toml").read_text(encoding="utf-8")


# ---- what was in force when ----


@pytest.mark.parametrize(
    ("jurisdiction", "rule_id", "day", "source", "value"),
    [
        ("zh-CN", "limitation_years", date(2017, 9, 30), "民法通则", 2),
        ("zh-CN", "limitation_years", date(2017, 10, 1), "民法总则", 3),
        ("zh-CN", "limitation_years", date(2020, 12, 31), "民法总则", 3),
        ("zh-CN", "limitation_years", date(2021, 1, 1), "民法典", 3),
        ("zh-CN", "legal_order", date(2020, 12, 31), "法释〔2009〕5号", ("costs", "interest", "principal")),
        ("zh-CN", "legal_order", date(2021, 1, 1), "民法典", ("costs", "interest", "principal")),
        ("zh-CN", "collect_from", date(2025, 6, 1), "第六十八条", ("debtor", "guarantor")),
        ("en-US", "ceased", date(2021, 11, 29), "15 U.S.C. 1692c(c)", "block"),
        ("en-US", "ceased", date(2021, 11, 30), "12 CFR 1006.6(c)", "block"),
        ("en-GB", "breathing_space_days", date(2021, 5, 4), "reg. 26", 60),
        ("en-GB", "limitation_years", date(2000, 1, 1), "Limitation Act 1980", 6),
    ],
)
def test_the_version_of_the_day_is_used(jurisdiction: str, rule_id: str, day: date, source: str, value: object) -> None:
    rule = load(jurisdiction, day).rule(rule_id)
    assert source in rule.source
    assert rule.value == value


def test_the_quiet_hours_of_china_came_with_the_standard_and_passed_to_the_guideline() -> None:
    last, first = load("zh-CN", date(2026, 1, 29)), load("zh-CN", date(2026, 1, 30))
    assert "GB/T 45251-2025" in last.rule("quiet_hours").source
    assert "催收工作指引" in first.rule("quiet_hours").source
    assert (last.name, first.name) == ("zh-CN@2025-02-28", "zh-CN@2026-01-30")
    assert "exaggerated consequence" not in str(last.rule("conduct").value)
    assert "exaggerated consequence" in str(first.rule("conduct").value)


def test_forbearance_reaches_those_at_risk_since_november_2024() -> None:
    assert "at risk" not in str(load("en-GB", date(2024, 11, 3)).rule("forbearance").value)
    assert "at risk" in str(load("en-GB", date(2024, 11, 4)).rule("forbearance").value)


def test_a_rule_that_is_too_young_binds_in_its_first_version() -> None:
    pack = load("zh-CN", date(2015, 6, 1))
    assert pack.name == "zh-CN@2011-01-13"
    assert "GB/T 45251-2025" in pack.rule("quiet_hours").source
    assert pack.value("unanswered_per_point_day", int) == 6
    assert load("en-US", date(2005, 1, 1)).has("calls_in_window")


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_newest_pack_is_todays_and_its_name_is_in_the_head(jurisdiction: str) -> None:
    head = tomllib.loads(text_of(jurisdiction))["version"]
    assert load(jurisdiction).name == load(jurisdiction, date(2026, 11, 23)).name == f"{jurisdiction}@{head}"


def test_days_of_one_version_share_one_pack() -> None:
    assert load("zh-CN", date(2026, 2, 1)) is load("zh-CN", date(2030, 2, 1)) is load("zh-CN")


# ---- every day ----


def plain(jurisdiction: str, day: date) -> dict[str, date]:
    """The effective date of the version to be used, by the words of the rule, from the bare TOML."""
    chosen: dict[str, date] = {}
    versions: dict[str, list[dict[str, object]]] = {}
    for row in ROWS[jurisdiction]:
        versions.setdefault(row["id"], []).append(row)
    for rule_id, rows in versions.items():
        begun = [row for row in rows if row["effective"] <= day]
        if not begun:
            chosen[rule_id] = min(row["effective"] for row in rows)
        else:
            latest = max(begun, key=lambda row: row["effective"])
            if latest.get("until", date.max) >= day:
                chosen[rule_id] = latest["effective"]
    return chosen


ROWS = {jurisdiction: tomllib.loads(text_of(jurisdiction))["rule"] for jurisdiction in JURISDICTIONS}


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_no_day_lacks_a_required_rule_and_every_name_stands_for_one_set_of_rules(jurisdiction: str) -> None:
    day, named = date(2000, 1, 1), dict[str, dict[str, date]]()
    before: RulePack | None = None
    while day.year <= 2040:
        pack = load(jurisdiction, day)
        if pack is not before or day.day == 1:
            chosen = {rule_id: rule.effective for rule_id, rule in pack.rules.items()}
            assert chosen == plain(jurisdiction, day), day
            assert set(REQUIRED) <= set(chosen), day
            assert named.setdefault(pack.name, chosen) == chosen
        if before is not None and pack is not before:
            assert pack.version == day.isoformat()
        before, day = pack, day + DAY
    assert len(named) >= 2


# ---- periods that cannot stand ----


def versions(*periods: tuple[str, str, str], rule_id: str = "visit_people", head: str = "2026-01-30") -> str:
    """The Chinese file with these versions of a rule in place of its own."""
    text = text_of("zh-CN").replace('version = "2026-01-30"', f'version = "{head}"')
    start = text.index(f'[[rule]]\nid = "{rule_id}"')
    end = text.find("[[rule]]", start + 1)
    rows = "".join(
        f'[[rule]]\nid = "{rule_id}"\nvalue = {value}\ntitle = "T"\narticle = "1"\neffective = {first}\n'
        + (f"until = {last}\n" if last else "")
        + 'strength = "house"\n\n'
        for value, first, last in periods
    )
    return text[:start] + rows + text[end:]


def test_versions_side_by_side_are_chosen_by_date_whatever_their_order() -> None:
    text = versions(("3", "2024-03-01", ""), ("2", "2011-01-13", "2024-02-29"))
    assert parse(text, "zh-CN", date(2024, 2, 29)).value("visit_people", int) == 2
    assert parse(text, "zh-CN", date(2024, 3, 1)).value("visit_people", int) == 3
    assert parse(text, "zh-CN", date(1999, 1, 1)).value("visit_people", int) == 2
    assert parse(text, "zh-CN", date(2024, 2, 29)).name == "zh-CN@2021-11-01"
    assert parse(text, "zh-CN", date(2024, 3, 1)).name == "zh-CN@2024-03-01"


def test_a_rule_that_has_ended_does_not_bind_and_the_name_tells_the_day() -> None:
    text = versions(('"block"', "2024-03-01", "2024-06-30"), rule_id="dead_point")
    assert parse(text, "zh-CN", date(2020, 1, 1)).has("dead_point")
    during, after = (parse(text, "zh-CN", day) for day in (date(2024, 6, 30), date(2024, 7, 1)))
    assert (during.has("dead_point"), during.name) == (True, "zh-CN@2024-03-01")
    assert (after.has("dead_point"), after.name) == (False, "zh-CN@2024-07-01")
    assert not parse(text, "zh-CN").has("dead_point")


@pytest.mark.parametrize(
    ("periods", "problem"),
    [
        ([("2", "2011-01-13", ""), ("3", "2024-03-01", "")], "there twice on 2024-03-01"),
        ([("2", "2011-01-13", "2024-03-01"), ("3", "2024-03-01", "")], "there twice on 2024-03-01"),
        ([("2", "2011-01-13", ""), ("3", "2011-01-13", "")], "there twice on 2011-01-13"),
        ([("2", "2011-01-13", "2024-02-28"), ("3", "2024-03-01", "")], "required, and missing from 2024-02-29"),
        ([("2", "2011-01-13", "2030-12-31")], "required, and has no version after 2030-12-31"),
        ([("2", "2011-01-13", "2010-12-31")], "until lies before effective"),
        ([("2", "2026-02-01", "")], "version must be the newest effective date, 2026-02-01"),
    ],
)
def test_versions_that_overlap_or_leave_a_required_rule_out_are_refused(
    periods: list[tuple[str, str, str]], problem: str
) -> None:
    with pytest.raises(RulePackError, match=rf"zh-CN\.toml, line \d+, rule .*{problem}"):
        parse(versions(*periods), "zh-CN")
