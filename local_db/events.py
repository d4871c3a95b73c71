"""The history in the store: events are added sealed into this device's chain and queued for the centre."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from local_db import projections
from local_db.state import get_state, set_state
from local_db.tables import outbox
from workstation.domain.errors import WorkstationError
from workstation.domain.events import FIRST_HASH, Body, Event, decode_body, in_order, sealed, utc_text
from workstation.domain.message import msg
from workstation.tables import case_event

_COLUMNS = [column.name for column in case_event.columns]
_INSERT = f"INSERT INTO case_event ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608


class CaseLeft(WorkstationError):
    """The case was given to somebody else and is not in this store any more."""

    code = "case_left"


def append(conn: sa.Connection, drafts: Sequence[Event], *, today: date) -> list[Event]:
    """Seal `drafts` into the device's hash chain, keep them, queue them and refresh their cases. Raises `CaseLeft`."""
    for case_id in {draft.case_id for draft in drafts}:
        if conn.exec_driver_sql("SELECT 1 FROM cases WHERE id = ?", (case_id,)).first() is None:
            raise CaseLeft(
                msg(
                    "This case was given to somebody else meanwhile and has left this device. Nothing was recorded; "
                    "tell your team lead what you did."
                )
            )
    head = get_state(conn, "chain_head") or FIRST_HASH
    written: list[Event] = []
    for draft in drafts:
        event = sealed(draft, head)
        head = event.hash
        conn.exec_driver_sql(_INSERT, to_row(event))
        conn.execute(sa.insert(outbox).values(event_id=event.id, case_id=event.case_id))
        written.append(event)
    set_state(conn, "chain_head", head)
    projections.refresh(conn, {event.case_id for event in written}, today)
    return written


def of_case(conn: sa.Connection, case_id: str) -> list[Event]:
    rows = conn.execute(sa.select(case_event).where(case_event.c.case_id == case_id))
    return in_order(map(from_row, rows))


def body_of(conn: sa.Connection, event_id: str) -> Body | None:
    row = conn.execute(sa.select(case_event.c.kind, case_event.c.body).where(case_event.c.id == event_id)).one_or_none()
    return None if row is None else decode_body(row.kind, row.body)


def hashes(conn: sa.Connection) -> frozenset[str]:
    """The hash of every record in the store, of all cases."""
    return frozenset(conn.execute(sa.select(case_event.c.hash)).scalars())


def cases_with(conn: sa.Connection, kinds: Collection[str], since: datetime) -> list[str]:
    """The cases with events of these kinds since a moment, each once."""
    query = (
        sa.select(case_event.c.case_id)
        .where(case_event.c.kind.in_(tuple(kinds)), case_event.c.occurred_at >= utc_text(since))
        .distinct()
        .order_by(case_event.c.case_id)
    )
    return list(conn.execute(query).scalars())


def of_dossiers(conn: sa.Connection) -> list[Event]:
    """What is on record of dossiers on paper, over all cases here."""
    written_out = case_event.c.kind == sa.literal_column("'dossier'")  # else the index of these few is not used
    return [from_row(row) for row in conn.execute(sa.select(case_event).where(written_out))]


def clock_offset(conn: sa.Connection) -> int:
    """Milliseconds the server's clock is ahead of this device's, as measured at the last synchronisation."""
    return int(get_state(conn, "offset_ms") or 0)


def to_row(event: Event) -> tuple[Any, ...]:
    """The event's columns as the store keeps them: moments by `utc_text`, days ISO."""
    values = {name: getattr(event, name) for name in _COLUMNS}
    values["occurred_at"] = utc_text(event.occurred_at)
    values["due_on"] = None if event.due_on is None else event.due_on.isoformat()
    return tuple(values.values())


def from_row(row: Sequence[Any]) -> Event:
    """The event of a row in the table's column order. Made short: opening a case reads hundreds."""
    values = dict(zip(_COLUMNS, row, strict=True))
    values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
    if values["due_on"] is not None:
        values["due_on"] = date.fromisoformat(values["due_on"])
    return Event(**values)


def ids_as_kept(conn: sa.Connection, case_id: str) -> list[str]:
    """The case's events in the order in which they came into this store: no clock that was moved changes it."""
    query = "SELECT id FROM case_event WHERE case_id = ? ORDER BY rowid"
    return list(conn.exec_driver_sql(query, (case_id,)).scalars())


def of_period(conn: sa.Connection, authors: Collection[str], since: datetime, until: datetime) -> list[Event]:
    """What these persons recorded from `since` to before `until`, over all cases here."""
    query = sa.select(case_event).where(
        case_event.c.author.in_(tuple(authors)),
        case_event.c.occurred_at >= utc_text(since),
        case_event.c.occurred_at < utc_text(until),
    )
    return in_order(map(from_row, conn.execute(query)))


def by_author(conn: sa.Connection, author: str, since: datetime) -> list[Event]:
    """What one person recorded since a moment, over all cases here."""
    query = sa.select(case_event).where(case_event.c.author == author, case_event.c.occurred_at >= utc_text(since))
    return in_order(map(from_row, conn.execute(query)))


def of_kinds(conn: sa.Connection, kinds: Collection[str], since: datetime) -> list[Event]:
    """All of these kinds since a moment, over all cases here."""
    query = sa.select(case_event).where(
        case_event.c.kind.in_(tuple(kinds)), case_event.c.occurred_at >= utc_text(since)
    )
    return in_order(map(from_row, conn.execute(query)))
