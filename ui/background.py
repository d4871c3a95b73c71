"""Slow work in the pool; its answer comes back in the window's thread, if whoever asked is still there.

While the workstation is locked answers wait: whoever gets one may want to read a store that is closed.
"""

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
        self._held: list[Callable[[], None]] | None = None

    def hold(self, held: bool) -> None:
        if held:
            self._held = self._held or []
            return
        waiting, self._held = self._held or [], None
        for call in waiting:
            call()

    def _call(self, call: Callable[[], None]) -> None:
        if self._held is None or getattr(call, "at_once", False):
            call()
        else:
            self._held.append(call)


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
    *,
    at_once: bool = False,
) -> None:
    """Call `work` in the pool, then in this thread `over`, and `done` with its result or `failed` with its typed error.

    None is called when `owner` has been deleted meanwhile. An error that is not typed is raised in this thread. An
    answer `at_once` comes behind the lock too.
    """
    answers = _window_thread()

    def answer(call: Callable[[], None]) -> None:
        def if_there() -> None:
            if shiboken6.isValid(owner):
                over()
                call()

        if_there.at_once = at_once  # type: ignore[attr-defined]  # carried along for `_call`
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


def hold(held: bool) -> None:
    """Keep answers back from now on, or hand out those that came meanwhile."""
    _window_thread().hold(held)


def finish() -> None:
    """Wait for what still runs: before the store it reads is closed."""
    QThreadPool.globalInstance().waitForDone()


def _raise(error: Exception) -> None:
    raise error
