"""When a debtor is out of contact (失联): three unanswered calls in a row, or three days running without contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workstation.domain.outcomes import Reach

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Contactability:
    """Counts a debtor's outgoing calls in order. Only reaching the debtor clears `lost`; a stranger's answer does not.

    A call that is cut off ends a row of unanswered ones, but the day stays one without contact.
    """

    calls_in_row: int = 3
    days_running: int = 3
    streak: int = 0
    lost: bool = False
    _days: int = 0
    _last_day: date | None = None

    def call(self, day: date, reach: Reach) -> None:
        """One call to the debtor on `day` (the debtor's calendar)."""
        if reach == "debtor":
            self.reached()
            return
        if day != self._last_day:
            running = self._last_day is not None and day - self._last_day == _DAY
            self._days = self._days + 1 if running else 1
            self._last_day = day
        if reach == "third_party":
            self._days = 0
        self.streak = self.streak + 1 if reach == "nobody" else 0
        self.lost = self.lost or self.streak >= self.calls_in_row or self._days >= self.days_running

    def reached(self) -> None:
        """The debtor was reached, by whatever channel."""
        self.streak = 0
        self.lost = False
        self._days = 0
        self._last_day = None
