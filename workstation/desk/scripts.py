"""The script box: what is true of this case goes into the domain's script rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.seat import Person
from workstation.desk.standing import Owed
from workstation.desk.views import CallForm, Script
from workstation.domain import authority
from workstation.domain.authority import AuthorityTableError
from workstation.domain.message import Money
from workstation.domain.money import Component
from workstation.domain.outcomes import TABLE
from workstation.domain.promise import JudgedPromise
from workstation.domain.script import CallPoint, ScriptError
from workstation.domain.script import script_for as spoken_for
from workstation.domain.stage import stage_of
from workstation.domain.vocabulary import IDENTITY_NEEDED

# What the person said in this very call, by the outcome chosen in the form.
_SAID_NOW = {
    "disputes_debt": "dispute",
    "complaint": "complaint",
    "hardship_claimed": "hardship",
    "claims_paid": "claims_paid",
    "refuses_to_pay": "refused",
}
_SAID_LAST = {name: _SAID_NOW[name] for name in ("claims_paid", "refuses_to_pay")}
BROKEN = frozenset({"partly_kept", "broken"})
_INTEREST_AND_CHARGES: tuple[Component, ...] = ("interest", "penalty", "fees")


def script_for(file: CaseFile, person: Person, today: date, form: CallForm, situation: str = "") -> Script:
    """What may be said now, in the debtor's language, and what is withheld with its article.

    `situation` is the one a person chose; left out, it follows from the form and the case. A script that cannot be read
    says so and nothing else.
    """
    state, owed = file.state, standing.owed(file, today)
    promise = _promise(file, today)
    party, name = _answering(file, form)
    stage = stage_of(owed.days_past_due)
    known = frozenset({stage, *(recorded.what for recorded in state.circumstances if recorded.on(today))})
    try:
        facts = _facts(file, person, today, form, owed, promise)
        known |= facts
        point = CallPoint(
            stage=stage,
            facts=facts,
            party=party,
            situation=situation or _situation(file, today, form, party, promise),
            ability=form.ability or state.ability,
            willingness=form.willingness or state.willingness,
            fields=_fields(file, person, name, owed, promise),
        )
        return Script(spoken_for(point, file.debtor.language, file.book.jurisdiction), known=known)
    except (ScriptError, AuthorityTableError) as error:
        return Script(None, error.message, known)


# Circumstances that are facts of a script under the same name.
_RECORDED = frozenset({"legal_step_taken", "credit_reported", "breathing_space"})


def facts_of(file: CaseFile, person: Person, today: date) -> frozenset[str]:
    """What the records show, before anybody is on the line."""
    return _facts(file, person, today, CallForm(), standing.owed(file, today), _promise(file, today))


def _facts(
    file: CaseFile, person: Person, today: date, form: CallForm, owed: Owed, promise: JudgedPromise | None
) -> frozenset[str]:
    """What the records show."""
    state = file.state
    limitation = standing.limitation(file, today)
    true = {
        "identity_verified": len(set(form.identity)) >= IDENTITY_NEEDED,
        "spoken_before": state.right_party_contacts > 0,
        "legal_review": state.next_action is not None and state.next_action.action == "legal_review",
        "waiver_available": may_waive(person.role, owed),
        "interest_accrues": Decimal(file.book.daily_rate) > 0 and owed.total.principal > 0,
        "plan_in_force": state.plan_in_force,
        "promise_open": promise is not None and promise.status == "open",
        "promise_kept": promise is not None and promise.status == "kept",
        "promise_broken": promise is not None and promise.status in BROKEN,
        "dispute_open": state.dispute_open,
        "complaint_open": state.complaint_open,
        "in_hardship": state.in_hardship,
        "time_barred": limitation is not None and limitation.expired,
        "ceased": state.ceased,
        "represented": state.represented,
    }
    recorded = {known.what for known in state.circumstances if known.on(today)} & _RECORDED
    return frozenset({name for name, holds in true.items() if holds} | recorded)


def may_waive(role: str, owed: Owed) -> bool:
    """Is anything overdue, and is there interest or a charge in it of which this role may waive a share alone."""
    grant = authority.load()[role]
    return (
        owed.days_past_due > 0
        and grant.total > 0
        and any(owed.total.part(name) > 0 and grant.components[name] > 0 for name in _INTEREST_AND_CHARGES)
    )


def _promise(file: CaseFile, today: date) -> JudgedPromise | None:
    """The open promise, else the last one of which it is known whether it was kept."""
    verdict = standing.judgement(file, today)
    if verdict.open is not None:
        return verdict.open
    decided = [promise for promise in verdict.promises if promise.status in {"kept", *BROKEN}]
    return max(decided, key=lambda promise: (promise.promise.due, promise.promise.id), default=None)


def _answering(file: CaseFile, form: CallForm) -> tuple[str, str]:
    """Who is on the line as far as the number and the outcome tell, and the name of the person asked for."""
    row = TABLE.get(form.outcome)
    point = next((known for known in file.points if known.id == form.contact_point), None)
    related = None
    if point is not None and point.related_person_id is not None:
        related = next((person for person in file.related if person.id == point.related_person_id), None)
    asked_for = related.name if related is not None and related.liable else file.debtor.name
    if form.contact_point and point is None:
        return "unknown", asked_for  # a number of this case that is not known here: nobody may be told anything
    if row is not None and row.reach == "third_party":
        return ("unrelated" if row.id == "wrong_party" else "related"), asked_for
    if point is not None and point.related_person_id is not None:
        return ("guarantor" if related is not None and related.liable else "related"), asked_for
    return "debtor", asked_for


def _situation(file: CaseFile, today: date, form: CallForm, party: str, promise: JudgedPromise | None) -> str:
    """What the call is about: what was said just now, else what is open on the case, else how the last talk ended."""
    state, action = file.state, file.state.next_action
    if form.outcome in _SAID_NOW:
        return _SAID_NOW[form.outcome]
    if party == "guarantor":
        return "guarantor"
    conditions = {
        "dispute": state.dispute_open,
        "complaint": state.complaint_open,
        "plan_in_force": state.plan_in_force,
        "hardship": state.in_hardship,
        "callback": action is not None and action.action == "call_back" and action.due <= today,
        _SAID_LAST.get(state.last_outcome or "", ""): state.last_outcome in _SAID_LAST,
        "follow_up_kept": promise is not None and promise.status == "kept",
        "follow_up_broken": promise is not None and promise.status in BROKEN,
        "follow_up": promise is not None or state.right_party_contacts > 0,
    }
    return next((name for name, holds in conditions.items() if holds), "first_call")


def _fields(
    file: CaseFile, person: Person, name: str, owed: Owed, promise: JudgedPromise | None
) -> Mapping[str, object]:
    dues = [account.first_unpaid_due for account in file.accounts if account.first_unpaid_due is not None]
    total = owed.total.total
    return {
        "caller": person.name,
        "name": name,
        "bank": file.book.bank,
        "amount": Money(total, file.book.currency) if total > 0 else None,
        "due_date": min(dues, default=None),
        "promise_date": None if promise is None else promise.promise.due,
    }
