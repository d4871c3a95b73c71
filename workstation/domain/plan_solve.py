"""Solves a plan's parts from their number or their amount; where none exist, says why and what would work."""

from __future__ import annotations

from collections.abc import Mapping

from workstation.domain.message import Message, Money, msg, nmsg
from workstation.domain.money import to_text
from workstation.domain.plan_methods import CannotPay, Part
from workstation.domain.plan_nearest import advised, changes, custom_that_pays, nearest_terms
from workstation.domain.plan_terms import Terms, parts_of
from workstation.domain.plan_values import NoSolution


def solve(terms: Terms) -> list[Part]:
    """The parts; `NoSolution` with the nearest terms that have some."""
    try:
        return parts_of(terms)
    except CannotPay as fault:
        raise _no_solution(terms, fault) from None


def _no_solution(terms: Terms, fault: CannotPay) -> NoSolution:
    if terms.method == "custom":
        return _custom_fault(terms, fault)
    nearest = changes(terms, nearest_terms(terms, fault))
    if terms.balloon is not None and terms.base < 2:
        why, field = _too_small(terms), "balloon"
    elif fault.problem == "balloon_gap":
        why, field = _missed_message(terms, fault, nearest), "balloon"
    elif fault.problem == "balloon":
        why, field = _balloon_message(terms, nearest), "balloon"
    elif terms.count is not None:
        why, field = advised(_count_message(terms, terms.count, fault), nearest, terms.currency), "instalments"
    else:
        why, field = advised(_amount_message(terms, fault), nearest, terms.currency), "instalment_amount"
    return NoSolution(why, field=field, nearest=nearest or None)


def _too_small(terms: Terms) -> Message:
    return msg(
        "{amount} cannot be parted in two; choose a method without a last instalment of its own.",
        amount=Money(terms.base, terms.currency),
    )


def _missed_message(terms: Terms, fault: CannotPay, nearest: Mapping[str, object]) -> Message:
    amount, near = Money(terms.balloon or 0, terms.currency), Money(fault.due, terms.currency)
    if nearest == {"balloon": to_text(fault.due, terms.currency)}:
        return msg(
            "With rounded interest no plan ends with exactly {amount}; the nearest last instalment is {near}.",
            amount=amount,
            near=near,
        )
    return advised(msg("No plan by this method ends with {amount}.", amount=amount), nearest, terms.currency)


def _balloon_message(terms: Terms, nearest: Mapping[str, object]) -> Message:
    why = msg(
        "A last instalment of {amount} leaves nothing for those before it to pay; choose a smaller one.",
        amount=Money(terms.balloon or 0, terms.currency),
    )
    return advised(why, nearest, terms.currency)


def _count_message(terms: Terms, count: int, fault: CannotPay) -> Message:
    if fault.problem == "long":
        return nmsg(
            "{n} instalment is more than the {most} allowed ({source}).",
            "{n} instalments are more than the {most} allowed ({source}).",
            count,
            most=terms.most,
            source=terms.limit,
        )
    if fault.problem == "early":
        return nmsg(
            "The debt is too small for {n} instalment: it is paid off before the last one.",
            "The debt is too small for {n} instalments: it is paid off before the last one.",
            count,
        )
    return msg(
        "Instalment {k} of {n} would not cover its interest of {interest}; choose fewer instalments or a lower rate.",
        k=fault.k,
        n=count,
        interest=Money(fault.due, terms.currency),
    )


def _amount_message(terms: Terms, fault: CannotPay) -> Message:
    amount = Money(terms.amount or 0, terms.currency)
    if fault.problem == "long":
        return msg(
            "Paying {amount} at a time takes more than the {most} instalments allowed ({source}).",
            amount=amount,
            most=terms.most,
            source=terms.limit,
        )
    return msg(
        "Paying {amount} at a time does not cover the interest of {interest} in instalment {k}.",
        amount=amount,
        interest=Money(fault.due, terms.currency),
        k=fault.k,
    )


def _custom_fault(terms: Terms, fault: CannotPay) -> NoSolution:
    due = Money(fault.due, terms.currency)
    if fault.problem == "interest":
        message = msg("Instalment {k} does not cover its interest of {interest}.", k=fault.k, interest=due)
    elif fault.k == len(terms.custom):
        message = msg("The last instalment must pay what is left, {amount}.", amount=due)
    else:
        message = msg(
            "With instalment {k} the debt is paid off: {amount} is left then; drop the rest.", k=fault.k, amount=due
        )
    works = custom_that_pays(terms.base, terms.rate, terms.custom)
    return NoSolution(
        message,
        field=f"custom[{fault.k - 1}].amount",
        nearest={
            "custom": {
                "n": fault.k,
                "amount": to_text(fault.due, terms.currency),
                "amounts": [to_text(amount, terms.currency) for amount in works],
            }
        },
    )
