"""What the store holds of who looked at and took personal data, and of the work around it, for a lead's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from workstation.domain.events import utc_text


@dataclass(frozen=True, slots=True)
class Line:
    """An event in few words. `body` is empty where nobody needs it."""

    id: str
    case_id: str
    kind: str
    at: datetime
    author: str
    point: str
    answers: str
    body: str


# Moves of a case are read whole, however old: who had it then is asked of them.
_LINES = """
SELECT id, case_id, kind, occurred_at, offset_ms, author, coalesce(contact_point, ''), coalesce(answers, ''),
       CASE WHEN kind IN ('reveal', 'taken_out', 'reviewed', 'reassigned') THEN body ELSE '' END
  FROM case_event
 WHERE (occurred_at >= ? AND kind NOT IN ('reassigned', 'message_result', 'plan_decided'))
    OR (kind = 'reassigned' AND case_id IN (SELECT case_id FROM case_event WHERE kind = 'reveal' AND occurred_at >= ?))
 ORDER BY occurred_at, id
"""


def lines(conn: sa.Connection, since: datetime) -> list[Line]:
    """Events since a moment, the oldest first, on the centre's clock."""
    start = utc_text(since)
    return [
        Line(row[0], row[1], row[2], datetime.fromisoformat(row[3]) + timedelta(milliseconds=row[4]), *row[5:])
        for row in conn.exec_driver_sql(_LINES, (start, start))
    ]


def assignees(conn: sa.Connection) -> dict[str, str | None]:
    """Who has each case now."""
    return {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, assignee_id FROM cases")}


def leads(conn: sa.Connection) -> frozenset[str]:
    """Who leads: every case of the team lies at their desk."""
    return frozenset(conn.exec_driver_sql("SELECT id FROM person WHERE role = 'lead'").scalars())


def numbers(conn: sa.Connection) -> dict[str, str]:
    """The number of each case by its id."""
    return {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, number FROM cases")}
