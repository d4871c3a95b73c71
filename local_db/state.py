"""Small values the store keeps about itself: device, chain head, cursor, epoch, clock offset."""

from __future__ import annotations

import sqlalchemy as sa

CENTRE_SCHEMA = "centre_schema"  # of the centre met last: what may be asked of it


def get_state(conn: sa.Connection, key: str) -> str | None:
    value: str | None = conn.exec_driver_sql("SELECT value FROM sync_state WHERE key = ?", (key,)).scalar_one_or_none()
    return value


def set_state(conn: sa.Connection, key: str, value: str) -> None:
    conn.exec_driver_sql(
        "INSERT INTO sync_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
