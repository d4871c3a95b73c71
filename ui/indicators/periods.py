"""The periods that may be chosen: each from the day it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from ui.look import _L
from workstation.domain.indicator_case import Period


def _month_before(today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


PERIODS: tuple[tuple[str, str, Callable[[date], Period]], ...] = (
    ("week", _L("This week"), lambda today: Period(today - timedelta(days=today.weekday()), today)),
    ("month", _L("This month"), lambda today: Period(today.replace(day=1), today)),
    ("last", _L("Last month"), _month_before),
    ("days", _L("30 days"), lambda today: Period(today - timedelta(days=29), today)),
)
