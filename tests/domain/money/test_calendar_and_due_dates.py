"""Business days by the official calendar, and due dates that keep their day through short months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.calendar import is_business_day, is_official, next_business_day
from workstation.domain.due_dates import due_dates
from workstation.domain.errors import InputError

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


def test_make_up_working_days_and_holidays_of_the_official_calendar() -> None:
    assert is_business_day(date(2026, 10, 10))  # a Saturday worked for the National Day week
    assert not is_business_day(date(2026, 10, 1))
    assert next_business_day(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_year_nobody_announced_yet_knows_weekends_only_and_says_so() -> None:
    assert is_official(date(2026, 12, 31))
    assert not is_official(date(2040, 1, 1))
    assert is_business_day(date(2041, 1, 1))  # a Tuesday: a holiday no doubt, but not announced
    assert next_business_day(date(2041, 1, 5)) == date(2041, 1, 7)


def test_other_jurisdictions_do_not_keep_chinese_holidays() -> None:
    assert is_business_day(date(2026, 10, 1), "en-GB")
    assert not is_business_day(date(2026, 10, 10), "en-US")
    assert not is_official(date(2026, 10, 1), "en-GB")


@given(DAYS)
def test_the_next_business_day_is_the_first_one_from_the_day_on(day: date) -> None:
    found = next_business_day(day)
    assert is_business_day(found)
    assert not any(is_business_day(day + timedelta(days=n)) for n in range((found - day).days))


def test_the_thirty_first_falls_on_the_last_day_and_comes_back() -> None:
    days = [item.nominal for item in due_dates(date(2027, 1, 31), 5, "monthly")]
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_a_moved_due_date_does_not_move_the_next_one() -> None:
    found = due_dates(date(2026, 12, 30), 3, "monthly", "following")
    assert [item.due for item in found] == [date(2026, 12, 30), date(2027, 2, 1), date(2027, 3, 1)]
    assert [item.nominal for item in found] == [date(2026, 12, 30), date(2027, 1, 30), date(2027, 2, 28)]


@given(DAYS, st.integers(1, 60), st.sampled_from([("weekly", 7), ("fortnightly", 14)]))
def test_weeks_and_fortnights_are_seven_and_fourteen_days(first: date, count: int, frequency: tuple[str, int]) -> None:
    found = due_dates(first, count, frequency[0])  # type: ignore[arg-type]  # drawn from the literals
    assert [(item.due - first).days for item in found] == [k * frequency[1] for k in range(count)]


@given(DAYS, st.integers(1, 60))
def test_monthly_due_dates_fall_once_in_each_month(first: date, count: int) -> None:
    days = [item.nominal for item in due_dates(first, count, "monthly")]
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[0] + count))
    assert all(day.day == first.day or (day.day < first.day and (day + timedelta(days=1)).day == 1) for day in days)


def test_due_dates_past_the_calendar_are_refused() -> None:
    with pytest.raises(InputError) as refusal:
        due_dates(date(9999, 12, 1), 2, "monthly")
    assert refusal.value.field == "first_due"
