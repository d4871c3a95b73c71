"""One synchronisation: greet, push, pull, apply in one local transaction. Safe to break off at any point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

import psycopg
import sqlalchemy as sa
from msgspec import json

from local_db import outbox, projections, replica
from local_db.engine import Store
from workstation import tables
from workstation.domain.changes import Changes
from workstation.sync.link import Welcome, hello, typed
from workstation.sync.pull import SEES_ALL, Pulled, pull
from workstation.sync.push import Pushed, push


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one synchronisation did. `offset_ms`: the server's clock minus this device's."""

    pushed: int = 0
    refused: int = 0
    pulled_rows: int = 0
    granted: int = 0
    revoked: int = 0
    seconds: float = 0.0
    offset_ms: int = 0
    changes: Changes = field(default_factory=Changes)


def sync_once(
    store: Store,
    link: Callable[[], psycopg.Connection[Any]],
    device: Device,
    today: date,
    *,
    cancel: Callable[[], bool] = lambda: False,
) -> SyncResult:
    """Push, then pull. Raises the errors of `link` (Unreachable, WrongPassword, DeviceRevoked, ClientTooOld …).

    Whatever was confirmed or applied before an error stays so; the next synchronisation goes on from there.
    """
    began = perf_counter()
    with link() as conn:
        sent_at = datetime.now(UTC)
        welcome = hello(conn, device.id, device.name)
        offset = _offset(welcome, sent_at, datetime.now(UTC))
        with store.write() as local:
            _meet_epoch(local, welcome, device)
        pushed = push(store, conn, cancel) if welcome.role not in SEES_ALL else Pushed()
        with store.read() as local:
            cursor = int(replica.get_state(local, "cursor") or 0)
            leaving = _leaving(local)
            held = set(local.execute(sa.select(tables.case.c.id)).scalars())
            waiting = outbox.waiting(local)
        pulled = pull(conn, welcome, cursor, held - leaving)
        _report(conn, device, waiting)
    changes = _apply(store, pulled, leaving, offset, today, first=cursor == 0)
    return SyncResult(
        pushed=pushed.accepted,
        refused=pushed.refused,
        pulled_rows=pulled.count,
        granted=len(pulled.granted),
        revoked=len(pulled.revoked),
        seconds=perf_counter() - began,
        offset_ms=offset,
        changes=changes,
    )


def _offset(welcome: Welcome, sent_at: datetime, received_at: datetime) -> int:
    """Milliseconds the server is ahead: its time against the middle of the round trip."""
    middle = sent_at + (received_at - sent_at) / 2
    return round((welcome.server_time - middle).total_seconds() * 1000)


def _meet_epoch(local: sa.Connection, welcome: Welcome, device: Device) -> None:
    """After a restore the centre has a new epoch: hand in again all that was written here, then pull afresh."""
    known = replica.get_state(local, "epoch")
    if known == welcome.epoch:
        return
    if known is not None:
        outbox.put_back(local, welcome.person_id, device.id)
    replica.set_state(local, "cursor", "0")
    replica.set_state(local, "epoch", welcome.epoch)


def _leaving(local: sa.Connection) -> set[str]:
    """Cases that were revoked and wait here until all that was written on them is confirmed."""
    kept = replica.get_state(local, "leaving")
    return set(json.decode(kept, type=list[str])) if kept else set()


def _apply(store: Store, pulled: Pulled, leaving: set[str], offset: int, today: date, *, first: bool) -> Changes:
    """Rows, removals, projections and the new cursor, in one transaction."""
    with store.write() as local:
        touched: set[str] = set()
        for table in tables.REPLICATED:
            rows = pulled.rows.get(table.name, [])
            if not rows:
                continue
            replica.upsert(local, table, rows)
            if table in tables.PER_CASE:
                key = list(table.columns.keys()).index("id" if table is tables.case else "case_id")
                touched.update(row[key] for row in rows)
        going = (leaving | pulled.revoked) - pulled.granted
        busy = outbox.cases(local)
        gone = going - busy
        for case_id in gone:
            replica.remove_case(local, case_id)
        projections.refresh(local, touched - gone, today)
        replica.set_state(local, "leaving", json.encode(sorted(going & busy)).decode())
        replica.set_state(local, "cursor", str(pulled.horizon))
        replica.set_state(local, "offset_ms", str(offset))
    kinds = {name for name, rows in pulled.rows.items() if rows}
    if not kinds and not gone:
        return Changes()
    return Changes(frozenset(kinds | {"sync"}), frozenset(touched | gone), everything=first)


def _report(conn: psycopg.Connection[Any], device: Device, waiting: int) -> None:
    """So that a lead sees which seats still hold unsent work."""
    try:
        conn.execute("SELECT app.report_waiting(%s, %s)", [device.id, waiting])
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
