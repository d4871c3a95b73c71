"""The approvals that wait, beside the caseloads: what, for whom, how much; one key to the page that decides."""

from __future__ import annotations

from collections.abc import Callable

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import button, with_key
from workstation.desk.approval_facts import Waiting
from workstation.domain.errors import WorkstationError

LINES = 5


class WaitingCard(TableCard[Waiting]):
    """`decide` opens the page of the approvals."""

    def __init__(self, look: Look, desk: Desk, decide: Callable[[], None], tell: Callable[[str], None]) -> None:
        columns = [
            Column[Waiting](_L("Case"), lambda row: row.name or row.number),
            Column[Waiting](_L("What"), lambda row: look.say(row.title), stretch=True),
            Column[Waiting](_L("By"), lambda row: row.asked_by),
            Column[Waiting](_L("Waits since"), lambda row: look.translator.moment(row.at, today=desk.today())),
        ]
        super().__init__(
            look, _L("Approvals waiting"), _L("Nothing waits for a decision."), columns, "team_waiting", most=LINES
        )
        self._desk, self._tell = desk, tell
        self.decide = button(role="link", clicked=decide)
        self.head.addWidget(self.decide)
        self.reading = False

    def retranslate(self) -> None:
        super().retranslate()
        self.decide.setText(with_key(self._look.tr("Decide"), "Shift F8"))

    def look_again(self) -> None:
        if not self.reading:
            self.reading = True
            run(self, self._desk.approvals.waiting, self._have, self._failed, over=self._over)

    def _over(self) -> None:
        self.reading = False

    def _have(self, rows: tuple[Waiting, ...]) -> None:
        self.show_rows(rows[:LINES], max(0, len(rows) - LINES))

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))
