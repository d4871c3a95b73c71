"""Each method by its rule, and what holds for all of them whatever the debt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy_financial
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.money.plan_requests import principal_only
from workstation.domain.due_dates import PERIODS
from workstation.domain.money import Balance, round_half_up
from workstation.domain.plan import CustomPart, NoSolution, PlanRequest, PlanResult, Step, calculate

PARTS = st.integers(0, 10**12)
BALANCES = st.builds(Balance, st.integers(1, 10**12), PARTS, PARTS, PARTS, PARTS)
RATES = st.integers(0, 3600).map(lambda n: Decimal(n) / 10_000)
FIRST_DUES = st.dates(date(2026, 11, 23), date(2028, 3, 1))


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    """Any request whose fields belong together; it may still have no solution."""
    method = draw(
        st.sampled_from(["equal_instalment", "equal_principal", "interest_free", "stepped", "down_payment", "balloon"])
    )
    balance = draw(BALANCES)
    waive = Balance(penalty=draw(st.integers(0, balance.penalty)), interest=draw(st.integers(0, balance.interest)))
    left = balance.total - waive.total
    assume(left > 1)
    request = PlanRequest(
        as_of=date(2026, 11, 23),
        jurisdiction=draw(st.sampled_from(["zh-CN", "en-US"])),
        currency="CNY",
        days_past_due=draw(st.integers(0, 400)),
        balance=balance,
        waive=waive,
        method=method,
        first_due=draw(FIRST_DUES),
        annual_rate=Decimal(0) if method == "interest_free" else draw(RATES),
        frequency=draw(st.sampled_from(["weekly", "fortnightly", "monthly"])),
        business_days=draw(st.sampled_from(["none", "following"])),
        clock=draw(st.sampled_from(["running", "stopped"])),
        step=draw(STEPS) if method == "stepped" else None,
        balloon=draw(st.integers(1, left)) if method == "balloon" else None,
        down_payment=draw(st.integers(1, left - 1)) if method == "down_payment" else 0,
    )
    if draw(st.booleans()):
        return replace(request, instalments=draw(st.integers(2, 60)))
    return replace(request, instalment_amount=draw(st.integers(max(1, left // 60), left)))


STEPS = st.builds(
    Step, every=st.integers(1, 12), percent=st.integers(-20, 30).map(Decimal), amount=st.none()
) | st.builds(Step, every=st.integers(1, 12), percent=st.none(), amount=st.integers(-500, 50_000))


def worked(request: PlanRequest) -> PlanResult:
    """The plan; draws without a solution are not what these tests are about."""
    try:
        return calculate(request)
    except NoSolution:
        assume(False)
        raise


@given(requests())
def test_what_is_paid_is_what_was_owed_component_by_component(request: PlanRequest) -> None:
    result = worked(request)
    owed = request.balance - result.waived
    assert result.totals.applied == owed
    assert result.totals.paid == owed.total + result.totals.plan_interest
    paid = sum(row.amount for row in result.schedule) + (result.down_payment.amount if result.down_payment else 0)
    assert paid == result.totals.paid
    assert result.schedule[-1].balance == 0


@given(requests())
def test_each_row_adds_up_and_nothing_is_negative(request: PlanRequest) -> None:
    result = worked(request)
    left = result.down_payment.balance if result.down_payment else request.balance.total - result.waived.total
    for row in result.schedule:
        # Divided last, as the rule says: a quotient cut to 28 digits would miss the halves.
        assert row.plan_interest == round_half_up(left * request.annual_rate / PERIODS[request.frequency])
        assert row.amount == row.plan_interest + row.applied.total
        assert row.balance == left - row.applied.total
        assert row.amount >= 1
        assert min(row.plan_interest, row.balance, *row.applied.parts().values()) >= 0
        assert row.due >= row.nominal_due
        left = row.balance


@given(requests())
def test_components_are_paid_in_the_order_of_the_instalments_own_day(request: PlanRequest) -> None:
    result = worked(request)
    charges = ["costs", "interest", "penalty", "fees"]
    down = result.down_payment.applied if result.down_payment else Balance()
    left = (request.balance - result.waived - down).parts()
    for row in result.schedule:
        passed = (row.due - request.as_of).days if request.clock == "running" else 0
        late = request.jurisdiction == "zh-CN" and request.days_past_due + passed > 90
        purse = row.amount - row.plan_interest
        for name in ["principal", *charges] if late else [*charges, "principal"]:
            paid = row.applied.parts()[name]
            assert paid == min(purse, left[name])
            purse -= paid
            left[name] -= paid


@given(BALANCES, st.integers(1, 12), st.data())
def test_a_settlement_pays_equal_parts_and_waives_the_rest_in_its_order(
    balance: Balance, count: int, data: st.DataObject
) -> None:
    amount = data.draw(st.integers(1, max(1, balance.total - 1)))
    assume(amount < balance.total)
    request = principal_only(1, "settlement", balance=balance, settlement_amount=amount, instalments=count)
    result = worked(request)
    assert result.totals.paid == amount
    assert result.waived + result.totals.applied == balance
    amounts = [row.amount for row in result.schedule]
    assert len(set(amounts[:-1])) <= 1
    rest = balance.total - amount
    for name in ("penalty", "fees", "interest", "costs", "principal"):
        assert result.waived.parts()[name] == min(rest, balance.parts()[name])
        rest -= result.waived.parts()[name]


# Below one percent numpy's own (1 + i)^n − 1 loses the cents to cancellation.
@given(st.integers(10_000, 10**9), RATES.filter(lambda rate: rate == 0 or rate >= Decimal("0.01")), st.integers(2, 60))
def test_an_equal_instalment_is_the_annuity(base: int, rate: Decimal, count: int) -> None:
    result = worked(principal_only(base, "equal_instalment", annual_rate=rate, instalments=count))
    annuity = -numpy_financial.pmt(float(rate) / 12, count, base)
    assert result.schedule[0].amount == pytest.approx(annuity, abs=0.51)
    amounts = [row.amount for row in result.schedule]
    assert len(set(amounts[:-1])) == 1
    assert abs(amounts[-1] - amounts[0]) <= count * (1 + float(rate)) ** (count / 12)  # the last absorbs the cents


def test_an_equal_instalment_by_hand() -> None:
    # 10,000.00 at 12 % over 12 months: 888.49 by any table of annuities
    result = calculate(principal_only(1_000_000, "equal_instalment", annual_rate=Decimal("0.12"), instalments=12))
    assert [row.amount for row in result.schedule] == [88_849] * 11 + [88_847]
    assert [row.plan_interest for row in result.schedule[:3]] == [10_000, 9_212, 8_415]


def test_equal_principal_by_hand() -> None:
    result = calculate(principal_only(1_000_000, "equal_principal", annual_rate=Decimal("0.12"), instalments=3))
    assert [(row.amount, row.applied.principal) for row in result.schedule] == [
        (343_333, 333_333),
        (340_000, 333_333),
        (336_667, 333_334),
    ]


def test_equal_principal_from_its_first_and_largest_amount() -> None:
    result = calculate(
        principal_only(1_000_000, "equal_principal", annual_rate=Decimal("0.12"), instalment_amount=343_333)
    )
    amounts = [row.amount for row in result.schedule]
    assert amounts[0] == 343_333
    assert amounts == sorted(amounts, reverse=True)


@pytest.mark.parametrize(
    ("step", "amounts"),
    [
        (Step(2, amount=500), [2000, 2000, 2500, 2500, 3000, 3000]),
        (Step(1, amount=-100), [2750, 2650, 2550, 2450, 2350, 2250]),
        # by 10 %: 2266 × 1.1 = 2492.6 and × 1.21 = 2741.86; a first of 2265 would leave 2747 for the last
        (Step(2, percent=Decimal(10)), [2266, 2266, 2493, 2493, 2742, 2740]),
    ],
)
def test_steps_grow_or_shrink(step: Step, amounts: list[int]) -> None:
    result = calculate(principal_only(15_000, "stepped", instalments=6, step=step))
    assert [row.amount for row in result.schedule] == amounts


@given(st.integers(10_000, 10**9), RATES, st.integers(2, 60), STEPS)
def test_the_first_step_is_the_smallest_that_works(base: int, rate: Decimal, count: int, step: Step) -> None:
    result = worked(principal_only(base, "stepped", annual_rate=rate, instalments=count, step=step))
    first = result.schedule[0].amount

    def wanted(amount: int, k: int) -> int:
        power = (k - 1) // step.every
        if step.amount is not None:
            return amount + step.amount * power
        factor = (1 + Decimal(step.percent or 0) / 100) ** power
        return int((amount * factor).quantize(Decimal(1), ROUND_HALF_UP))

    def last(amount: int) -> int:
        left = base
        for k in range(1, count):
            left += round_half_up(left * rate / 12) - wanted(amount, k)
        return left + round_half_up(left * rate / 12)

    assert last(first) <= wanted(first, count)
    assert first == 1 or last(first - 1) > wanted(first - 1, count)
    assert [row.amount for row in result.schedule[:-1]] == [wanted(first, k) for k in range(1, count)]


@given(st.integers(10_000, 10**10), RATES, st.integers(2, 60), st.data())
def test_a_balloon_ends_with_exactly_what_was_stated(base: int, rate: Decimal, count: int, data: st.DataObject) -> None:
    last = data.draw(st.integers(1, base))
    result = worked(principal_only(base, "balloon", annual_rate=rate, instalments=count, balloon=last))
    amounts = [row.amount for row in result.schedule]
    assert amounts[-1] == last
    assert len(set(amounts[:-2])) <= 1


def test_a_balloon_that_rounding_cannot_hit_names_one_that_it_can() -> None:
    request = principal_only(1_000_000, "balloon", annual_rate=Decimal("0.12"), instalments=12)
    missed = next(last for last in range(10_000, 10_200) if not _works(replace(request, balloon=last)))
    with pytest.raises(NoSolution) as refusal:
        calculate(replace(request, balloon=missed))
    assert refusal.value.nearest == {"balloon": f"{(missed - 1) / 100:.2f}"}
    assert _works(replace(request, balloon=missed - 1))


def test_a_balloon_larger_than_the_debt_names_the_largest_that_works() -> None:
    request = principal_only(1_000_000, "balloon", annual_rate=Decimal("0.12"), instalments=12, balloon=9_000_000)
    with pytest.raises(NoSolution) as refusal:
        calculate(request)
    assert refusal.value.nearest is not None
    nearest = int(Decimal(str(refusal.value.nearest["balloon"])) * 100)
    assert _works(replace(request, balloon=nearest))
    assert 1_000_000 <= nearest <= 1_020_000


def test_a_custom_plan_pays_exactly_what_is_left() -> None:
    def agreed(last: int, last_due: date = date(2027, 3, 1)) -> PlanRequest:
        parts = [(date(2026, 12, 1), 40_000), (date(2027, 1, 15), 30_000), (last_due, last)]
        rows = tuple(CustomPart(day, amount) for day, amount in parts)
        return principal_only(100_000, "custom", first_due=None, annual_rate=Decimal("0.12"), custom=rows)

    assert [row.plan_interest for row in calculate(agreed(31_926)).schedule] == [1_000, 610, 316]
    with pytest.raises(NoSolution) as refusal:
        calculate(agreed(31_927))
    amounts = ["400.00", "300.00", "319.26"]
    assert refusal.value.nearest == {"custom": {"n": 3, "amount": "319.26", "amounts": amounts}}
    with pytest.raises(NoSolution) as refusal:
        calculate(agreed(31_926, date(2031, 11, 24)))
    assert refusal.value.nearest == {"custom": {"n": 3, "due": "2031-11-23"}}


def test_a_custom_plans_term_lies_in_its_dates_not_in_their_number() -> None:
    weekly = tuple(CustomPart(date(2026, 12, 1) + timedelta(days=7 * k), 1_000) for k in range(100))
    result = calculate(principal_only(100_000, "custom", first_due=None, custom=weekly))
    assert (result.instalments, result.payoff) == (100, date(2028, 10, 24))


def _works(request: PlanRequest) -> bool:
    try:
        calculate(request)
    except NoSolution:
        return False
    return True


METHODS_BY_AMOUNT = st.sampled_from(["equal_instalment", "interest_free", "equal_principal"])


@given(METHODS_BY_AMOUNT, st.integers(1000, 10**12), RATES, st.data())
def test_from_an_amount_the_number_is_the_smallest(method: str, base: int, rate: Decimal, data: st.DataObject) -> None:
    rate = Decimal(0) if method == "interest_free" else rate
    amount = data.draw(st.integers(base // 50 + 1, base + base // 10))
    result = worked(principal_only(base, method, annual_rate=rate, instalment_amount=amount))
    amounts = [row.amount for row in result.schedule]
    assert amounts[-1] <= (amounts[-2] if len(amounts) > 1 else amount)
    if len(amounts) > 1:
        assert amounts[0] == amount
        before = result.schedule[-2]
        # one fewer would have made the last one larger than the others
        largest = result.schedule[-3].amount if len(amounts) > 2 else amount
        assert before.amount + before.balance > largest


@given(requests())
def test_the_nearest_that_a_refusal_names_works(request: PlanRequest) -> None:
    try:
        calculate(request)
    except NoSolution as refusal:
        changes: dict[str, Callable[[object], object]] = {
            "instalments": int,  # type: ignore[dict-item]
            "instalment_amount": lambda text: int(Decimal(str(text)) * 100),
            "balloon": lambda text: int(Decimal(str(text)) * 100),
        }
        for name, value in (refusal.nearest or {}).items():
            calculate(replace(request, **{name: changes[name](value)}))


@pytest.mark.parametrize("base", [1, 2, 3, 59, 60, 61, 119])
def test_a_debt_of_cents_is_paid_or_refused_with_a_number_that_works(base: int) -> None:
    request = principal_only(base, "interest_free", instalments=60)
    try:
        result = calculate(request)
    except NoSolution as refusal:
        result = calculate(principal_only(base, "interest_free", **(refusal.nearest or {})))
    assert sum(row.amount for row in result.schedule) == base
    assert min(row.amount for row in result.schedule) >= 1
