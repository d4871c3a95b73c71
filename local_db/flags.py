"""Events that came late and wait to be looked at: what a former collector recorded, on a case that changed hands."""

from __future__ import annotations

import sqlalchemy as sa


def add(conn: sa.Connection, case_id: str, event_id: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO flagged_event (event_id, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (event_id, case_id)
    )


def of_case(conn: sa.Connection, case_id: str) -> list[str]:
    return list(conn.exec_driver_sql("SELECT event_id FROM flagged_event WHERE case_id = ?", (case_id,)).scalars())


def cases(conn: sa.Connection) -> set[str]:
    return set(conn.exec_driver_sql("SELECT DISTINCT case_id FROM flagged_event").scalars())


def seen(conn: sa.Connection, case_id: str) -> None:
    """The collector has looked at them."""
    conn.exec_driver_sql("DELETE FROM flagged_event WHERE case_id = ?", (case_id,))
