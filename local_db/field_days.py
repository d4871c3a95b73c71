"""What planning a day of visits reads of all cases at once, and the days planned at this seat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from local_db.queries import PointRecord


class StopRow(NamedTuple):
    """One chosen case of a day, in its place; `body` is the desk's."""

    case_id: str
    body: str


def addresses(conn: sa.Connection) -> dict[str, tuple[PointRecord, ...]]:
    """By case: the addresses in the bank's file of the debtor and of who is liable, the one to try first in front."""
    found: dict[str, list[PointRecord]] = {}
    for row in conn.exec_driver_sql(_ADDRESSES):
        found.setdefault(row[0], []).append(PointRecord(*row[1:]))
    return {case_id: tuple(rows) for case_id, rows in found.items()}


def liable(conn: sa.Connection) -> dict[str, str]:
    """The related persons who owe beside the debtor, with their relation."""
    rows = conn.exec_driver_sql("SELECT id, relation FROM related_person WHERE liable")
    return {row[0]: row[1] for row in rows}


def cities(conn: sa.Connection) -> dict[str, str]:
    """By case, as far as the bank's file says."""
    rows = conn.exec_driver_sql("SELECT case_id, city FROM debtor WHERE city IS NOT NULL")
    return {row[0]: row[1] for row in rows}


def last_visits(conn: sa.Connection) -> dict[str, datetime]:
    """When each case was visited last; those that never were are left out."""
    rows = conn.exec_driver_sql(_LAST_VISITS)
    return {row[0]: datetime.fromisoformat(row[1]) for row in rows}


def colleagues(conn: sa.Connection) -> list[tuple[str, str, str, str | None]]:
    """Who may go along: id, name, role and team of everybody active who is neither auditor nor administrator."""
    rows = conn.exec_driver_sql(
        "SELECT id, name, role, team_id FROM person"
        " WHERE active AND role IN ('collector', 'field', 'lead') ORDER BY name"
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


# ---- the days ----


def days(conn: sa.Connection, *, with_stops: bool = False) -> list[str]:
    """The days that somebody began to plan, in order; those with a stop alone."""
    table = "field_stop" if with_stops else "field_day"
    return list(conn.exec_driver_sql(f"SELECT DISTINCT day FROM {table} ORDER BY day").scalars())  # noqa: S608


def newest(conn: sa.Connection) -> tuple[str, list[StopRow]] | None:
    """The day furthest ahead that somebody planned."""
    known = days(conn)
    return load(conn, known[-1]) if known else None


def load(conn: sa.Connection, day: str) -> tuple[str, list[StopRow]] | None:
    """What holds for the day, and its stops in order; None while nobody planned it."""
    body: str | None = conn.exec_driver_sql("SELECT body FROM field_day WHERE day = ?", (day,)).scalar_one_or_none()
    if body is None:
        return None
    rows = conn.exec_driver_sql("SELECT case_id, body FROM field_stop WHERE day = ? ORDER BY place", (day,))
    return body, [StopRow(*row) for row in rows]


def save(conn: sa.Connection, day: str, body: str, stops: Iterable[StopRow]) -> None:
    """The whole day in place of what was there."""
    conn.exec_driver_sql(
        "INSERT INTO field_day (day, body) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET body = excluded.body",
        (day, body),
    )
    conn.exec_driver_sql("DELETE FROM field_stop WHERE day = ?", (day,))
    told = [(day, stop.case_id, place, stop.body) for place, stop in enumerate(stops)]
    if told:
        conn.exec_driver_sql("INSERT INTO field_stop (day, case_id, place, body) VALUES (?, ?, ?, ?)", told)


def remove_before(conn: sa.Connection, day: str) -> None:
    """Days long past leave."""
    for table in ("field_stop", "field_day"):
        conn.exec_driver_sql(f"DELETE FROM {table} WHERE day < ?", (day,))  # noqa: S608


_ADDRESSES = """
SELECT p.case_id, p.id, p.related_person_id, p.kind, p.label, p.value, p.time_zone, p.latitude, p.longitude, p.source,
       p.rank
  FROM contact_point p LEFT JOIN related_person r ON r.id = p.related_person_id
 WHERE p.kind = 'address' AND (p.related_person_id IS NULL OR r.liable)
 ORDER BY p.case_id, p.rank, p.id
"""
_LAST_VISITS = """
SELECT case_id, max(occurred_at) FROM case_event e
 WHERE kind = 'contact' AND channel = 'visit'
   AND NOT EXISTS (SELECT 1 FROM case_event c WHERE c.kind = 'correction' AND c.answers = e.id)
 GROUP BY case_id
"""
