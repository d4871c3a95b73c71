"""The lock screen: nothing of any case, one field, and the way back for somebody who forgot the PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.background import run
from ui.lock.pin_form import PinForm, secret_field
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, line, panel, show_if
from ui.widgets.tall import TallArea
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg

if TYPE_CHECKING:
    from workstation.guard import Guard, Why

WIDTH = 400
REASONS = {
    "key": _L("Locked by you. What you typed is kept; you go on where you were."),
    "idle": _L("Locked because nobody was there. What you typed is kept; you go on where you were."),
    "sleep": _L("Locked because the computer slept. What you typed is kept; you go on where you were."),
    "session": _L("Locked with your desktop. What you typed is kept; you go on where you were."),
    "lease": _L("Closed until this device has been in contact with the centre."),
    "start": _L("Choose a PIN. It locks and opens this workstation from now on."),
}


class LockScreen(QWidget):
    """`opened` when the seat is open again; `leave` when the person wants to end the program."""

    opened = Signal()
    leave = Signal()

    def __init__(self, look: Look, guard: Guard, name: str, login: str) -> None:
        super().__init__()
        self.setObjectName("lock_screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "sunken")
        self._look, self._guard, self._name, self._login = look, guard, name, login
        self._why: Why = "key"
        self._ended = self._busy_with = ""
        self.title, self.who, self.reason = label(role="title"), label(role="strong"), label(role="muted", wrap=True)
        self.pin = secret_field(look, _L("PIN"), "lock_pin")
        self.password = secret_field(look, _L("Password at the centre"), "lock_password")
        self.problem = label(role="error", wrap=True)
        self.problem.setObjectName("lock_problem")
        self.enter = button(role="primary", clicked=self.go)
        self.enter.setObjectName("lock_enter")
        self.other = button(role="link", clicked=self._change_way)
        self.other.setObjectName("lock_forgotten")
        self.choose = PinForm(look, lambda: self._login)
        self.choose.chosen.connect(self._chosen)
        self.note = label(role="muted", wrap=True)
        self.end = button(clicked=self.leave.emit)
        self.end.setObjectName("lock_leave")
        self.pin.edit.returnPressed.connect(self.go)
        self.password.edit.returnPressed.connect(self.go)
        self.card = card = QFrame()
        card.setObjectName("lock_card")
        card.setProperty("role", "card")
        card.setLayout(
            down(
                self.title,
                self.who,
                self.reason,
                4,
                self.pin,
                self.password,
                self.choose,
                self.problem,
                self.enter,
                across(self.other, None),
                line(),
                self.note,
                across(None, self.end),
                spacing=10,
                margins=(28, 26, 28, 20),
            )
        )
        page = panel("sunken")
        page.setLayout(down(None, across(None, card, None), None, margins=(24, 24, 24, 24)))
        self.setLayout(down(TallArea(page), spacing=0))
        self._by_centre = False
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.show_state)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- showing ----

    def begin(self, why: Why) -> None:
        self._why, self._by_centre, self._ended, self._busy_with = why, False, "", ""
        self._clear()
        self.retranslate()
        self._second.start()
        self._take_focus()

    def show_ended(self, sentence: str) -> None:
        """The seat is gone from this device: nothing is left to open."""
        self._ended, self._busy_with = sentence, ""
        self._clear()
        self.retranslate()
        self.end.setFocus()

    def show_busy(self, sentence: str) -> None:
        """Something is being done that closes the store for a moment."""
        self._busy_with = sentence
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.setAccessibleName(tr("Locked"))
        self.card.setFixedWidth(self._look.tokens.px(WIDTH))
        self.title.setText(tr("Locked") if self._why != "start" else tr("Collector's workstation"))
        self.who.setText(self._name)
        self.reason.setText(self._ended or self._busy_with or tr(REASONS[self._why]))
        self.enter.setText(tr("Sign in at the centre") if self._by_centre else tr("Unlock"))
        self.other.setText(tr("Use the PIN") if self._by_centre else tr("PIN forgotten? Sign in at the centre"))
        self.end.setText(tr("End the program"))
        self.pin.retranslate()
        self.password.retranslate()
        self.show_state()

    def show_state(self) -> None:
        """Once a second: how long to wait, and what still goes on behind the lock."""
        closed = bool(self._ended or self._busy_with)
        choosing = not closed and self._choosing
        entering = not closed and not choosing
        show_if(self.end, not self._busy_with)
        show_if(self.pin, entering and not self._by_centre)
        show_if(self.password, entering and self._by_centre)
        show_if(self.enter, entering)
        show_if(self.other, entering)
        show_if(self.choose, choosing)
        if not entering:
            show_if(self.note, False)
            return
        wait = 0 if self._by_centre or self._working else self._guard.wait()
        if not self._working:
            self.enter.setEnabled(not wait)
        said = ""
        if wait:
            said = self._look.say(nmsg("The next try in {n} s.", "The next try in {n} s.", wait))
        elif self._guard.locked and self._guard.key_held:
            said = self._look.tr("A job is still at work behind this screen; the key leaves the memory when it ends.")
        self.note.setText(said)
        show_if(self.note, bool(said))

    @property
    def _choosing(self) -> bool:
        return self._guard.pin_to_choose or (self._why == "start" and not self._guard.has_pin)

    _working = False

    def _take_focus(self) -> None:
        if self._choosing:
            self.choose.start()
        else:
            (self.password if self._by_centre else self.pin).edit.setFocus()

    def _clear(self) -> None:
        self._working = False
        for field in (self.pin, self.password):
            field.edit.clear()
        self.choose.clear()
        self.problem.hide()

    def _change_way(self) -> None:
        self._by_centre = not self._by_centre
        self._clear()
        self.retranslate()
        self._take_focus()

    # ---- opening ----

    def go(self) -> None:
        if self._working or not self.enter.isEnabled():
            return
        field = self.password if self._by_centre else self.pin
        typed = field.text()
        if not typed:
            field.edit.setFocus()
            return
        self._busy(self._look.tr("Opening …"))
        guard = self._guard
        work = (lambda: guard.unlock_at_centre(typed)) if self._by_centre else (lambda: guard.unlock(typed))
        run(self, work, lambda _: self._done(), self._refused, at_once=True)

    def _chosen(self, pin: str) -> None:
        self._busy(self._look.tr("Setting the PIN …"))
        run(self, lambda: self._guard.choose_pin(pin), lambda _: self._done(), self._refused, at_once=True)

    def _busy(self, text: str) -> None:
        self._working = True
        self.problem.hide()
        self.enter.setEnabled(False)
        self.enter.setText(text)
        self.choose.enter.setText(text)

    def _done(self) -> None:
        self._clear()
        self.retranslate()
        if self._choosing:
            self._take_focus()
            return
        self._second.stop()
        self.opened.emit()

    def _refused(self, error: WorkstationError) -> None:
        from workstation.leaving import SeatGone
        from workstation.security.vault import PinUsedUp

        self._working = False
        if isinstance(error, SeatGone):
            self.show_ended(self._look.say(error.message))
            return
        if isinstance(error, PinUsedUp):
            self._by_centre = True
        for field in (self.pin, self.password):
            field.edit.clear()
        self.retranslate()
        self.choose.retranslate()
        text = self._look.say(error.message)
        if self._choosing:
            self.choose.show_problem(text)
        else:
            self.problem.setText(text)
            self.problem.show()
        self._take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clear()  # no PIN stays in a field that nobody sees
        super().hideEvent(event)
