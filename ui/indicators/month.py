"""What falls due in a month, day by day: promises and instalments, how many were kept, and the cases of a day."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import Card, TableCard
from ui.widgets.basic import across, button, label
from ui.widgets.uncopied import uncopied
from workstation.desk.indicators import DueLine
from workstation.domain.errors import WorkstationError
from workstation.domain.indicator_case import Period
from workstation.domain.message import Money, msg, nmsg

ROW, WEEK = 52, 7  # pixels at 100 %; days
DAY_LINES = 8


def month_of(day: date) -> Period:
    """The whole month that the day lies in."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


class _Days(QTableWidget):
    """Seven columns from Monday on. Arrows move the day, PgUp and PgDown the month."""

    def __init__(self, turn: Callable[[int], None]) -> None:
        super().__init__(0, WEEK)
        uncopied(self)
        self._turn = turn
        self.setObjectName("due_days")
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self._turn(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)


class MonthCard(Card):
    """`people`: whose; None: everybody's at this seat. Read when it is asked for, in the pool."""

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__(look, _L("What falls due"), _L("Nothing falls due in this month."))
        self.setObjectName("due_month")
        self._desk, self._tell = desk, tell
        self.month = month_of(desk.today())
        self.people: set[str] | None = None
        self.currency = "CNY"
        self.lines: Sequence[DueLine] = ()
        self._asked = 0
        self.named = label(role="muted")
        self.before = button("◂", "chip", lambda: self.turn(-1))
        self.after = button("▸", "chip", lambda: self.turn(1))
        self.before.setObjectName("due_before")
        self.after.setObjectName("due_after")
        self.head.addLayout(across(self.named, self.before, self.after, spacing=6))
        self.days = _Days(self.turn)
        self.days.currentItemChanged.connect(lambda *_: self._show_day())
        self.body.addWidget(self.days)
        self.of_day = TableCard[DueLine](
            look, _L("Of the day"), _L("Nothing falls due on this day."), self._columns(), "due_of_day", most=DAY_LINES
        )
        self.of_day.opened.connect(open_case)
        self.body.addWidget(self.of_day)
        self.retranslate()

    def _columns(self) -> list[Column[DueLine]]:
        look = self._look
        return [
            Column[DueLine](_L("Case"), lambda row: row.number),
            Column[DueLine](_L("Name"), lambda row: row.name, stretch=True),
            Column[DueLine](
                _L("What"), lambda row: look.tr("Instalment") if row.what.instalment else look.tr("Promise")
            ),
            Column[DueLine](_L("Due"), lambda row: look.money(Money(row.what.amount, self.currency)), right=True),
            Column[DueLine](_L("Came"), lambda row: look.money(Money(row.what.came, self.currency)), right=True),
            Column[DueLine](_L("State"), self._state),
        ]

    def _what(self, row: DueLine) -> str:
        return self._look.tr("Instalment") if row.what.instalment else self._look.tr("Promise")

    def _state(self, row: DueLine) -> str:
        tr = self._look.tr
        if row.what.open and not row.what.good:
            return tr("still open")
        return tr("kept") if row.what.good else tr("missed")

    def retranslate(self) -> None:
        super().retranslate()
        if not hasattr(self, "of_day"):
            return
        self.of_day.retranslate()
        self.days.setAccessibleName(self._look.tr("What falls due"))
        for made, text in ((self.before, _L("The month before")), (self.after, _L("The month after"))):
            made.setToolTip(self._look.tr(text))
            made.setAccessibleName(self._look.tr(text))
        monday = date(2024, 1, 1)
        self.days.setHorizontalHeaderLabels(
            [self._look.translator.weekday(monday + timedelta(days=n)) for n in range(WEEK)]
        )
        self._paint()

    # ---- reading ----

    def turn(self, by: int) -> None:
        edge = self.month.last + timedelta(days=1) if by > 0 else self.month.first - timedelta(days=1)
        self.month = month_of(edge)
        self.look_again()

    def look_again(self) -> None:
        self._asked += 1
        asked, month, people = self._asked, self.month, self.people
        self.named.setText(self._look.tr("Counting …"))
        desk = self._desk.indicators

        def have(found: tuple[Sequence[DueLine], str]) -> None:
            if asked == self._asked:
                self.lines, self.currency = found
                self._paint()

        def failed(error: WorkstationError) -> None:
            if asked == self._asked:
                self._paint()
                self._tell(self._look.say(error.message))

        run(self, lambda: (desk.due(month, people), desk.currency or "CNY"), have, failed)

    # ---- showing ----

    def _paint(self) -> None:
        first = self.month.first
        self.named.setText(self._look.translator.day(first) + " – " + self._look.translator.day(self.month.last))
        offset = first.weekday()
        weeks = -(-(offset + self.month.last.day) // WEEK)
        by_day: dict[date, list[DueLine]] = defaultdict(list)
        for line in self.lines:
            by_day[line.what.due].append(line)
        self.show_count(len(self.lines))
        kept = self.days.currentRow(), self.days.currentColumn()
        self.days.blockSignals(True)
        self.days.clearContents()
        self.days.setRowCount(weeks)
        for number in range(self.month.last.day):
            day = first + timedelta(days=number)
            place = offset + number
            self.days.setItem(place // WEEK, place % WEEK, self._cell(day, by_day[day]))
        row = self._look.tokens.px(ROW)
        for week in range(weeks):
            self.days.setRowHeight(week, row)
        self.days.setFixedHeight(row * weeks + self.days.horizontalHeader().sizeHint().height() + 4)
        self.days.blockSignals(False)
        if self.days.item(*kept) is None:
            today = self._desk.today()
            at = offset + (today.day - 1 if self.month.holds(today) else 0)
            kept = at // WEEK, at % WEEK
        self.days.setCurrentCell(*kept)
        self._show_day()

    def _cell(self, day: date, lines: Sequence[DueLine]) -> QTableWidgetItem:
        look = self._look
        promises = [line.what for line in lines if not line.what.instalment]
        instalments = [line.what for line in lines if line.what.instalment]
        said = [str(day.day)]
        for rows, text in (
            (promises, nmsg("{n} promise, {kept} kept", "{n} promises, {kept} kept", len(promises),
                            kept=sum(row.good for row in promises))),
            (instalments, nmsg("{n} instalment, {kept} kept", "{n} instalments, {kept} kept", len(instalments),
                               kept=sum(row.good for row in instalments))),
        ):  # fmt: skip
            if rows:
                said.append(look.say(text))
        cell = QTableWidgetItem("\n".join(said))
        cell.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        cell.setData(Qt.ItemDataRole.UserRole, day)
        rows = [*promises, *instalments]
        if rows:
            due = Money(sum(row.amount for row in rows), self.currency)
            came = Money(sum(row.came for row in rows), self.currency)
            cell.setToolTip(look.say(msg("{due} due, {came} came", due=due, came=came)))
            missed = any(not row.good and not row.open for row in rows)
            tone = "bad" if missed else "good" if all(row.good for row in rows) else "text"
            cell.setForeground(QBrush(look.tokens.colour(tone)))
        elif day != self._desk.today():
            cell.setForeground(QBrush(look.tokens.colour("muted")))
        return cell

    def _show_day(self) -> None:
        cell = self.days.currentItem()
        day = None if cell is None else cell.data(Qt.ItemDataRole.UserRole)
        self.of_day.show_rows([line for line in self.lines if line.what.due == day])
