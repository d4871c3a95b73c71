"""Notices that nobody is there any more: no key, no pointer, no touch for a while, or the computer has slept."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

TICK_MS = 1000
SLEPT_SECONDS = 30.0  # a tick that comes so much later: the computer slept, or stood still
LONGEST_CALL_SECONDS = 1800.0  # a call in which nobody touches anything for longer than this is none

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)


class IdleWatch(QObject):
    """`left_alone` after `after()` seconds; twice that long and more while `calling()`. `slept` on waking."""

    left_alone = Signal()
    slept = Signal()

    def __init__(
        self,
        after: Callable[[], float],
        calling: Callable[[], bool],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._after, self._calling, self._monotonic, self._wall = after, calling, monotonic, wall
        self._touched, self._ticked = monotonic(), wall()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._watched: set[QWindow] = set()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._watch)

    def start(self) -> None:
        for window in QGuiApplication.topLevelWindows():
            self._watch(window)
        self._touched, self._ticked = self._monotonic(), self._wall()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @property
    def alone_for(self) -> float:
        """Seconds since the last key, movement or touch."""
        return self._monotonic() - self._touched

    def tick(self) -> None:
        now, before = self._wall(), self._ticked
        self._ticked = now
        if now - before > SLEPT_SECONDS:
            self.slept.emit()
            return
        limit = max(self._after(), LONGEST_CALL_SECONDS) if self._calling() else self._after()
        if self.alone_for >= limit:
            self.left_alone.emit()

    def _watch(self, window: QWindow | None) -> None:
        """Only what a window gets from outside: a filter over the whole program would see every paint event."""
        if window is not None and window not in self._watched:
            self._watched.add(window)
            window.installEventFilter(self)
            window.destroyed.connect(lambda: self._watched.discard(window))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched = self._monotonic()
        return False
