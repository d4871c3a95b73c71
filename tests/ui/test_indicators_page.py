"""The indicators in the window: the figures of the desk, opened into their cases, alive to what is recorded."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from ui.indicators.page import PERSONAL, IndicatorsPage
from ui.indicators.words import GROUPS, NAMES
from workstation.domain.events import Contact
from workstation.domain.indicators import DEFINITIONS


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
    assert "right-party" in shown.hours.accessibleDescription()


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
