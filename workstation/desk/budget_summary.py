"""The budget in six lines that add up to what can go to this case each month, and one word for how it stands."""

from __future__ import annotations

from workstation.desk.budget_views import SummaryLine
from workstation.desk.views import Badge
from workstation.domain.affordability import Affordability, Budget, BudgetLine, half_up, month
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import decimals

HOUSING = frozenset({"housing", "mortgage", "housing_arrears"})  # shown as one line, whichever it is


def lines(budget: Budget, found: Affordability, currency: str) -> tuple[SummaryLine, ...]:
    """What comes in, what goes out, what stays with the person; lines of nothing are left out."""
    housing = half_up(month(line for line in (*budget.spending, *budget.priority_debts) if line.kind in HOUSING))
    debts = half_up(month(line for line in budget.priority_debts if line.kind not in HOUSING))
    living = found.income - found.disposable - housing - debts  # so that the lines add up to the cent
    others = len(budget.other_creditors) + len(budget.agreed)
    kept = f"{((1 - found.safety_share) * 100).normalize():f}"
    rows = (
        (msg("Monthly income"), found.income, _sources(budget.income, currency)),
        (msg("Essential spending"), -living, None),
        (msg("Rent and mortgage"), -housing, None),
        (msg("Other priority debts"), -debts, None),
        (msg("Stays with the person"), -found.margin, msg("{percent}%", percent=kept)),
        (msg("Other creditors"), -found.to_others, nmsg("{n} creditor", "{n} creditors", others)),
    )
    return tuple(
        SummaryLine(label, Money(amount, currency), detail)
        for place, (label, amount, detail) in enumerate(rows)
        if amount or place < 2
    )


def state(budget: Budget, found: Affordability, currency: str) -> Badge:
    if not budget.income and not budget.spending:
        return Badge(msg("No budget yet"))
    if not budget.income:
        return Badge(msg("No income yet"), "warn")
    if found.disposable < 0:
        return Badge(msg("{amount} a month too little to live on", amount=Money(-found.disposable, currency)), "bad")
    if found.short:
        short = Money(found.short, currency)
        return Badge(msg("Others were promised {amount} more than there is", amount=short), "bad")
    if not found.available:
        return Badge(msg("Nothing is left to pay with"), "bad")
    return Badge(msg("Can be paid each month"), "good")


def _sources(income: tuple[BudgetLine, ...], currency: str) -> Message | None:
    """Which incomes make it up, the largest two by name."""
    if not income:
        return None
    by_size = sorted(income, key=lambda line: line.monthly, reverse=True)

    def named(line: BudgetLine) -> Message:
        whole = half_up(line.monthly / 10 ** decimals(currency))  # in a word: the figure itself is to the cent
        return msg("{what} {amount}", what=Label("income", line.kind), amount=f"{whole:,}")

    if len(by_size) == 1:
        return msg("{what}", what=Label("income", by_size[0].kind))
    if len(by_size) == 2:
        return msg("{first} · {second}", first=named(by_size[0]), second=named(by_size[1]))
    return msg("{first} · {second} and others", first=named(by_size[0]), second=named(by_size[1]))
