"""A restore onto a second, younger PostgreSQL: its people, their passwords, and rows every seat can pull."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.central.builders import hello
from tests.central.copies import content, fill, meta
from tests.central.server import PASSWORD, CentralDatabase
from workstation.central import admin
from workstation.central.backup import backup
from workstation.central.check import check
from workstation.central.embedded import EmbeddedServer
from workstation.central.restore import restore

AHEAD = 4_000_000_000  # transactions of a server that has worked for years


@pytest.fixture(scope="module")
def younger() -> Iterator[EmbeddedServer]:
    """A server that has never heard of us."""
    folder = Path(tempfile.mkdtemp(prefix="workstation-younger-"))
    server = EmbeddedServer.start(folder, durable=False)
    yield server
    server.stop()
    EmbeddedServer.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def moved(central: CentralDatabase, younger: EmbeddedServer, tmp_path: Path) -> Iterator[CentralDatabase]:
    """The same database on the younger server; its rows were written by transactions far ahead."""
    fill(central)
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        for table in ("team", "person", "book", "cases", "case_scope", "debtor", "account", "balance_snapshot",
                      "payment", "related_person", "contact_point", "case_event"):  # fmt: skip
            conn.execute(f"UPDATE {table} SET xid = (%s + xid::text::bigint)::text::xid8", [AHEAD])
        conn.execute("UPDATE device SET informed = %s::text::xid8", [str(AHEAD)])
    with central.connect("admin") as conn:
        admin.revoke_person(conn, "sun.hao")
    path = tmp_path / "centre.backup"
    backup(central.superuser_dsn, path)
    database = CentralDatabase(younger, central.name, central.people, central.teams)
    restore(younger.superuser_dsn, path, database.name)
    yield database
    admin.drop(younger.superuser_dsn, database.name)
    with psycopg.connect(younger.superuser_dsn, autocommit=True) as conn:
        for login in central.people:
            conn.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(login)))
    with psycopg.connect(central.server.superuser_dsn, autocommit=True) as conn:
        conn.execute('ALTER ROLE "sun.hao" LOGIN')  # roles are shared by the databases of the other tests


def test_people_sign_in_with_their_old_passwords_and_revoked_ones_do_not(moved: CentralDatabase) -> None:
    with moved.connect("li.na") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (9,)
    with moved.connect("chen.jie") as conn:
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (10,)
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        moved.connect("sun.hao")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(moved.dsn("li.na", PASSWORD + "x"))


def test_the_administrator_can_change_the_logins_the_restore_made(moved: CentralDatabase) -> None:
    with moved.connect("admin") as conn:
        admin.set_password(conn, "li.na", "another password")
        admin.revoke_person(conn, "wang.wei")
    with psycopg.connect(moved.dsn("li.na", "another password")) as conn:
        hello(conn)
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        moved.connect("wang.wei")


def test_every_row_is_of_a_transaction_the_new_server_knows(central: CentralDatabase, moved: CentralDatabase) -> None:
    with moved.connect() as conn:
        for table in ("person", "case_scope", "cases", "contact_point", "case_event"):
            ahead = conn.execute(f"SELECT count(*) FROM {table} WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())")
            assert ahead.fetchone() == (0,), table
        assert conn.execute("SELECT count(*) FROM device WHERE informed IS NOT NULL").fetchone() == (0,)
        with pytest.raises(psycopg.DatabaseError, match="never changed"):
            conn.execute("UPDATE case_event SET amount = 1")
    with central.connect() as conn:
        events = conn.execute("SELECT id, hash, body::text, received_at FROM case_event ORDER BY id").fetchall()
    with moved.connect() as conn:
        assert conn.execute("SELECT id, hash, body::text, received_at FROM case_event ORDER BY id").fetchall() == events
    assert content(moved).keys() == content(central).keys()


def test_nothing_is_found_wrong_after_the_move(moved: CentralDatabase) -> None:
    assert [finding.message.plain() for finding in check(moved.superuser_dsn) if finding.bad] == []
    assert meta(moved)["recover_until"] is not None
