"""Searches for the best value of one unknown of a plan, on the amounts of its parts; dates do not matter here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from workstation.domain.allocation import spread
from workstation.domain.message import Message
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan import terms_of
from workstation.domain.plan_guess import amount_near, rate_share_near, surplus_near
from workstation.domain.plan_methods import CannotPay, smallest
from workstation.domain.plan_owing import WAIVED_FIRST
from workstation.domain.plan_proof import impossible, needless, neighbour_fails, no_neighbour, why_not
from workstation.domain.plan_solve import solve
from workstation.domain.plan_terms import Terms, parts_of
from workstation.domain.plan_values import Method, NoSolution, PlanRequest, Unknown

RATE_STEPS = 10**6  # a rate is found to six decimals: 0.0001 of a percent
LOOKED_BEYOND = 8  # steps above a highest rate, where rounded interest might let a plan come out once more
# Methods made for an unknown, which is then more than zero.
NEEDLESS: dict[Unknown, Method] = {"waive": "settlement", "down_payment": "down_payment"}


def shortfall(terms: Terms, count: int) -> CannotPay | None:
    """Why `count` instalments of the terms' amount do not pay the debt; None when they do, or pay too much.

    More of a debt, a higher rate, a smaller amount never pay where less, lower, larger do not. A last instalment that
    rounded interest cannot hit, which comes and goes with the rate, is therefore taken as the nearest below it.
    """
    last = terms.balloon
    if last is not None:
        paid_off = terms.rate.base_for(last)
        last = paid_off + terms.rate.on(paid_off)
    try:
        parts_of(replace(terms, count=None, most=count, balloon=last))
    except CannotPay as fault:
        return None if fault.problem == "balloon" else fault
    return None


@dataclass(frozen=True, slots=True)
class Search:
    """For the smallest whole number in `low..high` with which the instalments pay the debt; `put` sets it, and it is
    looked for `near` a guess first."""

    count: int
    low: int
    high: int
    put: Callable[[int], PlanRequest]
    near: int

    @classmethod
    def of_amount(cls, request: PlanRequest) -> Search:
        count, terms = request.instalments or 1, terms_of(request)
        base = replace(request, instalments=None)
        highest = terms.base + terms.rate.on(terms.base)  # pays at once
        near = amount_near(terms, count)
        return cls(count, 1, highest, lambda amount: replace(base, instalment_amount=amount), near)

    @classmethod
    def of_rate(cls, request: PlanRequest) -> Search:
        """The highest rate is the smallest of its negatives, in steps."""
        count, base = request.instalments or 1, replace(request, instalments=None)

        def put(steps: int) -> PlanRequest:
            return replace(base, annual_rate=Decimal(-steps) / RATE_STEPS)

        near = round(-RATE_STEPS * rate_share_near(terms_of(put(-RATE_STEPS)), count))
        return cls(count, -RATE_STEPS, 0, put, near)

    @classmethod
    def of_waiver(cls, request: PlanRequest, limit: Balance | None) -> Search:
        count, base = request.instalments or 1, replace(request, instalments=None)
        may = request.balance
        if limit is not None:
            may = Balance(**{name: min(may.part(name), limit.part(name)) for name in COMPONENTS})
        terms = terms_of(base)
        left = min(terms.base, request.balance.total - request.down_payment)  # old interest may run on
        most = min(may.total, left - 1)  # something is left to pay

        def put(waived: int) -> PlanRequest:
            return replace(base, waive=spread(waived, may, WAIVED_FIRST))

        return cls(count, 0, most, put, _near(put, most, terms, count))

    @classmethod
    def of_down_payment(cls, request: PlanRequest) -> Search:
        count, base = request.instalments or 1, replace(request, instalments=None)
        terms = terms_of(base)
        most = min(terms.base, request.balance.total - request.waive.total) - 1

        def put(amount: int) -> PlanRequest:
            return replace(base, down_payment=amount)

        return cls(count, 0, most, put, _near(put, most, terms, count))

    def short(self, value: int) -> CannotPay | None:
        return shortfall(terms_of(self.put(value)), self.count)

    def pays(self, value: int) -> bool:
        return self.short(value) is None

    def smallest(self) -> int:
        """Given that `high` pays."""
        return smallest(self.low, self.high, self.pays, near=self.near)


def _near(put: Callable[[int], PlanRequest], most: int, terms: Terms, count: int) -> int:
    """What has to go of the base, less the old interest that would have run on with it."""
    surplus = surplus_near(terms, count)
    if not 0 < surplus < most:
        return surplus
    return surplus - (terms.base - surplus - terms_of(put(surplus)).base)


def search_for(request: PlanRequest, unknown: Unknown, waive_limit: Balance | None) -> Search:
    """The search in a request that has its number of instalments."""
    if unknown == "annual_rate":
        return Search.of_rate(request)
    if unknown == "waive":
        return Search.of_waiver(request, waive_limit)
    if unknown == "down_payment":
        return Search.of_down_payment(request)
    return Search.of_amount(request)


def least_amount(request: PlanRequest, count: int) -> int:
    """The smallest amount that pays the debt in at most `count` instalments."""
    return Search.of_amount(replace(request, instalments=count, instalment_amount=None)).smallest()


def found(search: Search, unknown: Unknown) -> tuple[PlanRequest, Message]:
    """The request with the best value in it, and the proof. `NoSolution` when no value does."""
    _check_balloon(search, unknown, terms_of(search.put(search.low)))
    fault = search.short(search.high)
    if fault is not None:
        raise _impossible(search, unknown, search.high, fault)
    value = search.smallest()
    if unknown == "annual_rate":
        value = _exact_rate(search, value)
    solved = search.put(value)
    if value > search.low:
        return solved, _proof(search, unknown, value)
    if solved.method == NEEDLESS.get(unknown):
        raise needless(solved, unknown)
    return solved, no_neighbour(unknown, solved)


def _proof(search: Search, unknown: Unknown, value: int) -> Message:
    """Why the value before does not do: worked out on its own parts."""
    neighbour = search.put(value - 1)
    short = search.short(value - 1)
    if short is not None and _fault(search.put(value), search.count, "balloon"):
        # The neighbour pays too little and this value already too much: the interest is not covered.
        raise _impossible(search, unknown, value - 1, short)
    fault = _fault(neighbour, search.count)
    if fault is None:
        raise AssertionError(f"{unknown}: {value - 1} does as well as {value}")
    return neighbour_fails(unknown, neighbour, why_not(fault, neighbour))


def _fault(request: PlanRequest, count: int, problem: str | None = None) -> CannotPay | None:
    """What is wrong with the request's instalments as they are; only of one kind when asked."""
    try:
        parts_of(replace(terms_of(request), count=None, most=count))
    except CannotPay as fault:
        return fault if problem in {None, fault.problem} else None
    return None


