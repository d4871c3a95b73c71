"""The seats of a history: whose they are, their stores, and what is known of what they wrote."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from local_db import events as store_events
from local_db.engine import Store
from tests.soak.line import Line
from workstation.domain.events import Event

TODAY = date(2026, 11, 23)
KEY = bytes(range(32))
# Who may come into a history, the likeliest witnesses first: a login twice is one person at two devices.
SEATS = ("li.na", "chen.jie", "wang.wei", "li.na", "zhao.min", "sun.hao", "zhou.yan", "audit")


class Known(NamedTuple):
    """An event as it was written, and where."""

    event: Event
    seat: int


@dataclass
class Stalled:
    """A synchronisation that waits in the middle of a request."""

    line: Line
    thread: threading.Thread


@dataclass
class Seat:
    """One device of a person with its store; two windows are two `Store`s on the same file."""

    login: str
    device: str
    path: Path
    windows: list[Store]
    shift: timedelta = timedelta()
    met: bool = False  # it has been told its cases at least once
    stalled: Stalled | None = None
    problems: list[BaseException] = field(default_factory=list)  # of threads; raised where the history is judged

    @property
    def store(self) -> Store:
        return self.windows[0]

    def cases(self) -> list[str]:
        with self.store.read() as conn:
            return list(conn.exec_driver_sql("SELECT id FROM cases ORDER BY number").scalars())

    def state(self, key: str) -> str | None:
        with self.store.read() as conn:
            return store_events.get_state(conn, key)
