"""The approvals page: what waits for a lead, the facts of the chosen one, and one key for each decision."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QScrollArea, QWidget

from ui.approvals.details import Details
from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
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
# The decision, its key, its words and for what it is offered.
DECISIONS: tuple[tuple[Verdict, str, str, str], ...] = (
    ("approved", "A", _L("Approve"), "proposal"),
    ("rejected", "R", _L("Reject"), "proposal"),
    ("re_aged", "M", _L("Move on"), "breach"),
    ("terminated", "T", _L("Terminate"), "breach"),
)


class ApprovalsPage(QWidget):
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
        words = across(self.first_due, self.reason, spacing=12)
        words.setStretch(0, 1)
        words.setStretch(1, 3)
        words.setAlignment(self.reason, Qt.AlignmentFlag.AlignBottom)
        self.foot.setLayout(
            down(self.barred, words, across(self.see, None, *self.buttons.values(), spacing=8), spacing=10,
                 margins=(16, 12, 16, 12))
        )  # fmt: skip
        body = panel("sunken")
        body.setLayout(
            down(
                self.title, self.about, self.offline, across(self.problem, None, self.again), self.card, self.details,
                self.foot, None, spacing=16, margins=(32, 28, 32, 28),
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
            Column[Waiting](_L("Since"), lambda row: look.translator.moment(row.at, today=self._desk.today())),
            Column[Waiting](_L("Case"), lambda row: row.number),
            Column[Waiting](_L("Name"), lambda row: row.name),
            Column[Waiting](_L("By"), lambda row: row.asked_by),
            Column[Waiting](_L("What"), self._what),
            Column[Waiting](_L("Why"), lambda row: look.say(row.why), stretch=True),
        ]
        empty = _L("Nothing waits for a decision.")
        return TableCard(look, _L("Waiting for a decision"), empty, columns, "approvals_waiting", most=LINES)

    def _what(self, row: Waiting) -> str:
        return self._look.tr("Proposal") if row.kind == "proposal" else self._look.tr("Breach")

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Approvals"))
        self._say_about()
        self.reason.setPlaceholderText(tr("The reason, for whoever has to explain it"))
        self.reason.setAccessibleName(tr("The reason, for whoever has to explain it"))
        self.offline.setText(
            tr("No line to the centre: what stands here is as of the last synchronisation, and nothing can be decided.")
        )
        self.again.setText(tr("Try again"))
        self.see.setText(tr("Open the case"))
        for verdict, key, text, _ in DECISIONS:
            self.buttons[verdict].setText(with_key(tr(text), key))
        self.first_due.retranslate()
        self.card.retranslate()
        self.details.retranslate()
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
            else tr("Plans above somebody's authority, and breached plans. Each is decided once, at the centre.")
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
        self.details.show_row(row)
        self._move()
        self.barred.setText(self._look.say(row.barred))
        show_if(self.barred, row.barred is not None)
        show_if(self.first_due, row.kind == "breach")
        for verdict, _, _, kind in DECISIONS:
            show_if(self.buttons[verdict], kind == row.kind)
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
        offered = {what: kind for what, _, _, kind in DECISIONS}
        if row is None or self.deciding or offered[verdict] != row.kind:
            return
        if row.barred is not None:
            self._tell(self._look.say(row.barred))
            return
        words, day = self.reason.text(), self.first_due.text()
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
        self.settled.emit()
