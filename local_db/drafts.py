"""Half-typed work per case and panel: survives a crash, never leaves the seat."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from workstation.domain.events import utc_text


def save(conn: sa.Connection, case_id: str, panel: str, body: str, at: datetime) -> None:
    conn.exec_driver_sql(
        "INSERT INTO draft (case_id, panel, body, saved_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (case_id, panel) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        (case_id, panel, body, utc_text(at)),
    )


def load(conn: sa.Connection, case_id: str, panel: str) -> str | None:
    body: str | None = conn.exec_driver_sql(
        "SELECT body FROM draft WHERE case_id = ? AND panel = ?", (case_id, panel)
    ).scalar_one_or_none()
    return body


def remove(conn: sa.Connection, case_id: str, panel: str) -> None:
    conn.exec_driver_sql("DELETE FROM draft WHERE case_id = ? AND panel = ?", (case_id, panel))


def all_for(conn: sa.Connection, case_id: str) -> dict[str, str]:
    """Panel → body."""
    rows = conn.exec_driver_sql("SELECT panel, body FROM draft WHERE case_id = ?", (case_id,))
    return {row[0]: row[1] for row in rows}


def open_since(conn: sa.Connection, at: datetime) -> set[str]:
    """Cases with a draft saved since: somebody may be typing it."""
    rows = conn.exec_driver_sql("SELECT DISTINCT case_id FROM draft WHERE saved_at >= ?", (utc_text(at),))
    return set(rows.scalars())
