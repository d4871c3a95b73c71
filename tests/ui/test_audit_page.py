"""The audit page over a real centre: what is asked, what is told, a record opened, an extract that is signed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.central.adversary import FOREIGN_NUMBER, two_teams
from tests.central.builders import hello, note, push
from tests.central.server import PASSWORD as SIGN_IN
from tests.central.server import CentralDatabase
from tests.security.certificates import PASSWORD, organisation
from tests.ui.closing import close_for_good
from tests.ui.sample_desk import StillSync
from tests.ui.steps import Steps
from ui.audit.page import AuditPageView
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.domain.events import Reveal, TakenOut, encode_body
from workstation.security.credentials import Credentials
from workstation.session import sign_in
from workstation.sync.server import Server

OpenAudit = Callable[..., tuple[Steps, AuditPageView]]


@pytest.fixture
def seen(central: CentralDatabase) -> CentralDatabase:
    two_teams(central)
    now = datetime.now(UTC)
    for login in ("li.na", "sun.hao"):
        with central.connect(login) as conn:
            device, who = hello(conn), central.people[login]
            [(case_id,)] = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()
            shown = encode_body(Reveal(field="phone", why="other", reason="to call 13912345678", seconds=20))
            taken = encode_body(TakenOut(how="print", what="work_plan_day", cases=2, batch="b", fields=("name",)))
            made = [
                note(case_id, who, device, kind=kind, occurred_at=now, body=body)
                for kind, body in (("reveal", shown), ("taken_out", taken))
            ]
            assert push(conn, *made) == [("accepted", None)] * 2
    return central


@pytest.fixture
def open_audit(qapp: QApplication, seen: CentralDatabase) -> Iterator[OpenAudit]:
    opened: list[MainWindow] = []

    def make(login: str = "audit", language: str = "en", theme: str = "light", size: tuple[int, int] = (1440, 900),
             scale: int = 100) -> tuple[Steps, AuditPageView]:  # fmt: skip
        look = Look(language, theme, scale)
        look.apply()
        server = Server(seen.server.host, seen.server.port, seen.name)
        desk = sign_in(server, login, SIGN_IN, credentials=Credentials())
        desk.sync.close()
        desk.sync = StillSync()  # type: ignore[assignment]  # only the audit asks the centre here
        window = MainWindow(look, desk)
        opened.append(window)
        window.resize(*size)
        window.show()
        steps = Steps(window)
        steps.key("Shift+F7")
        page = window.findChild(AuditPageView)
        assert isinstance(page, AuditPageView)
        steps.until(lambda: page._answered, "the centre answered")
        return steps, page

    yield make
    for window in opened:
        close_for_good(window)
    qapp.processEvents()


def said(page: AuditPageView) -> list[tuple[str, str]]:
    return [(row.record.author_name or "", page._look.say(row.said)) for row in page.records.table.rows]


def test_the_auditor_sees_what_everybody_saw_and_took(open_audit: OpenAudit) -> None:
    _, page = open_audit()
    assert set(said(page)) == {
        (who, what)
        for who in ("李娜", "孙浩")
        for what in ("Shown in full: Phone number", "Printed: The work plan of a day · 2 cases")
    }
    assert "13912345678" not in str([page._look.say(row.why) for row in page.records.table.rows])


def test_person_case_kind_and_period_narrow_it(open_audit: OpenAudit, seen: CentralDatabase) -> None:
    steps, page = open_audit()
    person = page.filters.person
    steps.until(lambda: person.count() > 3, "the people are known")
    person.setCurrentIndex(person.findData(seen.people["li.na"]))
    page.filters.chips["took"].setChecked(False)
    steps.until(lambda: said(page) == [("李娜", "Shown in full: Phone number")], "only what she saw")
    page.filters.number.edit.setText(FOREIGN_NUMBER)
    steps.key("Return") if page.filters.number.edit.hasFocus() else page.ask()
    steps.until(lambda: said(page) == [], "nothing of hers on that case")
    assert page.records.empty.isVisible()
    assert "孙浩" in page.holders.text()
    person.setCurrentIndex(0)
    page.ask()
    steps.until(lambda: said(page) == [("孙浩", "Shown in full: Phone number")], "his")


def test_a_day_that_cannot_be_read_or_is_to_come_is_said_and_nothing_is_asked(open_audit: OpenAudit) -> None:
    _, page = open_audit()
    page.filters.period.setCurrentIndex(page.filters.period.count() - 1)
    page.filters._period_chosen(page.filters.period.currentIndex())
    page.filters.first.edit.setText("2999-01-01")
    before = page._turn
    page.ask()
    assert "still to come" in page.state.text()
    assert page._turn == before


def test_a_lead_sees_the_team_and_a_collector_themselves(open_audit: OpenAudit) -> None:
    _, lead = open_audit("chen.jie")
    assert {who for who, _ in said(lead)} == {"李娜"}
    assert not lead.filters.chips["admin"].isVisible()
    _, own = open_audit("sun.hao")
    assert {who for who, _ in said(own)} == {"孙浩"}
    assert not own.extract.isVisible()


def test_a_record_opens_with_its_hash_and_the_verdict_on_its_chain(open_audit: OpenAudit) -> None:
    steps, page = open_audit()
    page.records.table.setCurrentIndex(page.records.table.model().index(0, 0))
    steps.until(page.record.isVisible, "the record")
    assert page.record.verdict.text().startswith("✓")
    opened = page.record._opened
    assert opened is not None
    assert page.records.table.rows[0].record.hash in [value for _, value in opened.facts]


def test_a_record_changed_by_the_superuser_is_named(open_audit: OpenAudit, seen: CentralDatabase) -> None:
    with seen.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        changed = conn.execute("UPDATE case_event SET body = '{\"field\":\"phone\"}' WHERE kind = 'reveal'")
        assert changed.rowcount == 2
    steps, page = open_audit()
    place = next(at for at, row in enumerate(page.records.table.rows) if row.what == "saw")
    page.records.table.setCurrentIndex(page.records.table.model().index(place, 0))
    steps.until(page.record.isVisible, "the record")
    assert page.record.verdict.text().startswith("✗")


def test_an_extract_asks_for_the_certificate_once_and_is_signed(open_audit: OpenAudit, tmp_path: Path) -> None:
    steps, page = open_audit()
    card, path = page.extract, tmp_path / "audit.zip"
    card.save(path)
    assert "no certificate" in card.said.text()
    file = tmp_path / "organisation.p12"
    file.write_bytes(organisation(tmp_path))
    card.password.setText("another one")
    card.keep_certificate(file)
    assert "password" in card.said.text()
    card.password.setText(PASSWORD)
    card.keep_certificate(file)
    assert "O=示例催收" in card.said.text()
    assert card.password.text() == ""
    card.save(path)
    steps.until(path.exists, "the extract")
    steps.until(card.take.isEnabled, "it is done")
    assert "4 records in audit.zip" in card.said.text()
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) >= {"records.csv", "records.json", "manifest.json", "manifest.json.p7s"}


def test_without_the_centre_it_says_so_and_offers_another_try(open_audit: OpenAudit, seen: CentralDatabase) -> None:
    steps, page = open_audit()
    with seen.connect() as conn:
        conn.autocommit = True
        conn.execute("ALTER ROLE audit NOLOGIN")
    try:
        page.ask()
        steps.until(page.again.isVisible, "another try is offered")
        assert page.state.text()
    finally:
        with seen.connect() as conn:
            conn.autocommit = True
            conn.execute("ALTER ROLE audit LOGIN")
    page.again.click()
    steps.until(lambda: not page.again.isVisible(), "it answers again")


def test_all_chains_are_checked_at_a_wish_and_what_was_changed_is_named(
    open_audit: OpenAudit, seen: CentralDatabase
) -> None:
    steps, page = open_audit()
    verdict = page.chains.verdict
    page.chains.check.click()
    steps.until(verdict.isVisible, "they were followed")
    assert verdict.text().startswith("✓")
    with seen.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE case_event SET body = '{\"field\":\"phone\"}' WHERE kind = 'reveal'")
    page.chains.check.click()
    steps.until(lambda: verdict.isVisible() and verdict.text().startswith("✗"), "the change is named")
    assert "changed" in page.chains.faults.text()
    _, lead = open_audit("chen.jie")
    assert not lead.chains.isVisible()
