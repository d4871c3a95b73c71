"""One centre and the seats at it, what may happen to them, and what was written, kept to compare."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from local_db import events as store_events
from local_db.engine import open_store
from tests.central.builders import book_rows, new_id
from tests.central.server import PASSWORD, PEOPLE, CentralDatabase
from tests.soak import seat_time
from tests.soak.line import Fault, Line
from tests.soak.seats import KEY, SEATS, TODAY, Known, Seat, Stalled
from tests.soak.victim import Attempt, End, Victims
from workstation.central import admin
from workstation.central.loading import load
from workstation.central.restore import mark_restored
from workstation.desk.seat import Clock, Person
from workstation.desk.seat import Seat as DeskSeat
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Body, Event
from workstation.sync.engine import Device, SyncResult, sync_once
from workstation.sync.link import DeviceRevoked, Unreachable, connect
from workstation.sync.server import Server

_IMPATIENT = "-c lock_timeout=40ms"  # for whoever would wait for a session that this history holds up


class World:
    """One history. `restart` ends the server at once and starts it again, where that is allowed."""

    def __init__(
        self,
        central: CentralDatabase,
        folder: Path,
        blank: Path,
        victims: Victims,
        restart: Callable[[], None] | None = None,
    ) -> None:
        self.central, self.folder, self.victims = central, folder, victims
        self.tally: Counter[str] = Counter()
        self.written: dict[str, Known] = {}
        self.seats: dict[int, Seat] = {}
        self.revoked: set[int] = set()
        self.backup: CentralDatabase | None = None
        self.nowhere: set[str] = set()  # events that a restore lost, for no seat had them any more
        self.actions: list[str] = []
        self.leaves: list[str] = []
        self.loaded = 0
        self._restart = restart
        self._blank = blank
        self._taken_at = datetime.now(UTC)
        self._slow: psycopg.Connection[Any] | None = None
        self._owner: psycopg.Connection[Any] | None = None
        for seed, login, team, many in (("n", "li.na", "north", 4), ("s", "sun.hao", "south", 2)):
            with central.connect() as conn:
                load(conn, book_rows(central, many, assignee=login, team=team, seed=seed))

    # Seats

    def seat(self, n: int) -> Seat:
        """Made when it first comes into the history."""
        n %= len(SEATS)
        if n not in self.seats:
            path = self.folder / f"{n}.store"
            for suffix in ("", ".check"):
                shutil.copyfile(f"{self._blank}{suffix}", f"{path}{suffix}")
            self.seats[n] = Seat(SEATS[n], new_id(), path, [open_store(path, KEY)])
        return self.seats[n]

    def working(self, n: int) -> Seat:
        """The seat with what it was given to work on, as far as the centre has told it."""
        seat = self.seat(n)
        if not seat.met and seat.stalled is None:
            self.sync(n)
        return seat

    def append(self, n: int, drafts: list[tuple[str, Body, dict[str, Any]]]) -> list[Event]:
        """Write at the seat, as its desk would: online or not makes no difference to it."""
        seat = self.seat(n)
        role = {login: role for login, _, role, _ in PEOPLE}[seat.login]
        desk = DeskSeat(
            seat.store,
            Person(self.central.people[seat.login], seat.login, seat.login, role, None, ""),
            seat.device,
            Clock(shift=seat.shift),
        )
        with seat.store.write() as conn:
            offset = store_events.clock_offset(conn)
            made = [desk.draft(case_id, body, offset_ms=offset, **columns) for case_id, body, columns in drafts]
            events = store_events.append(conn, made, today=TODAY)
        for event in events:
            self.written[event.id] = Known(event, n)
        self.tally["events written"] += len(events)
        return events

    # Synchronisations, whole and broken

    def link(self, seat: Seat, port: int | None = None) -> psycopg.Connection[Any]:
        server = self.central.server
        return connect(Server(server.host, port or server.port, self.central.name), seat.login, PASSWORD)

    def sync(self, n: int, *, port: int | None = None, window: int = 0) -> SyncResult | None:
        """None: the device is revoked; only then."""
        seat = self.seat(n)
        device = Device(seat.device, "a seat of the simulation")
        with seat_time.at(seat.shift):
            try:
                done = sync_once(seat.windows[window], lambda: self.link(seat, port), device, TODAY)
            except DeviceRevoked:
                assert n in self.revoked, f"seat {n} was told that it is revoked, and is not"
                return None
        seat.met = True
        return done

    def broken_sync(self, n: int, fault: Fault, request: int, meet: Callable[[], None] = lambda: None) -> None:
        """The line breaks, or all sessions end, at one of the requests; when there are fewer, nothing happens."""
        with (
            Line((self.central.server.host, self.central.server.port), fault, request, meet) as line,
            contextlib.suppress(Unreachable),
        ):
            self.sync(n, port=line.port)
        self.tally["broken"] += line.struck.is_set()

    def die(self, n: int, *, kill_at: int | None = None, room: int | None = None) -> End:
        """Synchronise in a process that is killed, or that has no room on its disk."""
        seat, server = self.seat(n), self.central.server
        end = self.victims.run(
            Attempt(
                str(seat.path), KEY.hex(), server.host, server.port, self.central.name, seat.login, PASSWORD,
                seat.device, seat.shift.total_seconds(), TODAY, kill_at, room,
            )
        )  # fmt: skip
        assert not end.crash, end.crash
        return end

    def stall(self, n: int, request: int) -> None:
        """Begin a synchronisation that waits at a request, while the history goes on."""
        seat = self.seat(n)
        line = Line((self.central.server.host, self.central.server.port), "stalled", request)
        seat.stalled = Stalled(line, self._in_background(seat, lambda: self.sync(n, port=line.port)))
        while seat.stalled.thread.is_alive() and not line.struck.wait(0.002):
            pass
        self.tally["stalled"] += line.struck.is_set()

    def go_on(self, n: int) -> None:
        seat = self.seat(n)
        if seat.stalled is not None:
            seat.stalled.line.go_on()
            seat.stalled.thread.join()
            seat.stalled.line.close()
            seat.stalled = None
        if seat.problems:
            raise seat.problems.pop()

    def both_windows(self, n: int) -> None:
        """Two windows on one store synchronise at the same time."""
        seat = self.seat(n)
        if len(seat.windows) < 2:
            seat.windows.append(open_store(seat.path, KEY))
        threads = [self._in_background(seat, lambda window=window: self.sync(n, window=window)) for window in (0, 1)]
        for thread in threads:
            thread.join()
        if seat.problems:
            raise seat.problems.pop()

    def _in_background(self, seat: Seat, act: Callable[[], object]) -> threading.Thread:
        def watched() -> None:
            try:
                act()
            except Unreachable:
                pass  # it stalled in the greeting for longer than one waits for a connection
            except (WorkstationError, psycopg.Error, AssertionError, ArithmeticError, LookupError, ValueError) as error:
                seat.problems.append(error)

        thread = threading.Thread(target=watched)
        thread.start()
        return thread

    # A restore of the centre

    def back_up(self) -> None:
        """A copy of the database as it is, for `restore`; not while a synchronisation waits in it."""
        if any(seat.stalled for seat in self.seats.values()):
            return
        self.bank_is_done()
        self._give_up_copy()
        name = f"{self.central.name}_copy"
        self.end_sessions()
        self._leave()
        with psycopg.connect(self.central.server.superuser_dsn, autocommit=True) as conn:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER ws_owner STRATEGY FILE_COPY")
            conn.execute(copy.format(sql.Identifier(name), sql.Identifier(self.central.name)))
            admin.prepare_database(conn, name)
        self.backup = replace(self.central, name=name)
        self._taken_at = datetime.now(UTC)

    def restore(self) -> None:
        """The centre is again what it was; what no seat holds any more is gone with it."""
        if self.backup is None:
            return
        for n in self.seats:
            self.go_on(n)
        self.bank_is_done()
        self._leave()
        admin.drop(self.central.server.superuser_dsn, self.central.name)
        with psycopg.connect(self.central.server.superuser_dsn, autocommit=True) as conn:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            conn.execute(rename.format(sql.Identifier(self.backup.name), sql.Identifier(self.central.name)))
        self.backup = None
        mark_restored(self.central.superuser_dsn, self._taken_at)
        revoked = {row[0] for row in self.centre("SELECT id::text FROM device WHERE revoked_at IS NOT NULL")}
        self.revoked = {n for n in self.revoked if self.seats[n].device in revoked}
        kept = {row[0] for row in self.centre("SELECT id::text FROM case_event")}
        for seat in self.seats.values():
            with seat.store.read() as conn:
                kept |= set(conn.exec_driver_sql("SELECT id FROM case_event").scalars())
        self.nowhere |= self.written.keys() - kept
        self.tally["restored"] += 1

    def _give_up_copy(self) -> None:
        if self.backup is not None:
            admin.drop(self.central.server.superuser_dsn, self.backup.name)
            self.backup = None

    def _leave(self) -> None:
        if self._owner is not None:
            self._owner.close()
            self._owner = None

    # At the centre

    def centre(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the owner of the server sees; its session is the one that ends only with the server."""
        if self._owner is None:
            self._owner = self.central.connect(autocommit=True)
        return self._owner.execute(statement, values).fetchall()

    def decided(self, login: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a lead or an administrator does by a function; no rows when it was refused in words."""
        try:
            with self.central.connect(login, options=_IMPATIENT) as conn:
                return conn.execute(statement, values).fetchall()
        except psycopg.Error as error:
            if not (error.sqlstate or "").startswith(("WS", "42501", "55P03")):
                raise
            self.tally["decisions refused"] += 1
            return []

    @contextlib.contextmanager
    def bank(self, *, slow: bool) -> Iterator[psycopg.Connection[Any]]:
        """Master data changes. When `slow`, the transaction stays open until the bank comes again."""
        self.bank_is_done()
        conn = self.central.connect(options=_IMPATIENT)
        try:
            yield conn
        except psycopg.errors.LockNotAvailable:
            conn.rollback()
            self.tally["decisions refused"] += 1
        self._slow = conn
        if not slow:
            self.bank_is_done()

    def bank_is_done(self) -> None:
        if self._slow is not None:
            with contextlib.suppress(psycopg.OperationalError):  # its session was ended: then nothing was written
                self._slow.commit()
            self._slow.close()
            self._slow = None

    def end_sessions(self) -> None:
        """What a restart of the server does to everybody."""
        self.centre(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def begin_anew(self) -> None:
        """The server itself is ended at once and started again, where there is one to do it with."""
        if self._restart is None:
            self.end_sessions()
            return
        self._restart()
        self._owner = None
        self.tally["server restarted"] += 1

    def close(self) -> None:
        """Whatever state the history was left in."""
        for seat in self.seats.values():
            if seat.stalled is not None:
                seat.stalled.line.close()
                seat.stalled.thread.join()
            for window in seat.windows:
                window.close()
        if self._slow is not None:
            self._slow.close()
        self._leave()
        self._give_up_copy()
