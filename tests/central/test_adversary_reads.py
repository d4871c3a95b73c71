"""A collector, a field worker and a lead look for cases that are not theirs, by every way of asking there is."""

from __future__ import annotations

import json
from contextlib import ExitStack

import psycopg
import pytest

from tests.central.adversary import FOREIGN_NAME, FOREIGN_NUMBER, everything, two_teams
from workstation.central import admin
from workstation.tables import PER_CASE

# Who looks, and the first letters of the case numbers they may see.
SIGHT = {"li.na": {"A"}, "zhao.min": set(), "chen.jie": {"A", "B"}}


@pytest.fixture(scope="module")
def central(central_of_module):
    two_teams(central_of_module)
    with central_of_module.connect("admin") as conn:
        conn.execute("SELECT app.refresh_statistics()")
    return central_of_module


@pytest.fixture(scope="module")
def sessions(central):
    with ExitStack() as stack:
        yield {login: stack.enter_context(central.connect(login, autocommit=True)) for login in SIGHT}


@pytest.fixture(scope="module")
def foreign(central):
    """The id of sun.hao's first case, which nobody of team north may know."""
    with central.connect() as conn:
        return conn.execute("SELECT id::text FROM cases WHERE number = %s", [FOREIGN_NUMBER]).fetchone()[0]


