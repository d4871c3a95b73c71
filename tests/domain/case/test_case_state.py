"""The fold: what events make of a case, in any order, with repeats, corrections and kinds it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workstation.domain.case_state import CaseState, decode, encode, fold, judged, quadrant
from workstation.domain.events import (
    Budget,
    BudgetEntry,
    Complaint,
    Correction,
    Dispute,
    Event,
    Hardship,
    Letter,
    NextAction,
    Note,
    PlanDecided,
    PlanProposed,
    PointChanged,
)
from workstation.domain.promise import Payment

from .conftest import START, History  # type: ignore[import-not-found]  # tests are no package for mypy

TWO = ("full_name", "id_tail")
DUE = date(2026, 11, 28)


def test_an_empty_history_is_a_new_case() -> None:
    state = fold([])
    assert state == CaseState()
    assert state.attempts == 0
    assert state.plan is None


def test_three_unanswered_calls_in_a_row_and_a_right_party_contact_clears(history: History) -> None:
    calls = [history.call(0, "no_answer"), history.call(1, "busy")]
    assert not fold(calls).out_of_contact
    calls.append(history.call(2, "voicemail"))
    assert fold(calls).out_of_contact
    assert fold(calls).unanswered_streak == 3
    stranger = history.call(3, "third_party_spoken")
    assert fold([*calls, stranger]).out_of_contact
    assert fold([*calls, stranger]).unanswered_streak == 0
    reached = history.call(4, "right_party_no_commitment", identity=TWO)
    state = fold([*calls, stranger, reached])
    assert not state.out_of_contact
    assert (state.attempts, state.right_party_contacts) == (5, 1)
    assert state.last_right_party_at == reached.corrected_at
    assert state.last_outcome == "right_party_no_commitment"


def test_a_call_cut_off_ends_the_row_but_three_such_days_running_are_no_contact(history: History) -> None:
    assert not fold([history.call(hours, "hung_up") for hours in (0, 1, 2)]).out_of_contact
    assert fold([history.call(hours, "hung_up") for hours in (0, 24, 48)]).out_of_contact
    assert not fold([history.call(hours, "hung_up") for hours in (0, 24, 72)]).out_of_contact


def test_calls_to_somebody_else_and_incoming_calls_do_not_count_against_the_debtor(history: History) -> None:
    others = [history.call(hours, "no_answer", party="related", point="p9") for hours in range(5)]
    assert not fold(others).out_of_contact
    incoming = history.call(6, "callback_requested", direction="in", identity=TWO)
    assert (fold([incoming]).attempts, fold([incoming]).right_party_contacts) == (0, 1)


def test_a_dead_number_is_marked_and_comes_alive_when_the_debtor_answers_there(history: History) -> None:
    dead = history.call(0, "invalid_number", point="p1")
    assert fold([dead]).dead_points == ("p1",)
    assert fold([dead]).lost(["p1"])
    assert not fold([dead]).lost(["p1", "p2"])
    assert fold([dead, history.call(1, "right_party_no_commitment", point="p1", identity=TWO)]).dead_points == ()
    alive = history.event(2, PointChanged(state="alive"), contact_point="p1")
    assert fold([dead, alive]).dead_points == ()
    refused = history.event(3, PointChanged(state="refused"), contact_point="p1")
    assert fold([dead, refused]).refused_points == ("p1",)


def test_who_asks_to_be_left_alone_decides_what_stops(history: History) -> None:
    debtor = fold([history.call(0, "asks_to_stop_contact")])
    assert (debtor.ceased, debtor.third_party_refused) == (True, False)
    mother = fold([history.call(0, "asks_to_stop_contact", party="related", point="p7")])
    assert (mother.ceased, mother.third_party_refused, mother.refused_points) == (False, True, ("p7",))


def test_disputes_complaints_and_hardship_open_and_close(history: History) -> None:
    said = history.call(0, "disputes_debt", note="the penalty")
    again = history.event(30, Dispute(state="open", about="fees"))
    state = fold([said, again])
    assert state.dispute is not None
    assert (state.dispute.id, state.dispute.about, state.dispute.opened_on) == (said.id, "the penalty", START.date())
    answered = history.event(40, Dispute(state="answered"))
    assert not fold([said, again, answered]).dispute_open
    assert fold([history.call(0, "complaint", note="rude")]).complaint_open
    assert not fold(
        [history.event(0, Complaint(state="open")), history.event(1, Complaint(state="answered"))]
    ).complaint_open
    claimed = history.call(50, "hardship_claimed", identity=TWO, reason="illness", ability=1, willingness=4)
    state = fold([claimed])
    assert (state.hardship, state.reason, state.ability, state.willingness) == ("claimed", "illness", 1, 4)
    assert state.in_hardship
    assert not fold([claimed, history.event(51, Hardship(state="ended"))]).in_hardship


def test_promises_replace_each_other_and_are_judged_with_payments(history: History) -> None:
    first = history.promise(0, 100_000, DUE)
    second = history.promise(24, 300_000, DUE + timedelta(days=2), answers=first.id)
    state = fold([second, first])
    assert [(made.id, made.replaced_by) for made in state.promises] == [(first.id, second.id), (second.id, None)]
    today = date(2026, 12, 20)
    paid = [Payment("x", date(2026, 11, 20), 300_000)]
    judgement = judged(state, paid, today, grace_days=3, tolerance=1000)
    assert [promise.status for promise in judgement.promises] == ["cancelled", "kept"]
    assert (judgement.kept, judgement.broken, judgement.open) == (1, 0, None)
    waiting = judged(state, [], DUE, grace_days=3, tolerance=1000)
    assert waiting.open is not None
    assert waiting.open.promise.id == second.id


def test_a_promise_without_amount_or_date_has_no_effect(history: History) -> None:
    whole = history.promise(0, 100_000, DUE)
    assert fold([replace(whole, amount=None)]).promises == ()
    assert fold([replace(whole, due_on=None)]).promises == ()
    assert fold([replace(whole, amount=-5)]).promises == ()


def proposal(history: History, hours: float) -> Event:
    schedule = [{"n": 1, "due": "2026-11-30", "amount": "1600.00"}, {"n": 2, "due": "2026-12-30", "amount": "800.00"}]
    body = PlanProposed(request={"currency": "CNY", "method": "interest_free"}, result={"schedule": schedule})
    event: Event = history.event(hours, body)
    return event


def test_a_plan_goes_from_proposed_to_agreed_and_its_instalments_share_the_payments(history: History) -> None:
    proposed = proposal(history, 0)
    assert fold([proposed]).plan is not None
    assert not fold([proposed]).plan_in_force
    agreed = history.event(2, PlanDecided(decision="agreed", consent="signed"), answers=proposed.id)
    state = fold([agreed, proposed])
    assert state.plan is not None
    assert (state.plan.stage, state.plan.consent, state.plan.agreed_on) == ("agreed", "signed", date(2026, 11, 2))
    assert [part.amount for part in state.plan.instalments] == [160_000, 80_000]
    promise = history.promise(0, 100_000, DUE)
    state = fold([proposed, agreed, promise])
    judgement = judged(state, [Payment("x", DUE, 260_000)], date(2026, 12, 10), grace_days=3, tolerance=1000)
    assert [row.status for row in judgement.promises] == ["kept"]
    assert [row.status for row in judgement.instalments] == ["kept", "open"]
    breached = history.event(9, PlanDecided(decision="breached"), answers=proposed.id)
    assert not fold([proposed, agreed, breached]).plan_in_force


def test_a_decision_recorded_by_a_clock_that_runs_behind_still_applies(history: History) -> None:
    proposed = proposal(history, 5)
    agreed = history.event(1, PlanDecided(decision="agreed"), answers=proposed.id)
    assert fold([proposed, agreed]).plan_in_force
    stray = history.event(2, PlanDecided(decision="agreed"), answers="unknown")
    assert not fold([stray]).plan_in_force


def test_a_correction_takes_the_effect_away_and_can_itself_be_undone(history: History) -> None:
    before = history.call(0, "no_answer", next_action=NextAction(action="call", due=DUE))
    wrong = history.call(1, "invalid_number", next_action=NextAction(action="repair_contact", due=DUE))
    undo = history.event(2, Correction(what="undo", reason="wrong line"), answers=wrong.id)
    state = fold([before, wrong, undo])
    assert (state.dead_points, state.set_aside, state.attempts) == ((), (wrong.id,), 1)
    assert state.next_action == NextAction(action="call", due=DUE)
    again = history.event(3, Correction(what="undo"), answers=undo.id)
    state = fold([before, wrong, undo, again])
    assert (state.dead_points, state.set_aside) == (("p1",), (undo.id,))
    assert state.next_action_from == wrong.id


def test_an_undone_promise_is_gone_and_the_one_it_replaced_is_back(history: History) -> None:
    first = history.promise(0, 100_000, DUE)
    second = history.promise(1, 200_000, DUE, answers=first.id)
    undo = history.event(2, Correction(what="undo"), answers=second.id)
    (promise,) = fold([first, second, undo]).promises
    assert (promise.id, promise.replaced_by) == (first.id, None)


def test_the_latest_budget_counts_and_taking_it_back_brings_the_one_before(history: History) -> None:
    first = history.event(0, Budget(currency="CNY", income=(BudgetEntry(kind="salary", amount=820_000),)))
    then = NextAction(action="propose_plan", due=DUE)
    second = history.event(2, Budget(currency="CNY", children=1, note="told on the phone", next_action=then))
    state = fold([second, first])
    assert state.budget is not None
    assert (state.budget.id, state.budget.taken_on, state.budget.budget.children) == (second.id, date(2026, 11, 2), 1)
    assert state.next_action == then
    assert (state.attempts, state.last_contact_at, state.plans) == (0, None, ())
    undo = history.event(3, Correction(what="undo"), answers=second.id)
    state = fold([first, second, undo])
    assert state.budget is not None
    assert (state.budget.id, state.budget.budget.income[0].amount) == (first.id, 820_000)
    assert decode(encode(state)) == state


@pytest.mark.parametrize(
    "body",
    [
        '{"currency":"XXX"}',
        '{"currency":"CNY","income":[{"kind":"salary","amount":-1}]}',
        '{"currency":"CNY","income":[{"kind":"salary","amount":1000000000000001}]}',
        '{"currency":"CNY","income":[{"kind":"salary","amount":1,"per":"day"}]}',
        '{"currency":"CNY","adults":0}',
        '{"currency":"CNY","spending":[' + ",".join(['{"kind":"food","amount":1}'] * 501) + "]}",
    ],
)
def test_a_budget_that_makes_no_sense_here_is_kept_without_effect(history: History, body: str) -> None:
    event = replace(history.event(0, Budget(currency="CNY")), body=body)
    state = fold([event])
    assert (state.budget, state.unknown_kinds) == (None, ("budget",))


def test_letters_are_listed_and_newer_kinds_are_kept_without_effect(history: History) -> None:
    body = Letter(template="demand", version="1", language="zh_CN", sha256="0", pages=1, context={})
    newer = replace(history.event(1, Note(text="x")), kind="hologram", body='{"colour": "blue"}')
    broken = replace(history.event(2, Note(text="x")), kind="contact", body="[1, 2]")
    state = fold([history.event(0, body), newer, broken])
    assert [letter.template for letter in state.letters] == ["demand"]
    assert state.unknown_kinds == ("contact", "hologram")
    assert state.events == 3


def test_the_state_survives_json(history: History) -> None:
    events = [
        proposal(history, 0),
        history.promise(1, 100_000, DUE),
        history.call(2, "disputes_debt", note="x", next_action=NextAction(action="call", due=DUE, time="10:30")),
    ]
    state = fold(events)
    assert decode(encode(state)) == state
    assert encode(decode(encode(state))) == encode(state)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    history = History()
    events: list[Event] = []
    for _ in range(draw(st.integers(0, 12))):
        hours = draw(st.integers(0, 200))
        kind = draw(st.sampled_from(("call", "promise", "dispute", "plan", "correct", "point")))
        if kind == "call":
            outcome = draw(st.sampled_from(("no_answer", "hung_up", "promise_to_pay", "invalid_number", "complaint")))
            events.append(history.call(hours, outcome, point=draw(st.sampled_from(("p1", "p2"))), identity=TWO))
        elif kind == "promise":
            events.append(history.promise(hours, draw(st.integers(1, 9)) * 1000, DUE, draw(answers_of(events))))
        elif kind == "dispute":
            events.append(history.event(hours, Dispute(state=draw(st.sampled_from(("open", "answered"))))))
        elif kind == "plan":
            events.append(proposal(history, hours))
        elif kind == "point":
            events.append(history.event(hours, PointChanged(state="dead"), contact_point="p1"))
        else:
            events.append(history.event(hours, Correction(what="undo"), answers=draw(answers_of(events))))
    return events


def answers_of(events: list[Event]) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(event.id for event in events)])


@given(histories(), st.integers(0, 2**32))
def test_arrival_order_and_repeats_make_no_difference(events: list[Event], seed: int) -> None:
    expected = fold(events)
    shuffled = [*events, *events[:3]]
    Random(seed).shuffle(shuffled)
    assert fold(shuffled) == expected
    assert decode(encode(expected)) == expected


@given(histories())
def test_undoing_everything_leaves_a_new_case(events: list[Event]) -> None:
    events = [event for event in events if event.kind != "correction"]
    history = History()
    history.count = len(events) + 100
    undone = [history.event(500, Correction(what="undo"), answers=event.id) for event in events]
    state = fold([*events, *undone])
    blank = CaseState(
        events=state.events, last_event_at=state.last_event_at, set_aside=tuple(sorted(event.id for event in events))
    )
    assert state == blank


def test_the_quadrant_is_said_in_words_when_both_sides_are_known() -> None:
    assert quadrant(None, 4) is None
    words = {str(quadrant(ability, willingness)) for ability in (1, 5) for willingness in (1, 5)}
    assert len(words) == 4
    willing = quadrant(1, 5)
    assert willing is not None
    assert willing.plain() == "Willing · unable to pay in full"


def test_somebody_else_at_the_debtors_own_number_ends_the_row_of_unanswered_calls(history: History) -> None:
    rang = [history.call(0, "no_answer", party="unknown"), history.call(1, "no_answer", party="unknown")]
    answered = history.call(2, "third_party_spoken", party="related")
    assert fold([*rang, answered]).unanswered_streak == 0
    assert fold([*rang, replace(answered, contact_point="p9")]).unanswered_streak == 2, "another person's number"
