"""A plan that takes another's place, and one that a lead moved on or terminated: how the fold sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.domain.case.conftest import History
from workstation.domain.case_state import fold
from workstation.domain.conduct import flags_of
from workstation.domain.events import Correction, Event, PlanDecided, PlanDue, PlanProposed
from workstation.domain.gate import GateRequest, check
from workstation.domain.gate_values import CHANNELS
from workstation.domain.rulepack import load

CHINA = load("zh-CN")

SCHEDULE = [{"n": 1, "due": "2026-11-30", "amount": "1600.00"}, {"n": 2, "due": "2026-12-30", "amount": "800.00"}]


def proposal(history: History, hours: float, *, replaces: str = "") -> Event:
    body = PlanProposed(
        request={"currency": "CNY", "method": "interest_free"}, result={"schedule": SCHEDULE}, replaces=replaces
    )
    return history.event(hours, body)


def decided(history: History, hours: float, plan: Event, decision: str, *rows: PlanDue) -> Event:
    return history.event(hours, PlanDecided(decision=decision, instalments=rows), answers=plan.id)


@pytest.mark.parametrize("decisions", [(), ("approved",)])
def test_a_proposal_that_waits_gives_way_to_the_next_at_once(history: History, decisions: tuple[str, ...]) -> None:
    first = proposal(history, 0)
    made = [first, *(decided(history, 1, first, decision) for decision in decisions)]
    second = proposal(history, 2, replaces=first.id)
    state = fold([*made, second])
    assert [plan.stage for plan in state.plans] == ["replaced", "proposed"]
    assert state.plan is not None
    assert (state.plan.id, state.plan.replaces) == (second.id, first.id)
    back = fold([*made, second, history.event(3, Correction(what="undo"), answers=second.id)])
    assert back.plan is not None
    assert (back.plan.id, back.plan.stage) == (first.id, decisions[0] if decisions else "proposed")


def test_a_plan_in_force_stays_so_until_the_next_is_agreed(history: History) -> None:
    first = proposal(history, 0)
    agreed = decided(history, 1, first, "agreed")
    second = proposal(history, 2, replaces=first.id)
    state = fold([first, agreed, second])
    assert state.plan is not None
    assert (state.plan.id, state.plan_in_force) == (first.id, True)
    state = fold([first, agreed, second, decided(history, 3, second, "agreed")])
    assert [plan.stage for plan in state.plans] == ["replaced", "agreed"]
    assert state.plan is not None
    assert state.plan.id == second.id


def test_a_renegotiated_plan_may_be_agreed_while_the_first_is_kept_whatever_came_between(history: History) -> None:
    first = proposal(history, 0)
    agreed = decided(history, 1, first, "agreed")
    second = proposal(history, 2, replaces=first.id)
    third = proposal(history, 3, replaces=second.id)
    state = fold([first, agreed, second, third])
    assert [plan.stage for plan in state.plans] == ["agreed", "replaced", "proposed"]
    assert state.waiting_plan is not None
    assert state.waiting_plan.id == third.id
    state = fold([first, agreed, second, third, decided(history, 4, third, "agreed")])
    assert [plan.stage for plan in state.plans] == ["replaced", "replaced", "agreed"]
    assert state.waiting_plan is None


def test_a_breached_plan_that_is_moved_on_is_in_force_again_with_its_new_days(history: History) -> None:
    first = proposal(history, 0)
    events = [first, decided(history, 1, first, "agreed"), decided(history, 2, first, "breached")]
    assert not fold(events).plan_in_force
    later = (PlanDue(due=date(2027, 1, 30), amount=160_000), PlanDue(due=date(2027, 2, 27), amount=80_000))
    moved = fold([*events, decided(history, 3, first, "re_aged", *later)])
    assert moved.plan is not None
    assert (moved.plan.stage, moved.plan.in_force, moved.plan.re_aged) == ("active", True, 1)
    assert moved.plan.agreed_on == date(2026, 11, 2)  # the consent stays the one that was given
    assert [(part.due, part.amount) for part in moved.plan.instalments] == [(row.due, row.amount) for row in later]


def test_a_decision_holds_for_its_own_breach_whatever_the_clocks_say(history: History) -> None:
    first = proposal(history, 0)
    agreed = decided(history, 1, first, "agreed")
    breached = decided(history, 9, first, "breached")  # by a clock that runs ahead of the centre's
    moved = decided(history, 3, first, "re_aged")
    again = history.event(2, PlanDecided(decision="breached", round=1), answers=first.id)  # by one that runs behind
    assert not fold([first, agreed, breached]).plan_in_force
    assert fold([first, agreed, breached, moved]).plan_in_force
    assert not fold([first, agreed, breached, moved, again]).plan_in_force
    over = decided(history, 4, first, "terminated")
    late = fold([first, agreed, breached, moved, again, over, decided(history, 12, first, "breached")]).plan
    assert late is not None
    assert late.stage == "terminated"


def test_what_needs_approval_is_not_agreed_before_it(history: History) -> None:
    body = PlanProposed(request={"currency": "CNY"}, result={"schedule": SCHEDULE}, needs_approval=True)
    first = history.event(0, body)
    agreed, approved = decided(history, 2, first, "agreed"), decided(history, 1, first, "approved")
    alone = fold([first, agreed])
    assert alone.plan is not None
    assert (alone.plan.stage, alone.plan_in_force, alone.plan.agreed_on) == ("proposed", False, None)
    assert fold([first, agreed, approved]).plan_in_force
    late = decided(history, 3, first, "approved")  # by a clock that runs ahead
    assert fold([first, agreed, late]).plan_in_force


def test_a_terminated_plan_is_over(history: History) -> None:
    first = proposal(history, 0)
    events = [first, decided(history, 1, first, "agreed"), decided(history, 2, first, "terminated")]
    state = fold(events)
    assert state.plan is not None
    assert (state.plan.stage, state.plan_in_force) == ("terminated", False)


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_nobody_is_collected_from_while_a_plan_is_kept_and_again_after_its_breach(
    history: History, channel: str
) -> None:
    def asked(*events: Event) -> list[tuple[str, str]]:
        flags = flags_of(fold(events), "p1", date(2026, 11, 23))
        at = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
        request = GateRequest(at, channel, "debtor", contact_point="p1", zones=("Asia/Shanghai",), debt="D1")
        verdicts = [check(replace(request, purpose=purpose, flags=flags), CHINA) for purpose in ("collect", "service")]
        return [(found.verdict, " ".join(reason.rule for reason in found.reasons)) for found in verdicts]

    free, kept = [("allow", "")] * 2, [("block", "plan_in_force"), ("allow", "")]
    first = proposal(history, 0)
    agreed, breached = decided(history, 1, first, "agreed"), decided(history, 2, first, "breached")
    moved, ended = decided(history, 3, first, "re_aged"), decided(history, 4, first, "terminated")
    assert asked(first) == free
    assert asked(first, agreed) == kept
    assert asked(first, agreed, breached) == free
    assert asked(first, agreed, breached, moved) == kept
    assert asked(first, agreed, breached, moved, ended) == free
