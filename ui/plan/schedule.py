"""The schedule to the cent: rows that change in place, so that a letter typed lays out nothing anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui.look import _L, Look
from ui.models.rows import Column, TableModel
from workstation.desk.plan_views import PlanRow
from workstation.domain.message import Message, Money

INTEREST, CHARGES = 4, 5  # columns; charges are left out while there are none
ROW, PAD, LEAST_WHY, NARROWEST_WHY, MOST_SPARE, EDGE, STEP = 30, 8, 120, 80, 32, 12, 40  # pixels at 100 %


class ScheduleModel(TableModel[PlanRow]):
    def set_rows(self, rows: Sequence[PlanRow]) -> None:
        """Rows change in place; only the difference in their number is added or taken away."""
        before, now = len(self._rows), len(rows)
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
            self._rows = rows
            self.endInsertRows()
        elif now < before:
            self.beginRemoveRows(QModelIndex(), now, before - 1)
            self._rows = rows
            self.endRemoveRows()
        self._rows = rows
        if shared := min(before, now):
            self.dataChanged.emit(self.index(0, 0), self.index(shared - 1, len(self.columns) - 1))


class _Plain(QStyledItemDelegate):
    """Paints the text and a line below it: the style sheet's way takes ten times as long."""

    def __init__(self, look: Look, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._look.tokens
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, tokens.colour("accent_soft"))
        painter.setPen(QPen(tokens.colour("border"), 1))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        last = index.column() == index.model().columnCount() - 1
        painter.setFont(self._look.font("type_small" if last else "type"))
        painter.setPen(tokens.colour("muted" if last else "text"))
        room = option.rect.adjusted(PAD, 0, -PAD, -1)
        text, side = index.data() or "", int(index.data(Qt.ItemDataRole.TextAlignmentRole))
        if last:  # in as many lines as its row was made high for
            painter.drawText(room, side | int(Qt.TextFlag.TextWordWrap), text)
            return
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side, text)


class Schedule(QTableView):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("plan_table")
        self._look = look
        money = look.money
        self.columns = [
            Column[PlanRow](_L("No."), lambda row: str(row.n), right=True),
            Column[PlanRow](_L("Due"), self._day),
            Column[PlanRow](_L("Amount"), lambda row: money(row.amount, symbol=False), right=True),
            Column[PlanRow](_L("Principal"), lambda row: money(row.principal, symbol=False), right=True),
            Column[PlanRow](_L("Interest"), lambda row: money(row.interest, symbol=False), right=True),
            Column[PlanRow](_L("Charges"), lambda row: money(row.charges, symbol=False), right=True),
            Column[PlanRow](_L("Remaining"), lambda row: money(row.balance, symbol=False), right=True),
            Column[PlanRow](_L("Why"), lambda row: look.say(row.note)),
        ]
        self._model = ScheduleModel(self.columns, look.tr)
        self._widest: tuple[int, str, bool] | None = None  # what the widths were made for
        self._notes: list[tuple[Message | None, str, int]] = []  # by row: as it is read, and its pixels on one line
        self._longest = 0  # of the notes, pixels
        self._tall = False  # a note takes more than a line
        self._weekdays = False
        self.setModel(self._model)
        self.setItemDelegate(_Plain(look, self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)

    def _day(self, row: PlanRow) -> str:
        day = self._look.translator.day(row.due, "iso")
        return f"{day} {self._look.translator.weekday(row.due)}" if self._weekdays else day

    def show_rows(self, rows: Sequence[PlanRow]) -> None:
        self._model.set_rows(rows)
        self._fit()

    @property
    def rows(self) -> Sequence[PlanRow]:
        return self._model._rows  # the model is this view's own

    def retranslate(self) -> None:
        self.setAccessibleName(self._look.tr("Schedule"))
        self.verticalHeader().setDefaultSectionSize(self._look.tokens.px(ROW))
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self._widest = None
        self._notes.clear()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widest = None
        self._fit()

    def _fit(self) -> None:
        """Widths for the largest figure there is: made anew only when it gets another digit."""
        rows = self.rows
        if not rows:
            return
        most = max(rows[0].balance.minor + rows[0].amount.minor, rows[0].amount.minor, 1)
        charges = any(row.charges.minor for row in rows)
        wanted = len(str(most)), rows[0].amount.currency, charges
        self._read_notes(rows)
        longest = max(width for _, _, width in self._notes)
        longest = -(-longest // STEP) * STEP  # another day of the month moves no column
        if wanted != self._widest or longest != self._longest:
            self._widest, self._longest = wanted, longest
            self._share(wanted, charges)
        self._heighten()

    def _read_notes(self, rows: Sequence[PlanRow]) -> None:
        """Only those that are new: most stay as they are from letter to letter."""
        small = QFontMetrics(self._look.font("type_small"))
        del self._notes[len(rows) :]
        for place, row in enumerate(rows):
            if place < len(self._notes) and self._notes[place][0] == row.note:
                continue
            text = self._look.say(row.note)
            self._notes[place : place + 1] = [(row.note, text, small.horizontalAdvance(text))]

    def _heighten(self) -> None:
        """Rows whose note takes more than a line."""
        header, small = self.verticalHeader(), QFontMetrics(self._look.font("type_small"))
        plain, width = self._look.tokens.px(ROW), self.columnWidth(len(self.columns) - 1) - 2 * PAD
        tall = self._longest > width and any(wide > width for _, _, wide in self._notes)
        if not tall and not self._tall:
            return
        self._tall = tall
        heights, said = {}, [text for _, text, _ in self._notes]
        for text in {*said}:
            room = small.boundingRect(QRect(0, 0, max(width, 1), 10_000), int(Qt.TextFlag.TextWordWrap), text)
            heights[text] = max(plain, room.height() + self._look.tokens.px(EDGE))
        for place, text in enumerate(said):
            if header.sectionSize(place) != heights[text]:
                header.resizeSection(place, heights[text])

    def _share(self, wanted: tuple[int, str, bool], charges: bool) -> None:
        rows = self.rows
        metrics, head = QFontMetrics(self._look.font("type")), QFontMetrics(self._look.font("type_small"))
        pad = 2 * PAD + 2
        figure = metrics.horizontalAdvance(self._look.money(Money(int("8" * wanted[0]), wanted[1]), symbol=False))
        plain = metrics.horizontalAdvance("2028-08-28")
        names = [head.horizontalAdvance(self._look.tr(column.title)) for column in self.columns[:-1]]
        self._weekdays = False
        widths = [
            metrics.horizontalAdvance("888"),
            plain,
            *([figure] * 5),
        ]
        widths = [max(width, name) for width, name in zip(widths, names, strict=True)]
        if not charges:
            widths[CHARGES] = 0
        why = max(self._look.tokens.px(LEAST_WHY), self._longest + pad)
        spare = self.viewport().width() - sum(widths) - pad * len(widths) - why
        weekday = metrics.horizontalAdvance(" " + self._look.translator.weekday(rows[0].due)) + 4
        if spare > weekday:
            self._weekdays = True
            widths[1] += weekday
            spare -= weekday
        pad += max(0, min(MOST_SPARE, spare // len(widths)))  # spread over the width there is
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width + pad)
        self.setColumnHidden(CHARGES, not charges)
        last = len(widths)
        taken = sum(self.columnWidth(column) for column in range(last))
        self.setColumnWidth(last, max(self._look.tokens.px(NARROWEST_WHY), self.viewport().width() - taken))
