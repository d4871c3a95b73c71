"""Folds a case's events into its state: the same function at every seat, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from workstation.domain import case_plans
from workstation.domain.case_values import (
    ApprovalKnown,
    BudgetKnown,
    CaseState,
    HeldCircumstance,
    Judgement,
    LetterSent,
    LetterWanted,
    NewPoint,
    OpenMatter,
    PlacedPoint,
    PlanMade,
    PromiseMade,
    decode,
    encode,
    judged,
    quadrant,
)
from workstation.domain.contactability import Contactability
from workstation.domain.events import (
    ApprovalAsked,
    ApprovalDecided,
    Body,
    Budget,
    Circumstance,
    Complaint,
    Contact,
    Dispute,
    Event,
    Hardship,
    Letter,
    LetterQueued,
    LetterResult,
    NextAction,
    PlanDecided,
    PlanProposed,
    PointAdded,
    PointChanged,
    PointPlaced,
    Promise,
    TextMessage,
    Unknown,
    VisitReport,
    decode_body,
    in_order,
)
from workstation.domain.outcomes import TABLE, Outcome, is_right_party

__all__ = ["CaseState", "Judgement", "decode", "encode", "fold", "judged", "quadrant", "set_aside"]

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
_DEBTOR = frozenset({"debtor", "unknown"})
_THIRD = frozenset({"related", "unrelated"})


def fold(events: Iterable[Event], zone: tzinfo = DEFAULT_ZONE) -> CaseState:
    """The state after `events` of one case, in any order, repeats allowed. `zone` is the debtor's."""
    unique = {event.id: event for event in events}
    ordered = in_order(unique.values())
    aside = set_aside(ordered)
    folding = _Folding(zone)
    for event in ordered:
        if event.id not in aside:
            folding.take(event)
    return folding.state(len(ordered), ordered[-1].corrected_at if ordered else None, aside & unique.keys())


def set_aside(ordered: list[Event]) -> set[str]:
    """Ids that a correction answers; latest first, so that a correction can itself be undone."""
    aside: set[str] = set()
    for event in reversed(ordered):
        if event.kind == "correction" and event.answers is not None and event.id not in aside:
            aside.add(event.answers)
    return aside


