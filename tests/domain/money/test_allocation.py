"""A payment over components and accounts: the order on each side of day 91, and nothing lost or invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.allocate_form import run_allocate
from workstation.domain.allocation import AccountDue, allocate
from workstation.domain.errors import InputError
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.rulepack import load

ORDER = load("zh-CN").payment_order
ON = date(2026, 11, 23)
OWED = Balance(principal=100_00, interest=30_00, penalty=20_00, fees=10_00, costs=5_00)

AMOUNTS = st.integers(0, 10**12)
BALANCES = st.builds(Balance, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
ACCOUNTS = st.lists(
    st.tuples(st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1))), BALANCES), min_size=1, max_size=5
).map(lambda rows: [AccountDue(str(n), due, balance) for n, (due, balance) in enumerate(rows)])


@pytest.mark.parametrize(
    ("dpd", "applied"),
    [
        (90, Balance(principal=0, interest=30_00, penalty=5_00, costs=5_00)),
        (91, Balance(principal=40_00)),
    ],
)
def test_from_day_91_principal_comes_first(dpd: int, applied: Balance) -> None:
    account = AccountDue("a", ON - timedelta(days=dpd), OWED)
    assert allocate(40_00, [account], ON, ORDER).accounts[0].applied == applied


def test_late_payments_go_on_to_costs_interest_penalty_and_fees() -> None:
    account = AccountDue("a", ON - timedelta(days=200), OWED)
    applied = allocate(140_00, [account], ON, ORDER).accounts[0].applied
    assert applied == Balance(principal=100_00, interest=30_00, penalty=5_00, costs=5_00)


def test_the_oldest_due_account_is_paid_first_each_in_its_own_order() -> None:
    young = AccountDue("young", ON - timedelta(days=10), OWED)
    old = AccountDue("old", ON - timedelta(days=100), OWED)
    found = allocate(170_00, [young, old], ON, ORDER)
    assert [item.id for item in found.accounts] == ["young", "old"]
    assert found.accounts[1].applied == OWED
    assert found.accounts[0].applied == Balance(costs=5_00)


def test_of_equally_old_accounts_the_lower_id_is_first_however_they_are_given() -> None:
    rows = [AccountDue(name, ON - timedelta(days=10), Balance(interest=10_00)) for name in ("c", "a", "b")]
    found = allocate(15_00, rows, ON, ORDER)
    assert {item.id: item.applied.interest for item in found.accounts} == {"a": 10_00, "b": 5_00, "c": 0}


def test_the_account_the_payer_names_comes_before_an_older_one() -> None:
    young = AccountDue("young", ON - timedelta(days=10), OWED)
    old = AccountDue("old", ON - timedelta(days=100), OWED)
    found = allocate(165_00, [young, old], ON, ORDER, named="young")
    assert found.accounts[0].remaining.total == 0
    assert found.accounts[1].remaining == OWED


def test_elsewhere_principal_is_last_at_any_age() -> None:
    order = load("en-US").payment_order
    account = AccountDue("a", ON - timedelta(days=400), OWED)
    assert allocate(65_00, [account], ON, order).accounts[0].applied == OWED - Balance(principal=100_00)


@given(AMOUNTS, ACCOUNTS)
def test_nothing_is_lost_invented_or_negative(amount: int, accounts: list[AccountDue]) -> None:
    found = allocate(amount, accounts, ON, ORDER)
    assert sum(item.applied.total for item in found.accounts) + found.left_over == amount
    for before, after in zip(accounts, found.accounts, strict=True):
        assert after.applied + after.remaining == before.balance
        assert min(*after.applied.parts().values(), *after.remaining.parts().values(), found.left_over) >= 0
    if found.left_over:
        assert all(item.remaining.total == 0 for item in found.accounts)


@given(AMOUNTS, AMOUNTS, ACCOUNTS)
def test_two_payments_on_one_day_do_what_one_of_their_sum_does(
    first: int, second: int, accounts: list[AccountDue]
) -> None:
    whole = allocate(first + second, accounts, ON, ORDER)
    half = allocate(first, accounts, ON, ORDER)
    rest = [
        AccountDue(before.id, before.first_unpaid_due, after.remaining)
        for before, after in zip(accounts, half.accounts, strict=True)
    ]
    again = allocate(half.left_over + second, rest, ON, ORDER)
    assert [item.remaining for item in again.accounts] == [item.remaining for item in whole.accounts]


def request(**changes: Any) -> dict[str, Any]:
    texts = {name: f"{OWED.part(name) / 100:.2f}" for name in COMPONENTS}
    account = {"id": "A1", "first_unpaid_due": "2026-09-06", "balance": texts}
    return {
        "jurisdiction": "zh-CN",
        "currency": "CNY",
        "value_date": "2026-11-23",
        "amount": "200.00",
        "accounts": [account],
        **changes,
    }


def test_the_command_answers_in_decimal_strings() -> None:
    assert run_allocate(request()) == {
        "accounts": [
            {
                "id": "A1",
                "applied": {
                    "principal": "100.00",
                    "interest": "30.00",
                    "penalty": "20.00",
                    "fees": "10.00",
                    "costs": "5.00",
                },
                "remaining": {
                    "principal": "0.00",
                    "interest": "0.00",
                    "penalty": "0.00",
                    "fees": "0.00",
                    "costs": "0.00",
                },
            }
        ],
        "left_over": "35.00",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": 5}, "amount"),
        ({"value_date": "2026-02-30"}, "value_date"),
        ({"currency": "XXX"}, "currency"),
        ({"jurisdiction": "fr-FR"}, "jurisdiction"),
        ({"surprise": 1}, "surprise"),
        ({"accounts": []}, "accounts"),
        ({"account": "B7"}, "account"),
        ({"accounts": request()["accounts"] * 2}, "accounts[1].id"),
        (
            {"accounts": [{"id": "A1", "first_unpaid_due": None, "balance": {"interest": "-1.00"}}]},
            "accounts[0].balance.interest",
        ),
    ],
)
def test_a_bad_request_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        run_allocate(request(**changes))
    assert refusal.value.field == field
