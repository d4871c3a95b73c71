"""The 27 outcomes of a contact: who was reached, what the form asks, what changes, and what should happen next."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workstation.domain.errors import InputError
from workstation.domain.events import NextAction
from workstation.domain.message import msg
from workstation.domain.vocabulary import IDENTITY_NEEDED, OUTCOMES

# `cut_off`: somebody took the call and nobody spoke.
Reach = Literal["nobody", "cut_off", "third_party", "debtor"]
Effect = Literal[
    "point_dead",
    "dispute_opened",
    "complaint_opened",
    "hardship_claimed",
    "ceased",
    "represented",
    "deceased",
    "incarcerated",
]

# Fields of the call-notes form, by what was learned.
_NOTE = ("note",)
_WHO = ("person_name", "note")
_SPOKEN = ("reason", "ability", "willingness", "evidence", "note", "recording", "satisfaction")
_TALK = ("identity", *_SPOKEN)
_PROMISE = ("identity", "amount", "due", "method", *_SPOKEN)
_CALLBACK = ("callback", "person_name", "note", "recording")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome code. `key` picks it in the form; `action` and `days` are the next action it proposes."""

    id: str
    key: str
    reach: Reach
    action: str  # vocabulary.NEXT_ACTIONS
    days: int
    fields: tuple[str, ...] = _NOTE
    required: tuple[str, ...] = ()
    effects: frozenset[Effect] = frozenset()
    connects: bool = True  # did the dialled number ring or answer (12 CFR 1006.14(b)(3)(ii))
    deadline: bool = False  # `days` run to a deadline and are not moved to a working day
    visit: bool = False

    @property
    def unanswered(self) -> bool:
        return self.reach == "nobody"

    @property
    def asks_identity(self) -> bool:
        return "identity" in self.required


def _effects(*names: Effect) -> frozenset[Effect]:
    return frozenset(names)


_ROWS = (
    Outcome("no_answer", "1", "nobody", "call", 1),
    Outcome("right_party_no_commitment", "2", "debtor", "call", 3, _TALK, ("identity",)),
    Outcome("promise_to_pay", "3", "debtor", "check_payment", 3, _PROMISE, ("identity", "amount", "due", "reason")),
    Outcome("plan_requested", "4", "debtor", "propose_plan", 1, _TALK, ("identity",)),
    Outcome(
        "disputes_debt", "5", "debtor", "answer_dispute", 7, _TALK, ("note",), _effects("dispute_opened"), deadline=True
    ),
    Outcome("callback_requested", "6", "debtor", "call_back", 1, _CALLBACK, ("callback",)),
    Outcome("refuses_to_pay", "7", "debtor", "send_letter", 1, _TALK, ("identity",)),
    Outcome("third_party_spoken", "8", "third_party", "call", 2, _WHO),
    Outcome("invalid_number", "9", "nobody", "repair_contact", 1, effects=_effects("point_dead"), connects=False),
    Outcome("busy", "0", "nobody", "call", 1, connects=False),
    Outcome("switched_off", "s", "nobody", "call", 1, connects=False),
    Outcome("voicemail", "v", "nobody", "call", 1),
    Outcome("hung_up", "h", "cut_off", "call", 2),
    Outcome("wrong_party", "w", "third_party", "repair_contact", 1, _WHO, effects=_effects("point_dead")),
    Outcome("third_party_will_relay", "r", "third_party", "call", 3, _WHO),
    Outcome("plan_agreed", "a", "debtor", "check_payment", 7, _TALK, ("identity",)),
    Outcome(
        "complaint",
        "c",
        "debtor",
        "answer_complaint",
        15,
        _TALK,
        ("note",),
        _effects("complaint_opened"),
        deadline=True,
    ),
    Outcome(
        "hardship_claimed",
        "d",
        "debtor",
        "propose_plan",
        3,
        _TALK,
        ("identity", "reason"),
        _effects("hardship_claimed"),
    ),
    Outcome("claims_paid", "p", "debtor", "check_payment", 1, _TALK, ("identity",)),
    Outcome("deceased", "x", "third_party", "review", 1, _WHO, effects=_effects("deceased")),
    Outcome("incarcerated", "j", "third_party", "review", 1, _WHO, effects=_effects("incarcerated")),
    Outcome(
        "represented_by_counsel",
        "l",
        "debtor",
        "legal_review",
        1,
        ("person_name", "identity", "note", "recording"),
        ("note",),
        _effects("represented"),
    ),
    Outcome(
        "asks_to_stop_contact",
        "q",
        "debtor",
        "review",
        1,
        ("person_name", "identity", "note", "recording"),
        effects=_effects("ceased"),
    ),
    Outcome("visit_met", "m", "debtor", "call", 3, _TALK, ("identity", "note"), visit=True),
    Outcome("visit_absent", "n", "nobody", "visit", 3, visit=True),
    Outcome("visit_address_wrong", "e", "nobody", "repair_contact", 1, effects=_effects("point_dead"), visit=True),
    Outcome("visit_refused", "f", "cut_off", "send_letter", 1, visit=True),
)
TABLE = {row.id: row for row in _ROWS}
KEYS = {row.key: row.id for row in _ROWS}


