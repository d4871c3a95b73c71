"""What a case looks like now: the state folded from its events (by `case_state.fold`) and judged against payments."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from workstation.domain.events import Budget, NextAction
from workstation.domain.message import Message, msg
from workstation.domain.promise import JudgedPromise, Payment, Promised, PromiseStatus, judge

PlanStage = Literal[
    "proposed",
    "approved",
    "rejected",
    "agreed",
    "active",
    "breached",
    "terminated",
    "completed",
    "cancelled",
    "replaced",
]
IN_FORCE = frozenset({"agreed", "active"})
WAITING = frozenset({"proposed", "approved"})


class _State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the parts: plain values, so that the local store can keep them as JSON."""


class PromiseMade(_State, frozen=True):
    """A promise as recorded; whether it was kept needs payments and a day, see `judged`."""

    id: str
    made_at: datetime
    made_on: date  # in the debtor's zone
    amount: int  # minor units
    currency: str
    due: date
    author: str
    method: str = ""
    account: str | None = None
    replaced_on: date | None = None
    replaced_by: str | None = None


class Instalment(_State, frozen=True):
    due: date
    amount: int  # minor units


class PlanMade(_State, frozen=True):
    """A proposed plan and what was decided about it last."""

    id: str
    proposed_at: datetime
    author: str
    stage: PlanStage
    method: str
    currency: str
    needs_approval: bool = False
    proposed_on: date | None = None  # in the debtor's zone
    agreed_on: date | None = None
    consent: str = ""
    down_payment: Instalment | None = None  # watched like the instalments, as number 0
    instalments: tuple[Instalment, ...] = ()
    replaces: str = ""  # id of the plan whose place it takes
    re_aged: int = 0  # how often a lead moved the schedule on
    endorsed_by: str = ""  # the first of two leads, until the second has decided

    @property
    def in_force(self) -> bool:
        return self.stage in IN_FORCE

    @property
    def numbered(self) -> tuple[tuple[int, Instalment], ...]:
        """All that is to be paid, in order: the down payment as 0, the instalments from 1."""
        down = () if self.down_payment is None else ((0, self.down_payment),)
        return (*down, *enumerate(self.instalments, start=1))


class BudgetKnown(_State, frozen=True):
    """The debtor's month as last recorded, and by whom."""

    id: str
    taken_at: datetime
    taken_on: date  # in the debtor's zone
    author: str
    budget: Budget


class OpenMatter(_State, frozen=True):
    """An open dispute or complaint, by the event that opened it."""

    id: str
    opened_at: datetime
    opened_on: date
    about: str = ""


class LetterSent(_State, frozen=True):
    id: str
    template: str
    at: datetime
    arrived_on: date | None = None  # when it reached the debtor, as far as anything shows
    returned_on: date | None = None


class LetterWanted(_State, frozen=True):
    """A letter queued for the next batch, as it was typed."""

    id: str
    template: str
    at: datetime
    author: str
    language: str = ""
    pay_by: str = ""
    free_paragraph: str = ""
    fields: dict[str, str] = {}


class NewPoint(_State, frozen=True):
    """A contact point that was not in the bank's file; `source` is one of vocabulary's lawful sources."""

    id: str
    kind: str  # phone | email | address
    value: str
    source: str
    label: str = "mobile"
    person: str | None = None  # a related person's id; empty: the debtor's own
    time_zone: str = "Asia/Shanghai"


class PlacedPoint(_State, frozen=True):
    """Where an address was found to lie: degrees, WGS 84."""

    id: str  # of the contact point
    latitude: float
    longitude: float


class ApprovalKnown(_State, frozen=True):
    """Something asked of a lead, and what became of it."""

    id: str
    what: str  # legal_referral | third_party | override
    asked_at: datetime
    author: str
    reason: str = ""
    person: str = ""
    rule: str = ""
    point: str | None = None  # contact point
    wanted_until: date | None = None
    steps: tuple[str, ...] = ()
    limitation_days: int | None = None
    stage: Literal["asked", "endorsed", "approved", "rejected"] = "asked"
    endorsed_by: str = ""
    decided_by: str = ""
    decided_on: date | None = None  # in the debtor's zone
    until: date | None = None  # the last day a yes holds
    answer: str = ""

    @property
    def waits(self) -> bool:
        return self.stage in {"asked", "endorsed"}

    def holds(self, day: date) -> bool:
        return self.stage == "approved" and (self.until is None or day <= self.until)


