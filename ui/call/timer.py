"""The times of a call: ringing, talking, writing up, measured as it goes and corrected by hand with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, show_if
from ui.widgets.elided import ElidedLabel
from ui.widgets.field import EntryField
from workstation.desk.telephone import Line
from workstation.desk.views import CallForm, FormCheck
from workstation.domain.call_times import as_length, measured

Part = Literal["idle", "ring", "talk", "after"]
_SAID: dict[Part, str] = {
    "idle": _L("not in a call"),
    "ring": _L("ringing"),
    "talk": _L("in the call"),
    "after": _L("writing up"),
}


class CallTimer(QWidget):
    """Works on the form it was shown. `changed` carries nothing: the form has a new moment or text."""

    changed = Signal()

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._look, self._now = look, now
        self._form = CallForm()
        self.clock, self.doing = label("0:00", "heading"), ElidedLabel("muted")
        self.clock.setObjectName("call_clock")
        self.verified = label(role="badge")
        self.open = button("", "link", clicked=lambda: self._unfold(not self.fields.isVisible()))
        self.open.setObjectName("call_times")
        self.lengths = {
            "ring": EntryField(look, _L("Ringing"), name="call_ring"),
            "talk": EntryField(look, _L("Talking"), name="call_talk"),
            "after": EntryField(look, _L("Writing up"), name="call_after"),
        }
        self.reason = EntryField(look, _L("Reason for other times"), name="call_times_reason")
        for field in (*self.lengths.values(), self.reason):
            field.changed.connect(self._typed)
        row = across(*self.lengths.values(), spacing=10)
        for place in range(len(self.lengths)):
            row.setStretch(place, 1)
        self.fields = QWidget()
        self.fields.setLayout(down(row, self.reason, spacing=6))
        self.fields.hide()
        top = across(self.clock, self.doing, self.open, self.verified)
        top.setStretch(1, 1)
        self.setLayout(down(top, self.fields, spacing=6))
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)

    def retranslate(self) -> None:
        self.open.setText(self._look.tr("Times"))
        for field in (*self.lengths.values(), self.reason):
            field.retranslate()
        self._tick()

    @property
    def part(self) -> Part:
        form = self._form
        if not form.began_at:
            return "idle"
        return "after" if form.ended_at else "talk" if form.answered_at else "ring"

    def show_form(self, form: CallForm) -> None:
        self._form = form
        self._unfold(bool(form.ring or form.talk or form.after))
        for name, field in self.lengths.items():
            field.set_text(getattr(form, name))
        self.reason.set_text(form.times_reason)
        self._tick()

    def fill(self, form: CallForm) -> None:
        """What was typed in place of the measured times."""
        form.ring, form.talk, form.after = (field.text() for field in self.lengths.values())
        form.times_reason = self.reason.text()

    def show_check(self, check: FormCheck) -> None:
        """The times as they would be recorded, in each field that is left empty."""
        for name, field in self.lengths.items():
            field.show_reading(check.readings.get(name))
            seconds = getattr(check.times, name)
            field.edit.setPlaceholderText("—" if seconds is None else as_length(seconds))

    def step(self) -> None:
        """The next moment of the call: dialled, answered, over. Nothing comes after that."""
        name = {"idle": "began_at", "ring": "answered_at", "talk": "ended_at"}.get(self.part)
        if name is None:
            return
        setattr(self._form, name, self._now().isoformat())
        self._tick()
        self.changed.emit()

    def take(self, line: Line) -> None:
        """What the telephone told of the call in the form; a moment that the person marked before stays."""
        began = line.began_at.isoformat()
        if line.state in {"dialling", "failed"} or self._form.began_at not in {"", began}:
            return
        told = {"began_at": line.began_at, "answered_at": line.answered_at, "ended_at": line.ended_at}
        new = {name: at.isoformat() for name, at in told.items() if at is not None and not getattr(self._form, name)}
        for name, moment in new.items():
            setattr(self._form, name, moment)
        if new:
            self._tick()
            self.changed.emit()

    def pause(self, seconds: int) -> None:
        """A break this long was taken: it is no part of writing up."""
        if self.part == "after":
            self._form.paused += seconds
            self._tick()
            self.changed.emit()

    def over(self) -> None:
        """Nobody answered, or the line was cut: the call has ended."""
        if self.part in {"ring", "talk"}:
            self._form.ended_at = self._now().isoformat()
            self._tick()

    def _unfold(self, shown: bool) -> None:
        show_if(self.fields, shown)

    def _typed(self) -> None:
        self.changed.emit()

    def _tick(self) -> None:
        """The length of the part that runs; the timer sleeps while none does."""
        part, form = self.part, self._form
        said = (form.began_at, form.answered_at, form.ended_at)
        moments = [datetime.fromisoformat(at) if at else None for at in said]
        until = self._now() - timedelta(seconds=form.paused)
        seconds = 0 if part == "idle" else getattr(measured(until, *moments), part)
        self.clock.setText(as_length(seconds or 0))
        self.doing.show_text(self._look.tr(_SAID[part]))
        if (part != "idle") != self._second.isActive():
            (self._second.start if part != "idle" else self._second.stop)()
