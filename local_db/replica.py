"""Rows that came from the centre: written in bulk, a case removed whole. Used by the synchronisation only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import json

from local_db import attachments
from local_db.state import get_state, set_state
from local_db.tables import PER_CASE_LOCAL
from workstation import tables

__all__ = [
    "forget_absent",
    "forget_events",
    "forget_other_teams",
    "get_state",
    "new_events",
    "remove_case",
    "set_state",
    "upsert",
]


def upsert(conn: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> int:
    """Insert or replace rows given in the table's column order; events already here stay as they are."""
    names = [column.name for column in table.columns]
    marks = ", ".join("?" * len(names))
    if table is tables.case_event:
        action = "DO NOTHING"
    else:
        action = "DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    cursor = conn.connection.cursor()
    try:
        cursor.executemany(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT (id) {action}",  # noqa: S608
            rows,
        )
        return int(cursor.rowcount)
    finally:
        cursor.close()


def new_events(conn: sa.Connection, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Those of the rows of `case_event` that are not in the store yet; their id comes first."""
    if not rows:
        return rows
    ids = json.encode([row[0] for row in rows]).decode()
    query = "SELECT id FROM case_event WHERE id IN (SELECT value FROM json_each(?))"
    known = set(conn.exec_driver_sql(query, (ids,)).scalars())
    return [row for row in rows if row[0] not in known]


def forget_events(conn: sa.Connection, ids: Collection[str]) -> set[str]:
    """These events leave the history; returns the cases they were on."""
    cases = set()
    for one in ids:
        cases |= set(conn.exec_driver_sql("SELECT case_id FROM case_event WHERE id = ?", (one,)).scalars())
        conn.exec_driver_sql("DELETE FROM case_event WHERE id = ?", (one,))
    return cases


def forget_absent(conn: sa.Connection, table: sa.Table, known: Collection[str], spared: Collection[str]) -> None:
    """Rows that are not among the `known` ids leave, but for those of the `spared` cases.

    A person stays for the names in the history, and gives the login free for whoever has it now.
    """
    if table is tables.person:
        here = conn.execute(sa.select(table.c.id)).scalars()
        gone = [(one,) for one in here if one not in known]
        statement = "UPDATE person SET login = id, active = 0 WHERE id = ?"
    elif table in tables.TEAM:
        here = conn.execute(sa.select(table.c.id)).scalars()
        gone = [(one,) for one in here if one not in known]
        statement = f"DELETE FROM {table.name} WHERE id = ?"  # noqa: S608
    else:
        rows = conn.execute(sa.select(table.c.id, table.c.case_id))
        gone = [(row[0],) for row in rows if row[0] not in known and row[1] not in spared]
        statement = f"DELETE FROM {table.name} WHERE id = ?"  # noqa: S608
    if gone:
        conn.exec_driver_sql(statement, gone)


def forget_other_teams(conn: sa.Connection) -> None:
    """Who left the team is not planned with here any more; those who see everything keep everybody."""
    role, _, team = (get_state(conn, "place") or "").partition("/")
    if role in {"auditor", "admin"}:
        return
    mine = "SELECT id FROM person WHERE team_id = ?"
    for table, whose in ((tables.staffing, "id"), (tables.device_seen, "person_id")):
        conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE {whose} NOT IN ({mine})", (team,))  # noqa: S608


def held_cases(conn: sa.Connection) -> set[str]:
    """The cases of which the store has rows, those whose own row has not come yet among them."""
    return set(conn.exec_driver_sql("SELECT id FROM cases").scalars()) | _partial(conn)


def note_partial(conn: sa.Connection, touched: Collection[str]) -> None:
    """Remember which of these cases have no row of their own: a transaction still open at the centre had written it.

    Should such a case leave before its row comes, what is here of it has to be found.
    """
    before = _partial(conn)
    asked = json.encode(sorted(before | set(touched))).decode()
    here = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM cases)"
    now = set(conn.exec_driver_sql(here, (asked,)).scalars())
    if now != before:
        set_state(conn, "partial", json.encode(sorted(now)).decode())


def _partial(conn: sa.Connection) -> set[str]:
    kept = get_state(conn, "partial")
    return set(json.decode(kept, type=list[str])) if kept else set()


def remove_case(conn: sa.Connection, case_id: str) -> None:
    """Everything about the case leaves the store; `secure_delete` overwrites the pages.

    But for the photos that were taken here, see `attachments.case_leaves`.
    """
    attachments.case_leaves(conn, case_id, get_state(conn, "me") or "")
    for table in tables.PER_CASE:
        column = "id" if table is tables.case else "case_id"
        conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE {column} = ?", (case_id,))  # noqa: S608
    for local in PER_CASE_LOCAL:
        conn.exec_driver_sql(f"DELETE FROM {local.name} WHERE case_id = ?", (case_id,))  # noqa: S608
    conn.exec_driver_sql("DELETE FROM case_search WHERE case_id = ?", (case_id,))
