"""What waits for a lead's decision, and since when it has waited longer than the house lets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from workstation.desk.seat import Person
from workstation.desk.views import Overdue
from workstation.domain.case_values import CaseState, PlanMade
from workstation.domain.decision_rules import DECIDED, load
from workstation.domain.message import Label, msg

DECIDING = frozenset({"lead", "admin"})
WHAT = frozenset(DECIDED)


def plan_waits(plan: PlanMade) -> bool:
    return plan.stage == "breached" or (plan.stage == "proposed" and plan.needs_approval)


def is_late(what: str, asked_at: datetime, now: datetime) -> bool:
    """Has it waited longer than the house lets it?"""
    return now - asked_at > timedelta(hours=load()[what].remind_hours)


def overdue(state: CaseState, person: Person, now: datetime, zone: tzinfo) -> Iterator[Overdue]:
    """What waits too long on a case: told to who decides and to who asked, to nobody else."""
    waiting = [("plan", plan.author, plan.proposed_at) for plan in state.plans if plan_waits(plan)]
    waiting += [(known.what, known.author, known.asked_at) for known in state.approvals if known.waits]
    for what, author, asked_at in waiting:
        if what not in WHAT or not is_late(what, asked_at, now):
            continue
        day = asked_at.astimezone(zone).date()
        if person.role in DECIDING:
            yield Overdue(asked_at, msg("{what} waits for a lead since {day}.", what=Label("approval", what), day=day))
        elif author == person.id:
            said = msg("{what}: your request of {day} is not decided yet.", what=Label("approval", what), day=day)
            yield Overdue(asked_at, said)
