"""The team's cases and people as sharing out sees them: who holds what, who may hold what, what hangs on each case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import mean
from threading import Lock

import sqlalchemy as sa

from local_db import caseload_facts, queries
from local_db.caseload_facts import HeldRow, WorkRow
from local_db.queries import QueueRecord
from workstation.desk import standing
from workstation.desk.seat import Seat
from workstation.desk.staffing import Member
from workstation.domain.case_state import CaseState, Judgement
from workstation.domain.changes import Changes
from workstation.domain.rebalance import Held, Holder
from workstation.domain.stage import stage_of

WORK_DAYS = 28  # the work a case is expected to make is what it made in so many days
USUAL_SECONDS = 120  # a day, where nothing at all is known
SLICE = 500  # cases between two words of progress
COLLECTING = frozenset({"collector", "field"})
_APPOINTMENTS = frozenset({"call_back", "visit"})
_SEES_ALL = frozenset({"admin", "auditor"})
_NOWHERE = frozenset({""})  # somebody who is limited to places in which nobody lives

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TeamCase:
    """One case, with what moves along when it moves."""

    held: Held
    number: str
    name: str  # as this person may see it
    version: int
    currency: str
    city: str
    promise_due: date | None  # of the open promise that falls due first
    needed_on: date | None  # the first day on which what was agreed needs somebody; None: any day
    plan: bool  # one is in force
    proposal: bool  # one waits for approval or agreement
    appointment: bool  # agreed for today
    letters: int  # queued for the next batch
    draft: bool  # half typed at this seat
    dossier: str  # the number of what is out on paper

    id = property(lambda self: self.held.case_id)


@dataclass(frozen=True, slots=True)
class TeamBook:
    cases: Mapping[str, TeamCase]
    members: Mapping[str, Member]
    day: date

    def holders(self, ids: Iterable[str] | None = None) -> list[Holder]:
        """Who may get cases: those named, else everybody who collects; with places as the debtors' cities."""
        cities = {case.city for case in self.cases.values()}
        chosen = self.collecting if ids is None else [self.members[one] for one in ids if one in self.members]
        return [_holder(member, cities, self.day) for member in chosen]

    @property
    def collecting(self) -> list[Member]:
        return [one for one in self.members.values() if one.active and one.role in COLLECTING]

    def name(self, person_id: str | None) -> str:
        member = self.members.get(person_id or "")
        return "—" if member is None else member.name


class BookReader:
    """Reads the team's book once, and then only what changed. Not for the window's thread."""

    def __init__(self, seat: Seat, members: Callable[[], Sequence[Member]]) -> None:
        self._seat, self._members = seat, members
        self._kept: dict[str, TeamCase] = {}
        self._kept_on: date | None = None
        self._stale: set[str] = set()
        self._lock = Lock()  # one reads, the other waits and has it

    def refresh(self, changes: Changes) -> None:
        if changes.everything:
            self._kept_on = None
        else:
            self._stale |= changes.case_ids

    def book(self, progress: Progress = lambda _done, _of: None, stop: Callable[[], bool] = lambda: False) -> TeamBook:
        """As it is now; what was read so far when stopped."""
        with self._lock:
            return self._as_now(progress, stop)

    def _as_now(self, progress: Progress, stop: Callable[[], bool]) -> TeamBook:
        today = self._seat.clock.today()
        stale: set[str] | None = None
        if today == self._kept_on:
            stale, self._stale = self._stale, set()
        else:
            self._kept, self._stale = {}, set()
        with self._seat.store.read() as conn:
            if stale is None or stale:
                self._read(conn, stale, today, progress, stop)
        self._kept_on = None if stop() else today
        return TeamBook(dict(self._kept), {member.person_id: member for member in self._members()}, today)

    def _read(
        self, conn: sa.Connection, ids: set[str] | None, today: date, progress: Progress, stop: Callable[[], bool]
    ) -> None:
        for gone in ids or ():
            self._kept.pop(gone, None)
        person = self._seat.person
        rows = {row.case_id: row for row in caseload_facts.held(conn, ids)}
        if person.role not in _SEES_ALL:
            rows = {case_id: row for case_id, row in rows.items() if row.team == person.team_id}
        since = self._seat.clock.now() - timedelta(days=WORK_DAYS)
        work = caseload_facts.work(conn, since)
        dossiers, drafts = caseload_facts.dossiers_out(conn, since), caseload_facts.drafts(conn)
        records = queries.queue_records(conn, None if ids is None else tuple(rows))
        found: list[TeamCase] = []
        for done, record in enumerate(records):
            if done % SLICE == 0:
                progress(done, len(records))
                if stop():
                    return
            row = rows.get(record.case_id)
            if row is not None:
                of = work.get(record.case_id)
                not_with = _complained(conn, record, of, since)
                paper = dossiers.get(record.case_id, "")
                found.append(self._case(record, row, today, not_with, record.case_id in drafts, paper))
        self._kept.update((case.id, case) for case in _with_work(found, list(self._kept.values()), work))
        progress(len(records), len(records))

    def _case(
        self, record: QueueRecord, row: HeldRow, today: date, not_with: frozenset[str], draft: bool, dossier: str
    ) -> TeamCase:
        state = record.state
        balance = standing.owed(record, today)
        agreed = standing.judgement(record, today) if state.promises or state.plan_in_force else None
        promise = None if agreed is None else agreed.open
        action = state.next_action
        return TeamCase(
            held=Held(
                case_id=record.case_id,
                holder=row.holder,
                amount=balance.total.total,
                work=0,
                stage=stage_of(balance.days_past_due),
                language=row.language,
                region=row.city,
                legal=any(known.what == "legal_step_taken" and known.on(today) for known in state.circumstances),
                committed=promise is not None or state.plan_in_force or state.waiting_plan is not None,
                not_with=not_with,
            ),
            number=record.number,
            name=self._seat.masks.name(record.name),
            version=row.version,
            currency=record.book.currency,
            city=row.city,
            promise_due=None if promise is None else promise.promise.due,
            needed_on=_needed_on(state, agreed),
            plan=state.plan_in_force,
            proposal=state.waiting_plan is not None,
            appointment=action is not None and action.due == today and action.action in _APPOINTMENTS,
            letters=len(state.queued_letters),
            draft=draft,
            dossier=dossier,
        )


