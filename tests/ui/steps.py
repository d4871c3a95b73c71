"""A person at the keyboard: keys go to whatever has the focus, as they would from a real one."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.sample_book import SAMPLES
from ui.shell.window import MainWindow
from workstation.domain.changes import Changes

LONGEST_WAIT = 30.0  # seconds; a bound for a failing test, not a measure


class Steps:
    def __init__(self, window: MainWindow) -> None:
        self.window = window
        window.activateWindow()
        QTest.qWait(20)

    def key(self, keys: str) -> None:
        """One combination, e.g. `Ctrl+Return` or `3`."""
        combination = QKeySequence(keys)[0]
        QTest.keyClick(self._target(), combination.key(), combination.keyboardModifiers())
        QTest.qWait(5)

    def type(self, text: str) -> None:
        """Into the focus; characters of any language, as an input method commits them."""
        for character in text:
            target = self._target()
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
                QApplication.sendEvent(target, event)
        QTest.qWait(5)

    def settle(self) -> None:
        """Let timers of a tenth of a second, layouts and repaints finish: until nothing moves any more."""
        QTest.qWait(150)
        deadline = monotonic() + LONGEST_WAIT
        before, now = None, self._places()
        while before != now and monotonic() < deadline:
            QTest.qWait(30)
            before, now = now, self._places()

    def _places(self) -> list[QRect]:
        return [widget.geometry() for widget in self.window.findChildren(QWidget)]

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something that comes back from another thread."""
        deadline = monotonic() + LONGEST_WAIT
        while not holds():
            assert monotonic() < deadline, f"did not happen: {what}"
            QTest.qWait(10)

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), f"no widget {name}"
        return found

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self.window


def recorded(steps: Steps) -> dict[str, int]:
    """How many contacts each case has."""
    file = steps.window.desk.seat.file
    return {sample.name: sum(event.kind == "contact" for event in file(sample.id).events) for sample in SAMPLES}


def added(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def take_away(steps: Steps, case_id: str, *, told: bool) -> None:
    """The case goes to somebody else, as a synchronisation would take it."""
    with steps.window.desk.seat.store.write() as conn:
        for table in ("case_row", "case_search", "draft", "debtor", "account", "contact_point", "case_event"):
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
        conn.exec_driver_sql("DELETE FROM cases WHERE id = ?", (case_id,))
    if told:
        steps.window.desk.announce(Changes(frozenset({"case"}), frozenset({case_id})))
        steps.settle()


def fill_promise(steps: Steps) -> None:
    """3,000 by the 28th, income lost, identity by name and card: outcome key, figures, reason."""
    steps.key("3")
    steps.type("3k")
    steps.key("Tab")
    steps.type("28")
    window = steps.window
    window.call.fields["reason"].set_text("income_lost")
    window.call.fields["method"].set_text("online_banking")
    for name in ("full_name", "card_tail"):
        window.call.identity.chips[name].setChecked(True)
    window.call.note.setPlainText("公司 9 月停发工资，12 月起新单位入职；愿先还 3,000，月底前再谈分期。")
    QTest.qWait(120)
