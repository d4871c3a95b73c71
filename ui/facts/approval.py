"""What was asked of a lead on this case, and a form to ask: legal referral, a third person, going on for all that."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QVBoxLayout, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, clear, down, label, show_if
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.asking import ASKED_FOR, AskedRow, AskView, NewRequest
from workstation.domain.errors import WorkstationError


class ApprovalBox(QFrame):
    """The list, and one button until something is to be asked. `asked` carries nothing."""

    asked = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case_id = ""
        self._view: AskView | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.open = button("", "link", clicked=self.unfold)
        self.open.setObjectName("ask_approval")
        self.what = ChoiceField(look, _L("What is asked for"), "approval", ASKED_FOR, name="approval_what")
        self.what.changed.connect(self._ask)
        self.steps = label(wrap=True)
        self.person_caption, self.person = label(role="caption"), self._combo("approval_person")
        self.warning_caption, self.warning = label(role="caption"), self._combo("approval_warning")
        self.whom, self.against = QWidget(), QWidget()
        self.whom.setLayout(down(self.person_caption, self.person, spacing=4))
        self.against.setLayout(down(self.warning_caption, self.warning, spacing=4))
        self.until = EntryField(look, _L("Wanted until"), _L("+7, 28"), name="approval_until")
        self.reason = EntryField(look, _L("Reason"), name="approval_reason")
        self.problem = label(role="error", wrap=True)
        self.cancel = button(clicked=self.fold)
        self.send = button("", "primary", clicked=self.save)
        self.send.setObjectName("approval_send")
        for field in (self.until, self.reason):
            field.edit.returnPressed.connect(self.save)
        self.fields = QWidget()
        self.fields.setLayout(
            down(
                self.what,
                self.steps,
                self.whom,
                self.against,
                self.until,
                self.reason,
                self.problem,
                across(None, self.cancel, self.send, spacing=8),
                spacing=8,
            )
        )
        self.setLayout(down(self._list, across(self.open, None), self.fields, spacing=6))
        look.changed.connect(self.retranslate)
        self.retranslate()
        self.fold()

    def _combo(self, name: str) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        made.setMinimumWidth(40)
        return made

    def retranslate(self) -> None:
        tr = self._look.tr
        self.open.setText(tr("Ask a lead for approval"))
        self.cancel.setText(tr("Cancel"))
        self.send.setText(tr("Ask"))
        for caption, combo, text in (
            (self.person_caption, self.person, tr("Whom to contact")),
            (self.warning_caption, self.warning, tr("Against which warning")),
        ):
            caption.setText(text)
            combo.setAccessibleName(text)
        for field in (self.what, self.until, self.reason):
            field.retranslate()
        describe(self._look, self)

    def show_case(self, case_id: str) -> None:
        """What was typed for another case is not taken along."""
        if case_id != self._case_id:
            self.fold()
        self._case_id = case_id
        self._view = self._desk.asking.view(case_id)
        clear(self._list)
        for row in self._view.rows:
            self._list.addWidget(self._card(row))

    def _card(self, row: AskedRow) -> QFrame:
        card, look = QFrame(), self._look
        card.setProperty("role", "box")
        parts = [label(look.translator.label(row.what), "strong", wrap=True)]
        parts += [label(look.say(said), "caption", wrap=True) for said in (row.about, row.state) if said is not None]
        if row.answer:
            parts.append(label(row.answer, "caption", wrap=True))
        card.setLayout(down(*parts, spacing=4, margins=(12, 10, 12, 10)))
        return card

    def fold(self) -> None:
        self.fields.hide()
        self.problem.hide()
        show_if(self.open, self._desk.asking.offered)
        self.what.combo.setCurrentIndex(0)
        for field in (self.until, self.reason):
            field.set_text("")

    def unfold(self) -> None:
        view = self._view
        if view is None or not self._desk.asking.offered:
            return
        self.person.clear()
        for one, name in view.persons:
            self.person.addItem(name, one)
        self.warning.clear()
        for warned in view.warnings:
            said = self._look.tr("{warning} · {place}", warning=self._look.say(warned.said), place=warned.where)
            self.warning.addItem(said, f"{warned.rule} {warned.point}")
        self.open.hide()
        self.fields.show()
        self._ask()
        self.what.combo.setFocus()

    def _ask(self) -> None:
        """Only what this request needs, and what is on record for it."""
        view, what, look = self._view, self.what.text(), self._look
        show_if(self.whom, what == "third_party")
        show_if(self.against, what == "override")
        show_if(self.steps, bool(what) and view is not None)
        if view is None or not what:
            return
        if what == "legal_referral":
            lines = [f"{'✓' if step.taken else '✗'} {look.translator.label(step.what)}" for step in view.steps]
            if view.limitation_days is not None and view.limitation_days >= 0:
                lines.append(look.tr("Days left to sue: {n}", n=view.limitation_days))
        elif what == "third_party":
            lost = view.out_of_contact
            lines = [
                look.tr("✓ The debtor is out of contact by the record.")
                if lost
                else look.tr("✗ The debtor can be reached by the record.")
            ]
        else:
            lines = [look.tr("A lead answers for a warning only. What is blocked stays blocked.")]
            if not view.warnings:
                lines.append(look.tr("No warning stands on this case now."))
        self.steps.setText("\n".join(lines))

    def save(self) -> None:
        typed = NewRequest(
            what=self.what.text(),
            person=self.person.currentData() or "",
            warning=self.warning.currentData() or "",
            until=self.until.text(),
            reason=self.reason.text(),
        )
        try:
            changes = self._desk.asking.ask(self._case_id, typed)
        except WorkstationError as error:
            self.problem.setText(self._look.say(error.message))
            self.problem.show()
            wrong: dict[str, QWidget] = {
                "what": self.what.combo,
                "person": self.person,
                "warning": self.warning,
                "until": self.until.edit,
            }
            wrong.get(error.field or "", self.reason.edit).setFocus()
            return
        self.fold()
        self._desk.announce(changes)
        self.asked.emit()
