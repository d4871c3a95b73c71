"""Leads, collectors and administrators at the functions: with what is not theirs, and to become more than they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.central.adversary import FOREIGN_NUMBER, everything, two_teams
from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.server import PASSWORD
from workstation.central import admin
from workstation.central.loading import load

VERIFIER = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$" + "A" * 43 + "=:" + "B" * 43 + "="


@pytest.fixture(scope="module")
def central(central_of_module):
    """The book of two teams; in the south also a proposal, a move by its lead and a covered leave."""
    two_teams(central_of_module)
    database = central_of_module
    admin.add_person(database.superuser_dsn, "qian.li", "钱丽", "collector", "south", PASSWORD)
    with database.connect("sun.hao", autocommit=True) as conn:
        device = hello(conn)
        for (case_id,) in conn.execute("SELECT id::text FROM cases").fetchall():
            plan = note(
                case_id, database.people["sun.hao"], device, kind="plan_proposed", body='{"request":{},"result":{}}'
            )
            assert push(conn, plan) == [("accepted", None)]
    return database


@pytest.fixture(scope="module")
def south(central):
    """What zhou.yan leads: ids a lead of the north could only have come by from outside."""
    with central.connect("zhou.yan", autocommit=True) as conn:
        cases = [row[0] for row in conn.execute("SELECT id::text FROM cases ORDER BY number")]
        proposal = conn.execute("SELECT id::text FROM case_event WHERE kind = 'plan_proposed'").fetchone()[0]
        qian = conn.execute("SELECT id::text FROM person WHERE login = 'qian.li'").fetchone()[0]
        action = conn.execute(
            "SELECT action::text FROM app.reassign(%s::uuid[], '{1}', %s, '')", [cases[1:], qian]
        ).fetchone()[0]
        until = datetime.now(UTC).date() + timedelta(days=7)
        leave = conn.execute(
            "SELECT leave_id::text FROM app.cover_leave(%s, %s, %s, '')", [qian, central.people["sun.hao"], until]
        ).fetchone()[0]
    return {"cases": cases, "proposal": proposal, "action": action, "leave": leave, "qian": qian}


def attempt(conn: psycopg.Connection, call: str, *arguments: object) -> tuple[str | None, list]:
    try:
        return None, conn.execute(f"SELECT * FROM {call}", arguments).fetchall()
    except psycopg.Error as error:
        return error.sqlstate, [error.diag.message_primary, error.diag.message_detail]


DOORS_OF_LEADS = [
    "app.reassign(NULL, NULL, NULL, '')",
    "app.rebalance(gen_random_uuid(), '{}', '{}', '{}', '')",
    "app.cover_later(gen_random_uuid(), '{}', '{}', '{}')",
    "app.undo(gen_random_uuid(), '')",
    "app.decide(gen_random_uuid(), 'approved', '')",
    "app.decide_breach(gen_random_uuid(), 0, 'terminated', '', '[]', current_date)",
    "app.cover_leave(app.person_id(), app.person_id(), current_date, '')",
    "app.end_leave(gen_random_uuid(), '')",
]
DOORS_OF_ADMINISTRATORS = [
    "app.assign('{}', app.person_id())",
    "app.add_team('mine')",
    f"app.add_person('mine', 'x', 'admin', NULL, '{VERIFIER}')",
    f"app.set_password('admin', '{VERIFIER}')",
    "app.revoke_person('admin')",
    "app.revoke_device(gen_random_uuid())",
    "app.change_person('li.na', 'admin', NULL)",
    "app.refresh_statistics()",
    f"app.add_gateway('mine', '{VERIFIER}')",
    "app.revoke_gateway('mine')",
]
DOORS_OF_NOBODY = [
    "app.begin_recovery(now(), 9999)",
    "app.write_central_event(NULL, 'x', NULL, '{}', NULL)",
    "app.log_admin('x', 'x', '{}')",
    "app.audit_rows('{}', NULL, NULL, 9)",
    "app.done_by('person_added', 'admin')",
    "app.end_sessions('sun.hao')",
    "app.move_cases(NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "app.give_back(NULL, NULL, NULL, '', NULL)",
    "app.is_away(app.person_id())",
    "app.holder_of_cases(NULL, NULL)",
    "app.require_admin()",
    "app.read_batch('[]')",
    "app.replaced(NULL)",
    "app.uuid7()",
    "app.due_messages('{sms,email}', 10)",
    "app.claim_message(gen_random_uuid(), 1)",
    "app.message_later(gen_random_uuid(), 0, now())",
    "app.message_sent(gen_random_uuid(), 1, '')",
    "app.message_delivered(gen_random_uuid())",
    "app.message_failed(gen_random_uuid(), 0, 'stopped')",
    "app.unconfirmed_messages(10)",
    "app.message_status()",
    "app.settle_messages()",
    "app.write_result(gen_random_uuid(), 'sent', '', '')",
    "app.message_point(NULL)",
]


@pytest.mark.parametrize("call", [*DOORS_OF_LEADS, *DOORS_OF_ADMINISTRATORS, *DOORS_OF_NOBODY])
def test_a_door_is_closed_for_whom_it_is_not(central, south, call):
    before = everything(central)
    logins = ["li.na", "zhao.min", "audit"]
    if call not in DOORS_OF_LEADS:
        logins.append("chen.jie")
    if call in DOORS_OF_NOBODY:
        logins.append("admin")
    for login in logins:
        with central.connect(login, autocommit=True) as conn:
            assert attempt(conn, call)[0] == "42501", login
    assert everything(central) == before


def test_a_lead_learns_and_moves_nothing_of_another_team(central, south):
    """What is foreign and what is not there get the same answer, and nothing is written but that it was asked."""
    asked = {"admin_event", "central_meta"}
    before = everything(central)
    nowhere = new_id()
    mine, theirs = central.people["li.na"], central.people["sun.hao"]
    day = datetime.now(UTC).date() + timedelta(days=1)
    with central.connect("chen.jie", autocommit=True) as conn:
        for call, arguments, foreign in (
            ("app.undo(%s, '')", [south["action"]], [nowhere]),
            ("app.decide(%s, 'approved', '')", [south["proposal"]], [nowhere]),
            ("app.decide_breach(%s, 0, 'terminated', '', '[]', current_date)", [south["proposal"]], [nowhere]),
            ("app.end_leave(%s, '')", [south["leave"]], [nowhere]),
            ("app.cover_leave(%s, %s, %s, '')", [theirs, mine, day], [nowhere, mine, day]),
        ):
            state, said = attempt(conn, call, *arguments)
            assert (state, said) == attempt(conn, call, *foreign), call
            assert state == "WS021", call
        for to in (mine, None):
            _, ((_, *known),) = attempt(conn, "app.reassign(%s::uuid[], '{1}', %s, '')", [south["cases"][0]], to)
            _, ((_, *absent),) = attempt(conn, "app.reassign(%s::uuid[], '{1}', %s, '')", [nowhere], to)
            assert known[:-1] == absent[:-1] == [False, None, None, None]  # the last is the action, new each time
        assert attempt(conn, "app.reassign('{}', '{}', %s, '')", theirs)[0] == "WS010"
        assert attempt(conn, "app.cover_leave(%s, %s, %s, '')", mine, theirs, day)[0] == "WS010"
    after = everything(central)
    assert {name: rows for name, rows in after.items() if name not in asked} == {
        name: rows for name, rows in before.items() if name not in asked
    }


def test_a_lead_without_a_team_leads_nothing(central_server, central):
    admin.add_person(central.superuser_dsn, "no.team", "No team", "lead", None, PASSWORD)
    with central.connect("no.team", autocommit=True) as conn:
        for table in ("cases", "case_scope", "device", "moved_case", "refused_event"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        for call in DOORS_OF_LEADS:
            assert attempt(conn, call)[0] in {"42501", "WS021"}, "WS021 from what lent authority opens too"


def test_an_undo_of_two_teams_shows_each_lead_their_own(central_server):
    """An administrator moved cases of both teams at once: the lead who takes it back hears of one team only."""
    database = central_server.new_database()
    two_teams(database)
    with database.connect("admin", autocommit=True) as conn:
        cases = dict(conn.execute("SELECT number, id::text FROM cases").fetchall())
        both = [cases["AC00000"], cases[FOREIGN_NUMBER]]
        action = conn.execute(
            "SELECT action::text FROM app.reassign(%s::uuid[], '{1,1}', NULL, '')", [both]
        ).fetchone()[0]
    with database.connect("chen.jie", autocommit=True) as conn:
        _, undone = attempt(conn, "app.undo(%s, '')", action)
    assert {str(row[0]) for row in undone} == {cases["AC00000"]}
    central_server.drop(database)


def test_an_undo_gives_nothing_to_who_became_somebody_else(central_server):
    database = central_server.new_database()
    login = "changes"
    admin.add_person(database.superuser_dsn, login, "Changes", "collector", "north", PASSWORD)
    rows = book_rows(database, 1, assignee=None, team=None)
    with database.connect() as conn:
        person = conn.execute("SELECT id::text FROM person WHERE login = %s", [login]).fetchone()[0]
        rows["cases"] = [(*row[:5], person, database.teams["north"], 1) for row in rows["cases"]]
        load(conn, rows)
    with database.connect("chen.jie", autocommit=True) as conn:
        action = conn.execute(
            "SELECT action::text FROM app.reassign(%s::uuid[], '{1}', %s, '')",
            [[rows["cases"][0][0]], database.people["li.na"]],
        ).fetchone()[0]
        with database.connect(autocommit=True) as administrator:
            administrator.execute("SELECT app.change_person(%s, 'auditor', NULL)", [login])
        attempt(conn, "app.undo(%s, '')", action)
    with database.connect() as conn:
        assert conn.execute("SELECT assignee_id::text FROM cases").fetchone() != (person,)
    central_server.drop(database)


@pytest.mark.parametrize("login", ["ws_owner", "postgres", "ws_admin", "pg_read_all_data", "nobody.here"])
def test_an_administrator_gets_hold_of_no_role_but_their_people(central, login):
    """Of the server's own roles none can be named: not for a password, not for an end, not for another role."""
    before = everything(central)
    with central.connect("admin", autocommit=True) as conn:
        for call in (
            f"app.set_password('{login}', '{VERIFIER}')",
            f"app.revoke_person('{login}')",
            f"app.change_person('{login}', 'admin', NULL)",
        ):
            assert attempt(conn, call)[0] == "WS021", call
        for role in ("owner", "read_all_data", "admin, ws_owner", "collector; DROP TABLE case_event"):
            state, _ = attempt(conn, "app.add_person('fresh', 'x', %s, NULL, %s)", role, VERIFIER)
            assert state in {"23514", "WS011"}, role
        if login != "nobody.here":
            assert attempt(conn, "app.add_person(%s, 'x', 'admin', NULL, %s)", login, VERIFIER)[0] == "WS030"
            assert attempt(conn, "app.add_person(%s, 'x', 'collector', NULL, %s)", login, VERIFIER)[0] in {
                "WS011",
                "WS020",
            }
    assert everything(central) == before


