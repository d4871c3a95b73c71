"""Under an opened letter: is it the one recorded, and what became of it on its way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from letters.verify import Verdict
from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label
from ui.widgets.field import ChoiceField, EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.letter_results import HOW
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg


class PaperFate(QWidget):
    """`tell` hears what was found or recorded, and what went wrong; `mail_wanted` asks for the form of an e-mail."""

    mail_wanted = Signal()

    def __init__(self, look: Look, desk: Desk, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._desk, self._tell = look, desk, tell
        self._case_id = self._event_id = ""
        self._asked, self._arrived = 0, True
        self.verify = button(role="link", clicked=self._verify)
        self.verify.setObjectName("paper_verify")
        self.arrived = button(role="link", clicked=lambda: self._ask(arrived=True))
        self.arrived.setObjectName("paper_arrived")
        self.returned = button(role="link", clicked=lambda: self._ask(arrived=False))
        self.returned.setObjectName("paper_returned")
        self.mail = button(role="link", clicked=self.mail_wanted.emit)
        self.mail.setObjectName("paper_mail")
        self.fate = label(role="caption", wrap=True)
        links, flow = QWidget(), FlowLayout(spacing=14, lines=4)
        for made in (self.verify, self.arrived, self.returned, self.mail):
            flow.addWidget(made)
        links.setLayout(flow)
        self.day = EntryField(look, _L("On"), _L("today, 11-20"), name="paper_day")
        self.how = ChoiceField(look, _L("Shown by"), "letter_how", HOW, name="paper_how")
        self.reference = EntryField(look, _L("Reference or reason"), name="paper_reference")
        self.keep = button(role="primary", clicked=self._keep)
        self.keep.setObjectName("paper_keep")
        self.leave = button(clicked=self.close_form)
        self.form = QWidget()
        fields = across(self.day, self.how, self.reference, spacing=10)
        for place in range(3):
            fields.setStretch(place, 1)
        self.form.setLayout(down(fields, across(None, self.leave, self.keep), spacing=6))
        self.form.hide()
        self.setLayout(down(links, self.fate, self.form, spacing=4, margins=(24, 0, 24, 0)))

    def retranslate(self) -> None:
        tr = self._look.tr
        self.verify.setText(tr("Verify"))
        self.verify.setToolTip(tr("Make the letter again and compare it byte for byte"))
        self.arrived.setText(tr("It reached the debtor …"))
        self.returned.setText(tr("It came back …"))
        self.mail.setText(tr("E-mail it again …"))
        self.keep.setText(tr("Record"))
        self.leave.setText(tr("Cancel"))
        for made in (self.day, self.how, self.reference):
            made.retranslate()

    def show_letter(self, case_id: str, event_id: str) -> None:
        self._case_id, self._event_id = case_id, event_id
        self._asked += 1
        self.close_form()
        self.retranslate()
        self._show_fate()

    def _show_fate(self) -> None:
        known = self._desk.letter_results.fate(self._case_id, self._event_id)
        self.fate.setText(self._look.say(known))
        self.fate.setVisible(known is not None)

    # ---- is it the one recorded ----

    def _verify(self) -> None:
        asked, event_id = self._asked, self._event_id
        self.verify.setEnabled(False)
        self._tell(self._look.tr("Comparing …"))

        def say(sentence: str) -> None:
            if asked == self._asked:
                self._tell(sentence)

        run(
            self,
            lambda: self._desk.correspondence.verify(event_id),
            lambda verdict: say(self._look.say(verdict_sentence(verdict))),
            lambda error: say(self._look.say(error.message)),
            lambda: self.verify.setEnabled(True),
        )

    # ---- what became of it ----

    def _ask(self, *, arrived: bool) -> None:
        self._arrived = arrived
        self.how.setVisible(arrived)
        self.form.show()
        self.day.set_text("")
        self.reference.set_text("")
        self.day.edit.setFocus()

    def close_form(self) -> bool:
        """Out of the form; False where it was not open."""
        was_open = not self.form.isHidden()
        self.form.hide()
        return was_open

    def _keep(self) -> None:
        results = self._desk.letter_results
        try:
            changes: Changes = (
                results.arrived(self._case_id, self._event_id, self.day.text(), self.how.text(), self.reference.text())
                if self._arrived
                else results.returned(self._case_id, self._event_id, self.day.text(), self.reference.text())
            )
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            (self.how.combo if error.field == "how" else self.day.edit).setFocus()
            return
        self.close_form()
        self._tell("")
        self._show_fate()
        self._desk.announce(changes)


def verdict_sentence(verdict: Verdict) -> Message:
    """What the comparison says."""
    if verdict.same:
        return msg("Verified: made again, it is this letter byte for byte. SHA-256 {hash}", hash=verdict.sha256)
    if not verdict.comparable:
        return msg(
            "It was made by the template's version {version}, which this program has not.", version=verdict.recorded
        )
    return msg("Not the letter on record: made again, other bytes come out. Do not use this copy.")
