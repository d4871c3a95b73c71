"""Calls from workers reach the window's thread while there is a window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from tests.ui.closing import delete_now
from ui.app import application
from ui.shell.bridge import Bridge


def _from_a_worker(bridge: Bridge, heard: list[int]) -> None:
    worker = threading.Thread(target=lambda: bridge.post(lambda: heard.append(threading.get_ident())))
    worker.start()
    worker.join()


def test_a_call_is_made_in_the_windows_thread_and_after_the_window_closed_by_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    application()
    window = QObject()
    bridge = Bridge(window)
    heard: list[int] = []
    _from_a_worker(bridge, heard)
    assert heard == []
    QCoreApplication.processEvents()
    assert heard == [threading.get_ident()]
    delete_now(window)
    caplog.set_level("INFO")
    _from_a_worker(bridge, heard)
    QCoreApplication.processEvents()
    assert len(heard) == 1
    assert "after the window had closed" in caplog.text
