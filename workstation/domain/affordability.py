"""What a person can pay: income less essential spending and priority debts, less a margin, shared among creditors.

Domain rules, "Affordability". Weekly and fortnightly figures convert by 52/12 and 26/12.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from workstation.domain.errors import InputError
from workstation.domain.message import msg

Per = Literal["week", "fortnight", "month", "year"]
A_MONTH: dict[Per, Fraction] = {
    "week": Fraction(52, 12),
    "fortnight": Fraction(26, 12),
    "month": Fraction(1),
    "year": Fraction(1, 12),
}


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A source of income or an item of spending, minor units per period."""

    kind: str
    amount: int
    per: Per = "month"


@dataclass(frozen=True, slots=True)
class Budget:
    """A person's month. `priority_debts` are secured or come first; `other_creditors` are unsecured balances."""

    income: tuple[BudgetLine, ...] = ()
    spending: tuple[BudgetLine, ...] = ()
    priority_debts: tuple[BudgetLine, ...] = ()
    other_creditors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Affordability:
    """A month in minor units: `disposable` = income − spending − priority debts; `available` is what of it can go to
    this case, after the safety share and the other creditors' part, never below zero."""

    income: int
    spending: int
    priority_debts: int
    disposable: int
    available: int
    safety_share: Decimal
    creditor_share: Decimal

    def share_of_income(self, monthly: int) -> Decimal | None:
        """A monthly amount as a share of disposable income; None when there is none."""
        return Decimal(monthly) / self.disposable if self.disposable > 0 else None


def assess(budget: Budget, owed: int, safety_share: Decimal) -> Affordability:
    """What can be paid a month on a debt of `owed` minor units. `InputError` for a negative figure."""
    for field, lines in (
        ("income", budget.income),
        ("spending", budget.spending),
        ("priority_debts", budget.priority_debts),
    ):
        for index, line in enumerate(lines):
            _not_negative(line.amount, f"budget.{field}[{index}].amount")
    for index, balance in enumerate(budget.other_creditors):
        _not_negative(balance, f"budget.other_creditors[{index}].balance")
    income, spending, debts = (_month(lines) for lines in (budget.income, budget.spending, budget.priority_debts))
    disposable = income - spending - debts
    everybody = owed + sum(budget.other_creditors)
    share = Fraction(owed, everybody) if everybody else Fraction(1)
    return Affordability(
        income=_whole(income),
        spending=_whole(spending),
        priority_debts=_whole(debts),
        disposable=_whole(disposable),
        available=max(0, _whole(disposable * Fraction(safety_share) * share)),
        safety_share=safety_share,
        creditor_share=Decimal(share.numerator) / share.denominator,
    )


def _month(lines: Iterable[BudgetLine]) -> Fraction:
    return sum((line.amount * A_MONTH[line.per] for line in lines), Fraction(0))


def _whole(amount: Fraction) -> int:
    """Half up, away from zero."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return -whole if amount < 0 else whole


def _not_negative(amount: int, field: str) -> None:
    if amount < 0:
        raise InputError(msg("A budget's figures cannot be negative; put spending under spending."), field=field)