def _exact_rate(search: Search, value: int) -> int:
    """The highest rate where rounding makes the border uneven."""
    method = search.put(value).method
    if method == "equal_principal":
        # A cent of rounded interest can let the plan come out once more a little higher.
        while higher := [n for n in range(max(search.low, value - LOOKED_BEYOND), value) if search.pays(n)]:
            value = higher[0]
    if method == "balloon":
        while _fault(search.put(value), search.count, "balloon_gap"):
            value = _next_hit(search, value)
    return value


def _next_hit(search: Search, value: int) -> int:
    """The next lower rate at which the balloon pays off one minor unit more: between them it cannot be hit."""
    terms = terms_of(search.put(value))
    last = terms.balloon or 0
    base = terms.rate.base_for(last) + 1

    def pays_off(steps: int) -> bool:
        return base + terms_of(search.put(steps)).rate.on(base) <= last

    return smallest(value, search.high, pays_off)


def _check_balloon(search: Search, unknown: Unknown, terms: Terms) -> None:
    """A last instalment that is too large, or that no plan ends with, is at fault itself; not so where the rate, on
    which that depends, is asked."""
    if terms.balloon is None or unknown == "annual_rate":
        return
    try:
        parts_of(replace(terms, count=search.count, amount=None))
    except CannotPay as fault:
        if fault.problem not in {"balloon", "balloon_gap"}:
            return
        by_count = replace(terms, count=search.count, amount=None)
        solve(by_count if unknown == "instalment_amount" else replace(terms, count=None, most=search.count))


def _impossible(search: Search, unknown: Unknown, best: int, fault: CannotPay) -> NoSolution:
    """Why not even `best` pays, and the amount with which it would."""
    request = search.put(best)
    return impossible(unknown, request, why_not(fault, request), least_amount(request, search.count))
