"""A filled central database, and what tests compare of it and of its restored copies."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from tests.central.builders import book_rows, hello, note, push
from tests.central.server import CentralDatabase
from workstation.central.loading import load


def fill(central: CentralDatabase, cases: int = 10) -> None:
    rows = book_rows(central, cases)
    with central.connect() as conn:
        load(conn, rows)
    with central.connect("li.na") as conn:
        device = hello(conn)
        first = note(rows["cases"][0][0], central.people["li.na"], device, "第一")
        second = note(rows["cases"][1][0], central.people["li.na"], device, "第二", prev=first.hash)
        assert push(conn, first, second) == [("accepted", None)] * 2
    with central.connect("chen.jie") as conn:
        conn.execute(
            "SELECT * FROM app.reassign(ARRAY[%s]::uuid[], ARRAY[1], %s, 'test')",
            [rows["cases"][2][0], central.people["wang.wei"]],
        )


def databases(central: CentralDatabase) -> set[str]:
    with psycopg.connect(central.server.superuser_dsn) as conn:
        return {row[0] for row in conn.execute("SELECT datname FROM pg_database")}


def content(central: CentralDatabase) -> dict[str, str]:
    """A digest of every table's rows, but for what a restore gives anew."""
    digests = {}
    with central.connect() as conn:
        names = conn.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (name,) in names.fetchall():
            if name not in {"central_meta", "device", "admin_event", "alembic_version"}:
                query = sql.SQL("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t")
                digests[name] = str(conn.execute(query.format(sql.Identifier(name))).fetchone())
    return digests


def meta(central: CentralDatabase) -> dict[str, Any]:
    with central.connect(row_factory=psycopg.rows.dict_row) as conn:
        found = conn.execute("SELECT * FROM central_meta").fetchone()
    assert found is not None
    return found


def named(central: CentralDatabase, name: str) -> CentralDatabase:
    return CentralDatabase(central.server, name, central.people, central.teams)


def wait_for_the_dump(central: CentralDatabase) -> None:
    """Until pg_dump waits for a lock, which the caller holds."""
    with psycopg.connect(central.server.superuser_dsn, autocommit=True) as conn:
        waiting = (
            "SELECT FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'pg_dump' AND wait_event_type = 'Lock'"
        )
        while conn.execute(waiting, [central.name]).fetchone() is None:
            conn.execute("SELECT pg_sleep(0.01)")
