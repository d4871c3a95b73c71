"""A synchronisation broken off at its worst moments: nothing lost, nothing doubled, and the next one heals it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from local_db import events as store_events
from local_db import outbox, projections, replica
from local_db.engine import Store, open_store
from tests.central.builders import book_rows, new_id
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from workstation.central.loading import load
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.events import Note
from workstation.sync.engine import Device, SyncResult, sync_once
from workstation.sync.link import Unreachable, connect
from workstation.sync.server import Server

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)
KEY = bytes(range(32))

# What a killed process does: the whole synchronisation of a seat, with a point to break it at.
PRELUDE = f"""
import os, resource, signal, sys
from datetime import date
from pathlib import Path
from local_db import outbox, projections, replica
from local_db.engine import open_store
from local_db.faults import StoreError
from workstation.sync import engine
from workstation.sync.link import connect
from workstation.sync.server import Server
path, host, port, database, password, device = sys.argv[1:]
store = open_store(Path(path), bytes.fromhex("{KEY.hex()}"))

def sync():
    link = lambda: connect(Server(host, int(port), database), "li.na", password)
    return engine.sync_once(store, link, engine.Device(device, "a test's seat"), date(2026, 11, 23))

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Bench:
    """One seat, and the same seat in a process of its own."""

    def __init__(self, central: CentralDatabase, path: Path, cases: list[str]) -> None:
        self.central, self.path, self.cases = central, path, cases
        self.device = new_id()
        self.line = Forwarder(central.server.host, central.server.port)
        self.store = open_store(path, KEY)

    def reopen(self) -> Store:
        self.store.close()
        self.store = open_store(self.path, KEY)
        return self.store

    def link(self) -> psycopg.Connection[object]:
        return connect(Server("127.0.0.1", self.line.port, self.central.name), "li.na", PASSWORD)

    def sync(self) -> SyncResult:
        return sync_once(self.store, self.link, Device(self.device, "a test's seat"), TODAY)

    def write(self, n: int) -> set[str]:
        person = Person(self.central.people["li.na"], "li.na", "李娜", "collector", None, "")
        seat = Seat(self.store, person, self.device, Clock())
        drafts = [seat.draft(self.cases[i % len(self.cases)], Note(text=f"note {i}")) for i in range(n)]
        with self.store.write() as conn:
            return {event.id for event in store_events.append(conn, drafts, today=TODAY)}

    def elsewhere(self, script: str) -> subprocess.CompletedProcess[str]:
        self.store.close()
        server = self.central.server
        values = (str(self.path), server.host, str(server.port), self.central.name, PASSWORD, self.device)
        done = subprocess.run(
            [sys.executable, "-c", PRELUDE + script, *values], cwd=ROOT, capture_output=True, text=True, check=False
        )
        self.reopen()
        return done

    def waiting(self) -> int:
        with self.store.read() as conn:
            return outbox.waiting(conn)

    def cursor(self) -> str | None:
        with self.store.read() as conn:
            return replica.get_state(conn, "cursor")

    def at_centre(self) -> list[str]:
        with self.central.connect() as conn:
            return [row[0] for row in conn.execute("SELECT id::text FROM case_event ORDER BY id")]

    def assert_whole(self, written: set[str]) -> None:
        """Both sides hold every event once, and the seat's projections agree with its events."""
        assert self.at_centre() == sorted(written)
        with self.store.read() as conn:
            assert sorted(conn.exec_driver_sql("SELECT id FROM case_event").scalars()) == sorted(written)
            assert set(conn.exec_driver_sql("SELECT id FROM cases").scalars()) == set(self.cases)
            assert conn.exec_driver_sql("SELECT count(*) FROM contact_point").scalar_one() == 2 * len(self.cases)
            assert outbox.waiting(conn) == 0
            assert projections.check(conn, TODAY) == []
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


