"""Accounts by component and every contact point, masked until asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ui.case.explained import FigureButton, open_calculation
from ui.case.header import MARKS, TONES
from ui.desk_port import Desk
from ui.doing import Doing
from ui.facts.approval import ApprovalBox
from ui.facts.circumstances import CircumstancesBox
from ui.facts.new_point import NewPointForm
from ui.facts.reveal import MaskedLine
from ui.look import Look
from ui.widgets.basic import across, clear, down, label, panel
from ui.widgets.tall import TallArea
from workstation.desk.views import AccountRow, CaseView, PointRow
from workstation.domain.privacy import Field


class FactsPanel(Doing):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "facts")
        self.setObjectName("facts_panel")
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._body = QVBoxLayout()
        self._body.setSpacing(10)
        self._body.setContentsMargins(16, 14, 16, 14)
        self.new_point = NewPointForm(look, desk)
        self.new_point.added.connect(lambda: self.done.emit(look.tr("The contact point is on the case.")))
        self.circumstances = CircumstancesBox(look, desk)
        self.circumstances.recorded.connect(lambda: self.done.emit(look.tr("Recorded on the case.")))
        self._circumstances_title = label(role="strong")
        self.approval = ApprovalBox(look, desk)
        self.approval.asked.connect(lambda: self.done.emit(look.tr("Asked. A lead sees it after synchronising.")))
        self._approval_title = label(role="strong")
        holder = panel()
        below = down(
            self.new_point,
            self._circumstances_title,
            self.circumstances,
            self._approval_title,
            self.approval,
            None,
            spacing=10,
            margins=(16, 0, 16, 14),
        )
        holder.setLayout(down(self._body, below, spacing=0))
        self.area = TallArea(holder)
        self.setLayout(down(self.area, spacing=0))
        look.changed.connect(self._show)

    def show_case(self, case: CaseView) -> None:
        self._case = case
        self._show()

    def _show(self) -> None:
        if self._case is None:
            return
        clear(self._body)
        self._body.addWidget(label(self._look.tr("Case {number}", number=self._case.number), "muted"))
        if self._case.identity:
            self._body.addWidget(label(self._look.tr("The debtor"), "strong"))
            self._body.addWidget(self._identity(self._case))
        self._body.addWidget(label(self._look.tr("Accounts"), "strong"))
        for account in self._case.accounts:
            self._body.addWidget(self._account(account))
        self._body.addWidget(label(self._look.tr("Contact points"), "strong"))
        for point in self._case.points:
            self._body.addWidget(self._point(point))
        if not self._case.points:
            self._body.addWidget(label(self._look.tr("No contact point is on record."), "muted"))
        self.new_point.show_case(self._case.case_id)
        self._circumstances_title.setText(self._look.tr("What holds on this case"))
        self.circumstances.show_case(self._case)
        self._approval_title.setText(self._look.tr("Asked of a lead"))
        self.approval.show_case(self._case.case_id)

    def ask_approval(self) -> None:
        """The form to ask a lead, in view."""
        self.approval.unfold()
        self.area.ensureWidgetVisible(self.approval)

    def _masked(self, field: Field, subject: str, masked: str) -> MaskedLine:
        made = MaskedLine(
            self._look, self._desk, "" if self._case is None else self._case.case_id, field, subject, masked
        )
        made.failed.connect(self.failed)
        return made

    def _identity(self, case: CaseView) -> QFrame:
        """What the debtor's identity is checked by."""
        card = QFrame()
        card.setProperty("role", "box")
        parts: list[QWidget] = []
        for datum in case.identity:
            parts.append(label(self._look.label("revealed", datum.field), "caption"))
            parts.append(self._masked(datum.field, "", datum.masked))
        card.setLayout(down(*parts, spacing=4, margins=(12, 10, 12, 10)))
        return card

    def _account(self, account: AccountRow) -> QFrame:
        card = QFrame()
        card.setProperty("role", "box")
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, (component, money) in enumerate(account.parts.items()):
            grid.addWidget(label(self._look.label("component", component), "caption"), row, 0)
            value = label(self._look.money(money), "small")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(value, row, 1)
        total = FigureButton("link")
        total.setText(self._look.money(account.total))
        total.setAccessibleDescription(self._look.tr("Opens how this figure was made"))
        total.clicked.connect(lambda: open_calculation(self._look, account.calculation, total))
        stage = label(account.stage, "badge", tone="warn" if account.days_past_due else "good")
        as_of = self._look.tr("The bank's figures of {day}", day=account.as_of)
        card.setLayout(
            down(
                self._masked("card", account.id, account.card_masked),
                across(stage, None, total),
                grid,
                label(as_of, "caption"),
                spacing=6,
                margins=(12, 10, 12, 10),
            )
        )
        return card

    def _point(self, point: PointRow) -> QFrame:
        card = QFrame()
        card.setProperty("role", "box")
        owner = self._look.say(point.owner)
        if point.relation is not None:
            owner = f"{owner} · {self._look.translator.label(point.relation)}"
        light = label(f"{MARKS[point.light.verdict]} {self._look.say(point.light.phrase)}", "badge")
        light.setProperty("tone", TONES[point.light.verdict])
        state = label(
            self._look.label("point_state", point.state), "badge", tone="" if point.state == "alive" else "bad"
        )
        parts: list[QWidget] = [
            label(f"{owner} · {self._look.translator.label(point.label)}", "caption"),
        ]
        if point.source is not None:
            parts.append(label(self._look.translator.label(point.source), "caption"))
        if point.rights is not None:
            parts.append(label(self._look.say(point.rights), "caption", wrap=True))
        card.setLayout(
            down(
                self._masked(point.kind, point.id, point.masked),
                *parts,
                across(light, *([state] if point.state != "alive" else []), None),
                spacing=5,
                margins=(12, 10, 12, 10),
            )
        )
        return card
