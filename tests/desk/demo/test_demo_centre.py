"""The demonstration's centre: people who sign in for real, and a second start that changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import psycopg
import pytest

from workstation import demo
from workstation.central.embedded import EmbeddedServer
from workstation.desk.demo import demo_book
from workstation.desk.seat import Clock
from workstation.desk.worklist import FILTERS
from workstation.security.credentials import Credentials
from workstation.security.process_keyring import ProcessKeyring
from workstation.session import sign_in
from workstation.sync.link import WrongPassword, connect

AS_OF = date(2026, 11, 23)
COLLECTORS = [person.login for person in demo.PEOPLE if person.role in {"collector", "field"}]
TABLES = ("person", "team", "book", "cases", "debtor", "account", "balance_snapshot", "payment", "contact_point",
          "case_event", "device", "case_scope")  # fmt: skip


@pytest.fixture
def short_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a short path, as a socket's must be; the centre below it is taken away whole."""
    home = Path(tempfile.mkdtemp(prefix="workstation-demo-"))
    monkeypatch.setenv("WORKSTATION_HOME", str(home))
    yield home
    EmbeddedServer.remove(home / "demo" / "centre")
    shutil.rmtree(home, ignore_errors=True)


def contents(centre: demo.DemoCentre) -> dict[str, tuple[object, ...] | None]:
    """The number and a digest of every table's rows, and of the people's password hashes."""
    found: dict[str, tuple[object, ...] | None] = {}
    with psycopg.connect(centre._server.superuser_dsn, dbname=demo.DATABASE) as conn:  # looked at only
        for table in TABLES:
            query = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
            found[table] = conn.execute(query).fetchone()
        found["passwords"] = conn.execute(
            "SELECT md5(string_agg(rolpassword, '|' ORDER BY rolname)) FROM pg_authid"
        ).fetchone()
    return found


def test_people_sign_in_and_a_second_start_changes_nothing(short_home: Path) -> None:
    credentials = Credentials(ProcessKeyring())
    centre = demo.start(credentials, as_of=AS_OF, cases=40, quick=True)
    try:
        passwords = {person.login: credentials.password(centre.server.id, person.login) for person in demo.PEOPLE}
        assert len(set(passwords.values())) == len(demo.PEOPLE)
        for login, password in passwords.items():
            assert password
            with connect(centre.server, login, password) as conn:
                assert conn.execute("SELECT session_user::text").fetchone() == (login,)
            with pytest.raises(WrongPassword):
                connect(centre.server, login, password + "x")
        first = contents(centre)
        assert first["cases"] is not None
        assert first["cases"][0] == 40
        again = demo.start(credentials, as_of=AS_OF, cases=40, quick=True)
        assert contents(again) == first
        assert {name: credentials.password(again.server.id, name) for name in passwords} == passwords
        desk = sign_in(
            centre.server,
            centre.login_of("collector"),
            None,
            credentials=credentials,
            clock=Clock.starting_at(AS_OF, time(10), "Asia/Shanghai"),
        )
        try:
            desk.sync.once()
            assert desk.worklist.queue().total == 40 // len(COLLECTORS)
        finally:
            desk.close()
    finally:
        centre.stop()


def test_every_collector_has_cases_under_every_filter(short_home: Path) -> None:
    credentials = Credentials(ProcessKeyring())
    centre = demo.start(credentials, as_of=AS_OF, cases=16 * len(COLLECTORS), quick=True)
    try:
        for login in COLLECTORS:
            clock = Clock.starting_at(AS_OF, time(10), "Asia/Shanghai")
            desk = sign_in(centre.server, login, None, credentials=credentials, clock=clock)
            try:
                desk.sync.once()
                counts = desk.worklist.queue().counts
                assert counts["all"] == 16
                # a plan needs enough owed and authority enough, so not every collector has one
                assert {name for name in FILTERS if not counts[name]} <= {"plan"}, (login, counts)
            finally:
                desk.close()
    finally:
        centre.stop()


def test_a_balance_is_the_bill_and_the_bill_is_within_reason() -> None:
    rows = demo_book(200, as_of=AS_OF, team_id="t", collectors=["a"])
    limits = {row[0]: row[3] for row in rows["account"]}
    for row in rows["balance_snapshot"]:
        principal, interest, penalty, fees, costs = row[4:9]
        bill = principal + interest + penalty + fees + costs
        months = row[9]
        assert 0 < bill <= limits[row[2]] * 11 // 10
        assert interest == (bill * 15 * months // 1000 if months else 0)
        assert penalty == (bill * 5 * months // 1000 if months else 0)


def test_the_lead_of_the_demonstration_finds_and_decides_what_waits(short_home: Path) -> None:
    credentials = Credentials(ProcessKeyring())
    centre = demo.start(credentials, as_of=AS_OF, cases=200, quick=True)
    clock = Clock.starting_at(AS_OF, time(10), "Asia/Shanghai")
    try:
        desk = sign_in(centre.server, demo.DemoCentre.login_of("lead"), None, credentials=credentials, clock=clock)
        try:
            desk.sync.once()
            rows = desk.approvals.waiting()
            assert {row.kind for row in rows} == {"proposal", "breach"}
            assert [row.warnings for row in rows if row.kind == "proposal"] == [()] * sum(
                row.kind == "proposal" for row in rows
            )
            request = next(row for row in rows if row.kind == "proposal")
            assert desk.approvals.decide(request, "approved", "").first
            breach = next(row for row in rows if row.kind == "breach" and not row.warnings)
            assert desk.approvals.decide(breach, "re_aged", "works again").first
            desk.sync.once()
            left = {row.id for row in desk.approvals.waiting()}
            assert left == {row.id for row in rows} - {request.id, breach.id}
            plan = desk.seat.file(breach.case_id).state.plan
            assert plan is not None
            assert plan.in_force
        finally:
            desk.close()
    finally:
        centre.stop()
