"""A plan followed at a real desk: consent, keeping, the one reminder, the breach, and what a lead may do then."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from local_db import queries
from tests.desk.test_agenda import pay
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.follow_views import PlanKept
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import MessageResult, PlanDecided, TextMessage, decode_body
from workstation.domain.message import Money
from workstation.session import Desk

PART = 405_111  # of twelve, for the 48,613.27 that 王晓明 owes on 23 November 2026
QUIET = SAMPLES[4]  # with no promise, which would take the money first
EVERYTHING = Changes(everything=True)


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A plan of twelve parts, proposed and agreed today."""
    desk.plan.propose(WANG.id, desk.plan.start())
    desk.plan_follow.agree(WANG.id, "recorded", "REC-1")
    return desk


def go_to(desk: Desk, day: date) -> None:
    desk.seat.clock.shift += timedelta(days=(day - desk.today()).days)


def standing(desk: Desk) -> PlanKept:
    found = desk.plan_follow.standing(WANG.id)
    assert found is not None
    return found


def remind(desk: Desk) -> None:
    point = next(point for point in desk.seat.file(WANG.id).points if point.kind == "phone")
    body = TextMessage(text="kindly", purpose="service")
    desk.seat.record(WANG.id, body, channel="sms", contact_point=point.id)


@pytest.mark.parametrize(
    "said",
    [
        TextMessage(text="thanks", purpose="service", template="payment_thanks"),
        TextMessage(text="agreed", purpose="service", template="plan_agreed"),
        TextMessage(text="please pass on", purpose="relay", party="related", template="ask_to_relay"),
    ],
    ids=lambda said: said.template,
)
def test_what_thanks_or_goes_to_somebody_else_is_not_the_one_reminder(kept: Desk, said: TextMessage) -> None:
    go_to(kept, date(2026, 12, 4))
    assert standing(kept).step == "remind_missed"
    point = next(point for point in kept.seat.file(WANG.id).points if point.kind == "phone")
    kept.seat.record(WANG.id, said, channel="sms", contact_point=point.id)
    go_to(kept, date(2026, 12, 8))
    assert standing(kept).step == "remind_missed"
    with pytest.raises(InputError, match="remind the debtor once"):
        kept.plan_follow.report_breach(WANG.id)


def test_a_reminder_that_did_not_arrive_is_none(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 4))
    remind(kept)
    assert standing(kept).step == "wait_reminder"
    sent = kept.seat.file(WANG.id).events[-1]
    kept.seat.record(WANG.id, MessageResult(state="failed", reason="unknown number"), answers=sent.id)
    assert standing(kept).step == "remind_missed"


def test_nothing_is_followed_before_the_debtor_agreed(desk: Desk) -> None:
    assert desk.plan_follow.standing(WANG.id) is None
    desk.plan.propose(WANG.id, desk.plan.start())
    assert desk.plan_follow.standing(WANG.id) is None
    assert desk.plan_follow.lead_choices(WANG.id) == ()


def test_a_signature_has_its_day_and_no_other_than_one_since_the_proposal(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    today = desk.today()
    for wrong in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(InputError, match="signed on the day"):
            desk.plan_follow.agree(WANG.id, "signed", "", wrong)
    go_to(desk, date(2026, 11, 26))
    desk.plan_follow.agree(WANG.id, "signed", "", today)
    event = desk.seat.file(WANG.id).events[-1]
    body = decode_body(event.kind, event.body)
    assert isinstance(body, PlanDecided)
    assert (body.consent, body.signed_on) == ("signed", today)


def test_money_that_came_between_proposal_and_consent_is_told_and_is_the_plan_s(desk: Desk) -> None:
    desk.plan.propose(QUIET.id, desk.plan.start())
    assert desk.plan_follow.changed_since(QUIET.id) is None
    go_to(desk, date(2026, 11, 25))
    pay(desk, QUIET.id, date(2026, 11, 24), 100_000, "early")
    told = desk.plan_follow.changed_since(QUIET.id)
    assert told is not None
    assert told.params == {"amount": Money(100_000, "CNY")}
    desk.plan_follow.agree(QUIET.id, "recorded", "REC-1")
    assert desk.plan_follow.changed_since(QUIET.id) is None
    followed = desk.plan_follow.standing(QUIET.id)
    assert followed is not None
    assert followed.paid == Money(100_000, "CNY")


def test_a_second_proposal_takes_the_place_of_the_one_that_waits(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    first = desk.seat.file(WANG.id).state.plan
    desk.plan.propose(WANG.id, desk.plan.start())
    plans = desk.seat.file(WANG.id).state.plans
    assert first is not None
    assert [(plan.stage, plan.replaces) for plan in plans] == [("replaced", ""), ("proposed", first.id)]
    desk.plan_follow.agree(WANG.id, "recorded", "REC-1")
    assert [(row.plan_id, row.stage[1]) for row in standing(desk).chain] == [(first.id, "replaced")]


def test_the_instalments_say_how_they_stand_and_what_is_next(kept: Desk) -> None:
    assert (standing(kept).stage[1], standing(kept).step) == ("agreed", "wait")
    go_to(kept, date(2026, 12, 1))
    assert (standing(kept).stage[1], standing(kept).step, standing(kept).rows[0].state) == ("active", "grace", "due")
    pay(kept, WANG.id, date(2026, 12, 1), PART + 50_000, "p1")
    found = standing(kept)
    assert [row.state for row in found.rows[:3]] == ["over_paid", "part_paid", "coming"]
    assert (found.paid.minor, found.behind, found.over) == (PART + 50_000, None, None)
    assert sum(row.amount.minor for row in found.rows) == found.paid.minor + found.left.minor


def test_a_miss_is_reminded_of_once_given_days_and_then_reported(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 4))
    assert (standing(kept).step, standing(kept).rows[0].state) == ("remind_missed", "missed")
    before = kept.seat.file(WANG.id).events[-1]
    with pytest.raises(InputError, match="remind the debtor once"):
        kept.plan_follow.report_breach(WANG.id)
    remind(kept)
    assert standing(kept).step == "wait_reminder"
    with pytest.raises(InputError, match="wait until"):
        kept.plan_follow.report_breach(WANG.id)
    assert kept.seat.file(WANG.id).events[-2] == before
    assert kept.seat.file(WANG.id).state.plan_in_force  # the miss alone opens nothing
    go_to(kept, date(2026, 12, 7))
    assert standing(kept).step == "report_breach"
    kept.plan_follow.report_breach(WANG.id, "answers no more")
    state = kept.seat.file(WANG.id).state
    assert not state.plan_in_force
    assert state.next_action is not None
    assert state.next_action.action == "await_approval"
    assert (standing(kept).stage[1], standing(kept).step) == ("breached", "decide")


def test_late_money_before_the_report_leaves_nothing_to_report(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 8))
    pay(kept, WANG.id, date(2026, 12, 7), PART, "late")
    assert (standing(kept).rows[0].state, standing(kept).step) == ("paid_late", "wait")
    with pytest.raises(InputError, match="no breach"):
        kept.plan_follow.report_breach(WANG.id)
    pay(kept, WANG.id, date(2026, 12, 8), -PART, "back", "late")
    assert standing(kept).rows[0].state == "missed"


