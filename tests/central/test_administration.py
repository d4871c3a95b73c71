"""Acts of administration: each is kept in a chain of its own, and who comes second is told who was first."""

from __future__ import annotations

import re

import psycopg
import pytest
from psycopg import errors

from tests.central.builders import book_rows, hello
from tests.central.server import PASSWORD, CentralDatabase
from workstation.central import admin
from workstation.central.loading import load
from workstation.central.migrations import script
from workstation.central.refusals import CentralRefusedError
from workstation.domain.labels import LABELS


def acts(central: CentralDatabase) -> list[tuple[str, str, str]]:
    with central.connect("audit") as conn:
        return conn.execute("SELECT what, subject, login FROM admin_event ORDER BY at DESC, id DESC").fetchall()


def test_each_act_is_kept_with_who_did_it(central: CentralDatabase) -> None:
    with central.connect("li.na", autocommit=True) as conn:
        device = hello(conn)
    with central.connect("admin", autocommit=True) as conn:
        admin.add_person(conn, "neu.mann", "Neu", "collector", "north", PASSWORD)
        admin.set_password(conn, "neu.mann", PASSWORD + "!")
        admin.change_person(conn, "neu.mann", role="field", team="south")
        admin.revoke_device(conn, device)
        admin.revoke_person(conn, "neu.mann")
    # A login role outlives the test's database: another test may want the name.
    with central.connect(autocommit=True) as conn:
        conn.execute('DROP ROLE "neu.mann"')
    assert acts(central)[:5] == [
        ("person_revoked", "neu.mann", "admin"),
        ("device_revoked", device, "admin"),
        ("person_changed", "neu.mann", "admin"),
        ("password_set", "neu.mann", "admin"),
        ("person_added", "neu.mann", "admin"),
    ]


def test_every_act_the_centre_records_has_its_words() -> None:
    texts = "".join(path.read_text("utf-8") for path in script.FOLDER.glob("*.sql"))
    acts = set(re.findall(r"log_admin\('([a-z_]+)'", texts)) | {"approved", "rejected", "withdrawn"}
    assert len(acts) > 25
    assert acts <= {key for vocabulary, key in LABELS if vocabulary == "admin_act"}


def test_the_chain_of_acts_is_unbroken_and_shows_tampering(central: CentralDatabase) -> None:
    broken = (
        "SELECT count(*) FROM (SELECT a.*, app.admin_hash(a.prev_hash, a) AS right_hash,"
        " lag(a.hash, 1, '') OVER (ORDER BY a.at, a.id) AS before FROM admin_event a) b"
        " WHERE prev_hash <> before OR hash <> right_hash"
    )
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) > 5 FROM admin_event").fetchone() == (True,)
        assert conn.execute(broken).fetchone() == (0,)
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE admin_event SET login = 'somebody' WHERE id = (SELECT id FROM admin_event LIMIT 1)")
        assert conn.execute(broken).fetchone() == (1,)


def test_acts_are_only_added_to_and_seen_by_those_who_watch(central: CentralDatabase) -> None:
    for login in ("li.na", "chen.jie"):
        with central.connect(login) as conn, pytest.raises(errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM admin_event")
    with central.connect() as conn:
        for statement in ("UPDATE admin_event SET login = 'x'", "DELETE FROM admin_event", "TRUNCATE admin_event"):
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                conn.execute(statement)
            assert refused.value.sqlstate == "WS012"


def test_the_second_to_revoke_is_told_who_was_first(central: CentralDatabase) -> None:
    with central.connect("zhao.min", autocommit=True) as conn:
        device = hello(conn)
    with central.connect("admin", autocommit=True) as conn:
        admin.revoke_device(conn, device)
        with pytest.raises(CentralRefusedError, match="Administrator") as second:
            admin.revoke_device(conn, device)
    assert second.value.code == "WS022"


def test_a_person_moves_to_another_team_and_role_once_their_cases_are_handed_over(central: CentralDatabase) -> None:
    with central.connect() as conn:
        load(conn, book_rows(central, 2, assignee="zhao.min"))
    with central.connect(autocommit=True) as conn:  # the owner of the server: no second administrator is asked
        for role, team in (("field", "south"), ("auditor", "north")):
            with pytest.raises(CentralRefusedError) as holding:
                admin.change_person(conn, "zhao.min", role=role, team=team)
            assert holding.value.code == "WS027"
        with central.connect("admin") as administrator:
            administrator.execute(
                "SELECT app.reassign(array_agg(id), array_agg(version), NULL, '') FROM cases WHERE assignee_id = %s",
                [central.people["zhao.min"]],
            )
        with central.connect("zhao.min") as signed_in:
            admin.change_person(conn, "zhao.min", role="lead", team="south")
            with pytest.raises(psycopg.OperationalError):
                signed_in.execute("SELECT 1")
    with central.connect("zhao.min") as conn:
        assert conn.execute("SELECT app.person_role()").fetchone() == ("lead",)
        assert conn.execute("SELECT count(*) FROM cases").fetchone() == (0,), "the north's cases are not the south's"
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute("SET ROLE ws_field")
    # The login role is shared by the databases of the tests' server.
    with central.connect("admin", autocommit=True) as conn:
        admin.change_person(conn, "zhao.min", role="field", team="north")


@pytest.mark.parametrize(("role", "code"), [("ws_owner", "42501"), ("king", "WS011")])
def test_there_is_no_way_to_a_role_that_is_not_one(central: CentralDatabase, role: str, code: str) -> None:
    with central.connect("admin", autocommit=True) as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute("SELECT app.change_person('li.na', %s, NULL)", [role])
    assert refused.value.sqlstate in {code, "WS011"}
