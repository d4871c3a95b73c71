"""The log and the support bundle: how much is logged, and what would be sent, read before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFrame, QListWidget, QPlainTextEdit, QSplitter, QWidget

from ui.background import run
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label
from workstation import settings
from workstation.domain.errors import WorkstationError

LEVELS = (
    ("error", _L("Faults only")),
    ("warning", _L("Faults and warnings")),
    ("info", _L("What happens, in short")),
    ("debug", _L("Everything")),
)
WIDTH, HEIGHT = 860, 560


class SupportCard(QFrame):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("support_card")
        self.setProperty("role", "card")
        self._look = look
        self.caption, self.hint = label(role="strong"), label(role="muted", wrap=True)
        self.level = QComboBox()
        self.level.setObjectName("log_level")
        self.level.setMinimumWidth(220)
        for code, _ in LEVELS:
            self.level.addItem("", code)
        self.level.setCurrentIndex(max(0, self.level.findData(settings.load().log.level)))
        self.level.currentIndexChanged.connect(self._choose)
        self.show_bundle = button(clicked=self.open_bundle)
        self.show_bundle.setObjectName("support_bundle")
        self.setLayout(
            down(
                across(self.caption, None, self.level),
                self.hint,
                across(None, self.show_bundle),
                spacing=16,
                margins=(24, 24, 24, 24),
            )
        )
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.caption.setText(tr("Log"))
        self.level.setAccessibleName(tr("Log"))
        for place, (_, text) in enumerate(LEVELS):
            self.level.setItemText(place, tr(text))
        self.hint.setText(
            tr("The log holds codes, counts and times, no name and no number of anybody. It stays on this device.")
        )
        self.show_bundle.setText(tr("Support bundle …"))

    def _choose(self) -> None:
        from workstation.security import logs

        known = settings.load()
        log = msgspec.structs.replace(known.log, level=self.level.currentData())
        settings.save(msgspec.structs.replace(known, log=log))
        logs.begin()

    def open_bundle(self) -> None:
        self.show_bundle.setEnabled(False)

        def over() -> None:
            self.show_bundle.setEnabled(True)

        def work() -> list[tuple[str, str, str]]:
            from workstation.desk import doctor, support

            parts = support.collect(doctor.examine(sign_in=False), self._look.say)
            return [(part.name, self._look.say(part.what), part.text) for part in parts]

        run(self, work, self._shown, self._failed, over)

    def _shown(self, parts: Sequence[tuple[str, str, str]]) -> None:
        SupportBundle(self._look, parts, self.window()).open()

    def _failed(self, error: WorkstationError) -> None:
        self.hint.setText(self._look.say(error.message))


class SupportBundle(QDialog):
    """Every file of the bundle to be read, and then saved as one; nothing is sent from here."""

    def __init__(self, look: Look, parts: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("support_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look, self._parts = look, parts
        tr = look.tr
        self.setWindowTitle(tr("Support bundle"))
        px = look.tokens.px
        self.resize(px(WIDTH), px(HEIGHT))
        self.said = label(role="muted", wrap=True)
        self.said.setText(tr("This is all that would be in the file. Read it and save it; nothing is sent from here."))
        self.files, self.text = QListWidget(), QPlainTextEdit()
        self.files.setObjectName("support_files")
        self.files.setAccessibleName(tr("Files"))
        self.text.setObjectName("support_text")
        self.text.setAccessibleName(tr("Content of the file"))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.what = label(role="strong", wrap=True)
        for name, _, _ in parts:
            self.files.addItem(name)
        right = QWidget()
        right.setLayout(down(self.what, self.text, spacing=8))
        split = QSplitter()
        split.addWidget(self.files)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([px(220), px(WIDTH - 220)])
        self.keep = button(tr("Save …"), clicked=self.save, role="primary")
        self.keep.setObjectName("support_save")
        close = button(tr("Close"), clicked=self.close)
        layout = down(self.said, split, across(None, close, self.keep), spacing=12, margins=(20, 20, 20, 20))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.files.currentRowChanged.connect(self._show)
        self.files.setCurrentRow(0)

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._parts):
            _, what, text = self._parts[row]
            self.what.setText(what)
            self.text.setPlainText(text)

    def save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self._look.tr("Save …"), "support.zip", "ZIP (*.zip)")
        if chosen:
            self.write(Path(chosen))

    def write(self, out: Path) -> None:
        from workstation.desk import support
        from workstation.domain.message import Message

        try:
            support.write([support.Part(name, Message(what), text) for name, what, text in self._parts], out)
        except WorkstationError as error:
            self.said.setText(self._look.say(error.message))
            return
        self.said.setText(self._look.tr("Saved as {file}.", file=out.name))
