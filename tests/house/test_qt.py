"""Qt's binding must leave `None` alone: PySide6 6.12.0 on Python 3.11 lost a reference to it with every void call."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QApplication, QLabel

CALLS = 2000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_void_calls_keep_the_references_to_none(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setText("a")
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