def test_the_queue_knows_of_the_missed_instalment_also_once_it_is_breached(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 4))
    remind(kept)
    go_to(kept, date(2026, 12, 7))
    for act in (lambda: EVERYTHING, lambda: kept.plan_follow.report_breach(WANG.id)):
        kept.announce(act())
        row = next(row for row in kept.worklist.queue("plan").rows if row.case_id == WANG.id)
        assert "unpaid since" in row.reason.plain()


def test_a_lead_s_choices_come_with_their_figures(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 7))
    re_aged, renegotiate, terminated = kept.plan_follow.lead_choices(WANG.id)
    shown = {message.text: value for choice in (re_aged, renegotiate, terminated) for message, value in choice.figures}
    assert shown["First new day"].plain() == "2026-12-30"
    assert shown["Later than agreed"].plain() == "29 days"
    assert shown["Still to be paid under the plan"] == Money(4_861_327, "CNY")
    assert shown["Missed so far"] == Money(PART, "CNY")
    assert shown["Due at once"].minor >= 4_861_327  # the bank's interest ran on
    assert re_aged.note is None
    later = kept.plan_follow.lead_choices(WANG.id, date(2032, 1, 30))[0]
    assert later.note is not None  # beyond sixty months
    with pytest.raises(InputError, match="lies in the past"):
        kept.plan_follow.lead_choices(WANG.id, date(2026, 12, 7))


def test_there_is_nothing_to_choose_while_it_is_kept(kept: Desk) -> None:
    assert kept.plan_follow.lead_choices(WANG.id) == ()
    for act in (kept.plan_follow.complete, kept.plan_follow.report_breach):
        with pytest.raises(InputError):
            act(WANG.id)


def test_the_last_payment_completes_it_and_the_case_keeps_a_next_action(kept: Desk) -> None:
    go_to(kept, date(2026, 12, 1))
    pay(kept, WANG.id, date(2026, 12, 1), 4_861_327, "all")
    assert (standing(kept).stage[1], standing(kept).step) == ("completed", "complete")
    kept.plan_follow.complete(WANG.id)
    state = kept.seat.file(WANG.id).state
    assert (state.plans[-1].stage, state.plan_in_force) == ("completed", False)
    assert state.next_action is not None
    assert state.next_action.action == "review"


def test_cancelling_asks_why_and_leaves_a_next_action(kept: Desk) -> None:
    with pytest.raises(InputError, match="Say why"):
        kept.plan_follow.cancel(WANG.id, " ")
    kept.plan_follow.cancel(WANG.id, "pays all at once")
    state = kept.seat.file(WANG.id).state
    assert (state.plans[-1].stage, state.plan_in_force) == ("cancelled", False)
    assert state.next_action is not None
    assert state.next_action.action == "call"


def test_a_lead_may_report_at_once(tmp_path: Path) -> None:
    lead = open_desk(tmp_path / "lead", role="lead")
    lead.plan.propose(WANG.id, lead.plan.start())
    lead.plan_follow.agree(WANG.id, "recorded", "REC-1")
    go_to(lead, date(2026, 12, 7))
    lead.plan_follow.report_breach(WANG.id)
    with lead.seat.store.read() as conn:
        assert queries.case_file(conn, WANG.id).state.watched is not None
    lead.close()
