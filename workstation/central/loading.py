"""Bulk loading of master data: COPY into temporary tables, then only what is new or different into the real ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from workstation.central.refusals import CentralRefusedError, refusal
from workstation.domain.message import msg
from workstation.tables import DIRECTORY, PER_CASE, Json, case, case_event, person

# Parents before children, so that foreign keys hold at every step.
ORDER = tuple(table for table in (*DIRECTORY, *PER_CASE) if table is not person)
# Set when the row is first seen, and later only by the functions that check authority and version.
_SET_ONCE = {"id", "case_id"}
_MANAGED = {"assignee_id", "team_id", "version"}
_ANALYSE_FROM = 1000  # changed rows; below, the planner's old figures do


@dataclass(frozen=True, slots=True)
class TableCount:
    """Rows of one table: new, changed, and already there just so."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did, by table name."""

    tables: Mapping[str, TableCount] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        return sum(count.inserted + count.updated for count in self.tables.values())


def load(conn: psycopg.Connection[Any], rows: Mapping[str, Iterable[tuple[Any, ...]]]) -> LoadResult:
    """Loads rows by table name, each a tuple in the column order of `workstation.tables`; all or nothing.

    Runs in the caller's transaction (or one of its own). An unchanged row is not written, so nobody pulls it again.
    Assignee, team and version count for new cases only: reassignments survive a second load; their scope opens by
    itself. Events are only added. Signed in as an administrator or the owner. Raises `CentralRefusedError`.
    """
    unknown = set(rows) - {table.name for table in ORDER}
    if unknown:
        raise ValueError(f"not tables of a book: {', '.join(sorted(unknown))}")
    counts: dict[str, TableCount] = {}
    try:
        with conn.transaction():
            _prepare(conn)
            for table in ORDER:
                if table.name in rows:
                    counts[table.name] = _load_table(conn, table, rows[table.name])
            result = LoadResult(counts)
            if result.changed >= _ANALYSE_FROM:
                conn.execute("SELECT app.refresh_statistics()")
                _count_figures(conn)
    except psycopg.Error as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error
    return result


def _prepare(conn: psycopg.Connection[Any]) -> None:
    # Other loads wait here, so that what is found missing stays missing until it is inserted.
    has_own_lock = conn.execute("SELECT to_regprocedure('app.one_load()') IS NOT NULL").fetchone() == (True,)
    older = "SELECT pg_advisory_xact_lock(hashtext('workstation.load'))"  # a centre of before 0002
    conn.execute("SELECT app.one_load()" if has_own_lock else older)
    conn.execute("SET LOCAL statement_timeout = 0")
    conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    conn.execute("SET LOCAL work_mem = '64MB'")


def _count_figures(conn: psycopg.Connection[Any]) -> None:
    """What the indicators count of so many rows is worked out here, not while somebody waits for an answer."""
    if conn.execute("SELECT to_regprocedure('app.refresh_figures()') IS NOT NULL").fetchone() == (True,):
        conn.execute("SELECT app.refresh_figures()")


def _load_table(conn: psycopg.Connection[Any], table: sa.Table, rows: Iterable[tuple[Any, ...]]) -> TableCount:
    names = [column.name for column in table.columns]
    target, staged = sql.Identifier(table.name), sql.Identifier(f"load_{table.name}")
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    conn.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            staged, columns, target
        )
    )
    total = 0
    with conn.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(staged, columns)) as copy:
        for row in rows:
            copy.write_row(row)
            total += 1
    updated = 0
    where: sql.Composable = sql.SQL("")
    if conn.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(target)).fetchone() == (True,):
        conn.execute(sql.SQL("ANALYZE {}").format(staged))
        _refuse_doubles(conn, table, staged)
        if table is not case_event:
            updated = _update(conn, table, staged)
        where = sql.SQL("WHERE NOT EXISTS (SELECT FROM {} t WHERE t.id = s.id)").format(target)
    inserted = conn.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} s {}").format(target, columns, columns, staged, where)
    ).rowcount
    conn.execute(sql.SQL("DROP TABLE {}").format(staged))
    return TableCount(inserted, updated, total - inserted - updated)


def _update(conn: psycopg.Connection[Any], table: sa.Table, staged: sql.Identifier) -> int:
    """Writes rows that differ, and only those: a row written again would be pulled again by every seat."""
    kept = _SET_ONCE | (_MANAGED if table is case else set())
    names = [column.name for column in table.columns if column.name not in kept]

    def side(alias: str) -> sql.Composed:
        # json has no equality of its own; its text is what counts
        cast = {column.name: "::text" for column in table.columns if column.type is Json}
        return sql.SQL(", ").join(
            sql.SQL("{}.{}" + cast.get(name, "")).format(sql.Identifier(alias), sql.Identifier(name)) for name in names
        )

    assignments = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in names)
    return conn.execute(
        sql.SQL("UPDATE {} t SET {} FROM {} s WHERE t.id = s.id AND ({}) IS DISTINCT FROM ({})").format(
            sql.Identifier(table.name), assignments, staged, side("t"), side("s")
        )
    ).rowcount


def _refuse_doubles(conn: psycopg.Connection[Any], table: sa.Table, staged: sql.Identifier) -> None:
    double = conn.execute(
        sql.SQL("SELECT id::text FROM {} GROUP BY id HAVING count(*) > 1 LIMIT 1").format(staged)
    ).fetchone()
    if double is not None:
        raise CentralRefusedError(
            msg("Two rows for table {table} have the same id {id}.", table=table.name, id=str(double[0])), code="23505"
        )
