"""Reports handed in for the days that are shown: one's own, for a lead the team's; the chosen one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import label
from workstation.desk.report import ReportWanted
from workstation.domain.errors import WorkstationError

if TYPE_CHECKING:
    from workstation.sync.reports import HandedIn

LINES = 8


class HandedInCard(TableCard["HandedIn"]):
    """Asks the centre; without it the card says so, and the page goes on without."""

    def __init__(self, look: Look, desk: Desk) -> None:
        columns = [
            Column["HandedIn"](_L("Handed in"), lambda row: look.translator.moment(row.at, today=desk.today())),
            Column["HandedIn"](_L("By"), lambda row: row.person),
            Column["HandedIn"](_L("In words"), lambda row: row.words.partition("\n")[0], stretch=True),
        ]
        super().__init__(
            look, _L("Handed in"), _L("Nothing was handed in for these days."), columns, "reports_handed_in", most=LINES
        )
        self._desk, self._asked = desk, 0
        self.whole = label(wrap=True)
        self.whole.setTextFormat(Qt.TextFormat.PlainText)
        self.whole.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.whole.hide()
        self.body.addWidget(self.whole)
        self.table.selectionModel().currentChanged.connect(self._choose)

    def ask(self, wanted: ReportWanted) -> None:
        """In the pool; only the answer to the newest question is shown."""
        self._asked += 1
        asked = self._asked
        self.whole.hide()
        run(
            self,
            lambda: self._desk.report_handing.handed_in(wanted),
            lambda rows: self._have(asked, rows),
            lambda error: self._failed(asked, error),
        )

    def _have(self, asked: int, rows: list[HandedIn]) -> None:
        if asked == self._asked:
            self.retranslate()
            self.show_rows(rows)

    def _failed(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self.show_rows(())
            self.empty.setText(self._look.say(error.message))

    def _choose(self, now: QModelIndex, _before: QModelIndex) -> None:
        row = self.table.rows[now.row()] if now.isValid() and now.row() < len(self.table.rows) else None
        self.whole.setText("" if row is None else row.words)
        self.whole.setVisible(row is not None)
