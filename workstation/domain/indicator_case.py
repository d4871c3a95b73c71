"""One case's share of every indicator in a period: the pairs that `indicators.total` sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple

from workstation.domain.case_state import DEFAULT_ZONE, fold
from workstation.domain.case_values import CaseState, judged, plan_parts
from workstation.domain.events import Body, Complaint, Contact, Event, PlanDecided, Promise, decode_body, in_order
from workstation.domain.indicators import Pair
from workstation.domain.outcomes import TABLE, is_right_party
from workstation.domain.promise import JudgedPromise, Payment, judge
from workstation.domain.stage import days_past_due
from workstation.domain.vocabulary import STAGES

_JUDGED = frozenset({"kept", "partly_kept", "broken"})
_SPOKEN = frozenset({"call", "visit"})


class Period(NamedTuple):
    """Both days belong to it. What happened on a day is told by the zone of whoever counts."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


class Figures(NamedTuple):
    """The bank's figures of one account on a day: all that is owed, minor units, and by how many months late."""

    account: str
    as_of: date
    total: int
    months: int  # 0: not overdue; 7 and more count as 7


@dataclass(frozen=True, slots=True)
class CaseRecords:
    """What is counted of one case. `first_unpaid` maps accounts to their first unpaid due date; minor units.

    With `state`, the fold of all its events, `events` need only be those of the period and all decisions about plans.
    """

    id: str
    opened_on: date
    closed_on: date | None
    first_unpaid: Mapping[str, date | None]
    figures: Sequence[Figures]
    payments: Sequence[Payment]
    events: Sequence[Event]
    grace_days: int
    tolerance: int
    state: CaseState | None = None


class Rolled(NamedTuple):
    """From which stage to which, by the bank's figures, and what was owed at the start."""

    before: str
    after: str
    amount: int


@dataclass(frozen=True, slots=True)
class CaseShare:
    """`hours`: attempts and right-party contacts by the hour of the day, 0 to 23."""

    pairs: Mapping[str, Pair]
    rolled: Rolled | None
    hours: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def share_of(
    case: CaseRecords,
    period: Period,
    today: date,
    *,
    by: Collection[str] | None = None,
    zone: tzinfo = DEFAULT_ZONE,
) -> CaseShare:
    """The case's share of every indicator that it bears on; the others are left out.

    `by`: only what these persons did counts as work, promise or contact; what is owed and paid is the case's either
    way. `today` decides what is still open; it is not before the period.
    """
    known = _Known(case, period, today, by, zone)
    pairs = {
        name: pair
        for part in (known.money(), known.due(), known.contacts(), known.promises())
        for name, pair in part
        if pair != (0, 0)
    }
    return CaseShare(pairs, known.rolled(), known.hours())


class Due(NamedTuple):
    """What falls due on a case: a promise or an instalment, and how it stands. `came`: what counts of its amount.

    `good`: a promise kept, an instalment paid in time.
    """

    instalment: bool
    due: date
    amount: int
    came: int
    open: bool
    good: bool


def due_of(
    case: CaseRecords,
    period: Period,
    today: date,
    *,
    by: Collection[str] | None = None,
    zone: tzinfo = DEFAULT_ZONE,
) -> list[Due]:
    """What falls due on the case in the period, by day: those not open are what the kept rates count."""
    promises, instalments = _Known(case, period, today, by, zone).falling_due()
    rows = [
        Due(False, row.promise.due, row.promise.amount, min(row.paid, row.promise.amount), row.status == "open",
            row.status == "kept")
        for row in promises
    ]  # fmt: skip
    for row in instalments:
        came = _on_time(row)
        good = came >= max(1, row.promise.amount - case.tolerance)
        rows.append(Due(True, row.promise.due, row.promise.amount, came, row.status == "open", good))
    return sorted(rows, key=lambda row: (row.due, row.instalment))


