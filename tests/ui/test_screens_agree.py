"""A walk through the screens of one book: whatever two of them say of the same thing is the same.

Each screen is a function that returns what it shows, by the name of the fact. A new screen joins by adding one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import TODAY
from tests.ui.sample_team import add_team
from tests.ui.steps import Steps
from ui.agenda.page import AgendaPage
from ui.field.page import FieldPage
from ui.indicators.page import IndicatorsPage
from ui.team.page import TeamPage
from workstation.desk.report import ReportWanted
from workstation.domain.changes import Changes
from workstation.domain.indicator_case import Period
from workstation.domain.indicators import DEFINITIONS

Facts = dict[str, object]
MONDAY = TODAY - timedelta(days=TODAY.weekday())
WEEK = Period(MONDAY, TODAY)


def queue(steps: Steps) -> Facts:
    rows = steps.window.desk.worklist.queue("all").rows
    said: Facts = {f"owed {row.number}": steps.window.look.money(row.owed) for row in rows}
    return {**said, "open cases": len(rows)}


def field(steps: Steps) -> Facts:
    """Who might be visited today: every open case, with what is owed."""
    steps.key("Shift+F5")
    page = steps.window.findChild(FieldPage)
    assert page is not None
    steps.until(lambda: bool(page.work.rows) and not page.work.busy, "the candidates are read")
    shown = {line.case_id: line.first_right for line in page.candidates.lines}
    assert shown == {row.case_id: steps.window.look.money(row.owed) for row in page.work.rows}
    said: Facts = {f"owed {row.number}": shown[row.case_id] for row in page.work.rows}
    said["open cases"] = len(shown)
    said["owed together"] = sum(row.owed.minor for row in page.work.rows)
    return said


def indicators(steps: Steps) -> Facts:
    steps.key("Shift+F10")
    page = steps.window.findChild(IndicatorsPage)
    assert page is not None
    steps.until(lambda: page.card is not None, "the figures are counted")
    assert page.card is not None
    said: Facts = {f"month: {name}": made.value.text() for name, made in page.figures.items()}
    said["open cases"] = page.card.figures["average_due"].pair.denominator
    first = page.card
    page.choose_period("week")
    steps.until(lambda: page.card is not first, "the week is counted")
    said |= {f"week: {name}": page.card.figures[name].pair for name in DEFINITIONS}
    steps.until(lambda: bool(page.month.lines), "the month is read")
    for number in range(7):
        day = MONDAY + timedelta(days=number)
        open_ = [line for line in page.month.lines if line.what.due == day and line.what.open and not line.what.good]
        said[f"still open on {day}"] = len(open_)
    return said


def board(steps: Steps) -> Facts:
    steps.key("Shift+F9")
    page = steps.window.findChild(TeamPage)
    assert page is not None
    steps.until(lambda: page.board is not None and not page.reading and page._figures is not None, "the board is read")
    assert page.board is not None
    assert sum(row.cases for row in page.board.rows) == page.board.cases
    said: Facts = {f"month: {name}": made.value.text() for name, made in page.figures.items()}
    said["open cases"] = page.board.cases
    assert page.board.amount is not None
    said["owed together"] = page.board.amount.minor
    return said


def agenda(steps: Steps) -> Facts:
    steps.key("F10")
    page = steps.window.findChild(AgendaPage)
    assert page is not None
    steps.until(lambda: page.week is not None, "the week is read")
    assert page.week is not None
    return {f"still open on {day.day}": day.owing for day in page.week.days}


def report(steps: Steps) -> Facts:
    made = steps.window.desk.reports.report(ReportWanted("weekly", TODAY))
    return {f"week: {name}": figure.pair for name, figure in made.card.figures.items()}


SCREENS: tuple[Callable[[Steps], Facts], ...] = (queue, field, indicators, board, agenda, report)


def test_no_two_screens_disagree(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    steps.window.desk.announce(Changes(everything=True))
    told: dict[str, dict[str, object]] = defaultdict(dict)
    for screen in SCREENS:
        for fact, value in screen(steps).items():
            told[fact][screen.__name__] = value
    differing = {fact: said for fact, said in told.items() if len({str(value) for value in said.values()}) > 1}
    assert differing == {}
    shared = [fact for fact, said in told.items() if len(said) > 1]
    assert len(shared) > len(DEFINITIONS) + 7 + len(steps.window.desk.worklist.queue("all").rows)
