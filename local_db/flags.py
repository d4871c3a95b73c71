"""Events that came late and wait to be looked at: what a former collector recorded, on a case that changed hands."""

from __future__ import annotations

import sqlalchemy as sa


def add(conn: sa.Connection, case_id: str, event_id: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO flagged_event (event_id, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (event_id, case_id)
    )


def of_case(conn: sa.Connection, case_id: str) -> list[str]:
    return list(conn.exec_driver_sql("SELECT event_id FROM flagged_event WHERE case_id = ?", (case_id,)).scalars())


def counts(conn: sa.Connection) -> dict[str, int]:
    """Case id → number of them, of the cases that have any."""
    rows = conn.exec_driver_sql("SELECT case_id, count(*) FROM flagged_event GROUP BY case_id")
    return {row[0]: row[1] for row in rows}


def seen(conn: sa.Connection, case_id: str) -> None:
    """The collector has looked at them."""
    conn.exec_driver_sql("DELETE FROM flagged_event WHERE case_id = ?", (case_id,))
