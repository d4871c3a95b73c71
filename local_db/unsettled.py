"""What stands between this seat and the centre: records not there yet with their case, and what others decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from local_db.events import from_row
from local_db.tables import outbox
from workstation.domain.events import Event
from workstation.tables import case, case_event, debtor

_DECIDED = ("reassigned", "plan_decided")


@dataclass(frozen=True, slots=True)
class OfCase:
    """An event with its case's number and debtor, empty when the case is not here; `refused` is the centre's code."""

    event: Event
    number: str
    name: str
    refused: str | None = None


def waiting(conn: sa.Connection, limit: int) -> Sequence[OfCase]:
    """The first to leave."""
    return _records(conn, outbox.c.refused.is_(None), limit)


def refused(conn: sa.Connection, limit: int) -> Sequence[OfCase]:
    return _records(conn, outbox.c.refused.is_not(None), limit)


def decided_by_others(conn: sa.Connection, person: str, limit: int) -> Sequence[OfCase]:
    """Moves and decided plans of cases at this seat by anybody else, newest first."""
    query = (
        sa.select(case.c.number, debtor.c.name, sa.null(), case_event)
        .join(case, case.c.id == case_event.c.case_id)
        .outerjoin(debtor, debtor.c.case_id == case_event.c.case_id)
        .where(case_event.c.kind.in_(_DECIDED), case_event.c.author != person)
        .order_by(case_event.c.occurred_at.desc(), case_event.c.id.desc())
        .limit(limit)
    )
    return _made(map(tuple, conn.execute(query)))


def _records(conn: sa.Connection, which: sa.ColumnElement[bool], limit: int) -> Sequence[OfCase]:
    query = (
        sa.select(case.c.number, debtor.c.name, outbox.c.refused, case_event)
        .join(outbox, outbox.c.event_id == case_event.c.id)
        .outerjoin(case, case.c.id == case_event.c.case_id)
        .outerjoin(debtor, debtor.c.case_id == case_event.c.case_id)
        .where(which)
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return _made(map(tuple, conn.execute(query)))


def _made(rows: Iterable[Sequence[Any]]) -> Sequence[OfCase]:
    """Of rows that are number, name and reason before the event's own columns."""
    return [OfCase(from_row(row[3:]), row[0] or "", row[1] or "", row[2]) for row in rows]
