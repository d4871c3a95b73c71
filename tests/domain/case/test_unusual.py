"""Unusual looking and taking: each rule on both sides of its threshold, with the figures in its sentence."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.unusual import Access, Unusual, UnusualFileError, Work, findings, load, read

MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
THRESHOLDS = load()


def shown(number: int, minutes: float = 0, person: str = "li", **more: Any) -> Access:
    values = {"case_id": f"c{number}", "field": "phone", "point": f"p{number}", **more}
    return Access(
        f"e{number}-{minutes}-{person}", person=person, at=MORNING + timedelta(minutes=minutes), kind="reveal", **values
    )


def taken(number: int, minutes: float = 0, person: str = "li", **more: Any) -> Access:
    values = {"case_id": f"c{number}", "how": "save", **more}
    return Access(
        f"t{number}-{minutes}", person=person, at=MORNING + timedelta(minutes=minutes), kind="taken_out", **values
    )


def worked(access: Access, after: float = 1) -> Work:
    return Work(access.case_id, access.person, access.at + timedelta(minutes=after), access.point)


def found(rule: str, accesses: list[Access], work: list[Work] | None = None) -> list[Unusual]:
    every = findings(accesses, work if work is not None else [worked(access) for access in accesses], THRESHOLDS, UTC)
    return [finding for finding in every if finding.rule == rule]


def test_an_ordinary_day_is_not_unusual() -> None:
    day = [shown(number, number * 9) for number in range(40)]
    assert findings(day, [worked(access) for access in day], THRESHOLDS, UTC) == ()


@pytest.mark.parametrize(("count", "expected"), [(11, 0), (12, 1)])
def test_many_within_an_hour_against_what_is_usual(count: int, expected: int) -> None:
    usual = [shown(100 + day, -1440 * day) for day in range(1, 8)]
    burst = [shown(number, number * 4) for number in range(count)]
    got = found("many_in_hour", usual + burst)
    assert len(got) == expected
    if got:
        assert len(got[0].events) == count
        assert (got[0].said.params["n"], got[0].said.params["own"]) == (count, 1.0)


def test_an_hour_is_sixty_minutes_wherever_it_begins() -> None:
    across = [shown(number, 30 + number * 5) for number in range(12)]  # 10:30 to 11:25
    assert len(found("many_in_hour", across)) == 1
    spread = [shown(number, number * 5.5) for number in range(12)]  # the last an hour and half a minute after the first
    assert found("many_in_hour", spread) == []


def test_whoever_always_looks_at_many_is_measured_by_their_own_usual() -> None:
    usual = [shown(number + day * 100, -1440 * day + number * 5) for day in range(1, 6) for number in range(12)]
    burst = [shown(number, number * 4) for number in range(14)]
    assert len(found("many_in_hour", burst)) == 1
    assert found("many_in_hour", [*usual, *burst]) == []


def test_a_case_that_was_not_theirs_is_enough_once() -> None:
    assert len(found("not_held", [shown(1, held=False)])) == 1
    assert found("not_held", [shown(1)]) == []


@pytest.mark.parametrize(("count", "expected"), [(2, 0), (3, 1)])
def test_cases_on_which_nothing_was_done_that_day(count: int, expected: int) -> None:
    looks = [shown(number, number) for number in range(count)]
    assert len(found("not_worked", looks, [])) == expected
    assert found("not_worked", looks, [worked(access, after=300) for access in looks]) == []
    assert len(found("not_worked", looks, [worked(access, after=1440) for access in looks])) == expected


@pytest.mark.parametrize(("after", "expected"), [(30, 0), (31, 1), (-1, 1)])
def test_numbers_shown_without_a_contact_following(after: float, expected: int) -> None:
    looks = [shown(number, number * 9) for number in range(8)]
    assert len(found("no_contact", looks, [worked(access, after) for access in looks])) == expected
    assert found("no_contact", looks[:7], []) == []


@pytest.mark.parametrize(("minutes", "expected"), [(-151, 1), (-150, 0), (689, 0), (690, 1)])
def test_outside_the_shift(minutes: int, expected: int) -> None:
    assert len(found("off_hours", [shown(1, minutes)])) == expected
    assert len(found("off_hours", [taken(1, minutes)])) == expected


@pytest.mark.parametrize(("days", "expected"), [(3, 1), (4, 0)])
def test_the_same_debtor_by_many_people(days: int, expected: int) -> None:
    looks = [shown(1, place * 1440 * days, person) for place, person in enumerate(("li", "wang", "zhao"))]
    assert len(found("many_people", looks)) == expected
    assert found("many_people", [shown(1, place, "li") for place in range(9)]) == []


def test_lists_are_counted_once_whatever_their_length() -> None:
    one = [taken(number, 0, batch="a", cases=150) for number in range(150)]
    assert found("taken_lists", one) == []
    four = [taken(number, number, batch=str(number), cases=2) for number in range(4)]
    assert found("taken_lists", four)[0].said.params["n"] == 4
    assert len(found("taken_lists", [taken(1, 0, batch="a", cases=200)])) == 1


@pytest.mark.parametrize(("count", "expected"), [(14, 0), (15, 1)])
def test_copies(count: int, expected: int) -> None:
    assert len(found("copied", [taken(number, number, how="copy") for number in range(count)])) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-4000, 4000), st.sampled_from(("li", "wang"))), max_size=40),
       st.randoms(use_true_random=False))  # fmt: skip
def test_the_order_in_which_records_arrive_changes_nothing(
    looks: list[tuple[int, int, str]], shuffling: random.Random
) -> None:
    accesses = list({access.event: access for access in (shown(*look) for look in looks)}.values())
    work = [worked(access, 5) for access in accesses[::2]]
    other = list(accesses)
    shuffling.shuffle(other)
    assert findings(accesses, work, THRESHOLDS, UTC) == findings(other, work[::-1], THRESHOLDS, UTC)


@pytest.mark.parametrize(
    "change", [("least = 12", "least = 0"), ("[copied]", "[copyed]"), ("07:30:00", '"early"'), ("days = 30", "")]
)
def test_thresholds_that_make_no_sense_are_named(change: tuple[str, str]) -> None:
    from resources import resource

    text = resource("privacy/unusual.toml").read_text("utf-8")
    assert msgspec.structs.asdict(read(text)) == msgspec.structs.asdict(THRESHOLDS)
    with pytest.raises(UnusualFileError):
        read(text.replace(*change, 1))
