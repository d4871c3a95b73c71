"""The register of dossiers on paper: who has which, until when; ticked off on return, or reported lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button
from ui.widgets.field import EntryField
from workstation.desk.dossier_register import DossierRow
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

LINES = 10
MARKS = {"out": "○", "expired": "▲", "returned": "✓", "lost": "✗"}


class RegisterCard(TableCard[DossierRow]):
    """Choosing a row puts its number into the field; Enter there ticks it off."""

    def __init__(self, look: Look, desk: Desk, tell: Callable[[str], None]) -> None:
        columns = [
            Column[DossierRow](_L("Number"), lambda row: row.paper.number),
            Column[DossierRow](_L("State"), self._state),
            Column[DossierRow](_L("Back by"), lambda row: look.translator.day(row.paper.expires_on)),
            Column[DossierRow](_L("Lent to"), lambda row: " · ".join(row.lent_to) or row.printed_by, stretch=True),
        ]
        empty = _L("No dossier was given out yet.")
        super().__init__(look, _L("Dossiers on paper"), empty, columns, "dossier_register", most=LINES)
        self._desk, self._tell = desk, tell
        self.number = EntryField(look, _L("Number on the paper"), name="dossier_number")
        self.reason = EntryField(look, _L("If lost: when and where last seen"), name="dossier_reason")
        self.returned = button(role="primary", clicked=self.give_back)
        self.returned.setObjectName("dossier_returned")
        self.lost = button(clicked=self.report_lost)
        self.lost.setObjectName("dossier_lost")
        self.number.edit.returnPressed.connect(self.give_back)
        self.reason.edit.returnPressed.connect(self.report_lost)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._choose())
        box = self.layout()
        if box is not None:
            for part in (self.number, self.reason):
                box.addWidget(part)
            box.addLayout(across(self.returned, self.lost, None, spacing=8))  # type: ignore[attr-defined]  # a column
        self.retranslate()

    def _state(self, row: DossierRow) -> str:
        state = row.paper.state
        return f"{MARKS[state]} {self._look.label('dossier_state', state)}"

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "lost"):
            tr = self._look.tr
            self.number.retranslate()
            self.reason.retranslate()
            self.returned.setText(tr("Handed back"))
            self.lost.setText(tr("Report as lost"))
            self.returned.setToolTip("Enter")

    def look_again(self) -> None:
        def failed(error: WorkstationError) -> None:
            self._tell(self._look.say(error.message))

        run(self, self._desk.dossier_register.rows, self.show_rows, failed)

    def _choose(self) -> None:
        place = self.table.currentIndex().row()
        if 0 <= place < len(self.table.rows):
            self.number.set_text(self.table.rows[place].paper.number)

    def give_back(self) -> None:
        self._mark(self.number.edit, self._desk.dossier_register.give_back, "")

    def report_lost(self) -> None:
        reason = self.reason.text()
        told = self._look.tr("Reported: your lead sees it from the next synchronisation on.")
        self._mark(self.reason.edit, lambda number: self._desk.dossier_register.report_lost(number, reason), told)

    def _mark(self, edit: QLineEdit, act: Callable[[str], Changes], told: str) -> None:
        try:
            changes = act(self.number.text())
        except WorkstationError as error:
            by_field = {"reason": self.reason.edit, "number": self.number.edit}
            by_field.get(error.field or "", edit).setFocus()
            self._tell(self._look.say(error.message))
            return
        number = self.number.text()
        self.number.set_text("")
        self.reason.set_text("")
        self._desk.announce(changes)
        self._tell(told or self._look.tr("Dossier {number} is back.", number=number))
        self.look_again()
