"""The caseload board: who holds how much of what, and how they and their devices stand.

Summed from one kept line a case. A change costs the lines of its cases; the first look of a day makes all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Literal

import sqlalchemy as sa

from local_db import caseload, indicator_records, queries, sync_log
from local_db.caseload import Line, Part
from local_db.queries import QueueRecord
from workstation.desk import agenda, standing
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat
from workstation.desk.staffing import Member, StaffingDesk
from workstation.domain.caseload import MUCH, loads
from workstation.domain.indicator_case import CaseRecords, Period, share_of
from workstation.domain.indicators import Pair
from workstation.domain.message import Money
from workstation.domain.promise import Payment
from workstation.domain.stage import stage_of
from workstation.domain.vocabulary import STAGES

Filter = Literal["all", "much", "away", "waiting"]

KEPT_DAYS = 30
_BATCH = 50  # cases whose lines are made in one transaction: a save never waits longer for it than for these


@dataclass(frozen=True, slots=True)
class StageShare:
    stage: str
    cases: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person; `member` None is what nobody holds. `amount` None: no case, or in several currencies.

    `load` is of one's fair share of the team's cases by capacity; None for whoever is away or has no capacity.
    """

    member: Member | None
    away: bool
    cases: int
    amount: Money | None
    stages: tuple[StageShare, ...]  # M0 … M7+, those without a case too
    due: int
    late: int
    kept: Pair
    load: Decimal | None
    over_limit: bool

    @property
    def person_id(self) -> str:
        return "" if self.member is None else self.member.person_id

    @property
    def name(self) -> str:
        return "" if self.member is None else self.member.name

    @property
    def kept_rate(self) -> Decimal | None:
        return Decimal(self.kept.numerator) / self.kept.denominator if self.kept.denominator else None

    @property
    def waiting(self) -> int:
        return 0 if self.member is None else self.member.waiting

    @property
    def last_seen_at(self) -> datetime | None:
        return None if self.member is None else self.member.last_seen_at

    @property
    def overloaded(self) -> bool:
        return self.load is not None and self.load > MUCH

    @property
    def much(self) -> bool:
        return self.over_limit or self.overloaded


