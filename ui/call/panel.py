"""The call-notes form: who was called, script, outcome, and only the fields that outcome needs."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from ui.call.dialling import Dialler
from ui.call.fields import OutcomeFields
from ui.call.identity import IdentityRow
from ui.call.outcomes import OutcomeGrid
from ui.call.points import NumberChoice
from ui.call.script import ScriptBox
from ui.call.timer import CallTimer
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.guide import GuideLine
from ui.knowledge.help import describe, describe_note
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, line, panel, set_property, show_if, with_key
from ui.widgets.field import ChoiceField, EntryField
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.views import CallForm, CaseView, OutcomeChoice
from workstation.domain.errors import WorkstationError
from workstation.domain.vocabulary import NEXT_ACTIONS

STEPS = {"idle": _L("Dial"), "ring": _L("Answered"), "talk": _L("Over"), "after": _L("Over")}


class CallPanel(Doing):
    """`saved` carries the changes of notes just recorded: the next case may come. Whoever hears it announces them."""

    saved = Signal(object)
    abused = Signal()  # the call just recorded was abusive: a minute's break is due

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "call")
        self.setObjectName("call_panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._form = CallForm()
        self._choices = {choice.id: choice for choice in desk.call.choices()}
        self._filling = True
        self._build()
        self._filling = False
        self._check_later = QTimer(self)
        self._check_later.setSingleShot(True)
        self._check_later.setInterval(60)
        self._check_later.timeout.connect(self._check)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- building ----

    def _build(self) -> None:
        look = self._look
        self.timer = CallTimer(look, self._desk.now)
        self.timer.changed.connect(self._typed)
        self.point = NumberChoice(look)
        self.point.currentIndexChanged.connect(self._typed)
        self.dial = button(clicked=self.begin)
        self.dial.setObjectName("dial")
        self.dialler = Dialler(look, self._desk, self.timer)
        self.dialler.failed.connect(self.failed)
        self.dialler.moved.connect(self._show_step)
        self.dialler.by_hand_wanted.connect(lambda: self.begin(by_hand=True))
        self.override = EntryField(look, _L("Reason for going ahead"), name="call_override")
        self.override.changed.connect(self._typed)
        self.override.hide()
        self.script = ScriptBox(look, self)
        self.script.situation_chosen.connect(self._check)
        self.identity = IdentityRow(look, self)
        self.identity.changed.connect(self._typed)
        self.outcome_caption = label(role="caption")
        self.outcomes = OutcomeGrid(look, tuple(self._choices.values()))
        self.outcomes.chosen.connect(self._choose)
        self._fields = OutcomeFields(look, self._typed)
        self.fields = self._fields.all
        self.note_caption = label(role="caption")
        self.guide = GuideLine(look)
        self.note = QPlainTextEdit()
        self.note.setObjectName("call_note")
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(self._typed)
        self.wording = label(role="caption", wrap=True, tone="warn")
        self.wording.setObjectName("call_wording")
        self.wording.hide()
        self.realism = label(role="caption", wrap=True)
        self.next_action = ChoiceField(look, _L("Next action"), "next_action", NEXT_ACTIONS, name="call_next")
        self.next_due = EntryField(look, _L("On"), name="call_next_due")
        for field in (self.next_action, self.next_due):
            field.changed.connect(self._typed)
        self.problem = label(role="error", wrap=True)
        self.pass_on = button(role="link", clicked=self.hand_over)
        self.pass_on.setObjectName("call_pass_on")
        self.abusive = button(role="chip")
        self.abusive.setObjectName("call_abusive")
        self.abusive.setCheckable(True)
        self.abusive.toggled.connect(self._typed)
        self.keep = button(clicked=self.keep_draft)
        self.record = button(role="primary", clicked=self.save)
        self.record.setObjectName("call_save")

        rarer = FlowLayout(spacing=8)
        for made in (self.abusive, self.pass_on):
            rarer.addWidget(made)
        following = across(self.next_action, self.next_due, spacing=10)
        following.setStretch(0, 1)
        following.setStretch(1, 1)
        form = panel()
        form.setLayout(
            down(
                self.timer,
                across(self.point, self.dial),
                self.dialler,
                self.override,
                self.script,
                self.identity,
                across(self.outcome_caption, None, self.outcomes.more),
                self.outcomes,
                self._fields.above,
                self.realism,
                across(self.note_caption, 24, self.guide),
                self.note,
                self.wording,
                self._fields.below,
                following,
                rarer,
                None,
                spacing=8,
                margins=(16, 12, 16, 12),
            )
        )
        self.area = TallArea(form)
        buttons = across(self.keep, self.record, spacing=8)
        buttons.setStretch(1, 2)
        buttons.setStretch(0, 1)
        foot = panel()
        foot.setLayout(down(self.problem, buttons, spacing=6, margins=(16, 8, 16, 14)))
        self.setLayout(down(self.area, line(), foot, spacing=0))

    # ---- showing ----

    def show_case(self, case: CaseView) -> None:
        """Another case, or the same one changed; what was typed for it comes back."""
        same = self._case is not None and self._case.case_id == case.case_id
        if not same:
            self.drafting.flush()
            self.script.restart()
        self._case = case
        self._fill_points()
        if not same:
            kept = self.drafting.open(case.case_id)
            self._show_form(_form_of(kept))
        self.dialler.show_case(case.case_id)
        self._show_step()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.identity.retranslate()
        self.outcome_caption.setText(tr("Outcome"))
        self.note_caption.setText(tr("Note"))
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("What was said, in plain words"))
        self.point.setAccessibleName(tr("Number to call"))
        self.timer.retranslate()
        self.dialler.retranslate()
        self._show_step()
        self.abusive.setText(with_key(tr("Abusive call"), "Ctrl ⇧ A"))
        self.abusive.setToolTip(tr("Marks the call, and gives you a break once it is saved."))
        self.pass_on.setText(with_key(tr("Telephone passed on"), "Ctrl G"))
        self.keep.setText(tr("Keep draft"))
        self.record.setText(with_key(tr("Save and next"), "Ctrl ↵"))
        self.outcomes.retranslate()
        for field in (*self.fields.values(), self.override, self.next_action, self.next_due):
            field.retranslate()
        describe(self._look, self, *self.fields.values())
        self.note.setFixedHeight(self._look.tokens.px(62))
        if self._case is not None:
            self._fill_points()
            self._check()

    def _fill_points(self) -> None:
        if self._case is None:
            return
        self._filling = True
        self._form.contact_point = self.point.show_case(self._case, self._form.contact_point)
        self._filling = False

    def _show_form(self, form: CallForm) -> None:
        self._filling = True
        point = form.contact_point or self._form.contact_point
        self._form = form
        self._fields.show_form(form)
        self.timer.show_form(form)
        self.identity.show_checked(form.identity)
        self.abusive.setChecked(form.abusive)
        self.override.set_text(form.override_reason)
        self.note.setPlainText(form.note)
        self.next_action.set_text(form.next_action)
        self.next_due.set_text(form.next_due)
        self.outcomes.show_outcome(form.outcome)
        place = self.point.findData(point)
        if place >= 0:
            self.point.setCurrentIndex(place)
        self._form.contact_point = point
        self._filling = False
        self._show_fields()
        self._check()

    def _show_fields(self) -> None:
        """Only the fields the outcome asks for, required ones marked."""
        choice: OutcomeChoice | None = self._choices.get(self._form.outcome)
        show_if(self.pass_on, choice is not None and choice.spoken)
        self._fields.show(choice.fields if choice is not None else ())

    # ---- typing ----

    def _choose(self, outcome: str) -> None:
        if self._case is None:
            return
        self._form.outcome = outcome
        try:
            known = self._desk.call.known(self._case.case_id, self._form)
        except WorkstationError:  # it left the desk a moment ago: the check says so
            known = {}
        for name, value in known.items():
            setattr(self._form, name, getattr(self._form, name) or value)
        self.script.situation = ""  # what was just said decides anew
        self._form.next_action = self._form.next_due = ""
        self._show_form(self._form)
        self._typed()
        choice = self._choices[outcome]
        if not choice.spoken:
            self.timer.over()
            self.dialler.unanswered()
        first = next((name for name in choice.required if name in self.fields and not self.fields[name].text()), None)
        if first is not None:
            field = self.fields[first]
            (field.edit if isinstance(field, EntryField) else field.combo).setFocus()
            self.area.show_whole(field)

    def _typed(self) -> None:
        if self._filling or self._case is None:
            return
        form = self._form
        self._fields.fill(form)
        self.timer.fill(form)
        form.identity = self.identity.checked()
        form.abusive = self.abusive.isChecked()
        form.note = self.note.toPlainText()
        form.override_reason = self.override.text()
        form.contact_point = self.point.currentData() or ""
        form.next_action, form.next_due = self.next_action.text(), self.next_due.text()
        self.drafting.touch()
        self._check_later.start()

    def _check(self) -> None:
        """Readings, what is missing, the proposal and the script, as the form stands."""
        if self._case is None:
            return
        try:
            check = self._desk.call.check(self._case.case_id, self._form)
        except WorkstationError as error:  # the case left the desk in the middle of the note
            self._show_problem(error.message, ())
            return
        for name, field in (*self.fields.items(), ("next_due", self.next_due)):
            if isinstance(field, EntryField):
                field.show_reading(check.readings.get(name))
        verdict = "allow" if check.light is None else check.light.verdict
        show_if(self.override, verdict == "warn" or (verdict == "block" and bool(self._form.outcome)))
        self.timer.show_check(check)
        self._show_step()
        verified, badge = self.identity.verified, self.timer.verified
        badge.setText(self._look.tr("Identity checked") if verified else self._look.tr("Identity not checked"))
        set_property(badge, "tone", "good" if verified else "")
        wrong = self._desk.call.remarks(self._case.case_id, self._form, self._look.language)
        self.wording.setText("\n".join(self._look.say(remark.message) for remark in wrong))
        show_if(self.wording, bool(wrong))
        self.realism.setText("\n".join(self._look.say(sentence) for sentence in check.realism))
        show_if(self.realism, bool(check.realism))
        if check.next_action and not self.next_action.text():
            self._filling = True
            self.next_action.set_text(check.next_action)
            self._filling = False
        if check.next_due is not None and not self._form.next_due:
            self.next_due.edit.setPlaceholderText(self._look.translator.day(check.next_due))
        self._show_problem(check.errors[0] if check.errors else None, check.missing)
        script = self._desk.call.script(self._case.case_id, self._form, self.script.situation)
        self.script.show_script(script)
        if self.guide.show_for(self._form.outcome, script.known):
            describe_note(self._look, self.note, self._form.outcome)

    def _show_problem(self, error: object, missing: tuple[str, ...]) -> None:
        if error is not None:
            self.problem.setText(self._look.say(error))  # type: ignore[arg-type]
        elif missing and self._form.outcome:
            names = "、" if self._look.language == "zh_CN" else ", "
            listed = names.join(self._look.label("call_field", name) for name in missing)
            self.problem.setText(self._look.tr("Still needed: {fields}", fields=listed))
        else:
            self.problem.setText("")
        show_if(self.problem, bool(self.problem.text()))

    # ---- doing ----

    def begin(self, *, by_hand: bool = False) -> None:
        """Start the call: the light is asked once more; a block stops it, a warning asks for a reason first.

        The same key then says that it was answered, and that it is over.
        """
        if self._case is None or not self._form.contact_point or self.dialler.dialling:
            return
        if self.timer.part != "idle":
            self.timer.step()
            if self.timer.part == "after":
                self.dialler.over()
            return
        try:
            light = self._desk.call.begin(self._case.case_id, self._form.contact_point)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        if light.verdict == "block":
            reasons = [self._look.say(reason) for reason in light.reasons]
            self.failed.emit("\n".join([self._look.say(light.phrase), *reasons]))
            return
        if light.verdict == "warn" and not self.override.text().strip():
            reasons = [self._look.say(reason) for reason in light.reasons]
            self.override.show()
            self.override.edit.setFocus()
            self.failed.emit("\n".join([*reasons, self._look.tr("Say why you go ahead all the same, then dial.")]))
            return
        if self.dialler.dial(self._form.contact_point, self.override.text(), by_hand=by_hand):
            self.setFocus()
        self._show_step()

    def pause(self, seconds: int) -> None:
        """A break was taken while writing up."""
        self.timer.pause(seconds)

    def save(self) -> None:
        """Record the notes; the window opens the next case when that worked."""
        if self._case is None:
            return
        self._typed()
        try:
            changes = self._desk.call.save(self._case.case_id, self._form)
        except WorkstationError as error:
            self._check()
            self.failed.emit(self._look.say(error.message))
            return
        self.drafting.clear()
        self.dialler.let_go()
        abusive = self._form.abusive
        self._form, self._case = CallForm(), None  # whichever case comes next is shown from the beginning
        self.saved.emit(changes)
        if abusive:
            self.abused.emit()

    @property
    def outcome(self) -> str:
        """The outcome chosen so far; empty when none is."""
        return self._form.outcome

    def record_outcome(self, outcome: str) -> bool:
        """Record this outcome with what is typed so far; False when more is needed, which the form then shows."""
        if self._case is None:
            return False
        before = self._case.case_id
        self._choose(outcome)
        self.save()
        return self._case is None or self._case.case_id != before or not self._form.outcome

    def hand_over(self) -> None:
        """Record what was said so far, and go on in the same call with whoever takes the telephone."""
        if self._case is None or not self.pass_on.isVisibleTo(self):
            return
        self._typed()
        try:
            changes, following = self._desk.call.pass_on(self._case.case_id, self._form)
        except WorkstationError as error:
            self._check()
            self.failed.emit(self._look.say(error.message))
            return
        self.drafting.clear()
        self.script.restart()
        self._show_form(following)
        self._desk.announce(changes)
        self._typed()
        self.done.emit(self._look.tr("Recorded. The same call goes on."))
        self.setFocus()

    def draft(self) -> str:
        return (
            msgspec.json.encode(self._form).decode()
            if self._form != CallForm(contact_point=self._form.contact_point)
            else ""
        )

    def _show_step(self) -> None:
        """The button says what its key does next."""
        part = self.timer.part
        says = _L("Dialling …") if self.dialler.dialling else STEPS[part]
        self.dial.setText(with_key(self._look.tr(says), "Ctrl D"))
        self.dial.setEnabled(part != "after" and not self.dialler.dialling)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys pick an outcome while no field has the focus."""
        if event.modifiers() == Qt.KeyboardModifier.NoModifier and self.outcomes.take_key(event):
            return
        super().keyPressEvent(event)


def _form_of(draft: str | None) -> CallForm:
    """The kept form; a draft of another version starts anew rather than failing."""
    if not draft:
        return CallForm()
    try:
        return msgspec.json.decode(draft, type=CallForm)
    except msgspec.DecodeError:
        return CallForm()
