"""What is owed under a plan, account by account: interest that runs on, waivers, and payments to the oldest due first.

Domain rules, "Balance" and "Plan". A plan without accounts is a plan over one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from workstation.domain.errors import InputError
from workstation.domain.message import Money, msg
from workstation.domain.money import COMPONENTS, Balance, Component
from workstation.domain.plan_values import (
    NOTHING,
    AccountShare,
    AccountTotals,
    Accrual,
    Accrued,
    DownPayment,
    PlanAccount,
    PlanRequest,
)
from workstation.domain.projection import project
from workstation.domain.rule_forms import PaymentOrder

# What a settlement leaves unpaid is waived in this order (domain rules, "Plan").
WAIVED_FIRST: tuple[Component, ...] = ("penalty", "fees", "interest", "costs", "principal")
INTEREST = COMPONENTS.index("interest")


def whole(request: PlanRequest) -> PlanRequest:
    """The request with its accounts in the order they are paid, each with its waivers, and with their sums as its own
    balance, waivers and days past due. `InputError` where these were given and differ."""
    if not request.accounts:
        return request
    accounts = sorted(request.accounts, key=lambda account: (-account.days_past_due, account.id))
    balance = sum((account.balance for account in accounts), NOTHING)
    waive = sum((account.waive for account in accounts), NOTHING)
    if request.balance not in (NOTHING, balance):
        given, owed = (Money(amount.total, request.currency) for amount in (request.balance, balance))
        raise InputError(
            msg("The balance, {given}, is not the sum of the accounts, {owed}; leave it out.", given=given, owed=owed),
            field="balance",
        )
    oldest = accounts[0].days_past_due
    if request.days_past_due not in (0, oldest):
        raise InputError(
            msg("The days past due are those of the oldest account, {days}; leave them out.", days=oldest),
            field="days_past_due",
        )
    if waive == NOTHING:
        accounts, waive = _waiving(accounts, request.waive), request.waive
    elif request.waive not in (NOTHING, waive):
        raise InputError(
            msg("The waivers are not the sum of those of the accounts; leave one or the other out."), field="waive"
        )
    return replace(request, accounts=tuple(accounts), balance=balance, waive=waive, days_past_due=oldest)


def first_date(request: PlanRequest) -> date:
    """The nominal first due date, to which old interest runs on at the latest."""
    return request.custom[0].due if request.custom else request.first_due or request.as_of


def _waiving(accounts: list[PlanAccount], waive: Balance) -> list[PlanAccount]:
    """Waivers by component spread over the accounts, the oldest due first."""
    left = waive.parts()
    found: list[PlanAccount] = []
    for account in accounts:
        taken = {name: min(left[name], account.balance.part(name)) for name in COMPONENTS}
        left = {name: left[name] - taken[name] for name in COMPONENTS}
        found.append(replace(account, waive=Balance(**taken)))
    return found


@dataclass(slots=True)
class _Account:
    """Components as whole numbers in the order of `COMPONENTS`: a schedule takes from them for every instalment."""

    id: str
    days_past_due: int
    owed: Balance  # after its waivers, with the interest that ran on
    waived: Balance
    left: list[int]
    accrued: int = 0

    @property
    def applied(self) -> Balance:
        return self.owed - Balance(*self.left)


class Paid(NamedTuple):
    """Where a payment went; `by_account` is empty in a plan without accounts."""

    applied: Balance
    by_account: tuple[AccountShare, ...]


class Owing:
    """What is still owed, after the request's waivers; it shrinks as payments are made in the order of their days."""

    def __init__(self, request: PlanRequest, order: PaymentOrder) -> None:
        self._as_of = request.as_of
        self._running = request.clock == "running"
        self._until_day = order.until_day
        self._early, self._late = _places(order.early), _places(order.late)
        self._named = bool(request.accounts)
        accounts = request.accounts or (PlanAccount("", request.balance, request.days_past_due, request.waive),)
        self._accounts = [_account(account) for account in accounts]

    @property
    def total(self) -> int:
        return sum(sum(account.left) for account in self._accounts)

    def left(self) -> dict[str, int]:
        return {account.id: sum(account.left) for account in self._accounts}

    @property
    def waived(self) -> Balance:
        return sum((account.waived for account in self._accounts), NOTHING)

    def run_on(self, since: date, to: date, accrual: Accrual) -> int:
        """The interest of these days, added to what is owed."""
        added = 0
        for account in self._accounts:
            left = Balance(*account.left)
            grown = _projected(left, since, to, accrual) - left
            account.left[INTEREST] += grown.interest
            account.owed += grown
            account.accrued += grown.interest
            added += grown.interest
        return added

    def waive(self, amount: int) -> None:
        """Give up `amount` of what is owed, component by component as a settlement does."""
        for place in _places(WAIVED_FIRST):
            for account in self._accounts:
                given_up = Balance(*_take(amount, account.left, (place,)))
                account.owed -= given_up
                account.waived += given_up
                amount -= given_up.total

    def pay(self, amount: int, on: date) -> Paid:
        """`amount` on the oldest due account first, in the payment order of each account's days past due on the day."""
        passed = (on - self._as_of).days if self._running else 0
        takings: list[list[int]] = []
        shares: list[AccountShare] = []
        for account in self._accounts:
            early = account.days_past_due + passed <= self._until_day
            taken = _take(amount, account.left, self._early if early else self._late)
            takings.append(taken)
            amount -= sum(taken)
            if self._named:
                shares.append(AccountShare(account.id, Balance(*taken), sum(account.left)))
        applied = takings[0] if len(takings) == 1 else [sum(parts) for parts in zip(*takings, strict=True)]
        return Paid(Balance(*applied), tuple(shares))

    @property
    def applied(self) -> Balance:
        """All that has been paid so far."""
        return sum((account.applied for account in self._accounts), NOTHING)

    def by_account(self) -> tuple[AccountTotals, ...]:
        if not self._named:
            return ()
        return tuple(AccountTotals(a.id, a.accrued, a.waived, a.applied) for a in self._accounts)


