"""The cases that might be visited on a day: where, what is owed, when last, whether the gate lets anybody go."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from local_db import field_days, queries
from local_db.queries import PointRecord, QueueRecord
from workstation.desk import field_gate, standing
from workstation.desk.seat import Seat
from workstation.domain.field_day import district_of
from workstation.domain.message import Message, Money, msg
from workstation.domain.money import decimals
from workstation.domain.route import Place
from workstation.domain.stage import stage_of

NO_ADDRESS = msg("No address that may be visited is on record.")


class Ground(NamedTuple):
    """What of one case a day of visits is planned by."""

    record: QueueRecord
    addresses: tuple[PointRecord, ...]  # those that may be gone to, the first one to try in front
    city: str = ""
    relations: Mapping[str, str] = {}  # of an address that is not the debtor's own


@dataclass(frozen=True, slots=True)
class Address:
    """One address that may be gone to, as this person may see it; `whose`: the relation, empty for the debtor's own."""

    point: str
    shown: str
    place: Place | None
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that might be visited. `address` as this person may see it; `place` is None while nobody knows it."""

    case_id: str
    number: str
    name: str
    owed: Money
    stage: str
    days_past_due: int
    lost: bool  # out of contact
    district: str
    point: str  # the address; empty where there is none
    address: str
    place: Place | None
    last_visit: date | None
    due: date | None  # a visit is the next action, and when
    blocked: Message | None  # why nobody may go on that day
    addresses: tuple[Address, ...] = ()  # all that may be gone to


@dataclass(frozen=True, slots=True)
class Selection:
    """Cases that meet every condition; what is left empty asks for nothing. Amounts in units of the book's currency."""

    text: str = ""
    stages: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    lost: bool = False
    district: str = ""
    unvisited_days: int = 0  # no visit for so many days, or never one
    no_place: bool = False  # only addresses whose place is not known
    open: bool = False  # only those the gate lets anybody go to

    def holds(self, row: Candidate, day: date) -> bool:
        scale = 10 ** decimals(row.owed.currency)
        typed = self.text.strip().casefold()
        return (
            (not typed or typed in row.name.casefold() or typed in row.number.casefold() or typed in row.district)
            and (not self.stages or row.stage in self.stages)
            and (self.least is None or row.owed.minor >= self.least * scale)
            and (self.most is None or row.owed.minor <= self.most * scale)
            and (not self.lost or row.lost)
            and (not self.district or row.district == self.district)
            and (not self.unvisited_days or _unvisited(row, day) >= self.unvisited_days)
            and (not self.no_place or (row.place is None and bool(row.point)))
            and (not self.open or row.blocked is None)
        )


def _unvisited(row: Candidate, day: date) -> int:
    return 10**6 if row.last_visit is None else (day - row.last_visit).days


def place_of(point: PointRecord) -> Place | None:
    if point.latitude is None or point.longitude is None:
        return None
    return Place(point.latitude, point.longitude)


def grounds(seat: Seat, case_ids: Iterable[str] | None = None) -> dict[str, Ground]:
    """By case id, of all open cases here or of those named; what is not here is left out."""
    with seat.store.read() as conn:
        records = queries.queue_records(conn, None if case_ids is None else tuple(case_ids))
        filed, liable = field_days.addresses(conn), field_days.liable(conn)
        cities = field_days.cities(conn)
    relations = {
        point.id: liable[point.related_person_id]
        for points in filed.values()
        for point in points
        if point.related_person_id in liable
    }
    return {
        record.case_id: Ground(
            record,
            tuple(field_gate.usable(record, _addresses(record, filed.get(record.case_id, ()), liable))),
            cities.get(record.case_id, ""),
            relations,
        )
        for record in records
    }


def _addresses(record: QueueRecord, filed: Sequence[PointRecord], liable: Container[str]) -> list[PointRecord]:
    """The debtor's own before those of who is liable; the bank's before those learned on the job."""
    learned = [
        point
        for point in queries.added(record.state)
        if point.kind == "address" and (point.related_person_id is None or point.related_person_id in liable)
    ]
    every = queries.placed((*filed, *learned), record.state)
    return sorted(every, key=lambda point: (point.related_person_id is not None, point.rank, point.id))


def candidates(
    seat: Seat, day: date, begins: datetime, ends: datetime, only: Iterable[str] | None = None
) -> tuple[Candidate, ...]:
    """All open cases at this desk, or those of `only` that are here, in order."""
    with seat.store.read() as conn:
        visits = field_days.last_visits(conn)
    rows = [_candidate(seat, ground, begins, ends, visits) for ground in grounds(seat, only).values()]
    return in_order(rows, day)


def in_order(rows: Iterable[Candidate], day: date) -> tuple[Candidate, ...]:
    """Those whose visit is due first, then the largest sums."""
    return tuple(sorted(rows, key=lambda row: (row.due is None or row.due > day, -row.owed.minor, row.number)))


def _candidate(
    seat: Seat, ground: Ground, begins: datetime, ends: datetime, visits: Mapping[str, datetime]
) -> Candidate:
    record, masks = ground.record, seat.masks
    owed = standing.owed(record, seat.clock.today())
    point = ground.addresses[0] if ground.addresses else None
    opening = None if point is None else field_gate.opening(record, point, begins, ends)
    own_phones = tuple(phone for phone, _ in record.phones)
    return Candidate(
        case_id=record.case_id,
        number=record.number,
        name=masks.name(record.name),
        owed=Money(owed.total.total, record.book.currency),
        stage=stage_of(owed.days_past_due),
        days_past_due=owed.days_past_due,
        lost=record.state.lost(own_phones),
        district=district_of(point.value, ground.city) if point is not None else "",
        point="" if point is None else point.id,
        address="" if point is None else masks.shown("address", point.value),
        place=None if point is None else place_of(point),
        last_visit=_day(visits.get(record.case_id), seat.clock.zone),
        due=_due(record),
        blocked=NO_ADDRESS if opening is None else opening.blocked,
        addresses=tuple(
            Address(one.id, masks.shown("address", one.value), place_of(one), ground.relations.get(one.id, ""))
            for one in ground.addresses
        ),
    )


def _due(record: QueueRecord) -> date | None:
    action = record.state.next_action
    return action.due if action is not None and action.action == "visit" else None


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()


def districts(rows: Iterable[Candidate]) -> tuple[str, ...]:
    """Those of the candidates, each once, in order."""
    return tuple(sorted({row.district for row in rows if row.district}))
