"""Calculates what was asked: what is left empty is found, one unknown is solved with its proof, and where an amount is
too small for the longest plan, the waiver that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workstation.domain.message import Message, Money, Percent, msg, nmsg
from workstation.domain.money import Balance, to_minor
from workstation.domain.plan import calculate, terms_of
from workstation.domain.plan_form import read_request, solve_request
from workstation.domain.plan_proof import RATE_PLACES
from workstation.domain.plan_unknown import Solved, solve_for
from workstation.domain.plan_unknown_form import plain_request
from workstation.domain.plan_values import NOTHING, NoSolution, PlanRequest, PlanResult

WAIVABLE = ("interest", "penalty", "fees")  # 息费减免: what is given up before anybody speaks of the principal


@dataclass(frozen=True, slots=True)
class Worked:
    """`request` gives `result` without any solving. `found` is what was solved, by field of the form."""

    request: dict[str, Any]
    result: PlanResult
    found: Mapping[str, Message]
    proof: Message | None = None
    note: Message | None = None  # what was found that nobody asked for


def worked(request: dict[str, Any]) -> Worked:
    """`InputError` and `NoSolution` as of the `plan` command."""
    solved = solve_request(request) if "solve" in request else None
    if solved is not None:
        return Worked(plain_request(request, solved), solved.result, _found(solved), solved.proof)
    typed = read_request(request)
    try:
        return Worked(request, calculate(typed), {})
    except NoSolution as none:
        if (filled := _last_amount(request, none)) is not None:
            return Worked(filled, calculate(read_request(filled)), {})
        if (waived := _with_waiver(typed)) is None:
            raise
        note = nmsg(
            "In {n} instalment, the longest there is, this needs {waived} waived.",
            "In {n} instalments, the longest there is, this needs {waived} waived.",
            waived.result.instalments,
            waived=Money(waived.result.waived.total, typed.currency),
        )
        return Worked(plain_request(request, waived), waived.result, _found(waived), waived.proof, note)


def _found(solved: Solved) -> dict[str, Message]:
    request = solved.request
    if solved.field == "waive":
        parts = request.waive.parts().items()
        return {f"waive_{name}": msg("{amount}", amount=Money(part, request.currency)) for name, part in parts if part}
    if solved.field == "annual_rate":
        return {"annual_rate": msg("{percent}", percent=Percent(request.annual_rate, RATE_PLACES))}
    if solved.field == "down_payment":
        return {"down_payment": msg("{amount}", amount=Money(request.down_payment, request.currency))}
    return {}


def _last_amount(request: Mapping[str, Any], none: NoSolution) -> dict[str, Any] | None:
    """Own dates whose last amount was left out (it reads as the smallest there is): with what is left then."""
    nearest = none.nearest.get("custom") if none.nearest else None
    parts: list[Mapping[str, str]] = request.get("custom", [])
    if not isinstance(nearest, Mapping) or not parts or nearest.get("n") != len(parts):
        return None
    if to_minor(parts[-1]["amount"], request["currency"]) != 1:
        return None
    return {**request, "custom": [*parts[:-1], {**parts[-1], "amount": str(nearest["amount"])}]}


def _with_waiver(request: PlanRequest) -> Solved | None:
    """An amount that takes longer than the longest plan, with the smallest waiver of interest and charges that does;
    None where a waiver was typed, or where that is not the trouble or does not help."""
    if request.instalment_amount is None or request.waive != NOTHING or request.method in {"settlement", "custom"}:
        return None
    limit = Balance(**{name: request.balance.part(name) for name in WAIVABLE})  # type: ignore[arg-type]
    terms = terms_of(request)
    if request.instalment_amount * terms.most < terms.base - limit.total and request.step is None:
        return None  # not even without interest: nothing need be searched
    try:
        return solve_for(replace(request, instalments=terms.most), "waive", waive_limit=limit)
    except NoSolution:
        return None
