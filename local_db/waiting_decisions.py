"""Decisions made without a line: kept until the centre has been asked, and then what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workstation.domain.events import utc_text


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """`body` is the kind's own JSON, empty once it was answered; `answer` is a sentence as `desk` writes it."""

    id: str
    kind: str
    case_id: str
    subject: str  # what is decided about
    body: str
    made_at: datetime
    answer: str


def add(conn: sa.Connection, row: WaitingDecision) -> None:
    """A second decision about the same subject takes the place of the first while that has not been sent."""
    conn.exec_driver_sql(
        "DELETE FROM waiting_decision WHERE kind = ? AND subject = ? AND answer = ''", (row.kind, row.subject)
    )
    conn.exec_driver_sql(
        "INSERT INTO waiting_decision (id, kind, case_id, subject, body, made_at, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, '')",
        (row.id, row.kind, row.case_id, row.subject, row.body, utc_text(row.made_at)),
    )


def rows(conn: sa.Connection) -> Iterator[WaitingDecision]:
    """All of them, the oldest first."""
    query = "SELECT id, kind, case_id, subject, body, made_at, answer FROM waiting_decision ORDER BY made_at, id"
    for one, kind, case_id, subject, body, made_at, answer in conn.exec_driver_sql(query):
        yield WaitingDecision(one, kind, case_id, subject, body, datetime.fromisoformat(made_at), answer)


def answered(conn: sa.Connection, one: str, answer: str) -> None:
    """The centre was asked: what was written for it goes."""
    conn.exec_driver_sql("UPDATE waiting_decision SET answer = ?, body = '' WHERE id = ?", (answer, one))


def remove(conn: sa.Connection, ids: list[str]) -> None:
    conn.exec_driver_sql("DELETE FROM waiting_decision WHERE id = ?", [(one,) for one in ids])
