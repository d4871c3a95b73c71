"""The plan on a page of its own: conditions at the left, cards, chart and schedule at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

from ui.case.line_list import LineList
from ui.page import Page
from ui.plan.budget import BudgetEditor
from ui.plan.chart import TALL
from ui.plan.conditions import Conditions
from ui.plan.kept import KeptPlan, kept_lines
from ui.plan.keys import add_keys
from ui.plan.next_step import NextStep
from ui.plan.result import LEAST_TABLE, Result
from ui.plan.work import PlanWork
from ui.widgets.basic import across, button, down, label, line, panel, set_property, show_if, with_key
from ui.widgets.tall import TallArea

LEFT, MOST_LEFT = 340, 42  # pixels at 100 %; percent of the page
ROOMY, LOW = 960, 124  # pixels at 100 %: from this height of the page the chart has its full height, else this one
SCROLLED, FULL_TABLE = 800, 300  # below this height the results scroll anyway: then the table has this one


class PlanPage(Page):
    """`left`: back to the call."""

    left = Signal()

    def __init__(self, work: PlanWork) -> None:
        super().__init__()
        self.setObjectName("plan_page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.work, self._look = work, work.look
        self.conditions = Conditions(work, narrow=True, more=True)
        self.result = Result(work, boxed=True)
        self.next = NextStep(work)
        self.title, self.owed = label(role="title"), label(role="muted")
        self.title.setObjectName("plan_title")
        self.stage, self.authority = label(role="badge"), label(role="pill")
        self.budget = BudgetEditor(work.look, work.desk, work.means)
        self.heading = label(role="strong")
        self.kept = KeptPlan(work.look, work.desk)
        self.kept.done.connect(work.done)
        self.kept.failed.connect(work.failed)
        self.kept_list = LineList(work.look, "plan_page_kept_list")
        self.back = button(clicked=self.left.emit)
        self.back.setObjectName("plan_back")
        self.next.go.setObjectName("plan_page_propose")
        head = panel(edge="bottom")
        head.setLayout(
            across(
                self.title, self.stage, self.owed, None, self.authority, self.back, spacing=10, margins=(24, 10, 24, 10)
            )
        )
        inside = panel()
        inside.setLayout(
            down(self.kept, self.budget, line(), self.heading, self.conditions, None, margins=(20, 16, 20, 12))
        )
        foot = panel()
        foot.setLayout(down(self.next, self.next.go, margins=(20, 8, 20, 14)))
        self._side = side = panel(edge="right")
        self.area = TallArea(inside)
        column = down(self.area, line(), foot, spacing=0)
        column.setStretch(0, 1)
        side.setLayout(column)
        shown = panel("sunken")
        beside = down(self.kept_list, self.result, margins=(24, 16, 24, 16))
        beside.setStretch(0, 1)
        beside.setStretch(1, 1)
        shown.setLayout(beside)
        self.results = TallArea(shown)
        self._taking = panel("sunken", edge="top")
        self._taking.setLayout(down(self.result.taking, margins=(24, 8, 24, 14)))
        right = panel()
        column = down(self.results, self._taking, spacing=0)
        column.setStretch(0, 1)
        right.setLayout(column)
        below = across(side, right, spacing=0)
        below.setStretch(1, 1)
        whole = down(head, below, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        add_keys(self, work, self.conditions, self.result.taking, self.budget.open)
        work.shown.connect(self._show_head)
        work.step_changed.connect(self._show_kept)
        self._look.changed.connect(self.retranslate)
        self.retranslate()

    def _show_kept(self) -> None:
        """While a plan is in force, how it stands; conditions and cards when another one is wanted."""
        case, keeping = self.work.case, self.work.keeping
        if case is None or not self.isVisible():
            return
        self.kept.show_case(case.case_id)
        wanted = not keeping and self.conditions.isHidden()
        for made in (self.heading, self.conditions, self.result, self._taking):
            show_if(made, not keeping)
        if wanted:
            self.conditions.focus_first()
        kept = self.kept.kept if keeping else None
        show_if(self.kept_list, kept is not None)
        if kept is not None:
            self.kept_list.setAccessibleName(self._look.tr("How the plan is kept"))
            self.kept_list.show_lines(list(kept_lines(self._look, kept))[2:])

    def retranslate(self) -> None:
        tr = self._look.tr
        self.heading.setText(tr("Conditions"))
        self.back.setText(with_key(tr("Back to the call"), "Esc"))
        self.conditions.retranslate()
        self.result.retranslate()
        self.next.retranslate()
        self._share_room()
        self._show_head()
        self._show_kept()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_kept()
        self._show_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        tokens = self._look.tokens
        self.result.chart.show_height(TALL if self.height() >= tokens.px(ROOMY) else LOW)
        least = LEAST_TABLE if self.height() >= tokens.px(SCROLLED) else FULL_TABLE
        self.result.table.setMinimumHeight(tokens.px(least))
        self._side.setFixedWidth(min(self._look.tokens.px(LEFT), max(300, self.width() * MOST_LEFT // 100)))

    def _show_head(self) -> None:
        case, view = self.work.case, self.work.view
        if case is None or not self.isVisible():
            return
        said = {
            self.title: self._look.tr("Plan · {name}", name=case.name),
            self.stage: self._look.say(case.badges[0].text) if case.badges else "",
            self.owed: self._look.say(self.work.owed()),
        }
        for shown, text in said.items():
            if shown.text() != text:
                shown.setText(text)
        show_if(self.stage, bool(case.badges))
        if case.badges:
            set_property(self.stage, "tone", case.badges[0].tone)
        show_if(self.authority, view.authority is not None)
        if view.authority is not None:
            sign = "▲" if view.needs_approval else "●"
            text = f"{sign} {self._look.say(view.authority.text)}"
            if self.authority.text() != text:
                self.authority.setText(text)
            set_property(self.authority, "tone", view.authority.tone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.conditions.take_key(event):
            super().keyPressEvent(event)
