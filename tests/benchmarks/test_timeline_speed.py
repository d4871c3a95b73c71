"""Key to painted frame in the history of a case with 10,000 entries: opening it, scrolling, searching, opening one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.figures import Board
from tests.benchmarks.seat import open_desk
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.volume import fill_store
from tests.benchmarks.watch import Painted, rest
from ui.app import application
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.domain.changes import Changes

AIM_MS = 16
SETTLE_MS = 150  # longer than every timer the window has
ENTRIES = 10_000 if SIZES.name == "full" else 400
CASES = 2  # to go to and fro


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    application()
    look = Look("zh_CN", "light", 100)
    look.apply()
    store: Path = tmp_path_factory.mktemp("long") / "long.store"
    fill_store(store, CASES, CASES * ENTRIES)
    made = MainWindow(look, open_desk(store))
    made.show()
    made.activateWindow()
    rest(SETTLE_MS)
    yield made
    made.close()
    made.deleteLater()


def pressed(target: QWidget, key: Qt.Key | str, *watched: QWidget) -> float:
    painted, began = Painted(*watched), perf_counter()
    QTest.keyClick(target, key)  # type: ignore[call-overload]  # a character is taken too
    seconds = painted.wait(began)
    rest(SETTLE_MS)
    return seconds


def whole(window: MainWindow) -> None:
    """Until the oldest entries are laid out too."""
    while not window.case.timeline.complete:
        rest(10)


@pytest.mark.bench
@pytest.mark.parametrize("ready", [True, False], ids=["made ready", "cold"])
def test_open_a_long_case(window: MainWindow, board: Board, *, ready: bool) -> None:
    timeline, times = window.case.timeline, []
    for _ in range(SIZES.keys // 4):
        assert window.case.case is not None
        before = window.case.case.case_id
        following = next(row.case_id for row in window.queue.model.rows() if row.case_id != before)
        if ready:
            window.desk.casefile.prepare([following])
        else:
            window._ahead_later.stop()
            window.desk.casefile.refresh(Changes(everything=True))
        painted, began = Painted(timeline.list.viewport(), window.header.name), perf_counter()
        window.open_case(following)
        times.append(painted.wait(began))
        assert window.case.case.case_id == following
        whole(window)
        assert len(timeline.shown) >= ENTRIES * 9 // 10
        rest(SETTLE_MS)
    how = "made ready before" if ready else "read from the store"
    board.spread(f"A case of {ENTRIES:,} entries, {how}, to painted", times, aim_ms=AIM_MS if ready else None)


@pytest.mark.bench
@pytest.mark.parametrize("key", [Qt.Key.Key_PageDown, Qt.Key.Key_Down], ids=["page", "entry"])
def test_scroll_the_history(window: MainWindow, board: Board, key: Qt.Key) -> None:
    timeline = window.case.timeline
    whole(window)
    window.show_view("history")
    pressed(timeline.list, Qt.Key.Key_Home, timeline.list.viewport())
    times = []
    for _ in range(SIZES.keys):
        before = timeline.list.currentIndex().row()
        times.append(pressed(timeline.list, key, timeline.list.viewport()))
        assert timeline.list.currentIndex().row() > before
    name = "PgDn" if key == Qt.Key.Key_PageDown else "Down"
    board.spread(f"{name} in a history of {ENTRIES:,} entries to painted", times, aim_ms=AIM_MS)


@pytest.mark.bench
def test_open_an_entry(window: MainWindow, board: Board) -> None:
    timeline = window.case.timeline
    whole(window)
    window.show_view("history")
    times = []
    for _ in range(SIZES.keys // 2):
        times.append(pressed(timeline.list, Qt.Key.Key_Return, timeline.list.viewport()))
        assert timeline.painter.opened
        pressed(timeline.list, Qt.Key.Key_Return, timeline.list.viewport())
        pressed(timeline.list, Qt.Key.Key_Down, timeline.list.viewport())
    board.spread(f"Enter on one of {ENTRIES:,} entries to its facts painted", times, aim_ms=AIM_MS)


@pytest.mark.bench
def test_search_the_history(window: MainWindow, board: Board) -> None:
    timeline = window.case.timeline
    whole(window)
    window.find_in_history()
    letters, answers = [], []
    for word in ("138", "11-2", "zz"):
        timeline.search.clear()
        whole(window)
        rest(SETTLE_MS)
        for letter in word:
            painted, began = Painted(timeline.search), perf_counter()
            QTest.keyClick(timeline.search, letter)  # type: ignore[call-overload]  # a character is taken too
            letters.append(painted.wait(began))
            whole(window)
            answers.append(perf_counter() - began)
            rest(SETTLE_MS)
    timeline.leave_search()
    board.spread(f"A letter in the search of {ENTRIES:,} entries to painted", letters, aim_ms=AIM_MS)
    board.spread(f"The same until all {ENTRIES:,} entries were looked at", answers)


@pytest.mark.bench
def test_look_at_the_other_views(window: MainWindow, board: Board) -> None:
    for place, name in enumerate(("accounts", "payments", "people", "papers", "planned"), start=2):
        times = []
        for _ in range(max(3, SIZES.keys // 10)):
            window.show_view("history")
            rest(SETTLE_MS)
            painted, began = Painted(window.case), perf_counter()
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key(Qt.Key.Key_0 + place),
                           Qt.KeyboardModifier.ControlModifier)  # fmt: skip
            times.append(painted.wait(began))
            assert window.case.view == name
        board.spread(f"Ctrl {place} ({name}) of a case of {ENTRIES:,} entries to painted", times, aim_ms=AIM_MS)
