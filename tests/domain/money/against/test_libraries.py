"""Five hundred plans of every method against numpy-financial, QuantLib and a plain reading of the rules.

To the cent for what is rounded by a stated rule: the annuity is the library's, rounded half up; the interest of each
period is rounded half up; the last instalment takes what is left. A library reckons in binary fractions: where its
unrounded amount lies within 1e-9 of a half cent (relative to it), either neighbour is its answer. Rates to 1e-6.
"""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from functools import cache

import numpy_financial as npf
import pytest
import QuantLib as ql  # noqa: N813  # as its own documentation does

from tests.domain.money.against.cases import (
    METHODS,
    base_of,
    components,
    half_up,
    last_of,
    period_rate,
    plans,
    replayed,
    steps,
)
from workstation.domain.money import COMPONENTS
from workstation.domain.plan import Method, PlanResult

ANNUITIES: tuple[Method, ...] = ("equal_instalment", "interest_free", "down_payment", "balloon")
OFFICIAL = 2026  # the last year whose official calendar is known; after it both sides know weekends only


@cache
def made(method: Method) -> tuple[PlanResult, ...]:
    return tuple(plans(method))


def rounds_to(unrounded: float, amount: int) -> bool:
    return abs(unrounded - amount) <= 0.5 + 1e-9 * abs(unrounded)


def day(of: date) -> ql.Date:
    return ql.Date(of.day, of.month, of.year)


@pytest.mark.parametrize("method", METHODS)
def test_interest_and_remainder_of_every_row(method: Method) -> None:
    """The rounded recursion, row by row; nothing is left at the end."""
    for result in made(method):
        rows = replayed(base_of(result), period_rate(result.request), [row.amount for row in result.schedule])
        assert rows == [(row.plan_interest, row.balance) for row in result.schedule]
        assert rows[-1][1] == 0


@pytest.mark.parametrize("method", METHODS)
def test_components_of_every_row(method: Method) -> None:
    """Poured over the old components in the order of the day, after what is waived."""
    for result in made(method):
        waived, paid = components(result)
        assert result.waived.parts() == waived
        rows = [row.applied.parts() for row in result.schedule]
        if result.down_payment is not None:
            rows.insert(0, result.down_payment.applied.parts())
        assert rows == paid


@pytest.mark.parametrize("method", ANNUITIES)
def test_the_annuity_is_numpy_financial_s(method: Method) -> None:
    checked = 0
    for result in made(method):
        request, rate, base = result.request, float(period_rate(result.request)), base_of(result)
        count, amounts = len(result.schedule), [row.amount for row in result.schedule]
        if request.instalments is None or count < (3 if method == "balloon" else 2):
            continue
        checked += 1
        if method == "balloon":
            # The others are an annuity that leaves what the balloon pays, one period's interest included.
            expected = npf.pmt(rate, count - 1, -base, amounts[-1] / (1 + rate))
            regular = amounts[:-2]
        else:
            expected = npf.pmt(rate, count, -base)
            regular = amounts[:-1]
        assert set(regular) == {regular[0]}
        assert rounds_to(float(expected), regular[0])
    assert checked > 300


@pytest.mark.parametrize("method", ["equal_instalment", "interest_free", "down_payment"])
def test_the_number_is_numpy_financial_s(method: Method) -> None:
    """With the amount given: the smallest number whose last instalment is not larger than the others."""
    checked = 0
    for result in made(method):
        request, rate, base = result.request, float(period_rate(result.request)), base_of(result)
        if request.instalment_amount is None:
            continue
        exact = abs(float(npf.nper(rate, -request.instalment_amount, base)))  # at no interest it mistakes the sign
        # Rounding each period's interest can move the end by a cent, not by a period.
        if abs(exact - round(exact)) > 1e-3:
            assert len(result.schedule) == math.ceil(exact)
            checked += 1
        assert result.schedule[-1].amount <= request.instalment_amount
        assert {row.amount for row in result.schedule[:-1]} <= {request.instalment_amount}
    assert checked > 100


def test_equal_principal_pays_the_same_share_and_interest_on_the_rest() -> None:
    for result in made("equal_principal"):
        base, count, rate = base_of(result), len(result.schedule), period_rate(result.request)
        shares = [row.amount - row.plan_interest for row in result.schedule]
        assert len(set(shares[:-1])) <= 1
        if result.request.instalments is not None and count > 1:
            assert rounds_to(base / count, shares[0])
        elif count > 1:
            assert result.schedule[0].amount == result.request.instalment_amount
        for k, row in enumerate(result.schedule):
            assert row.plan_interest == half_up((base - shares[0] * k) * rate)


