"""A payment spread over components and accounts, in the order the rule pack gives for the days past due.

zh-CN: 《商业银行信用卡业务监督管理办法》第五十七条, up to 90 days interest and fees first, from day 91 principal first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, Balance, Component
from workstation.domain.rule_forms import PaymentOrder
from workstation.domain.stage import days_past_due


@dataclass(frozen=True, slots=True)
class AccountDue:
    """An account as owed on the value date, minor units; `first_unpaid_due` is None when nothing is overdue."""

    id: str
    first_unpaid_due: date | None
    balance: Balance


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment did to one account."""

    id: str
    applied: Balance
    remaining: Balance


@dataclass(frozen=True, slots=True)
class Allocation:
    """The payment on each account, in the order they were given, and what none of them needed."""

    accounts: tuple[Applied, ...]
    left_over: int


def order_on(order: PaymentOrder, dpd: int) -> tuple[Component, ...]:
    """The components in the order paid at `dpd` days past due."""
    return order.early if dpd <= order.until_day else order.late


def spread(amount: int, balance: Balance, components: Sequence[Component]) -> Balance:
    """How much of `amount` each component takes, one after the other, none more than it owes."""
    taken: dict[Component, int] = {}
    for name in components:
        taken[name] = min(amount, balance.part(name))
        amount -= taken[name]
    return Balance(**taken)


def allocate(
    amount: int,
    accounts: Sequence[AccountDue],
    value_date: date,
    order: PaymentOrder,
    *,
    named: str | None = None,
) -> Allocation:
    """Spread `amount` minor units: the account the payer `named` first, then the oldest due; each in the order of its
    own days past due on `value_date`. Of equally old accounts the lower id is first.

    `InputError` for a negative amount or component, an id that comes twice, or a named account that is not there.
    """
    _check(amount, accounts, named)
    remaining, done = amount, dict[str, Applied]()
    for account in sorted(accounts, key=lambda item: (item.id != named, item.first_unpaid_due or date.max, item.id)):
        dpd = days_past_due(account.first_unpaid_due, value_date)
        applied = spread(remaining, account.balance, order_on(order, dpd))
        remaining -= applied.total
        done[account.id] = Applied(account.id, applied, account.balance - applied)
    return Allocation(tuple(done[account.id] for account in accounts), remaining)


def _check(amount: int, accounts: Sequence[AccountDue], named: str | None) -> None:
    if amount < 0:
        raise InputError(msg("A payment cannot be negative; record a reversal instead."), field="amount")
    ids = [account.id for account in accounts]
    for index, account in enumerate(accounts):
        if account.id in ids[:index]:
            raise InputError(msg("Account {id} is given twice.", id=account.id), field=f"accounts[{index}].id")
        for name in COMPONENTS:
            if account.balance.part(name) < 0:
                raise InputError(
                    msg("A component of a balance cannot be negative."), field=f"accounts[{index}].balance.{name}"
                )
    if named is not None and named not in ids:
        raise InputError(msg("The payer named account {id}, which is not among these.", id=named), field="account")
