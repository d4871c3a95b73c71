"""What must be true for a letter to be sent: its days, sums and facts fit the case, and none of its sentences misleads.

Each check names the field that is wrong. They ask only what the context and the rule pack of the letter's day tell.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence

from letters.context import LetterContext, minor_of
from letters.matter_values import at_pay_by_of, itemised_of
from letters.templates import Template
from workstation.domain.calendar import next_business_day
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.rulepack import RulePack, load

# A notice may be taken to arrive on the fifth day after it is sent, without Saturdays, Sundays and holidays, 12 CFR
# 1006.34(b)(5). Holidays are not known here: a period that counts them ends later, never earlier.
ARRIVES_DAYS = 5


class Untrue(InputError):
    """The letter would say what is not so; the message says what, `field` where."""

    code = "untrue"


def refuse_untrue(context: LetterContext, template: Template, balances: Sequence[Balance]) -> None:
    """Raise `Untrue` for the first thing that does not fit. What is missing is not judged here."""
    if context.date is None:
        return
    owed = sum(balance.total for balance in balances)
    reckoned = at_pay_by_of(context)
    if reckoned and len(reckoned) == len(balances):
        for number, (later, balance) in enumerate(zip(reckoned, balances, strict=True)):
            _hold(
                later >= balance.total,
                f"accounts[{number}].at_pay_by",
                msg("What will be owed on the day to pay by cannot be less than what is owed on the letter's date."),
            )
    check = _CHECKS.get(template.id)
    if check is not None:
        check(context, owed, load(context.jurisdiction, context.date))


def _hold(true: object, field: str, otherwise: Message) -> None:
    if not true:
        raise Untrue(otherwise, field=field)


def _settlement(context: LetterContext, owed: int, pack: RulePack) -> None:
    offer, day = context.settlement, context.date
    if offer is None or day is None or not offer.amount or not context.accounts:
        return
    amount = minor_of(offer.amount or "0", context.currency, "settlement.amount")
    _hold(
        0 < amount <= owed,
        "settlement.amount",
        msg("A settlement is more than nothing and not more than what is owed."),
    )
    if offer.waived is not None:
        waived = _sum(((name, getattr(offer.waived, name)) for name in COMPONENTS), context, "settlement.waived")
        _hold(
            amount + waived == owed,
            "settlement.waived",
            msg("What is paid and what is given up must together be what is owed."),
        )
    if offer.parts:
        paid = _sum(((str(at), part.amount) for at, part in enumerate(offer.parts)), context, "settlement.parts")
        _hold(paid == amount, "settlement.parts", msg("The payments must add up to the settlement amount."))
        _hold(
            len(offer.parts) <= pack.settlement_parts,
            "settlement.parts",
            msg("A settlement is paid in at most {parts} parts.", parts=pack.settlement_parts),
        )
        days = [part.due for part in offer.parts if part.due]
        _hold(
            days == sorted(days) and all(due >= day for due in days),
            "settlement.parts",
            msg("The payments must come in order, and none before the letter."),
        )
    _hold(
        offer.valid_until is None or offer.valid_until >= day,
        "settlement.valid_until",
        msg("An offer cannot have ended before the letter."),
    )


def _instalment_kept(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    due, day = context.instalment, context.date
    if due is None or day is None:
        return
    _numbered(context)
    _hold(
        due.due is None or due.due >= day,
        "instalment.due",
        msg("The instalment is due already; this letter reminds of one that is still to come."),
    )
    late = minor_of(due.arrears or "0", context.currency, "instalment.arrears")
    _hold(late == 0, "instalment.arrears", msg("The plan is not being kept; this letter says that it is."))


def _instalment_missed(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    due, day = context.instalment, context.date
    if due is None or day is None:
        return
    _numbered(context)
    amount, paid = (
        minor_of(getattr(due, name) or "0", context.currency, f"instalment.{name}") for name in ("amount", "paid")
    )
    _hold(due.due is None or due.due < day, "instalment.due", msg("The instalment is not overdue."))
    _hold(not due.amount or paid < amount, "instalment.paid", msg("The instalment is paid."))
    late = minor_of(due.arrears or "0", context.currency, "instalment.arrears")
    _hold(
        not due.arrears or late >= amount - paid,
        "instalment.arrears",
        msg("What is overdue under the plan cannot be less than what lacks of this instalment."),
    )
    _hold(
        due.grace_until is None or due.grace_until > day,
        "instalment.grace_until",
        msg("The day until when the instalment can be made good must lie after the letter's date."),
    )


def _numbered(context: LetterContext) -> None:
    due = context.instalment
    _hold(
        due is None or not due.n or not due.of or 1 <= due.n <= due.of,
        "instalment.n",
        msg("The instalment's number must be one of the plan's."),
    )


def _visit(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    visit, day = context.visit, context.date
    if visit is None or day is None:
        return
    people = pack.value("visit_people", int)
    _hold(
        not visit.persons or len(visit.persons) >= people,
        "visit.persons",
        msg("A visit is made by at least {people} people.", people=people),
    )
    _hold(visit.day is None or visit.day > day, "visit.day", msg("The visit must lie after the letter's date."))
    _hold(
        visit.change_by is None or visit.day is None or day <= visit.change_by <= visit.day,
        "visit.change_by",
        msg("Another day can be asked for until the visit, and not before the letter."),
    )
    begins, ends = _time(visit.from_time, "visit.from_time"), _time(visit.to_time, "visit.to_time")
    if begins is not None and ends is not None:
        quiet = pack.quiet_hours  # the shipped ones run over midnight
        _hold(
            quiet.end <= begins < ends <= quiet.start,
            "visit.from_time",
            msg(
                "A visit lies between {from_time} and {to_time} ({source}).",
                from_time=f"{quiet.end:%H:%M}",
                to_time=f"{quiet.start:%H:%M}",
                source=pack.rule("quiet_hours").source,
            ),
        )


def _time(text: str, field: str) -> datetime.time | None:
    if not text.strip():
        return None
    try:
        return datetime.time.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(msg("The time {time} cannot be read; write it as 14:00.", time=text), field=field) from error


def _objection(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    matter, day = context.objection, context.date
    if matter is None or day is None:
        return
    _hold(
        matter.received_on is None or matter.received_on <= day,
        "objection.received_on",
        msg("What is answered must have come before the letter."),
    )
    _hold(
        matter.answer_by is None or matter.answer_by >= day,
        "objection.answer_by",
        msg("The day to answer by cannot lie before the letter."),
    )


def _legal(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    """A step is announced for a day that is to come, said to be taken only when it was, and never for a debt whose
    limitation has run out: that would threaten what cannot be done (12 CFR 1006.26(b); CONC 7.15; a house rule
    elsewhere)."""
    matter, day = context.legal, context.date
    if matter is None or day is None:
        return
    if matter.taken_on is not None:
        _hold(
            context.facts is not None and context.facts.legal_step_taken,
            "legal.taken_on",
            msg("The letter says that a legal step was taken, and the case knows of none."),
        )
        _hold(matter.taken_on <= day, "legal.taken_on", msg("A step that was taken cannot lie after the letter."))
    _hold(
        matter.after is None or matter.after > day,
        "legal.after",
        msg("The day after which a step is taken must lie after the letter's date."),
    )
    _hold(
        matter.limitation_until is None or matter.limitation_until >= day,
        "legal.limitation_until",
        msg("Limitation has run out: no step may be announced and no demand renews it."),
    )
    _hold(
        matter.last_interruption is None or matter.last_interruption <= day,
        "legal.last_interruption",
        msg("Limitation cannot have been interrupted after the letter."),
    )


def _paid(context: LetterContext, owed: int, pack: RulePack) -> None:  # noqa: ARG001
    paid, day = context.paid, context.date
    if paid is None or day is None:
        return
    _hold(paid.on is None or paid.on <= day, "paid.on", msg("The debt cannot have been paid after the letter."))
    _hold(owed <= 0, "accounts", msg("Something is still owed, so the letter cannot say that the debt is paid."))
    total, last = (
        minor_of(getattr(paid, name) or "0", context.currency, f"paid.{name}") for name in ("total", "last_payment")
    )
    _hold(
        not paid.total or last <= total,
        "paid.last_payment",
        msg("The last payment cannot be more than all that was paid."),
    )


def _validation(context: LetterContext, owed: int, pack: RulePack) -> None:
    notice, day = context.validation, context.date
    if notice is None or day is None:
        return
    if notice.dispute_until is not None:
        arrives = day
        for _ in range(ARRIVES_DAYS):
            arrives = next_business_day(arrives + datetime.timedelta(days=1), context.jurisdiction)
        period = pack.value("validation_days", int)
        _hold(
            notice.dispute_until >= arrives + datetime.timedelta(days=period),
            "validation.dispute_until",
            msg(
                "The validation period lasts {days} days from the notice's arrival, here until {until} ({source}).",
                days=period,
                until=arrives + datetime.timedelta(days=period),
                source=pack.rule("validation_days").source,
            ),
        )
    _hold(
        notice.itemisation_date is None or notice.itemisation_date <= day,
        "validation.itemisation_date",
        msg("The itemisation date cannot lie after the letter."),
    )
    if notice.itemised is not None and notice.amount_then and context.accounts:
        changes = itemised_of(notice.itemised, context.currency)
        then = minor_of(notice.amount_then, context.currency, "validation.amount_then")
        gone = changes["payments"] + changes["credits"]
        _hold(
            then + sum(changes[name] for name in COMPONENTS) - gone == owed,
            "validation.itemised",
            msg("The amount then, what was added and what was paid must make what is owed now."),
        )


def _sum(amounts: Iterable[tuple[str, str]], context: LetterContext, field: str) -> int:
    return sum(minor_of(text or "0", context.currency, f"{field}.{name}") for name, text in amounts)


_CHECKS: Mapping[str, Callable[[LetterContext, int, RulePack], None]] = {
    "settlement_offer": _settlement,
    "instalment_reminder": _instalment_kept,
    "breach_notice": _instalment_missed,
    "visit_notice": _visit,
    "dispute_reply": _objection,
    "complaint_reply": _objection,
    "final_notice": _legal,
    "lawyers_letter": _legal,
    "limitation_demand": _legal,
    "paid_in_full": _paid,
    "validation_notice": _validation,
}
