"""A balance carried from the bank's figures to a day, step by step, so that every figure can show how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from local_db.queries import AccountRecord, CaseFile, PaymentRecord, QueueRecord, SnapshotRecord
from workstation.domain.allocation import order_on, spread
from workstation.domain.money import Balance
from workstation.domain.projection import project
from workstation.domain.rule_forms import PaymentOrder
from workstation.domain.stage import days_past_due


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days without a payment, and the interest that ran in them."""

    since: date
    until: date
    principal: int  # minor units, as everywhere here
    interest: int

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment and what it took off each component."""

    payment: PaymentRecord
    amount: int  # less what was taken back; 0 when all of it was
    parts: Balance

    @property
    def left_over(self) -> int:
        """What nothing was owed for."""
        return self.amount - self.parts.total


Step = Stretch | Taken


@dataclass(frozen=True, slots=True)
class Carried:
    """The bank's snapshot, what happened since, and the balance that comes of it."""

    snapshot: SnapshotRecord
    steps: tuple[Step, ...]
    balance: Balance


def carry(
    snapshot: SnapshotRecord,
    payments: Sequence[PaymentRecord],
    account: AccountRecord,
    file: CaseFile | QueueRecord,
    until: date,
    order: PaymentOrder,
) -> Carried:
    """The snapshot carried from payment to payment up to `until`; what was taken back counts as never paid.

    `payments` are the account's own, with value dates after the snapshot and up to `until`.
    """
    left = kept_amounts(payments)
    rate = Decimal(file.book.daily_rate)
    statement_day = account.statement_day if file.book.compound else None
    balance, day, steps = snapshot.balance, snapshot.as_of, list[Step]()

    def run(to: date) -> Balance:
        grown = project(balance, day, to, daily_rate=rate, statement_day=statement_day)
        if to > day:
            steps.append(Stretch(day, to, balance.principal, grown.interest - balance.interest))
        return grown

    for row in sorted(payments, key=lambda row: (row.value_date, row.id)):
        if row.id not in left:
            continue
        if not (amount := left[row.id]):
            steps.append(Taken(row, 0, Balance()))
            continue
        balance = run(row.value_date)
        parts = spread(amount, balance, order_on(order, days_past_due(account.first_unpaid_due, row.value_date)))
        steps.append(Taken(row, amount, parts))
        balance, day = balance - parts, row.value_date
    if until > day:
        balance = run(until)
    return Carried(snapshot, tuple(steps), balance)


def kept_amounts(payments: Sequence[PaymentRecord]) -> dict[str, int]:
    """What is left of each payment, minor units, less what the reversals that name it took back."""
    left = {row.id: row.amount for row in payments if row.amount > 0}
    for row in payments:
        if row.amount < 0 and row.reverses in left:
            left[row.reverses] = max(0, left[row.reverses] + row.amount)
    return left
