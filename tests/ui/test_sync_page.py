"""The synchronisation page as a person uses it: reached by key, read, tried again, and whole at every size."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QTableView

from local_db import outbox
from tests.ui.closing import close_for_good
from tests.ui.conftest import OpenWindow
from tests.ui.sample_sync import fill_sync, statuses
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from ui.sync.page import SyncPage
from workstation.desk.views import SyncStatus
from workstation.domain.changes import Changes
from workstation.sync.doing import Doing

if TYPE_CHECKING:
    from tests.ui.sample_desk import StillSync

SYNC = Changes(frozenset({"sync"}))


def still(steps: Steps) -> StillSync:
    return steps.window.desk.sync  # type: ignore[return-value]  # the sample desk's


def say(steps: Steps, status: SyncStatus) -> None:
    still(steps).state = status
    steps.window.desk.announce(SYNC)


def open_page(steps: Steps) -> SyncPage:
    """By its key, once the lists are read."""
    steps.key("F9")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, SyncPage)
    steps.until(lambda: not page.reading, "the lists are read")
    steps.settle()
    return page


def label_text(steps: Steps, name: str) -> str:
    found = steps.widget(name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def cells(steps: Steps, name: str) -> list[list[str]]:
    table = steps.widget(name)
    assert isinstance(table, QTableView)
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def refused_buttons(steps: Steps) -> list[QPushButton]:
    return [one for one in steps.window.findChildren(QPushButton, "sync_retry") if one.isVisible()]


def test_the_key_opens_the_page_and_starts_one_there_and_esc_goes_back(open_window: OpenWindow) -> None:
    steps = open_window("en")
    open_page(steps)
    assert still(steps).asked == 0, "looking starts nothing"
    assert QApplication.focusWidget() is steps.widget("sync_now")
    steps.key("F9")
    assert still(steps).asked == 1
    steps.key("Space")
    assert still(steps).asked == 2
    steps.key("Esc")
    assert steps.window.pages.currentIndex() == 0


def test_the_status_and_the_palette_lead_there(open_window: OpenWindow) -> None:
    steps = open_window("en")
    status = steps.widget("sync_state")
    QTest.mouseClick(status, Qt.MouseButton.LeftButton)
    assert isinstance(steps.window.pages.currentWidget(), SyncPage)
    steps.key("Esc")
    steps.key("Ctrl+K")
    steps.type("synchronisation")
    steps.key("Return")
    assert isinstance(steps.window.pages.currentWidget(), SyncPage)


def test_it_shows_what_waits_what_was_refused_and_what_was_decided(open_window: OpenWindow) -> None:
    steps = open_window("en")
    fill_sync(steps.window.desk)
    say(steps, statuses()["offline"])
    open_page(steps)
    assert [row[1:] for row in cells(steps, "sync_waiting")] == [
        ["XYK-2026-0003", "张建国", "Note"],
        ["XYK-2026-0004", "刘洋", "Call · No answer"],
        ["XYK-2026-0005", "陈桂兰", "Promise"],
        ["XYK-2026-0006", "赵磊", "Note"],
    ]
    shown = {one.text() for one in steps.widget("sync_refused").findChildren(QLabel)}
    assert {
        "The case was not assigned to you when this was recorded.",
        "The record was changed after it was written.",
    } <= shown
    assert ["何琳 rejected the plan of case XYK-2026-0004", "刘洋", "首期过低，请改为三期"] in [
        row[1:] for row in cells(steps, "sync_decided")
    ]
    assert [row[1] for row in cells(steps, "sync_log")][:2] == ["The centre could not be reached", "The line broke"]
    assert label_text(steps, "sync_headline").startswith("Offline since")
    assert "cannot be reached" in label_text(steps, "sync_detail")
    assert "network" in label_text(steps, "sync_advice")


def test_empty_lists_say_so(open_window: OpenWindow) -> None:
    steps = open_window("en", empty=True)
    open_page(steps)
    shown = {one.text() for one in steps.window.findChildren(QLabel) if one.isVisible()}
    assert {
        "Nothing waits: everything you recorded is at the centre.",
        "The centre accepted everything you recorded.",
        "Nobody else decided anything about your cases.",
        "Nothing was synchronised on this device yet.",
    } <= shown
    assert not steps.widget("sync_waiting").isVisible()


def test_try_again_lets_a_refused_record_wait_and_leaves_the_other(open_window: OpenWindow) -> None:
    steps = open_window("en")
    _, refused = fill_sync(steps.window.desk)
    page = open_page(steps)
    first, _ = refused_buttons(steps)
    for _ in range(20):
        if QApplication.focusWidget() is first:
            break
        steps.key("Tab")
    steps.key("Space")
    steps.until(lambda: not page.reading and len(refused_buttons(steps)) == 1, "one is left")
    assert still(steps).asked == 1, "it goes at once"
    with steps.window.desk.seat.store.read() as conn:
        assert {one for one, reason in outbox.fates(conn).items() if reason} == {refused[1].id}
    assert len(cells(steps, "sync_waiting")) == 5


def test_all_refused_records_are_tried_again_with_one_button(open_window: OpenWindow) -> None:
    steps = open_window("en")
    fill_sync(steps.window.desk)
    page = open_page(steps)
    QTest.mouseClick(steps.widget("sync_retry_all"), Qt.MouseButton.LeftButton)
    steps.until(lambda: not page.reading and not refused_buttons(steps), "none is left")
    assert len(cells(steps, "sync_waiting")) == 6


def test_every_list_is_reached_with_the_tab_key_and_none_holds_it(open_window: OpenWindow) -> None:
    steps = open_window("en")
    fill_sync(steps.window.desk)
    open_page(steps)
    reached = set()
    for _ in range(40):
        steps.key("Tab")
        focused = QApplication.focusWidget()
        reached.add(focused.objectName() if focused is not None else "")
    assert {"sync_now", "sync_retry_all", "sync_retry", "sync_waiting", "sync_decided", "sync_log"} <= reached


def test_enter_on_a_waiting_record_opens_its_case(open_window: OpenWindow) -> None:
    steps = open_window("en")
    left, _ = fill_sync(steps.window.desk)
    open_page(steps)
    table = steps.widget("sync_waiting")
    assert isinstance(table, QTableView)
    table.setFocus()
    table.selectRow(1)
    steps.key("Return")
    assert steps.window.pages.currentIndex() == 0
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == left[1].case_id


def test_the_countdown_and_the_progress_follow_the_status(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = open_page(steps)
    status = statuses()["offline"]
    say(steps, replace(status, next_try=datetime.now(UTC) + timedelta(minutes=90)))
    assert label_text(steps, "sync_next").startswith(("Tried again by itself in 90:", "Tried again by itself in 89:"))
    say(steps, replace(status, next_try=datetime.now(UTC)))
    assert label_text(steps, "sync_next") == "Tried again now."
    say(steps, statuses()["syncing"])
    bar = steps.widget("sync_progress")
    assert isinstance(bar, QProgressBar)
    assert (bar.value(), bar.maximum(), label_text(steps, "sync_doing")) == (500, 1340, "Sent 500 of 1340 records …")
    say(steps, replace(statuses()["syncing"], doing=Doing("connecting")))
    assert (bar.maximum(), label_text(steps, "sync_next")) == (0, ""), "without an end"
    assert QApplication.focusWidget() is steps.widget("sync_cancel"), "the focus goes with the button"
    steps.key("Space")
    assert still(steps).cancelled == 1
    say(steps, statuses()["synced"])
    assert not bar.isVisible()
    assert QApplication.focusWidget() is steps.widget("sync_now")
    steps.until(lambda: not page.reading, "the lists are read")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", list(statuses()))
@pytest.mark.parametrize(("size", "scale"), [((1440, 900), 100), ((1100, 700), 100), ((1100, 900), 150)])
def test_every_word_fits(open_window: OpenWindow, language: str, name: str, size: tuple[int, int], scale: int) -> None:
    steps = open_window(language, size=size, scale=scale)
    fill_sync(steps.window.desk)
    say(steps, statuses()[name])
    page = open_page(steps)
    steps.settle()
    assert not faults(steps.window)
    assert not cut_cells(page)
    assert not nameless(page)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", [100, 150])
def test_the_page_alone_is_whole_at_900_pixels(open_window: OpenWindow, language: str, scale: int) -> None:
    steps = open_window(language, scale=scale)
    fill_sync(steps.window.desk)
    say(steps, statuses()["offline"])
    page = SyncPage(steps.window.look, steps.window.desk, steps.window.open_case, str)
    page.resize(900, 700)
    page.show()
    steps.until(lambda: not page.reading, "the lists are read")
    Steps(page).settle()  # type: ignore[arg-type]  # any widget will do
    assert not faults(page)
    assert not cut_cells(page)
    close_for_good(page)


def cut_cells(page: SyncPage) -> list[str]:
    """Texts of tables that are shortened: wider than their column and with no more lines to wrap into."""
    found = []
    for table in page.findChildren(QTableView):
        model, metrics = table.model(), table.fontMetrics()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                text = model.index(row, column).data() or ""
                room = table.columnWidth(column) - 12  # the style sheet's padding
                bounds = metrics.boundingRect(0, 0, room, 10_000, Qt.TextFlag.TextWordWrap, text)
                if bounds.width() > room + 1 or bounds.height() > table.rowHeight(row):
                    found.append(f"{table.objectName()} {row},{column} {text!r}: {bounds} in {room}")
        for column in range(model.columnCount()):
            title = str(model.headerData(column, Qt.Orientation.Horizontal))
            if metrics.horizontalAdvance(title) * 12 // 13 > table.columnWidth(column):
                found.append(f"{table.objectName()} title {title!r}")
    return found
