"""One embedded PostgreSQL per test process, and a fresh, migrated database with people for every test that asks."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from workstation.central import admin
from workstation.central.embedded import EmbeddedServer

PASSWORD = "correct horse battery"
TEMPLATE = "template_central"
# login, name, role, team
PEOPLE = (
    ("li.na", "李娜", "collector", "north"),
    ("wang.wei", "王伟", "collector", "north"),
    ("zhao.min", "赵敏", "field", "north"),
    ("chen.jie", "陈洁", "lead", "north"),
    ("sun.hao", "孙浩", "collector", "south"),
    ("zhou.yan", "周燕", "lead", "south"),
    ("audit", "Auditor", "auditor", None),
    ("admin", "Administrator", "admin", None),
)


@dataclass
class CentralDatabase:
    """A migrated database with two teams and the people of `PEOPLE`, all with `PASSWORD`."""

    server: EmbeddedServer
    name: str
    people: dict[str, str]  # login → id
    teams: dict[str, str]  # name → id

    @property
    def superuser_dsn(self) -> str:
        return psycopg.conninfo.make_conninfo(self.server.superuser_dsn, dbname=self.name)

    def dsn(self, login: str, password: str = PASSWORD) -> str:
        return self.server.dsn(login, password, self.name)

    def connect(self, login: str | None = None, **options: Any) -> psycopg.Connection[Any]:
        """Signed in as `login`; without one, as the superuser."""
        return psycopg.connect(self.superuser_dsn if login is None else self.dsn(login), **options)


@dataclass
class CentralServer:
    server: EmbeddedServer
    people: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> CentralDatabase:
        """A copy of the template: tens of milliseconds instead of a migration."""
        name = f"central_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self.server.superuser_dsn, autocommit=True) as conn:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER ws_owner STRATEGY FILE_COPY")
            conn.execute(copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
            admin.prepare_database(conn, name)
        return CentralDatabase(self.server, name, dict(self.people), dict(self.teams))

    def drop(self, database: CentralDatabase) -> None:
        admin.drop(self.server.superuser_dsn, database.name)


@functools.cache
def started() -> CentralServer:
    """One per process, however many conftests import the fixture; stopped and deleted when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="workstation-central-"))
    server = EmbeddedServer.start(folder, durable=False)
    atexit.register(_clear_away, server, folder)
    admin.init(server.superuser_dsn, TEMPLATE)
    made = CentralServer(server)
    with psycopg.connect(psycopg.conninfo.make_conninfo(server.superuser_dsn, dbname=TEMPLATE)) as conn:
        made.teams = {name: admin.add_team(conn, name) for name in ("north", "south")}
        for login, name, role, team in PEOPLE:
            made.people[login] = admin.add_person(conn, login, name, role, team, PASSWORD)
    return made


def _clear_away(server: EmbeddedServer, folder: Path) -> None:
    server.stop()
    EmbeddedServer.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def central_server() -> CentralServer:
    """The server of this test process."""
    return started()


@pytest.fixture
def central(central_server: CentralServer) -> Iterator[CentralDatabase]:
    """A fresh database for one test."""
    database = central_server.new_database()
    yield database
    central_server.drop(database)


@pytest.fixture(scope="module")
def central_of_module(central_server: CentralServer) -> Iterator[CentralDatabase]:
    """A fresh database shared by the tests of one module."""
    database = central_server.new_database()
    yield database
    central_server.drop(database)
