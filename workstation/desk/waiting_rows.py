"""The rows of the approvals list: each request, proposal and breach of a case, with what is needed to decide it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime

from local_db.queries import CaseFile
from workstation.desk import approval_facts, asking, plan_kept, request_facts, standing
from workstation.desk.approval_facts import Fact, Waiting
from workstation.desk.plan_follow import needs_a_lead
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.undecided import DECIDING, WHAT, is_late, plan_waits
from workstation.domain.case_values import ApprovalKnown, CaseState, PlanMade
from workstation.domain.decision_rules import load
from workstation.domain.events import PlanDecided, PlanProposed, decode_body
from workstation.domain.message import Label, Message, Money, msg

TAKES_TWO = msg("Above the house's threshold: two different leads approve it, one after the other.")


def endorsed(who: str) -> Message:
    return msg("{who} approved it as the first of two leads.", who=who)


def waits(state: CaseState) -> bool:
    return any(map(plan_waits, state.plans)) or any(known.waits for known in state.approvals)


class WaitingRows:
    """For one person: `lenders` are those whose authority they were lent."""

    def __init__(self, seat: Seat, lenders: Collection[str] = ()) -> None:
        self._seat, self._lenders = seat, lenders
        self._decides = seat.person.role in DECIDING or bool(lenders)

    def of_case(self, file: CaseFile, now: datetime, today: date) -> Iterator[Waiting]:
        """What waits on this case."""
        for plan in file.state.plans:
            body = plan_kept.proposal_of(file, plan.id)
            if not plan_waits(plan) or body is None:
                continue
            row = (
                self._breach(file, plan, body, today)
                if plan.stage == "breached"
                else self._proposal(file, plan, body, today)
            )
            yield replace(row, late=is_late("plan", row.at, now))
        for known in file.state.approvals:
            if known.waits and known.what in WHAT:
                yield self._request(file, known, now, today)

    def _proposal(self, file: CaseFile, plan: PlanMade, body: PlanProposed, today: date) -> Waiting:
        shown = ShownCase(file, self._seat.masks)
        request, result, warnings = approval_facts.recalculated(body)
        came = plan_kept.paid_since(file, plan, today)
        if came is not None:
            warnings = (*warnings, plan_kept.arrived(came))
        if plan.replaces:
            warnings = (*warnings, msg("It takes the place of an earlier plan of this case."))
        facts = (*approval_facts.plan_facts(request, result), *approval_facts.person(file, today))
        approval = None if result is None else result.approval
        reasons = () if approval is None else approval.reasons
        if not reasons and needs_a_lead(file.state):
            reasons = (msg("The plan before it was breached: what follows is a lead's decision."),)
        title = approval_facts.title(plan)
        if plan.endorsed_by:
            warnings = (*warnings, endorsed(file.people.get(plan.endorsed_by, "—")))
        elif result is not None and load()["plan"].needs_two(result.waived.total, file.book.currency):
            warnings = (*warnings, TAKES_TWO)
        return Waiting(
            kind="proposal",
            id=plan.id,
            case_id=file.case.id,
            number=file.case.number,
            name=shown.name,
            asked_by=file.people.get(plan.author, "—"),
            at=plan.proposed_at,
            title=title,
            why=next(iter((*warnings[:1], *reasons[:1])), title),
            circumstances=shown.words(body.circumstances),
            facts=facts,
            waived=() if request is None or result is None else tuple(approval_facts.waived(request, result)),
            reasons=reasons,
            warnings=warnings,
            barred=self._barred(plan.author, plan.endorsed_by, None if approval is None else approval.by),
        )

    def _breach(self, file: CaseFile, plan: PlanMade, body: PlanProposed, today: date) -> Waiting:
        shown = ShownCase(file, self._seat.masks)
        found = plan_kept.plan_standing(file, plan, today)
        event = next(
            event
            for event in reversed(file.events)
            if event.answers == plan.id and event.kind == "plan_decided" and _decision(event.body) == "breached"
        )
        told = decode_body(event.kind, event.body)
        warnings: tuple[Message, ...] = ()
        if not found.missed:
            warnings = (msg("Nothing is missed any more: what was missing has been paid since."),)
        currency = file.book.currency
        facts: tuple[Fact, ...] = (
            (msg("Paid under the plan"), Money(found.paid, currency)),
            (msg("Missed so far"), Money(found.behind, currency)),
            (msg("Agreed on"), msg("{day}", day=plan.agreed_on)),
            *approval_facts.person(file, today),
        )
        return Waiting(
            kind="breach",
            id=plan.id,
            case_id=file.case.id,
            number=file.case.number,
            name=shown.name,
            asked_by=file.people.get(event.author, "—"),
            at=event.corrected_at,
            title=approval_facts.title(plan),
            why=next(iter(warnings), None)
            or msg("{amount} is missing since {day}", amount=Money(found.behind, currency), day=found.missed[0].due),
            circumstances=shown.words((told.reason if isinstance(told, PlanDecided) else "") or body.circumstances),
            facts=facts,
            waived=(),
            reasons=(),
            warnings=warnings,
            barred=None if self._decides else msg("A team lead decides this."),
            choices=plan_kept.choices(file, found, today) if found.left else (),
            seen=plan.re_aged,
        )

    def _request(self, file: CaseFile, known: ApprovalKnown, now: datetime, today: date) -> Waiting:
        shown = ShownCase(file, self._seat.masks)
        about = asking.about(file, shown, known)
        title = msg("{what}", what=Label("approval", known.what))
        warnings = tuple(request_facts.warnings(file, known, today))
        if known.stage == "endorsed":
            warnings = (*warnings, endorsed(file.people.get(known.endorsed_by, "—")))
        elif load()[known.what].needs_two(standing.owed(file, today).total.total, file.book.currency):
            warnings = (*warnings, TAKES_TWO)
        last = asking.longest(known.what, today)
        return Waiting(
            kind="request",
            id=known.id,
            case_id=file.case.id,
            number=file.case.number,
            name=shown.name,
            asked_by=file.people.get(known.author, "—"),
            at=known.asked_at,
            title=title,
            why=next(iter(warnings), None) or about or msg("{words}", words=shown.words(known.reason)),
            circumstances=shown.words(known.reason),
            facts=tuple(request_facts.facts(file, shown, known, today)),
            waived=(),
            reasons=(),
            warnings=warnings,
            barred=self._barred(known.author, known.endorsed_by, None),
            what=Label("approval", known.what),
            until=min(filter(None, (known.wanted_until, last)), default=None),
            late=is_late(known.what, known.asked_at, now),
            steps=request_facts.steps(file, known, today),
        )

    def _barred(self, author: str, endorsed_by: str, by: str | None) -> Message | None:
        person = self._seat.person
        if not self._decides:
            return msg("A team lead decides this.")
        if author == person.id:
            return msg("You proposed it yourself: another lead decides.")
        if author in self._lenders and person.role not in DECIDING:
            return msg("Whoever lent you the authority asked for it: another lead decides.")
        if endorsed_by and endorsed_by == person.id:
            return msg("You were the first of two leads: another one decides.")
        if by == "admin" and person.role != "admin":
            return msg("This is above the authority of a lead: an administrator decides.")
        return None


def _decision(body: str) -> str:
    told = decode_body("plan_decided", body)
    return told.decision if isinstance(told, PlanDecided) else ""
