"""What was decided without a line: it waits for the centre, or was asked there and this came of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, show_if, with_key
from workstation.desk.waiting_decisions import KeptDecision

TAKE_BACK, PUT_AWAY = "U", "P"


class KeptBack(QWidget):
    """Hidden while there is nothing. `again` is called when something waits for a decision again."""

    def __init__(self, look: Look, desk: Desk, again: Callable[[], None]) -> None:
        super().__init__()
        self._look, self._desk, self._again = look, desk, again
        columns = [
            Column[KeptDecision](_L("Decided"), lambda row: look.translator.moment(row.made_at, today=desk.today())),
            Column[KeptDecision](_L("What became of it"), self._fate, stretch=True),
        ]
        self.card = TableCard(look, _L("Decided without a line"), _L("Nothing waits."), columns, "approvals_kept_back")
        self.take_back = button(clicked=self._take_back)
        self.put_away = button(clicked=self._put_away)
        self.setLayout(down(self.card, across(None, self.take_back, self.put_away), spacing=8))
        for key, act in ((TAKE_BACK, self._take_back), (PUT_AWAY, self._put_away)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.hide()

    def retranslate(self) -> None:
        self.card.retranslate()
        self.take_back.setText(with_key(self._look.tr("Take back what was not asked yet"), TAKE_BACK))
        self.put_away.setText(with_key(self._look.tr("Put away what was answered"), PUT_AWAY))

    def read(self) -> None:
        rows = self._desk.approvals.kept_back()
        show_if(self, bool(rows))
        if rows:
            self.card.show_rows(rows)
            show_if(self.take_back, any(row.answer is None for row in rows))
            show_if(self.put_away, any(row.answer is not None for row in rows))

    def _fate(self, row: KeptDecision) -> str:
        if row.answer is None:
            return self._look.tr("Waits for the line.")
        return self._look.say(row.answer)

    def _take_back(self) -> None:
        """The chosen one, else all that were not asked yet."""
        rows, place = self.card.table.rows, self.card.table.currentIndex().row()
        chosen = rows[place : place + 1] if place >= 0 else rows
        for row in chosen:
            self._desk.announce(self._desk.approvals.take_back(row))
        self._again()

    def _put_away(self) -> None:
        self._desk.approvals.put_away()
        self.read()
