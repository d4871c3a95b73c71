"""Outbox to centre: batches, idempotent by id; an event leaves the outbox only when the centre has committed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from msgspec import json

from local_db import outbox
from local_db.engine import Store
from workstation.domain.events import Event, utc_text
from workstation.sync.doing import Doing, untold
from workstation.sync.link import typed

BATCH = 500


@dataclass(frozen=True, slots=True)
class Pushed:
    accepted: int = 0
    refused: int = 0


def push(
    store: Store,
    conn: psycopg.Connection[Any],
    cancelled: Callable[[], bool],
    report: Callable[[Doing], None] = untold,
) -> Pushed:
    """Send everything that waits, until cancelled. What is refused stays, with the reason; the rest goes on."""
    accepted = refused = 0
    with store.read() as local:
        total = outbox.waiting(local)
    while not cancelled():
        with store.read() as local:
            waiting = outbox.batch(local, BATCH)
        if not waiting:
            break
        report(Doing("sending", accepted + refused, total))
        verdicts = _send(conn, waiting)
        with store.write() as local:
            done = [event_id for event_id, reason in verdicts.items() if reason is None]
            outbox.confirmed(local, done)
            for event_id, reason in verdicts.items():
                if reason is not None:
                    outbox.refused(local, event_id, reason)
        accepted += len(done)
        refused += len(verdicts) - len(done)
        if len(verdicts) < len(waiting):
            break  # what got no answer would be asked about for ever
    return Pushed(accepted, refused)


def _send(conn: psycopg.Connection[Any], events: list[Event]) -> dict[str, str | None]:
    """Event id → None when the centre has it, else the code of its refusal. Returns after the commit."""
    batch = json.encode([_as_sent(event) for event in events]).decode()
    try:
        rows = conn.execute("SELECT id::text, verdict, reason FROM app.push_events(%s::json)", [batch]).fetchall()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    answers = {row[0]: None if row[1] in {"accepted", "duplicate"} else str(row[2]) for row in rows}
    # An event the centre did not answer for keeps waiting: silence confirms nothing.
    return {event.id: answers[event.id] for event in events if event.id in answers}


def _as_sent(event: Event) -> dict[str, object]:
    sent = {name: getattr(event, name) for name in event.__struct_fields__}
    sent["occurred_at"] = utc_text(event.occurred_at)
    return sent