def test_a_password_is_nothing_but_a_verifier(central):
    with central.connect("admin", autocommit=True) as conn:
        for forged in (
            "' SUPERUSER --",
            VERIFIER + "' SUPERUSER PASSWORD 'x",
            "md5" + "0" * 32,
            "",
            None,
            VERIFIER + "\n",
        ):
            assert attempt(conn, "app.set_password('li.na', %s)", forged)[0] == "WS011", forged
    with central.connect() as conn:
        supers = conn.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
        assert len(supers) == 1
    with central.connect("li.na") as conn:  # still with the password of before
        assert conn.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "lock",
    ["workstation.migrate", "workstation.load"],
)
def test_nobody_holds_up_the_administration_by_a_lock_of_their_own(central_server, lock):
    """Advisory locks are open to everybody: nothing of ours may wait for one."""
    database = central_server.new_database()
    with database.connect("li.na", autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtext(%s))", [lock])
        admin.migrate(database.superuser_dsn)
        with database.connect("admin") as administrator:
            administrator.execute("SET lock_timeout = '2s'")
            load(administrator, book_rows(database, 1))
    central_server.drop(database)


def test_a_duplicate_in_a_load_tells_the_administrator_only(central):
    """The only side channel of constraints is open to who loads, and may see every case anyway."""
    with central.connect("admin", autocommit=True) as conn:
        with pytest.raises(psycopg.errors.UniqueViolation) as refused:
            conn.execute(
                "INSERT INTO cases (id, book_id, number, opened_on, version)"
                " SELECT gen_random_uuid(), book_id, number, opened_on, 1 FROM cases LIMIT 1"
            )
        assert refused.value.diag.constraint_name == "uq_cases_number"
        assert conn.execute("SELECT count(*) FROM cases WHERE number = %s", [FOREIGN_NUMBER]).fetchone() == (1,)
    with central.connect("li.na", autocommit=True) as conn:
        assert attempt(conn, "app.push_events(%s)", json.dumps([{"id": new_id()}]))[0] is None
