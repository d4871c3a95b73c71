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


PIN = "739146"


def put_behind_pin(desk: Desk, pin: str = PIN) -> Desk:
    """The same desk behind a vault with a PIN, in the keyring of the test; a guess costs no more than it must."""
    import base64

    from workstation.guard import Guard
    from workstation.security.credentials import STORE_KEYS, Credentials
    from workstation.security.pin import FLOOR
    from workstation.security.vault import Vault

    credentials = Credentials()
    store, name = desk.seat.store, "sample/chenjing"
    vault = Vault(credentials, name, store.path, cost=FLOOR)
    if not vault.has_pin:
        credentials._keep(STORE_KEYS, name, base64.b64encode(KEY).decode())
    vault.keep_lease(vault.require_lease(), device=desk.seat.device)
    desk.guard = Guard(
        store,
        Server("127.0.0.1", 1, "sample"),
        "chenjing",
        desk.guard._sync,
        vault,
        None,
        lambda: credentials,
        device=desk.seat.device,
        password="made up",
    )
    if pin:
        desk.guard.set_pin(pin)
    return desk
