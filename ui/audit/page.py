"""The audit page: who saw, changed, exported and printed what and when; each record opens with its hash and chain."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea

from ui.audit.chains import ChainsCard
from ui.audit.extract import ExtractCard
from ui.audit.filters import Filters
from ui.audit.record import RecordCard
from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import button, down, label, panel
from workstation.desk.audit import AuditFilter, AuditPage, AuditRow, Opened
from workstation.domain.errors import WorkstationError

LINES = 16


class AuditPageView(Page):
    """Everything is asked of the centre in the pool. `tell` hears what cannot be said on the page."""

    def __init__(self, look: Look, desk: Desk, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("audit_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._rows: list[AuditRow] = []
        self._asked: AuditFilter | None = None  # what the rows answer
        self._answered = False
        self._turn = 0  # of the question: an older answer is not shown
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.filters = Filters(look, desk)
        self.filters.asked.connect(self.ask)
        self.state = label(role="muted", wrap=True)
        self.state.setObjectName("audit_state")
        self.again = button(role="link", clicked=self.ask)
        self.holders = label(role="caption", wrap=True)
        self.holders.setObjectName("audit_holders")
        self.records = self._card()
        self.records.table.selectionModel().currentChanged.connect(lambda _now, _before: self._open())
        self.more = button(role="link", clicked=self._ask_more)
        self.more.setObjectName("audit_more")
        self.record = RecordCard(look)
        self.chains = ChainsCard(look, desk)
        self.extract = ExtractCard(look, desk, self.filters.value)
        body = panel("sunken")
        body.setLayout(
            down(
                self.title,
                self.about,
                self.filters,
                self.state,
                self.again,
                self.holders,
                self.records,
                self.more,
                self.record,
                self.chains,
                self.extract,
                None,
                spacing=14,
                margins=(32, 28, 32, 28),
            )
        )
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(body)
        self.setLayout(down(self.area, spacing=0))
        for made in (self.again, self.holders, self.records, self.more):
            made.hide()
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _card(self) -> TableCard[AuditRow]:
        look, today = self._look, self._desk.today
        columns = [
            Column[AuditRow](_L("Time"), lambda row: look.translator.moment(row.record.at, today=today())),
            Column[AuditRow](_L("By"), lambda row: row.record.author_name or "—"),
            Column[AuditRow](_L("What"), lambda row: look.say(row.said), stretch=True),
            Column[AuditRow](_L("Case"), lambda row: row.record.number or "—"),
            Column[AuditRow](_L("Why"), lambda row: look.say(row.why) or "—", stretch=True),
            Column[AuditRow](
                _L("At the centre"),
                lambda row: look.translator.moment(row.record.received_at, today=today()) if row.late else "—",
            ),
        ]
        empty = _L("Nothing is on record that fits. Another person, case or period may have more.")
        return TableCard(look, _L("Records"), empty, columns, "audit_records", most=LINES)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Audit"))
        about = {
            "lead": _L("What the people of your team saw, changed and took out. The centre answers for nobody else."),
            "auditor": _L("Who saw, changed, exported and printed what, of everybody. Nothing here can be changed."),
            "admin": _L("Who saw, changed, exported and printed what, of everybody. Nothing here can be changed."),
        }.get(self._desk.role, _L("What is on record of yourself. The centre answers for nobody else."))
        self.about.setText(tr(about))
        self.more.setText(tr("Older records"))
        self.again.setText(tr("Try again"))
        self.filters.retranslate()
        self.records.retranslate()
        self.record.retranslate()
        self.chains.retranslate()
        self.extract.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._answered:
            run(self, self._desk.audit.people, self.filters.show_people, lambda _error: None)
            self.ask()

    def ask(self) -> None:
        """The newest records that fit; what was shown before stays until the answer is there."""
        try:
            asked = self.filters.value()
        except WorkstationError as error:
            self._say(self._look.say(error.message))
            return
        self._turn += 1
        turn = self._turn
        self._say(self._look.tr("Asking the centre …"))
        run(
            self,
            lambda: self._desk.audit.find(asked),
            lambda page: self._have(turn, asked, page, more=False),
            lambda error: self._failed(turn, error),
        )

    def _ask_more(self) -> None:
        asked, last, turn = self._asked, self._rows[-1] if self._rows else None, self._turn
        if asked is None or last is None:
            return
        self.more.setEnabled(False)
        run(
            self,
            lambda: self._desk.audit.find(asked, last),
            lambda page: self._have(turn, asked, page, more=True),
            lambda error: self._failed(turn, error),
            lambda: self.more.setEnabled(True),
        )

    def _have(self, turn: int, asked: AuditFilter, page: AuditPage, *, more: bool) -> None:
        if turn != self._turn:
            return
        self._answered = True
        self._asked = asked
        self._rows = [*self._rows, *page.rows] if more else list(page.rows)
        self.again.hide()
        self._say("")
        self.records.show()
        self.records.show_rows(self._rows)
        self.more.setVisible(page.more)
        if not more:
            self.record.show_record(None)
            moment = self._look.translator.moment
            today = self._desk.today()
            had = [
                self._look.tr("{name} since {since}", name=holder.name, since=moment(holder.since, today=today))
                if holder.until is None
                else self._look.tr(
                    "{name} from {since} to {until}",
                    name=holder.name,
                    since=moment(holder.since, today=today),
                    until=moment(holder.until, today=today),
                )
                for holder in page.holders
            ]
            self.holders.setText(self._look.tr("At whose desk the case was: {list}", list="; ".join(had)))
            self.holders.setVisible(bool(had))

    def _failed(self, turn: int, error: WorkstationError) -> None:
        if turn == self._turn:
            self._say(self._look.say(error.message))
            self.again.show()

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _open(self) -> None:
        place = self.records.table.currentIndex().row()
        if not 0 <= place < len(self._rows):
            return
        row = self._rows[place]

        def opened(found: Opened) -> None:
            if self.records.table.currentIndex().row() == place:
                self.record.show_record(found)

        run(self, lambda: self._desk.audit.open(row), opened, lambda error: self._tell(self._look.say(error.message)))
