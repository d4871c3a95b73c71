"""Folds what was proposed and decided about a case's plans, in whatever order it arrives and by whatever clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from workstation.domain.case_values import IN_FORCE, WAITING, Instalment, PlanMade
from workstation.domain.events import Event, PlanDecided, PlanProposed
from workstation.domain.money import to_minor

_AFTER_APPROVAL = frozenset({"agreed", "active", "breached", "re_aged", "completed"})
_GIVES_WAY = IN_FORCE | {"breached"}
_OVER = frozenset({"terminated", "cancelled", "completed"})


def made(event: Event, body: PlanProposed, day: date) -> PlanMade:
    """A plan as it was proposed on `day`, the debtor's."""
    currency = str(body.request.get("currency", ""))
    return PlanMade(
        id=event.id,
        proposed_at=event.corrected_at,
        proposed_on=day,
        author=event.author,
        stage="proposed",
        method=str(body.request.get("method", "")),
        currency=currency,
        needs_approval=body.needs_approval,
        down_payment=next(iter(_instalments([body.result.get("down_payment")], currency)), None),
        instalments=_instalments(body.result.get("schedule"), currency),
        replaces=body.replaces,
    )


def decided(plans: Mapping[str, PlanMade], decisions: Iterable[tuple[Event, PlanDecided, date]]) -> dict[str, PlanMade]:
    """The plans after all decisions, which come in the order of events with the debtor's day of each."""
    after, known = dict(plans), list(decisions)
    approved = {event.answers for event, body, _ in known if body.decision == "approved"}
    moved = Counter(event.answers for event, body, _ in known if body.decision == "re_aged")
    for event, body, day in known:
        plan = after.get(event.answers or "")
        if plan is None:
            continue
        if plan.needs_approval and plan.id not in approved and body.decision in _AFTER_APPROVAL:
            continue  # only the centre writes an approval: nobody agrees above their authority without one
        if plan.agreed_on is not None and body.decision in {"endorsed", "approved", "rejected"}:
            continue  # by a clock that ran ahead of the seat's
        if body.decision == "endorsed":
            after[plan.id] = replace(plan, endorsed_by=event.author)
            continue
        if plan.stage in _OVER and body.decision not in _OVER:
            continue  # reported at a seat that had not heard of the end
        if body.decision == "breached" and body.round < moved[plan.id]:
            continue  # a lead has decided about this one
        after[plan.id] = _after(plan, body, day)
    for plan in tuple(after.values()):
        _take_the_place(after, plan)
    return after


def _take_the_place(plans: dict[str, PlanMade], plan: PlanMade) -> None:
    """A proposal that waits gives way to the next at once; what is in force or breached, to what is agreed instead,
    however many proposals came between."""
    seen = {plan.id}
    before = plans.get(plan.replaces)
    while before is not None and before.id not in seen:
        seen.add(before.id)
        if before.stage in WAITING or (plan.agreed_on is not None and before.stage in _GIVES_WAY):
            plans[before.id] = replace(before, stage="replaced")
        before = plans.get(before.replaces) if plan.agreed_on is not None else None


def _after(plan: PlanMade, body: PlanDecided, day: date) -> PlanMade:
    if body.decision == "re_aged":
        rows = tuple(Instalment(due=row.due, amount=row.amount) for row in body.instalments)
        down = () if plan.down_payment is None else (0,)
        if len(rows) == len(plan.numbered):  # it moves days; what says otherwise is of a newer version
            plan = replace(plan, down_payment=rows[0] if down else None, instalments=rows[len(down) :])
        return replace(plan, stage="breached" if plan.stage == "breached" else "active", re_aged=plan.re_aged + 1)
    agreed_on = plan.agreed_on
    if body.decision in {"agreed", "active"} and agreed_on is None:
        agreed_on = day
    return replace(plan, stage=body.decision, agreed_on=agreed_on, consent=body.consent or plan.consent)


def _instalments(schedule: object, currency: str) -> tuple[Instalment, ...]:
    """The due dates and amounts of a computed plan; rows that a newer form writes otherwise are left out."""
    rows: list[Instalment] = []
    for row in schedule if isinstance(schedule, list) else ():
        if not isinstance(row, dict):
            continue
        try:
            due = date.fromisoformat(str(row.get("due")))
            rows.append(Instalment(due=due, amount=to_minor(str(row.get("amount")), currency)))
        except ValueError:
            continue
    return tuple(rows)
