"""Outbox to centre: batches, idempotent by id; an event leaves the outbox only when the centre has committed it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
import sqlalchemy as sa
from msgspec import json

from local_db import attachments, outbox, replica
from local_db.engine import Store
from workstation.sync.doing import Doing, untold
from workstation.sync.link import typed

log = logging.getLogger(__name__)

BATCH = 2000  # at most: each costs a commit on both sides
FIRST_BATCH = 20  # a batch is all or nothing: on a slow line that breaks a large one would never get through
_QUICK_SECONDS = 1.0  # a batch that took less is followed by a larger one
_ASKED = 10_000  # ids in one question


@dataclass(frozen=True, slots=True)
class Pushed:
    """`not_taken`: events of others, handed on after a restore, that the centre did not take."""

    accepted: int = 0
    refused: int = 0
    not_taken: tuple[str, ...] = ()


def push(
    store: Store,
    conn: psycopg.Connection[Any],
    person: str | None,
    cancelled: Callable[[], bool],
    report: Callable[[Doing], None] = untold,
) -> Pushed:
    """Send everything that waits, until cancelled. What is refused stays, with the reason; the rest goes on.

    What others wrote is only handed on, after a restore: refused, it leaves the outbox.
    """
    accepted = refused = 0
    not_taken: list[str] = []
    with store.write() as local:
        outbox.mend_chain(local)
        total = outbox.waiting(local)
    size = min(FIRST_BATCH, BATCH)
    while not cancelled():
        with store.read() as local:
            waiting = outbox.batch(local, size)
        if not waiting:
            break
        report(Doing("sending", accepted + refused, total))
        began = monotonic()
        verdicts = _send(conn, waiting)
        if monotonic() - began < _QUICK_SECONDS:
            size = min(size * 4, BATCH)
        others = {row.id for row in waiting if person not in {None, row.author}}
        done = [one for one, reason in verdicts.items() if reason is None or one in others]
        kept = {one: reason for one, reason in verdicts.items() if reason is not None and one not in others}
        with store.write() as local:
            outbox.confirmed(local, done)
            outbox.refused(local, kept)
        handed_back = [one for one, reason in verdicts.items() if one in others and reason is not None]
        if handed_back:
            log.warning("the centre did not take %d records of others that were handed on", len(handed_back))
        not_taken += handed_back
        accepted += len(done) - len(handed_back)
        refused += len(kept)
        if len(verdicts) < len(waiting):
            break  # what got no answer would be asked about for ever
    return Pushed(accepted, refused, tuple(not_taken))


def _send(conn: psycopg.Connection[Any], rows: Sequence[sa.Row[Any]]) -> dict[str, str | None]:
    """Event id → None when the centre has it, else the code of its refusal. Returns after the commit."""
    batch = json.encode([row._asdict() for row in rows]).decode()
    try:
        answers = conn.execute("SELECT id::text, verdict, reason FROM app.push_events(%s::json)", [batch]).fetchall()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    said: dict[str, set[str | None]] = defaultdict(set)
    for event_id, verdict, reason in answers:
        if verdict in {"accepted", "duplicate"}:
            said[event_id].add(None)
        elif verdict == "refused" and isinstance(reason, str):
            said[event_id].add(reason)
        else:
            said[event_id] |= {None, "-"}  # nonsense beside a verdict contradicts it
    # An event the centre did not answer for, or contradicts itself about, keeps waiting: that confirms nothing.
    return {row.id: said[row.id].pop() for row in rows if len(said[row.id]) == 1}


def hand_on(store: Store, conn: psycopg.Connection[Any]) -> int:
    """After a restore: queue every event of this store that the centre does not have; returns how many.

    Photos are offered again too: the centre says which it has.
    """
    with store.read() as local:
        here = outbox.all_events(local)
    missing: list[str] = []
    try:
        for start in range(0, len(here), _ASKED):
            part = here[start : start + _ASKED]
            found = conn.execute("SELECT m::text FROM app.missing_events(%s::uuid[]) m", [part]).fetchall()
            missing += [row[0] for row in found]
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with store.write() as local:
        outbox.queue(local, set(missing))
        attachments.put_back(local)
        replica.set_state(local, "hand_on", "")
    return len(missing)