@dataclass(frozen=True, slots=True)
class Board:
    """`as_of`: up to when the records of others are here; None before the first synchronisation."""

    rows: tuple[BoardRow, ...]
    people: int
    cases: int
    amount: Money | None
    day: date
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case behind a row; the name as this person may see it. `version` is the one seen, for whoever moves it."""

    case_id: str
    number: str
    name: str
    holder: str | None
    version: int
    owed: Money
    stage: str
    days_past_due: int
    due: bool
    late: bool


class CaseloadDesk:
    def __init__(self, seat: Seat, staffing: StaffingDesk) -> None:
        self._seat, self._staffing = seat, staffing
        self._making = Lock()

    @property
    def offered(self) -> bool:
        return self._staffing.offered

    def board(self, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Board:
        """Everybody of the team, by name. Not for the window's thread: what changed is counted first.

        `progress` hears of how many cases how many are counted, where there are many.
        """
        today = self._seat.clock.today()
        self._bring_up_to(today, progress)
        return self._summed(today)

    def as_left(self) -> Board:
        """At once, with the lines as they are: what changed since they were made, and a new day, are not in it yet."""
        return self._summed(self._seat.clock.today())

    def _summed(self, today: date) -> Board:
        members = self._staffing.of_team()
        with self._seat.store.read() as conn:
            parts, kept, as_of = caseload.parts(conn), caseload.kept(conn), sync_log.last_good(conn)
        by_holder: dict[str | None, list[Part]] = {}
        for part in parts:
            by_holder.setdefault(part.holder, []).append(part)
        held = {one.person_id: sum(part.cases for part in by_holder.get(one.person_id, ())) for one in members}
        capacity = {
            one.person_id: 0 if one.away(today) or not one.active or (one.role == "lead" and not held[one.person_id])
            else one.plan.capacity
            for one in members
        }  # fmt: skip
        load = loads(held, capacity)
        rows = [
            _row(one, by_holder.get(one.person_id, ()), kept, load.get(one.person_id), today)
            for one in members
            if held[one.person_id] or (one.active and one.role != "lead")
        ]
        known = {one.person_id for one in members}
        loose = [part for part in parts if part.holder not in known]
        if loose:
            rows.append(_row(None, loose, {}, None, today))
        return Board(
            rows=tuple(rows),
            people=sum(row.member is not None and row.member.active for row in rows),
            cases=sum(part.cases for part in parts),
            amount=_amount(parts),
            day=today,
            as_of=as_of,
        )

    def cases(self, people: Sequence[str]) -> list[CaseLine]:
        """The open cases of these persons, the longest overdue first; an empty id stands for what nobody of the team
        holds."""
        holders: list[str | None] = [one for one in people if one]
        with self._seat.store.read() as conn:
            if "" in people:
                known = {one.person_id for one in self._staffing.of_team()}
                holders += [part.holder for part in caseload.parts(conn) if part.holder not in known]
            found = caseload.held(conn, holders) if holders else []
        masks = self._seat.masks
        return [
            CaseLine(
                row.case_id,
                row.number,
                masks.name(row.name),
                row.holder,
                row.version,
                Money(row.owed, row.currency),
                row.stage,
                row.days_past_due,
                row.due,
                row.late,
            )
            for row in found
        ]

    def _bring_up_to(self, today: date, progress: Callable[[int, int], None]) -> None:
        """One at a time: two screens that ask at once do not count the same cases twice."""
        with self._making:
            with self._seat.store.read() as conn:
                wanted = caseload.missing(conn, today)
            for start in range(0, len(wanted), _BATCH):
                part = wanted[start : start + _BATCH]
                with self._seat.store.write() as conn:
                    caseload.keep(conn, today, _lines(conn, part, today, self._seat))
                progress(start + len(part), len(wanted))


def shown(board: Board, which: Filter, text: str = "") -> tuple[BoardRow, ...]:
    """The rows of a filter whose name, skills or places hold what was typed."""
    tests: Mapping[Filter, Callable[[BoardRow], bool]] = {
        "all": lambda _row: True,
        "much": lambda row: row.much,
        "away": lambda row: row.away or (row.member is not None and not row.member.active),
        "waiting": lambda row: bool(row.waiting),
    }
    typed = text.strip().casefold()
    return tuple(row for row in board.rows if tests[which](row) and (not typed or typed in _words(row)))


def _words(row: BoardRow) -> str:
    if row.member is None:
        return ""
    plan = row.member.plan
    return " ".join((row.member.name, *plan.languages, *plan.regions, *plan.stages)).casefold()


def _row(
    member: Member | None,
    parts: Iterable[Part],
    kept: Mapping[str, tuple[int, int]],
    load: Decimal | None,
    today: date,
) -> BoardRow:
    parts = tuple(parts)
    cases = sum(part.cases for part in parts)
    by_stage = dict.fromkeys(STAGES, 0)
    for part in parts:
        by_stage[part.stage] += part.cases
    most = None if member is None else member.plan.most_cases
    return BoardRow(
        member=member,
        away=member is not None and member.away(today),
        cases=cases,
        amount=_amount(parts),
        stages=tuple(StageShare(stage, count) for stage, count in by_stage.items()),
        due=sum(part.due for part in parts),
        late=sum(part.late for part in parts),
        kept=Pair(*kept.get("" if member is None else member.person_id, (0, 0))),
        load=load,
        over_limit=most is not None and cases > most,
    )


def _amount(parts: Iterable[Part]) -> Money | None:
    """Together; amounts of several currencies cannot be added up."""
    sums: dict[str, int] = {}
    for part in parts:
        sums[part.currency] = sums.get(part.currency, 0) + part.owed
    if len(sums) != 1:
        return None
    ((currency, minor),) = sums.items()
    return Money(minor, currency)


def _lines(conn: sa.Connection, case_ids: Sequence[str], today: date, seat: Seat) -> list[Line]:
    lines = [_line(record, today, seat) for record in queries.queue_records(conn, case_ids)]
    closed = set(case_ids) - {line.case_id for line in lines}
    if closed:
        none = datetime.combine(today, datetime.min.time(), seat.clock.zone)
        records = indicator_records.counted_cases(conn, none, none, _terms, closed)
        lines += [
            Line(record.id, 0, "", STAGES[0], 0, due=False, late=False, kept=_kept(record, today, seat))
            for record in records
        ]
    return lines


def _line(record: QueueRecord, today: date, seat: Seat) -> Line:
    owed = standing.owed(record, today)
    items = [item for item in agenda.items(record, today) if item.open]
    action = record.state.next_action
    since = today - timedelta(days=agenda.MISSED_DAYS)
    grace_days, tolerance = _terms(record.book.jurisdiction, record.book.currency)
    counted = CaseRecords(
        id=record.case_id,
        opened_on=record.opened_on,
        closed_on=None,
        first_unpaid={},
        figures=(),
        payments=[Payment(row.id, row.value_date, row.amount, row.account_id, row.reverses) for row in record.payments],
        events=(),
        grace_days=grace_days,
        tolerance=tolerance,
        state=record.state,
    )
    return Line(
        case_id=record.case_id,
        owed=owed.total.total,
        currency=record.book.currency,
        stage=stage_of(owed.days_past_due),
        days_past_due=owed.days_past_due,
        due=any(item.day == today for item in items) or (action is not None and action.due == today),
        late=any(since <= item.day < today for item in items),
        kept=_kept(counted, today, seat),
    )


def _terms(jurisdiction: str, currency: str) -> tuple[int, int]:
    pack = rules_for_figures(jurisdiction)
    return pack.grace_days, pack.tolerance(currency)


def _kept(case: CaseRecords, today: date, seat: Seat) -> dict[str, tuple[int, int]]:
    """By whoever made the promises, as the indicators count them."""
    authors = set() if case.state is None else {made.author for made in case.state.promises}
    period = kept_period(today)
    found: dict[str, tuple[int, int]] = {}
    for author in sorted(authors):
        pair = share_of(case, period, today, by={author}, zone=seat.clock.zone).pairs.get("kept_rate")
        if pair is not None:
            found[author] = pair.numerator, pair.denominator
    return found


def kept_period(today: date) -> Period:
    """The days over which the board says which promises were kept."""
    return Period(today - timedelta(days=KEPT_DAYS - 1), today)
