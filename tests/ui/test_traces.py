"""The clipboard is emptied, file dialogs leave no list behind, a window in the background shows nothing if wanted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.ui.steps import LONGEST_WAIT
from ui import clipboard
from ui.clipboard import ClipboardWatch

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def watch(qapp: QApplication) -> ClipboardWatch:
    """With half a second in place of half a minute."""
    QGuiApplication.clipboard().clear()
    return ClipboardWatch(QGuiApplication.clipboard(), 500)


def text() -> str:
    return QGuiApplication.clipboard().text()


def gone() -> bool:
    deadline = monotonic() + LONGEST_WAIT
    while text() and monotonic() < deadline:
        QTest.qWait(20)
    return not text()


def test_what_was_copied_is_gone_after_its_time(watch: ClipboardWatch) -> None:
    watch.copy("138 0013 8000")
    assert text() == "138 0013 8000"
    assert watch._timer.remainingTime() > 0
    assert gone(), "half a second later"


def test_a_copy_by_the_key_in_any_field_goes_too_and_asks_managers_not_to_keep_it(watch: ClipboardWatch) -> None:
    edit = QLineEdit("6217 0000 0000 5042")
    edit.selectAll()
    edit.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.data("x-kde-passwordManagerHint").data() == b"secret"
    assert text() == "6217 0000 0000 5042"
    assert gone()


def test_another_copy_begins_the_time_anew(watch: ClipboardWatch) -> None:
    watch.copy("one")
    QTest.qWait(100)
    left = watch._timer.remainingTime()
    watch.copy("two")
    assert watch._timer.remainingTime() > left
    assert text() == "two"
    assert gone()


def test_half_a_minute_is_the_programs_time(qapp: QApplication) -> None:
    assert clipboard.CLEARED_MS == 30_000
    clipboard.copy("at the end of the program")
    clipboard.watch().clear()
    assert text() == ""


def test_a_file_dialog_leaves_nothing_on_the_disk_but_the_file(tmp_path: Path) -> None:
    """In a process and a home of its own: Qt's dialog, a name chosen, accepted."""
    code = """
import sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from ui.app import application
app = application()
assert app.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
def accept():
    dialog = app.activeModalWidget()
    dialog.selectFile(sys.argv[1] + "/chosen/letter.pdf")
    dialog.accept()
QTimer.singleShot(300, accept)
chosen, _ = QFileDialog.getSaveFileName(None, "Save", sys.argv[1] + "/chosen/letter.pdf", "PDF (*.pdf)")
print(chosen)
"""
    (tmp_path / "chosen").mkdir()
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.strip().endswith("chosen/letter.pdf")
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert not [name for name in left if "cache" not in name], left
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"letter.pdf" not in path.read_bytes()
