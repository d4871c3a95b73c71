"""What a case looked like when its collector last had it open: kept at the seat only."""

from __future__ import annotations

import sqlalchemy as sa


def load(conn: sa.Connection, case_id: str) -> str | None:
    body: str | None = conn.exec_driver_sql(
        "SELECT body FROM case_look WHERE case_id = ?", (case_id,)
    ).scalar_one_or_none()
    return body


def save(conn: sa.Connection, case_id: str, body: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO case_look (case_id, body) VALUES (?, ?) ON CONFLICT (case_id) DO UPDATE SET body = excluded.body",
        (case_id, body),
    )
