"""The lines of the caseload board: one a case, kept until the case changes or the day is over, and summed in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from msgspec import json

from local_db.tables import caseload_line

Kept = Mapping[str, tuple[int, int]]  # author → promises kept, promises due


@dataclass(frozen=True, slots=True)
class Line:
    """A case as the board counts it. Minor units; `kept` is by author."""

    case_id: str
    owed: int
    currency: str
    stage: str
    days_past_due: int
    due: bool
    late: bool
    kept: Kept


@dataclass(frozen=True, slots=True)
class Part:
    """The open cases of one holder (None: of nobody) in one stage and currency."""

    holder: str | None
    stage: str
    currency: str
    cases: int
    owed: int
    due: int
    late: int


@dataclass(frozen=True, slots=True)
class HeldCase:
    """One open case on somebody's board."""

    case_id: str
    number: str
    name: str
    holder: str | None
    version: int
    owed: int
    currency: str
    stage: str
    days_past_due: int
    due: bool
    late: bool


def missing(conn: sa.Connection, day: date) -> list[str]:
    """Cases, closed ones too, whose line is not there as of the day."""
    query = (
        "SELECT c.id FROM cases c JOIN case_row r ON r.case_id = c.id LEFT JOIN caseload_line l ON l.case_id = c.id"
        " WHERE l.day IS NULL OR l.day <> ?"
    )
    return list(conn.exec_driver_sql(query, (day.isoformat(),)).scalars())


def keep(conn: sa.Connection, day: date, lines: Collection[Line]) -> None:
    """In the transaction that read what they were made of, so that no change comes in between."""
    if not lines:
        return
    names = [column.name for column in caseload_line.columns]
    conn.exec_driver_sql(
        f"INSERT OR REPLACE INTO caseload_line ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
        [
            (
                line.case_id,
                day.isoformat(),
                line.owed,
                line.currency,
                line.stage,
                line.days_past_due,
                line.due,
                line.late,
                json.encode(line.kept).decode() if line.kept else None,
            )
            for line in lines
        ],
    )


def parts(conn: sa.Connection) -> list[Part]:
    return [
        Part(*row)
        for row in conn.exec_driver_sql(
            "SELECT c.assignee_id, l.stage, l.currency, count(*), sum(l.owed), sum(l.due), sum(l.late)"
            " FROM cases c JOIN caseload_line l ON l.case_id = c.id WHERE c.closed_on IS NULL GROUP BY 1, 2, 3"
        )
    ]


def kept(conn: sa.Connection) -> dict[str, tuple[int, int]]:
    """Author → promises kept, promises due, of all cases together."""
    found: dict[str, tuple[int, int]] = {}
    for text in conn.exec_driver_sql("SELECT kept FROM caseload_line WHERE kept IS NOT NULL").scalars():
        for author, (good, due) in json.decode(text, type=dict[str, tuple[int, int]]).items():
            before = found.get(author, (0, 0))
            found[author] = before[0] + good, before[1] + due
    return found


def held(conn: sa.Connection, holders: Sequence[str | None]) -> list[HeldCase]:
    """The open cases of these holders, the latest ones first; None among them is nobody."""
    marks = ", ".join("?" * len(holders))
    nobody = " OR c.assignee_id IS NULL" if None in holders else ""
    query = (
        "SELECT c.id, c.number, d.name, c.assignee_id, c.version, l.owed, l.currency, l.stage, l.days_past_due,"  # noqa: S608  # marks only
        " l.due, l.late FROM cases c JOIN caseload_line l ON l.case_id = c.id JOIN debtor d ON d.case_id = c.id"
        f" WHERE c.closed_on IS NULL AND (c.assignee_id IN ({marks}){nobody}) ORDER BY l.days_past_due DESC, c.number"
    )
    return [HeldCase(*row[:9], *map(bool, row[9:])) for row in conn.exec_driver_sql(query, tuple(holders))]
