"""Whatever is asked for: every component of every account is paid or waived, sums are sums, nothing is negative, the
last instalment takes the cents, and what is the same plan by another name is the same plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.money.any_plan import METHODS, as_agreed, plans, requests, worked
from tests.domain.money.plan_requests import principal_only
from workstation.domain.money import COMPONENTS, DECIMALS, Balance, to_minor, to_text
from workstation.domain.plan import DownPayment, Instalment, Method, NoSolution, PlanRequest, PlanResult, calculate
from workstation.domain.plan_answer import answer

OF_EACH_METHOD = settings(max_examples=25)
each_method = pytest.mark.parametrize("method", METHODS)


def payments(result: PlanResult) -> Sequence[DownPayment | Instalment]:
    return [*([result.down_payment] if result.down_payment else []), *result.schedule]


def total(balances: Sequence[Balance]) -> Balance:
    return sum(balances, Balance())


def owed(result: PlanResult) -> Balance:
    """As asked, with the interest that ran on."""
    return result.request.balance + Balance(interest=result.accrued.interest if result.accrued else 0)


@each_method
@OF_EACH_METHOD
@given(data=st.data())
def test_every_component_is_paid_or_waived(method: Method, data: st.DataObject) -> None:
    result = data.draw(plans((method,)))
    assert result.totals.applied + result.waived == owed(result)
    assert total([row.applied for row in payments(result)]) == result.totals.applied
    assert result.schedule[-1].balance == 0


@each_method
@OF_EACH_METHOD
@given(data=st.data())
def test_every_component_of_every_account_is_paid_or_waived(method: Method, data: st.DataObject) -> None:
    result = data.draw(plans((method,)))
    asked = {account.id: account.balance for account in result.request.accounts}
    assert {account.id for account in result.accounts} == set(asked)
    for account in result.accounts:
        assert account.applied + account.waived == asked[account.id] + Balance(interest=account.accrued)
        taken = [share.applied for row in payments(result) for share in row.by_account if share.id == account.id]
        assert total(taken) == account.applied
    if asked:
        assert total([account.waived for account in result.accounts]) == result.waived
        assert sum(account.accrued for account in result.accounts) == (result.accrued.interest if result.accrued else 0)


@each_method
@OF_EACH_METHOD
@given(data=st.data())
def test_totals_are_the_sums_of_the_rows(method: Method, data: st.DataObject) -> None:
    result = data.draw(plans((method,)))
    assert result.totals.paid == sum(row.amount for row in payments(result))
    assert result.totals.plan_interest == sum(row.plan_interest for row in result.schedule)
    assert result.totals.paid == result.totals.plan_interest + result.totals.applied.total
    left = owed(result).total - result.waived.total
    for payment in payments(result):
        interest = payment.plan_interest if isinstance(payment, Instalment) else 0
        assert payment.amount == interest + payment.applied.total
        if isinstance(payment, Instalment):
            left -= payment.applied.total
        else:
            # Interest that runs on after a down payment before the first date is owed by the time of the first row.
            left = payment.balance
        assert payment.balance == left
        if payment.by_account:
            assert total([share.applied for share in payment.by_account]) == payment.applied
            assert sum(share.left for share in payment.by_account) == payment.balance


@each_method
@OF_EACH_METHOD
@given(data=st.data())
def test_nothing_is_ever_negative(method: Method, data: st.DataObject) -> None:
    result = data.draw(plans((method,)))
    figures = [*result.waived.parts().values(), result.totals.plan_interest]
    left = owed(result) - result.waived
    for row in payments(result):
        left -= row.applied
        figures += [row.amount - 1, row.balance, *row.applied.parts().values(), *left.parts().values()]
        figures += [row.plan_interest] if isinstance(row, Instalment) else []
        for share in row.by_account:
            figures += [share.left, *share.applied.parts().values()]
    for account in result.accounts:
        figures += [account.accrued, *account.waived.parts().values(), *account.applied.parts().values()]
    assert min(figures) >= 0


@OF_EACH_METHOD
@given(plans(("equal_instalment", "interest_free", "down_payment", "settlement")))
def test_all_but_the_last_are_equal_and_the_last_takes_the_cents(result: PlanResult) -> None:
    rows, given_amount = result.schedule, result.request.instalment_amount
    regular = {row.amount for row in rows[:-1]}
    assert len(regular) <= 1
    if given_amount is not None:
        assert regular <= {given_amount}
        assert rows[-1].amount <= given_amount
    elif not result.request.annual_rate:
        # Each of the others is at most half a cent from the exact share.
        assert all(abs(rows[-1].amount - amount) <= len(rows) / 2 + 0.5 for amount in regular)


@OF_EACH_METHOD
@given(plans(("equal_principal",)))
def test_equal_principal_pays_equal_shares_and_the_last_takes_the_cents(result: PlanResult) -> None:
    shares = [row.applied.total for row in result.schedule]
    assert len(set(shares[:-1])) <= 1
    if result.request.instalments is not None:
        assert all(abs(shares[-1] - share) <= len(shares) / 2 + 0.5 for share in shares[:-1])
    amounts = [row.amount for row in result.schedule]
    assert amounts[:-1] == sorted(amounts[:-1], reverse=True)


@OF_EACH_METHOD
@given(plans(("balloon",)))
def test_a_balloon_is_paid_to_the_cent(result: PlanResult) -> None:
    assert result.schedule[-1].amount == result.request.balloon
    assert len({row.amount for row in result.schedule[:-2]}) <= 1


@settings(max_examples=80)
@given(plans(("equal_instalment", "equal_principal", "interest_free", "stepped", "down_payment", "balloon")))
def test_a_custom_plan_of_another_s_days_and_amounts_is_that_plan(result: PlanResult) -> None:
    agreed = worked(as_agreed(result))
    assert agreed.schedule == result.schedule
    assert (agreed.down_payment, agreed.accrued, agreed.totals) == (result.down_payment, result.accrued, result.totals)
    assert agreed.effective_annual_rate == result.effective_annual_rate
    assert agreed.present_value == result.present_value


@OF_EACH_METHOD
@given(plans(("equal_instalment", "interest_free", "down_payment")))
def test_a_down_payment_and_its_method_are_one_plan(result: PlanResult) -> None:
    request = result.request
    method: Method = "equal_instalment" if request.annual_rate else "interest_free"
    if request.down_payment:
        assert calculate(replace(request, method="down_payment")).schedule == result.schedule
    assert calculate(replace(request, method=method)).schedule == result.schedule


@OF_EACH_METHOD
@given(plans(METHODS), st.sampled_from(sorted(DECIMALS)))
def test_the_currency_changes_no_minor_unit(result: PlanResult, currency: str) -> None:
    same = calculate(replace(result.request, currency=currency))
    assert (same.schedule, same.down_payment, same.totals, same.waived) == (
        result.schedule,
        result.down_payment,
        result.totals,
        result.waived,
    )
    assert same.effective_annual_rate == result.effective_annual_rate


@each_method
@OF_EACH_METHOD
@given(data=st.data())
def test_the_answer_in_text_has_the_same_figures(method: Method, data: st.DataObject) -> None:
    """In the currency's own decimals, whatever they are; nothing is rounded on the way out."""
    result = data.draw(plans((method,)))
    currency = result.request.currency
    told: dict[str, Any] = json.loads(json.dumps(answer(result)))
    for row, text in zip(result.schedule, told["schedule"], strict=True):
        assert to_minor(text["amount"], currency) == row.amount
        assert text["amount"] == to_text(row.amount, currency)
        assert sum(to_minor(text[name], currency) for name in ("plan_interest", *COMPONENTS)) == row.amount
        assert to_minor(text["balance"], currency) == row.balance
        assert (text["nominal_due"], text["due"]) == (row.nominal_due.isoformat(), row.due.isoformat())
    assert to_minor(told["totals"]["paid"], currency) == result.totals.paid
    assert told["instalments"] == len(result.schedule)
    assert told["payoff"] == result.schedule[-1].due.isoformat()


