"""The e-mail that takes a letter: to which address, with what words, and what the light says of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from ui.case.header import MARKS
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.field import EntryField
from workstation.desk.letter_mail import MailForm
from workstation.desk.views import CaseView
from workstation.domain.errors import WorkstationError
from workstation.domain.labels import label_text

TEXT_HIGH = 84  # pixels at 100 %


class Mailing(QWidget):
    """`wanted` asks to send it, `left` to go back to the letter."""

    wanted = Signal()
    left = Signal()

    def __init__(self, look: Look, desk: Desk, *, again: bool = False) -> None:
        """`again`: the letter is on record already."""
        super().__init__()
        self.setObjectName("letter_mailing")
        self._look, self._desk, self._again = look, desk, again
        self._case_id = self._template = self._language = ""
        self.caption, self.point = label(role="caption"), QComboBox()
        self.point.setObjectName("letter_mail_point")
        self.point.setMinimumWidth(40)
        self.caption.setBuddy(self.point)
        self.subject = EntryField(look, _L("Subject"), name="letter_mail_subject")
        self.words_caption, self.words = label(role="caption"), QPlainTextEdit()
        self.words.setObjectName("letter_mail_text")
        self.words.setTabChangesFocus(True)
        self.words_caption.setBuddy(self.words)
        self.override = EntryField(look, _L("Reason for going ahead"), name="letter_mail_override")
        self.problem = label(role="error", wrap=True)
        self.send = button(role="primary", clicked=self.wanted.emit)
        self.send.setObjectName("letter_mail_send")
        self.back = button(clicked=self.left.emit)
        self.point.currentIndexChanged.connect(lambda _place: self.check())
        self.subject.changed.connect(self.check)
        self.words.textChanged.connect(self.check)
        self.override.changed.connect(self.check)
        buttons = across(self.back, self.send)
        buttons.setStretch(1, 1)
        self.setLayout(
            down(
                down(self.caption, self.point, spacing=4),
                self.subject,
                down(self.words_caption, self.words, spacing=4),
                self.override,
                self.problem,
                buttons,
                spacing=6,
                margins=(16, 8, 16, 14),
            )
        )
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.caption.setText(tr("To"))
        self.point.setAccessibleName(tr("To"))
        self.words_caption.setText(tr("Text"))
        self.words.setAccessibleName(tr("Text"))
        self.words.setFixedHeight(self._look.tokens.px(TEXT_HIGH))
        self.subject.retranslate()
        self.override.retranslate()
        self.send.setText(tr("Send") if self._again else with_key(tr("Record and send"), "Ctrl ↵"))
        self.back.setText(with_key(tr("Back to the letter"), "Esc"))

    def open(self, case: CaseView, template: str, language: str) -> None:
        """For this letter; the words are as usual until they are changed."""
        self._case_id, self._template, self._language = case.case_id, template, language
        cover = self._desk.letter_mail.cover(case.case_id, language)
        shown = {row.id: row for row in case.points}
        self._quietly(True)
        self.point.clear()
        for point in self._desk.letter_mail.points(case.case_id):
            row = shown[point.id]
            told = f"{MARKS[point.light.verdict]}  {row.masked} · {self._look.tr(label_text(row.label))}"
            self.point.addItem(told, point.id)
        self.subject.set_text(cover.subject)
        self.words.setPlainText(cover.text)
        self.override.set_text("")
        self._quietly(False)
        self.check()
        self.show()
        self.send.setFocus()

    def _quietly(self, quiet: bool) -> None:
        for widget in (self.point, self.subject, self.words, self.override):
            widget.blockSignals(quiet)

    def form(self) -> MailForm:
        return MailForm(
            point=str(self.point.currentData() or ""),
            subject=self.subject.text(),
            text=self.words.toPlainText(),
            override_reason=self.override.text(),
        )

    def check(self) -> None:
        """What stands against sending it as it is."""
        if not self._case_id:
            return
        try:
            found = self._desk.letter_mail.check(self._case_id, self._template, self._language, self.form())
        except WorkstationError as error:
            self._say(self._look.say(error.message))
            return
        self.override.setVisible(found.light.verdict == "warn")
        self._say(self._look.say(found.problem))

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.send.setEnabled(not problem)
