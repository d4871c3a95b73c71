"""The visit's report beside the case: who was there, what was said, what was seen. It needs no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QStackedWidget, QWidget

from ui.call.fields import OutcomeFields
from ui.call.identity import IdentityRow
from ui.call.outcomes import OutcomeGrid
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.visit import conduct, photos, presence
from ui.visit.conduct import ConductList
from ui.visit.photos import PhotoStrip
from ui.visit.presence import Presence
from ui.visit.surroundings import Surroundings
from ui.widgets.basic import across, button, down, label, line, panel, show_if, with_key
from ui.widgets.field import ChoiceField, EntryField
from ui.widgets.tall import TallArea
from workstation.desk.views import CaseView
from workstation.desk.visit_views import SignatureRow, VisitCheck, VisitForm
from workstation.domain.errors import WorkstationError
from workstation.domain.visit_rules import RESULTS
from workstation.domain.vocabulary import NEXT_ACTIONS

if TYPE_CHECKING:
    from ui.visit.signing import SigningPage

SIGN_KEY = "Alt+S"
MET = ("debtor", "guarantor", "related", "unrelated", "unknown")


class VisitPanel(Doing):
    def __init__(self, look: Look, desk: Desk, inside: QWidget | None = None) -> None:
        super().__init__(desk, "visit", inside)
        self.setObjectName("visit_panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._form, self._begun = VisitForm(), ""
        self._results: tuple[str, ...] = ()
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
        self.place_caption, self.place = label(role="caption"), QComboBox()
        self.place.setObjectName("visit_point")
        self.place.setMinimumWidth(100)
        self.place.currentIndexChanged.connect(self._typed)
        self.light = label(role="badge", wrap=True)
        self.presence = Presence(look)
        self.presence.arrive_wanted.connect(lambda: self._now("arrived"))
        self.presence.leave_wanted.connect(lambda: self._now("left"))
        self.outcome_caption = label(role="caption")
        self.outcomes = OutcomeGrid(look, self._desk.visit.choices())
        self.outcomes.chosen.connect(self._choose)
        self.result = ChoiceField(look, _L("What came of it"), "outcome", (), name="visit_result")
        self.met = ChoiceField(look, _L("Who else was met"), "party", MET, name="visit_met")
        self.met_name = EntryField(look, _L("Name, as said"), name="visit_met_name")
        self.identity = IdentityRow(look, self)
        self._fields = OutcomeFields(look, self._typed, "visit")
        self.fields = self._fields.all
        self.note_caption, self.note = label(role="caption"), QPlainTextEdit()
        self.note.setObjectName("visit_note")
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(self._typed)
        self.realism = label(role="caption", wrap=True)
        self.conduct = ConductList(look)
        self.seen = Surroundings(look)
        self.photos = PhotoStrip(look, self._desk)
        self.photos.failed.connect(self.failed)
        self.photos.changed.connect(lambda: self.seen.show_photos(self._form))
        self.sign = button(clicked=self.open_signing)
        self.sign.setObjectName("visit_sign")
        self.signed = label(role="caption", wrap=True)
        self.override = EntryField(look, _L("Reason for going ahead"), name="visit_override")
        self.next_action = ChoiceField(look, _L("Next action"), "next_action", NEXT_ACTIONS, name="visit_next")
        self.next_due = EntryField(look, _L("On"), name="visit_next_due")
        self.result.changed.connect(self._result_chosen)
        for part in (
            *(self.presence, self.met, self.met_name, self.identity, self.conduct, self.seen, self.photos),
            *(self.override, self.next_action, self.next_due),
        ):
            part.changed.connect(self._typed)
        self.problem = label(role="error", wrap=True)
        self.keep = button(clicked=self.keep_draft)
        self.record = button(role="primary", clicked=self.save)
        self.record.setObjectName("visit_save")
        self._lay_out()
        for key, act in (
            (presence.ARRIVE_KEY, lambda: self._now("arrived")),
            (presence.LEAVE_KEY, lambda: self._now("left")),
            (conduct.KEY, self.conduct.keep_all),
            (photos.KEY, self.photos.ask),
            (SIGN_KEY, self.open_signing),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _lay_out(self) -> None:
        who, following = (
            across(self.met, self.met_name, spacing=10),
            across(self.next_action, self.next_due, spacing=10),
        )
        for row in (who, following):
            row.setStretch(0, 1)
            row.setStretch(1, 1)
        # From the outside in: what is put into another parent is styled anew with all that it has in it.
        self.steps = QStackedWidget()
        self.setLayout(down(self.steps, spacing=0))
        report, form, foot = panel(), panel(), panel()
        self.steps.addWidget(report)
        self.area = TallArea(form)
        report.setLayout(down(self.area, line(), foot, spacing=0))
        form.setLayout(
            down(
                down(self.place_caption, self.place, spacing=4),
                self.light,
                self.presence,
                self.override,
                self.outcome_caption,
                self.outcomes,
                self.result,
                who,
                self.identity,
                self._fields.above,
                self.realism,
                self.note_caption,
                self.note,
                self._fields.below,
                line(),
                self.conduct,
                line(),
                self.seen,
                line(),
                self.photos,
                line(),
                self.sign,
                self.signed,
                following,
                None,
                spacing=8,
                margins=(16, 12, 16, 12),
            )
        )
        buttons = across(self.keep, self.record, spacing=8)
        buttons.setStretch(0, 1)
        buttons.setStretch(1, 2)
        foot.setLayout(down(self.problem, buttons, spacing=6, margins=(16, 8, 16, 14)))
        self._signing: SigningPage | None = None  # made when first wanted

    # ---- showing ----

    def show_case(self, case: CaseView) -> None:
        """Another case, or the same one changed; what was typed for it comes back."""
        same = self._case is not None and self._case.case_id == case.case_id
        if not same:
            self.drafting.flush()
            self.steps.setCurrentIndex(0)
        self._case = case
        if not same:
            draft = self.drafting.open(case.case_id)
            if not self.presence.offered:
                self.presence.offer(self._desk.field_days.colleagues()[1:])
            form = self._desk.visit.opened(case.case_id, draft)
            begun = self._desk.visit.start(case.case_id) if draft else form
            self._begun = msgspec.json.encode(begun).decode()
            self._show_form(form)
        else:
            self._fill_places()
            self._check()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.place_caption.setText(tr("Address visited"))
        self.place.setAccessibleName(tr("Address visited"))
        self.outcome_caption.setText(tr("How the visit went"))
        self.note_caption.setText(tr("Note"))
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("What was said, in plain words"))
        self.note.setFixedHeight(self._look.tokens.px(62))
        for part in (
            *(self.presence, self.outcomes, self.identity, self.conduct, self.seen, self.photos, self.result),
            *(self.met, self.met_name, self.override, self.next_action, self.next_due, *self.fields.values()),
        ):
            part.retranslate()
        if self._signing is not None:
            self._signing.retranslate()
        self.sign.setText(with_key(tr("Have the agreement signed"), SIGN_KEY.replace("+", " ")))
        self.keep.setText(tr("Keep draft"))
        self.record.setText(with_key(tr("Record the visit"), "Ctrl ↵"))
        describe(self._look, self, *self.fields.values())  # those no outcome has asked for are in no form yet
        if self._case is not None:
            self._fill_places()
            self._check()

    def _fill_places(self) -> None:
        if self._case is None:
            return
        self._filling = True
        self.place.clear()
        for point, text in self._desk.visit.places(self._case.case_id):
            self.place.addItem(text, point)
        self.place.setCurrentIndex(self.place.findData(self._form.call.contact_point))
        self._filling = False

    def _show_form(self, form: VisitForm) -> None:
        self._form = form
        self._fill_places()
        self._filling = True
        self.presence.show_form(form)
        self._offer_results()
        self.outcomes.show_outcome(form.outcome)
        self.met.set_text(form.met)
        self.met_name.set_text(form.met_name)
        self.identity.show_checked(form.call.identity)
        self._fields.show_form(form.call)
        self.note.setPlainText(form.call.note)
        self.conduct.show_form(form)
        self.seen.show_form(form)
        if self._case is not None:
            self.photos.show_form(self._case.case_id, form)
        self.override.set_text(form.call.override_reason)
        self.next_action.set_text(form.call.next_action)
        self.next_due.set_text(form.call.next_due)
        self._filling = False
        self._check()

    def _offer_results(self) -> None:
        results = RESULTS.get(self._form.outcome, ())
        if results != self._results:
            self._results = results
            self.result.offer(results)
        self.result.set_text(self._form.call.outcome)
        show_if(self.result, bool(results))

    # ---- typing ----

    def _choose(self, outcome: str) -> None:
        if self._case is None:
            return
        before = self._form.outcome
        self._form.outcome = outcome
        if outcome != before:
            self._form.call.outcome = self._form.call.next_action = self._form.call.next_due = ""
        self._show_form(self._form)
        self._typed()
        if self._results and not self._form.call.outcome:
            self.result.combo.setFocus()

    def _result_chosen(self) -> None:
        if self._filling:
            return
        self._form.call.outcome = self.result.text()
        self._filling = True
        self.next_action.set_text("")
        self.next_due.set_text("")
        self._filling = False
        self._typed()
        self._check()

    def _now(self, name: str) -> None:
        """This minute as the arrival or the leaving."""
        if self._case is not None:
            field = self.presence.arrived if name == "arrived" else self.presence.left
            field.set_text(self._desk.visit.now_text(self._case.case_id))

    def _typed(self) -> None:
        if self._filling or self._case is None:
            return
        form, call = self._form, self._form.call
        self.presence.fill(form)
        self._fields.fill(call)
        call.outcome = self.result.text() if self._results else ""
        call.identity, call.note = self.identity.checked(), self.note.toPlainText()
        call.contact_point = self.place.currentData() or ""
        call.override_reason = self.override.text()
        call.next_action, call.next_due = self.next_action.text(), self.next_due.text()
        form.met, form.met_name = self.met.text(), self.met_name.text()
        self.conduct.fill(form)
        self.seen.fill(form)
        self.drafting.touch()
        self._check_later.start()

    def _check(self) -> None:
        """Readings, light, what is missing and the proposal, as the report stands."""
        if self._case is None:
            return
        try:
            check = self._desk.visit.check(self._case.case_id, self._form)
        except WorkstationError as error:  # the case left the desk meanwhile
            self._say(self._look.say(error.message))
            return
        self._fields.show(check.asks)
        show_if(self.identity, "identity" in check.asks)
        for name, field in (*self.fields.items(), ("next_due", self.next_due)):
            if isinstance(field, EntryField):
                field.show_reading(check.readings.get(name))
        self.presence.show_check(check)
        self.seen.show_check(check)
        self._show_light(check)
        self.realism.setText("\n".join(self._look.say(sentence) for sentence in check.realism))
        show_if(self.realism, bool(check.realism))
        show_if(self.met_name, bool(self._form.met))
        self._show_agreement()
        if check.next_action and not self.next_action.text():
            self._filling = True
            self.next_action.set_text(check.next_action)
            self._filling = False
        if check.next_due is not None and not self._form.call.next_due:
            self.next_due.edit.setPlaceholderText(self._look.translator.day(check.next_due))
        self._show_problem(check)

    def _show_light(self, check: VisitCheck) -> None:
        light = check.light
        show_if(self.light, light is not None)
        if light is None:
            return
        words = [self._look.say(reason) for reason in light.reasons if light.verdict != "allow"]
        self.light.setText("\n".join([self._look.say(light.phrase), *words]))
        self.light.setProperty("tone", {"allow": "good", "warn": "warn", "block": "bad"}[light.verdict])
        self.light.style().polish(self.light)
        show_if(self.override, light.verdict != "allow")

    def _show_agreement(self) -> None:
        if self._case is None:
            return
        why = self._desk.visit.agreements.refusal(self._case.case_id)
        signature = self._form.signature
        self.sign.setEnabled(why is None)
        if signature is not None:
            self.signed.setText(self._look.tr("Signed by {name}; recorded with the report.", name=signature.signer))
        else:
            self.signed.setText("" if why is None else self._look.say(why))
        show_if(self.signed, bool(self.signed.text()))

    def _show_problem(self, check: VisitCheck) -> None:
        if check.errors:
            self._say(self._look.say(check.errors[0]))
        elif check.missing and self._form.outcome:
            names = "、" if self._look.language == "zh_CN" else ", "
            listed = names.join(self._look.label("visit_field", name) for name in check.missing)
            self._say(self._look.tr("Still needed: {fields}", fields=listed))
        else:
            self._say("")

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        show_if(self.problem, bool(sentence))

    # ---- doing ----

    def open_signing(self) -> None:
        """The agreement before the debtor."""
        if self._case is None or not self.sign.isEnabled():
            return
        page = self.signing_page()
        self.steps.setCurrentWidget(page)
        page.open(self._case.case_id)

    def signing_page(self) -> SigningPage:
        """Made when first wanted: most visits end without an agreement."""
        if self._signing is None:
            from ui.visit.signing import SigningPage

            self._signing = SigningPage(self._look, self._desk)
            self._signing.retranslate()
            self._signing.signed.connect(self._signed)
            self._signing.left.connect(self.step_back)
            self.steps.addWidget(self._signing)
        return self._signing

    def _signed(self, row: SignatureRow) -> None:
        self._form.signature = row
        self.drafting.touch()
        self.step_back()
        self._check()

    def step_back(self) -> bool:
        if self.steps.currentIndex() == 0:
            return False
        self.steps.setCurrentIndex(0)
        self.setFocus()
        return True

    def save(self) -> None:
        """Record the visit whole; while the agreement is in front, take its signature."""
        if self._case is None:
            return
        if self._signing is not None and self.steps.currentWidget() is self._signing:
            self._signing.sign()
            return
        self._typed()
        try:
            changes = self._desk.visit.save(self._case.case_id, self._form)
        except WorkstationError as error:
            self._check()
            self.failed.emit(self._look.say(error.message))
            return
        self.drafting.clear()
        self._show_form(self._desk.visit.start(self._case.case_id))
        self._desk.announce(changes)
        self.done.emit(self._look.tr("The visit is recorded; its photos go after it."))

    def draft(self) -> str:
        typed = msgspec.json.encode(self._form).decode()
        return typed if typed != self._begun else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits say how the visit went while no field has the focus."""
        if event.modifiers() == Qt.KeyboardModifier.NoModifier and self.outcomes.take_key(event):
            return
        super().keyPressEvent(event)
