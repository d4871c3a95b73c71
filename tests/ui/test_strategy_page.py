"""The strategy page as a lead uses it: faults shown while typing, tried on the book, adopted, put back, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import HOSTILE, SAMPLES, WANG
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from ui.strategy.page import StrategyPage
from workstation import tables
from workstation.desk import strategy
from workstation.domain.strategy_file import default_text

SHORTER = ("[6, 36]", "[3, 24]")  # the plan of M3–M4


def open_page(steps: Steps) -> StrategyPage:
    steps.key("F7")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, StrategyPage)
    page.editor.setFocus()
    return page


def said(steps: Steps, name: str) -> str:
    found = steps.widget(name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def press(steps: Steps, name: str) -> QPushButton:
    found = steps.widget(name)
    assert isinstance(found, QPushButton)
    assert found.isVisible()
    assert found.isEnabled()
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)
    return found


def enabled(steps: Steps, name: str) -> bool:
    return steps.widget(name).isEnabled()


def rows(steps: Steps, name: str) -> list[list[str]]:
    table = steps.widget(name)
    assert isinstance(table, QTableView)
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def write(page: StrategyPage, old: str, new: str) -> None:
    """Replace the first `old` as a person would: found, selected, typed over."""
    place = page.editor.toPlainText().index(old)
    cursor = page.editor.textCursor()
    cursor.setPosition(place)
    cursor.setPosition(place + len(old), QTextCursor.MoveMode.KeepAnchor)
    page.editor.setTextCursor(cursor)
    QTest.keyClicks(page.editor, new)


def try_it(steps: Steps, page: StrategyPage) -> None:
    steps.until(lambda: enabled(steps, "strategy_try"), "the text is read")
    press(steps, "strategy_try")
    steps.until(lambda: not page.trying, "the dry run ends")
    steps.settle()


def test_it_is_for_those_who_lead(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F7")
    assert steps.window.pages.currentIndex() == 0
    assert not steps.window.rail.buttons["strategy"].isVisible()
    auditor = open_window("en", role="auditor")
    page = open_page(auditor)
    assert page.isVisible()
    assert not auditor.widget("strategy_adopt").isVisible()
    assert not auditor.widget("strategy_back").isVisible()


def test_a_fault_shows_its_line_while_one_types(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    assert page.editor.toPlainText() == default_text()
    assert said(steps, "strategy_fault") == ""
    assert enabled(steps, "strategy_try")
    write(page, '["deceased"]', '["decaesed"]')
    steps.until(lambda: said(steps, "strategy_fault") != "", "the fault shows by itself")
    assert "line 9, rule deceased" in said(steps, "strategy_fault")
    assert "did you mean “deceased”" in said(steps, "strategy_fault")
    assert not enabled(steps, "strategy_try")
    [mark] = page.editor.extraSelections()
    assert mark.cursor.blockNumber() + 1 == 9
    write(page, '["decaesed"]', '["deceased"]')
    steps.until(lambda: said(steps, "strategy_fault") == "", "the fault goes")
    assert not page.editor.extraSelections()
    assert enabled(steps, "strategy_try")


def test_undo_in_the_editor_takes_back_typing_and_no_work_on_a_case(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    write(page, "2026-11-01", "x")
    steps.key("Ctrl+Z")
    assert page.editor.toPlainText() == default_text()
    assert steps.window.toast.isHidden()


def test_what_is_hardly_meant_is_told_and_may_be_tried(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    write(page, "{ from = 1, to = 10 }", "{ from = 300 }")
    steps.until(lambda: said(steps, "strategy_warned") != "", "the warning shows")
    assert "No case reaches rule first-days" in said(steps, "strategy_warned")
    assert enabled(steps, "strategy_try")


def test_tried_on_the_book_then_adopted(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    assert not enabled(steps, "strategy_adopt")
    write(page, *SHORTER)
    page.check()
    assert not enabled(steps, "strategy_adopt"), "what was not tried cannot be adopted"
    try_it(steps, page)
    assert said(steps, "strategy_summary") == "1 of 10 open cases would be treated otherwise."
    counted = {row[0]: row[1:] for row in rows(steps, "strategy_counts")}
    assert counted["Call · firm · plan of 6 to 36 months"] == ["1", "0", "−1"]
    assert counted["Call · firm · plan of 3 to 24 months"] == ["0", "1", "+1"]
    [[number, name, stage, old, new]] = rows(steps, "strategy_changed")
    assert (number, name, stage) == ("XYK-2026-0009", HOSTILE, "M4")
    assert old == "Call · firm · plan of 6 to 36 months\nM3–M4: negotiate a plan; record hardship where there is any."
    assert new.startswith("Call · firm · plan of 3 to 24 months\n")
    assert strategy.in_force("zh-CN").path is None, "nothing is changed by trying"
    press(steps, "strategy_adopt")
    assert strategy.in_force("zh-CN").strategy.name == "zh-CN@2026-11-01"
    assert "In force: zh-CN@2026-11-01" in said(steps, "strategy_state")
    assert not enabled(steps, "strategy_adopt")
    steps.window.open_case(SAMPLES[8].id)
    assert "plan of 3 to 24 months" in said(steps, "treatment")
    steps.window.show_page("strategy")
    page.take_back()
    assert strategy.in_force("zh-CN").path is None, "the shipped strategy decides again"


def test_text_changed_after_the_trial_must_be_tried_again(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    write(page, *SHORTER)
    try_it(steps, page)
    assert enabled(steps, "strategy_adopt")
    write(page, "[3, 24]", "[4, 24]")
    steps.until(lambda: not enabled(steps, "strategy_adopt"), "the change is seen")
    assert said(steps, "strategy_summary").endswith("The text has changed since: try it again.")


def test_a_treatment_chosen_shows_only_its_cases_and_enter_opens_one(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    write(page, *SHORTER)
    write(page, "{ from = 1, to = 10 }", "{ from = 1, to = 15 }")
    try_it(steps, page)
    assert len(rows(steps, "strategy_changed")) == 2
    counts, changed = steps.widget("strategy_counts"), steps.widget("strategy_changed")
    assert isinstance(counts, QTableView)
    assert isinstance(changed, QTableView)
    place = next(n for n, row in enumerate(rows(steps, "strategy_counts")) if row[0] == "SMS · friendly · wait 3 days")
    counts.setFocus()
    counts.selectRow(place)
    assert [row[1] for row in rows(steps, "strategy_changed")] == ["黄丽华"]
    changed.setFocus()
    changed.selectRow(0)
    QTest.keyClick(changed, Qt.Key.Key_Return)
    assert steps.window.pages.currentIndex() == 0
    assert steps.window.case.case is not None
    assert steps.window.case.case.name == "黄丽华"
    steps.key("F7")
    assert said(steps, "strategy_summary") == "2 of 10 open cases would be treated otherwise.", "it waits there"
    assert enabled(steps, "strategy_adopt")


def test_a_dry_run_is_stopped(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    press(steps, "strategy_try")
    assert steps.widget("strategy_stop").isVisible()
    page._stop.set()  # as the button does; the sample book may be through before a click gets there
    steps.until(lambda: not page.trying, "the dry run ends")
    assert not steps.widget("strategy_stop").isVisible()
    assert enabled(steps, "strategy_try")


def test_back_to_the_default_in_one_step(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    assert not steps.widget("strategy_back").isVisible()
    write(page, *SHORTER)
    try_it(steps, page)
    press(steps, "strategy_adopt")
    steps.settle()
    press(steps, "strategy_back")
    assert strategy.in_force("zh-CN").path is None
    assert page.editor.toPlainText() == default_text()
    assert "1 earlier file is kept." in said(steps, "strategy_state")


def test_a_faulty_house_file_is_told_on_the_page_and_on_the_case(open_window: OpenWindow) -> None:
    file = strategy.house_file("zh-CN")
    file.parent.mkdir(parents=True)
    file.write_text(default_text().replace('"call"', '"fax"', 1), encoding="utf-8")
    steps = open_window("en", role="lead")
    assert "⚑ The house's own strategy has a fault; this is the shipped one's." in said(steps, "treatment")
    assert "zh-CN.toml" in steps.widget("treatment").toolTip()
    page = open_page(steps)
    assert "“fax” is not known" in said(steps, "strategy_fault")
    assert "The shipped strategy default@2026-11-01 decides meanwhile: Strategy zh-CN.toml, line " in said(
        steps, "strategy_state"
    )
    write(page, '"fax"', '"call"')
    try_it(steps, page)
    press(steps, "strategy_adopt")
    steps.window.open_case(WANG.id)
    assert "⚑" not in said(steps, "treatment")


def test_what_was_typed_is_there_after_a_crash(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", role="lead")
    page = open_page(steps)
    write(page, *SHORTER)
    steps.until(lambda: bool(list(strategy.folder().glob("*.draft"))), "the draft is kept by itself")
    typed = page.editor.toPlainText()
    again = open_page(open_window("en", role="lead"))  # a second window over the same home; the first is as it was
    assert again.editor.toPlainText() == typed
    again.discard.click()
    assert again.editor.toPlainText() == default_text()
    assert not list(strategy.folder().glob("*.draft"))


def test_a_seat_with_books_of_two_jurisdictions_edits_each_apart(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    with steps.window.desk.seat.store.write() as conn:
        row = [conn.execute(sa.select(tables.book)).one()._asdict() | {"id": "b2", "jurisdiction": "en-GB"}]
        replica.upsert(conn, tables.book, [tuple(each.values()) for each in row])
    page = open_page(steps)
    place = steps.widget("strategy_place")
    assert isinstance(place, QComboBox)
    assert [place.itemText(n) for n in range(place.count())] == ["United Kingdom", "Mainland China"]
    write(page, *SHORTER)
    try_it(steps, page)
    assert said(steps, "strategy_summary") == "0 of 0 open cases would be treated otherwise."
    place.setCurrentIndex(1)
    assert page.editor.toPlainText() == default_text()
    write(page, *SHORTER)
    page.check()
    assert not enabled(steps, "strategy_adopt"), "tried for the other jurisdiction only"
    place.setCurrentIndex(0)
    assert "[3, 24]" in page.editor.toPlainText()
    assert not faults(steps.window)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("size", "scale"), [((1440, 900), 100), ((1100, 700), 100), ((1440, 900), 150), ((1920, 1080), 200)]
)
def test_no_word_is_cut_off_and_every_control_has_a_name(
    open_window: OpenWindow, language: str, size: tuple[int, int], scale: int
) -> None:
    steps = open_window(language, "dark", scale, size, role="lead")
    steps.settle()
    assert not faults(steps.window)
    page = open_page(steps)
    page.show_text(default_text().replace("[6, 36]", "[3, 24]").replace("to = 10 }", "to = 15 }"))
    try_it(steps, page)
    page.show_text(default_text().replace("{ from = 1, to = 10 }", "{ from = 300 }"))
    steps.settle()
    assert not faults(steps.window)
    page.show_text(default_text().replace('"call"', '"fax"', 1))
    steps.settle()
    assert not faults(steps.window)
    assert not nameless(steps.window)


def test_the_treatment_of_a_case_in_both_languages(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=SAMPLES[4].id)
    expected = "Treatment: No collection contact · answer the dispute. A dispute is open: stop collecting, look into it"
    assert said(steps, "treatment").startswith(expected)
    assert steps.widget("treatment").toolTip() == "Rule disputed\nDispute open"
    assert steps.widget("treatment").accessibleDescription() == "Rule disputed\nDispute open"
    steps.window.look.choose(language="zh_CN")
    assert said(steps, "treatment").endswith("异议未答复：先停催，查清并答复。")
