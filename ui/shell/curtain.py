"""The privacy curtain: one key, and nothing of any case is on the screen, in the focus or before a screen reader.

What remains is what may be said to whoever answered, and the outcomes of such a contact.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.flow import FlowLayout
from workstation.domain.message import msg

KEY = "F12"
# Outcomes of a contact with somebody who is not the debtor, by the keys of the call-notes form.
OUTCOMES = {"8": "third_party_spoken", "r": "third_party_will_relay", "w": "wrong_party", "1": "no_answer"}
SENTENCE = msg("Please ask them to call me back when it suits them. Thank you, goodbye.")
_NOT_NOW = _L("This cannot be recorded from here: lift the curtain and see what is missing.")


class Curtain(QWidget):
    """`record` takes an outcome and tells whether it was recorded; `lift` takes the curtain away."""

    def __init__(self, look: Look, record: Callable[[str], bool], lift: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("curtain")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look, self._record = look, record
        self.title = label(role="muted")
        self.sentence = label(role="title", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told = label(role="muted", wrap=True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = {
            key: button(clicked=lambda to=outcome: self.choose(to))  # type: ignore[misc]
            for key, outcome in OUTCOMES.items()
        }
        choices = FlowLayout(spacing=8, centred=True)
        for made in self._buttons.values():
            choices.addWidget(made)
        self.lift = button(role="primary", clicked=lift)
        self._column = column = QWidget()
        column.setLayout(
            down(
                across(None, self.title, None),
                self.sentence,
                choices,
                self.told,
                across(None, self.lift, None),
                spacing=20,
            )
        )
        row = across(None, column, None)
        row.setStretch(1, 4)
        self.setLayout(down(None, row, None, margins=(40, 40, 40, 40)))
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.setAccessibleName(tr("Privacy curtain"))
        self.title.setText(tr("Privacy curtain"))
        self._column.setMaximumWidth(self._look.tokens.px(760))
        self.sentence.setText(self._look.say(SENTENCE))
        for key, outcome in OUTCOMES.items():
            self._buttons[key].setText(with_key(self._look.label("outcome", outcome), key.upper()))
        self.lift.setText(with_key(tr("Lift the curtain"), KEY))

    def draw(self, *, case_open: bool) -> None:
        """As it looks whatever case is behind it."""
        self.told.setText("")
        for made in self._buttons.values():
            made.setVisible(case_open)
        self.setFocus()

    def choose(self, outcome: str) -> None:
        recorded = self._record(outcome)
        self.told.setText(self._look.tr("Recorded.") if recorded else self._look.tr(_NOT_NOW))
        for made in self._buttons.values():  # the next case lies behind now: nothing more may be recorded unseen
            made.setVisible(made.isVisible() and not recorded)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        outcome = OUTCOMES.get(event.text().lower())
        held = event.modifiers() or event.isAutoRepeat()
        if outcome is None or held or not self._buttons[event.text().lower()].isVisible():
            super().keyPressEvent(event)
            return
        self.choose(outcome)
