"""When instalments fall due: by month, fortnight or week, moved on to a business day when asked."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from workstation.domain.calendar import next_business_day
from workstation.domain.errors import InputError
from workstation.domain.message import msg

Frequency = Literal["weekly", "fortnightly", "monthly"]
BusinessDays = Literal["none", "following"]

PERIODS: dict[Frequency, int] = {"weekly": 52, "fortnightly": 26, "monthly": 12}  # a year


class DueDate(NamedTuple):
    """`nominal` is the day by the calendar of the plan, `due` the day it was moved on to."""

    nominal: date
    due: date


def due_dates(
    first_due: date,
    count: int,
    frequency: Frequency,
    business_days: BusinessDays = "none",
    jurisdiction: str = "zh-CN",
) -> list[DueDate]:
    """`count` due dates from the first on. The day of the first is kept through short months: the 31st falls on the
    last day and comes back. `InputError` when they would leave the calendar."""
    return [moved(nominal_due(first_due, k, frequency), business_days, jurisdiction) for k in range(count)]


def nominal_due(first_due: date, k: int, frequency: Frequency) -> date:
    """The due date `k` periods after the first."""
    try:
        if frequency == "monthly":
            return same_day_later(first_due, k, first_due.day)
        return first_due + timedelta(days=k * (7 if frequency == "weekly" else 14))
    except (OverflowError, ValueError):
        raise InputError(
            msg("The due dates run past the year 9999; choose an earlier first one."), field="first_due"
        ) from None


def moved(nominal: date, business_days: BusinessDays, jurisdiction: str) -> DueDate:
    return DueDate(nominal, next_business_day(nominal, jurisdiction) if business_days == "following" else nominal)


def same_day_later(start: date, months: int, day: int) -> date:
    """`day` of the month `months` after `start`'s, or that month's last day where it is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, day if day <= 28 else min(day, _last_day(year, month + 1)))


@lru_cache(maxsize=2400)
def _last_day(year: int, month: int) -> int:
    return monthrange(year, month)[1]