def outcome(outcome_id: str) -> Outcome:
    """The outcome of that id; `InputError` when there is none."""
    try:
        return TABLE[outcome_id]
    except KeyError:
        raise InputError(
            msg(
                "{outcome} is not a known outcome. Choose one of {known}.",
                outcome=outcome_id,
                known=", ".join(OUTCOMES),
            ),
            code="unknown_outcome",
            field="outcome",
        ) from None


def is_right_party(outcome_id: str | None, party: str, identity: Collection[str]) -> bool:
    """Did the collector talk to the debtor, identity checked (有效接触)?

    Where the form asks for the checks they were made; for the others (a dispute, a wish to be called back …)
    it counts only when at least two matched.
    """
    row = TABLE.get(outcome_id or "")
    if row is None or row.reach != "debtor" or party not in {"debtor", "unknown"}:
        return False
    return row.asks_identity or len(set(identity)) >= IDENTITY_NEEDED


def next_weekday(day: date) -> date:
    """`day`, or the Monday after it: the stand-in where no official calendar is at hand."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form and the case know when a next action is proposed."""

    due: date | None = None  # of the promise, or of the plan's first instalment
    callback_on: date | None = None
    callback_at: str | None = None  # "HH:MM" in the debtor's zone
    unanswered_before: int = 0  # calls in a row that nobody answered, before this one
    third_party: bool = False  # the contact was with somebody who does not owe
    dispute_days: int = 7  # the pack's dispute_answer_days
    complaint_days: int = 15  # the pack's complaint_answer_days
    working_day: Callable[[date], date] = next_weekday  # moves a day to the next one that is worked


_NO_FACTS = FormFacts()
_OUT_OF_CONTACT_CALLS = 3


def propose(outcome_id: str, today: date, facts: FormFacts = _NO_FACTS) -> NextAction:
    """The next action an outcome calls for. Never before `today`; a promised or agreed date is kept as it is."""
    row = outcome(outcome_id)
    if row.action == "call_back":
        return NextAction(
            action="call_back",
            due=max(today, facts.callback_on) if facts.callback_on else facts.working_day(today + timedelta(days=1)),
            time=facts.callback_at if facts.callback_on else None,
        )
    if row.action == "check_payment" and facts.due is not None:
        return NextAction(action="check_payment", due=max(today, facts.due))
    if row.deadline:
        days = facts.dispute_days if row.action == "answer_dispute" else facts.complaint_days
        return NextAction(action=row.action, due=today + timedelta(days=days))
    action = row.action
    if row.unanswered and action == "call" and facts.unanswered_before + 1 >= _OUT_OF_CONTACT_CALLS:
        action = "repair_contact"
    if row.id == "asks_to_stop_contact" and facts.third_party:
        action = "repair_contact"  # this person is not contacted again: another way to the debtor is needed
    return NextAction(action=action, due=facts.working_day(today + timedelta(days=row.days)))
