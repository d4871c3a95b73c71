"""The sentences that prove a solved unknown: what its neighbour gives, and why that does not do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from workstation.domain.message import Message, Money, Percent, msg, nmsg
from workstation.domain.money import to_text
from workstation.domain.plan_methods import CannotPay
from workstation.domain.plan_terms import Terms
from workstation.domain.plan_values import NoSolution, PlanRequest, Unknown

RATE_PLACES = 4  # of a percentage: a rate has six decimals


def why_not(fault: CannotPay, request: PlanRequest) -> Message:
    """What goes wrong with instalments that do not pay the debt."""
    currency = request.currency
    if fault.problem == "balloon_gap":
        return msg(
            "With rounded interest no plan ends with exactly {amount} then.",
            amount=Money(request.balloon or 0, currency),
        )
    if fault.problem == "interest":
        return msg(
            "Instalment {k} would not cover its interest of {interest}.",
            k=fault.k,
            interest=Money(fault.due, currency),
        )
    return nmsg(
        "After {n} instalment {left} would still be owed.",
        "After {n} instalments {left} would still be owed.",
        fault.k,
        left=Money(fault.due, currency),
    )


def neighbour_fails(unknown: Unknown, neighbour: PlanRequest, why: Message) -> Message:
    """That the unknown's next value, as it stands in `neighbour`, does not do."""
    currency = neighbour.currency
    amount = Money(neighbour.instalment_amount or 0, currency)
    if unknown == "instalment_amount":
        return msg("{less} at a time is not enough. {why}", less=amount, why=why)
    if unknown == "first_amount":
        return msg("Beginning with {less} is not enough. {why}", less=amount, why=why)
    if unknown == "annual_rate":
        return msg("{rate} a year is too much. {why}", rate=Percent(neighbour.annual_rate, RATE_PLACES), why=why)
    if unknown == "waive":
        return msg("Waiving {less} is not enough. {why}", less=Money(neighbour.waive.total, currency), why=why)
    return msg("{less} paid down is not enough. {why}", less=Money(neighbour.down_payment, currency), why=why)


def no_neighbour(unknown: Unknown, solved: PlanRequest) -> Message:
    """That the unknown's value is as good as any can be."""
    if unknown == "waive":
        return msg("Nothing has to be waived: the instalments pay everything.")
    if unknown == "down_payment":
        return msg("Nothing has to be paid down: the instalments pay everything.")
    if unknown == "annual_rate":
        return msg("A yearly rate above {most} is not accepted.", most=Percent(Decimal(1)))
    smallest = Money(solved.instalment_amount or 0, solved.currency)
    return msg("There is no smaller amount than {amount}.", amount=smallest)


def one_fewer_fails(why: Message | None) -> Message:
    """That a plan cannot be a single instalment shorter; without a reason, that it is as short as can be."""
    if why is None:
        return msg("No plan by this method has fewer instalments.")
    return msg("One instalment fewer is not enough. {why}", why=why)


def next_is_late(day: date) -> Message:
    return msg("One instalment more would fall due only on {day}.", day=day)


def before_last(n: int, day: date) -> Message:
    """That the last date is not the day before: only `n` instalments have fallen due by then."""
    if n == 0:
        return msg("No plan by this method has fewer instalments.")
    return nmsg(
        "Until the day before, only {n} instalment has fallen due, on {day}.",
        "Until the day before, only {n} instalments have fallen due, the last on {day}.",
        n,
        day=day,
    )


def impossible(unknown: Unknown, best: PlanRequest, why: Message, amount: int) -> NoSolution:
    """Not even the best value, as it stands in `best`, makes the instalments pay; `amount` each would."""
    currency = best.currency
    given, near = Money(best.instalment_amount or 0, currency), Money(amount, currency)
    if unknown == "annual_rate":
        text = msg(
            "Even without interest {amount} at a time is not enough; {near} would be. {why}",
            amount=given,
            near=near,
            why=why,
        )
    elif unknown == "waive":
        text = msg(
            "Even if {waived} is waived, which is all that may be, {amount} at a time is not enough; {near} would be. "
            "{why}",
            waived=Money(best.waive.total, currency),
            amount=given,
            near=near,
            why=why,
        )
    else:
        text = msg(
            "Whatever is paid down, {amount} at a time is not enough; {near} would be. {why}",
            amount=given,
            near=near,
            why=why,
        )
    return NoSolution(text, field="instalment_amount", nearest={"instalment_amount": to_text(amount, currency)})


def needless(request: PlanRequest, unknown: Unknown) -> NoSolution:
    """A method made for what turns out not to be needed."""
    if unknown == "waive":
        text = msg("Nothing has to be waived: the instalments pay everything. Choose a plan in full.")
    else:
        text = msg("Nothing has to be paid down: the instalments pay everything. Choose a plan without a down payment.")
    method = "equal_instalment" if request.annual_rate else "interest_free"
    return NoSolution(text, field="method", nearest={"method": method})


def too_many(count: int, terms: Terms) -> NoSolution:
    """More instalments than the rules allow."""
    text = nmsg(
        "{n} instalment is more than the {most} allowed ({source}).",
        "{n} instalments are more than the {most} allowed ({source}).",
        count,
        most=terms.most,
        source=terms.limit,
    )
    return NoSolution(text, field="instalments", nearest={"instalments": terms.most})
