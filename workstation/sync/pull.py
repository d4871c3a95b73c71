"""Centre to store: everything written since the cursor and before the horizon, in one view of the centre.

Each replicated row carries the `xid8` of its last writing transaction. A client asks for `cursor ≤ xid < horizon`, the
horizon being the oldest transaction still running: a row that commits late is behind the next cursor, never before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from workstation import tables
from workstation.domain.message import msg
from workstation.sync.doing import Doing, untold
from workstation.sync.link import CentreWentBack, NonsenseAnswer, Welcome, typed

_KINDS = ((sa.Boolean, "boolean::int"), (sa.Integer, "bigint"), (sa.Float, "float8"))
_DAY_LENGTH = len("2026-11-23")  # longer: beyond the year 9999 or before our era; shorter: infinity
SEES_ALL = frozenset({"auditor", "admin"})
_SEES_TEAM = SEES_ALL | {"lead"}


@dataclass(slots=True)
class Pulled:
    """One consistent view of what changed. `rows` are in the tables' column order, as the store keeps them."""

    horizon: int
    granted: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    rows: dict[str, list[Sequence[Any]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))


def pull(
    conn: psycopg.Connection[Any],
    welcome: Welcome,
    cursor: int,
    held: set[str],
    ceiling: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    report: Callable[[Doing], None] = untold,
) -> Pulled | None:
    """Read what changed since `cursor` (0: everything); None when cancelled. `held` are the cases in the store.

    Nothing from `ceiling` on is read: what the centre might still forget. Rows of a case whose grant lies behind the
    horizon are left for the pull that sees the grant and takes the case whole.
    """
    try:
        with conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = conn.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
            seen = int(row[0]) if row else cursor
            pulled = Pulled(seen if ceiling is None else min(seen, ceiling))
            if pulled.horizon < cursor:
                raise CentreWentBack(
                    msg(
                        "The centre is older than what this seat has already seen. Nothing was changed here; the "
                        "administrator has to say that it was restored (workstation central restored)."
                    )
                )
            if welcome.role not in SEES_ALL:
                _scope(conn, pulled, cursor, held)
            told = _told(welcome)
            for done, table in enumerate(told):
                if cancelled():
                    return None
                report(Doing("receiving", done, len(told)))
                rows = _copy(conn, table, _between(cursor, pulled.horizon))
                if cursor and pulled.granted and table in tables.PER_CASE:
                    rows += _copy(conn, table, _whole(table, pulled.granted, pulled.horizon))
                pulled.rows[table.name] = rows
            if welcome.role not in SEES_ALL:
                _leave_for_later(conn, pulled, held)
            return pulled
    except psycopg.Error as error:
        raise typed(error) from error


def _told(welcome: Welcome) -> Sequence[sa.Table]:
    """The tables that this person may read at this centre."""
    if welcome.staffs and welcome.role in _SEES_TEAM:
        return tables.REPLICATED
    return (*tables.DIRECTORY, *tables.PER_CASE)


def _scope(conn: psycopg.Connection[Any], pulled: Pulled, cursor: int, held: set[str]) -> None:
    """What entered and what left since the cursor. A case leaves only when nobody holds it for this person any more."""
    changed = conn.execute(
        "SELECT DISTINCT s.case_id::text FROM case_scope s WHERE s.holder_id = ANY ((SELECT app.holders())::uuid[])"
        " AND s.xid >= %s::text::xid8 AND s.xid < %s::text::xid8",
        [str(cursor), str(pulled.horizon)],
    ).fetchall()
    touched = {row[0] for row in changed}
    open_now = {
        row[0]
        for row in conn.execute(
            "SELECT DISTINCT s.case_id::text FROM case_scope s"
            " WHERE s.holder_id = ANY ((SELECT app.holders())::uuid[]) AND s.revoked_at IS NULL"
            " AND (%s OR s.case_id = ANY (%s::uuid[]))",
            [not cursor, sorted(touched)],
        )
    }
    # A case that left and came back between two pulls was hidden meanwhile: it is taken whole, even when held.
    pulled.granted = touched & open_now
    pulled.revoked = ((touched & held) if cursor else held) - open_now


def _leave_for_later(conn: psycopg.Connection[Any], pulled: Pulled, held: set[str]) -> None:
    """Take out rows of cases whose grant lies behind the horizon: the policies show them already."""
    places = {table.name: tables.case_place(table) for table in tables.PER_CASE}
    found = {row[place] for name, place in places.items() for row in pulled.rows[name]}
    unknown = found - held - pulled.granted
    if not unknown:
        return
    told = {
        row[0]
        for row in conn.execute(
            "SELECT s.case_id::text FROM case_scope s WHERE s.holder_id = ANY ((SELECT app.holders())::uuid[])"
            " AND s.revoked_at IS NULL AND s.xid < %s::text::xid8 AND s.case_id = ANY (%s::uuid[])",
            [str(pulled.horizon), sorted(unknown)],
        )
    }
    for name, place in places.items():
        pulled.rows[name] = [row for row in pulled.rows[name] if row[place] not in unknown or row[place] in told]


def _between(cursor: int, horizon: int) -> sql.Composable:
    return sql.SQL("xid >= {}::xid8 AND xid < {}::xid8").format(sql.Literal(str(cursor)), sql.Literal(str(horizon)))


def _whole(table: sa.Table, case_ids: set[str], horizon: int) -> sql.Composable:
    key = "id" if table is tables.case else "case_id"
    return sql.SQL("{} = ANY ({}::uuid[]) AND xid < {}::xid8").format(
        sql.Identifier(key), sql.Literal(sorted(case_ids)), sql.Literal(str(horizon))
    )


def _copy(conn: psycopg.Connection[Any], table: sa.Table, where: sql.Composable) -> list[Sequence[Any]]:
    """COPY out, as text in the store's own spelling; SQLite makes numbers of it by the column.

    `copy.rows()` is the fastest of what psycopg offers: 20,000 events take 78 ms, reading blocks and splitting them
    133 ms, fetching a query 184 ms.
    """
    columns = sql.SQL(", ").join(_spelled(column) for column in table.columns)
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT").format(columns, sql.Identifier(table.name), where)
    with conn.cursor().copy(query) as copy:
        rows: list[Sequence[Any]] = list(copy.rows())
    for place, column in enumerate(table.columns):
        if column.type is tables.Day and any(row[place] is not None and len(row[place]) != _DAY_LENGTH for row in rows):
            raise NonsenseAnswer(msg("The centre sent a day that no calendar here has. Nothing of it was applied."))
    return rows


def _spelled(column: sa.Column[Any]) -> sql.Composable:
    """Moments in `utc_text`'s spelling, the one that is hashed and kept, and booleans as 0 and 1.

    Each column is cast to the type it must have, which costs nothing when it has it.
    """
    name = sql.Identifier(column.name)
    if column.type is tables.Moment:
        return sql.SQL("""to_char({}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""").format(name)
    if column.type is tables.Id:
        kind = "uuid"
    elif column.type is tables.Day:
        kind = "date"
    else:
        kind = next((kind for types, kind in _KINDS if isinstance(column.type, types)), "text")
    return sql.SQL("{}::" + kind).format(name)