class HeldCircumstance(_State, frozen=True):
    """Something recorded as true of the case: what, since when, until when, and for which medium or place."""

    id: str
    what: str  # vocabulary.CIRCUMSTANCES
    since: date  # in the debtor's zone
    until: date | None = None  # the last day, where it ends by itself
    channel: str = ""
    point: str | None = None  # contact point
    calls: int = 0
    evidence: str = ""

    def on(self, day: date) -> bool:
        """Does it hold on that day?"""
        return self.until is None or day <= self.until


class CaseState(_State, frozen=True):
    """The fold of a case's events. Everything else on screen is derived from this, payments and a day."""

    events: int = 0
    last_event_at: datetime | None = None
    set_aside: tuple[str, ...] = ()  # events undone or replaced by a correction
    unknown_kinds: tuple[str, ...] = ()  # of a newer version: kept, without effect here

    promises: tuple[PromiseMade, ...] = ()  # in the order made
    plans: tuple[PlanMade, ...] = ()  # in the order proposed
    budget: BudgetKnown | None = None  # the latest
    letters: tuple[LetterSent, ...] = ()
    queued_letters: tuple[LetterWanted, ...] = ()  # not made yet, in the order queued
    next_action: NextAction | None = None
    next_action_from: str | None = None  # the event that set it

    added_points: tuple[NewPoint, ...] = ()  # learned on the job, in the order added
    placed_points: tuple[PlacedPoint, ...] = ()  # addresses somebody found the place of, each once
    dead_points: tuple[str, ...] = ()
    refused_points: tuple[str, ...] = ()
    unanswered_streak: int = 0
    out_of_contact: bool = False

    circumstances: tuple[HeldCircumstance, ...] = ()  # that hold, in the order recorded; `on` knows those that ended
    approvals: tuple[ApprovalKnown, ...] = ()  # asked of a lead, in the order asked
    dispute: OpenMatter | None = None
    complaint: OpenMatter | None = None
    hardship: Literal["", "claimed", "confirmed", "ended"] = ""
    ceased: bool = False
    represented: bool = False
    deceased: bool = False
    incarcerated: bool = False
    third_party_refused: bool = False

    ability: int | None = None  # 1–5
    willingness: int | None = None  # 1–5
    reason: str | None = None  # vocabulary.ARREARS_REASONS
    identity: tuple[str, ...] = ()  # checks that matched at the last contact with any

    attempts: int = 0  # outgoing contacts of every channel
    right_party_contacts: int = 0
    last_attempt_at: datetime | None = None
    last_contact_at: datetime | None = None  # either direction, answered or not
    last_right_party_at: datetime | None = None
    last_outcome: str | None = None

    @property
    def dispute_open(self) -> bool:
        return self.dispute is not None

    @property
    def complaint_open(self) -> bool:
        return self.complaint is not None

    @property
    def in_hardship(self) -> bool:
        return self.hardship in {"claimed", "confirmed"}

    @property
    def plan(self) -> PlanMade | None:
        """The plan that matters now: the one in force, else the last still to be agreed, else the last of all."""
        for stages in (IN_FORCE, WAITING):
            for plan in reversed(self.plans):
                if plan.stage in stages:
                    return plan
        return self.plans[-1] if self.plans else None

    @property
    def waiting_plan(self) -> PlanMade | None:
        """The last proposal still to be approved or agreed to, also while an earlier plan is in force."""
        return next((plan for plan in reversed(self.plans) if plan.stage in WAITING), None)

    @property
    def watched(self) -> PlanMade | None:
        """The plan whose instalments are looked after: the one in force, else one whose breach is not decided yet."""
        for stages in (IN_FORCE, frozenset({"breached"})):
            for plan in reversed(self.plans):
                if plan.stage in stages:
                    return plan
        return None

    @property
    def plan_in_force(self) -> bool:
        return any(plan.in_force for plan in self.plans)

    def allowed(
        self, what: str, day: date, *, person: str = "", rule: str = "", point: str = ""
    ) -> ApprovalKnown | None:
        """The lead's yes to this that holds on that day: for this person, or against this warning at this point."""
        return next(
            (
                known
                for known in reversed(self.approvals)
                if known.what == what
                and known.holds(day)
                and known.person == person
                and known.rule == rule
                and (known.point or point) == point
            ),
            None,
        )

    def lost(self, debtor_phones: Collection[str] = ()) -> bool:
        """Out of contact (失联): as folded, or every phone number of the debtor is dead."""
        return self.out_of_contact or (bool(debtor_phones) and set(debtor_phones) <= set(self.dead_points))


