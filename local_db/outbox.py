"""Events that wait for the centre's confirmation, in the order they were written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import json

from local_db.events import from_row
from local_db.tables import outbox
from workstation.domain.events import Event
from workstation.tables import case_event

_ID, _HASH = (list(case_event.columns.keys()).index(name) for name in ("id", "hash"))


def waiting(conn: sa.Connection) -> int:
    count: int = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE refused IS NULL").scalar_one()
    return count


def batch(conn: sa.Connection, limit: int) -> Sequence[sa.Row[Any]]:
    """The oldest waiting events, as kept: their columns are what the centre reads."""
    query = (
        sa.select(case_event)
        .join(outbox, outbox.c.event_id == case_event.c.id)
        .where(outbox.c.refused.is_(None))
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return conn.execute(query).all()


def confirmed(conn: sa.Connection, ids: Sequence[str]) -> None:
    """The centre has committed these."""
    if ids:
        conn.exec_driver_sql("DELETE FROM outbox WHERE event_id = ?", [(one,) for one in ids])


def came_back(conn: sa.Connection, rows: Sequence[Sequence[Any]]) -> None:
    """What waits or was refused here and comes from the centre with its own hash, is there: somebody took it in."""
    if conn.exec_driver_sql("SELECT 1 FROM outbox LIMIT 1").first() is None:
        return
    pairs = json.encode([(row[_ID], row[_HASH]) for row in rows]).decode()
    conn.exec_driver_sql(
        "DELETE FROM outbox WHERE event_id IN (SELECT e.id FROM json_each(?) j JOIN case_event e"
        " ON e.id = j.value ->> 0 AND e.hash = j.value ->> 1)",
        (pairs,),
    )


def refused(conn: sa.Connection, reasons: Mapping[str, str]) -> None:
    """The centre will not take these; they are kept, each with its reason."""
    if reasons:
        conn.exec_driver_sql(
            "UPDATE outbox SET refused = ? WHERE event_id = ?", [(reason, one) for one, reason in reasons.items()]
        )


def refusals(conn: sa.Connection) -> list[tuple[Event, str]]:
    """What the centre will not take, in the order written, each with the code of its reason (central.refusals)."""
    query = (
        sa.select(case_event, outbox.c.refused)
        .join(outbox, outbox.c.event_id == case_event.c.id)
        .where(outbox.c.refused.is_not(None))
        .order_by(outbox.c.position)
    )
    return [(from_row(row[:-1]), row[-1]) for row in conn.execute(query)]


def fates(conn: sa.Connection) -> dict[str, str | None]:
    """Event id → why it was refused, or None while it waits, of all that the centre has not confirmed."""
    return {row[0]: row[1] for row in conn.exec_driver_sql("SELECT event_id, refused FROM outbox")}


def retry_refused(conn: sa.Connection, ids: Collection[str]) -> int:
    """Let these refused events wait again, each in its old place; returns how many there were."""
    chosen = json.encode(sorted(ids)).decode()
    return conn.exec_driver_sql(
        "UPDATE outbox SET refused = NULL WHERE refused IS NOT NULL AND event_id IN (SELECT value FROM json_each(?))",
        (chosen,),
    ).rowcount


def cases(conn: sa.Connection) -> set[str]:
    """Cases with events that the centre has not confirmed, refused ones among them."""
    return {row[0] for row in conn.exec_driver_sql("SELECT DISTINCT case_id FROM outbox")}


def all_events(conn: sa.Connection) -> list[str]:
    """The ids of every event in the store."""
    return list(conn.exec_driver_sql("SELECT id FROM case_event").scalars())


def queue(conn: sa.Connection, ids: Collection[str]) -> None:
    """Queue these events of the store, in the order they happened; one that was refused waits again."""
    here = conn.exec_driver_sql("SELECT id, case_id FROM case_event ORDER BY occurred_at, id").all()
    rows = [(row[0], row[1]) for row in here if row[0] in ids]
    if rows:
        conn.exec_driver_sql(
            "INSERT INTO outbox (event_id, case_id) VALUES (?, ?) ON CONFLICT (event_id) DO UPDATE SET refused = NULL",
            rows,
        )


def mend_chain(conn: sa.Connection) -> None:
    """What was refused for a predecessor missing at the centre goes again, after that predecessor, if it is here."""
    pairs = conn.exec_driver_sql(
        "SELECT e.id, p.id FROM outbox o JOIN case_event e ON e.id = o.event_id"
        " JOIN case_event p ON p.device = e.device AND p.hash = e.prev_hash WHERE o.refused = 'broken_chain'"
    ).all()
    for event_id, before in pairs:
        conn.exec_driver_sql("DELETE FROM outbox WHERE event_id IN (?, ?)", (event_id, before))
        conn.exec_driver_sql(
            "INSERT INTO outbox (event_id, case_id) SELECT id, case_id FROM case_event WHERE id IN (?, ?)"
            " ORDER BY id = ?",
            (event_id, before, event_id),
        )


def put_back(conn: sa.Connection, author: str, device: str) -> None:
    """Queue all that was written at this seat again: a restored centre of before 0002 may have forgotten it."""
    own = "SELECT id FROM case_event WHERE author = ? AND device = ? AND id NOT IN (SELECT event_id FROM outbox)"
    queue(conn, set(conn.exec_driver_sql(own, (author, device)).scalars()))