class _Folding:
    """The state while it is being built: mutable, used once."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.values: dict[str, Any] = {}  # CaseState fields set so far
        self.promises: dict[str, PromiseMade] = {}
        self.replaced: dict[str, Event] = {}  # promise id → the event that took its place
        self.plans: dict[str, PlanMade] = {}
        self.decisions: list[tuple[Event, PlanDecided, date]] = []
        self.asked: dict[str, ApprovalKnown] = {}
        self.answers: list[tuple[Event, ApprovalDecided]] = []
        self.letters: list[LetterSent] = []
        self.wanted: dict[str, LetterWanted] = {}
        self.made_of: set[str] = set()  # wanted letters that were made
        self.results: list[tuple[Event, LetterResult]] = []
        self.added: dict[str, NewPoint] = {}
        self.placed: dict[str, PlacedPoint] = {}
        self.circumstances: dict[tuple[str, str, str], HeldCircumstance] = {}  # by what, medium and place
        self.dead: dict[str, None] = {}
        self.refused: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.own: set[str] = set()  # contact points called as the debtor's
        self.reach = Contactability()
        self.attempts = 0
        self.right_party = 0

    def take(self, event: Event) -> None:
        body = decode_body(event.kind, event.body)
        handler = _HANDLERS.get(type(body))
        if handler is not None:
            handler(self, event, body)
        action: NextAction | None = getattr(body, "next_action", None)
        if action is not None:
            self.values["next_action"] = action
            self.values["next_action_from"] = event.id

    def state(self, count: int, last: datetime | None, aside: set[str]) -> CaseState:
        self._replace_promises()
        plans = case_plans.decided(self.plans, self.decisions)
        return CaseState(
            events=count,
            last_event_at=last,
            set_aside=tuple(sorted(aside)),
            unknown_kinds=tuple(sorted(self.unknown)),
            promises=tuple(self.promises.values()),
            plans=tuple(plans.values()),
            approvals=tuple(map(self._with_answer, self.asked.values())),
            letters=tuple(map(self._with_result, self.letters)),
            queued_letters=tuple(letter for letter in self.wanted.values() if letter.id not in self.made_of),
            added_points=tuple(self.added.values()),
            placed_points=tuple(self.placed.values()),
            circumstances=tuple(self.circumstances.values()),
            dead_points=tuple(sorted(self.dead)),
            refused_points=tuple(sorted(self.refused)),
            unanswered_streak=self.reach.streak,
            out_of_contact=self.reach.lost,
            attempts=self.attempts,
            right_party_contacts=self.right_party,
            **self.values,
        )

    def day(self, event: Event) -> date:
        return event.corrected_at.astimezone(self.zone).date()

    # ---- one method per kind of body ----

    def contact(self, event: Event, body: Contact) -> None:
        at = event.corrected_at
        row = TABLE.get(event.outcome or "")
        if body.direction == "out" and not body.same_call:
            self.attempts += 1
            self.values["last_attempt_at"] = at
        self.values["last_contact_at"] = at
        if event.outcome is not None:
            self.values["last_outcome"] = event.outcome
        for name in ("ability", "willingness", "reason"):
            value = getattr(body, name)
            if value is not None:
                self.values[name] = value
        if body.identity:
            self.values["identity"] = body.identity
        if row is not None:
            self._outcome(event, body, row)

    def _outcome(self, event: Event, body: Contact, row: Outcome) -> None:
        right_party = is_right_party(row.id, body.party, body.identity)
        if right_party:
            self.right_party += 1
            self.values["last_right_party_at"] = event.corrected_at
            self.reach.reached()
            if event.contact_point is not None:
                self.dead.pop(event.contact_point, None)
        elif event.channel == "call" and body.direction == "out":
            self._called(event, body, row)
        if "point_dead" in row.effects and event.contact_point is not None:
            self.dead[event.contact_point] = None
        if "dispute_opened" in row.effects:
            self._open("dispute", event, body.note)
        if "complaint_opened" in row.effects:
            self._open("complaint", event, body.note)
        if "hardship_claimed" in row.effects and self.values.get("hardship") != "confirmed":
            self.values["hardship"] = "claimed"
        self._flags(row, body.party, event.contact_point)

    def _flags(self, row: Outcome, party: str, point: str | None) -> None:
        """What an outcome says of the person, for good; `point` is whose it was if a third person asked to be left."""
        if "ceased" in row.effects and party in _THIRD:
            self.values["third_party_refused"] = True
            if point is not None:
                self.refused[point] = None
        elif "ceased" in row.effects:
            self.values["ceased"] = True
        for flag in row.effects & {"represented", "deceased", "incarcerated"}:
            self.values[flag] = True

    def _called(self, event: Event, body: Contact, row: Outcome) -> None:
        """A call that did not reach the debtor for certain. Somebody else at the debtor's own number ends a row of
        unanswered calls too, and so does who answered without being verified: it may not be the debtor."""
        if body.party in _DEBTOR and event.contact_point is not None:
            self.own.add(event.contact_point)
        if body.party in _DEBTOR or event.contact_point in self.own:
            self.reach.call(self.day(event), "third_party" if row.reach == "debtor" else row.reach)

    def _open(self, matter: str, event: Event, about: str) -> None:
        """Opens a dispute or complaint; one already open keeps its date, so that its deadline does not move."""
        if self.values.get(matter) is None:
            self.values[matter] = OpenMatter(
                id=event.id, opened_at=event.corrected_at, opened_on=self.day(event), about=about
            )

    def visit(self, _event: Event, body: VisitReport) -> None:
        """The contact counts as such; disputes and the like are records of their own. What is left are the flags."""
        row = TABLE.get(body.result)
        if row is not None:
            met = any(person.who == "debtor" for person in body.met)
            self._flags(row, "debtor" if met else "related", None)

    def promise(self, event: Event, body: Promise) -> None:
        if event.amount is None or event.amount <= 0 or event.due_on is None:
            return  # without an amount and a date there is nothing to keep
        self.promises[event.id] = PromiseMade(
            id=event.id,
            made_at=event.corrected_at,
            made_on=self.day(event),
            amount=event.amount,
            currency=body.currency,
            due=event.due_on,
            author=event.author,
            method=body.method,
            account=body.account,
        )
        if event.answers is not None:
            self.replaced.setdefault(event.answers, event)

    def plan_proposed(self, event: Event, body: PlanProposed) -> None:
        self.plans[event.id] = case_plans.made(event, body, self.day(event))

    def plan_decided(self, event: Event, body: PlanDecided) -> None:
        self.decisions.append((event, body, self.day(event)))

    def approval_asked(self, event: Event, body: ApprovalAsked) -> None:
        self.asked[event.id] = ApprovalKnown(
            id=event.id,
            what=body.what,
            asked_at=event.corrected_at,
            author=event.author,
            reason=body.reason,
            person=body.person,
            rule=body.rule,
            point=event.contact_point,
            wanted_until=body.until,
            steps=body.steps,
            limitation_days=body.limitation_days,
        )

    def approval_decided(self, event: Event, body: ApprovalDecided) -> None:
        self.answers.append((event, body))

    def budget(self, event: Event, body: Budget) -> None:
        self.values["budget"] = BudgetKnown(
            id=event.id,
            taken_at=event.corrected_at,
            taken_on=self.day(event),
            author=event.author,
            budget=replace(body, next_action=None),
        )

    def letter(self, event: Event, body: Letter) -> None:
        self.letters.append(LetterSent(id=event.id, template=body.template, at=event.corrected_at))
        if event.answers is not None:
            self.made_of.add(event.answers)

    def letter_queued(self, event: Event, body: LetterQueued) -> None:
        self.wanted[event.id] = LetterWanted(
            id=event.id,
            template=body.template,
            at=event.corrected_at,
            author=event.author,
            language=body.language,
            pay_by=body.pay_by,
            free_paragraph=body.free_paragraph,
            fields=body.fields,
        )

    def letter_result(self, event: Event, body: LetterResult) -> None:
        self.results.append((event, body))

    def dispute(self, event: Event, body: Dispute) -> None:
        if body.state == "open":
            self._open("dispute", event, body.about or body.text)
        else:
            self.values["dispute"] = None

    def complaint(self, event: Event, body: Complaint) -> None:
        if body.state == "open":
            self._open("complaint", event, body.text)
        else:
            self.values["complaint"] = None

    def hardship(self, _event: Event, body: Hardship) -> None:
        self.values["hardship"] = body.state

    def circumstance(self, event: Event, body: Circumstance) -> None:
        key = (body.what, body.channel, event.contact_point or "")
        self.circumstances.pop(key, None)
        if body.holds:
            self.circumstances[key] = HeldCircumstance(
                id=event.id,
                what=body.what,
                since=body.since or self.day(event),
                until=body.until,
                channel=body.channel,
                point=event.contact_point,
                calls=body.calls,
                evidence=body.evidence,
            )

    def message(self, event: Event, _body: TextMessage) -> None:
        self.attempts += 1
        self.values["last_attempt_at"] = event.corrected_at

    def point_changed(self, event: Event, body: PointChanged) -> None:
        point = event.contact_point
        if point is None:
            return
        self.dead.pop(point, None)
        self.refused.pop(point, None)
        if body.state == "dead":
            self.dead[point] = None
        elif body.state == "refused":
            self.refused[point] = None

    def point_added(self, event: Event, body: PointAdded) -> None:
        self.added[event.id] = NewPoint(
            id=event.id,
            kind=body.point,
            value=body.value,
            source=body.source,
            label=body.label,
            person=body.person,
            time_zone=body.time_zone,
        )

    def point_placed(self, event: Event, body: PointPlaced) -> None:
        if event.contact_point is not None:
            self.placed[event.contact_point] = PlacedPoint(
                id=event.contact_point, latitude=body.latitude, longitude=body.longitude
            )

    def unknown_body(self, _event: Event, body: Unknown) -> None:
        self.unknown[body.kind] = None

    # ---- what refers to another event is applied last: it may have been recorded with a clock that ran ahead ----

    def _with_result(self, letter: LetterSent) -> LetterSent:
        """What is known of it: one that arrived and was sent back afterwards did reach the debtor."""
        for event, body in self.results:
            if event.answers == letter.id and body.state == "delivered":
                letter = replace(letter, arrived_on=min(body.on, letter.arrived_on or body.on))
            elif event.answers == letter.id:
                letter = replace(letter, returned_on=body.on)
        return letter

    def _with_answer(self, asked: ApprovalKnown) -> ApprovalKnown:
        """The first yes or no counts: the centre writes one. What endorses it only waits for a second lead."""
        for event, body in self.answers:
            if event.answers != asked.id or not asked.waits:
                continue
            if body.decision == "endorsed":
                asked = replace(asked, stage="endorsed", endorsed_by=event.author)
            else:
                asked = replace(
                    asked,
                    stage=body.decision,
                    decided_by=event.author,
                    decided_on=self.day(event),
                    until=body.until,
                    answer=body.reason,
                )
        return asked

    def _replace_promises(self) -> None:
        self._join_twins()
        for replaced, event in self.replaced.items():
            made = self.promises.get(replaced)
            if made is not None and replaced != event.id:
                self.promises[replaced] = replace(
                    made, replaced_by=event.id, replaced_on=max(self.day(event), made.made_on)
                )

    def _join_twins(self) -> None:
        """The same promise noted at two seats, neither knowing of the other, is one: the later record stands for it.

        Left as two, the debtor who keeps the promise once would be pursued for breaking it.
        """
        before: dict[tuple[date, int, str, date, str | None], str] = {}
        for made in tuple(self.promises.values()):
            if made.id in self.replaced:
                continue
            twin = before.get(key := (made.made_on, made.amount, made.currency, made.due, made.account))
            if twin is not None:
                self.promises[twin] = replace(self.promises[twin], replaced_by=made.id, replaced_on=made.made_on)
            before[key] = made.id


_HANDLERS: dict[type[Body], Callable[[_Folding, Event, Any], None]] = {
    Contact: _Folding.contact,
    Promise: _Folding.promise,
    PlanProposed: _Folding.plan_proposed,
    PlanDecided: _Folding.plan_decided,
    ApprovalAsked: _Folding.approval_asked,
    ApprovalDecided: _Folding.approval_decided,
    Budget: _Folding.budget,
    Letter: _Folding.letter,
    LetterQueued: _Folding.letter_queued,
    LetterResult: _Folding.letter_result,
    Dispute: _Folding.dispute,
    Complaint: _Folding.complaint,
    Hardship: _Folding.hardship,
    Circumstance: _Folding.circumstance,
    TextMessage: _Folding.message,
    PointChanged: _Folding.point_changed,
    PointAdded: _Folding.point_added,
    VisitReport: _Folding.visit,
    PointPlaced: _Folding.point_placed,
    Unknown: _Folding.unknown_body,
}
