"""Requests for every method, the same in each run, and a plain reading of the rules that shares no code with ours."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan import CustomPart, Method, NoSolution, PlanRequest, PlanResult, Step, calculate

EACH = 500  # plans of each method
METHODS: tuple[Method, ...] = (
    "equal_instalment",
    "equal_principal",
    "interest_free",
    "stepped",
    "down_payment",
    "balloon",
    "settlement",
    "custom",
)
A_YEAR = {"weekly": 52, "fortnightly": 26, "monthly": 12}


def plans(method: Method) -> Iterator[PlanResult]:
    """`EACH` plans of a method; a draw that has no solution is drawn again."""
    pick = random.Random(f"plans by {method}")
    made = 0
    while made < EACH:
        try:
            result = calculate(_request(pick, method))
        except NoSolution:
            continue
        made += 1
        yield result


def _request(pick: random.Random, method: Method) -> PlanRequest:
    as_of = date(2015, 1, 1) + timedelta(days=pick.randrange(4000))
    principal = pick.choice([pick.randint(100_00, 5_000_00), pick.randint(5_000_00, 200_000_00), 50_000_000_00])
    parts = (pick.choice([0, pick.randint(1, principal // 4)]) for _ in range(4))
    balance = Balance(principal, *parts)
    waive = Balance(penalty=pick.choice([0, balance.penalty]), interest=pick.randint(0, balance.interest))
    fields: dict[str, Any] = {
        "as_of": as_of,
        "jurisdiction": "zh-CN",
        "currency": "CNY",
        "days_past_due": pick.randint(1, 200),
        "balance": balance,
        "waive": waive,
        "method": method,
        "first_due": as_of + timedelta(days=pick.randint(0, 45)),
        "annual_rate": Decimal(pick.choice([0, pick.randint(1, 3600), 1500])) / 10_000,
        "frequency": pick.choice(["monthly", "monthly", "fortnightly", "weekly"]),
        "business_days": pick.choice(["none", "following"]),
        "clock": pick.choice(["running", "stopped"]),
        "discount_rate": Decimal(pick.randint(0, 1500)) / 10_000,
    }
    left = (balance - waive).total
    count = pick.randint(2, 60)
    if method in {"interest_free", "settlement"}:
        fields["annual_rate"] = Decimal(0)
    if method == "stepped":
        every = pick.randint(1, 12)
        fields["step"] = pick.choice(
            [Step(every, percent=Decimal(pick.randint(-5, 15))), Step(every, amount=pick.randint(0, left // 2000))]
        )
    if method == "down_payment":
        fields["down_payment"] = pick.randint(1, left // 2)
    if method == "balloon":
        fields["balloon"] = pick.randint(1, left // 2)
    if method == "settlement":
        fields["settlement_amount"] = pick.randint(left // 3, left - 1)
        count = pick.randint(1, 6)
    if method == "custom":
        return _custom(pick, PlanRequest(**fields), left, count)
    if method != "settlement" and pick.random() < 0.3:
        return PlanRequest(**fields, instalment_amount=pick.randint(left // 40 + 1, left // 2))
    return PlanRequest(**fields, instalments=count)


def _custom(pick: random.Random, request: PlanRequest, left: int, count: int) -> PlanRequest:
    """Any amounts on any dates; the last one is what the plain reading says is left."""
    rate = period_rate(request)
    day, parts = request.first_due or request.as_of, []
    for _ in range(count - 1):
        interest = half_up(left * rate)
        amount = interest + pick.randint(1, max(1, left // count))
        if left + interest - amount < 1:
            break
        left += interest - amount
        parts.append(CustomPart(day, amount))
        day += timedelta(days=pick.randint(7, 40))
    parts.append(CustomPart(day, left + half_up(left * rate)))
    return replace(request, first_due=None, custom=tuple(parts))


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves up; `value` is not negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def period_rate(request: PlanRequest) -> Fraction:
    return Fraction(request.annual_rate) / A_YEAR[request.frequency]


def base_of(result: PlanResult) -> int:
    """What the instalments have to pay."""
    paid_first = result.down_payment.amount if result.down_payment is not None else 0
    return result.request.balance.total - result.waived.total - paid_first


def replayed(base: int, rate: Fraction, amounts: Sequence[int]) -> list[tuple[int, int]]:
    """Interest of each period, rounded half up to the cent, and what is left after its payment."""
    rows, left = [], base
    for amount in amounts:
        interest = half_up(left * rate)
        left += interest - amount
        rows.append((interest, left))
    return rows


def steps(first: int, step: Step, count: int) -> list[int]:
    """A stepped plan's amounts, each rounded half up from the first."""
    if step.amount is not None:
        return [first + step.amount * (k // step.every) for k in range(count)]
    growth = 1 + Fraction(step.percent or 0) / 100
    return [half_up(first * growth ** (k // step.every)) for k in range(count)]


def last_of(base: int, rate: Fraction, amounts: Sequence[int]) -> int:
    """What the last payment would have to be after `amounts`."""
    left = replayed(base, rate, amounts)[-1][1]
    return left + half_up(max(left, 0) * rate)


_LATE = ("principal", "costs", "interest", "penalty", "fees")  # from day 91
_EARLY = ("costs", "interest", "penalty", "fees", "principal")
_WAIVED_FIRST = ("penalty", "fees", "interest", "costs", "principal")


def poured(amount: int, owed: dict[str, int], order: Sequence[str]) -> dict[str, int]:
    """The amount poured over the components one after the other; `owed` is lowered."""
    taken = dict.fromkeys(COMPONENTS, 0)
    for name in order:
        taken[name] = min(amount, owed[name])
        owed[name] -= taken[name]
        amount -= taken[name]
    assert amount == 0
    return taken


def components(result: PlanResult) -> tuple[dict[str, int], list[dict[str, int]]]:
    """What is waived, and what each payment (the down payment first, if there is one) pays of the old components."""
    request = result.request
    owed = {name: request.balance.part(name) - request.waive.part(name) for name in COMPONENTS}
    waived = {name: request.waive.part(name) for name in COMPONENTS}
    if request.settlement_amount is not None:
        given_up = poured(sum(owed.values()) - request.settlement_amount, owed, _WAIVED_FIRST)
        waived = {name: waived[name] + given_up[name] for name in COMPONENTS}
    flows = [(row.due, row.amount - row.plan_interest) for row in result.schedule]
    if result.down_payment is not None:
        flows.insert(0, (result.down_payment.on, result.down_payment.amount))
    paid = []
    for day, amount in flows:
        passed = (day - request.as_of).days if request.clock == "running" else 0
        paid.append(poured(amount, owed, _LATE if request.days_past_due + passed > 90 else _EARLY))
    assert not any(owed.values())
    return waived, paid
