"""The top of the synchronisation page: one sentence, what is being done, when it is tried again, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QLabel, QProgressBar

from ui.look import Look
from ui.widgets.basic import across, button, down, label, with_key
from workstation.desk.sync_views import SyncHead
from workstation.domain.message import msg

MARKS = {"good": "●", "accent": "◌", "warn": "○", "bad": "▲", "neutral": "○"}
INKS = {"good": "good_ink", "accent": "accent_ink", "warn": "warn_ink", "bad": "bad_ink", "neutral": "muted"}
KEY = "F9"


class HeadCard(QFrame):
    def __init__(self, look: Look, now: Callable[[], None], cancel: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self.mark = label(role="heading")
        self.text = label(role="heading", wrap=True)
        self.text.setObjectName("sync_headline")
        self.now, self.cancel = button(role="primary", clicked=now), button(clicked=cancel)
        self.now.setObjectName("sync_now")
        self.cancel.setObjectName("sync_cancel")
        self.detail, self.advice = label(wrap=True), label(role="muted", wrap=True)
        self.detail.setObjectName("sync_detail")
        self.advice.setObjectName("sync_advice")
        self.doing, self.next = label(role="muted", wrap=True), label(role="strong", wrap=True)
        self.doing.setObjectName("sync_doing")
        self.next.setObjectName("sync_next")
        self.bar = QProgressBar()
        self.bar.setObjectName("sync_progress")
        self.bar.setTextVisible(False)
        top = across(self.mark, self.text, self.cancel, self.now, spacing=10)
        top.setStretch(1, 1)
        self.setLayout(
            down(top, self.detail, self.advice, self.next, self.doing, self.bar, spacing=8, margins=(20, 16, 20, 16))
        )

    def retranslate(self) -> None:
        tr = self._look.tr
        self.now.setText(with_key(tr("Synchronise now"), KEY))
        self.cancel.setText(tr("Cancel"))
        self.bar.setAccessibleName(tr("Progress of the synchronisation"))

    def show_head(self, head: SyncHead) -> None:
        say = self._look.say
        style = f"color: {self._look.tokens.colours[INKS[head.tone]]};"
        if self.mark.styleSheet() != style:
            self.mark.setStyleSheet(style)
        _put(self.mark, MARKS[head.tone])
        _put(self.text, say(head.text))
        _put(self.detail, say(head.detail))
        _put(self.advice, say(head.advice))
        _put(self.next, self._countdown(head.next_in))
        _put(self.doing, say(head.doing))
        self.bar.setVisible(head.running)
        self.bar.setRange(0, head.total)  # without an end it moves to and fro
        self.bar.setValue(head.done)
        self._offer(head.running)

    def _offer(self, running: bool) -> None:
        """One of the two buttons, with the focus if the other one had it."""
        shown, hidden = (self.cancel, self.now) if running else (self.now, self.cancel)
        focused = hidden.hasFocus()
        shown.show()
        if focused:
            shown.setFocus()
        hidden.hide()
        self.setFocusProxy(shown)

    def _countdown(self, seconds: int | None) -> str:
        if seconds is None:
            return ""
        if seconds == 0:
            return self._look.tr("Tried again now.")
        left = f"{seconds // 60}:{seconds % 60:02}"
        return self._look.say(msg("Tried again by itself in {left}.", left=left))


def _put(where: QLabel, text: str) -> None:
    """Change what changed only: the page is shown anew every second."""
    if where.text() != text:
        where.setText(text)
    where.setVisible(bool(text))
