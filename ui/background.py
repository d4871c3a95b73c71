"""Slow work in the pool; its answer comes back in the window's thread, if whoever asked is still there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from workstation.domain.errors import WorkstationError

T = TypeVar("T")


class _WindowThread(QObject):
    """Made in the window's thread and never deleted, so that a worker always has somewhere to answer to."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def _call(self, call: Callable[[], None]) -> None:
        call()


@cache
def _window_thread() -> _WindowThread:
    return _WindowThread()


def in_window(call: Callable[[], None]) -> None:
    """Call it in the window's thread, from whichever thread."""
    _window_thread().called.emit(call)


def run(
    owner: QObject,
    work: Callable[[], T],
    done: Callable[[T], None],
    failed: Callable[[WorkstationError], None],
    over: Callable[[], None] = lambda: None,
) -> None:
    """Call `work` in the pool, then in this thread `over`, and `done` with its result or `failed` with its typed error.

    None is called when `owner` has been deleted meanwhile. An error that is not typed is raised in this thread.
    """
    answers = _window_thread()

    def answer(call: Callable[[], None]) -> None:
        def if_there() -> None:
            if shiboken6.isValid(owner):
                over()
                call()

        answers.called.emit(if_there)

    def task() -> None:
        try:
            result = work()
        except WorkstationError as error:
            refusal = error
            answer(lambda: failed(refusal))
        except Exception as error:  # noqa: BLE001  # raised again where it is seen: the pool would only print it
            fault = error
            answer(lambda: _raise(fault))
        else:
            answer(lambda: done(result))

    QThreadPool.globalInstance().start(task)


def finish() -> None:
    """Wait for what still runs: before the store it reads is closed."""
    QThreadPool.globalInstance().waitForDone()


def _raise(error: Exception) -> None:
    raise error