@OF_EACH_METHOD
@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_accounts_is_irrelevant(request: PlanRequest, random: Any) -> None:
    shuffled = list(request.accounts)
    random.shuffle(shuffled)
    assert worked(replace(request, accounts=tuple(shuffled))) == worked(request)


@pytest.mark.parametrize("currency", sorted(DECIMALS))
@pytest.mark.parametrize("principal", [1, 2, 3, 59, 60, 61, 99, 10**12 - 1, 10**12])
def test_from_a_cent_to_a_million_million(principal: int, currency: str) -> None:
    """Every number of parts that leaves something to the last pays to the cent; a debt too small for it is refused."""
    for count in range(1, 61):
        request = principal_only(principal, "interest_free", currency=currency, instalments=count)
        share = (2 * principal + count) // (2 * count)
        if share and share * (count - 1) < principal:
            amounts = [row.amount for row in calculate(request).schedule]
            assert amounts == [share] * (count - 1) + [principal - share * (count - 1)]
        else:
            with pytest.raises(NoSolution):
                calculate(request)


@pytest.mark.parametrize("currency", sorted(DECIMALS))
@pytest.mark.parametrize("method", ["equal_instalment", "equal_principal"])
def test_a_million_million_at_interest_loses_no_cent(method: Method, currency: str) -> None:
    dear = principal_only(10**12, method, currency=currency, instalments=60, annual_rate=Decimal("0.24"))
    result = calculate(dear)
    assert result.totals.applied == Balance(principal=10**12)
    assert sum(row.amount for row in result.schedule) == 10**12 + result.totals.plan_interest
