"""What waits for a lead: plans above somebody's authority and breached plans, each decided once, at the centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from local_db import events as store_events
from local_db import queries
from local_db.queries import CaseFile
from workstation.desk import approval_facts, plan_kept
from workstation.desk.approval_facts import Fact, Waiting
from workstation.desk.entry_reading import Readings
from workstation.desk.follow_views import Choice
from workstation.desk.plan_follow import needs_a_lead
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.views import Reading
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import PlanMade
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.events import PlanDecided, PlanProposed, decode_body
from workstation.domain.message import Label, Message, Money, msg

if TYPE_CHECKING:
    from workstation.sync.decisions import Decision, Link

LEADING = frozenset({"lead", "auditor", "admin"})
DECIDING = frozenset({"lead", "admin"})
Verdict = Literal["approved", "rejected", "re_aged", "terminated"]
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class DecisionNeedsLine(WorkstationError):  # named as the user meets it
    """Offline nothing is decided: two leads could both be first. What was written stays where it is."""

    code = "decision_offline"


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: its own, or that of whoever was first."""

    first: bool
    sentence: Message
    changes: Changes


class ApprovalsDesk:
    """`open_line` signs in at the centre; `decided` has the seat synchronise, so that the decision arrives here too."""

    def __init__(self, seat: Seat, open_line: Callable[[], Link], decided: Callable[[], None]) -> None:
        self._seat, self._open_line, self._decided = seat, open_line, decided
        self._kept: dict[str, tuple[Waiting, ...]] = {}  # by case, until something changes there
        self._kept_on: date | None = None
        self._stale: set[str] = set()  # touched since they were read, also while others are being read
        self._settled: set[tuple[str, int]] = set()  # decided, though that has not arrived yet

    @property
    def offered(self) -> bool:
        """Is the list for this person?"""
        return self._seat.person.role in LEADING

    @property
    def decides(self) -> bool:
        return self._seat.person.role in DECIDING

    def waiting(self) -> tuple[Waiting, ...]:
        """The longest waiting first. Reads cases whole: not for the window's thread."""
        today = self._seat.clock.today()
        if today != self._kept_on:
            self._kept.clear()
            self._kept_on = today
        for case_id in tuple(self._stale):
            self._stale.discard(case_id)
            self._kept.pop(case_id, None)
        with self._seat.store.read() as conn:
            ids = store_events.cases_with(conn, ("plan_proposed",), _EVER)
            missing = [case_id for case_id in ids if case_id not in self._kept]
            for record in queries.queue_records(conn, missing) if missing else ():
                waits = any(_waits(plan) for plan in record.state.plans)
                self._kept[record.case_id] = (
                    tuple(self._of_case(queries.case_file(conn, record.case_id), today)) if waits else ()
                )
        rows = [
            row for case_id in ids for row in self._kept.get(case_id, ()) if (row.id, row.seen) not in self._settled
        ]
        return tuple(sorted(rows, key=lambda row: (row.at, row.id)))

    def refresh(self, changes: Changes) -> None:
        """Read the touched cases again when next asked."""
        self._stale |= self._kept.keys() if changes.everything else changes.case_ids

    def moved(self, row: Waiting, typed: str) -> tuple[tuple[Choice, ...], Reading | None]:
        """The choices after a breach, with the first new day as typed; the reading's error says why it will not do."""
        readings = Readings(self._seat.clock.today())
        day = readings.day("first_due", typed)
        reading = readings.by_field.get("first_due")
        if day is None or row.kind != "breach":
            return row.choices, reading
        file = self._seat.file(row.case_id)
        plan = next((plan for plan in file.state.plans if plan.id == row.id), None)
        if plan is None:
            return row.choices, reading
        today = self._seat.clock.today()
        try:
            return plan_kept.choices(file, plan_kept.plan_standing(file, plan, today), today, day), reading
        except InputError as error:
            return row.choices, Reading("first_due", None, None, error.message)

    # ---- deciding ----

    def decide(self, row: Waiting, verdict: Verdict, reason: str, first_due: str = "") -> Decided:
        """At the centre, now. Raises `DecisionNeedsLine` offline, `InputError` without what is needed, and what the
        centre refuses; nothing is recorded then. Not for the window's thread."""
        from workstation.sync.link import Unreachable

        if not self.decides:
            raise InputError(msg("A team lead decides this."))
        if row.barred is not None:
            raise InputError(row.barred)
        if verdict != "approved" and not reason.strip():
            raise InputError(msg("Say why: whoever asked has to be able to explain it to the debtor."), field="reason")
        readings = Readings(self._seat.clock.today())
        first = readings.day("first_due", first_due) if verdict == "re_aged" else None
        if readings.first_error is not None:
            raise InputError(readings.first_error, field="first_due")
        try:
            with closing(self._open_line()) as link:
                found = self._at_the_centre(link, row, verdict, reason.strip(), first)
        except Unreachable as error:
            raise DecisionNeedsLine(
                msg(
                    "A decision is made once, at the centre, and the line is down. Nothing was recorded; your words "
                    "are kept. Decide again when you are online."
                )
            ) from error
        self._settled.add((row.id, row.seen))
        self._decided()
        changes = Changes(frozenset({"event", "plan"}), frozenset({row.case_id}))
        return Decided(found.done, _told(found), changes)

    def _at_the_centre(
        self, link: Link, row: Waiting, verdict: Verdict, reason: str, first_due: date | None
    ) -> Decision:
        from workstation.sync import decisions

        if verdict == "approved" or verdict == "rejected":  # noqa: PLR1714  # so that the type is known
            if row.kind != "proposal":
                raise InputError(msg("A breached plan is moved on or terminated."))
            return decisions.decide(link, row.id, verdict, reason)
        if row.kind != "breach":
            raise InputError(msg("A proposal is approved or rejected."))
        file, today = self._seat.file(row.case_id), self._seat.clock.today()
        plan = next(plan for plan in file.state.plans if plan.id == row.id)
        after = next_business_day(today, file.book.jurisdiction)
        if verdict == "terminated":
            return decisions.decide_breach(link, row.id, row.seen, verdict, reason, (), after)
        found = plan_kept.plan_standing(file, plan, today)
        rows = plan_kept.new_days(file, found, today, first_due)
        first = next(new.due for new, old in zip(rows, found.rows, strict=True) if old.missing)
        told = [(part.due, part.amount) for part in rows]
        return decisions.decide_breach(link, row.id, row.seen, verdict, reason, told, first)

    # ---- what is needed to decide ----

    def _of_case(self, file: CaseFile, today: date) -> Iterator[Waiting]:
        for plan in file.state.plans:
            body = plan_kept.proposal_of(file, plan.id)
            if not _waits(plan) or body is None:
                continue
            yield (
                self._breach(file, plan, body, today)
                if plan.stage == "breached"
                else self._proposal(file, plan, body, today)
            )

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
            barred=self._barred(plan, None if approval is None else approval.by),
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
            barred=None if self.decides else msg("A team lead decides this."),
            choices=plan_kept.choices(file, found, today) if found.left else (),
            seen=plan.re_aged,
        )

    def _barred(self, plan: PlanMade, by: str | None) -> Message | None:
        person = self._seat.person
        if person.role not in DECIDING:
            return msg("A team lead decides this.")
        if plan.author == person.id:
            return msg("You proposed it yourself: another lead decides.")
        if by == "admin" and person.role == "lead":
            return msg("This is above the authority of a lead: an administrator decides.")
        return None


def _waits(plan: PlanMade) -> bool:
    return plan.stage == "breached" or (plan.stage == "proposed" and plan.needs_approval)


def _decision(body: str) -> str:
    told = decode_body("plan_decided", body)
    return told.decision if isinstance(told, PlanDecided) else ""


def _told(found: Decision) -> Message:
    what = Label("plan_decision", found.decision)
    if found.done:
        return msg("Decided: {what}. Whoever asked sees it with the next synchronisation.", what=what)
    return msg("{who} was first, at {time}: {what}. Your decision was not needed.", who=found.decided_by,
               time=found.decided_at, what=what)  # fmt: skip
