"""From a key to the painted frame, in the real window over a collector's store and over a team lead's.

The clock starts before the key event is sent and stops when the event loop returns from the frame in which every
widget named has been painted. In it: Qt's key and shortcut handling, the store's queries, building the views, layout,
and painting into the window's memory. Not in it: the keyboard and its driver, the compositor and the screen.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from time import perf_counter

import pytest
from pypinyin import lazy_pinyin
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.figures import Board
from tests.benchmarks.seat import open_desk
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.watch import Painted, rest, turn
from ui.app import application
from ui.look import Look
from ui.plan.page import PlanPage
from ui.plan.panel import PlanPanel
from ui.shell.window import MainWindow
from workstation.desk.demo.identities import PHONE_PREFIX

AIM_MS = 16
SETTLE_MS = 150  # longer than every timer the window has


@pytest.fixture(scope="module", params=["large_store", "largest_store"])
def window(request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    application()
    look = Look("zh_CN", "light", 100)
    look.apply()
    made = MainWindow(look, open_desk(request.getfixturevalue(request.param)))
    made.show()
    made.activateWindow()
    rest(SETTLE_MS)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def size(request: pytest.FixtureRequest, window: MainWindow) -> str:
    """What the window stands over, for the name of the figure."""
    events = SIZES.desk_events if len(window.queue.model.rows()) == SIZES.desk_cases else SIZES.lead_events
    return f"{len(window.queue.model.rows()):,} cases, {events:,} events: "


def key_to_frame(target: QWidget, key: Qt.Key, *watched: QWidget, ctrl: bool = False) -> float:
    painted = Painted(*watched)
    modifiers = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    began = perf_counter()
    QTest.keyClick(target, key, modifiers)
    seconds = painted.wait(began)
    rest(SETTLE_MS)
    return seconds


def case_widgets(window: MainWindow) -> tuple[QWidget, ...]:
    return window.case.timeline.list.viewport(), window.header.name, window.queue.list.viewport()


@pytest.mark.bench
def test_move_in_the_queue(window: MainWindow, size: str, board: Board) -> None:
    times = []
    for _ in range(SIZES.keys):
        before = window.case.case
        times.append(key_to_frame(QApplication.focusWidget() or window, Qt.Key.Key_J, *case_widgets(window), ctrl=True))
        assert window.case.case is not before
    board.spread(size + "Ctrl J to the next case painted", times, aim_ms=AIM_MS)


@pytest.mark.bench
def test_open_a_case(window: MainWindow, size: str, board: Board) -> None:
    """Enter on any row of the queue."""
    pick = random.Random(3)
    queue = window.queue.list
    times = []
    for _ in range(SIZES.keys):
        queue.setFocus()
        index = window.queue.model.index(pick.randrange(window.queue.model.rowCount()))
        queue.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        queue.scrollTo(index)
        rest(SETTLE_MS)
        wanted = window.queue.model.rows()[index.row()].case_id
        if window.case.case is not None and window.case.case.case_id == wanted:
            continue
        times.append(key_to_frame(queue, Qt.Key.Key_Return, *case_widgets(window)))
        assert window.case.case is not None
        assert window.case.case.case_id == wanted
    board.spread(size + "Enter on a row to the case painted", times, aim_ms=AIM_MS)


@pytest.mark.bench
def test_save_and_next(window: MainWindow, size: str, board: Board) -> None:
    """The second of the two keys from no answer to the next case: recorded for good, then the next one painted."""
    times = []
    for _ in range(SIZES.keys // 4):
        for _ in range(SIZES.keys):
            if window.case.case is not None and window.case.case.light.verdict == "allow":
                break  # else saving asks for a reason first
            window.open_next()
            rest(SETTLE_MS)
        before = window.case.case
        window.call.setFocus()
        QTest.keyClick(window.call, Qt.Key.Key_1)
        rest(SETTLE_MS)
        times.append(key_to_frame(window.call, Qt.Key.Key_Return, *case_widgets(window), ctrl=True))
        assert before is not None
        assert window.case.case is not None
        assert window.case.case.case_id != before.case_id
    board.spread(size + "Ctrl Enter: recorded and the next case painted", times)


class Answer:
    """The frame that shows the answer: the list's first one after its rows were set."""

    def __init__(self, window: MainWindow) -> None:
        self._list = window.queue.list
        self._model = window.queue.model
        self.painted: Painted | None = None
        self._model.modelReset.connect(self._came)
        self._model.dataChanged.connect(self._came)

    def _came(self) -> None:
        self.painted = Painted(self._list.viewport())

    def wait(self, began: float) -> float:
        while self.painted is None:
            turn()
        seconds = self.painted.wait(began)
        self._model.modelReset.disconnect(self._came)
        self._model.dataChanged.disconnect(self._came)
        return seconds


