"""A scroll area for forms: what is inside is never squeezed below the height that its wrapped texts need."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget


class TallArea(QScrollArea):
    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def _fit(self) -> None:
        """Qt takes a layout's least height, which knows nothing of lines that wrap at this width."""
        inside = self.widget()
        if inside is None:
            return
        layout = inside.layout()
        if layout is None or not layout.hasHeightForWidth():
            inside.setMinimumHeight(0)
            return
        wrapped = layout.totalHeightForWidth(self.viewport().width())  # may be less than what a list in it needs
        inside.setMinimumHeight(max(wrapped, layout.totalMinimumSize().height()))

    def show_whole(self, field: QWidget) -> None:
        """Scroll so far that the field is in view, once everything has its place."""
        QTimer.singleShot(0, field, lambda: self.ensureWidgetVisible(field, 0, 8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        field = self.focusWidget()
        if event.size().height() < event.oldSize().height() and field is not None and self.isAncestorOf(field):
            self.show_whole(field)  # what grew below would cover it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)
