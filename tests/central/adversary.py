"""What the tests of the adversary share: a book of two teams, and everything at the centre that could be changed."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.central.builders import book_rows, hello, note, push
from tests.central.server import CentralDatabase
from workstation.central.loading import load

LOGINS = ("li.na", "zhao.min", "chen.jie", "audit", "admin")  # collector, field, lead, auditor, administrator
FOREIGN_NAME = "欧阳修"  # of the debtors of sun.hao, in team south
FOREIGN_NUMBER = "CC00000"  # of sun.hao's first case

_EVERYTHING = {
    "grants on tables": "SELECT relname, relacl FROM pg_class"
    " WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace)",
    "grants on columns": "SELECT attrelid::regclass, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL",
    "functions": "SELECT oid::regprocedure, proacl, proowner, md5(prosrc) FROM pg_proc"
    " WHERE pronamespace >= 16384 OR proacl IS NOT NULL",
    "schemas": "SELECT nspname, nspacl FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'",
    "policies": "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies",
    "tables": "SELECT oid::regclass, relkind, relrowsecurity, relforcerowsecurity, relowner FROM pg_class"
    " WHERE relnamespace >= 16384 OR relnamespace = 'public'::regnamespace",
    "triggers": "SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger",
    "roles": "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin, rolconnlimit,"
    " rolvaliduntil::text FROM pg_roles",
    "members": "SELECT * FROM pg_auth_members",
    "databases": "SELECT datname, datacl FROM pg_database WHERE datname = current_database()",
    "large objects": "SELECT * FROM pg_largeobject_metadata",
    "extensions": "SELECT extname FROM pg_extension",
}


def two_teams(database: CentralDatabase) -> None:
    """Two cases of li.na and one of wang.wei (north), two of sun.hao (south), each case with a note of its holder."""
    with database.connect("admin") as conn:
        load(conn, book_rows(database, 2, assignee="li.na", team="north", seed="A"))
        load(conn, book_rows(database, 1, assignee="wang.wei", team="north", seed="B"))
        foreign = book_rows(database, 2, assignee="sun.hao", team="south", seed="C")
        foreign["debtor"] = [(*row[:3], FOREIGN_NAME, *row[4:]) for row in foreign["debtor"]]
        load(conn, foreign)
    for login in ("li.na", "wang.wei", "sun.hao"):
        with database.connect(login) as conn:
            device = hello(conn)
            for (case_id,) in conn.execute("SELECT id::text FROM cases ORDER BY number").fetchall():
                assert push(conn, note(case_id, database.people[login], device)) == [("accepted", None)]


def everything(database: CentralDatabase) -> dict[str, Any]:
    """All rows of all tables, and who may do what: equal before and after an attempt that changed nothing."""
    with database.connect() as conn:
        found = {name: _sorted(conn, query) for name, query in _EVERYTHING.items()}
        tables = conn.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace >= 2200 AND relowner ="
            " (SELECT oid FROM pg_roles WHERE rolname = 'ws_owner')"
        ).fetchall()
        assert len(tables) > 15
        found |= {table: _sorted(conn, f"SELECT t::text FROM {table} t") for (table,) in tables}
    return found


def _sorted(conn: psycopg.Connection[Any], query: str) -> list[str]:
    return sorted(map(str, conn.execute(query.encode()).fetchall()))
