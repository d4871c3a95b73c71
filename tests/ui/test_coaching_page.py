"""The coaching page in the real window: a lead reviews by keys, a collector reads and acknowledges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from local_db import reviews
from local_db.reviews import Review
from tests.ui.closing import close_for_good
from tests.ui.sample_book import HE, TEAM, WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps
from tests.ui.test_approvals_page import settled
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from ui.coaching.page import CoachingPage
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.desk.coaching import Coaching
from workstation.desk.seat import Person
from workstation.domain.changes import Changes
from workstation.domain.events import Contact

Open = Callable[..., tuple[MainWindow, CoachingPage]]


@pytest.fixture
def open_page(qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    opened: list[MainWindow] = []

    def make(role: str = "lead", *, language: str = "en", notes: bool = False) -> tuple[MainWindow, CoachingPage]:
        desk = open_desk(tmp_path / "seat")
        collector = desk.seat.person.id
        desk.seat.record(
            WANG.id, Contact(party="debtor", note="再不还钱就让你坐牢"), channel="call", outcome="no_answer"
        )
        if notes:
            note = Review(id="r", collector_id=collector, lead_id=HE, case_id=WANG.id, contact_id="c", form="call@1",
                          points={"identity": 4}, fatal=(), score=900, note="Well listened.",
                          made_at=datetime.now(UTC))  # fmt: skip
            with desk.seat.store.write() as conn:
                reviews.keep(conn, [note])
        if role != "collector":
            desk.seat = replace(desk.seat, person=Person(HE, "helin", "何琳", role, TEAM, "信用卡一组"))
        desk.coaching = Coaching(desk.seat, desk.waiting_decisions)
        look = Look(language, "light", 100)
        look.apply()
        window = MainWindow(look, desk)
        opened.append(window)
        window.resize(1440, 900)
        window.show()
        Steps(window).key("Shift+F6")
        page = window._pages_made["coaching"]
        assert isinstance(page, CoachingPage)
        settled(lambda: not page.reading)
        return window, page

    yield make
    for window in opened:
        close_for_good(window)
    qapp.processEvents()


def test_a_lead_reviews_a_contact_with_keys_alone(open_page: Open) -> None:
    window, page = open_page()
    place = page.person.findText("陈静")
    page.person.setCurrentIndex(place)
    settled(lambda: not page.reading)
    assert page.chosen is not None
    assert page.findings.isVisible()
    assert "坐牢" in page.findings.text()
    Steps(window).key("Ctrl+Return")
    assert "points for every line" in window.toast._text.text()
    first = next(iter(page.form.points.values()))
    assert first.hasFocus()
    for combo in page.form.points.values():
        combo.setFocus()
        QTest.keyClicks(combo, "3")
    assert page.form.score.text() == "75.0 of 100"
    box = next(iter(page.form.fatal.values()))
    box.setFocus()
    QTest.keyClicks(box, " ")
    assert page.form.score.text() == "0.0 of 100"
    QTest.keyClicks(box, " ")
    page.form.note.setFocus()
    QTest.keyClicks(page.form.note, "Ask first.")
    Steps(window).key("Ctrl+Return")
    assert window.desk.coaching.on_the_way() == {page.chosen.contact_id}
    assert not page.form.isVisible()
    assert faults(window) == []
    assert nameless(window) == []


def test_a_collector_reads_the_note_and_says_so(open_page: Open) -> None:
    window, page = open_page("collector", notes=True)
    assert not page.card.isVisible()
    assert not window.rail.buttons["coaching"].isVisible()
    assert page.note.text().splitlines()[-1] == "Well listened."
    assert any("note of your lead" in item.what.text for item in window.desk.day_close.check().open)
    Steps(window).key("K")
    assert not page.acknowledge.isVisible()
    assert window.desk.coaching.unread() == 0


def test_empty_says_so_in_both_languages(open_page: Open) -> None:
    window, page = open_page("collector", language="zh_CN")
    assert page.notes.empty.isVisible()
    assert page.notes.empty.text() == "还没有评议。"
    assert faults(window) == []


def test_what_was_typed_for_one_contact_stays_with_it(open_page: Open) -> None:
    window, page = open_page()
    desk = window.desk
    page.person.setCurrentIndex(page.person.findText("陈静"))
    settled(lambda: not page.reading)
    rows = page.card.table.rows
    assert len(rows) > 1
    first = next(iter(page.form.points.values()))
    first.setCurrentIndex(3)
    page.form.note.setFocus()
    QTest.keyClicks(page.form.note, "Ask first.")
    page.card.table.setCurrentIndex(page.card.table.model().index(1, 0))
    assert page.form.note.toPlainText() == ""
    assert first.currentIndex() == 0
    page.card.table.setCurrentIndex(page.card.table.model().index(0, 0))
    assert (page.form.note.toPlainText(), first.currentIndex()) == ("Ask first.", 3)
    # Others' records arrive while somebody writes: the form stays, with the keyboard in it.
    page.form.note.setFocus()
    desk.announce(Changes(everything=True))
    assert page.form.note.hasFocus()
    settled(lambda: not page.reading)
    assert page.form.note.hasFocus()
    assert page.form.note.toPlainText() == "Ask first."
    page.form.flush()
    fresh = CoachingPage(window.look, desk, lambda _case: None, lambda _words: None)
    fresh.form.open(rows[0].contact_id)
    assert fresh.form.note.toPlainText() == "Ask first."
    fresh.close()


def test_a_collector_sees_what_each_point_was_given_for(open_page: Open) -> None:
    _, page = open_page("collector", notes=True)
    assert page.note.text().splitlines()[0].endswith(": 4 of 4")
