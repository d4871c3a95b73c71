"""What a collector may ask a lead for, with which facts, and what the lead's yes changes at the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.desk.test_approvals import approvals
from tests.ui.sample_book import HE, SUN, WANG
from workstation.desk.asking import NewRequest
from workstation.desk.strategy import facts_of
from workstation.desk.worklist import Worklist
from workstation.domain.errors import InputError
from workstation.domain.events import ApprovalDecided, Contact, Dispute, NextAction
from workstation.domain.message import Label
from workstation.session import Desk

WHY = "moved away, nobody answers"


def call(desk: Desk, times: int = 1) -> None:
    own = next(row for row in desk.seat.file(WANG.id).points if row.kind == "phone" and row.related_person_id is None)
    for _ in range(times):
        desk.seat.record(WANG.id, Contact(party="debtor"), contact_point=own.id, channel="call", outcome="no_answer")


def third(desk: Desk) -> str:
    return desk.asking.view(WANG.id).persons[0][0]


def code(desk: Desk, **typed: str) -> str | None:
    with pytest.raises(InputError) as refused:
        desk.asking.ask(WANG.id, NewRequest(**{"reason": WHY, **typed}))
    return refused.value.field


def answer(desk: Desk, decision: str = "approved", days: int = 7) -> None:
    """As the centre writes it."""
    [asked] = [known for known in desk.seat.file(WANG.id).state.approvals if known.waits]
    until = desk.today() + timedelta(days=days)
    desk.seat.record(WANG.id, ApprovalDecided(decision=decision, until=until), answers=asked.id)  # type: ignore[arg-type]


def test_what_is_missing_is_asked_for(desk: Desk) -> None:
    assert code(desk) == "what"
    assert code(desk, what="king") == "what"
    assert code(desk, what="legal_referral", reason=" ") == "reason"
    assert code(desk, what="legal_referral", until="-3") == "until"
    assert code(desk, what="legal_referral", until="+300") == "until"
    assert code(desk, what="third_party", person="nobody") == "person"
    assert code(desk, what="override", warning="quiet_hours x") == "warning"


def test_a_legal_referral_carries_the_steps_and_the_days_to_sue(desk: Desk) -> None:
    view = desk.asking.view(WANG.id)
    desk.asking.ask(WANG.id, NewRequest(what="legal_referral", reason=WHY))
    [known] = desk.seat.file(WANG.id).state.approvals
    assert known.steps == tuple(step.what.id for step in view.steps if step.taken)
    assert known.limitation_days == view.limitation_days is not None
    assert desk.seat.file(WANG.id).state.next_action == NextAction(
        action="await_approval",
        due=desk.seat.file(WANG.id).state.next_action.due,  # type: ignore[union-attr]
    )
    assert code(desk, what="legal_referral") == "what", "the same waits already"
    [row] = approvals(desk).waiting()
    assert (row.kind, row.what, row.circumstances) == ("request", Label("approval", "legal_referral"), WHY)
    assert dict(row.steps) == {step.what: step.taken for step in view.steps}
    assert row.warnings, "the steps that are not on record are said"
    assert {caption.text for caption, _ in row.facts} >= {"Owed today", "Time to sue"}


def test_no_referral_while_a_dispute_is_open(desk: Desk) -> None:
    desk.seat.record(WANG.id, Dispute(state="open", text="not mine"))
    assert code(desk, what="legal_referral") == "what"


def test_a_third_person_only_when_the_debtor_cannot_be_reached(desk: Desk) -> None:
    assert not desk.asking.view(WANG.id).out_of_contact
    assert code(desk, what="third_party", person=third(desk)) == "what"


def test_a_yes_changes_the_light_until_its_day(desk: Desk) -> None:
    call(desk, 3)
    person = third(desk)
    desk.asking.ask(WANG.id, NewRequest(what="third_party", person=person, reason=WHY, until="+7"))
    [row] = approvals(desk).waiting()
    facts = {caption.text for caption, _ in row.facts}
    assert {"Whom", "Out of contact", "Unanswered in a row", "Wanted until"} <= facts
    assert row.until == desk.today() + timedelta(days=7)
    answer(desk)
    assert approvals(desk).waiting() == ()
    assert desk.seat.file(WANG.id).state.allowed("third_party", desk.today(), person=person)
    [shown] = desk.asking.view(WANG.id).rows
    assert shown.state.text == "approved by {who}, until {day}"


def test_a_lead_sees_who_waits_too_long_and_so_does_who_asked(desk: Desk) -> None:
    desk.asking.ask(WANG.id, NewRequest(what="legal_referral", reason=WHY))
    assert not approvals(desk).waiting()[0].late
    desk.seat.clock.shift += timedelta(days=3)
    [row] = approvals(desk).waiting()
    assert row.late
    said = [item.what.text for item in desk.day_close.check().open if item.case_id == WANG.id]
    assert "{what}: your request of {day} is not decided yet." in said


def test_what_waits_too_long_is_told_in_the_queue(desk: Desk) -> None:
    desk.asking.ask(WANG.id, NewRequest(what="legal_referral", reason=WHY))
    assert Worklist(desk.seat).overdue() == ()
    desk.seat.clock.shift += timedelta(days=3)
    others = {"lead": HE, "collector": SUN}  # 孙强 neither asked nor decides
    said = {}
    for role, person in {"own": desk.seat.person.id, **others}.items():
        who = replace(desk.seat.person, id=person, role="lead" if role == "lead" else "collector")
        said[role] = [
            (row.case_id, row.overdue.what.text)
            for row in Worklist(replace(desk.seat, person=who)).overdue()
            if row.overdue is not None
        ]
    assert said == {
        "own": [(WANG.id, "{what}: your request of {day} is not decided yet.")],
        "lead": [(WANG.id, "{what} waits for a lead since {day}.")],
        "collector": [],
    }
    answer(desk, "rejected")
    assert Worklist(desk.seat).overdue() == ()


def test_a_strategy_knows_that_a_request_waits(desk: Desk) -> None:
    assert "request_waiting" not in facts_of(desk.seat.file(WANG.id), desk.today()).flags
    desk.asking.ask(WANG.id, NewRequest(what="legal_referral", reason=WHY))
    assert "request_waiting" in facts_of(desk.seat.file(WANG.id), desk.today()).flags
    answer(desk)
    assert "request_waiting" not in facts_of(desk.seat.file(WANG.id), desk.today()).flags


def test_what_one_asked_for_oneself_another_lead_decides(desk: Desk) -> None:
    desk.asking.ask(WANG.id, NewRequest(what="legal_referral", reason=WHY))
    [row] = approvals(desk, person=desk.seat.person.id).waiting()
    assert row.barred is not None
    assert approvals(desk, person=HE).waiting()[0].barred is None
