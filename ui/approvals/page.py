"""The approvals page: what waits for a lead, the facts of the chosen one, and one key for each decision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QScrollArea

from ui.approvals.details import Details
from ui.approvals.kept_back import KeptBack
from ui.approvals.lent import LentCard
from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel, show_if, with_key
from ui.widgets.field import EntryField
from workstation.desk.approval_facts import Waiting
from workstation.desk.approvals import Decided, Verdict
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

LINES = 8
TYPING_MS = 60
OFFLINE = frozenset({"offline", "failed"})
ASKED = frozenset({"proposal", "request"})
BREACH = frozenset({"breach"})
# The decision, its key, its words and for what it is offered.
DECISIONS: tuple[tuple[Verdict, str, str, frozenset[str]], ...] = (
    ("approved", "A", _L("Approve"), ASKED),
    ("rejected", "R", _L("Reject"), ASKED),
    ("re_aged", "M", _L("Move on"), BREACH),
    ("terminated", "T", _L("Terminate"), BREACH),
)


class ApprovalsPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what was decided or went wrong."""

    read = Signal()  # the list is up to date
    settled = Signal()  # a decision was made, or could not be

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("approvals_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._open_case = open_case
        self._rows: tuple[Waiting, ...] | None = None  # until they were looked for
        self._shown: Waiting | None = None
        self.reading = self._again = self.deciding = False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.offline, self.problem = label(role="banner", wrap=True), label(role="error", wrap=True)
        self.again = button(clicked=self.look_again)
        self.card = self._card()
        self.card.opened.connect(open_case)
        self.card.table.selectionModel().currentChanged.connect(self._choose)
        self.details = Details(look)
        self.reason = QLineEdit()
        self.reason.setObjectName("approvals_reason")
        self.reason.setMaxLength(1000)
        self.first_due = EntryField(look, _L("First new day"), _L("+30, 28"), name="approvals_first_due")
        self.until = EntryField(look, _L("Holds until"), _L("+7, 28"), name="approvals_until")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPING_MS)
        self._later.timeout.connect(self._move)
        self.first_due.changed.connect(self._later.start)
        self.barred = label(role="muted", wrap=True)
        self.see = button(role="link", clicked=self._open)
        self.buttons: dict[Verdict, QPushButton] = {}
        for verdict, key, _, _ in DECISIONS:
            made = button(role="primary" if verdict == "approved" else "")
            made.clicked.connect(lambda _=False, to=verdict: self.decide(to))
            made.setObjectName(f"approvals_{verdict}")
            self.buttons[verdict] = made
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)  # a key held down decides once
            shortcut.activated.connect(lambda to=verdict: self.decide(to))
        self.foot = QFrame()
        self.foot.setProperty("role", "card")
        words = across(self.first_due, self.until, self.reason, spacing=12)
        words.setStretch(0, 1)
        words.setStretch(1, 1)
        words.setStretch(2, 3)
        words.setAlignment(self.reason, Qt.AlignmentFlag.AlignBottom)
        self.foot.setLayout(
            down(self.barred, words, across(self.see, None, *self.buttons.values(), spacing=8), spacing=10,
                 margins=(16, 12, 16, 12))
        )  # fmt: skip
        self.kept_back = KeptBack(look, desk, self.look_again)
        self.lent = LentCard(look, desk, tell)
        body = panel("sunken")
        body.setLayout(
            down(
                self.title, self.about, self.offline, across(self.problem, None, self.again), self.card, self.details,
                self.foot, self.kept_back, self.lent, None, spacing=16, margins=(32, 28, 32, 28),
            )
        )  # fmt: skip
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(body)
        self.setLayout(down(self.area, spacing=0))
        for hidden in (self.problem, self.again, self.offline, self.details, self.foot):
            hidden.hide()
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _card(self) -> TableCard[Waiting]:
        look = self._look
        columns = [
            Column[Waiting](_L("Waits since"), self._since),
            Column[Waiting](_L("Case"), lambda row: row.number),
            Column[Waiting](_L("Name"), lambda row: row.name),
            Column[Waiting](_L("By"), lambda row: row.asked_by),
            Column[Waiting](_L("What"), self._what),
            Column[Waiting](_L("Why"), lambda row: look.say(row.why), stretch=True),
        ]
        empty = _L("Nothing waits for a decision.")
        return TableCard(look, _L("Waiting for a decision"), empty, columns, "approvals_waiting", most=LINES)

    def _what(self, row: Waiting) -> str:
        if row.kind == "request":
            return self._look.translator.label(row.what)
        return self._look.tr("Proposal") if row.kind == "proposal" else self._look.tr("Breach")

    def _since(self, row: Waiting) -> str:
        """With a sign on what has waited longer than the house lets it."""
        moment = self._look.translator.moment(row.at, today=self._desk.today())
        return self._look.tr("▲ {time}", time=moment) if row.late else moment

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Approvals"))
        self._say_about()
        self.reason.setPlaceholderText(tr("The reason, for whoever has to explain it"))
        self.reason.setAccessibleName(tr("The reason, for whoever has to explain it"))
        self.offline.setText(
            tr(
                "No line to the centre: what stands here is as of the last synchronisation. What you decide waits here "
                "and is asked at the centre when the line is back."
            )
        )
        self.again.setText(tr("Try again"))
        self.see.setText(tr("Open the case"))
        for verdict, key, text, _ in DECISIONS:
            self.buttons[verdict].setText(with_key(tr(text), key))
        for part in (self.first_due, self.until, self.card, self.kept_back, self.lent):
            part.retranslate()
        self.details.retranslate()
        describe(self._look, self)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()

    def look_again(self) -> None:
        """In the pool: each plan that waits is calculated anew."""
        self._show_line()
        if self.reading:
            self._again = True
            return
        self.reading = True
        self._say_about()
        run(self, self._desk.approvals.waiting, self._have, self._failed)

    def _changed(self, changes: Changes) -> None:
        if not self.isVisible():
            return
        if changes.kinds == {"sync"}:
            self._show_line()
        else:
            self.look_again()

    def _show_line(self) -> None:
        show_if(self.offline, self._desk.sync.status().state in OFFLINE)

    def _have(self, rows: tuple[Waiting, ...]) -> None:
        self._rows = rows
        self.kept_back.read()
        self.lent.read()
        self._say_problem("")
        self._show()
        self._finished()

    def _failed(self, error: WorkstationError) -> None:
        self._say_problem(self._look.say(error.message))
        self._finished()

    def _say_problem(self, text: str) -> None:
        self.problem.setText(text)
        show_if(self.problem, bool(text))
        show_if(self.again, bool(text))

    def _say_about(self) -> None:
        tr, first = self._look.tr, self.reading and self._rows is None
        self.about.setText(
            tr("Every case is being looked through …")
            if first
            else tr(
                "Requests, plans above somebody's authority, and breached plans. Each is decided once, at the centre. "
                "▲ waits longer than the house lets it."
            )
        )

    def _finished(self) -> None:
        self.reading = False
        self._say_about()
        if self._again:
            self._again = False
            self.look_again()
        else:
            self.read.emit()

    # ---- showing ----

    def _show(self) -> None:
        if self._rows is None:
            return
        known = self._shown
        self.card.show_rows(self._rows)
        table = self.card.table
        place = next((n for n, row in enumerate(self._rows) if known is not None and row.id == known.id), 0)
        if self._rows:
            table.setCurrentIndex(table.model().index(place, 0))
            if known is None:
                table.setFocus()
        self._choose()

    @property
    def chosen(self) -> Waiting | None:
        rows, place = self.card.table.rows, self.card.table.currentIndex().row()
        return rows[place] if 0 <= place < len(rows) else None

    def _choose(self) -> None:
        row = self.chosen
        another = row is not None and (self._shown is None or self._shown.id != row.id)
        self._shown = row
        show_if(self.details, row is not None)
        show_if(self.foot, row is not None)
        if row is None:
            return
        if another:  # the words were for the other one
            self.reason.clear()
            self.first_due.set_text("")
            self.until.set_text("" if row.until is None else row.until.isoformat())
        self.details.show_row(row)
        self._move()
        self.barred.setText(self._look.say(row.barred))
        show_if(self.barred, row.barred is not None)
        show_if(self.first_due, row.kind == "breach")
        show_if(self.until, row.until is not None)
        for verdict, _, _, kinds in DECISIONS:
            show_if(self.buttons[verdict], row.kind in kinds)
            self.buttons[verdict].setEnabled(row.barred is None and not self.deciding)

    def _move(self) -> None:
        row = self._shown
        if row is None or row.kind != "breach":
            self.first_due.show_reading(None)
            return
        choices, reading = self._desk.approvals.moved(row, self.first_due.text())
        self.first_due.show_reading(reading)
        self.details.show_choices(choices)

    def _open(self) -> None:
        if self._shown is not None:
            self._open_case(self._shown.case_id)

    # ---- deciding ----

    def decide(self, verdict: Verdict) -> None:
        """At the centre, in the pool; a key of the other kind of row does nothing."""
        row = self._shown
        offered = {what: kinds for what, _, _, kinds in DECISIONS}
        if row is None or self.deciding or row.kind not in offered[verdict]:
            return
        if row.barred is not None:
            self._tell(self._look.say(row.barred))
            return
        words = self.reason.text()
        day = self.first_due.text() if row.kind == "breach" else self.until.text()
        self._lock(True)
        run(self, lambda: self._desk.approvals.decide(row, verdict, words, day), self._done, self._refused)

    def _lock(self, locked: bool) -> None:
        self.deciding = locked
        for made in self.buttons.values():
            made.setEnabled(not locked)

    def _done(self, decided: Decided) -> None:
        self._lock(False)
        self._tell(self._look.say(decided.sentence))
        self.reason.clear()
        self._desk.announce(decided.changes)
        self.settled.emit()

    def _refused(self, error: WorkstationError) -> None:
        """What was written stays, so that it can be decided again."""
        self._lock(False)
        self._choose()
        self._tell(self._look.say(error.message))
        if error.field == "reason":
            self.reason.setFocus()
        elif error.field == "first_due":
            self.first_due.edit.setFocus()
        elif error.field == "until":
            self.until.edit.setFocus()
        self.settled.emit()
