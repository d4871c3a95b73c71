"""The indicators at a desk: counted from the records here, as of the last synchronisation, and opened into their cases.

A case is counted again only when something of it changed: what is asked for a second time costs what happened since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from local_db import indicator_records, queries, sync_log
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat
from workstation.domain.changes import Changes
from workstation.domain.indicator_case import CaseShare, Due, Period, due_of, share_of
from workstation.domain.indicators import DEFINITIONS, Definition, Pair, total, value

_BATCH = 500  # cases read at a time: bounds the events held in memory
_KEPT = 12  # scopes and periods whose shares are kept


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator. `value` as `indicators.value` gives it; None where there is nothing to divide by.

    `cases`: those that bear on it, with their shares.
    """

    definition: Definition
    pair: Pair
    cases: Mapping[str, Pair]
    bearing: int | None = None  # how many cases there are, where they are not named

    @property
    def count(self) -> int:
        return len(self.cases) if self.bearing is None else self.bearing

    @property
    def value(self) -> Decimal | None:
        return value(self.definition.id, self.pair)


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """A case and its share of an indicator; the name as this person may see it."""

    case_id: str
    number: str
    name: str
    holder: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class DueLine:
    """A promise or an instalment on its day, and the case."""

    case_id: str
    number: str
    name: str
    holder: str
    what: Due


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Figures of some people, or of everybody, in a period; `before` is the period of the same length before it.

    `as_of`: what is known since then is not in it; None: nothing was ever synchronised. `central`: told by the centre,
    whose answer names no cases: they are asked for.
    """

    period: Period
    figures: Mapping[str, Figure]
    before: Mapping[str, Figure]
    hours: Mapping[int, tuple[int, int]]  # hour of the day → attempts, right-party contacts
    rolls: Mapping[tuple[str, str], tuple[int, int]]  # stage before, after → cases, amount in minor units
    as_of: datetime | None = None
    central: bool = False


def so_far(period: Period, today: date) -> Period:
    """What of the period is over or under way: nothing is judged by a day that has not come."""
    return Period(period.first, max(period.first, min(period.last, today)))


def earlier(period: Period) -> Period:
    """As many days right before it."""
    days = (period.last - period.first).days + 1
    return Period(period.first - timedelta(days=days), period.first - timedelta(days=1))


def periods_before(period: Period, count: int) -> list[Period]:
    """The period and those before it, oldest first: months where it is one or the beginning of one, else as long."""
    found = [period]
    whole = period.first.day == 1 and (period.last + timedelta(days=1)).month != period.first.month
    by_month = whole or (period.first.day == 1 and period.last.month == period.first.month)
    while len(found) < count:
        last = found[0].first - timedelta(days=1)
        found.insert(0, Period(last.replace(day=1), last) if by_month else earlier(found[0]))
    return found


@dataclass(slots=True)
class _Counted:
    """The shares of one question, by case; `stale` are to be counted again."""

    shares: dict[str, CaseShare] = field(default_factory=dict)
    stale: set[str] | None = None  # None: all of them


class Indicators:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._kept: dict[tuple[Period, date, frozenset[str] | None], _Counted] = {}

    def refresh(self, changes: Changes) -> None:
        """What changed is counted again when it is next asked for."""
        if changes.everything:
            for counted in self._kept.values():
                counted.stale = None
            return
        for counted in self._kept.values():
            if counted.stale is not None:
                counted.stale |= changes.case_ids

    def people(self) -> dict[str, str]:
        """Whose figures may be asked for: one's own, or those of one's team; id → name, by name."""
        person = self._seat.person
        if person.role not in {"lead", "auditor", "admin"}:
            return {person.id: person.name}
        with self._seat.store.read() as conn:
            return indicator_records.holding_people(conn)

    @property
    def currency(self) -> str | None:
        """Of all books here; None where there are several, whose amounts cannot be added up."""
        with self._seat.store.read() as conn:
            return queries.currency(conn)

    def cases(self, figure: Figure) -> list[CaseFigure]:
        """The cases behind a figure, the largest shares first."""
        with self._seat.store.read() as conn:
            named = indicator_records.named(conn, figure.cases)
        shown = self._seat.masks.name
        rows = [
            CaseFigure(case, named[case][0], shown(named[case][1]), named[case][2], pair)
            for case, pair in figure.cases.items()
            if case in named
        ]
        return sorted(rows, key=lambda row: (-row.pair.numerator, -row.pair.denominator, row.number))

    def as_of(self) -> datetime | None:
        """Up to when the records of others are here: the last synchronisation."""
        with self._seat.store.read() as conn:
            return sync_log.last_good(conn)

    def scorecard(
        self,
        period: Period,
        people: Collection[str] | None = None,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Scorecard:
        """Of the cases that these people hold now, and of what they did on any; of all with None.

        Slow the first time with many cases: not for the window thread. `progress` hears cases counted, of how many.
        Days still to come are not counted: a report of the week and the page say the same.
        """
        period = so_far(period, self._seat.clock.today())
        now = self._of(period, people, progress)
        before = self._of(earlier(period), people, progress)
        hours: dict[int, tuple[int, int]] = {}
        rolls: dict[tuple[str, str], tuple[int, int]] = {}
        for share in now.values():
            for hour, (tried, reached) in share.hours.items():
                known = hours.get(hour, (0, 0))
                hours[hour] = (known[0] + tried, known[1] + reached)
            if share.rolled is not None:
                cell = (share.rolled.before, share.rolled.after)
                counted = rolls.get(cell, (0, 0))
                rolls[cell] = (counted[0] + 1, counted[1] + share.rolled.amount)
        return Scorecard(period, figures_of(now), figures_of(before), hours, rolls, self.as_of())

    def trend(
        self,
        period: Period,
        count: int,
        people: Collection[str] | None = None,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> list[tuple[Period, Mapping[str, Figure]]]:
        """Every indicator of the period and of those before it, oldest first. Slow: not for the window thread."""
        return [(one, figures_of(self._of(one, people, progress))) for one in periods_before(period, count)]

    def due(self, period: Period, people: Collection[str] | None = None) -> list[DueLine]:
        """What falls due in the period, by day: promises and instalments of these people, open ones too."""
        by = None if people is None else frozenset(people)
        today, zone = self._seat.clock.today(), self._seat.clock.zone
        with self._seat.store.read() as conn:
            ids = list(indicator_records.holders(conn) if by is None else indicator_records.touched(conn, by))
        found: list[DueLine] = []
        none = datetime.combine(period.first, time.min, zone)
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            with self._seat.store.read() as conn:
                records = indicator_records.counted_cases(conn, none, none, _terms(), part)
                named = indicator_records.named(conn, part)
            for case in records:
                number, name, holder = named.get(case.id, ("", "", ""))
                rows = due_of(case, period, today, by=by, zone=zone)
                found += [DueLine(case.id, number, self._seat.masks.name(name), holder, row) for row in rows]
        return sorted(found, key=lambda line: (line.what.due, line.number))

    def _of(
        self, period: Period, people: Collection[str] | None, progress: Callable[[int, int], None]
    ) -> dict[str, CaseShare]:
        by = None if people is None else frozenset(people)
        today = max(self._seat.clock.today(), period.last)
        counted = self._kept.pop((period, today, by), None) or _Counted()
        self._kept[period, today, by] = counted  # the last asked for is kept longest
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        with self._seat.store.read() as conn:
            held = indicator_records.holders(conn)
            if by is not None:
                theirs = indicator_records.touched(conn, by)
                held = {case: holder for case, holder in held.items() if case in theirs}
        wanted = [case for case in held if counted.stale is None or case in counted.stale]
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            self._count(counted, part, period, today, by, held)
            progress(start + len(part), len(wanted))
        for gone in counted.shares.keys() - held.keys():
            del counted.shares[gone]
        counted.stale = set()
        return counted.shares

    def _count(
        self,
        counted: _Counted,
        case_ids: Collection[str],
        period: Period,
        today: date,
        by: frozenset[str] | None,
        held: Mapping[str, str | None],
    ) -> None:
        zone = self._seat.clock.zone
        # A clock that was off by hours still puts the event within a day of where it belongs.
        since = datetime.combine(period.first - timedelta(days=1), time.min, zone)
        until = datetime.combine(period.last + timedelta(days=2), time.min, zone)
        with self._seat.store.read() as conn:
            records = indicator_records.counted_cases(conn, since, until, _terms(), case_ids)
        for case in records:
            share = share_of(case, period, today, by=by, zone=zone)
            if by is not None and held.get(case.id) not in by:
                share = CaseShare(
                    {name: pair for name, pair in share.pairs.items() if name in BY_WHOM}, None, share.hours
                )
            counted.shares[case.id] = share


# What belongs to whoever did it, on whosever case; everything else belongs to whoever holds the case.
BY_WHOM = frozenset(
    {
        "right_party_rate",
        "promise_rate",
        "kept_rate",
        "kept_rate_amount",
        "plan_kept_rate",
        "repayment_rate",
        "satisfaction",
        "complaint_rate",
        "blocked_rate",
        "overridden_rate",
        "recording_missing_rate",
        "cases_per_hour",
        "attempts_per_hour",
        "talk_share",
        "after_call_share",
    }
)


def figures_of(shares: Mapping[str, CaseShare]) -> dict[str, Figure]:
    """Every indicator of these cases."""
    sums = total(share.pairs for share in shares.values())
    return {
        name: Figure(definition, sums[name], dict(_cases(shares, name))) for name, definition in DEFINITIONS.items()
    }


def _cases(shares: Mapping[str, CaseShare], name: str) -> Iterable[tuple[str, Pair]]:
    return ((case, share.pairs[name]) for case, share in shares.items() if name in share.pairs)


def _terms() -> indicator_records.Terms:
    @cache
    def terms(jurisdiction: str, currency: str) -> tuple[int, int]:
        pack = rules_for_figures(jurisdiction)
        return pack.grace_days, pack.tolerance(currency)

    return terms
