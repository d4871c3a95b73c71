"""Simulated seats: the program's own connection, greeting, sealing and pulling, but no store."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from msgspec import json, to_builtins

from tools.scale.fill import PASSWORD, Size
from workstation.domain.events import Contact, Event, NextAction, encode_body, sealed
from workstation.domain.ids import uuid7
from workstation.sync.link import connect, hello, typed
from workstation.sync.pull import pull
from workstation.sync.server import Server


def trial_id(kind: str, number: int) -> str:
    """As `trial.id` of the filled database."""
    return str(uuid.UUID(hashlib.md5(f"{kind}/{number}".encode(), usedforsecurity=False).hexdigest()))


class NotTakenError(Exception):
    """The centre refused what it should have taken; the message is its reason."""


@dataclass
class Seat:
    """One collector's device: where its chain and its cursor stand, and what the centre has confirmed to it."""

    number: int
    head: str
    cursor: int
    size: Size
    confirmed: dict[str, float] = field(default_factory=dict)  # event id → when
    pulled: int = 0
    waiting: list[Event] = field(default_factory=list)

    @property
    def login(self) -> str:
        return f"seat{self.number}"

    def write(self, count: int) -> None:
        """So many calls on cases of its own; they wait until the centre has confirmed them."""
        for _ in range(count):
            case = self.number + secrets.randbelow(self.size.seat_cases) * self.size.seats
            now = datetime.now(UTC)
            body = Contact(
                direction="out", party="debtor", identity=("name", "last_digits"), ability=3, willingness=4,
                reason="income_reduced", verdict="allow", note="本人称近期收入减少，愿意分期处理，约定下月初再联系。",
                next_action=NextAction(action="call", due=now.date(), time="10:30"),
            )  # fmt: skip
            event = Event(
                id=uuid7(int(now.timestamp() * 1000), secrets.token_bytes(10)), case_id=trial_id("case", case),
                kind="contact", occurred_at=now, author=trial_id("person", self.number),
                device=trial_id("device", self.number), contact_point=trial_id("contact0", case), channel="call",
                outcome="promised", duration=140, body=encode_body(body), pack="zh-CN@2026-01-30",
            )  # fmt: skip
            made = sealed(event, self.waiting[-1].hash if self.waiting else self.head)
            self.waiting.append(made)

    def synchronise(self, server: Server) -> None:
        """Sign in, greet, push what waits, report, pull, as `sync_once` does. Raises its errors."""
        device = trial_id("device", self.number)
        with connect(server, self.login, PASSWORD) as conn:
            welcome = hello(conn, device, "trial")
            self.push(conn)
            ceiling = self._report(conn, device)
            pulled = pull(conn, welcome, self.cursor, set(), ceiling)
        if pulled is not None:
            self.cursor = pulled.horizon
            self.pulled += pulled.count

    def _report(self, conn: psycopg.Connection[Any], device: str) -> int:
        query = "SELECT app.report_seat(%s, 0, %s::text::xid8)::text"
        try:
            row = conn.execute(query, [device, str(self.cursor)]).fetchone()
            conn.commit()
        except psycopg.Error as error:
            raise typed(error) from error
        return int(row[0]) + 1 if row else self.cursor

    def push(self, conn: psycopg.Connection[Any]) -> None:
        """Everything that waits, in one batch; what is confirmed waits no more."""
        if not self.waiting:
            return
        batch = json.encode([to_builtins(event) for event in self.waiting]).decode()
        try:
            answers = conn.execute(
                "SELECT id::text, verdict, reason FROM app.push_events(%s::json)", [batch]
            ).fetchall()
            conn.commit()
        except psycopg.Error as error:
            raise typed(error) from error
        refused = [row for row in answers if row[1] not in {"accepted", "duplicate"}]
        if refused or len(answers) != len(self.waiting):
            raise NotTakenError(refused[0][2] if refused else "unanswered")
        self.confirmed.update(dict.fromkeys((event.id for event in self.waiting), time.time()))
        self.head = self.waiting[-1].hash
        self.waiting = []


def seats(superuser_dsn: str, size: Size, numbers: Iterable[int]) -> list[Seat]:
    """Those seats, in step with the centre: the heads of their chains, and cursors at the present horizon."""
    with psycopg.connect(superuser_dsn) as conn:
        row = conn.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
        heads: dict[str, str] = dict(conn.execute("SELECT id::text, chain_head FROM device").fetchall())
    cursor = int(row[0]) if row else 0
    return [Seat(number, heads[trial_id("device", number)], cursor, size) for number in numbers]
