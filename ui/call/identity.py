"""By what the debtor's identity was checked: one chip each, with Alt and a digit, at least two needed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.look import Look
from ui.widgets.basic import button, label
from ui.widgets.flow import FlowLayout
from workstation.domain.vocabulary import IDENTITY_CHECKS, IDENTITY_NEEDED


class IdentityRow(QWidget):
    changed = Signal()

    def __init__(self, look: Look, keys_in: QWidget) -> None:
        super().__init__()
        self._look = look
        self.caption = label(role="caption")
        self.chips = {name: button(role="chip") for name in IDENTITY_CHECKS}
        flow = FlowLayout(spacing=5)
        flow.addWidget(self.caption)
        for place, (name, chip) in enumerate(self.chips.items(), 1):
            chip.setObjectName(f"identity_{name}")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.toggled.connect(self._tell)
            flow.addWidget(chip)
            shortcut = QShortcut(QKeySequence(f"Alt+{place}"), keys_in)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(chip.toggle)
        self.setLayout(flow)

    def retranslate(self) -> None:
        self.caption.setText(self._look.tr("Identity"))
        hint = self._look.tr("Identity checked by (at least two)")
        self.caption.setToolTip(hint)
        for place, (name, chip) in enumerate(self.chips.items(), 1):
            text = self._look.label("identity_check", name)
            chip.setText(text)
            chip.setToolTip(f"{hint} · Alt {place}")
            chip.setAccessibleName(text)

    def checked(self) -> list[str]:
        return [name for name, chip in self.chips.items() if chip.isChecked()]

    @property
    def verified(self) -> bool:
        return len(self.checked()) >= IDENTITY_NEEDED

    def show_checked(self, names: list[str]) -> None:
        for name, chip in self.chips.items():
            chip.setChecked(name in names)

    def _tell(self) -> None:
        self.changed.emit()
