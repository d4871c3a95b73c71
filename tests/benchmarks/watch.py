"""Waits for the frame: watches the paint events of a few widgets, and nothing else, so that watching costs little."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

LONGEST = 30.0  # seconds; a bound for a window that never paints, not a measure


def turn() -> None:
    """Sleep until there is an event, and handle what there is."""
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def rest(milliseconds: int) -> None:
    """Let the window be, as between two keys. Unlike `QTest.qWait` the pool's threads come to work, as in real life."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Painted(QObject):
    """Counts as painted once each of the widgets had a paint event since it was made."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._waiting = set(widgets)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._waiting.discard(watched)  # type: ignore[arg-type]  # only widgets are watched
        return False

    def all(self) -> bool:
        return not self._waiting

    def wait(self, began: float) -> float:
        """Seconds from `began` until the frame with all of them is on the window's surface.

        Qt paints all dirty widgets of a window and flushes them within one event: when processEvents returns, the
        frame is out.
        """
        while self._waiting:
            turn()
            if perf_counter() - began > LONGEST:
                raise TimeoutError("the window was not painted")
        return perf_counter() - began
