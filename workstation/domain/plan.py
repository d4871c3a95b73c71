"""The repayment-plan calculator: `calculate` turns a request into a schedule to the cent and what follows from it.

Domain rules, "Plan". The JSON form is `plan_form.run_plan`; both give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from workstation.domain.affordability import Affordability, assess
from workstation.domain.authority import approval_for
from workstation.domain.due_dates import PERIODS, DueDate, due_dates, moved
from workstation.domain.message import msg
from workstation.domain.money import Balance
from workstation.domain.plan_check import check
from workstation.domain.plan_findings import findings, longest_end
from workstation.domain.plan_measures import effective_annual_rate, present_value
from workstation.domain.plan_methods import Part, PeriodRate
from workstation.domain.plan_owing import WAIVED_FIRST, Owing, first_date, opening, whole
from workstation.domain.plan_solve import solve
from workstation.domain.plan_terms import Terms
from workstation.domain.plan_values import (
    Accrual,
    Clock,
    CustomPart,
    DownPayment,
    Finding,
    Instalment,
    Method,
    NoSolution,
    PlanAccount,
    PlanRequest,
    PlanResult,
    Step,
    Totals,
)
from workstation.domain.rulepack import RulePack, load

__all__ = [
    "WAIVED_FIRST",
    "Accrual",
    "Clock",
    "CustomPart",
    "DownPayment",
    "Finding",
    "Instalment",
    "Method",
    "NoSolution",
    "PlanAccount",
    "PlanRequest",
    "PlanResult",
    "Step",
    "Totals",
    "calculate",
    "terms_of",
]


def calculate(request: PlanRequest) -> PlanResult:
    """The plan. `InputError` names the field at fault; `NoSolution` says why there is none and what would work."""
    pack = load(request.jurisdiction, request.as_of)
    request = check(request)
    _check_custom_term(request, pack)
    owing, down, accrued = opening(request, pack.payment_order)
    waived = owing.waived
    balance = request.balance if accrued is None else request.balance + Balance(interest=accrued.interest)
    parts = solve(_terms(request, owing.total, pack))
    schedule = _schedule(parts, _dates(request, len(parts)), owing)
    flows = [(row.due, row.amount) for row in schedule]
    if down is not None:
        flows.insert(0, (down.on, down.amount))
    affordability, affordable = _affordable(request, schedule, pack)
    result = PlanResult(
        request=request,
        schedule=schedule,
        down_payment=down,
        waived=waived,
        waived_share=Decimal(waived.total) / balance.total,
        totals=_totals(schedule, owing.applied),
        effective_annual_rate=effective_annual_rate(_debt(request.balance, waived), request.as_of, flows),
        present_value=None
        if request.discount_rate is None
        else present_value(flows, request.as_of, request.discount_rate),
        affordability=affordability,
        affordable=affordable,
        approval=approval_for(request.role, balance, waived, _months(request, schedule), request.currency),
        findings=(),
        accrued=accrued,
        accounts=owing.by_account(),
    )
    return replace(result, findings=tuple(findings(result, pack)))


def _debt(balance: Balance, waived: Balance) -> int:
    """The debt after waivers on its day. What is waived of interest that ran on later is no part of it."""
    return sum(max(0, owed - waived.part(name)) for name, owed in balance.parts().items())


def terms_of(request: PlanRequest) -> Terms:
    """What the parts of this plan are found from, dates aside: the base after waivers and down payment, the rate, the
    longest term. The request is taken as it is; `calculate` is what checks it."""
    pack = load(request.jurisdiction, request.as_of)
    request = whole(request)
    return _terms(request, opening(request, pack.payment_order).owing.total, pack)


def _terms(request: PlanRequest, base: int, pack: RulePack) -> Terms:
    settling = request.method == "settlement"
    rule = pack.rule("settlement_parts" if settling else "plan_longest_months")
    periods = PERIODS[request.frequency]
    count = 1 if settling and request.instalments is None and request.instalment_amount is None else request.instalments
    return Terms(
        method=request.method,
        currency=request.currency,
        base=base,
        rate=PeriodRate.of(request.annual_rate, periods),
        most=pack.settlement_parts if settling else pack.plan_longest_months * periods // 12,
        limit=rule.source,
        count=count,
        amount=request.instalment_amount,
        step=request.step,
        balloon=request.balloon,
        custom=tuple(part.amount for part in request.custom),
    )


def _dates(request: PlanRequest, count: int) -> list[DueDate]:
    if request.custom:
        return [moved(part.due, request.business_days, request.jurisdiction) for part in request.custom]
    return due_dates(first_date(request), count, request.frequency, request.business_days, request.jurisdiction)


def _schedule(parts: Sequence[Part], dates: Sequence[DueDate], owing: Owing) -> tuple[Instalment, ...]:
    rows: list[Instalment] = []
    for n, (part, day) in enumerate(zip(parts, dates, strict=True), 1):
        applied, shares = owing.pay(part.amount - part.plan_interest, day.due)
        rows.append(Instalment(n, day.nominal, day.due, part.amount, part.plan_interest, applied, part.left, shares))
    return tuple(rows)


def _totals(schedule: Sequence[Instalment], applied: Balance) -> Totals:
    interest = sum(row.plan_interest for row in schedule)
    return Totals(applied.total + interest, interest, applied)


def _months(request: PlanRequest, schedule: Sequence[Instalment]) -> Decimal:
    """The plan's length: its periods in months; a custom plan's by the calendar, begun months counted."""
    if not request.custom:
        return Decimal(len(schedule) * 12) / PERIODS[request.frequency]
    last = schedule[-1].nominal_due
    months = (last.year - request.as_of.year) * 12 + last.month - request.as_of.month
    return Decimal(months + (last.day > request.as_of.day))


def _affordable(
    request: PlanRequest, schedule: Sequence[Instalment], pack: RulePack
) -> tuple[Affordability | None, bool | None]:
    if request.budget is None:
        return None, None
    found = assess(request.budget, request.balance.total, pack.safety_share)
    largest = max(row.amount for row in schedule)
    return found, largest * PERIODS[request.frequency] <= found.available * 12


def _check_custom_term(request: PlanRequest, pack: RulePack) -> None:
    """A plan of stated dates has its term in them, not in their number."""
    end = longest_end(request, pack)
    if request.custom and request.custom[-1].due > end:
        n = len(request.custom)
        raise NoSolution(
            msg(
                "The last instalment is due on {last}, later than the longest term allows, {end} ({source}).",
                last=request.custom[-1].due,
                end=end,
                source=pack.rule("plan_longest_months").source,
            ),
            field=f"custom[{n - 1}].due",
            nearest={"custom": {"n": n, "due": end.isoformat()}} if n == 1 or request.custom[-2].due < end else None,
        )
