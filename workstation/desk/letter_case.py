"""What the conditions of letters ask of a case, read from its records on a day."""

from __future__ import annotations

from datetime import date

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.carrying import kept_amounts
from workstation.desk.plan_kept import plan_standing
from workstation.desk.scripts import may_waive
from workstation.domain.case_values import PlanMade
from workstation.domain.letter_rules import LetterCase
from workstation.domain.plan_watch import SETTLED, PlanStanding, WatchedInstalment


def letter_case(file: CaseFile, role: str, today: date) -> LetterCase:
    """The case as at `today`, for a letter that somebody of this role writes."""
    state, owed = file.state, standing.owed(file, today)
    watched = watched_plan(file, today)
    held = {known.what for known in state.circumstances if known.on(today)}
    return LetterCase(
        role=role,
        owed=owed.total.total,
        paid=paid_in_all(file),
        dispute_open=state.dispute_open,
        complaint_open=state.complaint_open,
        plan_known=state.plan is not None,
        plan_in_force=state.plan_in_force,
        coming=0 if watched is None else len(coming(watched, today)),
        behind=0 if watched is None else behind(watched, today),
        missed=0 if watched is None else len(watched.missed),
        breached=watched is not None and watched.plan.stage == "breached",
        budget_known=state.budget is not None,
        may_waive=may_waive(role, owed),
        settlement_approved=approved_settlement(file) is not None,
        limitation=standing.limitation(file, today),
        interrupts=standing.demand_interrupts(file.book.jurisdiction, "limitation_demand"),
        validation_sent="validation_notice" in held,
    )


def watched_plan(file: CaseFile, today: date) -> PlanStanding | None:
    """The plan whose instalments are looked after, held against the payments."""
    plan = file.state.watched
    return None if plan is None else plan_standing(file, plan, today)


def coming(watched: PlanStanding, today: date) -> list[WatchedInstalment]:
    """The instalments that fall due today or later and are not paid yet."""
    return [row for row in watched.rows if row.state not in SETTLED and row.due >= today]


def behind(watched: PlanStanding, today: date) -> int:
    """Minor units that fell due under the plan before today and were not paid."""
    return sum(row.missing for row in watched.rows if row.due < today)


def approved_settlement(file: CaseFile) -> PlanMade | None:
    """A settlement that was proposed and may be offered: approved, or within the authority of who proposed it."""
    plan = file.state.waiting_plan
    if plan is None or plan.method != "settlement":
        return None
    return plan if plan.stage == "approved" or not plan.needs_approval else None


def paid_in_all(file: CaseFile) -> int:
    """Minor units that were paid and not taken back, as far as the records go."""
    return sum(kept_amounts(file.payments).values())
