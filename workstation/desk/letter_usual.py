"""What an empty field of a letter is taken for: from the case's records, else what is usual in the house.

Values are given as they would be typed, so that they are read the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from workstation.desk.carrying import kept_amounts
from workstation.desk.letter_case import approved_settlement
from workstation.desk.letter_ground import Ground
from workstation.domain import authority
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import OpenMatter
from workstation.domain.labels import label_text
from workstation.domain.message import Label, Message, msg
from workstation.domain.money import COMPONENTS
from workstation.domain.plan_owing import WAIVED_FIRST
from workstation.domain.rulepack import RulePack

PAY_BY_DAYS = 10  # what a letter gives when nobody says otherwise
FINAL_DAYS = 15  # before a legal step is prepared
GRACE_DAYS = 7  # after a missed instalment, beside the grace that it had
OFFER_DAYS = 14  # how long a settlement stands
ANSWER_DAYS = 14  # to answer a reply with new evidence
VISIT_DAYS, VISIT_FROM, VISIT_TO = 3, "14:00", "16:00"
ARRIVES_DAYS = 5  # working days in which a notice is assumed to have arrived: 12 CFR 1006.34(b)(5)
VALIDATION_DAYS = 30

DOOR_CHECKLIST = (
    msg("Show the badge and say who you are; two people go, never one alone."),
    msg("Speak of the debt only with the debtor, or with a person this paper names as liable."),
    msg("Record the visit from the door on, and say that you do."),
    msg("Take no cash; say how and where to pay."),
    msg("Leave when asked to. Write the report on the same day, and hand this paper back."),
)


def usual(template: str, ground: Ground, pack: RulePack) -> Mapping[str, str]:
    """By field id; what is not here has no usual value."""
    found = {"pay_by": ground.working_day(PAY_BY_DAYS).isoformat()}
    of_template = _USUAL.get(template)
    return found if of_template is None else found | of_template(ground, pack)


def _settlement(ground: Ground, _pack: RulePack) -> dict[str, str]:
    """What was approved; else the least that this role may settle for alone, in one part."""
    plan = approved_settlement(ground.file)
    if plan is not None and plan.numbered:
        rows = [row for _, row in plan.numbered]
        amount, parts, first = sum(row.amount for row in rows), len(rows), rows[0].due
    else:
        amount, parts, first = least_settled_for(ground), 1, ground.working_day(PAY_BY_DAYS)
    until = min(ground.working_day(OFFER_DAYS), first)
    return {
        "amount": ground.text(amount),
        "parts": str(parts),
        "first_due": first.isoformat(),
        "valid_until": until.isoformat(),
    }


def least_settled_for(ground: Ground) -> int:
    """Minor units: what is owed less what this role may give up alone, in the order in which a settlement does."""
    owed = ground.owed.total
    by_component, in_all = authority.load()[ground.person.role].most_waived(owed, ground.currency)
    waived = 0
    for name in WAIVED_FIRST:
        waived += by_component.part(name)
        if by_component.part(name) < owed.part(name):
            break  # more would take the rest of this component first
    return owed.total - min(waived, in_all)


def _breach(ground: Ground, _pack: RulePack) -> dict[str, str]:
    return {"grace_until": ground.working_day(GRACE_DAYS).isoformat()}


def _visit(ground: Ground, _pack: RulePack) -> dict[str, str]:
    day = ground.working_day(VISIT_DAYS)
    change_by = max(ground.today + timedelta(days=1), day - timedelta(days=1))
    own = ground.say.say(msg("{name}, {role}", name=ground.person.name, role=Label("role", ground.person.role)))
    return {
        "day": day.isoformat(),
        "from_time": VISIT_FROM,
        "to_time": VISIT_TO,
        "persons": own,
        "change_by": change_by.isoformat(),
        "phone": str(ground.bank.get("phone", "")),
        **_place(ground),
        "purpose": ground.say.say(msg("To talk about the account and a way to settle it")),
    }


def _place(ground: Ground) -> dict[str, str]:
    found = ground.addresses()
    return {"place": found[0].id} if found else {}


def _dossier(ground: Ground, pack: RulePack) -> dict[str, str]:
    return {
        "prepared_for": ground.person.name,
        "number": f"{ground.file.case.number}-{ground.today:%y%m%d}",
        "expires_on": ground.working_day(pack.dossier_days).isoformat(),
        "checklist": "\n".join(map(ground.say.say, DOOR_CHECKLIST)),
        **_place(ground),
    }


def _answer(matter: Callable[[Ground], OpenMatter | None], sign: str) -> Callable[[Ground, RulePack], dict[str, str]]:
    def found(ground: Ground, _pack: RulePack) -> dict[str, str]:
        opened = matter(ground)
        if opened is None:
            return {}
        return {
            "reference": f"{ground.file.case.number}-{sign}{opened.opened_on:%y%m%d}",
            "about": _about(ground, opened.about),
            "answer_by": ground.working_day(ANSWER_DAYS).isoformat(),
        }

    return found


def _about(ground: Ground, about: str) -> str:
    """In words: a dispute about a component says which, in the letter's language."""
    return ground.say.text(label_text(Label("component", about))) if about in COMPONENTS else about


