"""The conduct page: contacts that were against the rules or warned of, each with the article, to be looked into."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel
from workstation.desk.conduct import DAYS, ConductRow, sentence
from workstation.desk.conduct_gaps import GapRow
from workstation.desk.unusual import UnusualRow
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

LINES = 14


class ConductPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what was done or went wrong."""

    read = Signal()  # the list is up to date

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("conduct_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._open_case = open_case
        self._rows: tuple[ConductRow, ...] | None = None  # until they were looked for
        self.reading = self._again = False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.breaches = self._card(_L("Against the rules"), _L("No contact was against the rules."), "conduct_breaches")
        self.warned = self._card(
            _L("Went ahead after a warning"), _L("Nobody went ahead after a warning."), "conduct_warned"
        )
        self.unusual, self.gaps = self._unusual_card(), self._gaps_card()
        self.gaps.opened.connect(open_case)
        self._gaps: tuple[GapRow, ...] = ()
        self._unusual: tuple[UnusualRow, ...] = ()
        self.text = QLineEdit()
        self.text.setObjectName("conduct_text")
        self.text.setMaxLength(1000)
        self.text.returnPressed.connect(self.review)
        self.done = button(role="primary", clicked=self.review)
        self.done.setObjectName("conduct_review")
        self.see = button(role="link", clicked=self._open)
        for card in self._cards():
            card.opened.connect(open_case)
            card.table.selectionModel().currentChanged.connect(self._choose)
        self.source = label(role="caption", wrap=True)
        note = panel()
        note.setProperty("role", "card")
        self.note = note
        row = across(self.text, self.see, self.done, spacing=8)
        row.setStretch(0, 1)
        note.setLayout(down(self.source, row, spacing=8, margins=(16, 12, 16, 12)))
        body = panel("sunken")
        body.setLayout(
            down(
                self.title,
                self.about,
                self.breaches,
                self.warned,
                self.unusual,
                self.gaps,
                note,
                None,
                spacing=16,
                margins=(32, 28, 32, 28),
            )
        )
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(body)
        self.setLayout(down(self.area, spacing=0))
        self.note.hide()
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _card(self, title: str, empty: str, name: str) -> TableCard[ConductRow]:
        look = self._look
        columns = [
            Column[ConductRow](_L("Time"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[ConductRow](_L("Case"), lambda row: row.number),
            Column[ConductRow](_L("By"), lambda row: row.author),
            Column[ConductRow](_L("Contact"), lambda row: look.translator.label(row.channel)),
            Column[ConductRow](_L("Rule"), lambda row: look.say(sentence(row)), stretch=True),
            Column[ConductRow](_L("Reason given"), lambda row: row.said or "—", stretch=True),
            Column[ConductRow](_L("Looked into"), lambda row: row.reviewed or "—", stretch=True),
        ]
        return TableCard(look, title, empty, columns, name, most=LINES)

    def _unusual_card(self) -> TableCard[UnusualRow]:
        look = self._look
        columns = [
            Column[UnusualRow](_L("Time"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[UnusualRow](_L("By"), lambda row: row.who),
            Column[UnusualRow](_L("What is unusual"), lambda row: look.say(row.said), stretch=True),
            Column[UnusualRow](
                _L("Case"), lambda row: row.number if row.cases < 2 else f"{row.number} +{row.cases - 1}"
            ),
            Column[UnusualRow](_L("Looked into"), lambda row: row.reviewed or "—", stretch=True),
        ]
        empty = _L("Nobody looked at or took more than usual.")
        return TableCard(look, _L("Unusual looks and exports"), empty, columns, "conduct_unusual", most=LINES)

    def _gaps_card(self) -> TableCard[GapRow]:
        look = self._look
        columns = [
            Column[GapRow](_L("Time"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[GapRow](_L("Case"), lambda row: row.number),
            Column[GapRow](_L("Name"), lambda row: row.name),
            Column[GapRow](_L("By"), lambda row: row.author),
            Column[GapRow](_L("What"), lambda row: look.say(row.said), stretch=True),
        ]
        empty = _L("No recording is missing, and nobody complained.")
        return TableCard(look, _L("Missing recordings and complaints"), empty, columns, "conduct_gaps", most=LINES)

    def _cards(self) -> tuple[TableCard[ConductRow] | TableCard[UnusualRow], ...]:
        return self.breaches, self.warned, self.unusual

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Conduct"))
        self._say_about()
        self.text.setPlaceholderText(tr("What you found, and what is done about it"))
        self.text.setAccessibleName(tr("What you found, and what is done about it"))
        self.done.setText(tr("Looked into"))
        self.see.setText(tr("Open the case"))
        for card in (*self._cards(), self.gaps):
            card.retranslate()
        self._show()

    def _say_about(self) -> None:
        tr = self._look.tr
        self.about.setText(
            tr("Every case is being looked through …")
            if self.reading and self._rows is None
            else tr(
                "Contacts of the last {days} days, judged again with everything the seats have handed in. "
                "Enter opens the case.",
                days=DAYS,
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()

    def look_again(self) -> None:
        """In the pool: the first look judges a month of contacts."""
        if self.reading:
            self._again = True
            return
        self.reading = True
        self._say_about()
        desk = self._desk
        run(self, lambda: (desk.conduct.rows(), desk.unusual.rows(), desk.conduct.gaps()), self._have, self._failed)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self.look_again()

    def _have(self, found: tuple[tuple[ConductRow, ...], tuple[UnusualRow, ...], tuple[GapRow, ...]]) -> None:
        self._rows, self._unusual, self._gaps = found
        self._show()
        self._finished()

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))
        self._finished()
        self.about.setText(self._look.say(error.message))

    def _finished(self) -> None:
        self.reading = False
        self._say_about()
        if self._again:
            self._again = False
            self.look_again()
        else:
            self.read.emit()

    def _show(self) -> None:
        if self._rows is None:
            return
        self.breaches.show_rows([row for row in self._rows if row.level == "block"])
        self.warned.show_rows([row for row in self._rows if row.level == "warn"])
        self.unusual.show_rows(self._unusual)
        self.gaps.show_rows(self._gaps)
        self._choose()

    def _chosen(self) -> ConductRow | UnusualRow | None:
        """The row the keyboard is on, in whichever list has one."""
        for card in self._cards():
            place = card.table.currentIndex().row()
            if 0 <= place < len(card.table.rows):
                return card.table.rows[place]
        return None

    def _open(self) -> None:
        row = self._chosen()
        if row is not None:
            self._open_case(row.case_id)

    def _choose(self) -> None:
        for card in self._cards():
            for other in self._cards():
                if other is not card and card.table.hasFocus() and other.table.currentIndex().isValid():
                    other.table.setCurrentIndex(other.table.model().index(-1, -1))
        row = self._chosen()
        self.note.setVisible(row is not None)
        if isinstance(row, ConductRow):
            self.source.setText(
                "\n".join(f"{self._look.say(reason.message)}  {reason.source}" for reason in row.reasons)
            )
        elif row is not None:
            self.source.setText(self._look.say(row.said))

    def review(self) -> None:
        """Put what was found on the case, as an entry of its history."""
        row = self._chosen()
        if row is None:
            return
        try:
            if isinstance(row, ConductRow):
                changes = self._desk.conduct.review(row, self.text.text())
            else:
                changes = self._desk.unusual.review(row, self.text.text())
        except WorkstationError as error:
            self.text.setFocus()
            self._tell(self._look.say(error.message))
            return
        self.text.clear()
        self._desk.announce(changes)
        self._tell(self._look.tr("Noted on the case."))
