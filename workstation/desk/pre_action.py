"""What comes before a case is referred to the lawyers: each step, and whether the record shows that it was taken."""

from __future__ import annotations

from datetime import date

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.domain.case_values import CaseState
from workstation.domain.vocabulary import PRE_ACTION

FINAL_NOTICE = "final_notice"
_OFFERS = frozenset({"settlement_offer", "plan_agreement"})


def steps_taken(file: CaseFile, today: date) -> tuple[str, ...]:
    """Of `vocabulary.PRE_ACTION`, those that the record shows, in its order."""
    return tuple(step for step in PRE_ACTION if _taken(step, file, today))


def limitation_days(file: CaseFile, today: date) -> int | None:
    """Days left to sue; None while nothing is due."""
    found = standing.limitation(file, today)
    return None if found is None else found.days_left


def _taken(step: str, file: CaseFile, today: date) -> bool:
    state = file.state
    days = limitation_days(file, today)
    return {
        "demand_arrived": any(
            sent.arrived_on and standing.demand_interrupts(file.book.jurisdiction, sent.template)
            for sent in state.letters
        ),
        "final_notice_arrived": any(sent.template == FINAL_NOTICE and sent.arrived_on for sent in state.letters),
        "terms_offered": bool(state.plans) or any(sent.template in _OFFERS for sent in state.letters),
        "hardship_asked": _month_known(state),
        "no_dispute_open": not state.dispute_open,
        "no_complaint_open": not state.complaint_open,
        "not_time_barred": days is None or days >= 0,
    }[step]


def _month_known(state: CaseState) -> bool:
    """Was it asked how the debtor is: the reason for the arrears, a budget, or hardship on record?"""
    return state.reason is not None or state.budget is not None or bool(state.hardship)
