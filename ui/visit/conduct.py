"""How one behaved at the door: a question for each rule, answered one by one or, where all was right, at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QPushButton, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, show_if, with_key
from ui.widgets.field import EntryField
from workstation.desk.visit_views import VisitForm
from workstation.domain.visit_rules import CONDUCT_CHECKS

KEY = "Alt+C"
ANSWERS = ("yes", "no", "not_applicable")
STACKED_FROM = 150  # percent of text size: from there on the answers stand under the question


class _Question(QWidget):
    changed = Signal()

    def __init__(self, look: Look, check: str) -> None:
        super().__init__()
        self._look, self._check = look, check
        self.words = label(wrap=True)
        self.group = QButtonGroup(self)
        self.chips: dict[str, QPushButton] = {}
        for answer in ANSWERS:
            chip = button(role="chip")
            chip.setObjectName(f"conduct_{check}_{answer}")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.group.addButton(chip)
            self.chips[answer] = chip
        self.group.buttonClicked.connect(lambda _button: self.changed.emit())
        self._row = across(self.words, across(*self.chips.values(), spacing=5), spacing=5)
        self._row.setStretch(0, 1)
        self.setLayout(self._row)

    def retranslate(self) -> None:
        beside = self._look.scale < STACKED_FROM
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        words = self._look.label("visit_conduct", self._check)
        self.words.setText(words)
        self.words.setToolTip(CONDUCT_CHECKS[self._check])
        for answer, chip in self.chips.items():
            chip.setText(self._look.label("visit_answer", answer))
            chip.setAccessibleName(f"{words} {chip.text()}")

    def answer(self) -> str:
        return next((answer for answer, chip in self.chips.items() if chip.isChecked()), "")

    def show_answer(self, answer: str) -> None:
        self.group.setExclusive(False)
        for known, chip in self.chips.items():
            chip.setChecked(known == answer)
        self.group.setExclusive(True)


class ConductList(QWidget):
    """`changed` carries nothing."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.caption = label(role="caption")
        self.all_kept = button(role="link", clicked=self.keep_all)
        self.all_kept.setObjectName("visit_all_kept")
        self.questions = {check: _Question(look, check) for check in CONDUCT_CHECKS}
        self.note = EntryField(look, _L("Why a rule was not kept"), name="visit_conduct_note")
        for question in self.questions.values():
            question.changed.connect(self._told)
        self.note.changed.connect(self._told)
        self.setLayout(down(across(self.caption, None, self.all_kept), *self.questions.values(), self.note, spacing=5))

    def retranslate(self) -> None:
        self.caption.setText(self._look.tr("Conduct at the door"))
        self.all_kept.setText(with_key(self._look.tr("All of it kept"), KEY.replace("+", " ")))
        for question in self.questions.values():
            question.retranslate()
        self.note.retranslate()

    def keep_all(self) -> None:
        """Answer what is open; what was answered stays."""
        for question in self.questions.values():
            if not question.answer():
                question.show_answer("yes")
        self._told()

    def show_form(self, form: VisitForm) -> None:
        for check, question in self.questions.items():
            question.show_answer(form.conduct.get(check, ""))
        self.note.set_text(form.conduct_note)
        self._show_note()

    def fill(self, form: VisitForm) -> None:
        answers = {check: question.answer() for check, question in self.questions.items()}
        form.conduct = {check: answer for check, answer in answers.items() if answer}
        form.conduct_note = self.note.text()

    def _told(self) -> None:
        self._show_note()
        self.changed.emit()

    def _show_note(self) -> None:
        show_if(self.note, any(question.answer() == "no" for question in self.questions.values()))
