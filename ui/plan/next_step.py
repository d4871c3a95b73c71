"""What comes after the conditions: why a lead should approve, or how the debtor agreed."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ui.knowledge.help import describe
from ui.look import _L
from ui.plan.work import PlanWork
from ui.widgets.basic import across, button, down, label, show_if, with_key
from ui.widgets.field import EntryField

LINES = 3
BUTTONS = {
    "propose": _L("Propose this plan"),
    "ask": _L("Ask for approval"),
    "agree": _L("Debtor agreed"),
    "wait": _L("Waits for approval"),
    "keep": _L("Another plan in its place"),
}


class NextStep(QFrame):
    """Nothing is shown while conditions are typed; the one button goes through all steps with the same key."""

    def __init__(self, work: PlanWork) -> None:
        super().__init__()
        self._work, self._look = work, work.look
        self._shown = ""
        self.said = label(role="strong", wrap=True)
        self.why_caption, self.why = label(role="caption"), QPlainTextEdit()
        self.why.setObjectName("plan_circumstances")
        self.why.setTabChangesFocus(True)
        self.why.textChanged.connect(self._typed)
        self.recording = EntryField(work.look, _L("Recording; empty: signed on paper"), name="plan_recording")
        self.recording.changed.connect(self._recorded)
        self.signed = EntryField(work.look, _L("Signed on"), _L("today"), name="plan_signed_on")
        self.signed.changed.connect(self._signed)
        self.consent = QWidget()
        both = across(self.recording, self.signed, spacing=10)
        both.setStretch(0, 2)
        both.setStretch(1, 1)
        self.consent.setLayout(both)
        self.go = button(role="primary", clicked=work.record)
        self.go.setObjectName("plan_propose")
        self.setLayout(down(self.said, self.why_caption, self.why, self.consent, spacing=6))
        work.step_changed.connect(self.show_step)
        work.shown.connect(self._show_ready)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.recording.retranslate()
        self.signed.retranslate()
        self.why_caption.setText(tr("The debtor's circumstances, for whoever approves"))
        self.why.setAccessibleName(self.why_caption.text())
        self.why.setPlaceholderText(tr("Why this person cannot pay more, and why this plan will be kept"))
        self.why.setFixedHeight(self.why.fontMetrics().lineSpacing() * LINES + 16)
        describe(self._look, self)
        self.show_step()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_step()

    def show_step(self) -> None:
        work, step = self._work, self._work.step
        moved, self._shown = step != self._shown, step
        said = (
            self._look.tr("This plan is above your authority. Say why it is right, then send it.")
            if step == "ask"
            else ""
        )
        if step in {"agree", "wait"}:
            said = self._look.say(work.standing.sentence)
        self.said.setText(said)
        show_if(self.said, bool(said))
        show_if(self.why_caption, step == "ask")
        show_if(self.why, step == "ask")
        show_if(self.consent, step == "agree")
        show_if(self, step not in {"propose", "keep"})
        if self.why.toPlainText() != work.form.circumstances:
            self.why.setPlainText(work.form.circumstances)
        self.recording.set_text(work.form.recording)
        self.signed.set_text(work.form.signed_on)
        self.go.setText(with_key(self._look.tr(BUTTONS[step]), "Ctrl ↵"))
        self._show_ready()
        if moved and self.isVisible() and self.window().isActiveWindow():
            if step == "ask":
                self.why.setFocus()
            elif step == "agree":
                self.recording.edit.setFocus()

    def _show_ready(self) -> None:
        ready = self._shown in {"agree", "keep"} or (self._shown != "wait" and bool(self._work.view.rows))
        if self.go.isEnabled() != ready:
            self.go.setEnabled(ready)

    def _typed(self) -> None:
        self._work.note("circumstances", self.why.toPlainText())

    def _signed(self) -> None:
        self._work.note("signed_on", self.signed.text())

    def _recorded(self) -> None:
        self._work.note("recording", self.recording.text())
