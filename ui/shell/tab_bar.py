"""The tabs over what one is doing, each with its key where there is room."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from ui.look import Look
from ui.shell.commands import TABS
from ui.widgets.basic import down
from ui.widgets.flow import FlowLayout
from ui.widgets.keyed import TabButton

GAP = 8


class TabBar(QWidget):
    """`chosen` carries the name of a tab."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._group = QButtonGroup(self)
        self._buttons: dict[str, TabButton] = {}
        for name, _, key in TABS:
            tab = TabButton(key.replace("Shift+", "⇧"))
            tab.setObjectName(f"tab_{name}")
            tab.clicked.connect(lambda _=False, to=name: self.chosen.emit(to))
            self._group.addButton(tab)
            self._buttons[name] = tab
        self.light(TABS[0][0])
        flow = FlowLayout(spacing=GAP, lines=0)
        for tab in self._buttons.values():
            flow.addWidget(tab)
        self.setLayout(down(flow, margins=(14, 4, 8, 0)))

    def retranslate(self) -> None:
        for name, text, _ in TABS:
            self._buttons[name].setText(self._look.tr(text))

    def light(self, name: str) -> None:
        self._buttons[name].setChecked(True)

    def fit(self, width: int) -> None:
        """Show the keys when all of them have room in `width` pixels."""
        tabs = self._buttons.values()
        with_keys = sum(tab.width_with_key() for tab in tabs) <= width - 24 - GAP * len(tabs)
        for tab in tabs:
            tab.show_key(with_keys)
