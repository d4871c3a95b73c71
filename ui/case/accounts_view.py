"""Every account of the case: what is owed today by component, how it was made, and how it came to be over time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.case.balance_chart import BalanceChart
from ui.case.explained import FigureButton, open_calculation
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, clear, down, label, panel
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.history_views import AccountHistory
from workstation.desk.views import AccountRow, CaseView


class AccountsView(QWidget):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self._cards.setContentsMargins(24, 12, 24, 16)
        holder = panel("sunken")
        holder.setLayout(down(self._cards, None, spacing=0))
        self._area = TallArea(holder)
        self._area.setProperty("role", "sunken")
        self.setLayout(down(self._area, spacing=0))

    def show_case(self, case: CaseView) -> None:
        clear(self._cards)
        histories = {history.id: history for history in self._desk.casefile.balances(case.case_id)}
        for account in case.accounts:
            self._cards.addWidget(self._card(account, histories[account.id]))
        if not case.accounts:
            self._cards.addWidget(label(self._look.tr("No account is on record."), "muted"))

    def take_focus(self) -> None:
        first = self._area.findChild(FigureButton)
        (first or self._area).setFocus()

    def _card(self, account: AccountRow, history: AccountHistory) -> QWidget:
        look = self._look
        card = QFrame()
        card.setProperty("role", "card")
        total = FigureButton("figure")
        total.setText(look.money(account.total))
        total.setAccessibleName(look.tr("Owed on this card: {amount}", amount=account.total))
        total.setAccessibleDescription(look.tr("Opens how this figure was made"))
        total.clicked.connect(lambda: open_calculation(look, account.calculation, total))
        stage = label(account.stage, "badge", tone="warn" if account.days_past_due else "good")
        parts, flow = QWidget(), FlowLayout(spacing=22, lines=8)
        for component, money in account.parts.items():
            if money.minor:
                part = QWidget()
                name = label(look.label("component", component), "caption")
                part.setLayout(down(name, label(look.money(money)), spacing=1))
                flow.addWidget(part)
        parts.setLayout(flow)
        about = [look.tr("The bank's figures of {day}", day=account.as_of)]
        if account.credit_limit is not None:
            about.append(look.tr("Limit {amount}", amount=account.credit_limit))
        rows: list[QWidget] = [parts, label(" · ".join(about), "caption", wrap=True)]
        if len({point.day for point in history.points}) > 1:
            rows.insert(1, BalanceChart(look, history))
        head = across(label(account.card_masked, "strong"), stage, None, total, spacing=8)
        head.setAlignment(stage, Qt.AlignmentFlag.AlignVCenter)
        card.setLayout(down(head, *rows, spacing=10, margins=(16, 12, 16, 12)))
        return card
