"""The order of the rows on the screen: it stays while one works, whatever a synchronisation or the clock changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from workstation.desk.views import QueueRow

URGENT = 1000.0  # points from which a case is a duty of today (worklist_score)

Lookup = Callable[[Iterable[str]], Sequence[QueueRow | None]]


class ShownOrder:
    """`lookup` gives the rows of cases as they are now, None for one that left."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._rows: tuple[QueueRow, ...] = ()
        self._known_urgent: frozenset[str] = frozenset()
        self.changed = False  # another order, more or fewer cases wait to be taken
        self.urgent: tuple[QueueRow, ...] = ()  # became urgent since the order was taken

    def take(self, rows: Sequence[QueueRow]) -> tuple[QueueRow, ...]:
        """Show the rows in this order from now on."""
        self._rows = tuple(rows)
        self._known_urgent = frozenset(row.case_id for row in rows if row.score >= URGENT)
        self.changed, self.urgent = False, ()
        return self._rows

    def keep(self, rows: Sequence[QueueRow], current: str) -> tuple[QueueRow, ...]:
        """The rows shown, each where it was and as it is now; says what taking the order of `rows` would change."""
        now = self._lookup(row.case_id for row in self._rows)
        self._rows = tuple(
            (old if old.gone else replace(old, gone=True)) if new is None else new
            for old, new in zip(self._rows, now, strict=True)
        )
        self.changed = [row.case_id for row in rows] != [row.case_id for row in self._rows]
        self.urgent = tuple(
            row
            for row in rows
            if row.score >= URGENT and row.case_id not in self._known_urgent and row.case_id != current
        )
        return self._rows
