"""The demonstration centre: an embedded PostgreSQL with a book of cases, people who sign in for real, and a past."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import psycopg

from workstation.central import admin
from workstation.central.embedded import EmbeddedServer
from workstation.central.loading import load
from workstation.desk import importing
from workstation.desk.demo import demo_book, load_past, worked_rows
from workstation.domain.errors import InputError
from workstation.domain.ids import bank_id
from workstation.domain.message import Message, msg
from workstation.security.credentials import Credentials
from workstation.settings import home
from workstation.sync.server import Server

DATABASE = "workstation"
UCI_MAPPING = "uci-credit-card"
TEAM = "信用卡一组"
CASES = 544  # of the generated book; about 68 on each collector's desk


@dataclass(frozen=True, slots=True)
class DemoPerson:
    login: str
    name: str
    role: str


PEOPLE = (
    DemoPerson("chenjing", "陈静", "collector"),
    DemoPerson("liting", "李婷", "collector"),
    DemoPerson("machao", "马超", "collector"),
    DemoPerson("gaoyuan", "高原", "collector"),
    DemoPerson("sunqiang", "孙强", "field"),
    DemoPerson("xuqian", "徐倩", "collector"),
    DemoPerson("guokai", "郭凯", "collector"),
    DemoPerson("linxue", "林雪", "collector"),
    DemoPerson("helin", "何琳", "lead"),
    DemoPerson("auditor", "审计员", "auditor"),
    DemoPerson("admin", "管理员", "admin"),
)

# Login → capacity, limit, languages, regions, stages, legal.
STAFFING: Mapping[str, tuple[int, int | None, list[str], list[str], list[str], bool]] = {
    "chenjing": (100, None, ["zh_CN"], [], [], False),
    "liting": (100, 90, ["zh_CN", "en"], [], [], False),
    "machao": (100, None, [], [], ["M1", "M2", "M3"], False),
    "gaoyuan": (80, None, [], [], [], True),
    "sunqiang": (100, 80, [], ["上海", "杭州"], [], False),
    "guokai": (60, 60, [], [], ["M5", "M6", "M7+"], True),
}
AWAY, COVER, AWAY_DAYS = "sunqiang", "liting", (3, 10)  # on leave since, and for how many days more
UNSENT = 6  # records on the device of whoever is away


class DemoCentre:
    """A running demonstration centre. `login_of` a role signs in with the password that `credentials` holds."""

    def __init__(self, server: EmbeddedServer, credentials: Credentials) -> None:
        self._server = server
        self.credentials = credentials
        self.server = Server(host=server.host, port=server.port, database=DATABASE)

    @staticmethod
    def login_of(role: str) -> str:
        return next(person.login for person in PEOPLE if person.role == role)

    def stop(self) -> None:
        self._server.stop()


def start(
    credentials: Credentials,
    *,
    as_of: date,
    book: Path | None = None,
    cases: int = CASES,
    fresh: bool = False,
    quick: bool = False,
    say: Callable[[Message], None] = lambda _message: None,
) -> DemoCentre:
    """Start the centre; on the first run, or with `fresh`, load the book and make the people.

    `book` is a file of the UCI credit-card form; without it a book of the same shape is generated. `quick` gives up
    durability for speed (the tour's centre is thrown away).
    """
    folder = home() / "demo"
    if fresh:
        EmbeddedServer.remove(folder / "centre")
        for path in (home() / "seats").glob("*/*.store"):
            credentials.forget_vault(f"{path.parent.name}/{path.stem}")
        shutil.rmtree(home() / "seats", ignore_errors=True)
    say(msg("Starting the demonstration's PostgreSQL …"))
    server = EmbeddedServer.start(folder / "centre", durable=not quick)
    centre = DemoCentre(server, credentials)
    admin.init(server.superuser_dsn, DATABASE)
    with psycopg.connect(server.superuser_dsn, dbname=DATABASE) as conn:
        people = _people(conn, centre)
        loaded = conn.execute("SELECT count(*) FROM cases").fetchone()
    if loaded is not None and loaded[0] == 0:
        say(msg("Loading the book of cases …"))
        _load(server, people, as_of=as_of, book=book, cases=cases)
    return centre


def _people(conn: psycopg.Connection[tuple[object, ...]], centre: DemoCentre) -> dict[str, str]:
    """Login → id of the demo's people; their passwords are made here and kept in the keyring only."""
    ids: dict[str, str] = {}
    for person in PEOPLE:
        found = admin.find_person(conn, person.login)
        kept = centre.credentials.password(centre.server.id, person.login)
        password = kept or secrets.token_urlsafe(18)
        if found is None:
            if not ids:
                admin.add_team(conn, TEAM)
            team = None if person.role in {"auditor", "admin"} else TEAM
            found = admin.add_person(conn, person.login, person.name, person.role, team, password)
        elif kept is None:
            admin.set_password(conn, person.login, password)
        if kept is None:
            centre.credentials.remember_password(centre.server.id, person.login, password)
        ids[person.login] = found
    conn.commit()
    return ids


def _load(
    server: EmbeddedServer,
    people: dict[str, str],
    *,
    as_of: date,
    book: Path | None,
    cases: int,
) -> None:
    """The book, spread over the team's collectors, and a past for the cases that are worked."""
    holders = [people[person.login] for person in PEOPLE if person.role in {"collector", "field"}]
    with psycopg.connect(server.superuser_dsn, dbname=DATABASE) as conn:
        row = conn.execute("SELECT id::text FROM team WHERE name = %s", [TEAM]).fetchone()
        team = str(row[0]) if row else None
        if book is None:
            visiting = people[DemoCentre.login_of("field")]
            rows = demo_book(cases, as_of=as_of, team_id=team, collectors=holders, visiting=visiting)
            load(conn, rows)
        else:
            result = importing.run(
                book, "book", UCI_MAPPING, conn, as_of=as_of, assign_to=holders, team_id=team, keep_good=True
            )
            if not result.counts:
                raise InputError(msg("{file} holds no account that could be read.", file=book.name))
            rows = worked_rows(conn)
        load_past(conn, rows, people, as_of)
        _staff(conn, people, as_of)


def _staff(conn: psycopg.Connection[tuple[object, ...]], people: dict[str, str], as_of: date) -> None:
    """Who can take how much, who is away, and a device on which work waits."""
    for login, (capacity, most, languages, regions, stages, legal) in STAFFING.items():
        lists = (json.dumps(one, ensure_ascii=False) for one in (languages, regions, stages))
        conn.execute(
            "UPDATE staffing SET capacity = %s, most_cases = %s, languages = %s, regions = %s, stages = %s, legal = %s"
            " WHERE id = %s",
            [capacity, most, *lists, legal, people[login]],
        )
    before, after = AWAY_DAYS
    conn.execute(
        "UPDATE staffing SET leave_from = %s, leave_until = %s, cover_id = %s WHERE id = %s",
        [as_of - timedelta(days=before), as_of + timedelta(days=after), people[COVER], people[AWAY]],
    )
    conn.execute(
        "INSERT INTO device (id, person_id, name, last_seen_at, waiting_events) VALUES (%s, %s, 'field-07', %s, %s)",
        [bank_id("demo", "device", AWAY), people[AWAY], datetime.combine(as_of, time(10, 4), UTC) - timedelta(days=1),
         UNSENT],
    )  # fmt: skip
