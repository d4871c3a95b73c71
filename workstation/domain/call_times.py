"""How long a call rang, was talked and took to write up: from its moments, or as the person corrected it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from workstation.domain.errors import InputError
from workstation.domain.message import msg

LONGEST_SECONDS = 4 * 3600  # of one part; longer was forgotten, and is corrected by hand
_CLOCK = re.compile(r"(?:(\d{1,2})[:：])?(\d{1,3})[:：](\d{2})")
_SECONDS = re.compile(r"(\d{1,5})\s*(?:s|秒)?")


class CallTimes(NamedTuple):
    """Seconds; None where nothing tells."""

    ring: int | None = None
    talk: int | None = None
    after: int | None = None


NOT_MEASURED = CallTimes()


def measured(
    now: datetime,
    began: datetime | None,
    answered: datetime | None = None,
    ended: datetime | None = None,
    *,
    connected: bool = False,
) -> CallTimes:
    """The parts of a call by its moments; each is left out when nobody said when it came.

    `connected` says that somebody spoke: a call nobody marked as answered then counts as talk from the dialling on,
    and rings all along otherwise. A clock that was set back gives zero, never less.
    """
    if began is None:
        return NOT_MEASURED
    unmarked = answered is None and connected
    answered_at = began if unmarked else answered
    ring = None if unmarked else _between(began, answered or ended or now)
    talk = None if answered_at is None else _between(answered_at, ended or now)
    return CallTimes(ring, talk, None if ended is None else _between(ended, now))


def _between(start: datetime, end: datetime) -> int:
    return min(LONGEST_SECONDS, max(0, round((end - start).total_seconds())))


def read_length(text: str) -> int:
    """`2:05`, `1:02:05`, `125` or `125 s` in seconds. `InputError` says what was expected."""
    entry = text.strip().lower()
    found = _CLOCK.fullmatch(entry)
    if found is not None:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = hours * 3600 + minutes * 60 + seconds
        if seconds < 60 and length <= LONGEST_SECONDS:
            return length
    else:
        plain = _SECONDS.fullmatch(entry)
        if plain is not None and int(plain[1]) <= LONGEST_SECONDS:
            return int(plain[1])
    raise InputError(
        msg("Type a length like 2:05 or 125 s, four hours at most, not “{entry}”.", entry=text.strip()[:20]),
        code="length",
    )


def as_length(seconds: int) -> str:
    """`2:05`, or `1:02:05` from an hour on: what `read_length` reads."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
