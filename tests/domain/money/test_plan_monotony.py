"""What grows with what: a dearer, shorter or larger plan never asks for a smaller instalment; a larger waiver or down
payment never for a larger one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.domain.money.any_plan import RATES, plans, shares, worked
from tests.domain.money.plan_requests import principal_only
from workstation.domain.money import Balance
from workstation.domain.plan import Accrual, Method, PlanRequest, PlanResult, Step, calculate

BY_NUMBER: tuple[Method, ...] = ("equal_instalment", "equal_principal", "interest_free", "stepped", "down_payment")
DEAR = tuple(method for method in BY_NUMBER if method != "interest_free")
SOME = settings(max_examples=40)


@st.composite
def by_number(draw: st.DrawFn, methods: tuple[Method, ...] = BY_NUMBER) -> PlanRequest:
    """A plan whose number of instalments is given, so that its amount is what changes."""
    result = draw(plans(methods))
    request = replace(result.request, instalments=result.instalments, instalment_amount=None)
    worked(request)
    return request


def first(request: PlanRequest) -> int:
    """The instalment of the plan: its first amount (of equal principal the largest)."""
    return worked(request).schedule[0].amount


@SOME
@given(by_number(DEAR), RATES)
def test_a_higher_rate_never_asks_for_a_smaller_instalment(request: PlanRequest, rate: Decimal) -> None:
    lower, higher = sorted([request.annual_rate, rate])
    assert first(replace(request, annual_rate=lower)) <= first(replace(request, annual_rate=higher))


@SOME
@given(by_number(), st.integers(1, 59))
def test_more_instalments_are_never_larger(request: PlanRequest, more: int) -> None:
    assert request.instalments is not None
    assume(request.instalments > 1)  # one instalment takes the cents itself, stepped or not
    # A shrinking step is paid in ever smaller parts: the longer it runs, the more the first has to bear.
    assume(request.step is None or (request.step.percent or request.step.amount or 0) >= 0)
    assert first(replace(request, instalments=request.instalments + more)) <= first(request)


@SOME
@given(by_number(), st.data())
def test_a_larger_waiver_never_asks_for_a_larger_instalment(request: PlanRequest, data: st.DataObject) -> None:
    assume(not request.accounts)
    more = request.waive + shares(data.draw, request.balance - request.waive)
    assume(more.total + request.down_payment < request.balance.total)
    assert first(replace(request, waive=more)) <= first(request)


@SOME
@given(by_number(), st.integers(1, 10**9))
def test_a_larger_down_payment_never_asks_for_a_larger_instalment(request: PlanRequest, more: int) -> None:
    request = replace(request, accrual=None)  # before and after a down payment interest is rounded apart, by a cent
    larger = request.down_payment + more
    assume(larger < request.balance.total - request.waive.total)
    assert first(replace(request, down_payment=larger)) <= first(request)


@SOME
@given(by_number(), st.integers(1, 10**9), st.sampled_from(["principal", "interest", "penalty", "fees", "costs"]))
def test_a_larger_debt_never_asks_for_a_smaller_instalment(request: PlanRequest, more: int, component: str) -> None:
    assume(not request.accounts)
    assert first(replace(request, balance=request.balance + Balance(**{component: more}))) >= first(request)


@SOME
@given(by_number(), st.integers(0, 10), st.integers(0, 10))
def test_interest_that_runs_on_never_asks_for_less(request: PlanRequest, slow: int, fast: int) -> None:
    lower, higher = (Accrual(Decimal(rate) / 10_000) for rate in sorted([slow, fast]))
    assert first(replace(request, accrual=None)) <= first(replace(request, accrual=lower))
    assert first(replace(request, accrual=lower)) <= first(replace(request, accrual=higher))


@SOME
@given(plans(("equal_instalment", "equal_principal", "interest_free", "stepped")), st.integers(1, 10**6))
def test_a_larger_amount_never_takes_longer(result: PlanResult, more: int) -> None:
    assume(result.request.instalment_amount is not None)
    amount = (result.request.instalment_amount or 0) + more
    quicker = worked(replace(result.request, instalment_amount=amount))
    assert quicker.instalments <= result.instalments
    assert quicker.payoff <= result.payoff


@SOME
@given(plans(("equal_instalment", "equal_principal", "interest_free")), st.integers(1, 10**6))
def test_a_larger_amount_never_pays_more_interest(result: PlanResult, more: int) -> None:
    assume(result.request.instalment_amount is not None)
    amount = (result.request.instalment_amount or 0) + more
    quicker = worked(replace(result.request, instalment_amount=amount))
    assert quicker.totals.plan_interest <= result.totals.plan_interest


@SOME
@given(plans(), RATES, RATES)
def test_a_higher_discount_never_makes_it_worth_more(result: PlanResult, one: Decimal, other: Decimal) -> None:
    lower, higher = (worked(replace(result.request, discount_rate=rate)) for rate in sorted([one, other]))
    assert lower.present_value is not None
    assert higher.present_value is not None
    assert lower.present_value >= higher.present_value
    assert worked(replace(result.request, discount_rate=Decimal(0))).present_value == result.totals.paid


@SOME
@given(plans(("balloon",)), RATES, st.data())
def test_beside_a_balloon_the_others_follow_the_same_rules(
    result: PlanResult, rate: Decimal, data: st.DataObject
) -> None:
    """Their amount is an annuity; the one before the balloon takes the cents."""
    request = replace(result.request, instalments=max(3, result.instalments), instalment_amount=None)
    lower, higher = (replace(request, annual_rate=each) for each in sorted([request.annual_rate, rate]))
    assert first(lower) <= first(higher)
    if not request.accounts:
        more = request.waive + shares(data.draw, request.balance - request.waive)
        assume(more.total + request.down_payment < request.balance.total)
        assert first(replace(request, waive=more)) <= first(request)


@SOME
@given(
    st.sampled_from(["equal_instalment", "equal_principal"]),
    st.integers(10**7, 10**12),
    st.integers(1, 60),
    st.integers(7, 90),
    st.lists(st.integers(0, 90), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_the_effective_rate_rises_with_the_plan_s(
    method: Method, debt: int, count: int, days: int, percents: list[int]
) -> None:
    """By whole percents, on debts whose cents cannot hide them."""
    plan = principal_only(debt, method, instalments=count)
    plan = replace(plan, first_due=plan.as_of + timedelta(days=days))
    lower, higher = (calculate(replace(plan, annual_rate=Decimal(n) / 100)) for n in percents)
    assert lower.effective_annual_rate is not None
    assert higher.effective_annual_rate is not None
    assert lower.effective_annual_rate < higher.effective_annual_rate


@pytest.mark.parametrize("method", DEAR)
def test_the_rate_is_felt_at_all(method: Method) -> None:
    """What is told above as "never smaller" is larger on an ordinary debt."""
    fields = {"step": Step(6, percent=Decimal(10))} if method == "stepped" else {}
    fields |= {"down_payment": 1_000_00} if method == "down_payment" else {}
    made = [
        calculate(principal_only(41_280_00, method, instalments=24, annual_rate=Decimal(rate) / 100, **fields))
        for rate in (1, 6, 18, 36)
    ]
    amounts = [result.schedule[0].amount for result in made]
    assert sorted(set(amounts)) == amounts
    rates = [result.effective_annual_rate for result in made]
    assert sorted(set(rates)) == rates