def _contract(ground: Ground) -> dict[str, str]:
    """The day on which the oldest account was opened is the contract's."""
    opened = [row.opened_on for row in ground.file.accounts if row.opened_on is not None]
    return {"contract_signed_on": min(opened).isoformat()} if opened else {}


def _legal(ground: Ground, _pack: RulePack) -> dict[str, str]:
    pay_by = ground.working_day(FINAL_DAYS)
    claims: tuple[Message, ...] = (
        msg("payment of the principal, interest and charges named above, and of what accrues until they are paid"),
        msg("the costs of the proceedings"),
    )
    return {
        "pay_by": pay_by.isoformat(),
        "after": pay_by.isoformat(),
        "step": ground.say.say(msg("a claim before the court that has jurisdiction")),
        "claims": "\n".join(map(ground.say.say, claims)),
        **_contract(ground),
    }


def _limitation(ground: Ground, _pack: RulePack) -> dict[str, str]:
    return _contract(ground)


def _paid(ground: Ground, _pack: RulePack) -> dict[str, str]:
    last = last_payment(ground)
    return {} if last is None else {"on": last[0].isoformat()}


def last_payment(ground: Ground) -> tuple[date, int] | None:
    """The day and amount of the newest payment that was not wholly taken back."""
    kept = kept_amounts(ground.file.payments)
    rows = [(row.value_date, kept[row.id]) for row in ground.file.payments if kept.get(row.id)]
    return max(rows, default=None)


def _validation(ground: Ground, pack: RulePack) -> dict[str, str]:
    """The first day of which the bank gave a balance; and the period that begins once the notice is taken to have
    arrived."""
    days = [row.as_of for row in ground.file.snapshots]
    arrives = ground.today
    for _ in range(ARRIVES_DAYS):
        arrives = _next_working_day(ground, arrives)
    period = pack.value("validation_days", int) if pack.has("validation_days") else VALIDATION_DAYS
    found = {
        "dispute_until": (arrives + timedelta(days=period)).isoformat(),
        "creditor_then": ground.file.book.bank,
    }
    return found | ({"itemisation_date": min(days).isoformat()} if days else {})


def _next_working_day(ground: Ground, day: date) -> date:
    return next_business_day(day + timedelta(days=1), ground.jurisdiction)


_USUAL: Mapping[str, Callable[[Ground, RulePack], dict[str, str]]] = {
    "settlement_offer": _settlement,
    "breach_notice": _breach,
    "visit_notice": _visit,
    "visit_dossier": _dossier,
    "dispute_reply": _answer(lambda ground: ground.file.state.dispute, "D"),
    "complaint_reply": _answer(lambda ground: ground.file.state.complaint, "C"),
    "final_notice": _legal,
    "lawyers_letter": _legal,
    "limitation_demand": _limitation,
    "paid_in_full": _paid,
    "validation_notice": _validation,
}