WAYS = {
    "select": "SELECT number FROM cases",
    "join": "SELECT c.number FROM debtor d JOIN cases c ON c.id = d.case_id",
    "outer join": "SELECT c.number FROM person p LEFT JOIN cases c ON c.assignee_id = p.id WHERE c.id IS NOT NULL",
    "with": "WITH all_of_them AS MATERIALIZED (SELECT * FROM cases) SELECT number FROM all_of_them",
    "lateral": "SELECT c.number FROM generate_series(1, 1), LATERAL (SELECT * FROM cases) c",
    "union": "SELECT number FROM cases UNION ALL SELECT number FROM cases WHERE false",
    "sample": "SELECT number FROM cases TABLESAMPLE system (100)",
    "row by place": "SELECT number FROM cases"
    " WHERE ctid = ANY (ARRAY(SELECT ('(0,' || n || ')')::tid FROM generate_series(1, 90) n))",
    "as xml": "SELECT (xpath('//number/text()', x))[n]::text FROM (SELECT table_to_xml('cases', false, false, '') x) q,"
    " generate_series(1, 9) n WHERE (xpath('//number/text()', x))[n] IS NOT NULL",
    "query to xml": "SELECT (xpath('//number/text()', x))[n]::text FROM"
    " (SELECT query_to_xml('SELECT number FROM public.cases', false, false, '') x) q,"
    " generate_series(1, 9) n WHERE (xpath('//number/text()', x))[n] IS NOT NULL",
    "whole row": "SELECT (c).number FROM (SELECT c FROM cases c) q",
    "window": "SELECT first_value(number) OVER (PARTITION BY id) FROM cases",
    "parallel": "SELECT number FROM cases ORDER BY random()",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_asking_is_held_by_the_policies(sessions, way):
    for login, conn in sessions.items():
        try:
            numbers = [row[0] for row in conn.execute(WAYS[way])]
        except psycopg.errors.FeatureNotSupported:
            assert "xml" in way  # a server built without libxml
            continue
        assert {number[0] for number in numbers} == SIGHT[login], login


@pytest.mark.parametrize("table", [table.name for table in PER_CASE])
def test_no_table_shows_a_foreign_case(sessions, foreign, table):
    key = "id" if table == "cases" else "case_id"
    for login, conn in sessions.items():
        for setting in ("enable_seqscan = on", "enable_indexscan = off", "enable_seqscan = off"):
            conn.execute(f"SET {setting}")
            rows = conn.execute(f"SELECT 1 FROM {table} WHERE {key} = %s", [foreign]).fetchall()
            assert rows == [], login
        conn.execute("RESET ALL")


def test_copy_cursors_and_prepared_statements_are_held_too(sessions):
    for login, conn in sessions.items():
        for query in ("COPY cases (number) TO STDOUT", "COPY (SELECT number FROM cases) TO STDOUT (FORMAT csv)"):
            with conn.cursor().copy(query) as copy:
                assert {bytes(line)[:1].decode() for line in copy} == SIGHT[login]
        with conn.transaction():
            conn.execute("DECLARE mine SCROLL CURSOR WITH HOLD FOR SELECT number FROM cases")
        assert {row[0][0] for row in conn.execute("FETCH ALL FROM mine")} == SIGHT[login]
        conn.execute("CLOSE mine")
        conn.execute("PREPARE mine AS SELECT number FROM cases")
        assert {row[0][0] for row in conn.execute("EXECUTE mine")} == SIGHT[login]
        conn.execute("DEALLOCATE mine")


def test_a_prepared_statement_does_not_outlive_the_right(central):
    """The plan is kept, the scope is asked anew: a case that moved away is gone from the next answer."""
    with central.connect("wang.wei", autocommit=True) as conn, central.connect("chen.jie", autocommit=True) as lead:
        conn.execute("PREPARE mine AS SELECT id::text, version FROM cases")
        ((case_id, version),) = conn.execute("EXECUTE mine").fetchall()
        to = central.people["li.na"]
        moved = lead.execute("SELECT done FROM app.reassign(%s::uuid[], %s, %s, '')", [[case_id], [version], to])
        assert moved.fetchone() == (True,)
        assert conn.execute("EXECUTE mine").fetchall() == []
        lead.execute(
            "SELECT app.reassign(%s::uuid[], %s, %s, '')", [[case_id], [version + 1], central.people["wang.wei"]]
        )


def test_no_way_around_with_row_security_off(sessions):
    """Switched off, the question is refused and not answered without policies."""
    for conn in sessions.values():
        conn.execute("SET row_security = off")
        for table in ("cases", "debtor", "case_event"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT * FROM {table}")
        conn.execute("RESET row_security")


LEAKS = [  # would stop with an error, or say something, at the first foreign row they see
    "SELECT count(*) FROM cases WHERE number ~ '^[AB]' OR number::int = 1",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR 1 / (length(name) - 3) > 0",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR name::date IS NULL",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR name::json IS NULL",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR query_to_xml('SELECT ' || name, true, true, '') IS NULL",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR set_config('my.catch', name, false) = ''",
    "SELECT count(*) FROM debtor WHERE name NOT LIKE '欧%' OR pg_notify('mine', name) IS NULL",
]


@pytest.mark.parametrize("statement", LEAKS)
def test_no_function_of_a_question_sees_a_foreign_row(sessions, statement):
    """They are below no policy: what is not leakproof runs only on the rows the policies let through."""
    for login, conn in sessions.items():
        conn.execute("LISTEN mine")
        try:
            conn.execute(statement)
        except psycopg.errors.FeatureNotSupported:
            assert "xml" in statement
        assert conn.execute("SELECT coalesce(current_setting('my.catch', true), '')").fetchone() == ("",), login
        assert list(conn.notifies(timeout=0)) == [], login


def test_the_planners_statistics_are_hidden(sessions):
    for login, conn in sessions.items():
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            assert conn.execute(f"SELECT 1 FROM {view} WHERE schemaname = 'public'").fetchall() == [], login


def test_the_servers_statistics_hold_no_personal_data(central):
    """What is not there cannot show in the estimates of a plan, nor in a copy of the server's files."""
    with central.connect() as conn:
        known = {(row[0], row[1]) for row in conn.execute("SELECT tablename, attname FROM pg_stats")}
    personal = {
        ("cases", "number"), ("debtor", "name"), ("debtor", "reference"), ("debtor", "birth_date"),
        ("debtor", "id_number"), ("debtor", "employer"), ("debtor", "city"), ("related_person", "name"),
        ("contact_point", "value"), ("account", "number"), ("payment", "reference"),
    }  # fmt: skip
    assert ("cases", "assignee_id") in known
    assert known & personal == set()


def plan(conn: psycopg.Connection, query: str) -> object:
    """The plan with what it met, without the question's own words."""
    row = conn.execute(
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT json) " + query  # type: ignore[arg-type]
    ).fetchone()
    return _stripped(row[0])


def _stripped(node: object) -> object:
    """Conditions repeat the value that was asked for; the rest must not depend on it."""
    if isinstance(node, dict):
        return {key: _stripped(value) for key, value in node.items() if not key.endswith(("Cond", "Filter"))}
    return [_stripped(one) for one in node] if isinstance(node, list) else node


GUESSES = {
    "a case number": ("SELECT 1 FROM cases WHERE number = '{}'", FOREIGN_NUMBER, "XX00000"),
    "an indexed number": ("SELECT 1 FROM cases WHERE reverse(number) = reverse('{}')", FOREIGN_NUMBER, "XX00000"),
    "a debtor": ("SELECT 1 FROM debtor WHERE name = '{}'", FOREIGN_NAME, "司马迁"),
    "the start of a debtor": ("SELECT 1 FROM debtor WHERE name >= '{}' AND name < '龥'", FOREIGN_NAME, "阳"),
    "an id number": ("SELECT 1 FROM debtor WHERE id_number = '{}'", "11010119900228", "11010119900229"),
}  # fmt: skip


@pytest.mark.parametrize("guess", GUESSES)
def test_a_plan_by_index_does_not_tell_whether_a_guess_was_right(central, guess):
    told_nothing(central, guess, "off")


@pytest.mark.parametrize("guess", GUESSES)
def test_a_plan_by_scan_does_not_tell_whether_a_guess_was_right(central, guess):
    told_nothing(central, guess, "on")


def told_nothing(central, guess, seqscan):
    """EXPLAIN ANALYZE counts the rows a policy took away: none may have been singled out by the guess before."""
    question, there, absent = GUESSES[guess]
    with central.connect("zhao.min", autocommit=True) as conn:
        conn.execute(f"SET enable_seqscan = {seqscan}")
        assert plan(conn, question.format(there)) == plan(conn, question.format(absent))


def test_the_counters_of_a_transaction_do_not_tell_either(central):
    read = []
    for number in (FOREIGN_NUMBER, "XX00000"):
        with central.connect("zhao.min") as conn:
            conn.execute("SET enable_seqscan = off")
            conn.execute("SELECT 1 FROM cases WHERE number = %s", [number])
            counters = "SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'cases'"
            read.append(conn.execute(counters).fetchone())
    assert read[0] == read[1]


def test_shadows_do_not_fool_the_doors(central):
    """An administrator may make temporary tables and functions; no definer's function looks there first."""
    with central.connect("admin", autocommit=True) as conn:
        person = "id uuid, login text, name text, role text, team_id uuid, active boolean"
        conn.execute(f"CREATE TEMPORARY TABLE person ({person})")
        conn.execute("INSERT INTO pg_temp.person VALUES (gen_random_uuid(), 'admin', 'x', 'lead', NULL, true)")
        conn.execute("CREATE TEMPORARY TABLE case_scope AS SELECT * FROM public.case_scope")
        conn.execute(
            "CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " AS 'SELECT ''epoch''::timestamptz'"
        )
        conn.execute(
            "CREATE FUNCTION pg_temp.yes(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
            "CREATE OPERATOR pg_temp.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_temp.yes)"
        )
        conn.execute("SET search_path = pg_temp, public, app")
        who = conn.execute("SELECT app.person_id()::text, app.person_role(), app.holders() IS NULL").fetchone()
        assert who == (central.people["admin"], "admin", True)
        epoch = conn.execute("SELECT server_time > '2000-01-01' FROM app.hello(gen_random_uuid(), 'x', '0002')")
        assert epoch.fetchone() == (True,)


def test_an_auditor_of_one_book_is_no_auditor_of_another(central_server, central):
    """Groups are shared by the databases of a server; what somebody is here is what this database says."""
    other = central_server.new_database()
    admin.add_person(central.superuser_dsn, "of.two", "Of two books", "collector", "north", "long enough")
    for role in ("auditor", "admin", "lead"):
        with other.connect() as conn:
            for table in ("credential", "former_password"):
                query = f"DELETE FROM {table} WHERE person_id = (SELECT id FROM person WHERE login = 'of.two')"
                conn.execute(query.encode())
            conn.execute("DELETE FROM person WHERE login = 'of.two'")
        admin.add_person(other.superuser_dsn, "of.two", "Of two books", role, None, "long enough")
        before = everything(central)
        with psycopg.connect(central.dsn("of.two", "long enough"), autocommit=True) as conn:
            for table in (*(table.name for table in PER_CASE), "case_scope", "device"):
                assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), (role, table)
            for statement in (
                "INSERT INTO team (id, name) VALUES (gen_random_uuid(), 'mine')",
                "UPDATE book SET name = 'mine'",
                "UPDATE debtor SET name = 'mine'",
                "SELECT app.add_team('mine')",
                "SELECT app.reassign('{}', '{}', NULL, '')",
            ):
                try:
                    conn.execute(statement)  # without an error only because it meets no row
                except psycopg.errors.InsufficientPrivilege:
                    continue
        assert everything(central) == before, role
    central_server.drop(other)


def test_what_the_catalog_shows_is_the_directory_and_no_more(sessions):
    """Logins are shared; source of functions is public; a person's rows in the catalog tell no case."""
    for conn in sessions.values():
        comments = conn.execute("SELECT description FROM pg_description WHERE objoid >= 16384").fetchall()
        assert FOREIGN_NAME not in json.dumps(comments)
        assert conn.execute("SELECT * FROM pg_cursors WHERE name <> ''").fetchall() == []
