"""The table of the team: a line a person, ordered by any column, several chosen with the space bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui.look import _L, Look
from ui.models.rows import VALUE, Column, Index, TableModel
from ui.team.bar import StageBar, spoken
from ui.widgets.uncopied import uncopied
from workstation.desk.caseload import BoardRow

T = TypeVar("T")
Key = Callable[[BoardRow], Any]
_NEVER = -1  # what has no figure comes last where the largest come first


class BoardColumn(Column[BoardRow]):
    """Also what the rows are ordered by, and whether the largest come first."""

    def __init__(
        self,
        title: str,
        show: Callable[[BoardRow], str],
        order: Key,
        *,
        right: bool = False,
        stretch: bool = False,
        most_first: bool = True,
        tone: Callable[[BoardRow], str] = lambda _row: "",
        says: Callable[[BoardRow], str] | None = None,
    ) -> None:
        super().__init__(title, show, right=right, stretch=stretch)
        self.order, self.most_first, self.tone, self.says = order, most_first, tone, says or show


def columns(look: Look) -> list[BoardColumn]:
    return [
        BoardColumn(_L("Collector"), lambda row: name_of(look, row), lambda row: row.name, most_first=False,
                    tone=lambda row: "muted" if row.member is None or not row.member.active else ""),
        BoardColumn(_L("Cases"), lambda row: f"▲ {row.cases:,}" if row.over_limit else f"{row.cases:,}",
                    lambda row: row.cases, right=True, tone=lambda row: "bad_ink" if row.over_limit else "",
                    says=lambda row: look.tr("More cases than the limit allows.") if row.over_limit
                    else f"{row.cases:,}"),
        BoardColumn(_L("Amount"), lambda row: "—" if row.amount is None else look.translator.short_money(row.amount),
                    lambda row: _NEVER if row.amount is None else row.amount.minor, right=True,
                    says=lambda row: "—" if row.amount is None else look.money(row.amount)),
        BoardColumn(_L("M0 … M7+"), lambda row: spoken(look, row),
                    lambda row: sum(share.cases * place for place, share in enumerate(row.stages)) / max(1, row.cases),
                    stretch=True),
        BoardColumn(_L("Today"), lambda row: str(row.due), lambda row: row.due, right=True,
                    says=lambda row: look.tr("{due} due today, {late} since before", due=row.due, late=row.late)),
        BoardColumn(_L("Kept"), lambda row: "—" if row.kept_rate is None else look.translator.percent(row.kept_rate, 0),
                    lambda row: _NEVER if row.kept_rate is None else row.kept_rate, right=True,
                    says=lambda row: look.tr("{kept} of {due} promises kept in the last 30 days",
                                             kept=row.kept.numerator, due=row.kept.denominator)),
        BoardColumn(_L("Load"), lambda row: load_of(look, row),
                    lambda row: _NEVER if row.load is None else row.load, right=True,
                    tone=lambda row: "bad_ink" if row.overloaded else "",
                    says=lambda _row: look.tr("Cases held, against a fair share of the team's by capacity")),
        BoardColumn(_L("Waits"), lambda row: f"↥ {row.waiting}" if row.waiting else "", lambda row: row.waiting,
                    right=True, tone=lambda row: "warn_ink" if row.waiting else "",
                    says=lambda row: look.tr("{n} records and papers not handed in yet", n=row.waiting)),
    ]  # fmt: skip


BAR, BAR_LEAST = 3, 150  # the column that is painted, and its least width at 100 %


def name_of(look: Look, row: BoardRow) -> str:
    """With a word for what sets the person apart."""
    if row.member is None:
        return look.tr("Nobody's")
    if not row.member.active:
        return look.tr("{name} · revoked", name=row.name)
    return look.tr("{name} · on leave", name=row.name) if row.away else row.name


def load_of(look: Look, row: BoardRow) -> str:
    if row.load is None:
        return "—"
    said = look.translator.percent(row.load, 0)
    return f"▲ {said}" if row.overloaded else said


class OrderedModel(TableModel[T]):
    """Says in the title by which column the rows are ordered, and how; and on which line the keyboard is."""

    ordered_by, most_first = 0, False
    current = -1  # the line the keyboard is on

    def __init__(self, columns: Sequence[Column[T]], look: Look) -> None:
        super().__init__(columns, look.tr)
        self._look = look

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.BackgroundRole and index.row() == self.current:
            return self._look.tokens.colour("hover")
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        said = super().headerData(section, orientation, role)
        if role == Qt.ItemDataRole.DisplayRole and section == self.ordered_by and said:
            return f"{said} {'▾' if self.most_first else '▴'}"
        return said


class BoardModel(OrderedModel[BoardRow]):
    def __init__(self, look: Look, of: Sequence[BoardColumn]) -> None:
        super().__init__(of, look)
        self._of = of

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], self._of[index.column()]
        if role == VALUE:
            return row
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.says(row)
        if role == Qt.ItemDataRole.ForegroundRole and column.tone(row):
            return QColor(self._look.tokens.colours[column.tone(row)])
        return super().data(index, role)


class BoardLine(QStyledItemDelegate):
    """Shows where the keyboard is, and with a sign who was chosen."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.column() == 0 and option.state & QStyle.StateFlag.State_Selected:
            option.text = f"✓ {option.text}"

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.data(Qt.ItemDataRole.BackgroundRole) is not None:
            painter.fillRect(option.rect, self._look.tokens.colour("hover"))
        super().paint(painter, option, index)


