"""Business days: in mainland China by the official calendar with its make-up working days, elsewhere Monday to Friday.

The State Council announces each year's calendar the autumn before; the library `chinesecalendar` carries what is
announced. For years it does not cover, and for other jurisdictions, only weekends are known: `is_official` says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from workstation.domain.errors import InputError
from workstation.domain.message import msg

SOURCE = "国务院办公厅关于节假日安排的通知"


def is_official(day: date, jurisdiction: str = "zh-CN") -> bool:
    """Whether the official calendar of that year is known; if not, only weekends are held free."""
    if jurisdiction != "zh-CN":
        return False
    first, last = _covered_years()
    return first <= day.year <= last


def is_business_day(day: date, jurisdiction: str = "zh-CN") -> bool:
    if is_official(day, jurisdiction):
        from chinese_calendar import is_workday

        return bool(is_workday(day))
    return day.weekday() < 5


@lru_cache(maxsize=8192)
def next_business_day(day: date, jurisdiction: str = "zh-CN") -> date:
    """`day` itself when it is a business day, else the first one after it."""
    try:
        while not is_business_day(day, jurisdiction):
            day += timedelta(days=1)
    except OverflowError:
        raise InputError(msg("There is no business day after {day}.", day=day)) from None
    return day


@lru_cache(maxsize=1)
def _covered_years() -> tuple[int, int]:
    # Imported here: the tables cost start-up time, and the first window needs none of them.
    from chinese_calendar.constants import holidays

    return min(holidays).year, max(holidays).year
