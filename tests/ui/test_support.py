"""The log's level and the support bundle in the settings; the box for a fault nobody foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from PySide6.QtWidgets import QApplication, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from ui.faults import Faults
from ui.look import Look
from ui.settings.support import SupportBundle, SupportCard
from workstation import settings
from workstation.security import logs

ROOT = Path(__file__).resolve().parents[2]


def test_the_level_is_kept(qtbot: QtBot) -> None:
    card = SupportCard(Look("en", "light", 100))
    qtbot.addWidget(card)
    card.level.setCurrentIndex(card.level.findData("error"))
    assert settings.load().log.level == "error"


def test_every_file_is_read_before_it_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    look = Look("zh_CN", "light", 100)
    card = SupportCard(look)
    qtbot.addWidget(card)
    card.show()
    card.show_bundle.click()
    qtbot.waitUntil(lambda: card.findChild(SupportBundle) is not None or bool(dialogs()), timeout=20_000)
    dialog = dialogs()[0]
    files = dialog.findChild(QListWidget, "support_files")
    text = dialog.findChild(QPlainTextEdit, "support_text")
    assert files is not None
    assert text is not None
    shown = {}
    for row in range(files.count()):
        files.setCurrentRow(row)
        shown[files.item(row).text()] = text.toPlainText()
    assert {"versions.txt", "doctor.txt", "settings.json"} <= set(shown)
    out = tmp_path / "support.zip"
    dialog.write(out)
    with zipfile.ZipFile(out) as bundle:
        assert {name: bundle.read(name).decode() for name in bundle.namelist()} == shown
    dialog.close()


def dialogs() -> list[SupportBundle]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, SupportBundle)]


def test_the_box_says_what_it_means_and_not_what_was_said(qtbot: QtBot) -> None:
    faults = Faults.__new__(Faults)
    faults._look, faults._shown = Look("en", "light", 100), False
    box = faults.box("ValueError")
    qtbot.addWidget(box)
    assert "ValueError" in box.text()
    assert "What was saved is kept" in box.text()
    words = {button.text() for button in box.findChildren(QPushButton)}
    assert {"Go on", "Close the program"} <= words


UNFORESEEN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from ui.app import application, make_look, watch
from workstation import settings

app = application()
watch(make_look(settings.load()))
seen = []

def fails():
    raise ValueError("张伟 13800006620")

def look():
    for shown in QApplication.topLevelWidgets():
        if isinstance(shown, QMessageBox) and shown.isVisible():
            seen.append(shown.text())
            shown.buttons()[0].click()
    app.quit() if seen else QTimer.singleShot(50, look)

QTimer.singleShot(0, fails)
QTimer.singleShot(0, look)
QTimer.singleShot(60_000, app.quit)
app.exec()
print(seen[0])
"""


def test_what_nobody_foresaw_is_told_in_the_window_and_logged_without_its_text(workstation_home: Path) -> None:
    """The program's own start, a fault in a slot: the box, and the log file."""
    done = subprocess.run(
        [sys.executable, "-c", UNFORESEEN],
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "met a fault it does not know (ValueError)" in done.stdout
    text = (logs.folder() / "workstation.log").read_text("utf-8")
    assert '"error": "ValueError"' in text
    assert "fails" in text
    for place in (text, done.stdout, done.stderr):
        assert "张伟" not in place
        assert "13800006620" not in place
