"""Rights are raised by two administrators: one alone has no way, by function, by a second session or by a helper."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.central.builders import new_id
from tests.central.server import CentralDatabase
from workstation.central import admin, four_eyes
from workstation.central.refusals import CentralRefusedError
from workstation.central.verifiers import verifier
from workstation.domain.errors import InputError
from workstation.sync.password import change_password
from workstation.sync.server import Server

WORD, OTHER = "grey heron at noon", "seven brass keys"
SECOND = "second.admin"


@pytest.fixture
def second(central: CentralDatabase) -> str:
    """Another administrator, made by the owner of the server; returns the connection string."""
    admin.add_person(central.superuser_dsn, SECOND, "Zweite", "admin", None, WORD)
    return central.dsn(SECOND, WORD)


@pytest.fixture
def login() -> str:
    return f"raised.{new_id()[:8]}"


@pytest.fixture(autouse=True)
def no_new_powers(central: CentralDatabase) -> Iterator[None]:
    """Whatever a test did: login roles and people say the same of everybody."""
    yield
    with central.connect() as conn:
        odd = conn.execute(
            "SELECT p.login, p.role, array_agg(g.rolname) FROM person p JOIN pg_roles r ON r.rolname = p.login"
            " JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid"
            " GROUP BY p.login, p.role HAVING array_agg(g.rolname::text) <> ARRAY['ws_' || p.role]"
        ).fetchall()
    assert odd == []


def role_of(central: CentralDatabase, login: str) -> str | None:
    with central.connect() as conn:
        row = conn.execute("SELECT role FROM person WHERE login = %s AND active", [login]).fetchone()
    return None if row is None else str(row[0])


def acts(central: CentralDatabase, subject: str) -> list[tuple[str, str]]:
    with central.connect("audit") as conn:
        query = "SELECT what, login FROM admin_event WHERE subject = %s ORDER BY at, id"
        return conn.execute(query, [subject]).fetchall()


@pytest.mark.parametrize("role", ["lead", "auditor", "admin"])
def test_one_proposes_and_another_approves(central: CentralDatabase, second: str, login: str, role: str) -> None:
    dsn = central.dsn("admin")
    with pytest.raises(CentralRefusedError) as alone:
        admin.add_person(dsn, login, "Neu", role, "north", WORD)
    assert alone.value.code == "WS030"
    proposal = four_eyes.propose_person(dsn, login, "Neu", role, "north", WORD, "takes over from January")
    assert role_of(central, login) is None
    (waiting,) = four_eyes.proposals(second)
    assert (waiting.id, waiting.what, waiting.subject, waiting.proposed_by) == (
        proposal,
        "add_person",
        login,
        "Administrator",
    )
    four_eyes.approve(second, proposal)
    assert role_of(central, login) == role
    change_password(Server(central.server.host, central.server.port, central.name), login, WORD, OTHER)
    assert acts(central, login) == [
        ("proposed", "admin"), ("person_added", SECOND), ("approved", SECOND), ("password_changed", login)
    ]  # fmt: skip
    assert four_eyes.proposals(second) == []
    with pytest.raises(CentralRefusedError) as again:
        four_eyes.approve(second, proposal)
    assert again.value.code == "WS022"
    assert "Zweite" in str(again.value)


@pytest.mark.parametrize(
    "call",
    [
        "app.add_person('{new}', 'x', 'admin', NULL, '{verifier}')",
        "app.add_person('{new}', 'x', 'auditor', NULL, '{verifier}')",
        "app.add_person('{new}', 'x', 'lead', NULL, '{verifier}')",
        "app.change_person('li.na', 'lead', '{team}')",
        "app.change_person('li.na', 'admin', NULL)",
        "app.change_person('chen.jie', 'admin', NULL)",
        "app.change_person('zhou.yan', 'lead', '{team}')",  # a lead of another team sees other cases
        "app.set_password('chen.jie', '{verifier}')",
        "app.set_password('audit', '{verifier}')",
        "app.set_password('admin', '{verifier}')",
        "app.set_password('second.admin', '{verifier}')",
        "app.restore_person('wang.wei', '{verifier}')",
        'app.change_policy(\'{{"shortest": 8, "remembered": 5, "longest_days": null, "new_devices_wait": false}}\')',
        'app.change_policy(\'{{"shortest": 10, "remembered": 4, "longest_days": null, "new_devices_wait": false}}\')',
        "app.do_add_person('{new}', 'x', 'admin', NULL, '{verifier}')",
        "app.do_change_person('li.na', 'admin', NULL)",
        "app.do_set_password('chen.jie', '{verifier}')",
        "app.do_restore_person('wang.wei', '{verifier}')",
        "app.do_change_policy('{{}}')",
        "app.close_proposal((SELECT a FROM admin_proposal a LIMIT 1), 'approved')",
        "app.keep_password('{person}', '{verifier}', false, true)",
        "app.log_admin('approved', 'li.na', '{{}}')",
    ],
)
def test_one_alone_cannot_whatever_function_they_call(
    central: CentralDatabase, second: str, login: str, call: str
) -> None:
    text = call.format(
        new=login, verifier=verifier(WORD), team=central.teams["north"], person=central.people["chen.jie"]
    )
    with central.connect("admin", autocommit=True) as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute(f"SELECT {text}".encode())
    assert refused.value.sqlstate in {"WS030", "42501"}
    for statement in (
        "UPDATE admin_proposal SET decision = 'approved'",
        "UPDATE person SET role = 'admin' WHERE login = 'li.na'",
        "UPDATE house_policy SET shortest = 8",
        'GRANT ws_admin TO "li.na"',
    ):
        with central.connect("admin", autocommit=True) as conn, pytest.raises(psycopg.Error) as direct:
            conn.execute(statement.encode())
        assert direct.value.sqlstate == "42501"


def test_nobody_approves_their_own_by_another_session_or_what_is_about_themselves(
    central: CentralDatabase, second: str, login: str
) -> None:
    own = four_eyes.propose_person(central.dsn("admin"), login, "Neu", "admin", None, WORD, "me again")
    with central.connect("admin") as one, central.connect("admin") as other:
        for session in (one, other):
            with pytest.raises(CentralRefusedError) as refused:
                four_eyes.approve(session, own)
            assert refused.value.code == "WS033"
    for role in ("li.na", "chen.jie", "audit"):
        with pytest.raises(CentralRefusedError) as no_admin:
            four_eyes.approve(central.dsn(role), own)
        assert no_admin.value.code == "42501"
    with pytest.raises(CentralRefusedError) as owner:
        four_eyes.approve(central.superuser_dsn, own)
    assert owner.value.code == "WS033", "the owner of the server is nobody's second"
    about_second = four_eyes.propose_change(central.dsn("admin"), SECOND, "auditor", None, "to look")
    with pytest.raises(CentralRefusedError) as about:
        four_eyes.approve(second, about_second)
    assert about.value.code == "WS033"
    assert role_of(central, login) is None


def test_an_accomplice_made_alone_cannot_approve(central: CentralDatabase, second: str, login: str) -> None:
    """A collector is made by one administrator; what makes them more needs the other."""
    admin.add_person(central.dsn("admin"), login, "Helper", "collector", None, WORD)
    change_password(Server(central.server.host, central.server.port, central.name), login, WORD, OTHER)
    proposal = four_eyes.propose_change(central.dsn("admin"), login, "admin", None, "trust me")
    with pytest.raises(CentralRefusedError):
        four_eyes.approve(central.dsn(login, OTHER), proposal)
    four_eyes.reject(second, proposal)
    assert role_of(central, login) == "collector"
    assert ("rejected", SECOND) in acts(central, login)


def test_a_proposal_ends_by_time_by_its_maker_and_with_their_office(
    central: CentralDatabase, second: str, login: str
) -> None:
    old = four_eyes.propose_person(central.dsn("admin"), login, "Neu", "lead", "north", WORD, "old")
    with central.connect() as conn:
        conn.execute("UPDATE admin_proposal SET expires_at = now() - interval '1 second'")
    with pytest.raises(CentralRefusedError) as expired:
        four_eyes.approve(second, old)
    assert expired.value.code == "WS032"
    assert four_eyes.proposals(second) == []
    taken_back = four_eyes.propose_person(central.dsn("admin"), login, "Neu", "lead", "north", WORD, "wrong one")
    four_eyes.reject(central.dsn("admin"), taken_back)
    assert ("withdrawn", "admin") in acts(central, login)
    theirs = four_eyes.propose_person(second, login, "Neu", "lead", "north", WORD, "before leaving")
    admin.revoke_person(central.dsn("admin"), SECOND)
    with pytest.raises(CentralRefusedError) as left:
        four_eyes.approve(central.dsn("admin"), theirs)
    assert left.value.code == "WS032"
    assert role_of(central, login) is None
    with central.connect() as conn:  # the login outlives the database
        conn.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(SECOND)))


def test_a_revoked_person_comes_back_by_two(central: CentralDatabase, second: str, login: str) -> None:
    admin.add_person(central.superuser_dsn, login, "Rück", "collector", "north", WORD)
    admin.revoke_person(central.dsn("admin"), login)
    proposal = four_eyes.propose_return(central.dsn("admin"), login, OTHER, "back from leave")
    four_eyes.approve(second, proposal)
    assert role_of(central, login) == "collector"
    with psycopg.connect(central.dsn(login, OTHER)) as conn:
        assert conn.execute("SELECT app.must_change()").fetchone() == (True,)


def test_a_stronger_policy_takes_one_and_a_weaker_two(central: CentralDatabase, second: str) -> None:
    strong = four_eyes.Policy(shortest=14, remembered=10, longest_days=365, new_devices_wait=True)
    four_eyes.change_policy(central.dsn("admin"), strong)
    assert four_eyes.policy(central.dsn("audit")) == strong
    weak = four_eyes.Policy(shortest=14, remembered=10, longest_days=None, new_devices_wait=True)
    with pytest.raises(CentralRefusedError):
        four_eyes.change_policy(central.dsn("admin"), weak)
    four_eyes.approve(second, four_eyes.propose_policy(central.dsn("admin"), weak, "as the bank wants it"))
    assert four_eyes.policy(central.dsn("audit")) == weak
    with pytest.raises(InputError, match="at least 14"):
        admin.set_password(central.dsn("admin"), "li.na", "grey heron")


def test_a_proposal_shows_no_proof_of_a_password_and_keeps_none_afterwards(
    central: CentralDatabase, second: str, login: str
) -> None:
    proposal = four_eyes.propose_person(central.dsn("admin"), login, "Neu", "lead", "north", WORD, "why not")
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM proposal_secret").fetchone() == (1,)
        shown = conn.execute(
            "SELECT (SELECT string_agg(a::text, '') FROM admin_proposal a)"
            " || (SELECT string_agg(e::text, '') FROM admin_event e)"
        ).fetchone()
        assert shown is not None
        assert "SCRAM" not in shown[0]
    four_eyes.reject(second, proposal)
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM proposal_secret").fetchone() == (0,)


@pytest.mark.parametrize(
    ("what", "subject", "body"),
    [
        ("drop_everything", "x", "{}"),
        ("add_person", "x", '{"role": "collector"}'),
        ("add_person", "x", '{"role": "king"}'),
        ("change_person", "li.na", "{}"),
        ("change_person", "li.na", '{"role": "lead", "team": "not an id"}'),
        ("change_policy", "policy", '{"shortest": "long"}'),
        ("set_password", "chen.jie", "{}"),
    ],
)
def test_nonsense_is_not_proposed(central: CentralDatabase, what: str, subject: str, body: str) -> None:
    with central.connect("admin", autocommit=True) as conn:
        with pytest.raises(psycopg.Error) as refused:
            conn.execute("SELECT app.propose(%s, %s, %s, NULL, 'why')", [what, subject, body])
        assert refused.value.sqlstate in {"WS011", "23514", "22P02"}
        with pytest.raises(psycopg.Error, match="reason"):
            conn.execute("SELECT app.propose('change_person', 'li.na', '{\"role\": \"lead\"}', NULL, '')")