def _projected(balance: Balance, since: date, to: date, accrual: Accrual) -> Balance:
    try:
        return project(balance, since, to, daily_rate=accrual.daily_rate, statement_day=accrual.statement_day)
    except InputError as error:
        raise InputError(error.message, field=f"accrue.{error.field}") from None


def _account(account: PlanAccount) -> _Account:
    owed = account.balance - account.waive
    return _Account(account.id, account.days_past_due, owed, account.waive, [*owed.parts().values()])


def _places(components: Sequence[Component]) -> tuple[int, ...]:
    return tuple(COMPONENTS.index(name) for name in components)


def _take(amount: int, left: list[int], places: tuple[int, ...]) -> list[int]:
    """Takes `amount` from what is left, one component after the other, none more than it owes (`allocation.spread`)."""
    taken = [0] * len(left)
    for place in places:
        part = min(amount, left[place])
        if part:
            left[place] -= part
            taken[place] = part
            amount -= part
    return taken


class Opening(NamedTuple):
    """What the instalments begin with."""

    owing: Owing
    down_payment: DownPayment | None
    accrued: Accrued | None


def opening(request: PlanRequest, order: PaymentOrder) -> Opening:
    """The debt after waivers, interest that runs on, what a settlement gives up, and the down payment."""
    owing = Owing(request, order)
    accrual, day = request.accrual, request.down_payment_on or request.as_of
    to = request.as_of if accrual is None else accrual.to or first_date(request)
    # What a down payment before that day pays bears no interest from then on; a settlement states what is paid in all.
    parted = request.down_payment and request.settlement_amount is None
    until = min(day, to) if parted else to
    interest = owing.run_on(request.as_of, until, accrual) if accrual else 0
    if request.settlement_amount is not None:
        owing.waive(owing.total - request.settlement_amount)
    if not request.down_payment:
        return Opening(owing, None, Accrued(to, interest) if accrual else None)
    paid = owing.pay(request.down_payment, day)
    interest += owing.run_on(until, to, accrual) if accrual else 0
    left = owing.left()
    shares = tuple(AccountShare(share.id, share.applied, left[share.id]) for share in paid.by_account)
    down = DownPayment(day, request.down_payment, paid.applied, owing.total, shares)
    return Opening(owing, down, Accrued(to, interest) if accrual else None)
