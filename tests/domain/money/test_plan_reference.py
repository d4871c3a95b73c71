"""The calculator against a plain and slow reckoning of the same rules: rows, components, present value."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from workstation.domain.calendar import is_business_day
from workstation.domain.money import Balance
from workstation.domain.plan import NoSolution, PlanRequest, Step, calculate

AS_OF = date(2026, 11, 23)
EARLY = ("costs", "interest", "penalty", "fees", "principal")  # domain rules, "Plan": up to day 90
LATE = ("principal", "costs", "interest", "penalty", "fees")  # from day 91
PERIODS = {"weekly": 52, "fortnightly": 26, "monthly": 12}

PART = st.integers(0, 10**11)
REQUESTS = st.builds(
    PlanRequest,
    as_of=st.just(AS_OF),
    jurisdiction=st.just("zh-CN"),
    currency=st.just("CNY"),
    days_past_due=st.integers(0, 120),
    balance=st.builds(Balance, st.integers(10_000, 10**12), PART, PART, PART, PART),
    method=st.sampled_from(["equal_instalment", "equal_principal"]),
    annual_rate=st.integers(0, 2400).map(lambda n: Decimal(n) / 10_000),
    instalments=st.integers(1, 60),
    first_due=st.dates(AS_OF, AS_OF + timedelta(days=90)),
    frequency=st.sampled_from(["weekly", "fortnightly", "monthly"]),
    business_days=st.sampled_from(["none", "following"]),
    clock=st.sampled_from(["running", "stopped"]),
    discount_rate=st.integers(0, 2000).map(lambda n: Decimal(n) / 10_000),
)


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def nominal(request: PlanRequest, k: int) -> date:
    first = request.first_due
    assert first is not None
    if request.frequency != "monthly":
        return first + timedelta(days=k * (7 if request.frequency == "weekly" else 14))
    year, month = divmod(first.year * 12 + first.month - 1 + k, 12)
    day = first.day
    while True:
        try:
            return date(year, month + 1, day)
        except ValueError:
            day -= 1


def reckoned(request: PlanRequest) -> list[tuple[Any, ...]]:
    """(due, amount, plan interest, components in the order of EARLY, left) of every row, in exact fractions."""
    left = request.balance.parts()
    base, count = sum(left.values()), request.instalments or 1
    i = Fraction(request.annual_rate) / PERIODS[request.frequency]
    annuity = half_up(base * i / (1 - (1 + i) ** -count)) if i else half_up(Fraction(base, count))
    rows = []
    for k in range(count):
        interest = half_up(base * i)
        share = half_up(Fraction(request.balance.total, count)) if request.method == "equal_principal" else None
        paid = annuity - interest if share is None else share
        if k == count - 1:
            paid = base
        due = nominal(request, k)
        while request.business_days == "following" and not is_business_day(due):
            due += timedelta(days=1)
        passed = (due - request.as_of).days if request.clock == "running" else 0
        purse, taken = paid, dict.fromkeys(EARLY, 0)
        for name in LATE if request.days_past_due + passed > 90 else EARLY:
            taken[name] = min(purse, left[name])  # type: ignore[index]
            left[name] -= taken[name]  # type: ignore[index]
            purse -= taken[name]
        base -= paid
        rows.append((due, paid + interest, interest, tuple(taken[name] for name in EARLY), base))
    return rows


@given(REQUESTS)
def test_every_row_is_the_plain_reckonings(request: PlanRequest) -> None:
    try:
        result = calculate(request)
    except NoSolution:
        assume(False)
        raise
    rows = reckoned(request)
    assert rows == [
        (row.due, row.amount, row.plan_interest, tuple(row.applied.part(name) for name in EARLY), row.balance)  # type: ignore[arg-type]
        for row in result.schedule
    ]
    with localcontext() as context:
        context.prec = 80
        rate = 1 + (request.discount_rate or Decimal(0))
        worth = sum(
            (Decimal(row[1]) / rate ** (Decimal((row[0] - AS_OF).days) / 365) for row in rows), start=Decimal(0)
        )
        assert result.present_value == int(worth.quantize(Decimal(1), ROUND_HALF_UP))


@given(
    st.integers(1_000, 10**15),
    st.integers(0, 2400).map(lambda n: Decimal(n) / 10_000),
    st.integers(2, 60),
    st.builds(Step, every=st.integers(1, 12), percent=st.integers(-30, 50).map(Decimal))
    | st.builds(Step, every=st.integers(1, 12), percent=st.none(), amount=st.integers(-(10**6), 10**9)),
)
def test_the_first_step_is_the_one_that_halving_finds(base: int, rate: Decimal, count: int, step: Step) -> None:
    i = Fraction(rate) / 12

    def wanted(first: int, k: int) -> int:
        power = k // step.every
        if step.amount is not None:
            return first + step.amount * power
        return half_up(first * (1 + Fraction(step.percent or 0) / 100) ** power)

    def fits(first: int) -> bool:
        left = base
        for k in range(count - 1):
            left += half_up(max(left, 0) * i) - wanted(first, k)
        return left + half_up(max(left, 0) * i) <= wanted(first, count - 1)

    low, high = 1, 2 * base + 10**9 * count
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    request = PlanRequest(
        as_of=AS_OF, jurisdiction="zh-CN", currency="CNY", balance=Balance(principal=base), method="stepped",
        annual_rate=rate, instalments=count, step=step, first_due=AS_OF,
    )  # fmt: skip
    try:
        result = calculate(request)
    except NoSolution:
        assume(False)
        raise
    assert result.schedule[0].amount == low
