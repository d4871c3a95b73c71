"""A table inside a card: as high as its rows up to a bound, lines that wrap, and no trap for the Tab key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.look import Look
from ui.models.rows import Column, Index, TableModel
from ui.widgets.uncopied import uncopied
from workstation.desk.sync_views import SyncLogRow

T = TypeVar("T")
PADDING = 20  # of a cell at both sides together, with Qt's own margin


class CardTable(QTableView, Generic[T]):
    """The columns that stretch share the width and wrap. `activated` is a row's Enter or double click."""

    def __init__(self, look: Look, columns: Sequence[Column[T]], model: TableModel[T], most: int) -> None:
        super().__init__()
        uncopied(self)
        self._look, self._most = look, most
        self.rows: Sequence[T] = ()
        self._wrapping = [place for place, column in enumerate(columns) if column.stretch]
        self._model = model
        self.setModel(model)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for place, column in enumerate(columns):
            stretch = QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, stretch if column.stretch else QHeaderView.ResizeMode.ResizeToContents)

    def show_rows(self, rows: Sequence[T]) -> None:
        """Replace the rows; the line that was current stays so, as far as there is one."""
        current = self.currentIndex().row()
        self.rows = rows
        self._model.set_rows(rows)
        if 0 <= current < len(rows):
            self.setCurrentIndex(self._model.index(current, 0))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        least = self._look.tokens.px(30)
        heights = []
        for row in range(self._model.rowCount()):
            height = max(least, *(self._height(row, column) for column in self._wrapping))
            self.setRowHeight(row, height)
            heights.append(height)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + sum(heights[: self._most]) + 2)

    def _height(self, row: int, column: int) -> int:
        """Of a cell whose text wraps. Qt's own hint forgets the padding of the style sheet and so a line."""
        text = str(self._model.index(row, column).data() or "")
        room = max(1, self.columnWidth(column) - PADDING)
        return self.fontMetrics().boundingRect(0, 0, room, 0, Qt.TextFlag.TextWordWrap, text).height() + 8


class PlainModel(TableModel[T]):
    """Without tooltips: every line is whole, and Qt would read markup in a name as such."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return None if role == Qt.ItemDataRole.ToolTipRole else super().data(index, role)


class LogModel(PlainModel[SyncLogRow]):
    """The log's lines, what went wrong among them in its colour."""

    def __init__(self, look: Look, columns: Sequence[Column[SyncLogRow]], result: int) -> None:
        super().__init__(columns, look.tr)
        self._look, self._result = look, result

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == self._result:
            tone = self._rows[index.row()].tone
            inks = {"bad": "bad_ink", "good": "good_ink"}
            return QColor(self._look.tokens.colours[inks.get(tone, "muted")])
        return super().data(index, role)
