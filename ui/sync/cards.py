"""The lists of the synchronisation page, each in its card with a sentence for when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column, TableModel
from ui.sync.table import CardTable, LogModel, PlainModel
from ui.widgets.basic import across, button, clear, down, label
from workstation.desk.sync_views import DecidedRow, RecordRow, SyncLogRow
from workstation.domain.message import msg, nmsg

T = TypeVar("T")
ROWS, LINES = 8, 12  # shown before a list scrolls


class Card(QFrame):
    """A title with a count beside it, and what the card says while it is empty."""

    def __init__(self, look: Look, title: str, empty: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look, self._title, self._empty = look, title, empty
        self.title, self.count = label(role="strong"), label(role="muted")
        self.empty = label(role="muted", wrap=True)
        self.empty.hide()  # until it is known
        self.count.hide()
        self.head = across(self.title, self.count, None)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.setLayout(down(self.head, self.body, self.empty, spacing=8, margins=(16, 12, 16, 12)))

    def retranslate(self) -> None:
        self.title.setText(self._look.tr(self._title))
        self.empty.setText(self._look.tr(self._empty))

    def show_count(self, count: int) -> None:
        self.count.setText(str(count))
        self.count.setVisible(bool(count))
        self.empty.setVisible(not count)


class TableCard(Card, Generic[T]):
    """`opened` carries the id of the case of the row that was chosen."""

    opened = Signal(str)

    def __init__(
        self, look: Look, title: str, empty: str, columns: Sequence[Column[T]], name: str, *, most: int = ROWS
    ) -> None:
        super().__init__(look, title, empty)
        self.table: CardTable[T] = CardTable(look, columns, self.model(columns), most)
        self.table.setObjectName(name)
        self.table.activated.connect(self._open)
        self.table.hide()
        self.more = label(role="muted")
        self.more.hide()
        self.body.addWidget(self.table)
        self.body.addWidget(self.more)

    def model(self, columns: Sequence[Column[T]]) -> TableModel[T]:
        return PlainModel(columns, self._look.tr)

    def retranslate(self) -> None:
        super().retranslate()
        self.table.setAccessibleName(self._look.tr(self._title))

    def show_rows(self, rows: Sequence[T], more: int = 0) -> None:
        self.show_count(len(rows) + more)
        self.table.setVisible(bool(rows))
        self.table.show_rows(rows)
        self.more.setText(self._look.say(nmsg("and {n} more", "and {n} more", more)))
        self.more.setVisible(more > 0)

    def _open(self, index: QModelIndex) -> None:
        case_id = getattr(self.table.rows[index.row()], "case_id", "")
        if case_id:
            self.opened.emit(case_id)


class LogCard(TableCard[SyncLogRow]):
    RESULT = 1

    def __init__(self, look: Look, desk: Desk) -> None:
        columns = [
            Column[SyncLogRow](_L("Time"), lambda row: self._time(row, desk)),
            Column[SyncLogRow](_L("Result"), lambda row: look.say(row.result), stretch=True),
            Column[SyncLogRow](_L("Sent"), lambda row: _figure(row.sent), right=True),
            Column[SyncLogRow](_L("Received"), lambda row: _figure(row.received), right=True),
            Column[SyncLogRow](_L("Cases in / out"), _in_out, right=True),
            Column[SyncLogRow](_L("Duration"), self._duration, right=True),
        ]
        super().__init__(look, _L("Log"), _L("Nothing was synchronised on this device yet."), columns, "sync_log",
                         most=LINES)  # fmt: skip

    def model(self, columns: Sequence[Column[SyncLogRow]]) -> TableModel[SyncLogRow]:
        return LogModel(self._look, columns, self.RESULT)

    def _time(self, row: SyncLogRow, desk: Desk) -> str:
        """From when to when, where a line stands for several synchronisations."""
        shown = self._look.translator.moment
        today = desk.today()
        zone = desk.seat.clock.zone
        began, ended = row.began.astimezone(zone), row.ended.astimezone(zone)
        if row.seconds is not None or f"{began:%F %H:%M}" == f"{ended:%F %H:%M}":
            return shown(began, today=today)
        until: datetime | str = ended if began.date() == ended.date() else shown(ended, today=today)
        return self._look.say(msg("{began} – {ended}", began=shown(began, today=today), ended=until))

    def _duration(self, row: SyncLogRow) -> str:
        return "" if row.seconds is None else self._look.tr("{n} s", n=f"{row.seconds:.2f}")


def waiting_card(look: Look, desk: Desk) -> TableCard[RecordRow]:
    columns = [
        Column[RecordRow](_L("Time"), lambda row: look.translator.moment(row.at, today=desk.today())),
        Column[RecordRow](_L("Case"), lambda row: row.number or "—"),
        Column[RecordRow](_L("Name"), lambda row: row.name or "—"),
        Column[RecordRow](_L("Record"), lambda row: look.say(row.kind), stretch=True),
    ]
    empty = _L("Nothing waits: everything you recorded is at the centre.")
    return TableCard(look, _L("Waiting to be sent"), empty, columns, "sync_waiting")


def decided_card(look: Look, desk: Desk) -> TableCard[DecidedRow]:
    columns = [
        Column[DecidedRow](_L("Time"), lambda row: look.translator.moment(row.at, today=desk.today())),
        Column[DecidedRow](_L("What"), lambda row: look.say(row.text), stretch=True),
        Column[DecidedRow](_L("Name"), lambda row: row.name or "—"),
        Column[DecidedRow](_L("Reason"), lambda row: row.reason, stretch=True),
    ]
    empty = _L("Nobody else decided anything about your cases.")
    return TableCard(look, _L("Decided by others"), empty, columns, "sync_decided")


def _figure(count: int) -> str:
    return f"{count:,}" if count else ""


def _in_out(row: SyncLogRow) -> str:
    parts = ("+" + str(row.cases_in) if row.cases_in else "", "−" + str(row.cases_out) if row.cases_out else "")
    return " / ".join(part for part in parts if part)


class RefusedCard(Card):
    """What the centre would not take: each with the reason, what to do and another try."""

    opened = Signal(str)

    def __init__(self, look: Look, desk: Desk, again: Callable[[Sequence[str]], None]) -> None:
        super().__init__(look, _L("Not accepted by the centre"), _L("The centre accepted everything you recorded."))
        self.setObjectName("sync_refused")
        self._desk, self._again = desk, again
        self._rows: Sequence[RecordRow] = ()
        self._shown: tuple[tuple[RecordRow, ...], str] | None = None
        self.count.setProperty("role", "badge")
        self.count.setProperty("tone", "bad")
        self.count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.all = button(clicked=lambda: again([row.id for row in self._rows]))
        self.all.setObjectName("sync_retry_all")
        self.all.hide()
        self.head.addWidget(self.all)

    def show_rows(self, rows: Sequence[RecordRow]) -> None:
        """The boxes are made anew only when they change, so that the focus stays where it is."""
        said = tuple(rows), self._look.language
        if said == self._shown:
            return
        self._shown = said
        self.show_count(len(rows))
        self.all.setText(self._look.tr("Try all again"))
        self.all.setVisible(len(rows) > 1)
        self._rows = rows
        clear(self.body)
        for row in rows:
            self.body.addWidget(self._box(row))

    def _box(self, row: RecordRow) -> QFrame:
        look = self._look
        box = QFrame()
        box.setProperty("role", "box")
        when = look.translator.moment(row.at, today=self._desk.today())
        record = look.say(row.kind)
        title = label(" · ".join(part for part in (row.number, row.name, record) if part), "strong", wrap=True)
        reason = label(look.say(row.reason), wrap=True)
        advice = label(look.say(row.advice), "muted", wrap=True)
        again = button(look.tr("Try again"), clicked=lambda: self._again([row.id]))
        again.setObjectName("sync_retry")
        again.setAccessibleName(look.tr("Try again: {record}", record=title.text()))
        see = button(look.tr("Open the case"), "link", lambda: self.opened.emit(row.case_id))
        said = down(title, reason, advice, spacing=4)
        offered = down(across(None, label(when, "muted")), across(None, see, again), None, spacing=6)
        whole = across(said, offered, spacing=16, margins=(12, 10, 12, 10))
        whole.setStretch(0, 1)
        box.setLayout(whole)
        return box
