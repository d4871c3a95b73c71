"""Days past due, the delinquency stage they make, and the days and amount of grace (容时容差).

Domain rules, "Stage, cure, limitation"; stages as in product.md: M1 is days 1 to 30, M7+ begins at day 181.
"""

from __future__ import annotations

from datetime import date, timedelta

from workstation.domain.vocabulary import STAGES


def days_past_due(first_unpaid_due: date | None, on: date) -> int:
    """Days from the first unpaid due date; 0 when nothing is unpaid or it is not yet due."""
    return 0 if first_unpaid_due is None else max(0, (on - first_unpaid_due).days)


def stage_of(dpd: int) -> str:
    """`M0` … `M6`, `M7+` of a number of days past due."""
    return STAGES[min((max(0, dpd) + 29) // 30, len(STAGES) - 1)]


def last_day_of_grace(due: date, grace_days: int) -> date:
    """The last value date on which a payment still counts as on time (容时)."""
    return due + timedelta(days=grace_days)


def is_overdue(due: date, missing: int, on: date, *, grace_days: int, tolerance: int) -> bool:
    """Whether a due amount with `missing` minor units unpaid counts as overdue: days and amount of grace both used up.

    `grace_days` and `tolerance` come from the rule pack.
    """
    return missing > tolerance and on > last_day_of_grace(due, grace_days)