def test_the_first_step_is_the_smallest_that_pays() -> None:
    """One cent less would leave a last instalment above its step; numpy-financial's worth of the steps agrees."""
    checked = 0
    for result in made("stepped"):
        request, base, rate = result.request, base_of(result), period_rate(result.request)
        step, count, first = request.step, len(result.schedule), result.schedule[0].amount
        assert step is not None
        if request.instalments is None or count < 2:
            continue
        checked += 1
        wanted = steps(first, step, count)
        assert [row.amount for row in result.schedule[:-1]] == wanted[:-1]
        assert result.schedule[-1].amount == last_of(base, rate, wanted[:-1]) <= wanted[-1]
        less = steps(first - 1, step, count)
        assert last_of(base, rate, less[:-1]) > less[-1]
        if step.percent is not None:
            worth = float(npf.npv(float(rate), [0.0, *(amount / first for amount in wanted)]))
            assert abs(base / worth - first) <= count / 2 + 1  # a rounding is worth half a cent at most
    assert checked > 300


def test_a_settlement_s_parts_are_equal() -> None:
    for result in made("settlement"):
        total, count = result.request.settlement_amount, len(result.schedule)
        assert total is not None
        amounts = [row.amount for row in result.schedule]
        assert sum(amounts) == total
        assert set(amounts[:-1]) <= {half_up(Fraction(total, count))}


@pytest.mark.parametrize("method", [method for method in METHODS if method != "custom"])
def test_due_dates_are_quantlib_s(method: Method) -> None:
    """Months from the first date with its day kept through short months; moved on by the interbank calendar of China,
    which knows the official make-up working days."""
    units = {"monthly": (1, ql.Months), "fortnightly": (2, ql.Weeks), "weekly": (1, ql.Weeks)}
    china, weekends = ql.China(ql.China.IB), ql.WeekendsOnly()
    for result in made(method):
        many, unit = units[result.request.frequency]
        assert result.request.first_due is not None
        first = day(result.request.first_due)
        for k, row in enumerate(result.schedule):
            nominal = first + ql.Period(k * many, unit)
            assert day(row.nominal_due) == nominal
            due = nominal
            if result.request.business_days == "following":
                while not (china if due.year() <= OFFICIAL else weekends).isBusinessDay(due):
                    due += 1
            assert day(row.due) == due


@pytest.mark.parametrize("method", METHODS)
def test_effective_rate_and_present_value_are_quantlib_s(method: Method) -> None:
    """Actual/365 fixed, compounded yearly, on the due dates: the rate to 1e-6, the present value to the cent."""
    rates = 0
    for result in made(method):
        request = result.request
        flows = [(row.due, row.amount) for row in result.schedule]
        if result.down_payment is not None:
            flows.insert(0, (result.down_payment.on, result.down_payment.amount))
        start, count = day(request.as_of), ql.Actual365Fixed()
        ql.Settings.instance().evaluationDate = start
        discount = ql.InterestRate(float(request.discount_rate or 0), count, ql.Compounded, ql.Annual)
        worth = sum(amount * discount.discountFactor(start, day(due)) for due, amount in flows)
        assert result.present_value is not None
        assert rounds_to(worth, result.present_value)
        rate, debt = result.effective_annual_rate, request.balance.total - result.waived.total
        if rate is None or rate == 0:
            assert rate is None or sum(amount for _, amount in flows) == debt
            continue
        rates += 1
        leg = [ql.SimpleCashFlow(float(amount), day(due)) for due, amount in flows if due > request.as_of]
        owed = debt - sum(amount for due, amount in flows if due <= request.as_of)
        found = ql.CashFlows.yieldRate(
            leg, float(owed), count, ql.Compounded, ql.Annual, False, start, start, 1e-12, 500, float(rate)
        )
        assert abs(found - float(rate)) <= 1e-6
    assert rates > 150 or method in {"interest_free", "settlement"}


@pytest.mark.parametrize("method", METHODS)
def test_totals_are_the_sums(method: Method) -> None:
    for result in made(method):
        first = result.down_payment.amount if result.down_payment is not None else 0
        assert result.totals.paid == first + sum(row.amount for row in result.schedule)
        assert result.totals.plan_interest == sum(row.plan_interest for row in result.schedule)
        for name in COMPONENTS:
            assert result.totals.applied.part(name) + result.waived.part(name) == result.request.balance.part(name)
