"""A layout that goes on in the next line when the width is used up."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

QWIDGETSIZE_MAX = 16_777_215  # Qt's own largest widget


class FlowLayout(QLayout):
    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spacing: int = 6,
        lines: int | None = None,
        centred: bool = False,
        filling: bool = False,
    ) -> None:
        """`spacing` between items, `lines` between lines (the same when left out), in pixels.

        `centred` puts the room left in a line at both ends, `filling` shares it among the line's items.
        """
        self._centred, self._filling = centred, filling
        self._heights: dict[int, int] = {}  # by width: Qt asks hundreds of times for one showing
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._lines = spacing if lines is None else lines
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insertWidget(self, place: int, widget: QWidget) -> None:
        """Like `addWidget`, but before the item at `place`."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        width = sum(item.sizeHint().width() + self.spacing() for item in self._items)
        height = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(width, height)

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Lay the items out; returns the height. Items of one line share its middle."""
        x, y, line_height = rect.x(), rect.y(), 0
        row: list[tuple[QLayoutItem, int]] = []

        def finish() -> None:
            spare = max(0, rect.x() + rect.width() - (x - self.spacing()))
            shift = spare // 2 if self._centred else 0
            for place, (item, left) in enumerate(row):
                hint = item.sizeHint().boundedTo(QSize(max(1, rect.width()), QWIDGETSIZE_MAX))
                top = y + (line_height - hint.height()) // 2
                if self._filling:
                    shift = spare * place // len(row)
                    hint.setWidth(hint.width() + spare * (place + 1) // len(row) - shift)
                item.setGeometry(QRect(QPoint(left + shift, top), hint))
            row.clear()

        for item in self._items:
            if item.isEmpty():
                continue  # a hidden widget takes no room
            hint = item.sizeHint().boundedTo(QSize(max(1, rect.width()), QWIDGETSIZE_MAX))
            if row and x + hint.width() > rect.right() + 1:
                if move:
                    finish()
                row.clear()
                y += line_height + self._lines
                x, line_height = rect.x(), 0
            row.append((item, x))
            x += hint.width() + self.spacing()
            line_height = max(line_height, hint.height())
        if move:
            finish()
        return y + line_height - rect.y()
