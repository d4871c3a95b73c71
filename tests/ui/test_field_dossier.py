"""The dossier and the look before leaving, by keys, in the field page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pypdf import PdfReader
from PySide6.QtWidgets import QLineEdit, QPushButton

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from ui.field.page import FieldPage
from workstation.desk.field_draft import DayDraft, StopDraft
from workstation.domain.route import Place


def test_from_the_day_to_the_pages_the_paper_its_return_and_the_look_before_leaving(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    steps = open_window("en", role="field")
    window, desk = steps.window, steps.window.desk
    for place, sample in enumerate(SAMPLES[:2]):
        desk.field_places.place(sample.id, sample.part("home"), Place(30.25 + place / 100, 120.13), how="typed")
    desk.field_days.keep(TODAY, DayDraft(stops=tuple(StopDraft(sample.id) for sample in SAMPLES[:2])))
    told: list[str] = []
    steps.key("Shift+F5")
    page = window.pages.currentWidget()
    assert isinstance(page, FieldPage)
    steps.until(lambda: page.planned is not None and len(page.planned.stops) == 2, "the day is planned")
    pane, register = page.panes.dossier, page.panes.dossier.register
    pane._tell = register._tell = told.append

    # On the screen, stop by stop, with no number and nothing on record.
    steps.key("Ctrl+P")
    steps.until(lambda: len(pane.pages.images) == 1, "the list and the route")
    assert "All stops" in pane.where.text()
    steps.key("Alt+Down")
    steps.until(lambda: len(pane.pages.images) > 1, "the pages of the first stop")
    assert pane.where.text() == "Stop 1 of 2"
    assert desk.dossier_register.rows() == ()

    # Saved: numbered and on record; a folder that is not there leaves nothing on record.
    pane.save(tmp_path / "gone" / "d.pdf")
    steps.until(lambda: bool(told), "why it was not written")
    assert desk.dossier_register.rows() == ()
    steps.key("Alt+O")
    assert pane.given is not None
    assert [stop.case_id for stop in pane.given.stops] == [pane.wanted.stops[0].case_id]  # type: ignore[union-attr]
    steps.key("Alt+O")
    pane.save(tmp_path / "d.pdf")
    steps.until(lambda: bool(register.table.rows), "it is in the register")
    number = desk.dossier_register.rows()[0].paper.number
    assert number in PdfReader(tmp_path / "d.pdf").pages[0].extract_text()
    assert number in told[-1]

    # The number on the paper: wrong, lost without a word, then handed back with Enter.
    edit = window.findChild(QLineEdit, "dossier_number")
    assert edit is not None
    edit.setFocus()
    steps.type("AAAAA")
    steps.key("Return")
    assert "no number of a dossier" in told[-1]
    register.table.selectRow(0)
    assert edit.text() == number
    lost = window.findChild(QPushButton, "dossier_lost")
    assert lost is not None
    lost.click()
    assert "when and where" in told[-1]
    edit.setFocus()
    steps.key("Return")
    steps.until(lambda: register.table.rows[0].paper.state == "returned", "it is ticked off")

    # Esc goes back to the day; the look before leaving names what is missing, and what helps brings one there.
    steps.key("Esc")
    assert page.panes.currentIndex() == 0
    steps.key("Ctrl+Shift+G")
    leaving = page.panes.leaving
    steps.until(lambda: leaving.found is not None, "it was looked")
    assert leaving.verdict.text().startswith("✗")
    steps.until(lambda: leaving.findChild(QPushButton, "leaving_sync") is not None, "what helps is offered")
    synchronise = leaving.findChild(QPushButton, "leaving_sync")
    assert synchronise is not None
    synchronise.click()
    assert desk.sync.asked == 1  # type: ignore[attr-defined]  # the still one of the sample desk
    leaving.days.setCurrentIndex(2)
    steps.until(lambda: leaving.found is not None and len(leaving.found.days) == 3, "three days are looked at")
    leaving.helped.emit("case", WANG.id)
    assert window.pages.currentIndex() == 0
    steps.key("Shift+F5")
    steps.key("Esc")
    steps.key("Esc")
    assert window.pages.currentIndex() == 0


def test_without_stops_there_is_nothing_to_print(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", role="field")
    steps.window.show_field("leaving")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, FieldPage)
    assert page.panes.currentWidget() is page.panes.leaving
    page.turn(1)
    steps.until(lambda: not page.work.busy and page.work.day == TODAY + timedelta(days=1), "the next day")
    steps.key("Ctrl+P")
    pane = page.panes.dossier
    assert not pane.printing.isEnabled()
    assert "没有安排外访" in pane.where.text()
