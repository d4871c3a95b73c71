"""Breaks: how long, today, on this seat alone. Nobody else is told, nothing is counted or ranked by them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from local_db.state import get_state, set_state
from workstation.desk.seat import Seat

_KEY = "break"  # in the store's small values
_LONGEST = timedelta(hours=16)  # a clock that was moved does not make a longer one


class _Kept(msgspec.Struct, frozen=True):
    day: date
    seconds: int = 0  # of the breaks that are over


class Breaks:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._since: datetime | None = None

    @property
    def running(self) -> bool:
        return self._since is not None

    def begin(self) -> None:
        """Begin a break; one that runs goes on. A break that a crash cut off was never ended and counts for nothing."""
        self._since = self._since or self._seat.clock.now()

    def lasts(self) -> timedelta:
        """How long the break that runs has been."""
        if self._since is None:
            return timedelta()
        return min(_LONGEST, max(timedelta(), self._seat.clock.now() - self._since))

    def end(self) -> timedelta:
        """End the break and say how long it was."""
        length, self._since = self.lasts(), None
        if length:
            kept = _Kept(self._seat.clock.today(), round((self._before() + length).total_seconds()))
            with self._seat.store.write() as conn:
                set_state(conn, _KEY, msgspec.json.encode(kept).decode())
        return length

    def today(self) -> timedelta:
        """All breaks of today together, the one that runs included."""
        return self._before() + self.lasts()

    def _before(self) -> timedelta:
        with self._seat.store.read() as conn:
            text = get_state(conn, _KEY)
        try:
            kept = None if text is None else msgspec.json.decode(text, type=_Kept)
        except msgspec.DecodeError:  # of another version: today begins at nothing
            kept = None
        return (
            timedelta(seconds=kept.seconds)
            if kept is not None and kept.day == self._seat.clock.today()
            else timedelta()
        )
