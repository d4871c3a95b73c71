"""The schema: the same columns as the seat's tables, nothing without row-level security, nothing open to everyone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from workstation.central import admin
from workstation.tables import REPLICATED

PG_NAMES = {"TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "FLOAT": "double precision"}


def test_migrating_and_initialising_again_changes_nothing(central):
    def state():
        with central.connect() as conn:
            meta = conn.execute("SELECT epoch, schema_version, created_at FROM central_meta").fetchall()
            people = conn.execute("SELECT id, login, xid FROM person ORDER BY id").fetchall()
        return meta, people

    before = state()
    assert admin.migrate(central.superuser_dsn) == before[0][0][1]
    admin.init(central.server.superuser_dsn, central.name)
    assert state() == before


@pytest.mark.parametrize("table", REPLICATED, ids=lambda table: table.name)
def test_the_centre_has_the_columns_of_the_seat(central_of_module, table: sa.Table):
    with central_of_module.connect() as conn:
        found = {
            name: (kind, nullable == "NO")
            for name, kind, nullable in conn.execute(
                "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s",
                [table.name],
            )
        }
    wanted = {}
    for column in table.columns:
        kind = column.type.compile(dialect=postgresql.dialect())
        wanted[column.name] = (PG_NAMES.get(kind, kind.lower()), not column.nullable)
    assert found.pop("xid") == ("xid8", True)
    if table.name == "case_event":
        assert found.pop("received_at") == ("timestamp with time zone", True)
    assert found == wanted


def test_every_table_enforces_row_security_on_its_owner_too(central_of_module):
    with central_of_module.connect() as conn:
        tables = conn.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for name, *_ in tables} >= {table.name for table in REPLICATED} | {"device", "case_scope"}
    assert [name for name, enabled, _ in tables if not enabled] == []
    # What is worked out from other tables is read by the owner's functions alone: nobody else has a right or a policy.
    worked_out = {name for name, *_ in tables if name.startswith("figure_")}
    assert {name for name, _, forced in tables if not forced} == worked_out


def test_definer_functions_fix_their_search_path_and_none_is_public(central_of_module):
    with central_of_module.connect() as conn:
        functions = conn.execute(
            "SELECT proname, prosecdef, proconfig, has_function_privilege('public', oid, 'EXECUTE')"
            " FROM pg_proc WHERE pronamespace = 'app'::regnamespace"
        ).fetchall()
    assert len(functions) > 15
    for name, definer, config, public in functions:
        assert not public, name
        if definer:
            assert config[0] == "search_path=pg_catalog, public, app, pg_temp", name


def test_a_session_never_waits_for_ever(central_of_module):
    with central_of_module.connect("li.na") as conn:
        for setting, value in (("lock_timeout", "5s"), ("statement_timeout", "1min")):
            assert conn.execute(f"SHOW {setting}").fetchone() == (value,)
        assert conn.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
