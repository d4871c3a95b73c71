"""Reminders that are due: looked for in the pool, shown over the queue with what they say, queued by one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QSizePolicy, QWidget

from ui import background
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, clear, down, label, line, panel, with_key
from ui.widgets.tall import TallArea
from workstation.desk.reminders import Queued, Reminder, Waiting
from workstation.domain.changes import Changes
from workstation.domain.message import nmsg

if TYPE_CHECKING:
    from workstation.domain.errors import WorkstationError

FIRST_MS, NEXT_MS, REST_MS = 1500, 200, 5000  # after the window has come, between slices, while nothing has changed
ROUND = 12  # rests until what is due is looked at again, as contact lights open and close
MOST = 40  # shown and queued at once
EDGE = 8
_TAKEN = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down}


class ReminderWatch(QObject):
    """Looks at a few cases at a time while the window is there."""

    changed = Signal()

    def __init__(self, owner: QWidget, desk: Desk) -> None:
        super().__init__(owner)
        self._owner, self._desk = owner, desk
        self._rests = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        self._timer.start(FIRST_MS)

    def _step(self) -> None:
        if not self._owner.window().isVisible():
            self._timer.start(REST_MS)  # the store of a closed window is left alone
            return
        if not self._desk.reminders.busy:
            self._rests += 1
            if self._rests >= ROUND:
                self._rests = 0
                self._desk.reminders.again()
            self._timer.start(REST_MS)
            return
        background.run(self, self._desk.reminders.look, self._looked, self._failed)

    def _looked(self, changes: Changes) -> None:
        if changes:
            self._desk.announce(changes)
        self.changed.emit()
        self._timer.start(NEXT_MS if self._desk.reminders.busy else REST_MS)

    def _failed(self, _error: WorkstationError) -> None:
        """The store is busy or closed: whatever is wrong with it shows where one works with it."""
        self._timer.start(REST_MS)


class ReminderBox(QFrame):
    """Lies over `over`: what is due with its words, what is held back and why, and what waits to be sent.

    `told` carries a sentence, with a word and a way to take it back.
    """

    told = Signal(str, str, object)

    def __init__(self, over: QWidget, look: Look, desk: Desk) -> None:
        super().__init__(over)
        self.setObjectName("reminders")
        self.setProperty("role", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._over, self._look, self._desk = over, look, desk
        self._back: QWidget | None = None
        self.boxes: list[tuple[QCheckBox, Reminder]] = []
        self.title = label(role="heading", wrap=True)
        inside = QWidget()
        self._lines = down(spacing=8, margins=(14, 8, 14, 8))
        inside.setLayout(self._lines)
        self.area = TallArea(inside)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.record = button(role="primary", clicked=self.queue_all)
        self.record.setObjectName("reminders_queue")
        self.close_button = button(role="link", clicked=self.close_box)
        self.close_button.setObjectName("reminders_close")
        head, foot = panel(), panel()
        head.setLayout(down(self.title, margins=(14, 12, 14, 8)))
        foot.setLayout(down(self.record, self.close_button, spacing=4, margins=(14, 8, 14, 8)))
        self.setLayout(down(head, self.area, line(), foot, spacing=0, margins=(2, 2, 2, 2)))
        self.layout().setStretch(1, 1)  # type: ignore[union-attr]  # set above
        over.installEventFilter(self)
        look.changed.connect(self.hide)
        self.hide()

    @property
    def notice(self) -> str:
        """What the line under the queue says; nothing while nothing is due and nothing waits."""
        ready = sum(1 for row in self._desk.reminders.due() if row.problem is None)
        waiting = len(self._desk.reminders.queued())
        parts = []
        if ready:
            parts.append(self._look.say(nmsg("{n} reminder due", "{n} reminders due", ready)))
        if waiting:
            parts.append(self._look.say(nmsg("{n} reminder queued", "{n} reminders queued", waiting)))
        return " · ".join(parts)

    def open(self, back: QWidget | None) -> None:
        """The focus goes `back` when it is closed."""
        if back is not None and not self.isAncestorOf(back):
            self._back = back
        self._fill()
        self.show()
        self._place()
        self.raise_()
        (self.boxes[0][0] if self.boxes else self).setFocus()

    def close_box(self) -> None:
        back, self._back = self._back, None
        self.hide()
        if back is not None and back.isVisible():
            back.setFocus()

    def queue_all(self) -> None:
        """Queue those that are ticked; each is asked of gate and words once more."""
        wanted = [row for box, row in self.boxes if box.isChecked()]
        if wanted:
            self.close_box()
            background.run(self, lambda: self._desk.reminders.queue(wanted), self._queued, self._failed)

    # ---- what is shown ----

    def _fill(self) -> None:
        tr, say = self._look.tr, self._look.say
        clear(self._lines)
        self.boxes = []
        rows, waiting = self._desk.reminders.due(), self._desk.reminders.queued()
        ready = [row for row in rows if row.problem is None][:MOST]
        held = [row for row in rows if row.problem is not None][:MOST]
        said = self.notice or tr("No reminder is due")
        self.title.setText(said)
        self.setAccessibleName(said)
        for row in ready:
            self._add_due(row)
        if held:
            self._lines.addWidget(label(tr("Not now"), "strong"))
        for row in held:
            self._lines.addWidget(label(self._named(row), wrap=True))
            self._lines.addWidget(label(say(row.problem), "caption", wrap=True))
        if waiting:
            self._lines.addWidget(label(tr("Queued, not sent yet"), "strong"))
        for sent in waiting[:MOST]:
            self._add_waiting(sent)
        self._lines.addStretch(1)
        self.close_button.setText(with_key(tr("Close"), "Esc"))
        self._count()

    def _add_due(self, row: Reminder) -> None:
        box = QCheckBox(row.name.replace("&", "&&"))
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setChecked(True)
        box.setAccessibleName(f"{self._named(row)}. {row.to}. {row.form.text}")
        box.toggled.connect(self._count)
        box.installEventFilter(self)
        self.boxes.append((box, row))
        self._lines.addWidget(box)
        day, money = self._look.translator.day(row.due), self._look.money(row.amount)
        self._lines.addWidget(label(f"{day} · {money} → {row.to}", "caption", wrap=True))
        self._lines.addWidget(label(row.form.text, "muted", wrap=True))

    def _add_waiting(self, row: Waiting) -> None:
        back = button(self._look.tr("Take back"), "link", lambda: self._withdraw([(row.case_id, row.event)]))
        back.setAccessibleName(f"{self._look.tr('Take back')}: {row.name}")
        named = across(label(row.name, wrap=True), back, spacing=8)
        named.setStretch(0, 1)
        self._lines.addLayout(named)
        self._lines.addWidget(label(row.text, "muted", wrap=True))

    def _named(self, row: Reminder) -> str:
        return f"{row.name} · {self._look.translator.day(row.due)} · {self._look.money(row.amount)}"

    def _count(self) -> None:
        chosen = sum(1 for box, _ in self.boxes if box.isChecked())
        self.record.setText(with_key(self._look.say(nmsg("Queue {n} reminder", "Queue {n} reminders", chosen)), "↵"))
        self.record.setVisible(bool(self.boxes))
        self.record.setEnabled(bool(chosen))

    def _place(self) -> None:
        over = self._over
        self.setGeometry(EDGE, EDGE, over.width() - 2 * EDGE, over.height() - 2 * EDGE)

    # ---- doing ----

    def _queued(self, done: Queued) -> None:
        self._desk.announce(done.changes)
        count, tr, say = len(done.messages), self._look.tr, self._look.say
        text = say(nmsg("{n} reminder queued", "{n} reminders queued", count)) if count else tr("Nothing was queued.")
        if done.passed_over:
            passed = nmsg(
                "{n} was no longer due or not allowed.", "{n} were no longer due or not allowed.", done.passed_over
            )
            text = f"{text} {say(passed)}"
        undo: Callable[[], None] | None = (lambda: self._withdraw(list(done.messages))) if count else None
        self.told.emit(text, tr("Take back") if count else "", undo)

    def _withdraw(self, messages: list[tuple[str, str]]) -> None:
        self.close_box()
        background.run(self, lambda: self._desk.reminders.withdraw(messages), self._withdrawn, self._failed)

    def _withdrawn(self, changes: Changes) -> None:
        self._desk.announce(changes)
        self.told.emit(self._look.tr("Taken back: it is not sent."), "", None)

    def _failed(self, error: WorkstationError) -> None:
        self.told.emit(self._look.say(error.message), "", None)

    # ---- keys ----

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _TAKEN:
            event.accept()  # not the window's step back
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Escape closes, Enter queues, the arrows go from one to the next; Space ticks, as it does everywhere."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_box()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.queue_all()
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down} and self.boxes:
            place = next((n for n, (box, _) in enumerate(self.boxes) if box.hasFocus()), 0)
            place = min(max(place + (1 if key == Qt.Key.Key_Down else -1), 0), len(self.boxes) - 1)
            self.boxes[place][0].setFocus()
            self.area.ensureWidgetVisible(self.boxes[place][0])
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
        elif isinstance(event, QKeyEvent) and event.key() in _TAKEN:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._key(event)
        return super().eventFilter(watched, event)
