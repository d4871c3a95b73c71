"""A letter on record as it went out: its pages, to be read, printed or kept as a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from ui.background import run
from ui.case.paper_fate import PaperFate
from ui.desk_port import Desk
from ui.letter.mailing import Mailing
from ui.look import _L, Look
from ui.papers import Paper, PaperButtons, PaperMade
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.elided import ElidedLabel
from workstation.domain.errors import WorkstationError


class PaperPage(QWidget):
    """`leave` goes back to where the letter was opened."""

    def __init__(self, look: Look, desk: Desk, leave: Callable[[], object]) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case_id, self._event_id, self._asked = "", "", 0
        self.title = ElidedLabel("strong")
        self._back = button(role="link", clicked=leave)
        self._buttons = PaperButtons(
            look, desk, (Paper(_L("Print or save"), "letter.pdf", "letter", self._paper),), self._tell
        )
        self.state = label(role="muted", wrap=True)
        self.pages = QLabel()
        self.pages.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.area = QScrollArea()
        self.area.setObjectName("paper_page")
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.pages)
        head = across(self._back, self.title, self._buttons, spacing=12, margins=(24, 8, 24, 0))
        head.setStretch(1, 1)
        told = across(self.state, margins=(24, 0, 24, 0))
        self.fate = PaperFate(look, desk, self._tell)
        self.fate.mail_wanted.connect(self.mail_again)
        self.mailing = Mailing(look, desk, again=True)
        self.mailing.hide()
        self.mailing.wanted.connect(self._send)
        self.mailing.left.connect(self.close_form)
        self.setLayout(down(head, self.fate, self.mailing, told, self.area, spacing=6))
        self.layout().setStretch(4, 1)  # type: ignore[union-attr]

    def show_letter(self, case_id: str, event_id: str, title: str) -> None:
        """Made in the pool; only the answer for the letter asked for last is shown."""
        self._case_id, self._event_id, self._asked = case_id, event_id, self._asked + 1
        asked, pdf = self._asked, self._pdf()
        width, ratio = max(240, self.width() - 60), self.devicePixelRatioF()
        self._back.setText(with_key(self._look.tr("Back"), "Esc"))
        self._buttons.retranslate()
        self.title.show_text(title)
        self.mailing.hide()
        self.mailing.retranslate()
        self.fate.show_letter(case_id, event_id)
        self.area.setAccessibleName(title)
        self.pages.clear()
        self._tell(self._look.tr("Rendering …"))

        def render() -> QImage:
            from ui.letter.pages import picture

            return picture(pdf(), width, ratio)

        run(self, render, lambda image: self._show(asked, image), lambda error: self._refused(asked, error))

    def take_focus(self) -> None:
        self.area.setFocus()

    # ---- by e-mail, as it was made ----

    def mail_again(self) -> None:
        """The e-mail that takes this letter once more, above its pages."""
        try:
            letter = self._desk.letter_mail.recorded(self._case_id, self._event_id)
            why = self._desk.letter_mail.why_not(self._case_id, letter.template)
        except WorkstationError as error:
            why = error.message
        if why is not None:
            self._tell(self._look.say(why))
            return
        self._tell("")
        self.mailing.open(self._desk.casefile.open(self._case_id), letter.template, letter.language)

    def close_form(self) -> bool:
        """Out of the e-mail, or of what became of it; False where neither was open."""
        if self.mailing.isHidden():
            return self.fate.close_form()
        self.mailing.hide()
        self.take_focus()
        return True

    def _send(self) -> None:
        try:
            changes = self._desk.letter_mail.send_again(self._case_id, self._event_id, self.mailing.form())
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            return
        self.close_form()
        self._desk.announce(changes)
        self._tell(self._look.tr("The e-mail with this letter leaves after the next synchronisation."))

    def _paper(self, _in_full: bool) -> Callable[[], PaperMade]:
        pdf, case_id = self._pdf(), self._case_id
        return lambda: PaperMade(pdf(), (case_id,))

    def _pdf(self) -> Callable[[], bytes]:
        event_id = self._event_id
        return lambda: self._desk.correspondence.archived(event_id)

    def _show(self, asked: int, image: QImage) -> None:
        if asked == self._asked:
            self.pages.setPixmap(QPixmap.fromImage(image))
            self._tell("")

    def _refused(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self._tell(self._look.say(error.message))

    def _tell(self, sentence: str) -> None:
        self.state.setText(sentence)
        self.state.setVisible(bool(sentence))
