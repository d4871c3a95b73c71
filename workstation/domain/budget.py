"""A recorded budget as what affordability is judged by."""

from __future__ import annotations

from collections.abc import Iterable

from workstation.domain import events
from workstation.domain.affordability import Budget, BudgetLine


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


def _lines(entries: Iterable[events.BudgetEntry]) -> tuple[BudgetLine, ...]:
    return tuple(BudgetLine(entry.kind, entry.amount, entry.per, entry.reason) for entry in entries)
