"""Cases read and laid out before anybody opens them, so that the next one is there when its key is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from local_db.queries import CaseFile
from workstation.desk.views import CaseView
from workstation.domain.changes import Changes

MOST = 8  # kept at a time: those beside the open case and a few that were just looked at


@dataclass(frozen=True, slots=True)
class Prepared:
    file: CaseFile
    view: CaseView
    at: datetime


class Ahead:
    """Good until a change touches the case, and never past its minute: contact windows open and close with one."""

    def __init__(self) -> None:
        self._kept: dict[str, Prepared] = {}
        self._turn = 0  # counts changes: what was read before one is not kept after it
        self._lock = Lock()

    @property
    def turn(self) -> int:
        return self._turn

    def get(self, case_id: str, now: datetime) -> Prepared | None:
        known = self._kept.get(case_id)
        return known if known is not None and _minute(known.at) == _minute(now) else None

    def keep(self, case_id: str, prepared: Prepared, turn: int) -> None:
        """`turn` is that of the moment before it was read."""
        with self._lock:
            if turn != self._turn:
                return
            self._kept.pop(case_id, None)
            self._kept[case_id] = prepared
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]

    def forget(self, changes: Changes) -> None:
        with self._lock:
            self._turn += 1
            self._kept = {case_id: known for case_id, known in self._kept.items() if not may_alter(changes, case_id)}


def may_alter(changes: Changes, case_id: str) -> bool:
    """A change of no case in particular (rules, a directory of people) may show on any; the sync's progress on none."""
    return changes.touches(case_id) or (not changes.case_ids and changes.kinds != {"sync"})


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
