"""The plan in the call: conditions above, what comes of them below. The page shows the same with more room."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.case.line_list import LineList
from ui.desk_port import Desk
from ui.doing import Doing
from ui.look import Look
from ui.plan.budget import BudgetEditor
from ui.plan.conditions import Conditions
from ui.plan.entries import Entry
from ui.plan.kept import KeptPlan, kept_lines
from ui.plan.keys import add_keys
from ui.plan.next_step import NextStep
from ui.plan.result import Result
from ui.plan.work import PlanWork
from ui.widgets.basic import button, down, line, panel, show_if, with_key
from ui.widgets.tall import TallArea
from workstation.desk.plan_views import PlanView
from workstation.desk.views import CaseView

PAGE_KEY, BUDGET_KEY = "⇧ F3", "Alt I"
HIGHEST_TABLE = 340  # pixels at 100 %: the rest of the schedule scrolls within


class PlanPanel(Doing):
    """`page_wanted`: the same plans, on the whole page."""

    page_wanted = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "plan")
        self.setObjectName("plan_panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look = look
        self.work = PlanWork(look, desk)
        self.drafting = self.work.drafting
        self.work.done.connect(self.done)
        self.work.failed.connect(self.failed)
        self.whole = button(role="link", clicked=self.page_wanted.emit)
        self.whole.setObjectName("plan_whole")
        self.means = button(role="link", clicked=self.show_budget)
        self.means.setObjectName("plan_means")
        self.conditions = Conditions(self.work, extra=(self.means, self.whole))
        self.result = Result(self.work, boxed=False)
        self.next = NextStep(self.work)
        inside = panel()
        self.budget = BudgetEditor(look, desk, self.work.means)
        self.kept = KeptPlan(look, desk)
        self.kept.done.connect(self.done)
        self.kept.failed.connect(self.failed)
        self.kept_list = LineList(look, "plan_kept_list")
        self._calculator = QWidget()
        parts = down(self.conditions, line(), self.result, line(), self.budget, spacing=8)
        parts.setStretch(2, 1)
        self._calculator.setLayout(parts)
        body = down(self.kept, self.kept_list, self._calculator, spacing=8, margins=(16, 12, 16, 12))
        body.setStretch(1, 1)
        body.setStretch(2, 1)
        self.work.step_changed.connect(self._show_kept)
        inside.setLayout(body)
        foot = panel()
        foot.setLayout(down(self.next, self.next.go, margins=(16, 8, 16, 14)))
        self.area = TallArea(inside)
        outer = down(self.area, line(), foot, spacing=0)
        outer.setStretch(0, 1)
        self.setLayout(outer)
        add_keys(self, self.work, self.conditions, self.result.taking, self.show_budget)
        look.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def fields(self) -> dict[str, Entry]:
        return self.conditions.fields

    @property
    def view(self) -> PlanView:
        return self.work.view

    def show_case(self, case: CaseView) -> None:
        self.kept.show_case(case.case_id)
        self.work.show_case(case)
        self._show_kept()

    def _show_kept(self) -> None:
        """While a plan is in force, how it stands; the calculator when another one is wanted."""
        keeping = self.work.keeping
        wanted = not keeping and self._calculator.isHidden() and self.isVisible()
        show_if(self._calculator, not keeping)
        if wanted:
            self.conditions.focus_first()
        kept = self.kept.kept if keeping else None
        show_if(self.kept_list, kept is not None)
        if kept is not None:
            self.kept_list.setAccessibleName(self._look.tr("How the plan is kept"))
            self.kept_list.show_lines(list(kept_lines(self._look, kept))[2:])

    def draft(self) -> str:
        return self.work.draft()

    def show_budget(self) -> None:
        """The lines of the budget, where one asks for what comes in and goes out."""
        self.budget.open()
        self.area.show_whole(self.budget)

    def keep_draft(self) -> None:
        self.work.keep_draft()

    def save(self) -> None:
        self.work.record()

    def retranslate(self) -> None:
        self.kept.retranslate()
        if self.work.case is not None:
            self._show_kept()
        self.conditions.retranslate()
        self.result.retranslate()
        self.next.retranslate()
        self.means.setText(with_key(self._look.tr("Budget"), BUDGET_KEY))
        self.whole.setText(with_key(self._look.tr("Whole page"), PAGE_KEY))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.result.table.setMaximumHeight(self._look.tokens.px(HIGHEST_TABLE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.conditions.take_key(event):
            super().keyPressEvent(event)
