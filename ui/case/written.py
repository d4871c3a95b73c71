"""What somebody wrote in an entry of the history, where something in it is masked: in full with a reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desk_port import Desk
from ui.facts.reveal import MaskedLine
from ui.look import Look
from ui.widgets.basic import clear
from workstation.desk.views import TimelineEntry
from workstation.security.masking import STARS


class WrittenLine(QWidget):
    """Nothing is shown while the entry at hand has nothing masked in it. `failed` carries why it was not shown."""

    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("written_line")
        self._look, self._desk = look, desk
        self._of: tuple[str, str] | None = None  # case and entry
        self.line: MaskedLine | None = None
        self._box = QVBoxLayout()
        self._box.setContentsMargins(24, 6, 24, 6)
        self.setLayout(self._box)
        self.hide()
        look.changed.connect(self._forget)

    def _forget(self) -> None:
        self.show_entry(None, None)

    def show_entry(self, case_id: str | None, entry: TimelineEntry | None) -> None:
        masked = entry.detail if entry is not None and isinstance(entry.detail, str) else ""
        wanted = (
            (case_id, entry.id)
            if case_id and entry is not None and STARS in masked and self._desk.privacy.may_reveal("free_text")
            else None
        )
        if wanted == self._of:
            return
        self._of, self.line = wanted, None
        clear(self._box)
        if wanted is not None:
            said = self._look.tr("Partly masked")
            self.line = MaskedLine(self._look, self._desk, *wanted[:1], "free_text", wanted[1], said)
            self.line.failed.connect(self.failed)
            self._box.addWidget(self.line)
        self.setVisible(wanted is not None)