def number_of(row: JudgedPromise) -> int:
    """Which instalment of its plan was judged; 0 is the down payment."""
    return int(row.promise.id.rpartition("#")[2])


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A state's promises and the instalments of the plan that is watched, judged on one day."""

    promises: tuple[JudgedPromise, ...] = ()
    instalments: tuple[JudgedPromise, ...] = ()

    def count(self, *statuses: PromiseStatus) -> int:
        return sum(1 for promise in self.promises if promise.status in statuses)

    @property
    def kept(self) -> int:
        return self.count("kept")

    @property
    def broken(self) -> int:
        """Broken and partly kept ones."""
        return self.count("broken", "partly_kept")

    @property
    def open(self) -> JudgedPromise | None:
        """The open promise that falls due first."""
        waiting = [promise for promise in self.promises if promise.status == "open"]
        return min(waiting, key=lambda promise: (promise.promise.due, promise.promise.id), default=None)


def judged(state: CaseState, payments: Iterable[Payment], today: date, *, grace_days: int, tolerance: int) -> Judgement:
    """Promises and the instalments of the plan that is watched, against the same payments.

    No money counts twice among the instalments and the promises made before them, nor among promises. A promise made
    once the plan was agreed is about the plan's own money: what keeps it pays the instalment too, or a debtor who does
    as they said would be pursued for one of the two.
    """
    known = list(payments)
    promised = [
        Promised(made.id, made.made_on, made.amount, made.due, made.account, made.replaced_on)
        for made in state.promises
    ]

    def by_payments(rows: list[Promised]) -> dict[str, JudgedPromise]:
        verdicts = judge(rows, known, today, grace_days=grace_days, tolerance=tolerance)
        return {verdict.promise.id: verdict for verdict in verdicts}

    plan = state.watched
    if plan is None or plan.agreed_on is None:
        return Judgement(promises=tuple(by_payments(promised).values()))
    since, parts = _since(plan, plan.agreed_on), plan_parts(plan, plan.agreed_on)
    first = by_payments([row for row in promised if row.made_on <= since] + parts)
    promises = by_payments(promised)
    return Judgement(
        promises=tuple(first.get(made, verdict) for made, verdict in promises.items()),
        instalments=tuple(first[part.id] for part in parts),
    )


def _since(plan: PlanMade, agreed_on: date) -> date:
    """What came after the proposal is not in the plan's figures: it is the plan's money, whenever the consent came."""
    return agreed_on if plan.proposed_on is None else min(agreed_on, plan.proposed_on + timedelta(days=1))


def plan_parts(plan: PlanMade, agreed_on: date) -> list[Promised]:
    """The instalments of a plan as what is due, by the ids `plan#number`."""
    since = _since(plan, agreed_on)
    return [
        # A down payment may be made on the day of the proposal, before the consent is on paper.
        Promised(f"{plan.id}#{number:03}", min(since, part.due), part.amount, part.due, late_counts=True)
        for number, part in plan.numbered
    ]


_DECODER = msgspec.json.Decoder(CaseState)
_ENCODER = msgspec.json.Encoder(order="deterministic")


def encode(state: CaseState) -> str:
    """JSON text: equal states give equal texts."""
    return _ENCODER.encode(state).decode()


def decode(text: str) -> CaseState:
    """The state of `encode`; `msgspec.DecodeError` when the text is of another version: fold again then."""
    return _DECODER.decode(text)


def quadrant(ability: int | None, willingness: int | None) -> Message | None:
    """Able/unable × willing/unwilling in words; 3 and above is able or willing. None until both are known."""
    if ability is None or willingness is None:
        return None
    if willingness >= 3:
        return msg("Willing · able to pay") if ability >= 3 else msg("Willing · unable to pay in full")
    return msg("Unwilling · able to pay") if ability >= 3 else msg("Unwilling · unable to pay")
