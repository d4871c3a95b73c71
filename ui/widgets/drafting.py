"""Keeps what is being typed within a second of the last key, and brings it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ui.desk_port import Desk
from workstation.domain.errors import WorkstationError

WITHIN_MS = 400
LOCKED = "store_locked"  # a timer of the moment before may end behind the lock


class Drafting(QObject):
    """One panel's draft of the open case. `body` gives it as text; empty text means there is nothing to keep."""

    def __init__(self, desk: Desk, panel: str, body: Callable[[], str]) -> None:
        super().__init__()
        self._desk, self._panel, self._body = desk, panel, body
        self._case_id = ""
        self._pending = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WITHIN_MS)
        self._timer.timeout.connect(self.flush)

    def open(self, case_id: str) -> str | None:
        """Switch to another case; returns what was kept for it."""
        self.flush()
        self._case_id = case_id
        return self._desk.drafts.load(case_id, self._panel)

    def touch(self) -> None:
        """Something was typed. The timer is not started anew by each key, so a fast typist is saved too."""
        self._pending = True
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        self._timer.stop()
        if not self._pending or not self._case_id:
            return
        self._pending = False
        body = self._body()
        try:
            if body:
                self._desk.drafts.save(self._case_id, self._panel, body)
            else:
                self._desk.drafts.clear(self._case_id, self._panel)
        except WorkstationError as error:
            if error.code != LOCKED:
                raise
            self._pending = True  # what was typed before was kept before the lock; this goes with the next change

    def clear(self) -> None:
        """The work is recorded: the draft is done with."""
        self._timer.stop()
        self._pending = False
        if self._case_id:
            self._desk.drafts.clear(self._case_id, self._panel)
