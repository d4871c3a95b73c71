"""A list of prepared values for a list view: the delegate paints the value, the model knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ui.widgets.basic import as_written

T = TypeVar("T")
VALUE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractListModel, Generic[T]):
    """`spoken` gives the text a screen reader reads for a value."""

    def __init__(self, spoken: Callable[[T], str]) -> None:
        super().__init__()
        self._rows: Sequence[T] = ()
        self._spoken = spoken

    def rows(self) -> Sequence[T]:
        return self._rows

    def set_rows(self, rows: Sequence[T]) -> None:
        """Replace the rows; equally many are repainted in place, so that the view keeps its position."""
        if len(rows) == len(self._rows) and rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def add_rows(self, rows: Sequence[T]) -> None:
        """More rows after the last one."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows = [*self._rows, *rows]
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == VALUE:
            return row
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole}:
            return self._spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_written(self._spoken(row))
        return None


class Column(Generic[T]):
    """A column of a table: a translatable title, how a row is shown in it, and how it is aligned.

    The title of a `narrow` one stands in two lines where it is of several words.
    """

    def __init__(
        self,
        title: str,
        show: Callable[[T], str],
        *,
        right: bool = False,
        stretch: bool = False,
        narrow: bool = False,
    ) -> None:
        self.title, self.show, self.right, self.stretch, self.narrow = title, show, right, stretch, narrow


class TableModel(QAbstractTableModel, Generic[T]):
    """A table is a list of columns over prepared rows."""

    def __init__(self, columns: Sequence[Column[T]], translate: Callable[[str], str]) -> None:
        super().__init__()
        self.columns = columns
        self._translate = translate
        self._rows: Sequence[T] = ()

    def set_rows(self, rows: Sequence[T]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.show(self._rows[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_written(column.show(self._rows[index.row()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            column = self.columns[section]
            said = self._translate(column.title)
            return _in_two_lines(said) if column.narrow else said
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _in_two_lines(text: str) -> str:
    """Broken at the space nearest to the middle."""
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    if not spaces:
        return text
    middle = min(spaces, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"
