"""Widgets that nobody holds are deleted in the window's thread, whichever thread allocates."""

from __future__ import annotations

import gc
from threading import Thread, current_thread, main_thread

from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.conftest import OpenWindow
from tests.ui.steps import Steps


class Cycle:
    """A widget in a cycle, as a window with its slots is; says where it was let go."""

    def __init__(self, gone_in: list[Thread]) -> None:
        self.itself = self
        self.widget = QWidget()
        self.gone_in = gone_in

    def __del__(self) -> None:
        self.gone_in.append(current_thread())


def test_no_other_thread_collects(open_window: OpenWindow, qapp: QApplication) -> None:
    steps: Steps = open_window()
    gc.enable()  # as a library may
    steps.until(lambda: not gc.isenabled(), "the collector is switched off again")
    gone_in: list[Thread] = []
    for _ in range(20):
        Cycle(gone_in)

    def allocate() -> None:
        kept = [[n] for n in range(200_000)]  # hundreds of times the threshold
        assert kept

    worker = Thread(target=allocate)
    worker.start()
    worker.join()
    assert not gone_in, "a worker collected"
    living = [[n] for n in range(2_000)]  # the worker's are gone and count no more: these make a collection due
    steps.until(lambda: len(gone_in) == 20, "the window's thread collects by itself")
    assert set(gone_in) == {main_thread()}
    assert not gc.isenabled()
    assert len(living) == 2_000
