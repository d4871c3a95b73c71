"""Brings calls from worker threads into the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal


class Bridge(QObject):
    _called = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """At once when already in the window's thread, else as soon as that is free."""
        if QThread.currentThread() is self.thread():
            call()
        else:
            self._called.emit(call)

    def _run(self, call: Callable[[], None]) -> None:
        call()
