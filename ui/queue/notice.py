"""A quiet line that can be pressed; shortened where there is no room, whole as its tooltip and its name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from ui.widgets.basic import as_written


class Notice(QPushButton):
    def __init__(self, pressed: Callable[[], object], name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "link")
        self.setAutoDefault(False)
        self.setStyleSheet("text-align: left;")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self.clicked.connect(lambda _checked=False: pressed())
        self.hide()

    def show_text(self, text: str) -> None:
        """Nothing to say hides the line."""
        self._whole = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width() - 10))
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(as_written(self._whole) if shown != self._whole else "")
