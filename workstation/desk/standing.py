"""Where a case stands on a day: what is owed, how late it is, and which promises were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from local_db.queries import AccountRecord, CaseFile, PaymentRecord, QueueRecord, SnapshotRecord
from workstation.desk.rules import rules_for_figures
from workstation.domain.allocation import order_on, spread
from workstation.domain.case_state import Judgement, judged
from workstation.domain.limitation import Interrupting, Limitation, limitation_ends
from workstation.domain.money import Balance
from workstation.domain.projection import project
from workstation.domain.promise import Payment
from workstation.domain.rule_forms import PaymentOrder
from workstation.domain.stage import days_past_due

_SUIT = "legal_step_taken"


@dataclass(frozen=True, slots=True)
class AccountOwed:
    """One account's balance in minor units, projected from the bank's snapshot of `as_of`."""

    id: str
    number: str
    balance: Balance
    days_past_due: int
    as_of: date
    later_payments: int  # paid after the snapshot and already taken off


@dataclass(frozen=True, slots=True)
class Owed:
    """All accounts of a case, oldest due first."""

    accounts: tuple[AccountOwed, ...]

    @property
    def total(self) -> Balance:
        return sum((account.balance for account in self.accounts), Balance())

    @property
    def days_past_due(self) -> int:
        return max((account.days_past_due for account in self.accounts), default=0)


def judgement(file: CaseFile | QueueRecord, today: date) -> Judgement:
    """The case's promises and instalments judged by the payments known here."""
    pack = rules_for_figures(file.book.jurisdiction)
    return judged(
        file.state,
        [Payment(row.id, row.value_date, row.amount, row.account_id, row.reverses) for row in file.payments],
        today,
        grace_days=pack.grace_days,
        tolerance=pack.tolerance(file.book.currency),
    )


def owed(file: CaseFile | QueueRecord, today: date) -> Owed:
    """What is owed on `today`: the bank's newest snapshot, carried on day by day, less what was paid since."""
    pack = rules_for_figures(file.book.jurisdiction)
    accounts = []
    for account in file.accounts:
        newest = max(
            (row for row in file.snapshots if row.account_id == account.id), key=lambda row: row.as_of, default=None
        )
        if newest is None:
            continue
        later = [
            row for row in file.payments if row.account_id == account.id and newest.as_of < row.value_date <= today
        ]
        balance = _carried(newest, later, account, file, today, pack.payment_order)
        accounts.append(
            AccountOwed(
                account.id,
                account.number,
                balance,
                days_past_due(account.first_unpaid_due, today),
                newest.as_of,
                sum(row.amount for row in later),
            )
        )
    accounts.sort(key=lambda account: (-account.days_past_due, account.id))
    return Owed(tuple(accounts))


def _carried(
    newest: SnapshotRecord,
    later: Sequence[PaymentRecord],
    account: AccountRecord,
    file: CaseFile | QueueRecord,
    today: date,
    order: PaymentOrder,
) -> Balance:
    """The snapshot carried from payment to payment up to `today`; what was taken back counts as never paid."""
    kept = _kept(later)
    rate = Decimal(file.book.daily_rate)
    statement_day = account.statement_day if file.book.compound else None
    balance, day = newest.balance, newest.as_of
    for row in sorted(later, key=lambda row: (row.value_date, row.id)):
        if not (amount := kept.get(row.id, 0)):
            continue
        balance = project(balance, day, row.value_date, daily_rate=rate, statement_day=statement_day)
        components = order_on(order, days_past_due(account.first_unpaid_due, row.value_date))
        balance, day = balance - spread(amount, balance, components), row.value_date
    return project(balance, day, today, daily_rate=rate, statement_day=statement_day) if today > day else balance


def time_barred(file: CaseFile | QueueRecord, day: date) -> bool:
    """Has the time to sue run out, where the rules of the book say what then may not be said?"""
    if not rules_for_figures(file.book.jurisdiction).has("time_barred"):
        return False
    where = limitation(file, day)
    return where is not None and where.expired


def kept_payments(file: CaseFile | QueueRecord) -> list[PaymentRecord]:
    """The payments that were not wholly taken back: a returned one neither paid nor acknowledged anything."""
    kept = _kept(file.payments)
    return [row for row in file.payments if kept.get(row.id)]


def _kept(payments: Sequence[PaymentRecord]) -> dict[str, int]:
    """What is left of each payment, minor units, less what the reversals that name it took back."""
    left = {row.id: row.amount for row in payments if row.amount > 0}
    for row in payments:
        if row.amount < 0 and row.reverses in left:
            left[row.reverses] = max(0, left[row.reverses] + row.amount)
    return left


def limitation(file: CaseFile | QueueRecord, today: date) -> Limitation | None:
    """How long the oldest debt may still be sued for; None while nothing is due."""
    dues = [account.first_unpaid_due for account in file.accounts if account.first_unpaid_due is not None]
    if not dues:
        return None
    # A letter interrupts only once it reached the debtor, which nothing records yet.
    events = [Interrupting(promise.made_on, "promise", promise.id) for promise in file.state.promises]
    events += [Interrupting(known.since, "suit", known.id) for known in file.state.circumstances if known.what == _SUIT]
    events += [Interrupting(row.value_date, "payment", row.id) for row in kept_payments(file)]
    return limitation_ends(min(dues), events, today, years=rules_for_figures(file.book.jurisdiction).limitation_years)
