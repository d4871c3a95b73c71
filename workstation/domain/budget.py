"""A recorded budget as what affordability is judged by, and what its reader should know about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workstation.domain import events
from workstation.domain.affordability import Affordability, Budget, BudgetLine
from workstation.domain.message import Money, msg
from workstation.domain.plan_values import Finding
from workstation.domain.reference_spending import RULE, SpendingFlag, flags


def as_told(body: events.Budget) -> Budget:
    """The event's figures; a creditor with an agreed amount gets that, the others share by balance."""
    return Budget(
        income=_lines(body.income),
        spending=_lines(body.spending),
        priority_debts=_lines(body.priority_debts),
        other_creditors=tuple(row.balance for row in body.other_creditors if row.agreed is None),
        agreed=tuple(row.agreed for row in body.other_creditors if row.agreed is not None),
        adults=body.adults,
        children=body.children,
    )


def findings(
    budget: Budget, month: Affordability, jurisdiction: str, currency: str, on: date, *, whole: bool = False
) -> tuple[Finding, ...]:
    """What the budget lacks, and spending outside the reference figures; see `reference_spending.flags` for `whole`."""
    found = []
    if month.disposable < 0:
        missing = Money(-month.disposable, currency)
        found.append(Finding("budget", "warn", msg("The income is {missing} a month too little.", missing=missing), ""))
    elif month.short:
        short = Money(month.short, currency)
        message = msg("What was agreed with others is {short} a month more than there is.", short=short)
        found.append(Finding("budget", "warn", message, ""))
    return (*found, *(finding_of(flag) for flag in flags(budget, jurisdiction, currency, on, whole=whole)))


def finding_of(flag: SpendingFlag) -> Finding:
    """A flag as a plan's finding: a warning until there is a word of reason."""
    source = flag.reference.source.plain()
    if flag.reason.strip():
        return Finding(
            RULE, "info", msg("{finding} Reason: {reason}", finding=flag.message, reason=flag.reason), source
        )
    return Finding(RULE, "warn", msg("{finding} Ask why.", finding=flag.message), source)


def _lines(entries: Iterable[events.BudgetEntry]) -> tuple[BudgetLine, ...]:
    return tuple(BudgetLine(entry.kind, entry.amount, entry.per, entry.reason) for entry in entries)
