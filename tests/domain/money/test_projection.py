"""A balance carried to another day: simple by default, compounded on the statement day when the book says so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import InputError
from workstation.domain.money import Balance, round_half_up
from workstation.domain.projection import project

OWED = Balance(principal=4_128_000, interest=510_244, penalty=223_083, fees=1_000, costs=2_000)
START = date(2026, 11, 23)


def test_interest_runs_on_principal_alone_for_the_actual_days() -> None:
    later = project(OWED, START, date(2026, 11, 30))
    assert later.interest - OWED.interest == 14_448  # 41,280.00 × 0.0005 × 7
    assert later - Balance(interest=14_448) == OWED


def test_it_is_rounded_once_over_the_whole_period() -> None:
    # 0.10 bears 0.005 cents a day: day by day it would stay nothing, over 100 days it is half a cent and rounds up.
    assert project(Balance(principal=10), START, START + timedelta(days=100)).interest == 1
    assert project(Balance(principal=10), START, START + timedelta(days=99)).interest == 0


def test_compounding_adds_unpaid_interest_on_each_statement_day() -> None:
    later = project(OWED, START, date(2027, 1, 10), statement_day=5)
    rate = Decimal("0.0005")
    first = OWED.principal * rate * 12  # to 5 December
    bearing = OWED.principal + OWED.interest + first
    second = bearing * rate * 31  # to 5 January
    third = (bearing + second) * rate * 5
    assert later.interest - OWED.interest == round_half_up(first + second + third)


def test_a_statement_day_of_31_falls_on_the_last_day_of_short_months() -> None:
    from_28th = project(OWED, date(2027, 2, 27), date(2027, 3, 10), statement_day=28)
    from_31st = project(OWED, date(2027, 2, 27), date(2027, 3, 10), statement_day=31)
    assert from_31st == from_28th


@given(st.integers(0, 10**12), st.integers(0, 400), st.integers(0, 400))
def test_more_days_never_owe_less(principal: int, days: int, more: int) -> None:
    owed = Balance(principal=principal)
    early = project(owed, START, START + timedelta(days=days))
    assert project(owed, START, START + timedelta(days=days + more)).interest >= early.interest
    assert project(owed, START, START + timedelta(days=days), statement_day=15).interest >= early.interest


@pytest.mark.parametrize(
    ("to", "changes", "field"),
    [
        (START - timedelta(days=1), {}, "to"),
        (START, {"daily_rate": Decimal("-0.1")}, "daily_rate"),
        (START, {"statement_day": 32}, "statement_day"),
    ],
)
def test_the_impossible_is_refused(to: date, changes: dict[str, Decimal], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        project(OWED, START, to, **changes)  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.field == field