class BoardTable(QTableView):
    """`activated` is Enter or a double click. Space chooses several; without any the current line counts as chosen."""

    chosen_changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        uncopied(self)
        self._look = look
        self.setObjectName("team_board")
        self._columns = columns(look)
        self._rows: list[BoardRow] = []
        self.ordered_by, self.most_first = 0, False
        self.board = BoardModel(look, self._columns)
        self.setModel(self.board)
        self.bar = StageBar(look)
        self.line = BoardLine(look)
        self.setItemDelegate(self.line)
        self.setItemDelegateForColumn(BAR, self.bar)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.order_by)
        for place, column in enumerate(self._columns):
            stretch = QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, stretch if column.stretch else QHeaderView.ResizeMode.ResizeToContents)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.retranslate()

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.board.current = index.row()
        self.viewport().update()
        self.chosen_changed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(self._look.tr("The team's caseloads"))
        px = self._look.tokens.px
        self.verticalHeader().setDefaultSectionSize(px(32))
        self.horizontalHeader().setMinimumSectionSize(px(46))
        self._show()

    def show_rows(self, rows: Sequence[BoardRow]) -> None:
        """Who was chosen stays chosen, and the current line current, wherever they are now."""
        self._rows = list(rows)
        self._show()

    def order_by(self, place: int) -> None:
        """The same column once more turns the order round."""
        if place == self.ordered_by:
            self.most_first = not self.most_first
        else:
            self.ordered_by, self.most_first = place, self._columns[place].most_first
        self._show()

    def order_by_next(self) -> None:
        self.order_by((self.ordered_by + 1) % len(self._columns))

    @property
    def order_title(self) -> str:
        return self._columns[self.ordered_by].title

    @property
    def rows(self) -> Sequence[BoardRow]:
        return self.board._rows

    def chosen_rows(self) -> list[BoardRow]:
        """Those chosen with the space bar, in the order shown; without any the current one."""
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if not chosen and self.currentIndex().isValid():
            chosen = [self.currentIndex().row()]
        return [self.rows[place] for place in chosen if place < len(self.rows)]

    def current_row(self) -> BoardRow | None:
        place = self.currentIndex().row()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def _show(self) -> None:
        selected = {self.rows[index.row()].person_id for index in self.selectionModel().selectedRows()}
        current = self.current_row()
        key = self._columns[self.ordered_by].order
        rows = sorted(sorted(self._rows, key=lambda row: row.name), key=key, reverse=self.most_first)
        self.bar.most = max((row.cases for row in rows), default=1)
        self.blockSignals(True)
        self.board.ordered_by, self.board.most_first = self.ordered_by, self.most_first
        self.board.set_rows(rows)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        place = 0
        for line, row in enumerate(rows):
            if row.person_id in selected:
                self.selectionModel().select(self.board.index(line, 0), flags)
            if current is not None and row.person_id == current.person_id:
                place = line
        if rows:
            self.selectionModel().setCurrentIndex(
                self.board.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.blockSignals(False)
        self.board.current = self.currentIndex().row()
        self._share_width()
        self.chosen_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """The bar takes what is left; where that is too little, the table scrolls."""
        header = self.horizontalHeader()
        others = sum(header.sectionSizeHint(place) for place in range(len(self._columns)) if place != BAR)
        others = max(others, sum(self.sizeHintForColumn(n) + 8 for n in range(len(self._columns)) if n != BAR))
        least = self._look.tokens.px(BAR_LEAST)
        if self.viewport().width() - others < least:
            header.setSectionResizeMode(BAR, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(BAR, least)
        else:
            header.setSectionResizeMode(BAR, QHeaderView.ResizeMode.Stretch)
