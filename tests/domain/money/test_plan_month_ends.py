"""Due dates at month ends and around leap days, beside pandas: the first one's day is kept through short months."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.money.plan_requests import principal_only
from workstation.domain.plan import calculate

ENDS = st.builds(
    lambda year, month, back: (pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(1)).date() - timedelta(days=back),
    st.integers(1996, 2195),
    st.integers(1, 12),
    st.integers(0, 4),
)


def nominal(first: date, count: int = 60, frequency: str = "monthly") -> list[date]:
    plan = principal_only(10**6, "interest_free", as_of=first, first_due=first, instalments=count, frequency=frequency)
    return [row.nominal_due for row in calculate(plan).schedule]


@settings(max_examples=150)
@given(ENDS)
def test_months_from_a_month_s_end_are_pandas_s(first: date) -> None:
    """Each counted from the first, so that a short month does not shorten those after it."""
    start = pd.Timestamp(first)
    assert nominal(first) == [(start + pd.DateOffset(months=k)).date() for k in range(60)]


@settings(max_examples=100)
@given(ENDS, st.sampled_from([("weekly", 1), ("fortnightly", 2)]))
def test_weeks_across_a_month_s_end_are_pandas_s(first: date, frequency: tuple[str, int]) -> None:
    name, weeks = frequency
    expected = pd.date_range(pd.Timestamp(first), periods=52, freq=pd.DateOffset(weeks=weeks))
    assert nominal(first, 52, name) == [day.date() for day in expected]


@pytest.mark.parametrize("year", [1996, 1999, 2000, 2023, 2024, 2027, 2028, 2096, 2099, 2100, 2104])
def test_the_31st_falls_on_the_last_of_february_and_comes_back(year: int) -> None:
    last = 29 if isleap(year) else 28
    assert nominal(date(year, 1, 31), 4) == [
        date(year, 1, 31),
        date(year, 2, last),
        date(year, 3, 31),
        date(year, 4, 30),
    ]


def test_a_plan_from_a_leap_day_meets_it_again_after_four_years() -> None:
    days = nominal(date(2024, 2, 29), 60)
    assert [day for day in days if day.month == 2] == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
    assert {day.day for day in days if day.month != 2} == {29}
    assert nominal(date(2096, 2, 29), 60)[-12].isoformat() == "2100-02-28"


def test_a_business_day_never_moves_the_next_month_s() -> None:
    """A due date moved out of its month: 31 October 2026 is a Saturday, 30 November a Monday again."""
    plan = principal_only(
        10**6, "interest_free", as_of=date(2026, 9, 1), first_due=date(2026, 10, 31), instalments=3,
        business_days="following",
    )  # fmt: skip
    rows = calculate(plan).schedule
    assert [(row.nominal_due, row.due) for row in rows] == [
        (date(2026, 10, 31), date(2026, 11, 2)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ]
