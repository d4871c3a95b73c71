"""Two fields for a new PIN, and what is wrong with it while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.look import _L, Look
from ui.widgets.basic import button, down, label
from ui.widgets.field import EntryField
from workstation.domain.errors import WorkstationError


def secret_field(look: Look, caption: str, name: str) -> EntryField:
    """A field that shows no character and offers no menu to copy from."""
    made = EntryField(look, caption, name=name)
    made.edit.setEchoMode(QLineEdit.EchoMode.Password)
    made.edit.setMaxLength(256)
    return made


class PinForm(QWidget):
    """`chosen` carries the PIN once both fields agree and the rules let it pass. `login` is no part of a PIN."""

    chosen = Signal(str)

    def __init__(self, look: Look, login: Callable[[], str]) -> None:
        super().__init__()
        self._look, self._login = look, login
        self.rules = label(role="muted", wrap=True)
        self.first = secret_field(look, _L("New PIN"), "pin_new")
        self.again = secret_field(look, _L("The same PIN again"), "pin_again")
        self.problem = label(role="error", wrap=True)
        self.problem.setObjectName("pin_problem")
        self.enter = button(role="primary", clicked=self.go)
        self.enter.setObjectName("pin_choose")
        for field in (self.first, self.again):
            field.changed.connect(self.problem.hide)
        self.first.edit.returnPressed.connect(self.again.edit.setFocus)
        self.again.edit.returnPressed.connect(self.go)
        self.setLayout(down(self.rules, self.first, self.again, self.problem, self.enter, spacing=10))
        look.changed.connect(self.retranslate)
        self.retranslate()
        self.problem.hide()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.rules.setText(
            tr("Six characters or more; digits and letters. No birthday, no row such as 123456, not your login.")
        )
        self.enter.setText(tr("Set the PIN"))
        self.first.retranslate()
        self.again.retranslate()

    def start(self) -> None:
        self.clear()
        self.first.edit.setFocus()

    def clear(self) -> None:
        self.first.edit.clear()
        self.again.edit.clear()
        self.problem.hide()
        self.enter.setEnabled(True)

    def go(self) -> None:
        from workstation.security.pin import checked

        try:
            pin = checked(self.first.text(), self._login())
        except WorkstationError as error:
            self.show_problem(self._look.say(error.message))
            self.first.edit.setFocus()
            self.first.edit.selectAll()
            return
        if self.again.text() != self.first.text():
            self.show_problem(self._look.tr("The two are not the same. Type it once more."))
            self.again.edit.clear()
            self.again.edit.setFocus()
            return
        self.enter.setEnabled(False)
        self.chosen.emit(pin)

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self.enter.setEnabled(True)
