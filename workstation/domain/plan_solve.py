"""Solves a plan's parts from their number or their amount; where none exist, says why and what would work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from workstation.domain.message import Message, Money, msg, nmsg
from workstation.domain.money import to_text
from workstation.domain.plan_methods import (
    CannotPay,
    Part,
    PeriodRate,
    balloon,
    balloon_of,
    custom,
    equal_instalment,
    equal_instalment_of,
    equal_principal,
    equal_principal_of,
    smallest,
    stepped,
    stepped_of,
)
from workstation.domain.plan_values import Method, NoSolution, Step


@dataclass(frozen=True, slots=True)
class Terms:
    """What the parts of a plan depend on, minor units: `count` or `amount` is given, or `custom`. `most` is the
    longest number of parts and `limit` the source of that."""

    method: Method
    currency: str
    base: int
    rate: PeriodRate
    most: int
    limit: str
    count: int | None = None
    amount: int | None = None
    step: Step | None = None
    balloon: int | None = None
    custom: tuple[int, ...] = ()


def solve(terms: Terms) -> list[Part]:
    """The parts; `NoSolution` with the nearest terms that have some."""
    try:
        return parts_of(terms)
    except CannotPay as fault:
        raise _no_solution(terms, fault) from None


def parts_of(terms: Terms) -> list[Part]:
    """The parts; `CannotPay` says at which one they fail."""
    base, rate = terms.base, terms.rate
    if terms.method == "custom":
        return custom(base, rate, terms.custom)
    if terms.count is not None:
        if terms.count > terms.most:
            raise CannotPay("long", terms.most)
        return _by_count(terms, terms.count)
    return _by_amount(terms, terms.amount or 0)


def _by_count(terms: Terms, count: int) -> list[Part]:
    base, rate = terms.base, terms.rate
    if terms.method == "equal_principal":
        return equal_principal(base, rate, count)
    if terms.step is not None:
        return stepped(base, rate, count, terms.step)
    if terms.balloon is not None:
        return balloon(base, rate, count, terms.balloon)
    return equal_instalment(base, rate, count)  # without interest: total / n


def _by_amount(terms: Terms, amount: int) -> list[Part]:
    base, rate, most = terms.base, terms.rate, terms.most
    if terms.method == "equal_principal":
        return equal_principal_of(base, rate, amount, most)
    if terms.step is not None:
        return stepped_of(base, rate, amount, most, terms.step)
    if terms.balloon is not None:
        return balloon_of(base, rate, amount, most, terms.balloon)
    return equal_instalment_of(base, rate, amount, most)


def _no_solution(terms: Terms, fault: CannotPay) -> NoSolution:
    if terms.method == "custom":
        return _custom_fault(terms, fault)
    if fault.problem == "balloon_gap":
        return NoSolution(
            msg(
                "With rounded interest no plan ends with exactly {amount}; the nearest last instalment is {near}.",
                amount=Money(terms.balloon or 0, terms.currency),
                near=Money(fault.due, terms.currency),
            ),
            field="balloon",
            nearest={"balloon": to_text(fault.due, terms.currency)},
        )
    if fault.problem == "balloon":
        last = _largest_balloon(terms)
        why = msg(
            "A last instalment of {amount} leaves nothing for those before it to pay; choose a smaller one.",
            amount=Money(terms.balloon or 0, terms.currency),
        )
        return NoSolution(
            _advised(why, None if last is None else Money(last, terms.currency)),
            field="balloon",
            nearest=None if last is None else {"balloon": to_text(last, terms.currency)},
        )
    if terms.count is not None:
        count = _nearest_count(terms, terms.count)
        return NoSolution(
            _advised(_count_message(terms, terms.count, fault), count),
            field="instalments",
            nearest=None if count is None else {"instalments": count},
        )
    amount = _nearest_amount(terms)
    return NoSolution(
        _advised(_amount_message(terms, fault), None if amount is None else Money(amount, terms.currency)),
        field="instalment_amount",
        nearest=None if amount is None else {"instalment_amount": to_text(amount, terms.currency)},
    )


def _advised(why: Message, nearest: int | Money | None) -> Message:
    return why if nearest is None else msg("{why} The nearest that works is {nearest}.", why=why, nearest=nearest)


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
    return NoSolution(
        message,
        field=f"custom[{fault.k - 1}].amount",
        nearest={"custom": {"n": fault.k, "amount": to_text(fault.due, terms.currency)}},
    )


def _works(terms: Terms) -> bool:
    try:
        parts_of(terms)
    except CannotPay:
        return False
    return True


def _nearest_count(terms: Terms, count: int) -> int | None:
    fewest, highest = 2 if terms.balloon is not None else 1, min(count - 1, terms.most)
    if terms.step is not None:
        # Each takes a search of its own, and what fails with steps fails with more of them.
        fewer = _least(0, highest - fewest, lambda by: _works(replace(terms, count=highest - by)))
        return None if fewer is None else highest - fewer
    tried = range(highest, fewest - 1, -1)
    return next((n for n in tried if _works(replace(terms, count=n))), None)


def _nearest_amount(terms: Terms) -> int | None:
    """The smallest instalment that works: a larger one always does when a smaller one does."""
    return _least(1, terms.base + terms.rate.on(terms.base), lambda n: _works(replace(terms, amount=n)))


def _largest_balloon(terms: Terms) -> int | None:
    asked = terms.balloon or 0

    def lowered(by: int) -> bool:
        # A last instalment that rounding cannot hit stands for the one below it.
        last = terms.rate.base_for(asked - by)
        return _works(replace(terms, balloon=last + terms.rate.on(last)))

    by = _least(0, asked - 1, lowered)
    if by is None:
        return None
    last = terms.rate.base_for(asked - by)
    return last + terms.rate.on(last)


def _least(low: int, high: int, works: Callable[[int], bool]) -> int | None:
    return smallest(low, high, works) if high >= low and works(high) else None
