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
from workstation.domain.indicator_case import CaseShare, Period, share_of
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
class Scorecard:
    """Figures of some people, or of everybody, in a period; `before` is the period of the same length before it."""

    period: Period
    figures: Mapping[str, Figure]
    before: Mapping[str, Figure]
    hours: Mapping[int, tuple[int, int]]  # hour of the day → attempts, right-party contacts
    rolls: Mapping[tuple[str, str], tuple[int, int]]  # stage before, after → cases, amount in minor units


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
        rows = [CaseFigure(case, *named[case], pair) for case, pair in figure.cases.items() if case in named]
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
        """
        now = self._of(period, people, progress)
        length = (period.last - period.first).days + 1
        earlier = Period(period.first - timedelta(days=length), period.first - timedelta(days=1))
        before = self._of(earlier, people, progress)
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
        return Scorecard(period, figures_of(now), figures_of(before), hours, rolls)

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
