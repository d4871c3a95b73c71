"""The store's schema, brought up to date by small numbered steps, each in one transaction with its number."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from local_db.tables import SEARCH, local
from workstation import tables
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg


class StoreTooNew(WorkstationError):  # named as the user meets it
    """A newer version of the program made or changed this store; this one leaves it as it is."""

    code = "store_too_new"


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


def _forgetful_search(conn: sa.Connection) -> None:
    """Words of a removed case leave the index at once; FTS5 otherwise keeps them until its segments merge."""
    conn.exec_driver_sql("INSERT INTO case_search (case_search, rank) VALUES ('secure-delete', 1)")
    conn.exec_driver_sql("INSERT INTO case_search (case_search) VALUES ('rebuild')")


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first, _forgetful_search)


def migrate(conn: sa.Connection) -> None:
    """Run the steps that are missing, inside the caller's write transaction."""
    version: int = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > len(STEPS):
        raise StoreTooNew(
            msg(
                "The local store has version {theirs}, this program knows {ours}. Start the newer version of the "
                "program; nothing was changed.",
                theirs=version,
                ours=len(STEPS),
            )
        )
    for number, step in enumerate(STEPS[version:], start=version + 1):
        step(conn)
        conn.exec_driver_sql(f"PRAGMA user_version = {number}")
