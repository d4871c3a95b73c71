"""The store's schema, brought up to date by small numbered steps, each in one transaction with its number."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from local_db.tables import SEARCH, local
from workstation import tables


def _first(conn: sa.Connection) -> None:
    """All tables of version 0.1."""
    tables.metadata.create_all(conn, checkfirst=False)
    local.create_all(conn, checkfirst=False)
    for table in tables.PER_CASE:
        if table is not tables.case and table is not tables.debtor:
            conn.exec_driver_sql(f"CREATE INDEX ix_{table.name}_case ON {table.name} (case_id)")
    conn.exec_driver_sql("CREATE INDEX ix_case_event_recent ON case_event (occurred_at) WHERE kind = 'contact'")
    conn.exec_driver_sql("CREATE INDEX ix_balance_snapshot_account ON balance_snapshot (account_id, as_of)")
    conn.exec_driver_sql(SEARCH)


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first,)


def migrate(conn: sa.Connection) -> None:
    """Run the steps that are missing, inside the caller's write transaction."""
    version: int = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    for number, step in enumerate(STEPS[version:], start=version + 1):
        step(conn)
        conn.exec_driver_sql(f"PRAGMA user_version = {number}")
