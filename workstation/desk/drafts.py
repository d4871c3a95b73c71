"""Half-typed work, kept per case and panel until it is saved or cleared. Never lost, never sent."""

from __future__ import annotations

import local_db.drafts as kept
from workstation.desk.seat import Seat


class Drafts:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def load(self, case_id: str, panel: str) -> str | None:
        with self._seat.store.read() as conn:
            return kept.load(conn, case_id, panel)

    def save(self, case_id: str, panel: str, body: str) -> None:
        with self._seat.store.write() as conn:
            kept.save(conn, case_id, panel, body, self._seat.clock.now())

    def clear(self, case_id: str, panel: str) -> None:
        with self._seat.store.write() as conn:
            kept.remove(conn, case_id, panel)
