"""Passwords at the centre: one that was there is known without being seen; an end, and a change that is asked."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import errors
from psycopg.pq import PGconn

from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.server import PASSWORD, CentralDatabase
from workstation.central import admin, overview
from workstation.central.loading import load
from workstation.central.refusals import CentralRefusedError
from workstation.central.verifiers import matches, verifier
from workstation.domain.errors import InputError
from workstation.sync import link
from workstation.sync.password import change_password
from workstation.sync.server import Server

FIRST, SECOND, THIRD = "grey heron at noon", "seven brass keys", "蓝色的自行车和一壶茶"


def server(central: CentralDatabase) -> Server:
    return Server(central.server.host, central.server.port, central.name)


@pytest.fixture
def newcomer(central: CentralDatabase) -> str:
    """A collector made by an administrator of the book, with a first password; the login outlives the database."""
    login = f"new.{new_id()[:8]}"
    admin.add_person(central.dsn("admin"), login, "新人", "collector", "north", FIRST)
    return login


@given(st.text(min_size=1))
@example("秘密 secret'; --")
@example("pass\u00a0word")
@example("\u200bzero width")
@example("\u0340\ufa85")
@example("אב1")
def test_a_verifier_is_as_libpq_makes_it(password: str) -> None:
    password = password.replace("\0", "")
    if not password or any("\ud800" <= sign <= "\udfff" for sign in password):
        return  # not text that could be typed
    theirs = PGconn.connect_start(b"host=127.0.0.1 port=1").encrypt_password(password.encode(), b"x", b"scram-sha-256")
    assert verifier(password, theirs.decode().split("$")[1]) == theirs.decode()
    assert matches(theirs.decode(), password)
    assert not matches(theirs.decode(), password + "x")


def test_a_password_somebody_else_chose_opens_nothing_but_its_change(central: CentralDatabase, newcomer: str) -> None:
    rows = book_rows(central, 1)
    with central.connect() as conn:
        load(conn, rows)
        conn.execute("UPDATE cases SET assignee_id = (SELECT id FROM person WHERE login = %s)", [newcomer])
    person = admin.find_person(central.superuser_dsn, newcomer) or ""
    with psycopg.connect(central.dsn(newcomer, FIRST), autocommit=True) as conn:
        device = hello(conn)
        for table in ("cases", "debtor", "case_event", "person", "team", "device"):
            assert conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,), table
        with pytest.raises(psycopg.Error) as refused:
            push(conn, note(rows["cases"][0][0], person, device))
        assert refused.value.sqlstate == "WS004"
    with pytest.raises(link.PasswordMustChange), link.connect(server(central), newcomer, FIRST) as conn:
        link.hello(conn, device, "a seat")
    change_password(server(central), newcomer, FIRST, SECOND)
    with link.connect(server(central), newcomer, SECOND) as conn:
        assert link.hello(conn, device, "a seat").must_change is False
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (1,)
    with pytest.raises(link.WrongPassword):
        link.connect(server(central), newcomer, FIRST)


def test_a_first_password_ends_after_a_week_and_ones_own_does_not(central: CentralDatabase, newcomer: str) -> None:
    query = "SELECT rolvaliduntil < now() + interval '8 days' FROM pg_roles WHERE rolname = %s"
    with central.connect() as conn:
        assert conn.execute(query, [newcomer]).fetchone() == (True,)
        conn.execute(psycopg.sql.SQL("ALTER ROLE {} VALID UNTIL '2026-01-01'").format(psycopg.sql.Identifier(newcomer)))
    with pytest.raises(link.WrongPassword):
        link.connect(server(central), newcomer, FIRST)
    admin.set_password(central.dsn("admin"), newcomer, SECOND)
    change_password(server(central), newcomer, SECOND, THIRD)
    with central.connect() as conn:
        assert conn.execute(query, [newcomer]).fetchone() == (False,)


def test_the_last_ones_do_not_come_again_and_the_centre_itself_sees_to_it(
    central: CentralDatabase, newcomer: str
) -> None:
    change_password(server(central), newcomer, FIRST, SECOND)
    change_password(server(central), newcomer, SECOND, THIRD)
    for old in (FIRST, SECOND):
        with pytest.raises(CentralRefusedError) as refused:
            change_password(server(central), newcomer, THIRD, old)
        assert refused.value.code == "WS031"
        assert "last 5" in str(refused.value)
    with psycopg.connect(central.dsn(newcomer, THIRD), autocommit=True) as conn:
        row = conn.execute("SELECT salt FROM app.my_password()").fetchone()
        assert row is not None
        # Around this program: the same password with the person's salt, and the trick of another salt.
        with pytest.raises(psycopg.Error) as again:
            conn.execute("SELECT app.change_my_password(%s)", [verifier(SECOND, row[0])])
        with pytest.raises(psycopg.Error) as salted:
            conn.execute("SELECT app.change_my_password(%s)", [verifier(SECOND)])
        count, salt = row[0].split(":")
        with pytest.raises(psycopg.Error) as counted:
            conn.execute("SELECT app.change_my_password(%s)", [verifier(SECOND, f"{int(count) + 1}:{salt}")])
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM former_password")
    assert [error.value.sqlstate for error in (again, salted, counted)] == ["WS031", "WS011", "WS011"]
    with central.connect() as conn:
        conn.execute("UPDATE house_policy SET remembered = 1")
    change_password(server(central), newcomer, THIRD, SECOND)


@pytest.mark.parametrize(
    "bad", ["short", "password2026!", "qwertyuiop12", "woaini5201314", "new.person here", "新人的密码很长很长"]
)
def test_a_bad_one_is_refused_where_it_is_typed(central: CentralDatabase, bad: str) -> None:
    admin.add_person(central.superuser_dsn, f"new.{new_id()[:8]}", "新人", "collector", "north", FIRST)
    login = next(row.login for row in overview.people(central.superuser_dsn) if row.name == "新人")
    with pytest.raises(InputError) as refused:
        change_password(server(central), login, FIRST, bad.replace("new.person", login))
    assert refused.value.field == "new"
    link.connect(server(central), login, FIRST).close()


def test_a_password_ages_where_the_house_says_so(central: CentralDatabase, newcomer: str) -> None:
    change_password(server(central), newcomer, FIRST, SECOND)
    with central.connect() as conn:
        conn.execute("UPDATE house_policy SET longest_days = 90")
    device = new_id()
    with link.connect(server(central), newcomer, SECOND) as conn:
        assert link.hello(conn, device, "a seat").password_days == 90
    with central.connect() as conn:
        conn.execute("UPDATE credential SET set_at = now() - interval '91 days'")
    with link.connect(server(central), newcomer, SECOND) as conn:
        with pytest.raises(link.PasswordMustChange):
            link.hello(conn, device, "a seat")
        assert conn.execute("SELECT count(*) FROM person").fetchone() == (0,)
    change_password(server(central), newcomer, SECOND, THIRD)
    with link.connect(server(central), newcomer, THIRD) as conn:
        assert link.hello(conn, device, "a seat").password_days == 90


def test_everybody_is_asked_for_a_new_one_at_once_and_sessions_end(central: CentralDatabase, newcomer: str) -> None:
    change_password(server(central), newcomer, FIRST, SECOND)
    with psycopg.connect(central.dsn(newcomer, SECOND), autocommit=True) as conn:
        conn.execute("SELECT 1")
        assert admin.force_rotation(central.dsn("admin"), None) >= 9
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
    with central.connect("admin", autocommit=True) as conn, pytest.raises(psycopg.Error) as asked:
        conn.execute("SELECT app.add_team('x')")
    assert asked.value.sqlstate == "WS004", "the administrator too"
    with central.connect("chen.jie", autocommit=True) as conn, pytest.raises(psycopg.Error) as lead:
        conn.execute("SELECT * FROM app.reassign('{}', '{}', NULL, '')")
    assert lead.value.sqlstate == "WS004"
    change_password(server(central), newcomer, SECOND, THIRD)
    with link.connect(server(central), newcomer, THIRD) as conn:
        assert link.hello(conn, new_id(), "a seat").login == newcomer


def test_ones_own_change_ends_ones_other_sessions(central: CentralDatabase, newcomer: str) -> None:
    change_password(server(central), newcomer, FIRST, SECOND)
    with psycopg.connect(central.dsn(newcomer, SECOND), autocommit=True) as elsewhere:
        change_password(server(central), newcomer, SECOND, THIRD)
        with pytest.raises(psycopg.OperationalError):
            elsewhere.execute("SELECT 1")


def test_what_is_kept_of_passwords_is_seen_by_nobody(central: CentralDatabase) -> None:
    for login in ("li.na", "chen.jie", "audit", "admin"):
        with central.connect(login, autocommit=True) as conn:
            for table in ("former_password", "proposal_secret"):
                with pytest.raises(errors.InsufficientPrivilege):
                    conn.execute(f"SELECT * FROM {table}".encode())
    with central.connect("li.na") as conn:
        assert conn.execute("SELECT app.salt_of('chen.jie')").fetchone() == (None,)
    with central.connect() as conn:
        kept = conn.execute("SELECT string_agg(proof, ',') FROM former_password").fetchone()
        stored = conn.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'li.na'").fetchone()
    assert kept is not None
    assert stored is not None
    assert stored[0].split("$")[2].split(":")[0] not in kept[0]
    assert matches(stored[0], PASSWORD)
