"""The repayment-plan tab at a real desk: what the form means, what is recorded, and who must agree to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from local_db import replica
from tests.ui.sample_book import SAMPLES, WANG, Sample
from workstation.desk import standing
from workstation.desk.plan_views import PlanForm
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.events import Event, PlanDecided, PlanProposed, decode_body
from workstation.domain.message import Message, Money
from workstation.domain.plan_form import read_request
from workstation.domain.plan_suggest import suggest
from workstation.session import Desk

LIU = SAMPLES[3]
OWED = 4_861_327  # 王晓明: 41,280.00 and 5,102.44 and 2,230.83, as at the sample day


def newest(desk: Desk, sample: Sample) -> Event:
    return desk.seat.file(sample.id).events[-1]


def filled(desk: Desk, **fields: str) -> PlanForm:
    return replace(desk.plan.start(), **fields)


@pytest.fixture
def proposed(desk: Desk) -> Desk:
    desk.plan.propose(WANG.id, desk.plan.start())
    return desk


def test_the_form_it_starts_with_calculates(desk: Desk) -> None:
    form = desk.plan.start()
    assert (form.method, form.instalments, form.first_due) == ("interest_free", "12", "2026-11-30")
    view = desk.plan.calculate(WANG.id, form)
    assert view.error is None
    assert len(view.rows) == 12
    assert view.rows[0].due == date(2026, 11, 30)
    assert view.headline is not None
    assert view.headline.params == {"n": 12, "amount": Money(405_111, "CNY")}


def test_twelve_parts_are_equal_but_for_the_last_and_sum_to_what_is_owed(desk: Desk) -> None:
    rows = desk.plan.calculate(WANG.id, desk.plan.start()).rows
    assert {row.amount.minor for row in rows[:-1]} == {405_111}
    assert (
        sum(row.amount.minor for row in rows)
        == OWED
        == standing.owed(desk.seat.file(WANG.id), desk.today()).total.total
    )
    for row in rows:
        assert row.principal.minor + row.interest.minor + row.charges.minor == row.amount.minor
    left = OWED
    for row in rows:
        left -= row.amount.minor
        assert row.balance.minor == left
    assert left == 0


@pytest.mark.parametrize("typed", ["6", "6%", "NaN", "about six"])
def test_a_rate_left_in_the_hidden_field_means_nothing_to_an_interest_free_plan(desk: Desk, typed: str) -> None:
    plain = desk.plan.calculate(WANG.id, desk.plan.start())
    assert desk.plan.calculate(WANG.id, filled(desk, annual_rate=typed)).rows == plain.rows
    desk.plan.propose(WANG.id, filled(desk, annual_rate=typed))
    body = decode_body("plan_proposed", newest(desk, WANG).body)
    assert isinstance(body, PlanProposed)
    assert body.request["annual_rate"] == "0"


@pytest.mark.parametrize("typed", ["6", "6%", "6％", "0.06"])
def test_a_plan_with_interest_reads_its_rate(desk: Desk, typed: str) -> None:
    view = desk.plan.calculate(WANG.id, filled(desk, method="equal_principal", annual_rate=typed))
    assert view.readings["annual_rate"].value == "0.06"
    # the first month's half per cent of the whole balance
    assert view.rows[0].amount.minor == 405_111 + 24_307
    assert sum(row.amount.minor for row in view.rows) > OWED


def test_a_settlement_is_for_the_amount_typed_and_waives_the_rest(desk: Desk) -> None:
    lacking = desk.plan.calculate(WANG.id, filled(desk, method="settlement", instalments="1"))
    assert lacking.error is not None
    assert "give its amount" in lacking.error.plain()
    form = filled(desk, method="settlement", instalments="", amount="40000", annual_rate="9")
    view = desk.plan.calculate(WANG.id, form)
    assert view.error is None
    assert [row.amount.minor for row in view.rows] == [4_000_000]
    waived = next(value for label, value in view.facts if label.text == "Waived")
    assert isinstance(waived, Message)
    assert waived.params["amount"] == Money(OWED - 4_000_000, "CNY")
    halves = desk.plan.calculate(WANG.id, replace(form, instalments="2"))
    assert [row.amount.minor for row in halves.rows] == [2_000_000, 2_000_000]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "plenty"),
        ("instalments", "0"),
        ("instalments", "twelve"),
        ("instalments", "601"),
        ("first_due", "some day"),
        ("waive_interest", "x"),
        ("waive_penalty", "x"),
    ],
)
def test_an_entry_that_cannot_be_read_is_the_view_s_error_and_is_not_proposed(
    desk: Desk, field: str, typed: str
) -> None:
    form = filled(desk, **{field: typed})
    view = desk.plan.calculate(WANG.id, form)
    assert view.rows == ()
    assert view.error is not None
    assert view.readings[field].error == view.error
    before = newest(desk, WANG)
    with pytest.raises(InputError) as refused:
        desk.plan.propose(WANG.id, form)
    assert refused.value.message == view.error
    assert newest(desk, WANG) == before


@pytest.mark.parametrize("typed", ["NaN", "sNaN", "Infinity", "-1", "150%", "6 per cent"])
def test_a_rate_that_is_none_is_the_view_s_error(desk: Desk, typed: str) -> None:
    view = desk.plan.calculate(WANG.id, filled(desk, method="equal_instalment", annual_rate=typed))
    assert view.error is not None
    assert view.readings["annual_rate"].error == view.error


def test_what_the_rules_refuse_is_the_view_s_error_too(desk: Desk) -> None:
    for fields in ({"waive_interest": "99999"}, {"instalments": "600"}, {"amount": "1"}):
        form = filled(desk, **fields)
        view = desk.plan.calculate(WANG.id, form)
        assert view.error is not None
        assert view.rows == ()
        before = newest(desk, WANG)
        with pytest.raises(WorkstationError):
            desk.plan.propose(WANG.id, form)
        assert newest(desk, WANG) == before


def test_rows_say_when_a_day_was_moved_and_when_the_payment_order_turns(desk: Desk) -> None:
    rows = desk.plan.calculate(WANG.id, desk.plan.start()).rows
    notes = [None if row.note is None else row.note.plain() for row in rows]
    # 78 days past due today: 85 on the first due day, 115 on the second
    assert notes[:2] == ["85 days past due: interest and fees first", "Past day 91: principal first"]
    assert rows[2].due == date(2027, 2, 1)  # 30 January 2027 is a Saturday
    assert notes[2] == "2027-01-30 is no business day, moved on"
    assert sum(note == "Past day 91: principal first" for note in notes) == 1
    assert rows[0].interest.minor > 0
    assert rows[1].principal == rows[1].amount


def test_a_proposal_is_recorded_with_its_request_and_its_first_part(proposed: Desk) -> None:
    event = newest(proposed, WANG)
    assert (event.kind, event.amount, event.due_on) == ("plan_proposed", 405_111, date(2026, 11, 30))
    body = decode_body(event.kind, event.body)
    assert isinstance(body, PlanProposed)
    assert not body.needs_approval
    state = proposed.seat.file(WANG.id).state
    assert state.plan is not None
    assert (state.plan.id, state.plan.stage) == (event.id, "proposed")
    assert state.next_action is not None
    assert state.next_action.action == "propose_plan"
    assert not state.plan_in_force


def test_above_one_s_authority_it_waits_and_cannot_be_agreed(desk: Desk) -> None:
    form = filled(desk, waive_interest="5000", waive_penalty="2230.83")
    view = desk.plan.calculate(WANG.id, form)
    assert view.authority is not None
    assert (view.authority.tone, view.authority.text.params["role"]) == ("warn", ("role", "lead"))
    with pytest.raises(InputError) as wordless:
        desk.plan.propose(WANG.id, replace(form, circumstances="  "))
    assert wordless.value.field == "circumstances"
    desk.plan.propose(WANG.id, replace(form, circumstances="ill for three months"))
    state = desk.seat.file(WANG.id).state
    assert state.next_action is not None
    assert state.next_action.action == "await_approval"
    before = newest(desk, WANG)
    with pytest.raises(InputError, match="waits for a lead"):
        desk.plan_follow.agree(WANG.id, "signed", "")
    assert newest(desk, WANG) == before
    assert not desk.seat.file(WANG.id).state.plan_in_force


def test_there_must_be_a_proposal_to_agree_on(desk: Desk) -> None:
    with pytest.raises(InputError, match="propose one first"):
        desk.plan_follow.agree(LIU.id, "signed", "")


def test_an_oral_consent_counts_only_with_its_recording(proposed: Desk) -> None:
    proposal = newest(proposed, WANG)
    for nothing in ("", "   "):
        with pytest.raises(InputError, match="recording"):
            proposed.plan_follow.agree(WANG.id, "recorded", nothing)
    assert newest(proposed, WANG) == proposal
    proposed.plan_follow.agree(WANG.id, "recorded", " REC-0912 ")
    event = newest(proposed, WANG)
    body = decode_body(event.kind, event.body)
    assert isinstance(body, PlanDecided)
    assert (body.decision, body.consent, body.recording) == ("agreed", "recorded", "REC-0912")
    assert event.answers == proposal.id
    assert body.next_action is not None
    assert (body.next_action.action, body.next_action.due) == ("check_payment", date(2026, 11, 30))
    with pytest.raises(InputError, match="propose one first"):
        proposed.plan_follow.agree(WANG.id, "signed", "")  # once is enough


def test_a_plan_in_force_is_served_and_no_longer_collected(desk: Desk) -> None:
    """Messages go on, a call or a visit would be collecting; the red light names the article."""
    disputed = SAMPLES[4].id  # a dispute is open: collecting needs care, serving a plan does not
    before = desk.casefile.open(disputed)
    assert any("dispute" in reason.plain() for reason in before.light.reasons)
    desk.plan.propose(disputed, desk.plan.start())
    assert desk.casefile.open(disputed).light == before.light
    desk.plan_follow.agree(disputed, "signed", "")
    after = desk.casefile.open(disputed)
    assert desk.seat.file(disputed).state.plan_in_force
    assert "Plan in force" in {badge.text.text for badge in after.badges} - {badge.text.text for badge in before.badges}
    assert after.light.verdict == "block"
    assert after.light.reasons[0].plain() == "A plan is in force: only service messages until it is breached."
    row = next(row for row in desk.worklist.queue().rows if row.case_id == disputed)
    assert row.verdict == "block"
    texts = [point.light.verdict for point in desk.messages.points(disputed) if point.channel == "sms"]
    assert texts
    assert set(texts) == {"allow"}


def test_what_is_proposed_and_agreed_carries_the_offset_of_the_clock(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        replica.set_state(conn, "offset_ms", "4200")
    desk.plan.propose(WANG.id, desk.plan.start())
    assert newest(desk, WANG).offset_ms == 4200
    desk.plan_follow.agree(WANG.id, "signed", "")
    assert newest(desk, WANG).offset_ms == 4200


def test_a_rate_that_was_found_can_be_typed_in_as_it_is_shown(desk: Desk) -> None:
    asked = filled(desk, method="equal_instalment", instalments="36", amount="1450", unknown="annual_rate")
    view = desk.plan.calculate(WANG.id, asked)
    shown = view.found["annual_rate"].plain()
    again = desk.plan.calculate(WANG.id, replace(asked, unknown="", instalments="", annual_rate=shown))
    assert again.rows == view.rows


@pytest.mark.parametrize("available", ["1600.00", "5000.00", "600.00"])
def test_each_suggestion_stands_in_the_form_as_it_was_reckoned(desk: Desk, available: str) -> None:
    form, budget = desk.plan.start(), {"income": [{"amount": available}]}
    request = desk.plan.calculate(WANG.id, form, budget).request
    made = suggest(read_request({**request, "instalments": 1}))
    shown = desk.plan.suggest(WANG.id, form, budget)
    assert [item.why[0] for item in shown] == [item.why for item in made]
    for item, suggestion in zip(shown, made, strict=True):
        rows = desk.plan.calculate(WANG.id, item.form, budget).rows
        assert [row.amount.minor for row in rows] == [row.amount for row in suggestion.result.schedule]
