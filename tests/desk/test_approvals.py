"""What waits for a lead: the facts of each plan, who may decide it, and what is told when it cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.desk.test_agenda import pay
from tests.desk.test_plan_follow import go_to, remind
from tests.ui.sample_book import CHEN, HE, TEAM, WANG
from workstation.desk.approval_facts import Waiting
from workstation.desk.approvals import ApprovalsDesk
from workstation.desk.seat import Person
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Hardship, NextAction, PlanProposed, decode_body
from workstation.domain.message import Message, Money, msg
from workstation.session import Desk
from workstation.sync.link import Unreachable

WORDS = "ill for three months, works again since November"


def no_line() -> Any:
    raise Unreachable(msg("no connection"))


def approvals(desk: Desk, role: str = "lead", person: str = HE, line: Callable[[], Any] = no_line) -> ApprovalsDesk:
    who = Person(person, "helin", "何琳", role, TEAM, "信用卡一组")
    return ApprovalsDesk(replace(desk.seat, person=who), line, lambda: None)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """陈静 asks to waive more than she may."""
    desk.seat.record(WANG.id, Hardship(state="claimed", next_action=NextAction(action="call", due=desk.today())))
    form = replace(desk.plan.start(), waive_interest="5000", waive_penalty="2230.83", circumstances=WORDS)
    desk.plan.propose(WANG.id, form)
    return desk


def only(desk: ApprovalsDesk) -> Waiting:
    [row] = desk.waiting()
    return row


def facts(row: Waiting) -> dict[str, Money | Message]:
    return {caption.text: value for caption, value in row.facts}


def test_nothing_waits_at_first_nor_what_is_within_authority(desk: Desk) -> None:
    assert approvals(desk).waiting() == ()
    desk.plan.propose(WANG.id, desk.plan.start())
    assert approvals(desk).waiting() == ()


def test_a_request_comes_with_what_is_needed_to_decide_it(asked: Desk) -> None:
    row = only(approvals(asked))
    assert (row.kind, row.case_id, row.asked_by, row.circumstances) == ("proposal", WANG.id, "陈静", WORDS)
    assert [(one.component.id, one.amount.minor) for one in row.waived] == [("interest", 500_000), ("penalty", 223_083)]
    assert [round(one.share[0], 4) for one in row.waived] == [Decimal("0.9799"), 1]  # of 5,102.44, and the whole
    assert len(row.reasons) == 2  # the share of the whole, and the amount
    shown = facts(row)
    assert shown["Owed when proposed"] == Money(4_861_327, "CNY")
    assert shown["Total paid"] == Money(4_861_327 - 723_083, "CNY")
    value = shown["Present value to the bank"]
    assert isinstance(value, Message)
    assert 0 < value.params["share"][0] < 1  # type: ignore[index]
    assert isinstance(shown["Hardship"], Message)
    assert isinstance(shown["Budget"], Message)  # none was recorded, and that is said
    assert (row.warnings, row.barred) == ((), None)


def test_money_that_came_since_is_told(asked: Desk) -> None:
    desk = approvals(asked)
    assert only(desk).warnings == ()
    go_to(asked, date(2026, 11, 25))
    pay(asked, WANG.id, date(2026, 11, 24), 100_000, "early")
    desk.refresh(Changes(frozenset({"payment"}), frozenset({WANG.id})))
    assert "was paid since" in only(desk).warnings[0].text


def test_a_schedule_that_does_not_follow_from_its_conditions_is_told(asked: Desk) -> None:
    event = next(event for event in asked.seat.file(WANG.id).events if event.kind == "plan_proposed")
    body = decode_body(event.kind, event.body)
    assert isinstance(body, PlanProposed)
    waived = {**body.result["waived"], "amount": "1.00"}  # type: ignore[dict-item]
    forged = PlanProposed(request=body.request, result={**body.result, "waived": waived}, needs_approval=True,
                          replaces=event.id)  # fmt: skip
    asked.seat.record(WANG.id, forged)
    row = only(approvals(asked))
    assert any("Do not approve" in warning.text for warning in row.warnings)
    unreadable = PlanProposed(request={"currency": "CNY"}, result=body.result, needs_approval=True, replaces=row.id)
    asked.seat.record(WANG.id, unreadable)
    row = only(approvals(asked))
    assert any("cannot be calculated here" in warning.text for warning in row.warnings)


def test_a_proposal_taken_back_or_replaced_waits_no_more(asked: Desk) -> None:
    first = only(approvals(asked))
    form = replace(asked.plan.start(), waive_interest="4000", waive_penalty="2230.83", circumstances=WORDS)
    asked.plan.propose(WANG.id, form)
    second = only(approvals(asked))
    assert second.id != first.id
    assert any("takes the place" in warning.text for warning in second.warnings)
    asked.plan.propose(WANG.id, asked.plan.start())  # within authority
    assert approvals(asked).waiting() == ()


@pytest.mark.parametrize(
    ("role", "person", "why"),
    [("auditor", HE, "team lead decides"), ("lead", CHEN, "another lead"), ("collector", HE, "team lead decides")],
)
def test_who_may_not_decide_is_told_why_and_nothing_is_asked_of_the_centre(
    asked: Desk, role: str, person: str, why: str
) -> None:
    desk = approvals(asked, role, person)
    assert desk.offered is (role != "collector")
    with pytest.raises(InputError, match=why):
        desk.decide(only(desk), "approved", "")


def test_what_is_above_a_lead_waits_for_an_administrator(desk: Desk) -> None:
    desk.plan.propose(WANG.id, replace(desk.plan.start(), waive_principal="20%", circumstances=WORDS))
    row = only(approvals(desk))
    assert row.barred is not None
    assert "administrator" in row.barred.text
    assert only(approvals(desk, "admin")).barred is None


def test_a_rejection_says_why(asked: Desk) -> None:
    desk = approvals(asked)
    with pytest.raises(InputError) as refused:
        desk.decide(only(desk), "rejected", "  ")
    assert refused.value.field == "reason"


def test_offline_nothing_is_recorded_and_the_decision_waits_for_the_line(asked: Desk) -> None:
    desk = approvals(asked)
    before, row = asked.seat.file(WANG.id).events, only(desk)
    decided = desk.decide(row, "approved", "bearable")
    assert (decided.first, decided.kept) == (False, True)
    assert asked.seat.file(WANG.id).events == before
    assert desk.waiting() == ()
    [kept] = desk.kept_back()
    assert (kept.case_id, kept.subject, kept.answer) == (WANG.id, row.id, None)
    desk.take_back(kept)
    assert (only(desk).id, desk.kept_back()) == (row.id, ())


# ---- breached plans ----


@pytest.fixture
def breached(desk: Desk) -> Desk:
    desk.plan.propose(WANG.id, desk.plan.start())
    desk.plan_follow.agree(WANG.id, "recorded", "REC-1")
    go_to(desk, date(2026, 12, 4))
    remind(desk)
    go_to(desk, date(2026, 12, 8))
    desk.plan_follow.report_breach(WANG.id, "answers no more")
    return desk


def test_a_breach_waits_with_the_figures_of_each_choice(breached: Desk) -> None:
    row = only(approvals(breached))
    assert (row.kind, row.circumstances, row.seen, row.barred) == ("breach", "answers no more", 0, None)
    assert [choice.what for choice in row.choices] == ["re_aged", "renegotiate", "terminated"]
    assert facts(row)["Missed so far"] == Money(405_111, "CNY")


def test_another_plan_after_a_breach_waits_for_the_lead_too(breached: Desk) -> None:
    form = breached.plan.start()
    with pytest.raises(InputError) as wordless:
        breached.plan.propose(WANG.id, form)
    assert wordless.value.field == "circumstances"
    breached.plan.propose(
        WANG.id, replace(form, circumstances=WORDS)
    )  # within a collector's authority, but for the breach
    kinds = {row.kind: row for row in approvals(breached).waiting()}
    assert set(kinds) == {"proposal", "breach"}
    assert "breached" in kinds["proposal"].why.text or "earlier plan" in kinds["proposal"].why.text
    assert any("lead's decision" in reason.text for reason in kinds["proposal"].reasons)
    with pytest.raises(InputError, match="waits for a lead"):
        breached.plan_follow.agree(WANG.id, "recorded", "REC-2")


def test_the_first_new_day_may_be_typed_and_a_wrong_one_is_told(breached: Desk) -> None:
    desk = approvals(breached)
    row = only(desk)
    choices, reading = desk.moved(row, "2027-01-15")
    assert reading is not None
    assert reading.error is None
    assert choices[0].figures[0][1].params["day"] == date(2027, 1, 15)  # type: ignore[union-attr]
    for wrong in ("yesterweek", "2026-12-01"):
        choices, reading = desk.moved(row, wrong)
        assert choices == row.choices
        assert reading is not None
        assert reading.error is not None
    assert desk.moved(row, "") == (row.choices, None)
    with pytest.raises(InputError) as refused:
        desk.decide(row, "re_aged", "ill", "yesterweek")
    assert refused.value.field == "first_due"


def test_what_was_missing_and_has_been_paid_since_is_told(breached: Desk) -> None:
    pay(breached, WANG.id, breached.today() - timedelta(days=1), 405_111, "late")
    assert "paid since" in only(approvals(breached)).warnings[0].text


def test_a_breach_is_not_approved_and_a_proposal_not_moved_on(breached: Desk) -> None:
    class Line:
        def close(self) -> None:
            """Nothing was opened."""

    desk = approvals(breached, line=Line)
    with pytest.raises(InputError, match="moved on or terminated"):
        desk.decide(only(desk), "approved", "")
