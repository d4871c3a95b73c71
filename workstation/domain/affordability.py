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
from workstation.domain.message import Message, msg
from workstation.domain.money import MAX_MINOR

Per = Literal["week", "fortnight", "month", "year"]
A_MONTH: dict[Per, Fraction] = {
    "week": Fraction(52, 12),
    "fortnight": Fraction(26, 12),
    "month": Fraction(1),
    "year": Fraction(1, 12),
}
MOST_LINES = 500  # of a kind; nobody's month has more


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A source of income or an item of spending, minor units per period."""

    kind: str
    amount: int
    per: Per = "month"
    reason: str = ""  # why it lies outside the reference figures

    @property
    def monthly(self) -> Fraction:
        return self.amount * A_MONTH[self.per]


@dataclass(frozen=True, slots=True)
class Budget:
    """A person's month. `priority_debts` are secured or come first; `other_creditors` are unsecured balances that share
    by size; `agreed` is what other unsecured creditors were promised a month, and get before anybody shares."""

    income: tuple[BudgetLine, ...] = ()
    spending: tuple[BudgetLine, ...] = ()
    priority_debts: tuple[BudgetLine, ...] = ()
    other_creditors: tuple[int, ...] = ()
    agreed: tuple[int, ...] = ()
    adults: int = 1  # of the household: what the reference figures go by
    children: int = 0


@dataclass(frozen=True, slots=True)
class Affordability:
    """A month in minor units: `disposable` = income − spending − priority debts; of it `margin` stays with the person,
    `to_others` goes to the other creditors, and `available` can go to this case, never below zero.

    With something disposable, `disposable` = `margin` + `to_others` + `available` − `short`, exactly.
    """

    income: int
    spending: int
    priority_debts: int
    disposable: int
    available: int
    safety_share: Decimal
    creditor_share: Decimal  # of what is left to share, to this case
    margin: int = 0
    to_others: int = 0
    short: int = 0  # what the amounts agreed with others exceed what there is

    def share_of_income(self, monthly: int) -> Decimal | None:
        """A monthly amount as a share of disposable income; None when there is none."""
        return Decimal(monthly) / self.disposable if self.disposable > 0 else None


def assess(budget: Budget, owed: int, safety_share: Decimal) -> Affordability:
    """What can be paid a month on a debt of `owed` minor units. `InputError` names a figure that cannot be."""
    _check(budget)
    income, spending, debts = (month(lines) for lines in (budget.income, budget.spending, budget.priority_debts))
    disposable = income - spending - debts
    pool = disposable * Fraction(safety_share)
    agreed = sum(budget.agreed)
    everybody = owed + sum(budget.other_creditors)
    share = Fraction(owed, everybody) if everybody else Fraction(1)
    # Where figures carry fractions of a cent, the parts are rounded so that they add up to the whole.
    whole = half_up(disposable)
    usable = max(0, half_up(pool))
    available = max(0, half_up((pool - agreed) * share))
    return Affordability(
        income=half_up(income),
        spending=half_up(spending),
        priority_debts=half_up(debts),
        disposable=whole,
        available=available,
        safety_share=safety_share,
        creditor_share=Decimal(share.numerator) / share.denominator,
        margin=whole - usable if whole > 0 else 0,
        to_others=max(usable - available, agreed) if whole > 0 else agreed,
        short=max(0, agreed - usable),
    )


def month(lines: Iterable[BudgetLine]) -> Fraction:
    """Minor units a month, exactly."""
    return sum((line.monthly for line in lines), Fraction(0))


def half_up(amount: Fraction) -> int:
    """To the whole minor unit, halves away from zero."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return -whole if amount < 0 else whole


def _check(budget: Budget) -> None:
    for field, lines in (
        ("income", budget.income),
        ("spending", budget.spending),
        ("priority_debts", budget.priority_debts),
    ):
        _few(len(lines), f"budget.{field}")
        for index, line in enumerate(lines):
            check_figure(line.amount, f"budget.{field}[{index}].amount")
    _few(len(budget.other_creditors), "budget.other_creditors")
    for index, balance in enumerate(budget.other_creditors):
        check_figure(balance, f"budget.other_creditors[{index}].balance")
    _few(len(budget.agreed), "budget.agreed")
    for index, amount in enumerate(budget.agreed):
        check_figure(amount, f"budget.agreed[{index}]")
    _refuse(not 1 <= budget.adults <= 99, msg("A household has at least one adult and at most 99."), "budget.adults")
    _refuse(not 0 <= budget.children <= 99, msg("A household has at most 99 children."), "budget.children")


def check_figure(amount: int, field: str) -> None:
    """`InputError` for what cannot be a month's figure."""
    _refuse(amount < 0, msg("A budget's figures cannot be negative; put spending under spending."), field)
    _refuse(amount > MAX_MINOR, msg("The amount is larger than this program accepts."), field)


def _few(count: int, field: str) -> None:
    _refuse(count > MOST_LINES, msg("A budget has at most {most} lines of a kind.", most=MOST_LINES), field)


def _refuse(condition: bool, message: Message, field: str) -> None:
    if condition:
        raise InputError(message, field=field)
