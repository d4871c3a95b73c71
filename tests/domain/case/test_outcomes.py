"""The outcome table is whole, and each outcome proposes a sensible next action."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.outcomes import KEYS, TABLE, FormFacts, is_right_party, next_weekday, outcome, propose
from workstation.domain.vocabulary import NEXT_ACTIONS, OUTCOMES

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def test_every_outcome_of_the_trade_is_there_once_with_a_key_of_its_own() -> None:
    assert set(TABLE) == set(OUTCOMES)
    assert len(KEYS) == len(OUTCOMES)
    assert [KEYS[digit] for digit in "123456789"] == [
        "no_answer",
        "right_party_no_commitment",
        "promise_to_pay",
        "plan_requested",
        "disputes_debt",
        "callback_requested",
        "refuses_to_pay",
        "third_party_spoken",
        "invalid_number",
    ]


def test_fields_are_those_of_the_form_and_no_contact_asks_for_nothing() -> None:
    known = {field.name for field in fields(CallForm)}
    for row in TABLE.values():
        assert set(row.required) <= set(row.fields) <= known
        assert row.action in NEXT_ACTIONS
        if row.unanswered:
            assert row.required == ()
            assert "amount" not in row.fields
    assert TABLE["promise_to_pay"].required == ("identity", "amount", "due", "reason")


@pytest.mark.parametrize(
    ("outcome_id", "facts", "action", "due"),
    [
        ("no_answer", FormFacts(), "call", date(2026, 11, 24)),
        ("no_answer", FormFacts(unanswered_before=2), "repair_contact", date(2026, 11, 24)),
        ("invalid_number", FormFacts(), "repair_contact", date(2026, 11, 24)),
        ("promise_to_pay", FormFacts(due=date(2026, 11, 28)), "check_payment", date(2026, 11, 28)),
        ("callback_requested", FormFacts(callback_on=FRIDAY, callback_at="10:30"), "call_back", FRIDAY),
        ("disputes_debt", FormFacts(), "answer_dispute", date(2026, 11, 30)),
        ("complaint", FormFacts(complaint_days=10), "answer_complaint", date(2026, 12, 3)),
        ("plan_requested", FormFacts(), "propose_plan", date(2026, 11, 24)),
        ("asks_to_stop_contact", FormFacts(), "review", date(2026, 11, 24)),
        ("asks_to_stop_contact", FormFacts(third_party=True), "repair_contact", date(2026, 11, 24)),
    ],
)
def test_the_proposal(outcome_id: str, facts: FormFacts, action: str, due: date) -> None:
    proposal = propose(outcome_id, MONDAY, facts)
    assert (proposal.action, proposal.due) == (action, due)
    assert proposal.time == (facts.callback_at if outcome_id == "callback_requested" else None)


def test_a_call_after_friday_is_proposed_for_monday_but_a_deadline_stays() -> None:
    assert propose("no_answer", FRIDAY).due == date(2026, 11, 30)
    assert propose("disputes_debt", FRIDAY, FormFacts(dispute_days=1)).due == date(2026, 11, 28)


@given(st.sampled_from(OUTCOMES), st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.none() | st.dates())
def test_no_outcome_leaves_a_case_without_a_next_action_from_today_on(
    outcome_id: str, today: date, due: date | None
) -> None:
    proposal = propose(outcome_id, today, FormFacts(due=due, callback_on=due))
    assert proposal.action in NEXT_ACTIONS
    assert proposal.due >= today


@given(st.dates())
def test_the_next_weekday_is_a_weekday_at_most_two_days_on(day: date) -> None:
    if day.year < 9999:
        assert next_weekday(day).weekday() < 5
        assert 0 <= (next_weekday(day) - day).days <= 2


def test_a_right_party_contact_needs_the_debtor_and_the_identity() -> None:
    assert is_right_party("promise_to_pay", "debtor", ("full_name", "id_tail"))
    assert not is_right_party("promise_to_pay", "related", ("full_name", "id_tail"))
    assert not is_right_party("callback_requested", "debtor", ("full_name",))
    assert is_right_party("callback_requested", "debtor", ("full_name", "id_tail"))
    assert not is_right_party("no_answer", "debtor", ("full_name", "id_tail"))
    assert not is_right_party("of_a_newer_version", "debtor", ("full_name", "id_tail"))


def test_an_unknown_outcome_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="promise_to_pay"):
        outcome("paid_in_gold")
