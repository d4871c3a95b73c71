"""What each letter is about, as its context has it: from the case's records and the fields that were typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from workstation.desk import letter_history, standing
from workstation.desk.letter_case import approved_settlement, behind, coming, paid_in_all, watched_plan
from workstation.desk.letter_content import agreement_of, statement_of
from workstation.desk.letter_ground import Entries, Ground, must_lie_ahead, without_empty
from workstation.desk.letter_usual import last_payment
from workstation.domain.case_values import OpenMatter
from workstation.domain.errors import InputError
from workstation.domain.message import Label, msg
from workstation.domain.plan import calculate
from workstation.domain.plan_values import PlanAccount, PlanRequest, PlanResult
from workstation.domain.plan_watch import PlanStanding, WatchedInstalment

Matter = dict[str, Any]  # keys of a letter's context
_VISITOR = ("name", "role", "badge")


def matter(template: str, ground: Ground, entries: Entries) -> Matter:
    """What this template says beside sender, person, accounts and own words; nothing where it needs nothing more.

    What a rule has against a typed value is said in `entries`.
    """
    made = _MATTERS.get(template)
    return {} if made is None else made(ground, entries)


def _agreement(ground: Ground, _entries: Entries) -> Matter:
    return agreement_of(ground.file) or {}


def _statement(ground: Ground, _entries: Entries) -> Matter:
    known = ground.file.state.budget
    return {} if known is None else {"budget": statement_of(ground.file, known, ground.language, ground.today)}


# ---- settling for less ----


def _settlement(ground: Ground, entries: Entries) -> Matter:
    values = entries.values
    must_lie_ahead(entries, "first_due")
    if isinstance(values["valid_until"], date) and values["valid_until"] < ground.today:
        entries.refuse("valid_until", msg("This day must not lie before today."))
    if entries.readings.failed or None in (values["amount"], values["first_due"]):
        return {}
    try:
        result = settled(ground, values["amount"], values["parts"] or 1, values["first_due"])
    except InputError as error:
        entries.refuse(
            {"instalments": "parts", "first_due": "first_due"}.get(error.field or "", "amount"), error.message
        )
        return {}
    if result.approval.needed and not _was_approved(ground, result):
        entries.refuse(
            "amount",
            msg(
                "{why} Propose it as a plan and offer it once it is approved.",
                why=result.approval.reason or msg("This is above your authority."),
            ),
        )
    return {
        "settlement": without_empty(
            {
                "amount": ground.text(result.totals.paid),
                "waived": ground.parts(result.waived),
                "parts": [{"amount": ground.text(row.amount), "due": row.due.isoformat()} for row in result.schedule],
                "valid_until": entries.day("valid_until"),
            }
        ),
        "pay_by": result.schedule[0].due.isoformat(),
    }


def settled(ground: Ground, amount: int, parts: int, first_due: date) -> PlanResult:
    """The settlement calculated as a plan of today: its parts, what is waived, and whether somebody must approve it."""
    accounts = tuple(
        PlanAccount(row.id, row.balance, row.days_past_due) for row in ground.owed.accounts if row.balance.total > 0
    )
    return calculate(
        PlanRequest(
            as_of=ground.today,
            jurisdiction=ground.jurisdiction,
            currency=ground.currency,
            method="settlement",
            days_past_due=ground.owed.days_past_due,
            balance=ground.owed.total,
            accounts=accounts if len(accounts) > 1 else (),
            first_due=first_due,
            instalments=parts,
            settlement_amount=amount,
            business_days="following",
            role=ground.person.role,
        )
    )


def _was_approved(ground: Ground, result: PlanResult) -> bool:
    """Is it no less, in no more parts and no later than the settlement that was approved?"""
    plan = approved_settlement(ground.file)
    if plan is None:
        return False
    rows = [row for _, row in plan.numbered]
    return (
        result.totals.paid >= sum(row.amount for row in rows)
        and len(result.schedule) <= len(rows)
        and result.payoff <= max(row.due for row in rows)
    )


# ---- a plan's instalment ----


def _coming(ground: Ground, entries: Entries) -> Matter:
    """The next instalment that is still to come."""
    watched = watched_plan(ground.file, ground.today)
    row = None if watched is None else next(iter(coming(watched, ground.today)), None)
    return {} if watched is None or row is None else _instalment(ground, entries, watched, row)


def _missed(ground: Ground, entries: Entries) -> Matter:
    """The first instalment that was missed."""
    watched = watched_plan(ground.file, ground.today)
    row = None if watched is None else next(iter(watched.missed), None)
    return {} if watched is None or row is None else _instalment(ground, entries, watched, row)


def _instalment(ground: Ground, entries: Entries, watched: PlanStanding, row: WatchedInstalment) -> Matter:
    """One instalment, and how the whole plan stands beside it."""
    must_lie_ahead(entries, "grace_until")
    until = entries.day("grace_until")
    return {
        **({} if until is None else {"pay_by": until}),
        "instalment": without_empty(
            {
                "n": watched.rows.index(row) + 1,  # a down payment is the first payment
                "of": len(watched.rows),
                "due": row.due.isoformat(),
                "amount": ground.text(row.amount),
                "paid": ground.text(row.paid),
                "overdue_since": row.due.isoformat() if row.due < ground.today else None,
                "arrears": ground.text(behind(watched, ground.today)),
                "remaining": ground.text(watched.left),
                "grace_until": until,
                "consequence": entries.values.get("consequence", ""),
            }
        ),
    }


# ---- a visit ----


def _visit(ground: Ground, entries: Entries) -> Matter:
    values = entries.values
    must_lie_ahead(entries, "day", msg("The day of the visit must lie after today."))
    begin, end = values["from_time"], values["to_time"]
    if isinstance(begin, time) and isinstance(end, time) and end <= begin:
        entries.refuse("to_time", msg("The visit must end after it begins."))
    day, change_by = values["day"], values["change_by"]
    if isinstance(day, date) and isinstance(change_by, date) and change_by > day:
        entries.refuse("change_by", msg("Another day can be asked for until the visit at the latest."))
    persons = [visitor(line) for line in values["persons"]]
    if any(len(person) < len(_VISITOR) for person in persons):
        entries.refuse("persons", msg("Say of each who comes the name, the role and the badge: 王强, 外访员, 1024"))
    return {
        "visit": without_empty(
            {
                "day": entries.day("day"),
                "from_time": _clock(begin),
                "to_time": _clock(end),
                "place": place_of(ground, values["place"]),
                "persons": persons,
                "purpose": values["purpose"],
                "change_by": entries.day("change_by"),
                "phone": values["phone"],
            }
        )
    }


def place_of(ground: Ground, point_id: str) -> str:
    return next((row.value for row in ground.addresses() if row.id == point_id), "")


def visitor(line: str) -> dict[str, str]:
    """`王强，外访员，工号 1024`: name, role and badge, as far as they are given."""
    words = [word.strip() for word in line.replace("，", ",").replace("、", ",").split(",")]
    return without_empty(dict(zip(_VISITOR, words, strict=False)))


def _clock(moment: object) -> str:
    return f"{moment:%H:%M}" if isinstance(moment, time) else ""


def _dossier(ground: Ground, entries: Entries) -> Matter:
    values, file = entries.values, ground.file
    return {
        "visit": without_empty({"place": place_of(ground, values["place"])}),
        "dossier": without_empty(
            {
                "number": values["number"],
                "expires_on": entries.day("expires_on"),
                "prepared_for": list(values["prepared_for"]),
                "people": [
                    {
                        "name": row.name,
                        "relation": ground.say.label(Label("relation", row.relation)),
                        "may_be_told": row.liable,
                    }
                    for row in file.related
                ],
                "last_words": letter_history.last_words(ground),
                "offers": letter_history.offers(ground),
                "checklist": list(values["checklist"]),
            }
        ),
    }


# ---- answers ----


def _answer(opened: Callable[[Ground], OpenMatter | None]) -> Callable[[Ground, Entries], Matter]:
    def made(ground: Ground, entries: Entries) -> Matter:
        found, values = opened(ground), entries.values
        must_lie_ahead(entries, "answer_by")
        return {
            "objection": without_empty(
                {
                    "received_on": None if found is None else found.opened_on.isoformat(),
                    "answer_by": entries.day("answer_by"),
                    **{
                        name: values[name]
                        for name in (
                            "reference",
                            "about",
                            "findings",
                            "outcome",
                            "decision",
                            "measures",
                            "further_step",
                        )
                    },
                }
            )
        }

    return made


# ---- legal steps ----


def _legal(ground: Ground, entries: Entries) -> Matter:
    values, where = entries.values, standing.limitation(ground.file, ground.today)
    must_lie_ahead(entries, "after")
    taken = next((known for known in ground.file.state.circumstances if known.what == "legal_step_taken"), None)
    since = where.runs_from if where is not None else None
    return {
        "legal": without_empty(
            {
                "after": entries.day("after"),
                "taken_on": None if taken is None else taken.since.isoformat(),
                "claims": list(values.get("claims", ())),
                "contract_signed_on": entries.day("contract_signed_on"),
                "limitation_until": None if where is None else where.ends.isoformat(),
                "last_interruption": None if since is None else since.on.isoformat(),
                "interrupted_by": "" if since is None else ground.say.label(Label("interruption", since.kind)),
                **{
                    name: values.get(name, "")
                    for name in ("step", "contract", "law_firm", "lawyer", "licence", "phone")
                },
            }
        )
    }


# ---- the end of it ----


def _paid(ground: Ground, entries: Entries) -> Matter:
    last, on = last_payment(ground), entries.values["on"]
    if isinstance(on, date) and on > ground.today:
        entries.refuse("on", msg("This day must not lie after today."))
    settled_plan = next(
        (
            plan
            for plan in reversed(ground.file.state.plans)
            if plan.method == "settlement" and plan.agreed_on is not None and plan.stage in {"completed", "active"}
        ),
        None,
    )
    waived = None if settled_plan is None else letter_history.waived_by(ground.file, settled_plan.id)
    return {
        "paid": without_empty(
            {
                "on": entries.day("on"),
                "total": ground.text(paid_in_all(ground.file)),
                "last_payment": "" if last is None else ground.text(last[1]),
                "waived": waived,
                "closed_cards": list(entries.values["closed_cards"]),
            }
        )
    }


def _history(ground: Ground, _entries: Entries) -> Matter:
    return {"history": letter_history.entries(ground)}


def _validation(ground: Ground, entries: Entries) -> Matter:
    values, until = entries.values, entries.values["dispute_until"]
    must_lie_ahead(entries, "dispute_until")
    since = values["itemisation_date"]
    if not isinstance(since, date) or not isinstance(until, date):
        return {}
    found = letter_history.itemised(ground, since)
    if found is None:
        entries.refuse(
            "itemisation_date",
            msg("The bank gave no balance of {day}: choose a day of which it did.", day=since),
        )
        return {}
    then, itemised = found
    return {
        "validation": without_empty(
            {
                "creditor_then": values["creditor_then"],
                "creditor_now": ground.file.book.bank,
                "itemisation_date": since.isoformat(),
                "amount_then": ground.text(then),
                "itemised": itemised,
                "dispute_until": until.isoformat(),
            }
        )
    }


_MATTERS: Mapping[str, Callable[[Ground, Entries], Matter]] = {
    "plan_agreement": _agreement,
    "budget_statement": _statement,
    "settlement_offer": _settlement,
    "instalment_reminder": _coming,
    "breach_notice": _missed,
    "visit_notice": _visit,
    "visit_dossier": _dossier,
    "dispute_reply": _answer(lambda ground: ground.file.state.dispute),
    "complaint_reply": _answer(lambda ground: ground.file.state.complaint),
    "final_notice": _legal,
    "lawyers_letter": _legal,
    "limitation_demand": _legal,
    "paid_in_full": _paid,
    "case_history": _history,
    "validation_notice": _validation,
}