@pytest.fixture
def bench(central: CentralDatabase, tmp_path: Path) -> Iterator[Bench]:
    rows = book_rows(central, 10)
    with central.connect() as conn:
        load(conn, rows)
    made = Bench(central, tmp_path / "li.na.store", [row[0] for row in rows["cases"]])
    yield made
    made.store.close()
    made.line.cut()


def test_killed_between_the_centres_commit_and_the_confirmation_nothing_is_doubled(bench: Bench) -> None:
    bench.sync()
    written = bench.write(12)
    done = bench.elsewhere("outbox.confirmed = killed; sync()")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert bench.at_centre() == sorted(written), "the centre had committed"
    assert bench.waiting() == 12, "the seat does not know it yet"
    assert bench.sync().pushed == 12
    bench.assert_whole(written)


def test_killed_while_rows_are_applied_the_cursor_stays_and_the_next_pull_brings_all(bench: Bench) -> None:
    done = bench.elsewhere("projections.refresh = killed; sync()")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert bench.cursor() == "0"
    with bench.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM cases").scalar_one() == 0, "all of a pull or nothing"
    assert bench.sync().granted == 10
    bench.assert_whole(set())


def test_killed_after_the_apply_the_next_one_has_nothing_to_do(bench: Bench) -> None:
    done = bench.elsewhere("engine.Changes = killed; sync()")
    assert done.returncode == -signal.SIGKILL, done.stderr
    bench.assert_whole(set())
    assert bench.sync().pulled_rows == 0


def test_a_line_cut_before_the_answer_arrives_is_healed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre commits, the answer never comes."""
    bench.sync()
    written = bench.write(3)
    commit = psycopg.Connection.commit

    def commits_and_breaks(conn: psycopg.Connection[object]) -> None:
        commit(conn)
        if conn.info.port == bench.line.port and bench.at_centre():
            bench.line.cut()
            raise psycopg.OperationalError("the line is gone")

    monkeypatch.setattr(psycopg.Connection, "commit", commits_and_breaks)
    with pytest.raises(Unreachable):
        bench.sync()
    monkeypatch.undo()
    assert bench.at_centre() == sorted(written)
    assert bench.waiting() == 3
    with pytest.raises(Unreachable):
        bench.sync()
    bench.line.mend()
    assert bench.sync().pushed == 3
    bench.assert_whole(written)


@pytest.mark.parametrize("after", range(1, 8))
def test_a_line_cut_after_any_statement_loses_and_doubles_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    bench.sync()
    written = bench.write(5)
    sent = 0
    execute = psycopg.Cursor.execute

    def counts(cursor: psycopg.Cursor[object], *args: object, **options: object) -> object:
        nonlocal sent
        answer = execute(cursor, *args, **options)  # type: ignore[call-overload]  # passed on as given
        sent += 1
        if sent == after:
            bench.line.cut()
        return answer

    monkeypatch.setattr(psycopg.Cursor, "execute", counts)
    with contextlib.suppress(Unreachable):
        bench.sync()
    monkeypatch.undo()
    assert sent >= after, "the line was never cut"
    bench.line.mend()
    bench.sync()
    bench.assert_whole(written)


@pytest.mark.skipif(os.name != "posix", reason="file size limits are of POSIX systems")
def test_a_disk_that_fills_while_a_pull_is_applied_keeps_the_old_cursor_and_heals(bench: Bench) -> None:
    bench.sync()
    written = bench.write(2)
    before = bench.cursor()
    more = book_rows(bench.central, 300, seed="more")
    with bench.central.connect() as conn:
        load(conn, more)
    done = bench.elsewhere("""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(path) + 100_000, hard))
try:
    sync()
except StoreError as error:
    print(error.code)
with store.read() as conn:
    print(outbox.waiting(conn), replica.get_state(conn, "cursor"))
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["store_unusable", "0", before], "the push was confirmed, the pull undone whole"
    assert bench.cursor() == before
    assert bench.at_centre() == sorted(written)
    bench.cases += [row[0] for row in more["cases"]]
    assert bench.sync().granted == 300
    bench.assert_whole(written)
