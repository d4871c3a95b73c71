"""A masked datum: shown for seconds with a reason, counted down, copied on record, hidden when it goes out of sight."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from ui.clipboard import copy
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import Look
from ui.widgets.basic import across, button, down, label
from workstation.desk.privacy import Revealed
from workstation.domain.errors import WorkstationError
from workstation.domain.privacy import LONGEST_WORDS, Field


class MaskedLine(QWidget):
    """`failed` carries why it was not shown. Nothing here is kept past its seconds: not even by the widget."""

    failed = Signal(str)
    uncovered = Signal(bool)  # it is shown in full now, or is masked again

    def __init__(self, look: Look, desk: Desk, case_id: str, field: Field, subject: str, masked: str) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case_id, self._field, self._subject, self._masked = case_id, field, subject, masked
        self._shown: Revealed | None = None
        self._why = self._words = ""
        self._left = 0
        self.value = label(masked, "strong", wrap=True)
        self.value.setObjectName(f"masked_{field}")
        self.show_it = button(look.tr("Show"), "link")
        self.show_it.setAccessibleName(look.tr("Show in full: {field}", field=look.label("revealed", field)))
        self.show_it.setMenu(self._reasons())
        self.left = label(role="caption")
        self.copy_it = button(look.tr("Copy"), "link", clicked=self.copy)
        self.hide_it = button(look.tr("Hide"), "link", clicked=self.cover)
        self.words = QLineEdit()
        self.words.setObjectName("reveal_words")
        self.words.setMaxLength(LONGEST_WORDS)
        self.words.setPlaceholderText(look.tr("Why? Enter shows it"))
        self.words.setAccessibleName(look.tr("Why it is to be shown in full"))
        self.words.returnPressed.connect(lambda: self.reveal(self._why, self.words.text()))
        top = across(self.value, self.show_it)
        top.setStretch(0, 1)
        # Beneath, so that a long value and large text have the width to themselves.
        acts = across(self.left, self.copy_it, self.hide_it, None, spacing=12)
        self.setLayout(down(top, acts, self.words, spacing=4))
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self.words.hide()
        self._describe()
        look.changed.connect(self._describe)
        self._show_state()

    def _describe(self) -> None:
        describe(self._look, self)

    def reveal(self, why: str, words: str = "") -> None:
        """In full for seconds; that it was shown is an entry of the history."""
        try:
            shown = self._desk.privacy.reveal(self._case_id, self._field, self._subject, why, words)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        self._why, self._words = why, words
        self._shown, self._left = shown, shown.seconds
        self.words.clear()
        self.words.hide()
        self._second.start()
        self._show_state()
        self.uncovered.emit(True)

    def copy(self) -> None:
        """Recorded first: what cannot be recorded is not copied."""
        if self._shown is None:
            return
        try:
            self._desk.privacy.took_out(
                [self._case_id], "copy", self._field, fields=(self._field,), why=self._why, reason=self._words
            )
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        copy(self._shown.text)
        self.copy_it.setText(self._look.tr("Copied"))
        self.copy_it.setEnabled(False)

    def cover(self) -> None:
        """Masked again; nothing of it stays in the widget."""
        self._second.stop()
        self._shown = None
        self._words = ""
        self.copy_it.setText(self._look.tr("Copy"))
        self.copy_it.setEnabled(True)
        self._show_state()
        self.uncovered.emit(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another tab, the curtain, a break, the lock: it is masked before anything else is shown."""
        super().hideEvent(event)
        if self._shown is not None:
            self.cover()

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.cover()
        else:
            self._show_left()

    def _show_state(self) -> None:
        full = self._shown
        self.value.setText(self._masked if full is None else full.text)
        for made in (self.left, self.copy_it, self.hide_it):
            made.setVisible(full is not None)
        self.show_it.setVisible(full is None and self._desk.privacy.may_reveal(self._field))
        self._show_left()

    def _show_left(self) -> None:
        self.left.setText("" if self._shown is None else self._look.tr("{n} s", n=self._left))

    def _reasons(self) -> QMenu:
        menu = QMenu(self)
        for reason in self._desk.privacy.reasons:
            action = menu.addAction(self._look.translator.label(reason))
            action.setObjectName(f"reveal_{reason.id}")
            action.triggered.connect(partial(self._chosen, reason.id))
        return menu

    def _chosen(self, why: str, _checked: bool = False) -> None:
        self._why = why
        if self._desk.privacy.needs_words(why):
            self.words.show()
            self.words.setFocus()
        else:
            self.reveal(why)
