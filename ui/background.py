"""Slow work in the pool; its answer comes back in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from workstation.domain.errors import WorkstationError

T = TypeVar("T")


class _Answer(QObject):
    """Lives in the window's thread, so that its slots run there."""

    ready = Signal(object)
    failed = Signal(object)


class _Work(QRunnable):
    def __init__(self, work: Callable[[], Any], answer: _Answer) -> None:
        super().__init__()
        self._work, self._answer = work, answer

    def run(self) -> None:
        try:
            result = self._work()
        except WorkstationError as error:
            self._answer.failed.emit(error)
        else:
            self._answer.ready.emit(result)


class _Receiver(QObject):
    def __init__(self, done: Callable[[Any], None], failed: Callable[[WorkstationError], None]) -> None:
        super().__init__()
        self._done, self._failed = done, failed
        _running.add(self)

    @Slot(object)
    def ready(self, result: object) -> None:
        _running.discard(self)
        self._done(result)

    @Slot(object)
    def refused(self, error: WorkstationError) -> None:
        _running.discard(self)
        self._failed(error)


_running: set[QObject] = set()


def run(work: Callable[[], T], done: Callable[[T], None], failed: Callable[[WorkstationError], None]) -> None:
    """Call `work` in the pool, then `done` with its result or `failed` with its typed error, in this thread."""
    receiver = _Receiver(done, failed)
    answer = _Answer()
    answer.ready.connect(receiver.ready)
    answer.failed.connect(receiver.refused)
    receiver.answer = answer  # type: ignore[attr-defined]  # kept alive together
    QThreadPool.globalInstance().start(_Work(work, answer))
