"""The list of the history's entries: its own geometry and keys; only what is visible is laid out and painted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from ui.case.entry_paint import Day, EntryPainter, Row
from ui.look import Look
from ui.models.rows import RowsModel
from ui.widgets.uncopied import uncopied
from workstation.desk.views import TimelineEntry

Index = QModelIndex | QPersistentModelIndex
STEP = 28  # pixels at 100 % that an arrow of the scroll bar or a notch of the wheel moves by


class EntryList(QListView):
    """A list view with its own geometry: Qt's would ask every row for its size whenever one changes.

    Days are rows too, so that a screen reader reads them; the keyboard skips them, and the day on top stays in view.
    """

    def __init__(self, look: Look, model: RowsModel[Row], painter: EntryPainter, finish: Callable[[], None]) -> None:
        """`finish` adds the rows that are still to come."""
        super().__init__()
        uncopied(self)
        self._look, self._rows, self._painter, self._finish = look, model, painter, finish
        self._tops: list[int] = [0]  # where each row begins, and where the last one ends
        self._days: list[int] = []  # which rows are days
        self.setModel(model)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self.toggle)

    def show_rows(self, rows: Sequence[Row], *, stay: bool) -> None:
        """Other rows; with `stay` the entry on top and the current one remain where they are."""
        top, current, offset = self._on_top(), self._entry(self.currentIndex()), self.verticalOffset()
        self._tops, self._days = [0], []
        self._lay_out(rows)
        self._rows.set_rows(rows)
        self.updateGeometries()
        places = {row.id: place for place, row in enumerate(rows) if isinstance(row, TimelineEntry)} if stay else {}
        place = None if current is None else places.get(current.id)
        flag = QItemSelectionModel.SelectionFlag
        if place is None:
            self.selectionModel().clear()
        else:
            self.selectionModel().setCurrentIndex(self._rows.index(place), flag.ClearAndSelect)
        if not stay:
            self.verticalScrollBar().setValue(0)
        elif offset and top is not None and top[0] in places:
            self.verticalScrollBar().setValue(self._tops[places[top[0]]] - top[1])
        self.viewport().update()

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Older entries, below the others."""
        self._lay_out(rows)
        self._rows.add_rows(rows)
        self.updateGeometries()
        self.viewport().update()

    def rows_down_to_view(self) -> int:
        """How many rows there are down to the last one in view."""
        return min(self._rows.rowCount(), self._row_at(self.verticalOffset() + self.viewport().height()) + 1)

    def take_focus(self) -> None:
        """To the entry one was at, or the first one in view."""
        self.setFocus()
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.moveCursor(QAbstractItemView.CursorAction.MoveDown, Qt.KeyboardModifier(0)))

    def measure(self) -> None:
        """Heights changed: an entry was opened, or the width or the text size is another one."""
        self._tops, self._days = [0], []
        self._lay_out(self._rows.rows())
        self.updateGeometries()
        self.viewport().update()

    def _lay_out(self, rows: Sequence[Row]) -> None:
        """Give rows their places below those that have one."""
        first = len(self._tops) - 1
        self._days += [first + place for place, row in enumerate(rows) if isinstance(row, Day)]
        self._tops += [*accumulate(map(self._painter.height, rows), initial=self._tops.pop())]

    def toggle(self, index: Index) -> None:
        """Show an entry whole, or in short again."""
        entry = self._entry(index)
        if entry is not None:
            self._painter.toggle(entry)
            self.measure()
            self.scrollTo(index)
            self._rows.dataChanged.emit(index, index)  # a screen reader reads it anew

    @property
    def current(self) -> TimelineEntry | None:
        """The entry that the keyboard is on."""
        return self._entry(self.currentIndex())

    def _entry(self, index: Index) -> TimelineEntry | None:
        row = self._rows.rows()[index.row()] if index.isValid() and index.row() < self._rows.rowCount() else None
        return row if isinstance(row, TimelineEntry) else None

    def _on_top(self) -> tuple[str, int] | None:
        """The first entry in view: its id, and how far below the edge it begins."""
        rows = self._rows.rows()
        for place in range(self._row_at(self.verticalOffset()), len(rows)):
            row = rows[place]
            if isinstance(row, TimelineEntry):
                return row.id, self._tops[place] - self.verticalOffset()
        return None

    def _row_at(self, y: int) -> int:
        return max(0, bisect_right(self._tops, y) - 1)

    # ---- geometry ----

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        place = index.row()
        if not index.isValid() or place + 1 >= len(self._tops):
            return QRect()
        top, end = self._tops[place], self._tops[place + 1]
        return QRect(0, top - self.verticalOffset(), self.viewport().width(), end - top)

    def indexAt(self, p: QPoint) -> QModelIndex:
        y = p.y()
        if y < self._painter.heading_height and self.verticalOffset():
            return QModelIndex()  # the day that stays in view
        place = self._row_at(y + self.verticalOffset())
        return self._rows.index(place) if y >= 0 and place < self._rows.rowCount() else QModelIndex()

    def scrollTo(self, index: Index, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible) -> None:
        place, bar = index.row(), self.verticalScrollBar()
        if not index.isValid() or place + 1 >= len(self._tops):
            return
        top, end = self._tops[place], self._tops[place + 1]
        height, head = self.viewport().height(), self._painter.heading_height
        if place == 1 and isinstance(self._rows.rows()[0], Day):
            top, head = 0, 0  # the first entry comes with its day
        if hint == QListView.ScrollHint.PositionAtTop or top - head < bar.value():
            bar.setValue(top - head)
        elif end > bar.value() + height:
            bar.setValue(min(top - head, end - height))

    def updateGeometries(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._tops[-1] - height))
        bar.setPageStep(max(1, height - self._painter.heading_height))
        bar.setSingleStep(self._look.tokens.px(STEP))
        QAbstractItemView.updateGeometries(self)

    def doItemsLayout(self) -> None:
        """Qt's would paint once more; rows have their places already."""
        self.updateGeometries()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._painter.set_width(self.viewport().width())
        super().resizeEvent(event)
        if self._painter.opened:
            self.measure()
        else:
            self.updateGeometries()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.topLeft())
        self.selectionModel().select(QItemSelection(index, index) if index.isValid() else QItemSelection(), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    # ---- keyboard ----

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        kind = QAbstractItemView.CursorAction
        if action == kind.MoveEnd:
            self._finish()
        count, current = self._rows.rowCount(), self.currentIndex().row()
        if not count:
            return QModelIndex()
        page = self.viewport().height() - self._painter.heading_height
        if action in {kind.MoveHome, kind.MoveEnd}:
            wanted, by = (0, 1) if action == kind.MoveHome else (count - 1, -1)
        elif current < 0:
            wanted, by = self._row_at(self.verticalOffset()), 1
        elif action in {kind.MovePageDown, kind.MovePageUp}:
            by = 1 if action == kind.MovePageDown else -1
            wanted = min(count - 1, self._row_at(max(0, self._tops[current] + by * page)))
        else:
            by = 1 if action in {kind.MoveDown, kind.MoveNext} else -1
            wanted = current + by
        while 0 <= wanted < count and isinstance(self._rows.rows()[wanted], Day):
            wanted += by
        return self._rows.index(wanted if 0 <= wanted < count else max(current, min(1, count - 1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, entry = event.key(), self._entry(self.currentIndex())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        opened = entry is not None and entry.id in self._painter.opened
        wants = {
            Qt.Key.Key_Return: True, Qt.Key.Key_Enter: True, Qt.Key.Key_Space: True,
            Qt.Key.Key_Right: not opened, Qt.Key.Key_Left: opened,
        }  # fmt: skip
        if plain and entry is not None and key in wants:
            if wants[Qt.Key(key)]:
                self.toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _text: str) -> None:
        """The history has its own search; typed letters do not jump about."""

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows, offset, width = self._rows.rows(), self.verticalOffset(), self.viewport().width()
        current, focused = self.currentIndex().row(), self.hasFocus()
        place = self._row_at(offset + event.rect().top())
        while place < len(rows):
            top = self._tops[place] - offset
            if top > event.rect().bottom():
                break
            rect = QRect(0, top, width, self._tops[place + 1] - self._tops[place])
            self._painter.paint(painter, rows[place], rect, current=place == current, focused=focused)
            place += 1
        self._paint_day_on_top(painter, rows, offset, width)
        painter.end()

    def _paint_day_on_top(self, painter: QPainter, rows: Sequence[Row], offset: int, width: int) -> None:
        """The day of the first row in view; the next day's heading pushes it away."""
        if not rows or not offset:
            return
        first, height = self._row_at(offset), self._painter.heading_height
        day = bisect_right(self._days, first)
        row = rows[self._days[day - 1]] if day else None
        if not isinstance(row, Day):
            return
        top = 0
        if day < len(self._days):
            top = min(0, self._tops[self._days[day]] - offset - height)
        self._painter.paint_heading(painter, row.day, QRect(0, top, width, height))
