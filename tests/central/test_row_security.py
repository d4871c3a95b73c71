"""What each role sees and writes, asked of the database itself and not of our program."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from tests.central.builders import book_rows, hello, note, push
from tests.central.server import CentralDatabase
from workstation.central.loading import load
from workstation.tables import PER_CASE, REPLICATED

MASTER = [table.name for table in PER_CASE if table.name not in {"cases", "case_event"}]


@pytest.fixture(scope="module")
def central(central_of_module: CentralDatabase):
    """Two cases of Li Na (north), one of Wang Wei (north), one of Sun Hao (south), each with a note."""
    with central_of_module.connect("admin") as conn:
        load(conn, book_rows(central_of_module, 2, assignee="li.na", team="north", seed="A"))
        load(conn, book_rows(central_of_module, 1, assignee="wang.wei", team="north", seed="B"))
        load(conn, book_rows(central_of_module, 1, assignee="sun.hao", team="south", seed="C"))
    for login in ("li.na", "wang.wei", "sun.hao"):
        with central_of_module.connect(login) as conn:
            device = hello(conn)
            for (case_id,) in conn.execute("SELECT id::text FROM cases").fetchall():
                assert push(conn, note(case_id, central_of_module.people[login], device)) == [("accepted", None)]
    return central_of_module


def count(conn: psycopg.Connection, table: str) -> int:
    return conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize(
    ("login", "cases"),
    [
        ("li.na", 2),
        ("wang.wei", 1),
        ("sun.hao", 1),
        ("zhao.min", 0),
        ("chen.jie", 3),
        ("zhou.yan", 1),
        ("audit", 4),
        ("admin", 4),
    ],
)
def test_each_sees_the_cases_of_their_scope(central, login, cases):
    with central.connect(login) as conn:
        for table in PER_CASE:
            per_case = 2 if table.name == "contact_point" else 1
            assert count(conn, table.name) == cases * per_case, table.name
        assert count(conn, "team") == 2
        assert count(conn, "person") == len(central.people)
        assert count(conn, "book") == 3
        assert count(conn, "central_meta") == 1


def test_a_collector_cannot_reach_a_foreign_case_by_asking_for_it(central):
    with central.connect() as conn:
        foreign = conn.execute("SELECT id FROM cases WHERE number LIKE 'C%'").fetchone()[0]
    with central.connect("li.na") as conn:
        assert conn.execute("SELECT * FROM debtor WHERE case_id = %s", [foreign]).fetchall() == []
        # Taking the group's place, or another name in a setting, changes nothing: the session's login counts.
        conn.execute("SET ROLE ws_collector")
        assert conn.execute("SELECT * FROM debtor WHERE case_id = %s", [foreign]).fetchall() == []
        for role in ("ws_owner", "ws_admin", "ws_auditor", "postgres", '"sun.hao"'):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SET ROLE {role}")


def test_the_scope_feed_is_ones_own(central):
    for login, rows in (("li.na", 2), ("chen.jie", 3), ("zhao.min", 0), ("audit", 8)):
        with central.connect(login) as conn:
            assert count(conn, "case_scope") == rows


def test_devices_are_seen_by_their_owner_the_lead_and_who_watches(central):
    for login, devices in (("li.na", 1), ("zhao.min", 0), ("chen.jie", 2), ("zhou.yan", 1), ("audit", 4)):
        with central.connect(login) as conn:
            assert count(conn, "device") == devices, login


@pytest.mark.parametrize("login", ["li.na", "zhao.min", "chen.jie", "audit"])
@pytest.mark.parametrize("table", [*(t.name for t in REPLICATED), "case_scope", "device", "central_meta"])
def test_who_works_or_watches_writes_no_table(central, login, table):
    with central.connect(login) as conn:
        for statement in (
            f"DELETE FROM {table}",
            f"UPDATE {table} SET xid = '1'",
            f"INSERT INTO {table} DEFAULT VALUES",
        ):
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedColumn)), conn.transaction():
                conn.execute(statement)
        with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
            conn.execute(f"TRUNCATE {table}")


def test_the_auditor_has_no_door_for_writing(central):
    with central.connect("audit") as conn:
        mine = hello(conn)
        case_id, theirs = conn.execute(
            "SELECT case_id::text, device::text FROM case_event WHERE author = %s LIMIT 1", [central.people["li.na"]]
        ).fetchone()
        assert push(
            conn,
            note(case_id, central.people["audit"], mine, "an auditor's own"),
            note(case_id, central.people["li.na"], theirs, "in another's name"),
        ) == [("refused", "not_assigned"), ("refused", "foreign_author")]
        for call in (
            "app.reassign('{}', '{}', NULL, '')",
            "app.add_team('x')",
            "app.revoke_person('li.na')",
        ):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SELECT * FROM {call}")


def test_nobody_changes_or_deletes_an_event(central):
    for login in ("li.na", "chen.jie", "admin"):
        with central.connect(login) as conn:
            for statement in (
                "UPDATE case_event SET kind = 'x'",
                "DELETE FROM case_event",
                "INSERT INTO case_event DEFAULT VALUES",
            ):
                with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(statement)
    with central.connect() as conn:  # not even the superuser, by mistake
        for statement in ("UPDATE case_event SET kind = 'x'", "DELETE FROM case_event", "TRUNCATE case_event CASCADE"):
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                conn.execute(statement)
            assert refused.value.sqlstate == "WS012"


def test_the_administrator_loads_books_but_moves_no_case_by_hand(central):
    with central.connect("admin") as conn:
        for statement in (
            "UPDATE cases SET assignee_id = NULL",
            "UPDATE cases SET version = 9",
            "UPDATE debtor SET xid = '1'",
            "UPDATE account SET case_id = case_id",
            "UPDATE person SET role = 'admin'",
            "DELETE FROM debtor",
            "CREATE TABLE mine ()",
            "CREATE ROLE mine",
        ):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(statement)


@pytest.mark.parametrize("login", ["li.na", "chen.jie", "audit", "admin"])
def test_no_way_to_the_servers_files_and_programs(central, login):
    with central.connect(login) as conn:
        for statement in (
            "COPY (SELECT 1) TO PROGRAM 'cat'",
            "COPY (SELECT 1) TO '/tmp/x'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT rolpassword FROM pg_authid",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        ):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(statement)


def test_copy_out_is_held_by_the_policies_too(central):
    question = "COPY (SELECT number FROM cases ORDER BY number) TO STDOUT"
    with central.connect("li.na") as conn, conn.cursor().copy(question) as copy:
        assert [row[0] for row in copy.rows()] == ["AC00000", "AC00001"]


def test_a_shadow_table_does_not_fool_the_doors(central):
    """An administrator may make temporary tables; a false `person` there must not make anybody a lead."""
    with central.connect("admin") as conn:
        conn.execute(
            "CREATE TEMPORARY TABLE person AS SELECT gen_random_uuid() AS id, 'admin' AS login, true AS active"
        )
        assert str(conn.execute("SELECT app.person_id()").fetchone()[0]) == central.people["admin"]


def test_a_query_for_my_cases_uses_the_index_by_case(central):
    """So that it costs by the cases in scope, whatever the size of the book."""
    with central.connect("li.na") as conn:
        conn.execute("SET enable_seqscan = off")
        query = "EXPLAIN SELECT * FROM case_event WHERE xid >= '5' AND xid < pg_snapshot_xmin(pg_current_snapshot())"
        plan = "\n".join(row[0] for row in conn.execute(query))
    assert "ix_case_event_case_id_xid" in plan
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "case_id = ANY" in condition
    assert "xid >=" in condition
