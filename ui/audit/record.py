"""One record of the audit opened: what it says, its hash, and whether it is still as it was written."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui.look import Look
from ui.widgets.basic import across, clear, down, label, set_property
from workstation.desk.audit import Opened


class RecordCard(QFrame):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("audit_record")
        self._look = look
        self.title = label(role="strong")
        self.verdict = label(role="badge", wrap=True)
        self.verdict.setObjectName("audit_verdict")
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        holder = QWidget()
        holder.setLayout(self._grid)
        head = across(self.title, self.verdict)
        head.setStretch(1, 1)
        self.setLayout(down(head, holder, spacing=10, margins=(16, 12, 16, 12)))
        self._opened: Opened | None = None
        self.hide()

    def show_record(self, opened: Opened | None) -> None:
        self._opened = opened
        self.setVisible(opened is not None)
        if opened is None:
            return
        look = self._look
        self.title.setText(look.tr("The record"))
        sign = {True: "✓ ", False: "✗ ", None: ""}[opened.good]
        self.verdict.setText(sign + look.say(opened.verdict))
        set_property(self.verdict, "tone", {True: "good", False: "bad", None: ""}[opened.good])
        clear(self._grid)
        for row, (name, value) in enumerate(opened.facts):
            said = label(look.say(value), wrap=True)
            said.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            said.setMinimumWidth(1)
            self._grid.addWidget(label(look.say(name), "caption"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, row, 1)

    def retranslate(self) -> None:
        self.show_record(self._opened)
