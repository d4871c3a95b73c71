"""A lead's authority in another's hands: who has it, a form to lend it, a key to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.sync.cards import Card
from ui.widgets.basic import across, button, clear, down, label, show_if, with_key
from ui.widgets.field import EntryField
from workstation.desk.lending import LentRow
from workstation.domain.errors import WorkstationError

LEND = "L"


class LentCard(Card):
    """For a lead always; for others while they were lent some."""

    def __init__(self, look: Look, desk: Desk, tell: Callable[[str], None]) -> None:
        super().__init__(look, _L("Authority lent"), _L("Nobody decides for you, and you for nobody."))
        self._desk, self._tell = desk, tell
        self.list = QVBoxLayout()
        self.open = button("", "link", clicked=self.unfold)
        self.person_caption = label(role="caption")
        self.person = QComboBox()
        self.person.setObjectName("lent_person")
        self.person.setMinimumWidth(40)
        self.person_caption.setBuddy(self.person)
        place = QWidget()
        place.setLayout(down(self.person_caption, self.person, spacing=4))
        self.begins = EntryField(look, _L("From"), _L("today"), name="lent_begins")
        self.ends = EntryField(look, _L("Until"), _L("+7, 28"), name="lent_ends")
        self.reason = EntryField(look, _L("Reason"), name="lent_reason")
        self.problem = label(role="error", wrap=True)
        self.cancel = button(clicked=self.fold)
        self.lend = button("", "primary", clicked=self._lend)
        self.lend.setObjectName("lent_save")
        self.fields = QWidget()
        row = across(place, self.begins, self.ends, self.reason, spacing=10)
        for part, share in enumerate((2, 1, 1, 3)):
            row.setStretch(part, share)
        self.fields.setLayout(down(row, self.problem, across(None, self.cancel, self.lend), spacing=8))
        self.body.addLayout(self.list)
        self.body.addWidget(self.fields)
        self.head.addWidget(self.open)
        shortcut = QShortcut(QKeySequence(LEND), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.unfold)
        for field in (self.begins, self.ends, self.reason):
            field.edit.returnPressed.connect(self._lend)
        self.fields.hide()
        self.problem.hide()

    def retranslate(self) -> None:
        super().retranslate()
        tr = self._look.tr
        self.open.setText(with_key(tr("Lend your authority"), LEND))
        self.person_caption.setText(tr("To whom"))
        self.person.setAccessibleName(tr("To whom"))
        self.cancel.setText(tr("Cancel"))
        self.lend.setText(tr("Lend"))
        for field in (self.begins, self.ends, self.reason):
            field.retranslate()
        describe(self._look, self)
        self.read()

    def read(self) -> None:
        lending = self._desk.approvals.lending
        rows = lending.rows()
        show_if(self, lending.lends or bool(rows))
        show_if(self.open, lending.lends and self.fields.isHidden())
        self.show_count(len(rows))
        clear(self.list)
        for row in rows:
            self.list.addLayout(self._line(row))

    def _line(self, row: LentRow) -> QVBoxLayout:
        tr, moment = self._look.tr, self._look.translator.moment
        days = {"who": row.who, "begins": moment(row.from_at), "ends": moment(row.until_at)}
        if row.mine:
            said = tr("{who} decides for you from {begins} until {ends}.", **days)
        else:
            said = tr("You decide for {who} from {begins} until {ends}.", **days)
        end = button(tr("Take it back") if row.mine else tr("Give it back"), "link", lambda: self._end(row.id))
        end.setObjectName("lent_end")
        line = across(label(said, "strong" if row.now else "muted", wrap=True), None, end)
        line.setStretch(0, 1)
        return down(line, label(row.reason, "caption", wrap=True), spacing=2)

    # ---- lending ----

    def unfold(self) -> None:
        if not self._desk.approvals.lending.lends or not self.isVisible():
            return
        self.person.clear()
        for one, name in self._desk.approvals.lending.people():
            self.person.addItem(name, one)
        self.fields.show()
        self.open.hide()
        self.person.setFocus()

    def fold(self) -> None:
        self.fields.hide()
        self.problem.hide()
        self.open.show()
        for field in (self.begins, self.ends, self.reason):
            field.set_text("")

    def _lend(self) -> None:
        lending, to = self._desk.approvals.lending, self.person.currentData() or ""
        begins, ends, reason = self.begins.text(), self.ends.text(), self.reason.text()
        self.lend.setEnabled(False)
        run(self, lambda: lending.lend(to, begins, ends, reason), self._lent, self._refused)

    def _lent(self, _nothing: None) -> None:
        self.lend.setEnabled(True)
        self.fold()
        self._tell(self._look.tr("Lent. It stands here after the next synchronisation."))

    def _end(self, one: str) -> None:
        lending = self._desk.approvals.lending
        run(self, lambda: lending.end(one), self._ended, self._refused)

    def _ended(self, _nothing: None) -> None:
        self._tell(self._look.tr("Ended. It stands here after the next synchronisation."))

    def _refused(self, error: WorkstationError) -> None:
        """What was typed stays."""
        self.lend.setEnabled(True)
        self.problem.setText(self._look.say(error.message))
        show_if(self.problem, not self.fields.isHidden())
        if self.fields.isHidden():
            self._tell(self._look.say(error.message))
        wrong: dict[str, QWidget] = {"person": self.person, "begins": self.begins.edit, "ends": self.ends.edit}
        wrong.get(error.field or "", self.reason.edit).setFocus()
