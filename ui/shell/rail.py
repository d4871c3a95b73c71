"""The rail at the left edge: the pages, and which of them one is on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import down

PAGES = (
    ("cases", _L("Cases")), ("agenda", _L("Week")), ("field", _L("Field")), ("team", _L("Team")),
    ("indicators", _L("Indicators")), ("approvals", _L("Approvals")), ("conduct", _L("Conduct")),
    ("coaching", _L("Coaching")), ("audit", _L("Audit")), ("batch", _L("Letters")),
    ("strategy", _L("Strategy")), ("sync", _L("Sync")), ("settings", _L("Settings")),
)  # fmt: skip


class Rail(QWidget):
    """`chosen` carries the name of a page."""

    chosen = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setProperty("role", "rail")
        self.setProperty("edge", "right")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self._group = QButtonGroup(self)
        self.buttons = {name: QToolButton() for name, _ in PAGES}
        for name, made in self.buttons.items():
            made.setProperty("role", "rail")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, to=name: self.chosen.emit(to))
            self._group.addButton(made)
        self.buttons["approvals"].setVisible(desk.approvals.offered)
        self.buttons["field"].setVisible(desk.field_days.offered)
        self.buttons["team"].setVisible(desk.caseload.offered)
        self.buttons["conduct"].setVisible(desk.conduct.offered)
        self.buttons["coaching"].setVisible(desk.coaching.leads)  # a collector is told of a note, and has a key
        self.buttons["indicators"].setVisible(desk.conduct.offered)  # a collector has a key for their own figures
        self.buttons["audit"].setVisible(desk.audit.offered)
        self.buttons["batch"].setVisible(desk.role == "lead")  # others reach it by its key
        self.buttons["strategy"].setVisible(desk.strategies.offered)
        *upper, sync, settings = self.buttons.values()
        self.setLayout(down(*upper, None, sync, settings, margins=(6, 12, 6, 12)))
        self.light("cases")

    def retranslate(self) -> None:
        for name, text in PAGES:
            self.buttons[name].setText(self._look.tr(text))
            self.buttons[name].setAccessibleName(self._look.tr(text))

    def light(self, page: str) -> None:
        """Show where one is; a page that is not on the rail lights none of it."""
        self._group.setExclusive(page in self.buttons)
        for name, made in self.buttons.items():
            made.setChecked(name == page)

    def widest(self) -> int:
        """Of the words that are shown, in pixels."""
        shown = (made for made in self.buttons.values() if not made.isHidden())
        return max(made.fontMetrics().horizontalAdvance(made.text()) for made in shown)

    def take_width(self, pixels: int) -> None:
        self.setFixedWidth(pixels)
        for made in self.buttons.values():
            made.setFixedWidth(pixels - 14)
