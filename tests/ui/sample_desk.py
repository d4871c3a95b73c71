"""A real desk over a real encrypted store with the sample book; only the synchronisation is stilled."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from local_db.engine import open_store
from tests.ui.sample_book import CHEN, TEAM, TODAY, fill
from workstation.desk.seat import Clock, Person, Seat
from workstation.desk.views import SyncStatus
from workstation.domain.ids import bank_id
from workstation.session import Desk
from workstation.sync.server import Server

KEY = bytes(range(32))


class StillSync:
    """Shows the state it was given and counts how often a synchronisation was asked for."""

    def __init__(self) -> None:
        self.state = SyncStatus("synced", datetime.now(UTC), 0)
        self.asked = self.cancelled = 0

    def status(self) -> SyncStatus:
        return self.state

    def tick(self) -> None:
        """A second has passed; nothing is ever due here."""

    def sync_now(self) -> None:
        self.asked += 1

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None:
        """Nothing runs."""


def open_desk(folder: Path, *, at: time = time(10, 24), empty: bool = False, role: str = "collector") -> Desk:
    """The desk of 陈静 on the sample day. Opening the same folder again finds the same store, as after a crash."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sample.store"
    known = path.exists()
    store = open_store(path, KEY)
    clock = Clock.starting_at(TODAY, at, "Asia/Shanghai")
    person = Person(CHEN, "chenjing", "陈静", role, TEAM, "信用卡一组")
    seat = Seat(store, person, bank_id("sample", "device"), clock)
    if not known and not empty:
        fill(store, seat)
    desk = Desk(Server("127.0.0.1", 1, "sample"), "", seat, online=True)
    desk.sync.close()
    desk.sync = StillSync()  # type: ignore[assignment]  # the same methods
    return desk
