"""The coaching page: for a lead a sample of contacts to review; for a collector the notes to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from ui.background import run
from ui.coaching.form import ReviewForm
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel, show_if, with_key
from ui.widgets.tall import TallArea
from workstation.desk.coaching import PERIODS, ReviewRow, SampledRow
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

ACKNOWLEDGE = "K"
KEEP = "Ctrl Enter"


class CoachingPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what was done or went wrong."""

    read = Signal()  # the sample is there

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("coaching_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._sample: tuple[SampledRow, ...] = ()
        self._of: tuple[str, int] | None = None  # whose sample is shown, of how many days
        self._notes: tuple[ReviewRow, ...] = ()
        self._asked = 0
        self.reading = False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.person_caption, self.person = label(role="caption"), self._combo("coaching_person")
        self.period_caption, self.period = label(role="caption"), self._combo("coaching_period")
        for days in PERIODS:
            self.period.addItem("", days)
        self.choice = QWidget()
        choice = across(
            down(self.person_caption, self.person, spacing=4), down(self.period_caption, self.period, spacing=4), None,
            spacing=12,
        )  # fmt: skip
        self.choice.setLayout(choice)
        self.card = self._sample_card()
        self.card.opened.connect(open_case)
        self.card.table.selectionModel().currentChanged.connect(self._choose)
        self.words, self.findings = label(wrap=True), label(role="error", wrap=True)
        self.form = ReviewForm(look, desk)
        self.give = button(role="primary", clicked=self.commit)
        self.give.setObjectName("coaching_give")
        self.notes = self._notes_card()
        self.notes.opened.connect(open_case)
        self.notes.table.selectionModel().currentChanged.connect(self._show_note)
        self.note = label(wrap=True)
        self.acknowledge = button(clicked=self._acknowledge)
        shortcut = QShortcut(QKeySequence(ACKNOWLEDGE), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._acknowledge)
        self.reviewing = QWidget()
        self.reviewing.setLayout(down(self.words, self.findings, self.form, across(None, self.give), spacing=10))
        body = panel("sunken")
        body.setLayout(
            down(
                self.title, self.about, self.choice, self.card, self.reviewing, self.notes, self.note,
                across(None, self.acknowledge), None, spacing=16, margins=(32, 28, 32, 28),
            )
        )  # fmt: skip
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.setLayout(down(self.area, spacing=0))
        for part in (self.choice, self.card):
            part.setVisible(desk.coaching.leads)
        self.reviewing.hide()
        self.person.currentIndexChanged.connect(self.take_sample)
        self.period.currentIndexChanged.connect(self.take_sample)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _combo(self, name: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setMinimumWidth(self._look.tokens.px(160))
        return made

    def _sample_card(self) -> TableCard[SampledRow]:
        look = self._look
        columns = [
            Column[SampledRow](_L("Time"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[SampledRow](_L("Case"), lambda row: row.number),
            Column[SampledRow](_L("Name"), lambda row: row.name),
            Column[SampledRow](_L("Outcome"), lambda row: look.translator.label(row.outcome), stretch=True),
            Column[SampledRow](_L("Findings"), lambda row: str(len(row.findings)), right=True),
            Column[SampledRow](_L("Recording"), lambda row: look.tr("yes") if row.recorded else look.tr("no")),
            Column[SampledRow](_L("Reviewed by"), self._reviewed),
        ]
        empty = _L("No call or visit in this period.")
        return TableCard(look, _L("Contacts to review"), empty, columns, "coaching_sample", most=10)

    def _reviewed(self, row: SampledRow) -> str:
        if row.contact_id in self._desk.coaching.on_the_way():
            return self._look.tr("on the way")
        return row.reviewed or "—"

    def _notes_card(self) -> TableCard[ReviewRow]:
        look = self._look
        columns = [
            Column[ReviewRow](_L("Time"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[ReviewRow](_L("Collector"), lambda row: row.collector),
            Column[ReviewRow](_L("By"), lambda row: row.lead),
            Column[ReviewRow](_L("Case"), lambda row: row.number or "—"),
            Column[ReviewRow](_L("Score"), lambda row: f"{row.score / 10:.1f}", right=True),
            Column[ReviewRow](_L("Note"), lambda row: row.note, stretch=True),
            Column[ReviewRow](_L("Read"), self._when_read),
        ]
        return TableCard(look, _L("Reviews and notes"), _L("No review was given yet."), columns, "coaching_notes")

    def _when_read(self, row: ReviewRow) -> str:
        if row.acknowledged_at is None:
            return "—"
        return self._look.translator.moment(row.acknowledged_at, today=self._desk.today())

    def retranslate(self) -> None:
        tr, coaching = self._look.tr, self._desk.coaching
        self.title.setText(tr("Coaching"))
        self.about.setText(
            tr(
                "A sample of calls and visits, the same for the same person and week: each outcome has its share, "
                "those with findings come first. A review is a word to a person, not a ranking."
            )
            if coaching.leads
            else tr("What your lead noted about your contacts. Say that you have read it.")
        )
        self.person_caption.setText(tr("Collector"))
        self.person.setAccessibleName(tr("Collector"))
        self.period_caption.setText(tr("Period"))
        self.period.setAccessibleName(tr("Period"))
        for place, days in enumerate(PERIODS):
            self.period.setItemText(place, tr("the last {n} days", n=days))
        self.give.setText(with_key(tr("Give the review"), KEEP))
        self.acknowledge.setText(with_key(tr("I have read it"), ACKNOWLEDGE))
        for part in (self.card, self.notes, self.form):
            part.retranslate()
        describe(self._look, self)
        self._show_sample()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_notes()
        if self._desk.coaching.leads and not self.person.count():
            self.person.blockSignals(True)
            for one, name in self._desk.coaching.people():
                self.person.addItem(name, one)
            self.person.blockSignals(False)
            self.take_sample()
        (self.person if self._desk.coaching.leads else self.notes.table).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.form.flush()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and (changes.everything or "coaching" in changes.kinds):
            self._read_notes()
            self.take_sample()

    # ---- the sample ----

    def take_sample(self) -> None:
        """In the pool: cases are read whole."""
        person, days = self.person.currentData(), self.period.currentData()
        if person is None:
            return
        self.reading = True
        if self._of != (person, days):  # else what is shown stays until it is read again: somebody may be writing
            self._of, self._sample = None, ()
            self.card.show_rows(())
            self._choose()
            self.card.empty.setText(self._look.tr("The contacts are being looked through …"))
        self._asked += 1
        asked = self._asked
        run(
            self,
            lambda: self._desk.coaching.sample(person, days),
            lambda rows: self._have(asked, (person, days), rows),
            lambda error: self._failed(asked, error),
        )

    def _have(self, asked: int, of: tuple[str, int], rows: tuple[SampledRow, ...]) -> None:
        if asked == self._asked:  # else another person was chosen meanwhile
            self.reading = False
            self._of, self._sample = of, rows
            self.card.retranslate()
            self._show_sample()
            self.read.emit()

    def _failed(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self.reading = False
            self.card.empty.setText(self._look.say(error.message))
            self._tell(self._look.say(error.message))

    def _show_sample(self) -> None:
        if self._desk.coaching.leads:
            known, rows = self.form.contact, [row.contact_id for row in self._sample]
            place = rows.index(known) if known in rows else max(0, self.card.table.currentIndex().row())
            self.card.show_rows(self._sample)
            if self._sample:
                table = self.card.table
                table.setCurrentIndex(table.model().index(min(place, len(self._sample) - 1), 0))
        self._choose()

    @property
    def chosen(self) -> SampledRow | None:
        rows, place = self.card.table.rows, self.card.table.currentIndex().row()
        return rows[place] if self._desk.coaching.leads and 0 <= place < len(rows) else None

    def _choose(self) -> None:
        row = self.chosen
        show_if(self.reviewing, row is not None)
        if row is None:
            return
        self.form.open(row.contact_id)
        self.words.setText(row.words or self._look.tr("Nothing was noted."))
        self.findings.setText("\n".join(f"▲ {self._look.say(one)}" for one in row.findings))
        show_if(self.findings, bool(row.findings))
        offered = self._desk.coaching.writes and not row.reviewed
        show_if(self.form, offered and row.contact_id not in self._desk.coaching.on_the_way())
        show_if(self.give, not self.form.isHidden())

    def commit(self) -> None:
        """Give the review of the chosen contact."""
        row = self.chosen
        if row is None or self.form.isHidden():
            return
        points, fatal, note = self.form.typed()
        try:
            said = self._desk.coaching.give(row, points, fatal, note)
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            self.form.go_to(error.field)
            return
        self.form.given()
        self._tell(self._look.say(said))
        self._desk.sync.sync_now()
        self._show_sample()

    # ---- notes ----

    def _read_notes(self) -> None:
        self._notes = self._desk.coaching.notes()
        self.notes.show_rows(self._notes)
        if self._notes:
            table = self.notes.table
            table.setCurrentIndex(table.model().index(max(0, table.currentIndex().row()), 0))
        self._show_note()

    def _note(self) -> ReviewRow | None:
        rows, place = self.notes.table.rows, self.notes.table.currentIndex().row()
        return rows[place] if 0 <= place < len(rows) else None

    def _show_note(self) -> None:
        row = self._note()
        show_if(self.note, row is not None)
        show_if(self.acknowledge, row is not None and row.mine and row.acknowledged_at is None)
        if row is not None:
            self.note.setText("\n".join((*self.form.scored(row.lines, row.fatal), row.note)))

    def _acknowledge(self) -> None:
        row = self._note()
        if row is None or self.acknowledge.isHidden():
            return
        self._desk.coaching.acknowledge(row)
        self._tell(self._look.tr("Your lead sees with the next synchronisation that you have read it."))
        self._desk.sync.sync_now()
        self._read_notes()
