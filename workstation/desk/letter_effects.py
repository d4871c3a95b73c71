"""What a letter that went out changes on its case: an answered dispute, a period that runs, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from local_db.queries import CaseFile
from workstation.domain.calendar import next_business_day
from workstation.domain.events import Body, Circumstance, Complaint, Dispute, NextAction
from workstation.domain.letter_rules import INTERNAL

LOOK_DAYS = 14  # when somebody should look whether the letter had an effect
LAWYER_DAYS = 7  # when somebody should ask what became of the draft
LONGEST = 4000
# A paper that asks for nothing leaves the case with the next action that it has.
_NO_NEXT = INTERNAL | {"paid_in_full", "budget_statement"}

Effect = tuple[Body, str | None]  # what is recorded beside the letter, and the event that it answers


def answered(template: str, file: CaseFile) -> str | None:
    """The event that the letter answers: what opened the dispute or complaint."""
    matter = {"dispute_reply": file.state.dispute, "complaint_reply": file.state.complaint}.get(template)
    return None if matter is None else matter.id


def effects(template: str, context: Mapping[str, Any], file: CaseFile, next_action: NextAction | None) -> list[Effect]:
    """The events that follow from the letter, recorded with it and taken back with it."""
    return list(_effects(template, context, file, next_action))


def _effects(
    template: str, context: Mapping[str, Any], file: CaseFile, next_action: NextAction | None
) -> Iterator[Effect]:
    told = context.get("objection") or {}
    said = str(told.get("decision") or told.get("findings") or "")[:LONGEST]
    if template == "dispute_reply" and file.state.dispute is not None:
        yield Dispute(state="answered", text=said, next_action=next_action), file.state.dispute.id
    elif template == "complaint_reply" and file.state.complaint is not None:
        yield Complaint(state="answered", text=said, next_action=next_action), file.state.complaint.id
    elif template == "validation_notice" and (until := _day(context, "validation", "dispute_until")) is not None:
        yield Circumstance(what="validation_notice", until=until, next_action=next_action), None


def next_action(template: str, context: Mapping[str, Any], file: CaseFile, today: date) -> NextAction | None:
    """What follows the letter, and when; None leaves the one that the case has."""
    made = _NEXT.get(template)
    proposed = None if made is None else made(context, today)
    if proposed is not None:
        return proposed
    if template in _NO_NEXT and file.state.next_action is not None:
        return None
    return NextAction(action="check_payment", due=next_business_day(today + timedelta(days=LOOK_DAYS)))


def _visit(context: Mapping[str, Any], _today: date) -> NextAction | None:
    day, begin = _day(context, "visit", "day"), (context.get("visit") or {}).get("from_time")
    return None if day is None else NextAction(action="visit", due=day, time=str(begin) if begin else None)


def _after_notice(context: Mapping[str, Any], _today: date) -> NextAction | None:
    after = _day(context, "legal", "after")
    return (
        None if after is None else NextAction(action="legal_review", due=next_business_day(after + timedelta(days=1)))
    )


def _draft(_context: Mapping[str, Any], today: date) -> NextAction:
    return NextAction(action="legal_review", due=next_business_day(today + timedelta(days=LAWYER_DAYS)))


def _closed(_context: Mapping[str, Any], today: date) -> NextAction:
    return NextAction(action="review", due=next_business_day(today))


def _grace(context: Mapping[str, Any], _today: date) -> NextAction | None:
    until = _day(context, "instalment", "grace_until")
    return (
        None if until is None else NextAction(action="check_payment", due=next_business_day(until + timedelta(days=1)))
    )


def _period(context: Mapping[str, Any], _today: date) -> NextAction | None:
    until = _day(context, "validation", "dispute_until")
    return None if until is None else NextAction(action="review", due=next_business_day(until + timedelta(days=1)))


_NEXT: Mapping[str, Callable[[Mapping[str, Any], date], NextAction | None]] = {
    "visit_notice": _visit,
    "final_notice": _after_notice,
    "lawyers_letter": _draft,
    "paid_in_full": _closed,
    "breach_notice": _grace,
    "validation_notice": _period,
}


def _day(context: Mapping[str, Any], part: str, name: str) -> date | None:
    value = (context.get(part) or {}).get(name)
    return date.fromisoformat(value) if isinstance(value, str) and value else None
