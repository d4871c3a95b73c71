"""Brings calls from worker threads into the window's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal
from shiboken6 import isValid

log = logging.getLogger(__name__)


class Bridge(QObject):
    _called = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._held: list[Callable[[], None]] | None = None

    def hold(self, held: bool) -> None:
        """Keep calls back while the workstation is locked, or make those that came meanwhile."""
        if held:
            self._held = self._held or []
            return
        waiting, self._held = self._held or [], None
        for call in waiting:
            call()

    def post(self, call: Callable[[], None]) -> None:
        """At once when already in the window's thread, else as soon as that is free; not at all once it has closed."""
        if not isValid(self):  # a worker that was still waiting for an answer when the window went
            log.info("a call came after the window had closed")
            return
        if self._held is None and QThread.currentThread() is self.thread():
            call()
        else:
            self._called.emit(call)

    def _run(self, call: Callable[[], None]) -> None:
        if self._held is None:
            call()
        else:
            self._held.append(call)
