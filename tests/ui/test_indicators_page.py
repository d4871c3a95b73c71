"""The indicators in the window: the figures of the desk, opened into their cases, alive to what is recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from python_calamine import load_workbook

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import TODAY, WANG
from tests.ui.steps import Steps
from ui.case.explained import Explained
from ui.indicators.columns import PERSONAL
from ui.indicators.page import IndicatorsPage
from ui.indicators.words import GROUPS, NAMES
from workstation.desk.excel import write_workbook
from workstation.domain.events import Contact
from workstation.domain.indicator_case import Period
from workstation.domain.indicators import DEFINITIONS
from workstation.domain.vocabulary import STAGES


def page(steps: Steps) -> IndicatorsPage:
    steps.key("Shift+F10")
    found = steps.window.findChild(IndicatorsPage)
    assert found is not None
    steps.until(lambda: found.card is not None, "the figures are counted")
    return found


def test_every_indicator_has_a_name_and_a_group() -> None:
    assert NAMES.keys() == DEFINITIONS.keys()
    assert GROUPS.keys() == {row.group for row in DEFINITIONS.values()}


def test_a_person_s_scorecard_shows_recovery_quality_contact_and_conduct_together() -> None:
    assert {DEFINITIONS[name].group for name in PERSONAL} == {"recovery", "quality", "contact", "conduct"}


def test_the_figures_are_those_of_the_desk(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    assert shown.figures["average_due"].value.text() == "¥47,533.44"
    assert shown.figures["satisfaction"].value.text() == "—"
    assert shown.figures["average_due"].toolTip()
    assert "right-party" in shown.pictures.hours.accessibleDescription()


def test_a_figure_opens_into_its_cases_and_a_case_opens(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead", case_id=None)
    shown = page(steps)
    place = [row.now.definition.id for row in shown.all.table.rows].index("right_party_rate")
    shown.all.table.setCurrentIndex(shown.all.table.model().index(place, 0))
    assert shown.chosen == "right_party_rate"
    assert {row.case_id for row in shown.cases.table.rows} == set(shown.card.figures["right_party_rate"].cases)  # type: ignore[union-attr]
    assert "right-party" in shown.says.text().lower() or "spoken to" in shown.says.text()
    shown.cases.opened.emit(WANG.id)
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == WANG.id


def test_what_is_recorded_is_counted_at_once(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    assert shown.card is not None
    before = shown.card.figures["penetration"].pair.numerator
    desk = steps.window.desk
    desk.seat.record(WANG.id, Contact(), channel="call", outcome="no_answer")
    from workstation.domain.changes import Changes

    desk.announce(Changes(frozenset({"event"}), frozenset({WANG.id})))
    steps.until(
        lambda: shown.card is not None and shown.card.figures["penetration"].pair.numerator == before + 1, "counted"
    )


@pytest.mark.parametrize("period", ["week", "month", "last", "days"])
def test_a_period_is_chosen_by_its_chip(open_window: OpenWindow, period: str) -> None:
    steps = open_window("zh_CN", role="lead")
    shown = page(steps)
    first = shown.card
    shown._chips[period].click()
    steps.until(lambda: shown.card is not first, "counted anew")
    assert shown.card is not None
    spans = {"week": (23, 23), "month": (1, 23), "last": (1, 31), "days": (25, 23)}
    assert (shown.card.period.first.day, shown.card.period.last.day) == spans[period]


def test_a_collector_sees_their_own_only(open_window: OpenWindow) -> None:
    steps = open_window("en", role="collector")
    shown = page(steps)
    assert shown.who.isHidden()
    assert shown.people.isHidden()


def test_the_keyboard_reaches_the_lists(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    shown.all.table.setFocus()
    shown.all.table.setCurrentIndex(shown.all.table.model().index(0, 0))
    steps.key("Down")
    assert shown.chosen == shown.all.table.rows[1].now.definition.id
    assert shown.all.table.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_figures_explain_themselves_by_enter(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    shown.all.table.setFocus()
    shown.all.table.setCurrentIndex(shown.all.table.model().index(3, 0))
    steps.key("Return")
    made = steps.window.findChild(Explained)
    assert made is not None
    said = made.accessibleName()
    assert "Average due per case" in said
    assert "¥47,533.44" in said
    assert "cases bear on it." in said
    assert "As much" not in said
    steps.key("Escape")
    shown.figures["average_due"].value.click()
    again = [one for one in steps.window.findChildren(Explained) if one.isVisible()]
    assert [one.accessibleName() for one in again] == [said]


def test_the_heat_map_is_by_cases_or_by_amount_and_the_trend_is_counted(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", role="lead")
    shown = page(steps)
    pictures = shown.pictures
    pictures.by_amount.click()
    assert pictures.rolls.by_amount
    for before in pictures.rolls.rows:
        cells = [pictures.rolls.cell(before, after) for after in STAGES]
        amount = sum(cell[2] for cell in cells)
        assert [cell[1] for cell in cells] == [Decimal(cell[2]) / amount if amount else 0 for cell in cells]
    shown.all.table.setCurrentIndex(shown.all.table.model().index(3, 0))
    pictures.ask.click()
    steps.until(lambda: bool(pictures.trend), "the periods before are counted")
    assert len(pictures.trend) == 6
    assert shown.card is not None
    name = shown.chosen
    assert pictures.trend[-1][1][name].pair == shown.card.figures[name].pair
    assert pictures.line.isVisible()
    assert [period.first.month for period, _ in pictures.trend] == [6, 7, 8, 9, 10, 11]


def test_the_month_says_what_falls_due_and_agrees_with_the_kept_rates(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    month = shown.month
    steps.until(lambda: bool(month.lines), "the month is read")
    days = month.days
    assert days.rowCount() in {4, 5, 6}
    day = month.lines[0].what.due
    days.setCurrentCell(*next(
        (row, column) for row in range(days.rowCount()) for column in range(7)
        if (cell := days.item(row, column)) is not None and cell.data(Qt.ItemDataRole.UserRole) == day
    ))  # fmt: skip
    assert {line.case_id for line in month.of_day.table.rows} == {
        line.case_id for line in month.lines if line.what.due == day
    }
    desk = steps.window.desk.indicators
    promises = [line.what for line in desk.due(Period(date(2026, 11, 1), TODAY)) if not line.what.instalment]
    closed = [row for row in promises if not row.open or row.good]
    kept = desk.scorecard(Period(date(2026, 11, 1), TODAY)).figures["kept_rate"].pair
    assert (sum(row.good for row in closed), len(closed)) == kept
    days.setFocus()
    steps.key("PgUp")
    assert month.month.first == date(2026, 10, 1)
    month.of_day.opened.emit(WANG.id)
    assert steps.window.case.case is not None


def test_people_stand_by_name_and_no_order_by_money_is_offered(open_window: OpenWindow) -> None:
    """The bank may not assess collectors by a recovered amount alone: no column sorts, and none stands alone."""
    steps = open_window("en", role="lead")
    shown = page(steps)
    table = shown.people.table
    assert not table.isSortingEnabled()
    names = [person.name for person in table.rows]
    for place in range(len(PERSONAL) + 1):
        table.horizontalHeader().sectionClicked.emit(place)
    assert [person.name for person in table.rows] == names
    groups = {DEFINITIONS[name].group for name in PERSONAL}
    assert {"recovery", "quality", "contact", "conduct"} <= groups
    assert [person.name for person in table.rows] == sorted(person.name for person in table.rows)


def test_the_figures_are_saved_as_a_workbook_without_a_debtor_s_name(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", role="lead")
    shown = page(steps)
    prepared = shown._workbook()
    assert prepared is not None
    made = prepared()
    assert list(made.case_ids) == [row.case_id for row in shown.cases.table.rows]
    file = tmp_path / "indicators.xlsx"
    clock = steps.window.desk.seat.clock
    write_workbook(file, made.sheets, shown._look.translator, zone=clock.zone, at=clock.now())
    text = str([sheet.to_python() for sheet in map(load_workbook(file).get_sheet_by_index, (0, 1))])
    assert "Average due per case" in text
    assert "47533.44" in text
    assert WANG.name not in text
