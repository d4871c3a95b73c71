"""Where a case stands on a day: what is owed, how late it is, and which promises were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from local_db.queries import CaseFile, PaymentRecord, QueueRecord
from workstation.desk.carrying import Carried, carry, kept_amounts
from workstation.desk.rules import rules_for_figures
from workstation.domain.case_state import Judgement, judged
from workstation.domain.case_values import LetterSent
from workstation.domain.limitation import Interrupting, Limitation, limitation_ends
from workstation.domain.money import Balance
from workstation.domain.promise import Payment
from workstation.domain.rulepack import RulePack
from workstation.domain.stage import days_past_due

_SUIT = "legal_step_taken"


@dataclass(frozen=True, slots=True)
class AccountOwed:
    """One account's balance in minor units, projected from the bank's snapshot of `as_of`."""

    id: str
    number: str
    carried: Carried
    days_past_due: int
    later_payments: int  # paid after the snapshot and already taken off

    @property
    def balance(self) -> Balance:
        return self.carried.balance

    @property
    def as_of(self) -> date:
        return self.carried.snapshot.as_of


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
        accounts.append(
            AccountOwed(
                account.id,
                account.number,
                carry(newest, later, account, file, today, pack.payment_order),
                days_past_due(account.first_unpaid_due, today),
                sum(row.amount for row in later),
            )
        )
    accounts.sort(key=lambda account: (-account.days_past_due, account.id))
    return Owed(tuple(accounts))


def time_barred(file: CaseFile | QueueRecord, day: date) -> bool:
    """Has the time to sue run out, where the rules of the book say what then may not be said?"""
    if not rules_for_figures(file.book.jurisdiction).has("time_barred"):
        return False
    where = limitation(file, day)
    return where is not None and where.expired


def kept_payments(file: CaseFile | QueueRecord) -> list[PaymentRecord]:
    """The payments that were not wholly taken back: a returned one neither paid nor acknowledged anything."""
    kept = kept_amounts(file.payments)
    return [row for row in file.payments if kept.get(row.id)]


def limitation(file: CaseFile | QueueRecord, today: date) -> Limitation | None:
    """How long the oldest debt may still be sued for; None while nothing is due."""
    dues = [account.first_unpaid_due for account in file.accounts if account.first_unpaid_due is not None]
    if not dues:
        return None
    pack = rules_for_figures(file.book.jurisdiction)
    events = [Interrupting(promise.made_on, "promise", promise.id) for promise in file.state.promises]
    events += [Interrupting(sent.arrived_on, "demand", sent.id) for sent in _demands(file, pack) if sent.arrived_on]
    events += [Interrupting(known.since, "suit", known.id) for known in file.state.circumstances if known.what == _SUIT]
    events += [Interrupting(row.value_date, "payment", row.id) for row in kept_payments(file)]
    return limitation_ends(min(dues), events, today, years=pack.limitation_years)


def demand_interrupts(jurisdiction: str, template: str) -> bool:
    """Does this letter, once it reached the debtor, begin the limitation period anew?"""
    pack = rules_for_figures(jurisdiction)
    return pack.has("demand_interrupts") and template in pack.texts("demand_interrupts")


def _demands(file: CaseFile | QueueRecord, pack: RulePack) -> Iterable[LetterSent]:
    """Letters that ask to be paid: they interrupt from the day on which they reached the debtor."""
    kinds = pack.texts("demand_interrupts") if pack.has("demand_interrupts") else ()
    return (sent for sent in file.state.letters if sent.template in kinds)
