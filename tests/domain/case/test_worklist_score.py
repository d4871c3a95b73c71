"""Queue order: dated duties before value, blocked cases sink, nobody starves, the same inputs the same order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.case_state import CaseState, Judgement, judged
from workstation.domain.case_values import Instalment, OpenMatter, PlanMade, PromiseMade
from workstation.domain.events import NextAction
from workstation.domain.message import Money
from workstation.domain.promise import Payment
from workstation.domain.worklist_score import CaseFacts, Ranked, Score, in_queue_order, score

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
LAST_WEEK = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
FACTS = CaseFacts("c1", Money(4_861_327, "CNY"), 78)
CALLED = CaseState(attempts=3, last_attempt_at=LAST_WEEK, last_contact_at=LAST_WEEK)


def changed(**values: object) -> CaseState:
    fields = {"attempts": 3, "last_attempt_at": LAST_WEEK, "last_contact_at": LAST_WEEK, **values}
    return CaseState(**fields)  # type: ignore[arg-type]  # named by the tests


def promise(due: date, amount: int = 300_000) -> PromiseMade:
    return PromiseMade(
        id="p", made_at=LAST_WEEK, made_on=date(2026, 11, 1), amount=amount, currency="CNY", due=due, author="chen"
    )


def of(state: CaseState, facts: CaseFacts = FACTS, *payments: Payment, now: datetime = NOW) -> Score:
    return score(facts, state, judged(state, payments, TODAY, grace_days=3, tolerance=1000), TODAY, now)


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (date(2026, 11, 24), "Promise due tomorrow 3000.00 CNY"),
        (TODAY, "Promise due today 3000.00 CNY"),
        (date(2026, 11, 21), "Promise was due 2026-11-21 · 3000.00 CNY"),
        (date(2026, 11, 19), "Broken promise yesterday 3000.00 CNY"),
        (date(2026, 11, 17), "Broken promise 2026-11-20 · 3000.00 CNY"),
    ],
)
def test_promises_coming_due_and_broken_are_duties(due: date, reason: str) -> None:
    result = of(changed(promises=(promise(due),)))
    assert result.reason.plain() == reason
    assert result.filters == {"promise"}
    assert result.total > 1000


def test_a_kept_promise_or_one_far_ahead_is_no_duty() -> None:
    kept = of(changed(promises=(promise(TODAY),)), FACTS, Payment("x", date(2026, 11, 20), 300_000))
    assert kept.filters == frozenset()
    assert of(changed(promises=(promise(date(2026, 12, 20)),))).filters == frozenset()
    partly = of(changed(promises=(promise(date(2026, 11, 19)),)), FACTS, Payment("x", date(2026, 11, 18), 100_000))
    assert partly.reason.plain() == "Promise partly kept · 2000.00 CNY missing"


def test_a_broken_promise_spoken_about_since_is_no_longer_a_duty() -> None:
    reached = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    assert of(changed(promises=(promise(date(2026, 11, 17)),), last_right_party_at=reached)).filters == frozenset()


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("proposed", "Plan waits for approval"),
        ("approved", "Plan approved · agree on it with the debtor"),
        ("rejected", "Plan rejected · agree on another"),
        ("breached", "Plan breached · the lead decides"),
    ],
)
def test_what_a_lead_decides_about_a_plan_is_a_duty_and_stands_among_the_plans(stage: str, reason: str) -> None:
    plan = PlanMade(
        id="p", proposed_at=NOW, author="a", stage=stage, method="interest_free", currency="CNY", needs_approval=True
    )
    waiting = NextAction(action="await_approval", due=TODAY + timedelta(days=1))
    found = of(changed(plans=(plan,), next_action=waiting))
    assert found.reason.plain() == reason
    assert "plan" in found.filters
    if stage == "rejected":  # once something else is to be done, the rejection is no duty of its own
        called = of(changed(plans=(plan,), next_action=NextAction(action="call", due=TODAY)))
        assert "plan" not in called.filters


def test_a_call_back_tops_the_queue_at_its_time_and_comes_nearer_before() -> None:
    state = changed(next_action=NextAction(action="call_back", due=TODAY, time="10:30"))
    early, later, ready = (
        of(state, now=NOW.replace(hour=hour, minute=minute)) for hour, minute in ((8, 0), (10, 0), (10, 20))
    )
    assert early.total < later.total < ready.total
    assert ready.filters == {"callback"}
    assert ready.reason.text == "Please call back {time}"
    assert ready.reason.params["time"] == NOW.replace(hour=10, minute=30)
    assert ready.total > of(changed(promises=(promise(TODAY),))).total
    tomorrow = of(changed(next_action=NextAction(action="call_back", due=TODAY + timedelta(days=1))))
    assert tomorrow.filters == frozenset()
    assert of(changed(next_action=NextAction(action="call_back", due=TODAY))).reason.plain() == "Please call back today"


def test_the_samples_of_the_drawing() -> None:
    assert of(CaseState()).reason.plain() == "New case · not yet contacted"
    assert of(CaseState()).filters == {"new"}
    dispute = OpenMatter(id="d", opened_at=LAST_WEEK, opened_on=date(2026, 11, 18))
    assert of(changed(dispute=dispute)).reason.plain() == "Dispute to answer · 2 days left"
    assert of(changed(), replace(FACTS, limitation_left=97)).reason.plain() == "Limitation 97 days left"
    visit = of(changed(next_action=NextAction(action="visit", due=date(2026, 11, 25))))
    assert (visit.reason.plain(), visit.filters) == ("Visit planned for 2026-11-25", frozenset({"field"}))
    plan = PlanMade(
        id="pl",
        proposed_at=LAST_WEEK,
        author="chen",
        stage="agreed",
        method="interest_free",
        currency="CNY",
        agreed_on=date(2026, 9, 1),
        instalments=(
            Instalment(due=date(2026, 10, 23), amount=50_000),
            Instalment(due=TODAY, amount=50_000),
            Instalment(due=date(2026, 12, 23), amount=50_000),
        ),
    )
    paid = Payment("x", date(2026, 10, 20), 50_000)
    result = of(changed(plans=(plan,)), FACTS, paid)
    assert (result.reason.plain(), result.filters) == ("Instalment 2 due today 500.00 CNY", frozenset({"plan"}))
    missed = of(changed(plans=(plan,)))
    assert missed.reason.plain() == "Instalment 1 unpaid since 2026-10-23 · 500.00 CNY"


def test_a_blocked_case_sinks_unless_there_is_work_without_contact() -> None:
    blocked = replace(FACTS, verdict="block")
    assert of(changed(promises=(promise(TODAY),)), blocked).total < of(CALLED).total
    dispute = OpenMatter(id="d", opened_at=LAST_WEEK, opened_on=date(2026, 11, 18))
    assert of(changed(dispute=dispute), blocked).total > 1000
    assert of(CALLED, blocked).reason.plain() == "No contact allowed for now"
    opening = replace(blocked, opens_at=NOW)
    assert of(CALLED, opening).reason.params["time"] == NOW


def test_a_case_worked_today_sinks_until_its_call_back_is_due() -> None:
    worked = {"last_attempt_at": NOW - timedelta(minutes=20), "last_contact_at": NOW - timedelta(minutes=20)}
    result = of(changed(promises=(promise(TODAY),), **worked))
    assert result.worked_today
    assert result.total < of(CALLED).total
    call_back = NextAction(action="call_back", due=TODAY, time="09:45")
    assert of(changed(next_action=call_back, **worked)).total > 1000


def test_value_follows_amount_stage_record_and_quadrant() -> None:
    assert of(CALLED, replace(FACTS, owed=Money(15_000_000, "CNY"))).total > of(CALLED).total
    assert of(CALLED, replace(FACTS, days_past_due=20)).total > of(CALLED).total
    assert of(changed(willingness=5, ability=5)).total > of(changed(willingness=1, ability=1)).total
    assert of(changed(out_of_contact=True)).total < of(CALLED).total


def test_a_small_case_rises_with_the_days_it_waits() -> None:
    small = replace(FACTS, owed=Money(30_000, "CNY"))
    long_ago = datetime(2026, 9, 1, tzinfo=UTC)
    waiting = changed(last_attempt_at=long_ago, last_contact_at=long_ago)
    assert of(waiting, small).total > of(CALLED, replace(FACTS, owed=Money(500_000, "CNY"))).total


FUTURE = NextAction(action="call", due=date(2026, 12, 1))
STATES = st.builds(
    changed,
    next_action=st.sampled_from(
        (None, FUTURE, NextAction(action="visit", due=TODAY), NextAction(action="call", due=TODAY))
    ),
    promises=st.lists(st.dates(date(2026, 11, 10), date(2026, 12, 1)).map(promise), max_size=1).map(tuple),
    willingness=st.none() | st.integers(1, 5),
    out_of_contact=st.booleans(),
)
ALL_FACTS = st.builds(
    CaseFacts,
    case_id=st.uuids().map(str),
    owed=st.integers(0, 10**9).map(lambda minor: Money(minor, "CNY")),
    days_past_due=st.integers(0, 3000),
    limitation_left=st.none() | st.integers(-100, 900),
    verdict=st.sampled_from(("allow", "warn", "block")),
)


@given(st.lists(st.tuples(ALL_FACTS, STATES), max_size=8), st.integers(0, 99))
def test_the_total_is_the_sum_of_the_parts_and_the_order_is_always_the_same(
    cases: list[tuple[CaseFacts, CaseState]], seed: int
) -> None:
    ranked = []
    for facts, state in cases:
        result = of(state, facts)
        assert result.total == pytest.approx(sum(points for _, points in result.parts), abs=1e-4)
        assert result.reason.plain()
        ranked.append(Ranked(facts.case_id, result, state.last_contact_at))
    shuffled = list(ranked)
    Random(seed).shuffle(shuffled)
    assert [row.case_id for row in in_queue_order(shuffled)] == [row.case_id for row in in_queue_order(ranked)]


def test_ties_go_to_the_oldest_last_contact_then_the_id() -> None:
    same = score(FACTS, CALLED, Judgement(), TODAY, NOW)
    older = LAST_WEEK - timedelta(days=1)
    rows = [
        Ranked("b", same, LAST_WEEK),
        Ranked("a", same, LAST_WEEK),
        Ranked("z", same, older),
        Ranked("y", same, None),
    ]
    assert [row.case_id for row in in_queue_order(rows)] == ["y", "z", "a", "b"]
