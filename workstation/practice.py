"""Practice: a desk of made-up debtors that knows no centre, dials nobody and is gone when it is closed."""

from __future__ import annotations

import secrets
import tempfile
from datetime import date
from pathlib import Path

from local_db import events as store_events
from local_db import projections, replica
from local_db.engine import Store, open_store
from workstation import tables
from workstation.desk.demo.book import demo_book
from workstation.desk.demo.past import demo_events
from workstation.desk.seat import Clock, Person, Seat
from workstation.desk.telephone import Telephone
from workstation.desk.views import SyncStatus
from workstation.domain.errors import InputError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg
from workstation.running import SyncRunner
from workstation.session import Desk
from workstation.settings import Telephone as Chosen
from workstation.sync.engine import SyncResult
from workstation.sync.server import Server

CASES = 24  # more than there are stories, so that every filter of the queue has one
_NOBODY = Server(host="", port=0, database="")


class NoSync(SyncRunner):
    """Stands where the synchronisation stands: nothing is sent, and the status says so."""

    def __init__(self) -> None:
        """No worker, no centre: every method is its own."""

    def status(self) -> SyncStatus:
        return SyncStatus("offline", None, 0, msg("Practice: nothing is recorded at the bank, nothing is sent."))

    def tick(self) -> None:
        """Nothing is ever due."""

    def sync_now(self) -> None:
        """There is no centre."""

    def cancel(self) -> None:
        """Nothing runs."""

    def once(self) -> SyncResult:
        raise InputError(self.status().problem or msg("Practice"))

    def close(self) -> None:
        """Nothing is open."""


class _ByHand(Telephone):
    """Dials nobody, whatever is chosen for the real desk."""

    def chosen(self) -> Chosen:
        return Chosen()


class PracticeDesk(Desk):
    """A real desk in everything but these: who is owed, where it is kept, and that nothing leaves it."""

    practice = True

    def __init__(self, name: str, clock: Clock) -> None:
        # The key is in this process only: what a crash leaves behind is nothing anybody can read.
        self._folder = tempfile.TemporaryDirectory(prefix="practice-", ignore_cleanup_errors=True)
        store = open_store(Path(self._folder.name) / "practice.store", secrets.token_bytes(32))
        person = Person(bank_id("practice", "person"), "practice", name, "collector", bank_id("practice", "team"), "")
        seat = Seat(store, person, bank_id("practice", "device"), clock)
        _fill(store, seat, clock.today())
        super().__init__(_NOBODY, "", seat, online=False)
        self.sync.close()
        self.sync = NoSync()
        self.telephone = _ByHand(seat, self.privacy, post=lambda call: self.post(call))  # noqa: PLW0108  # as in Desk

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


def _fill(store: Store, seat: Seat, today: date) -> None:
    """The demonstration's book and past, as a synchronisation would bring them, and nothing to hand in."""
    me = seat.person
    rows = demo_book(CASES, as_of=today, team_id=me.team_id, collectors=[me.id], seed=secrets.randbelow(1 << 30))
    with store.write() as conn:
        replica.upsert(conn, tables.team, [(me.team_id, "")])
        replica.upsert(conn, tables.person, [(me.id, me.login, me.name, me.role, me.team_id, True)])
        for table in tables.REPLICATED:
            if rows.get(table.name):
                replica.upsert(conn, table, [tuple(map(_stored, row)) for row in rows[table.name]])
        projections.rebuild(conn, today)
        store_events.append(conn, demo_events(rows, as_of=today, devices={me.id: seat.device}), today=today)
        conn.exec_driver_sql("DELETE FROM outbox")


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
