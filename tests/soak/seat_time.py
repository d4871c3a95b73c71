"""The clock a synchronisation reads: the seat's own, which may be days off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Self

from workstation.sync import engine

_seat = threading.local()


class SeatTime(datetime):
    """`datetime` whose `now` is off by what `at` says, in this thread."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + getattr(_seat, "shift", timedelta())


def install(shift_seconds: float = 0.0) -> None:
    """For the rest of this process."""
    engine.datetime = SeatTime  # type: ignore[attr-defined,misc]
    _seat.shift = timedelta(seconds=shift_seconds)


@contextmanager
def at(shift: timedelta) -> Iterator[None]:
    """Within, this thread reads the clock of a seat that is off by `shift`."""
    _seat.shift = shift
    try:
        yield
    finally:
        del _seat.shift
