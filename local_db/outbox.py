"""Events that wait for the centre's confirmation, in the order they were written."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from local_db.events import from_row
from local_db.tables import outbox
from workstation.domain.events import Event
from workstation.tables import case_event


def waiting(conn: sa.Connection) -> int:
    count: int = conn.exec_driver_sql("SELECT count(*) FROM outbox WHERE refused IS NULL").scalar_one()
    return count


def batch(conn: sa.Connection, limit: int) -> list[Event]:
    """The oldest waiting events."""
    query = (
        sa.select(case_event)
        .join(outbox, outbox.c.event_id == case_event.c.id)
        .where(outbox.c.refused.is_(None))
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return [from_row(row) for row in conn.execute(query)]


def confirmed(conn: sa.Connection, ids: Collection[str]) -> None:
    """The centre has committed these."""
    for event_id in ids:
        conn.exec_driver_sql("DELETE FROM outbox WHERE event_id = ?", (event_id,))


def refused(conn: sa.Connection, event_id: str, reason: str) -> None:
    """The centre will not take this one; it is kept, with the reason."""
    conn.exec_driver_sql("UPDATE outbox SET refused = ? WHERE event_id = ?", (reason, event_id))


def refusals(conn: sa.Connection) -> list[tuple[Event, str]]:
    """What the centre will not take, in the order written, each with the code of its reason (central.refusals)."""
    query = (
        sa.select(case_event, outbox.c.refused)
        .join(outbox, outbox.c.event_id == case_event.c.id)
        .where(outbox.c.refused.is_not(None))
        .order_by(outbox.c.position)
    )
    return [(from_row(row[:-1]), row[-1]) for row in conn.execute(query)]


def cases(conn: sa.Connection) -> set[str]:
    """Cases with events that the centre has not confirmed, refused ones among them."""
    return {row[0] for row in conn.exec_driver_sql("SELECT DISTINCT case_id FROM outbox")}


def put_back(conn: sa.Connection, author: str, device: str) -> None:
    """Queue all that was written at this seat again: a restored centre may have forgotten it."""
    conn.exec_driver_sql(
        "INSERT INTO outbox (event_id, case_id) SELECT id, case_id FROM case_event"
        " WHERE author = ? AND device = ? ORDER BY occurred_at, id ON CONFLICT (event_id) DO NOTHING",
        (author, device),
    )
