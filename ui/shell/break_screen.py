"""A break: the whole window is covered, the clock of the call's notes stands still, and one key goes on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, down, label, with_key
from workstation.domain.call_times import as_length
from workstation.domain.message import nmsg

KEY = "Ctrl+B"


class BreakScreen(QWidget):
    """`go_on` ends the break; `urgent` tells how many cases became urgent meanwhile, and never which."""

    def __init__(self, look: Look, desk: Desk, go_on: Callable[[], None], urgent: Callable[[], int]) -> None:
        super().__init__()
        self.setObjectName("break_screen")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look, self._desk, self._urgent = look, desk, urgent
        self.title, self.clock = label(role="muted"), label(role="title")
        self.clock.setObjectName("break_clock")
        self.today, self.waiting = label(role="muted"), label(role="strong")
        self.private = label(role="muted", wrap=True)
        self.private.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.private.setMinimumWidth(460)
        self.resume = button(role="primary", clicked=go_on)
        self.resume.setObjectName("break_resume")
        lines = [across(None, made, None) for made in (self.title, self.clock, self.today, self.waiting, self.private)]
        self.setLayout(down(None, *lines, 8, across(None, self.resume, None), None, spacing=14))
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.show_time)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.setAccessibleName(tr("Break"))
        self.title.setText(tr("Break"))
        self.private.setText(
            tr("Only you see this. It stays on this device for today and counts in no figure and no comparison.")
        )
        self.resume.setText(with_key(tr("Go on"), KEY.replace("+", " ")))
        self.show_time()

    def begin(self) -> None:
        self.show_time()
        self._second.start()
        self.resume.setFocus()

    def end(self) -> None:
        self._second.stop()

    def show_time(self) -> None:
        breaks, count = self._desk.breaks, self._urgent()
        self.clock.setText(as_length(int(breaks.lasts().total_seconds())))
        self.today.setText(self._look.tr("Breaks of today {time}", time=as_length(int(breaks.today().total_seconds()))))
        self.waiting.setText(
            self._look.say(nmsg("{n} case has become urgent", "{n} cases have become urgent", count)) if count else ""
        )
