"""Exact moments of local clocks: when a calendar day begins in a zone, and when quiet hours begin and end there.

Where the clock is put forward over a time of day, the change itself is the moment; where it is put back, all three are.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workstation.domain.errors import InputError
from workstation.domain.message import msg

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_MIDNIGHT = time(0)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; `InputError` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            msg("{zone} is not a known time zone. Write an IANA name such as Asia/Shanghai.", zone=name or "–"),
            code="unknown_zone",
            field="zones",
        ) from None


def within(clock: time, start: time, end: time) -> bool:
    """Does the time of day lie in the span, which may run over midnight?"""
    return start <= clock < end if start < end else clock >= start or clock < end


@lru_cache(maxsize=8192)
def start_of_day(zone: ZoneInfo, day: int) -> datetime:
    """The first moment, in UTC, of the calendar day with this ordinal."""
    return _passes(zone, day, _MIDNIGHT)[0]


def next_turn(zone: ZoneInfo, after: datetime, start: time, end: time, *, quiet: bool) -> datetime:
    """The first moment after `after` at which quiet hours begin (`quiet`) or end in the zone."""
    day = after.astimezone(zone).toordinal() - 1
    while True:
        for moment, begins in _quiet_turns(zone, day, start, end):
            if begins is quiet and moment > after:
                return moment
        day += 1


def whole_minute(moment: datetime) -> datetime:
    """The first whole minute not before `moment`, in UTC."""
    utc = moment.astimezone(UTC)
    floor = utc.replace(second=0, microsecond=0)
    return floor if floor == utc else floor + _MINUTE


@lru_cache(maxsize=8192)
def _quiet_turns(zone: ZoneInfo, day: int, start: time, end: time) -> tuple[tuple[datetime, bool], ...]:
    """The moments of the day at which quiet hours may begin or end, each with whether it is quiet from then on."""
    moments = sorted({*_passes(zone, day, start), *_passes(zone, day, end)})
    return tuple((moment, within(moment.astimezone(zone).time(), start, end)) for moment in moments)


def _passes(zone: ZoneInfo, day: int, clock: time) -> tuple[datetime, ...]:
    """The moments, in UTC, at which the zone's clock goes past `clock` on that day, forwards or backwards."""
    local = datetime.combine(date.fromordinal(day), clock, zone)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if first == second:
        return (first,)
    if first < second:  # put back: reached, lost again, reached again
        return (first, _change(zone, first, second), second)
    return (_change(zone, second, first),)  # put forward over it


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the zone's offset changes between the two moments."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