def _needed_on(state: CaseState, agreed: Judgement | None) -> date | None:
    """A promise or an instalment falls due, or the next step is to be taken, whichever comes first."""
    days = [] if agreed is None or agreed.open is None else [agreed.open.promise.due]
    if agreed is not None and state.plan_in_force:
        days += [row.promise.due for row in agreed.instalments if row.kept_on is None][:1]
    if state.next_action is not None and state.next_action.due is not None:
        days.append(state.next_action.due)
    return min(days, default=None)


def _complained(conn: sa.Connection, record: QueueRecord, work: WorkRow | None, since: datetime) -> frozenset[str]:
    """Whom the debtor complains about: whoever had spoken to them last when an open complaint was made, and whoever
    took a contact of the last weeks in which they complained.
    """
    people: set[str] = set()
    if record.state.complaint is not None:
        spoke = caseload_facts.spoke_before(conn, record.case_id, record.state.complaint.opened_at)
        people |= set() if spoke is None else {spoke}
    if work is not None and work.complained:
        people |= caseload_facts.complained_of(conn, record.case_id, since)
    return frozenset(people)


def _with_work(cases: Sequence[TeamCase], others: Sequence[TeamCase], work: Mapping[str, WorkRow]) -> list[TeamCase]:
    """The expected seconds a day: what the case took lately; without contacts, what the team's of its stage took."""
    known: dict[str, list[int]] = defaultdict(list)
    for case in (*cases, *others):
        if case.id in work:
            known[case.held.stage].append(work[case.id].seconds // WORK_DAYS)
    usual = {stage: round(mean(seconds)) for stage, seconds in known.items()}
    general = round(mean(usual.values())) if usual else USUAL_SECONDS

    def seconds(case: TeamCase) -> int:
        of = work.get(case.id)
        return usual.get(case.held.stage, general) if of is None else of.seconds // WORK_DAYS

    return [replace(case, held=replace(case.held, work=max(1, seconds(case)))) for case in cases]


def _holder(member: Member, cities: Iterable[str], day: date) -> Holder:
    regions: frozenset[str] = frozenset()
    if member.regions:
        regions = frozenset(city for city in cities if city and member.plan.covers(city)) or _NOWHERE
    return Holder(
        id=member.person_id,
        capacity=member.capacity,
        most=member.most_cases,
        languages=frozenset(member.languages),
        regions=regions,
        stages=frozenset(member.stages),
        legal=member.legal,
        away=member.away(day) or not member.active or member.capacity <= 0,
    )
