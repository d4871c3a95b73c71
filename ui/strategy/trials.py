"""What came of the splits so far: each arm's indicators with their counts and how far they may be off."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import down, label, show_if
from workstation.domain.errors import WorkstationError
from workstation.domain.strategy_trial import ArmOutcome, tell_apart

MOST = 12


class Trials(QWidget):
    """Hidden while no contact was recorded in an arm."""

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._rows: tuple[ArmOutcome, ...] = ()
        columns = [
            Column[ArmOutcome](_L("Split"), lambda row: row.split),
            Column[ArmOutcome](_L("Arm"), lambda row: row.arm),
            Column[ArmOutcome](_L("Cases"), lambda row: f"{row.cases:,}", right=True),
            Column[ArmOutcome](_L("Right-party rate"), lambda row: self._share(row, "right_party_rate"), stretch=True),
            Column[ArmOutcome](_L("Promise rate"), lambda row: self._share(row, "promise_rate"), stretch=True),
            Column[ArmOutcome](_L("Complaint rate"), lambda row: self._share(row, "complaint_rate"), stretch=True),
        ]
        self.card = TableCard(look, _L("What came of the splits"), _L("Nothing was recorded."), columns,
                              "strategy_trials", most=MOST)  # fmt: skip
        self.about = label(role="muted", wrap=True)
        self.setLayout(down(self.card, self.about, spacing=8))
        self.hide()

    def retranslate(self) -> None:
        self.card.retranslate()
        self._show()

    def read(self) -> None:
        """In the pool: the contacts of a quarter are looked through; who sees every case is told by the centre."""
        central = self._desk.central_indicators
        run(self, central.trials if central.usual else self._desk.strategies.trials, self._have, self._failed)

    def _have(self, rows: tuple[ArmOutcome, ...]) -> None:
        self._rows = rows
        self._show()

    def _failed(self, error: WorkstationError) -> None:
        self.about.setText(self._look.say(error.message))
        show_if(self, True)

    def _show(self) -> None:
        show_if(self, bool(self._rows))
        self.card.show_rows(self._rows)
        apart = any(
            one.split == other.split and tell_apart(one.shares[name], other.shares[name])
            for one in self._rows
            for other in self._rows
            for name in one.shares
        )
        self.about.setText(
            self._look.tr("Each share with its 95 % interval. Read all columns together; money ranks no arm.")
            if apart
            else self._look.tr(
                "Each share with its 95 % interval. They overlap everywhere: no difference between the arms is shown."
            )
        )

    def _share(self, row: ArmOutcome, name: str) -> str:
        share = row.shares[name]
        if share.value is None:
            return "—"
        low, high = share.between
        figures = {"share": f"{share.value * 100:.1f}", "low": f"{low * 100:.1f}", "high": f"{high * 100:.1f}"}
        return self._look.tr("{hits} of {n} · {share} % ({low}–{high} %)", hits=share.hits, n=share.of, **figures)
