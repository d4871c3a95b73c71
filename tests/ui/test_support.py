"""The log's level and the support bundle in the settings; the box for a fault nobody foresaw."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PySide6.QtWidgets import QApplication, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from ui.faults import Faults
from ui.look import Look
from ui.settings.support import SupportBundle, SupportCard
from workstation import settings


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
