"""Seats of real people: a real encrypted store each, and a real central database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest

from local_db import events as store_events
from local_db.engine import Store, open_store
from tests.central.builders import book_rows, new_id
from tests.central.server import PASSWORD, CentralDatabase
from workstation.central.loading import load
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.events import Event, Note
from workstation.sync.engine import Device, SyncResult, sync_once
from workstation.sync.link import connect
from workstation.sync.server import Server

TODAY = date(2026, 11, 23)


@dataclass
class Desk:
    """A person at a seat, with the few moves these tests make."""

    central: CentralDatabase
    login: str
    store: Store
    device: str

    @property
    def seat(self) -> Seat:
        person = Person(self.central.people[self.login], self.login, self.login, "collector", None, "")
        return Seat(self.store, person, self.device, Clock())

    def link(self) -> psycopg.Connection[object]:
        server = self.central.server
        return connect(Server(server.host, server.port, self.central.name), self.login, PASSWORD)

    def sync(self) -> SyncResult:
        return sync_once(self.store, self.link, Device(self.device, "a test's seat"), TODAY)

    def write(self, case_id: str, text: str) -> Event:
        with self.store.write() as conn:
            return store_events.append(conn, [self.seat.draft(case_id, Note(text=text))], today=TODAY)[0]

    def cases(self) -> set[str]:
        with self.store.read() as conn:
            return set(conn.exec_driver_sql("SELECT id FROM cases").scalars())

    def events(self) -> set[str]:
        with self.store.read() as conn:
            return set(conn.exec_driver_sql("SELECT id FROM case_event").scalars())


SeatMaker = Callable[[str], Desk]


@pytest.fixture
def seat_of(central: CentralDatabase, tmp_path: Path) -> Iterator[SeatMaker]:
    """Makes a seat for a login of tests.central.server.PEOPLE; twice the same login gives two devices."""
    made: list[Desk] = []

    def make(login: str) -> Desk:
        store = open_store(tmp_path / f"{login}-{len(made)}.store", bytes([len(made) + 1]) * 32)
        desk = Desk(central, login, store, new_id())
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.store.close()


@pytest.fixture
def book(central: CentralDatabase) -> list[str]:
    """Ten cases of li.na in team north; their ids."""
    rows = book_rows(central, 10)
    with central.connect() as conn:
        load(conn, rows)
    return [row[0] for row in rows["cases"]]
