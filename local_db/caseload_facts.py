"""What sharing cases out anew reads beside the queue's records: holders, versions, work done, complaints, dossiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from local_db.queries import among
from workstation.domain.events import utc_text


@dataclass(frozen=True, slots=True)
class HeldRow:
    case_id: str
    holder: str | None
    team: str | None
    version: int
    language: str
    city: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """The contacts of a case since a day: how many, and the seconds they took with ringing and notes."""

    contacts: int
    seconds: int
    complained: bool  # in one of them


def held(conn: sa.Connection, case_ids: Iterable[str] | None = None) -> list[HeldRow]:
    """The open cases at this seat, or those named that are."""
    ids = None if case_ids is None else tuple(case_ids)
    return [
        HeldRow(case_id, holder, team, version, language, city or "")
        for case_id, holder, team, version, language, city in conn.exec_driver_sql(*among(_HELD, "c.id", ids)).all()
    ]


def work(conn: sa.Connection, since: datetime) -> dict[str, WorkRow]:
    """By case."""
    rows = conn.exec_driver_sql(_WORK, (utc_text(since),)).all()
    return {row[0]: WorkRow(row[1], row[2], bool(row[3])) for row in rows}


def spoke_before(conn: sa.Connection, case_id: str, at: datetime | None) -> str | None:
    """Who had contacted the debtor last by then, or ever: whom a complaint made at that moment is about."""
    moment = "9" if at is None else utc_text(at)
    found: str | None = conn.exec_driver_sql(_SPOKE, (case_id, moment)).scalar_one_or_none()
    return found


def complained_of(conn: sa.Connection, case_id: str, since: datetime) -> set[str]:
    """Who took the contacts since then in which the debtor complained."""
    return set(conn.exec_driver_sql(_COMPLAINED, (case_id, utc_text(since))).scalars())


def dossiers_out(conn: sa.Connection, since: datetime) -> dict[str, str]:
    """The number of the dossier given out since then and still on paper, by case."""
    rows = conn.exec_driver_sql(_DOSSIERS, (utc_text(since),)).all()
    return {row[0]: row[1] for row in rows if row[2] == "printed"}


def drafts(conn: sa.Connection) -> set[str]:
    """Cases on which something is half typed at this seat."""
    return set(conn.exec_driver_sql("SELECT DISTINCT case_id FROM draft").scalars())


_HELD = """
SELECT c.id, c.assignee_id, c.team_id, c.version, d.language, d.city
  FROM cases c JOIN debtor d ON d.case_id = c.id
 WHERE c.closed_on IS NULL
"""
_WORK = """
SELECT case_id, count(*),
       sum(coalesce(duration, 0) + coalesce(json_extract(body, '$.ring_seconds'), 0)
           + coalesce(json_extract(body, '$.after_seconds'), 0)),
       max(outcome = 'complaint')
  FROM case_event WHERE kind = 'contact' AND occurred_at >= ? GROUP BY case_id
"""
_SPOKE = """
SELECT author FROM case_event WHERE kind = 'contact' AND case_id = ? AND occurred_at <= ?
 ORDER BY occurred_at DESC LIMIT 1
"""
_COMPLAINED = """
SELECT DISTINCT author FROM case_event
 WHERE kind = 'contact' AND outcome = 'complaint' AND case_id = ? AND occurred_at >= ?
"""
_DOSSIERS = """
SELECT case_id, json_extract(body, '$.number'), json_extract(body, '$.state'), max(occurred_at)
  FROM case_event WHERE kind = 'dossier' AND occurred_at >= ? GROUP BY case_id
"""