class _Known:
    def __init__(
        self, case: CaseRecords, period: Period, today: date, by: Collection[str] | None, zone: tzinfo
    ) -> None:
        self._case, self._period, self._today, self._by, self._zone = case, period, today, by, zone
        self._state = fold(case.events, zone) if case.state is None else case.state
        aside = set(self._state.set_aside)
        self._events = [
            (event, decode_body(event.kind, event.body))
            for event in case.events
            if event.id not in aside and self._mine(event.author) and period.holds(self._day(event))
        ]
        self._attempts = [
            (event, body)
            for event, body in self._events
            if isinstance(body, Contact) and body.direction == "out" and not body.same_call
        ]

    def _mine(self, author: str) -> bool:
        return self._by is None or author in self._by

    def _day(self, event: Event) -> date:
        return event.corrected_at.astimezone(self._zone).date()

    # ---- what is owed ----

    def _figures(self, day: date, *, or_first: bool = False) -> list[Figures]:
        """The newest figures of each account on `day`; `or_first`: of an account that has none yet, its first ones."""
        newest: dict[str, Figures] = {}
        oldest: dict[str, Figures] = {}
        for row in self._case.figures:
            if row.as_of <= day and (row.account not in newest or row.as_of > newest[row.account].as_of):
                newest[row.account] = row
            elif row.as_of > day and (row.account not in oldest or row.as_of < oldest[row.account].as_of):
                oldest[row.account] = row
        if or_first:
            newest |= {
                account: row
                for account, row in oldest.items()
                if account not in newest and row.as_of <= self._period.last
            }
        return list(newest.values())

    def _overdue(self, figures: Iterable[Figures], until: date) -> int:
        """Overdue by the bank's figures, less what was paid since up to `until`; within the tolerance nothing is."""
        owed = 0
        for row in figures:
            if row.months > 0:
                paid = sum(
                    payment.amount
                    for payment in self._case.payments
                    if payment.account == row.account and row.as_of < payment.value_date <= until
                )
                left = row.total - paid
                owed += left if left > self._case.tolerance else 0
        return owed

    @property
    def _held(self) -> bool:
        case = self._case
        return case.opened_on <= self._period.last and (case.closed_on is None or case.closed_on >= self._period.first)

    @property
    def _open(self) -> bool:
        case = self._case
        return case.opened_on <= self._period.last and (case.closed_on is None or case.closed_on > self._period.last)

    def _at_start(self) -> int:
        return self._overdue(self._figures(self._period.first, or_first=True), _before(self._period.first))

    def _at_end(self) -> int:
        return self._overdue(self._figures(self._period.last), self._period.last)

    def money(self) -> Iterator[tuple[str, Pair]]:
        start, end = self._at_start(), self._at_end()
        if self._held:
            collected = sum(row.amount for row in self._case.payments if self._period.holds(row.value_date))
            yield "recovery_rate", Pair(collected, start)
        if self._held and start:
            yield "cure_rate", Pair(int(not end), 1)
        if self._attempts:
            yield "success_rate", Pair(int((start > 0 and not end) or self._settled()), 1)
        if self._open:
            late = max((days_past_due(day, self._period.last) for day in self._case.first_unpaid.values()), default=0)
            yield "average_due", Pair(end, 1)
            yield "average_dpd", Pair(late, 1)
            yield "weighted_dpd", Pair(late * end, end)

    def _settled(self) -> bool:
        """A settlement was completed in the period."""
        settlements = {plan.id for plan in self._state.plans if plan.method == "settlement"}
        return any(
            isinstance(body, PlanDecided) and body.decision == "completed" and event.answers in settlements
            for event, body in self._events
        )

    # ---- what fell due ----

    def falling_due(self) -> tuple[list[JudgedPromise], list[JudgedPromise]]:
        """Promises and instalments that fall due in the period, open ones too; what gave way to another is no more."""
        case = self._case
        authors = {made.id: made.author for made in self._state.promises}
        authors |= {plan.id: plan.author for plan in self._state.plans}
        found = judged(self._state, case.payments, self._today, grace_days=case.grace_days, tolerance=case.tolerance)
        instalments = [*found.instalments, *self._of_ended_plans()]

        def counts(row: JudgedPromise) -> bool:
            mine = self._mine(authors[row.promise.id.partition("#")[0]])
            return mine and row.status != "cancelled" and self._period.holds(row.promise.due)

        return [row for row in found.promises if counts(row)], [row for row in instalments if counts(row)]

    def _judged(self) -> tuple[list[JudgedPromise], list[JudgedPromise]]:
        """Those of them that are not open any more."""
        promises, instalments = self.falling_due()
        return (
            [row for row in promises if row.status in _JUDGED],
            [row for row in instalments if row.status in _JUDGED],
        )

    def _of_ended_plans(self) -> Iterator[JudgedPromise]:
        """The instalments that fell due while a plan that is over was kept; `judged` knows the one in force."""
        watched, case = self._state.watched, self._case
        ended = self._ends()
        for plan in self._state.plans:
            if plan.agreed_on is None or (watched is not None and plan.id == watched.id):
                continue
            rows = judge(
                plan_parts(plan, plan.agreed_on),
                case.payments,
                self._today,
                grace_days=case.grace_days,
                tolerance=case.tolerance,
            )
            over = ended.get(plan.id)
            yield from (row for row in rows if over is None or row.promise.due <= over)

    def _ends(self) -> dict[str, date]:
        """The day on which each plan ended before its time; a completed one ran to its last instalment."""
        found = {plan.replaces: plan.agreed_on for plan in self._state.plans if plan.replaces and plan.agreed_on}
        aside = set(self._state.set_aside)
        for event in in_order(self._case.events):
            if event.kind == "plan_decided" and event.answers and event.id not in aside:
                body = decode_body(event.kind, event.body)
                if isinstance(body, PlanDecided) and body.decision in {"terminated", "cancelled"}:
                    found.setdefault(event.answers, self._day(event))
        return found

    def due(self) -> Iterator[tuple[str, Pair]]:
        promises, instalments = self._judged()
        paid = sum(min(row.paid, row.promise.amount) for row in promises)
        promised = sum(row.promise.amount for row in promises)
        yield "kept_rate", Pair(sum(row.status == "kept" for row in promises), len(promises))
        yield "kept_rate_amount", Pair(paid, promised)
        # What comes after its grace still pays an instalment, but it was not paid on time.
        on_time = [_on_time(row) for row in instalments]
        kept = sum(
            came >= max(1, row.promise.amount - self._case.tolerance)
            for came, row in zip(on_time, instalments, strict=True)
        )
        yield "plan_kept_rate", Pair(kept, len(instalments))
        due = promised + sum(row.promise.amount for row in instalments)
        yield "repayment_rate", Pair(paid + sum(on_time), due)

    # ---- what was done ----

    def contacts(self) -> Iterator[tuple[str, Pair]]:
        attempts = len(self._attempts)
        yield "right_party_rate", Pair(sum(map(_right_party, self._attempts)), attempts)
        yield "blocked_rate", Pair(sum(body.verdict == "block" for _, body in self._attempts), attempts)
        overridden = sum(body.verdict == "warn" and bool(body.override_reason) for _, body in self._attempts)
        yield "overridden_rate", Pair(overridden, attempts)
        if self._held:
            yield "coverage", Pair(int(attempts > 0), 1)
            yield "penetration", Pair(attempts, 1)
        complaints = sum(
            (isinstance(body, Complaint) and body.state == "open") or event.outcome == "complaint"
            for event, body in self._events
        )
        yield "complaint_rate", Pair(complaints, attempts)
        spoken = [
            body
            for event, body in self._events
            if isinstance(body, Contact) and event.channel in _SPOKEN and _answered(event)
        ]
        yield "recording_missing_rate", Pair(sum(not body.recording for body in spoken), len(spoken))
        rated = [body.satisfaction for _, body in self._events if isinstance(body, Contact) and body.satisfaction]
        yield "satisfaction", Pair(sum(rated), len(rated))
        yield "cases_per_hour", Pair(int(attempts > 0), 0)
        yield "attempts_per_hour", Pair(attempts, 0)
        yield (
            "talk_share",
            Pair(sum(event.duration or 0 for event, body in self._events if isinstance(body, Contact)), 0),
        )
        after = sum(body.after_seconds or 0 for _, body in self._events if isinstance(body, Contact))
        yield "after_call_share", Pair(after, 0)

    def promises(self) -> Iterator[tuple[str, Pair]]:
        made = sum(isinstance(body, Promise) for _, body in self._events)
        spoken = sum(_right_party((event, body)) for event, body in self._events)
        yield "promise_rate", Pair(made, spoken)

    def hours(self) -> dict[int, tuple[int, int]]:
        tried: Counter[int] = Counter()
        reached: Counter[int] = Counter()
        for event, body in self._attempts:
            hour = event.corrected_at.astimezone(self._zone).hour
            tried[hour] += 1
            reached[hour] += _right_party((event, body))
        return {hour: (count, reached[hour]) for hour, count in sorted(tried.items())}

    def rolled(self) -> Rolled | None:
        """By the bank's figures alone; None where it gave none by the start, or the case was not held."""
        before, after = self._figures(self._period.first), self._figures(self._period.last)
        if not self._held or not before:
            return None
        return Rolled(_stage(before), _stage(after), sum(row.total for row in before))


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _stage(figures: Iterable[Figures]) -> str:
    return STAGES[min(max((max(0, row.months) for row in figures), default=0), len(STAGES) - 1)]


def _right_party(contact: tuple[Event, Body]) -> bool:
    event, body = contact
    return isinstance(body, Contact) and is_right_party(event.outcome, body.party, body.identity)


def _answered(event: Event) -> bool:
    row = TABLE.get(event.outcome or "")
    return row is not None and row.reach in {"debtor", "third_party"}


def _on_time(row: JudgedPromise) -> int:
    """What came for it by its due date and the days of grace, at most as much as was due."""
    return min(sum(part.amount for part in row.parts if part.value_date <= row.last_day), row.promise.amount)
