"""People: login roles of their own, made without a password ever reaching the server in clear."""

from __future__ import annotations

import psycopg
import pytest

from tests.central.builders import hello
from workstation.central import admin
from workstation.central.refusals import CentralRefusedError
from workstation.domain.errors import InputError

SECRET = "秘密 secret'; --"


def sign_in(central, login: str, password: str) -> str:
    with psycopg.connect(central.dsn(login, password)) as conn:
        return conn.execute("SELECT session_user::text").fetchone()[0]


def test_a_new_person_signs_in_with_the_password_and_no_other(central):
    made = admin.add_person(central.superuser_dsn, "gao.fei", "高飞", "collector", "north", SECRET)
    assert admin.find_person(central.superuser_dsn, "gao.fei") == made
    assert sign_in(central, "gao.fei", SECRET) == "gao.fei"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        sign_in(central, "gao.fei", SECRET + " ")
    with psycopg.connect(central.dsn("gao.fei", SECRET)) as conn:
        hello(conn)
        assert conn.execute("SELECT count(*) FROM person").fetchone()[0] > 1


def test_the_password_is_kept_as_a_scram_verifier_and_never_sent_in_clear(central):
    admin.add_person(central.superuser_dsn, "he.yu", "何雨", "auditor", None, SECRET)
    with central.connect() as conn:
        verifier = conn.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'he.yu'").fetchone()[0]
        assert verifier.startswith("SCRAM-SHA-256$4096:")
        with pytest.raises(psycopg.Error) as refused:
            conn.execute("SELECT app.set_password('he.yu', 'in clear')")
        assert refused.value.sqlstate == "WS011"
    log = (central.server.data / "server.log").read_text()
    assert "秘密" not in log
    assert "secret'" not in log
    assert "in clear" not in log


def test_names_are_only_names(central):
    name = "Robert'); DROP TABLE person;-- <b>\" \\ 😀"
    team = admin.add_team(central.superuser_dsn, name)
    made = admin.add_person(central.superuser_dsn, "bobby", name, "collector", name, "long enough")
    with central.connect() as conn:
        row = conn.execute("SELECT name, team_id::text FROM person WHERE id = %s", [made]).fetchone()
    assert row == (name, team)


@pytest.mark.parametrize(
    "login",
    ["", "x", "Li.Na", "li na", "li'na", 'li"na', "李娜", "postgres", "pg_x", "ws_owner", "a" * 41, "-a", "a;b"],
)
def test_a_login_is_small_letters_and_never_a_role_of_the_system(central_of_module, login):
    with pytest.raises(CentralRefusedError) as refused:
        admin.add_person(central_of_module.superuser_dsn, login, "x", "collector", None, "long enough")
    assert refused.value.code == "WS011"


def test_wrong_roles_teams_and_short_passwords_are_named(central_of_module):
    dsn = central_of_module.superuser_dsn
    for field, arguments in (
        ("role", ("owner", None, "long enough")),
        ("team", ("lead", "no such team", "long enough")),
        ("password", ("lead", None, "short")),
    ):
        with pytest.raises(InputError) as refused:
            admin.add_person(dsn, "someone", "Someone", *arguments)
        assert refused.value.field == field


def test_a_login_is_given_once(central):
    with pytest.raises(CentralRefusedError) as refused:
        admin.add_person(central.dsn("admin"), "li.na", "x", "collector", None, "long enough")
    assert refused.value.code == "WS020"


def test_one_books_administrator_cannot_take_over_anothers_people(central_server, central):
    admin.add_person(central.superuser_dsn, "of.first", "First", "collector", None, "one fine morning")
    other = central_server.new_database()
    with pytest.raises(CentralRefusedError) as refused:
        admin.add_person(other.dsn("admin"), "of.first", "Mine now", "collector", None, "another password")
    assert refused.value.code == "WS020"
    assert sign_in(central, "of.first", "one fine morning") == "of.first"
    # Without a person there, the login opens a session that sees nothing.
    with psycopg.connect(other.dsn("of.first", "one fine morning")) as conn:
        assert conn.execute("SELECT count(*) FROM person").fetchone() == (0,)
    # The owner of the server may let the same person work in both books.
    admin.add_person(other.superuser_dsn, "of.first", "First", "lead", None, "one fine morning")
    with psycopg.connect(other.dsn("of.first", "one fine morning")) as conn:
        hello(conn)
    central_server.drop(other)


def test_only_an_administrator_keeps_users(central):
    for login in ("li.na", "chen.jie", "audit"):
        with pytest.raises(CentralRefusedError) as refused:
            admin.add_person(central.dsn(login), "mine", "x", "admin", None, "long enough")
        assert refused.value.code == "42501"


def test_a_revoked_person_is_out_at_once_and_for_good(central):
    admin.add_person(central.superuser_dsn, "leaver", "Leaver", "collector", "north", "long enough")
    with psycopg.connect(central.dsn("leaver", "long enough"), autocommit=True) as conn:
        admin.revoke_person(central.dsn("admin"), "leaver")
        with pytest.raises(psycopg.OperationalError):
            conn.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        sign_in(central, "leaver", "long enough")
    with pytest.raises(CentralRefusedError):
        admin.revoke_person(central.dsn("admin"), "leaver")


def test_a_new_password_replaces_the_old(central):
    admin.add_person(central.superuser_dsn, "forgetful", "F", "collector", "north", "one fine morning")
    admin.set_password(central.dsn("admin"), "forgetful", "second password")
    assert sign_in(central, "forgetful", "second password") == "forgetful"
    with pytest.raises(psycopg.OperationalError):
        sign_in(central, "forgetful", "one fine morning")
