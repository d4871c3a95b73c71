"""Somebody has a collector's database password and `psql`: one person's scope, no more; seen, and cut off at once."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.server import CentralDatabase
from tests.sync.conftest import SeatMaker
from workstation.central import admin, chains, overview
from workstation.central.loading import load
from workstation.sync import link
from workstation.sync.server import Server

WORD, NEXT = "grey heron at noon", "seven brass keys"


@pytest.fixture
def victim(central: CentralDatabase) -> str:
    """A collector of north with one case, whose password is known to the thief; sun.hao has another in south."""
    login = f"robbed.{new_id()[:8]}"
    central.people[login] = admin.add_person(central.superuser_dsn, login, "Opfer", "collector", "north", WORD)
    with central.connect("admin") as conn:
        load(conn, book_rows(central, 1, assignee=login, seed="A"))
        load(conn, book_rows(central, 3, assignee="sun.hao", team="south", seed="C"))
    return login


def thief(central: CentralDatabase, login: str, word: str = WORD) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(central.dsn(login, word), autocommit=True)


def test_one_persons_scope_and_no_more(central: CentralDatabase, victim: str) -> None:
    with thief(central, victim) as conn:
        for table in ("cases", "debtor", "account", "payment"):
            assert conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (1,), table
        for table in ("admin_event", "credential", "former_password", "admin_proposal", "held_event", "seat_witness"):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(f"SELECT * FROM {table}".encode())
        for statement in (
            "UPDATE cases SET assignee_id = app.person_id()",
            "DELETE FROM case_event",
            "CREATE TABLE mine (a int)",
            "SELECT rolpassword FROM pg_authid",
            "COPY debtor TO PROGRAM 'cat'",
            "SELECT pg_read_file('pg_hba.conf')",
            "SET ROLE ws_admin",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_a_login_opens_ten_sessions_at_most(central: CentralDatabase, victim: str) -> None:
    held = [thief(central, victim) for _ in range(10)]
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        thief(central, victim)
    for conn in held:
        conn.close()


def test_a_device_of_the_thiefs_own_is_seen_at_once(central: CentralDatabase, victim: str) -> None:
    with thief(central, victim) as conn:
        device = hello(conn)
    row = overview.devices(central.dsn("chen.jie"))[0]
    assert (row.id, row.login) == (device, victim), "on top of the lead's list"
    with central.connect("audit") as conn:
        acts = conn.execute("SELECT what, login FROM admin_event WHERE subject = %s", [device]).fetchall()
    assert acts == [("device_registered", victim)]


def test_going_on_in_the_victims_own_chain_comes_out_with_the_victims_next_record(
    central: CentralDatabase, seat_of: SeatMaker, book: list[str]
) -> None:
    """The thief may read where the chain stands and write the next record; the seat then has another in its place."""
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "honest")
    desk.sync()
    with central.connect("li.na", autocommit=True) as conn:
        row = conn.execute("SELECT chain_head FROM device WHERE id = %s", [desk.device]).fetchone()
        assert row is not None
        forged = note(book[0], central.people["li.na"], desk.device, "never said", prev=str(row[0]))
        assert push(conn, forged) == [("accepted", None)]
    own = desk.write(book[0], "honest again")
    assert desk.sync().refused == 1
    with central.connect("audit") as conn:
        (fault,) = [fault for fault in chains.chain_faults(conn) if fault.bad]
    assert (fault.kind, fault.event, fault.person) == ("held", own.id, "李娜"), "and what she wrote is not lost"


def test_revoking_the_person_cuts_the_session_and_the_way_back(central: CentralDatabase, victim: str) -> None:
    with thief(central, victim) as conn:
        conn.execute("SELECT 1")
        admin.revoke_person(central.dsn("admin"), victim)
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        thief(central, victim)
    server = Server(central.server.host, central.server.port, central.name)
    with pytest.raises(link.AccountClosed, match="closed by an administrator"):
        link.connect(server, victim, WORD)


def test_a_new_password_by_the_administrator_cuts_the_thief_off_and_not_the_person(
    central: CentralDatabase, victim: str
) -> None:
    """Not `force-rotation`: the thief could choose the next one. One set by the administrator they do not know."""
    with thief(central, victim) as conn:
        conn.execute("SELECT 1")
        admin.set_password(central.dsn("admin"), victim, NEXT)
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        thief(central, victim)
    with thief(central, victim, NEXT) as conn:
        assert conn.execute("SELECT app.must_change()").fetchone() == (True,)


def test_a_thief_who_changes_the_password_stands_in_the_record(central: CentralDatabase, victim: str) -> None:
    from workstation.sync.password import change_password

    server = Server(central.server.host, central.server.port, central.name)
    change_password(server, victim, WORD, NEXT)
    with pytest.raises(link.WrongPassword):
        link.connect(server, victim, WORD)
    with central.connect("audit") as conn:
        acts = conn.execute("SELECT what FROM admin_event WHERE subject = %s ORDER BY at", [victim]).fetchall()
    assert acts[-1] == ("password_changed",)
