"""Makes the pages beside the cases and the panels at the right, each when first looked at.

Their modules are imported here and not above, so that the first window comes quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ui.desk_port import Desk
from ui.doing import Doing
from ui.look import Look
from ui.page import Page


def page(name: str, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> Page:
    """`open_case` is called with a case's id; `tell` with a sentence for the person."""
    match name:
        case "agenda":
            from ui.agenda.page import AgendaPage

            return AgendaPage(look, desk, open_case, tell)
        case "approvals":
            from ui.approvals.page import ApprovalsPage

            return ApprovalsPage(look, desk, open_case, tell)
        case "audit":
            from ui.audit.page import AuditPageView

            return AuditPageView(look, desk, tell)
        case "coaching":
            from ui.coaching.page import CoachingPage

            return CoachingPage(look, desk, open_case, tell)
        case "conduct":
            from ui.conduct.page import ConductPage

            return ConductPage(look, desk, open_case, tell)
        case "day":
            from ui.day.page import DayPage

            return DayPage(look, desk, open_case, tell)
        case "field":
            from ui.field.page import FieldPage

            return FieldPage(look, desk, open_case, tell)
        case "indicators":
            from ui.indicators.page import IndicatorsPage

            return IndicatorsPage(look, desk, open_case, tell)
        case "knowledge":
            from ui.knowledge.page import KnowledgePage

            return KnowledgePage(look)
        case "reports":
            from ui.reports.page import ReportsPage

            return ReportsPage(look, desk, open_case, tell)
        case "strategy":
            from ui.strategy.page import StrategyPage

            return StrategyPage(look, desk, open_case, tell)
        case "sync":
            from ui.sync.page import SyncPage

            return SyncPage(look, desk, open_case, tell)
    from ui.settings.page import SettingsPage

    return SettingsPage(look, desk)


def batch_page(
    look: Look,
    desk: Desk,
    open_case: Callable[[str], None],
    tell: Callable[[str], None],
    in_view: Callable[[], list[str]],
) -> Page:
    """Letters for many cases; `in_view` gives those of the queue as it is filtered."""
    from ui.batch.page import BatchPage

    return BatchPage(look, desk, open_case, tell, in_view)


def team_page(
    look: Look,
    desk: Desk,
    open_case: Callable[[str], None],
    tell: Callable[[str], None],
    decide: Callable[[], None],
    drill: Callable[[str], None],
) -> Page:
    """Who holds how much; `decide` shows the approvals, `drill` the cases behind an indicator."""
    from ui.team.page import TeamPage
    from ui.team.reassign_doors import ReassignDoors

    made = TeamPage(look, desk, open_case, tell, decide, drill)
    if desk.reassigning.offered:
        ReassignDoors(made, look, desk, open_case, tell)
    return made


def drill(page: Page, name: str) -> None:
    """On the page of the indicators: the cases behind one of them, of the 30 days that the team's page counts."""
    from ui.indicators.page import IndicatorsPage

    if isinstance(page, IndicatorsPage):
        page.choose_period("days")
        page.drill(name)


def share_out(page: Page, case_ids: Sequence[str]) -> None:
    """On the team's page: these cases are to go to others."""
    from ui.team.reassign_doors import ReassignDoors

    doors = page.findChild(ReassignDoors)
    if doors is not None:
        doors.of_cases(case_ids)


def plan_page(panel: Doing, back: Callable[[], None]) -> Page:
    """The page of the plans that stand in the plan's panel."""
    from ui.plan.page import PlanPage
    from ui.plan.panel import PlanPanel

    if not isinstance(panel, PlanPanel):
        raise TypeError("the page shows the plans of the panel")
    made = PlanPage(panel.work)
    made.left.connect(back)
    return made


def panel(
    name: str, look: Look, desk: Desk, plan_page: Callable[[], None], letter: Callable[[str], None], inside: QWidget
) -> Doing:
    """`plan_page` shows the plan with the whole page for it, `letter` a letter by its template; `inside` holds it."""
    match name:
        case "plan":
            from ui.plan.panel import PlanPanel

            made = PlanPanel(look, desk)
            made.page_wanted.connect(plan_page)
            made.work.letter_wanted.connect(letter)
            return made
        case "letter":
            from ui.letter.panel import LetterPanel

            return LetterPanel(look, desk)
        case "visit":
            from ui.visit.panel import VisitPanel

            return VisitPanel(look, desk, inside)
        case "message":
            from ui.message.panel import MessagePanel

            return MessagePanel(look, desk)
    from ui.facts.panel import FactsPanel

    return FactsPanel(look, desk)
