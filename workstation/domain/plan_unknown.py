"""Solves a plan for the one thing that is not given, and proves the answer by its neighbour, which does not do.

Domain rules, "Plan": the number, the amount, the rate, the waiver, the down payment, the last date, the first amount
of a stepped plan. All searches run on the amounts of the parts; dates and measures are worked out once, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workstation.domain.message import Message, msg
from workstation.domain.money import Balance, to_minor
from workstation.domain.plan import calculate, terms_of
from workstation.domain.plan_check import with_sums
from workstation.domain.plan_givens import check_givens, due_of, instalments_until
from workstation.domain.plan_nearest import CHANGES_TRIED, together
from workstation.domain.plan_proof import before_last, next_is_late, one_fewer_fails, too_many, why_not
from workstation.domain.plan_search import found, search_for, shortfall
from workstation.domain.plan_terms import Terms
from workstation.domain.plan_values import NoSolution, PlanRequest, PlanResult, Unknown

MONEY = frozenset({"instalment_amount", "balloon"})  # of the fields a nearest solution may change


@dataclass(frozen=True, slots=True)
class Solved:
    """`calculate(request)` is `result`. `value` is minor units, a number of instalments, a yearly rate or a day;
    `proof` says what the next smaller value (of a rate the next larger) gives and why it does not do."""

    request: PlanRequest
    result: PlanResult
    field: Unknown
    value: int | Decimal | date
    proof: Message


def solve_for(
    request: PlanRequest, unknown: Unknown, *, last_due: date | None = None, waive_limit: Balance | None = None
) -> Solved:
    """The plan with the unknown's best value: the fewest instalments, the smallest amount, the highest rate to six
    decimals, the smallest waiver or down payment, the earliest last date.

    The instalments are at most the amount each (of a stepped plan its steps, of a balloon plan all but the last; of
    equal principal the first is the largest), and at most the number given. `last_due` may be given in place of the
    number: as many instalments as fall due until then. A waiver is spread as a settlement's, none of a component
    beyond `waive_limit`. `InputError` says what has to be given; `NoSolution` why there is none and what would work.
    """
    request = with_sums(request)
    check_givens(request, unknown, last_due, waive_limit)
    try:
        return _solved(request, unknown, last_due, waive_limit)
    except NoSolution as error:
        nearest = _nearest(request, unknown, last_due, waive_limit, error)
        said = _completed(error, nearest, request.currency)
        raise NoSolution(said, field=error.field, nearest=nearest) from None


def _solved(request: PlanRequest, unknown: Unknown, last_due: date | None, waive_limit: Balance | None) -> Solved:
    terms = terms_of(request)
    if unknown in {"instalments", "last_due"}:
        if request.instalment_amount is not None:
            return _fewest(request, unknown, terms)
        return _until(request, unknown, last_due, terms)
    if last_due is not None:
        request = replace(request, instalments=instalments_until(request, last_due, terms.most))
    if (request.instalments or 0) > terms.most:
        raise too_many(request.instalments or 0, terms)
    solved, proof = found(search_for(request, unknown, waive_limit), unknown)
    values: dict[Unknown, int | Decimal] = {
        "annual_rate": solved.annual_rate,
        "waive": solved.waive.total,
        "down_payment": solved.down_payment,
    }
    value = values.get(unknown, solved.instalment_amount or 0)
    return Solved(solved, calculate(solved), unknown, value, proof)


def _nearest(
    request: PlanRequest, unknown: Unknown, last_due: date | None, waive_limit: Balance | None, error: NoSolution
) -> dict[str, object] | None:
    """The nearest that works, tried: one change may call for another. None when that leads nowhere."""
    changes: dict[str, object] = {}
    for _ in range(CHANGES_TRIED):
        if error.nearest is None:
            return None
        changes.update(error.nearest)
        if last_due is not None and isinstance(count := changes.pop("instalments", None), int):
            changes["last_due"] = due_of(request, count).isoformat()  # the request gives its term by the day
        day = changes.get("last_due")
        until = date.fromisoformat(day) if isinstance(day, str) else last_due
        try:
            _solved(_changed(request, changes), unknown, until, waive_limit)
        except NoSolution as again:
            error = again
        else:
            return changes
    return None


def _completed(error: NoSolution, nearest: Mapping[str, object] | None, currency: str) -> Message:
    """The reason, which names the first change, with those that it calls for."""
    known = error.nearest or {}
    further = {name: value for name, value in (nearest or {}).items() if known.get(name) != value}
    if not further:
        return error.message
    return msg("{why} It also takes {nearest}.", why=error.message, nearest=together(further, currency))


def _changed(request: PlanRequest, changes: Mapping[str, object]) -> PlanRequest:
    """The request with the changes, which are in its JSON form."""
    fields: dict[str, Any] = {
        name: to_minor(value, request.currency) if name in MONEY and isinstance(value, str) else value
        for name, value in changes.items()
        if name != "last_due"
    }
    return replace(request, **fields)


def _fewest(request: PlanRequest, unknown: Unknown, terms: Terms) -> Solved:
    """From the amount: when does it end?"""
    result = calculate(request)
    n = result.instalments
    fault = None if n <= _fewest_of(request) else shortfall(terms, n - 1)
    proof = one_fewer_fails(None if fault is None else why_not(fault, request))
    return Solved(request, result, unknown, n if unknown == "instalments" else result.payoff, proof)


def _until(request: PlanRequest, unknown: Unknown, last_due: date | None, terms: Terms) -> Solved:
    """Without the amount: how many instalments run to a date, or until when a number of them runs."""
    if last_due is None:
        result = calculate(request)
        n = result.instalments
        proof = before_last(n - 1 if n > _fewest_of(request) else 0, due_of(request, max(1, n - 1)))
        return Solved(request, result, unknown, result.payoff, proof)
    count = instalments_until(request, last_due, terms.most)
    solved = replace(request, instalments=count)
    try:
        result = calculate(solved)
    except NoSolution as error:
        fewer = (error.nearest or {}).get("instalments")
        if not isinstance(fewer, int):
            raise
        # The number was not the request's: say until when the nearest one runs.
        nearest = {"last_due": due_of(request, fewer).isoformat()}
        raise NoSolution(error.message, field="last_due", nearest=nearest) from None
    return Solved(solved, result, unknown, count, next_is_late(due_of(request, count + 1)))


def _fewest_of(request: PlanRequest) -> int:
    return 2 if request.method == "balloon" else 1
