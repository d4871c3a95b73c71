"""How an agreed plan is kept, in the real window: in the plan's panel, and among what is planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.desk.test_agenda import pay
from tests.desk.test_plan_follow import go_to, remind
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from tests.ui.test_case_views import lines
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from ui.plan.kept import KeptPlan
from ui.plan.panel import PlanPanel
from workstation.session import Desk

PART = 405_111


def agreed(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    desk.plan_follow.agree(WANG.id, "recorded", "REC-1")


def opened(steps: Steps, prepare: Callable[[Desk], None]) -> KeptPlan:
    """The plan's panel, once what `prepare` records is known to every screen."""
    desk = steps.window.desk
    prepare(desk)
    steps.window.desk.casefile._ahead.forget(desk.casefile.seen(WANG.id))
    steps.window.open_case(WANG.id)
    steps.key("F3")
    panel = steps.window.current
    assert isinstance(panel, PlanPanel)
    panel.kept.show_case(WANG.id)
    return panel.kept


def missed(desk: Desk) -> None:
    agreed(desk)
    go_to(desk, date(2026, 12, 4))
    remind(desk)
    go_to(desk, date(2026, 12, 8))


def test_without_an_agreed_plan_there_is_nothing_to_see(open_window: OpenWindow) -> None:
    assert not opened(open_window("en"), lambda desk: None).isVisible()


def test_a_kept_plan_says_how_it_stands_and_asks_for_nothing(open_window: OpenWindow) -> None:
    kept = opened(open_window("en"), agreed)
    assert kept.isVisible()
    assert kept.stage.text() == "● agreed"
    assert "0 of 12 instalments paid" in kept.sums.text()
    assert "Nothing is to be done before" in kept.said.text()
    assert not kept.act.isVisible()


def test_a_miss_is_said_with_sign_and_word_and_reported_with_the_one_button(open_window: OpenWindow) -> None:
    steps = open_window("en")
    kept = opened(steps, missed)
    assert kept.stage.text() == "▲ in force"
    assert kept.act.isVisible()
    kept.act.setFocus()
    steps.key("Space")
    state = steps.window.desk.seat.file(WANG.id).state
    assert state.plans[-1].stage == "breached"
    steps.until(lambda: kept.stage.text() == "▲ breached", "the panel shows it at once")
    assert not kept.act.isVisible()


def test_a_plan_paid_to_the_end_is_recorded_as_completed(open_window: OpenWindow) -> None:
    def paid(desk: Desk) -> None:
        agreed(desk)
        go_to(desk, date(2026, 12, 1))
        pay(desk, WANG.id, date(2026, 12, 1), 12 * PART, "all")

    steps = open_window("zh_CN")
    kept = opened(steps, paid)
    kept.act.setFocus()
    steps.key("Space")
    assert steps.window.desk.seat.file(WANG.id).state.plans[-1].stage == "completed"


def test_every_instalment_stands_among_what_is_planned_with_its_state(open_window: OpenWindow) -> None:
    def part(desk: Desk) -> None:
        agreed(desk)
        go_to(desk, date(2026, 12, 1))
        pay(desk, WANG.id, date(2026, 12, 1), PART + 50_000, "p1")

    steps = open_window("en")
    opened(steps, part)
    steps.window.show_view("planned")
    shown = lines(steps)
    start = next(place for place, row in enumerate(shown) if row.heading)
    assert shown[start].title == "Plan: Interest-free instalments · in force"
    rows = shown[start + 2 :]
    assert len(rows) == 12
    assert [row.right for row in rows[:3]] == ["● paid, and more", "◐ partly paid", "○ to come"]
    assert rows[0].title.startswith("Instalment 1 · ")


def test_the_plans_before_it_stand_beneath(open_window: OpenWindow) -> None:
    def renegotiated(desk: Desk) -> None:
        agreed(desk)
        desk.plan.propose(WANG.id, desk.plan.start())
        desk.plan_follow.agree(WANG.id, "recorded", "REC-2")

    steps = open_window("en")
    opened(steps, renegotiated)
    steps.window.show_view("planned")
    shown = lines(steps)
    assert [(row.title, row.right) for row in shown[-2:]] == [
        ("Plans before it", ""), ("Interest-free instalments · 12 instalments", "replaced by another")
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_clipped_and_everything_has_a_name(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language, size=(1080, 640))
    kept = opened(steps, missed)
    steps.settle()
    assert faults(kept) == []
    assert nameless(kept) == []