@pytest.mark.bench
def test_type_in_the_search(window: MainWindow, size: str, board: Board) -> None:
    """The letter itself, and the list that answers it. Every text typed finds somebody."""
    field = window.queue.search
    field.setFocus()
    names = ["".join(lazy_pinyin(row.name)) for row in window.queue.model.rows()[:: max(1, SIZES.desk_cases // 20)]]
    words = [word[:6] for name in names for word in (name, f"{PHONE_PREFIX}000", "c00000")]
    letters: list[float] = []
    answers: list[float] = []
    for word in words:
        if len(answers) >= SIZES.keys:
            break
        field.clear()
        rest(SETTLE_MS)
        for letter in word:
            shown, answer = Painted(field), Answer(window)
            began = perf_counter()
            QTest.keyClick(field, letter)  # type: ignore[call-overload]  # a character is taken too
            letters.append(shown.wait(began))
            answers.append(answer.wait(began))
            assert window.queue.model.rows()
            rest(SETTLE_MS)
    field.clear()
    rest(SETTLE_MS)
    board.spread(size + "A letter in the search to the letter painted", letters, aim_ms=AIM_MS)
    board.spread(
        size + "A letter in the search to its answer painted", answers, aim_ms=AIM_MS, note="with the pause for a burst"
    )


@pytest.mark.bench
@pytest.mark.parametrize("whole_page", [False, True], ids=["in the call", "on the page"])
def test_type_in_the_plan(window: MainWindow, size: str, board: Board, whole_page: bool) -> None:
    """A figure of the instalment: calculated, its card and chart painted. In it are amounts that no plan exists for."""
    window.show_tab("plan")
    panel = window.current
    assert isinstance(panel, PlanPanel)
    if whole_page:
        window.show_plan_page()
    rest(SETTLE_MS)
    page = window.pages.currentWidget()
    shown = page if isinstance(page, PlanPage) else panel
    field = shown.conditions.fields["amount"].edit  # type: ignore[union-attr]
    card = shown.result.cards.cards[0]
    times = []
    for word in itertools.cycle(("1600", "23455", "9801", "3k")):
        if len(times) >= SIZES.keys:
            break
        field.clear()
        field.setFocus()
        rest(SETTLE_MS)
        for letter in word:
            painted = Painted(field, card)
            began = perf_counter()
            QTest.keyClick(field, letter)  # type: ignore[call-overload]  # a character is taken too
            times.append(painted.wait(began))
            rest(SETTLE_MS)
    window.show_page("cases")
    window.show_tab("call")
    where = "on the page" if whole_page else "in the call"
    board.spread(f"{size}A letter in the plan's amount, {where}, to its card painted", times, aim_ms=AIM_MS)


@pytest.mark.bench
def test_type_a_slip_in_the_search(window: MainWindow, size: str, board: Board) -> None:
    """A letter that hardly anything holds any more: the exact search, then the one for what is like it."""
    field = window.queue.search
    field.setFocus()
    names = ["".join(lazy_pinyin(row.name)) for row in window.queue.model.rows()[:: max(1, SIZES.desk_cases // 20)]]
    words = [slip for name in names for slip in ("q" + name[1:], name[:3] + "q" + name[3:], name[:-2] + name[:-3:-1])]
    answers: list[float] = []
    found = 0
    for word in words:
        if len(answers) >= SIZES.keys:
            break
        for typed in range(5, len(word)):
            field.setText(word[:typed])
            rest(SETTLE_MS)
            answer = Answer(window)
            began = perf_counter()
            QTest.keyClick(field, word[typed])  # type: ignore[call-overload]  # a character is taken too
            answers.append(answer.wait(began))
            rest(SETTLE_MS)
        found += bool(window.queue.model.rows())
    assert found
    field.clear()
    rest(SETTLE_MS)
    board.spread(size + "A letter after a slip to what is like it painted", answers, aim_ms=AIM_MS)


@pytest.mark.bench
def test_what_the_window_does_by_itself(window: MainWindow, size: str, board: Board) -> None:
    """Work in the window's thread that no key asked for: a key pressed meanwhile waits for it."""
    times = []
    for _ in range(max(3, SIZES.keys // 10)):
        window.desk.worklist._scored_at = None  # as after a minute
        began = perf_counter()
        window.desk.worklist.queue()
        times.append(perf_counter() - began)
    board.spread(size + "Scoring the whole queue anew (at the start, and after an hour asleep)", times)
    shares = []
    for _ in range(SIZES.keys):
        began = perf_counter()
        window.queue.tick()
        shares.append(perf_counter() - began)
    board.spread(size + "Scoring a few cases again (ten a second at most)", shares, aim_ms=AIM_MS)
