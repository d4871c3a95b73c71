"""Planning a day of visits: chosen cases, who goes, when they may be visited, the route and its times; kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

import msgspec

from local_db import field_days
from workstation.desk import field_draft, field_gate, standing
from workstation.desk.field_candidates import NO_ADDRESS, Candidate, Ground, candidates, grounds, place_of
from workstation.desk.field_draft import DayDraft, StopDraft
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat
from workstation.domain.field_day import (
    LeftOutStop,
    Need,
    PlannedDay,
    PlannedStop,
    Visitor,
    VisitRole,
    lacking,
    legal_above,
    needs,
    team_faults,
    usual,
)
from workstation.domain.message import Message, Money, msg
from workstation.domain.route import Day, LeftOut, Leg, Place, Route, Stop, plan_route, timetable

ROLES = ("field", "lead")  # who goes on visits
KEPT_DAYS = 30  # how long a day that is past stays
HEAVY, LIGHT = 10, 1  # a visit that is due stays when one of two has to be left out
PEOPLE = 2  # on a visit, where no pack says more

_WHY: dict[str, Message] = {
    "no_place": msg("Where this address lies is not known: place it on the map."),
    "never_open": msg("Out of reach on this day: even as the only stop it does not fit the hours."),
    "no_time": msg("The other stops take up the day."),
    "absent": msg("This case is not at this desk; it may have been moved to a colleague."),
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may go along; `team`: of one's own team. `role` is that of the directory."""

    person: str
    name: str
    role: str
    team: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """The draft as it is kept, and the day that comes of it."""

    draft: DayDraft
    day: PlannedDay


@dataclass(frozen=True, slots=True)
class _Able:
    """A stop that has a place and that the gate lets somebody go to."""

    draft: StopDraft
    ground: Ground
    point: str
    place: Place
    opening: field_gate.Opening
    needs: tuple[Need, ...]


class FieldDays:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @property
    def offered(self) -> bool:
        return self._seat.person.role in ROLES

    # ---- the drafts ----

    def days(self) -> tuple[date, ...]:
        """The days that have stops, in order."""
        with self._seat.store.read() as conn:
            return tuple(date.fromisoformat(day) for day in field_days.days(conn, with_stops=True))

    def draft(self, day: date) -> DayDraft:
        """As it was kept; a new one takes team, hours and way from the day planned last."""
        with self._seat.store.read() as conn:
            kept = field_days.load(conn, day.isoformat())
            before = None if kept is not None else field_days.newest(conn)
        try:
            if kept is not None:
                return field_draft.read(*kept)
            if before is not None:
                return field_draft.following(field_draft.read(*before))
        except msgspec.DecodeError:  # a newer version of the program wrote it: begun anew rather than in nobody's way
            pass
        me = self._seat.person
        return DayDraft(team=(Visitor("visitor", me.name, me.id),))

    def keep(self, day: date, draft: DayDraft) -> None:
        head, rows = field_draft.written(draft)
        with self._seat.store.write() as conn:
            field_days.save(conn, day.isoformat(), head, rows)
            field_days.remove_before(conn, (self._seat.clock.today() - timedelta(days=KEPT_DAYS)).isoformat())

    # ---- choosing ----

    def candidates(self, day: date, draft: DayDraft, only: Iterable[str] | None = None) -> tuple[Candidate, ...]:
        """Everybody at this desk, or of these cases those that still are, with the gate's word for that day."""
        begins, ends = self._hours(day, draft)
        return candidates(self._seat, day, begins, ends, only)

    def colleagues(self) -> tuple[Colleague, ...]:
        """Oneself first, then one's team, then the others."""
        me = self._seat.person
        with self._seat.store.read() as conn:
            rows = field_days.colleagues(conn)
        known = [Colleague(person, name, role, team == me.team_id) for person, name, role, team in rows]
        return tuple(sorted(known, key=lambda one: (one.person != me.id, not one.team, one.name)))

    # ---- planning ----

    def planned(self, day: date) -> PlannedDay | None:
        """The day as it stands now, by what is on record now; None where nobody chose a stop."""
        draft = self.draft(day)
        return self.plan(day, draft).day if draft.stops else None

    def plan(self, day: date, draft: DayDraft, *, anew: bool = False) -> Planned:
        """The times of the stops as they are ordered; `anew` orders them, and leaves out what does not fit."""
        begins, ends = self._hours(day, draft)
        ground = grounds(self._seat, draft.case_ids)
        people = max((rules_for_figures(one.record.book.jurisdiction).value("visit_people", int)
                      for one in ground.values()), default=PEOPLE)  # fmt: skip
        able: list[_Able] = []
        out: list[LeftOutStop] = []
        for stop in draft.stops:
            found = self._able(stop, ground.get(stop.case_id), day, begins, ends, max(people, len(draft.team)))
            if isinstance(found, LeftOutStop):
                out.append(found)
            else:
                able.append(found)
        start = self._start(draft, able, ground)
        end = draft.end.place if draft.end is not None else start
        if start is None or end is None:
            return Planned(draft, PlannedDay(day, draft.team, (), tuple(out), None, None, begins, ends, begins, 0,
                                             team_faults(draft.team, people)))  # fmt: skip
        clock = _Clock(begins)
        whole = Day(start, end, clock.seconds(begins), clock.seconds(ends), draft.speed / 3.6, usual().road_factor)
        stops = {one.draft.case_id: _stop(one, clock, draft, day) for one in able}
        if anew:
            route = plan_route(list(stops.values()), whole)
            draft = _reordered(draft, route)
        else:
            route = _by_hand(able, stops, whole)
        by_case = {one.draft.case_id: one for one in able}
        out += [LeftOutStop(row.stop, by_case[row.stop].point, row.why, _WHY[row.why]) for row in route.left_out]
        legs = tuple(
            _planned(number, leg, by_case[leg.stop], stops[leg.stop], clock, draft)
            for number, leg in enumerate(route.legs, 1)
        )
        back = clock.moment(route.back)
        faults = team_faults(draft.team, people)
        return Planned(
            draft,
            PlannedDay(day, draft.team, legs, tuple(out), start, end, begins, ends, back, route.metres, faults),
        )

    def fill(self, day: date, draft: DayDraft, case_ids: Sequence[str]) -> Planned:
        """Of these cases as many as still fit the day, beside those that are on it; the others stay off."""
        chosen = draft.case_ids
        found = self.plan(day, field_draft.added(draft, case_ids), anew=True)
        going = chosen | frozenset(found.day.case_ids)
        kept = tuple(stop for stop in found.draft.stops if stop.case_id in going)
        return self.plan(day, msgspec.structs.replace(found.draft, stops=kept))

    def _hours(self, day: date, draft: DayDraft) -> tuple[datetime, datetime]:
        zone = self._seat.clock.zone
        begins, ends = (datetime.combine(day, time.fromisoformat(text), zone) for text in (draft.begins, draft.ends))
        return begins, max(begins, ends)

    def _able(
        self, stop: StopDraft, ground: Ground | None, day: date, begins: datetime, ends: datetime, visitors: int
    ) -> _Able | LeftOutStop:
        """The stop with all that its visit is planned by, or why nobody goes."""
        if ground is None:
            return LeftOutStop(stop.case_id, stop.point, "absent", _WHY["absent"])
        point = next((one for one in ground.addresses if one.id == stop.point), None) or next(
            iter(ground.addresses), None
        )
        if point is None:
            return LeftOutStop(stop.case_id, stop.point, "no_address", NO_ADDRESS)
        opening = field_gate.opening(ground.record, point, begins, ends, visitors=visitors)
        if opening.blocked is not None:
            return LeftOutStop(stop.case_id, point.id, "blocked", opening.blocked)
        place = place_of(point)
        if place is None:
            return LeftOutStop(stop.case_id, point.id, "no_place", _WHY["no_place"])
        book = ground.record.book
        owed = Money(standing.owed(ground.record, self._seat.clock.today()).total.total, book.currency)
        wanted = needs(ground.record.state, owed, legal_above(book.contact, book.currency), day)
        return _Able(stop, ground, point.id, place, opening, wanted)

    def _start(self, draft: DayDraft, able: Sequence[_Able], ground: Mapping[str, Ground]) -> Place | None:
        """As set; else the bank's office where its book says where that is; else the middle of the stops."""
        if draft.start is not None:
            return draft.start.place
        office = next(
            (place for one in ground.values() if (place := _office(one.record.book.contact)) is not None), None
        )
        if office is not None or not able:
            return office
        return Place(median(one.place.latitude for one in able), median(one.place.longitude for one in able))


class _Clock:
    """Seconds from the midnight before the day began, whatever the clocks of the zone do on that day."""

    def __init__(self, begins: datetime) -> None:
        self._zone = begins.tzinfo
        self._midnight = datetime.combine(begins.date(), time(), begins.tzinfo).astimezone(UTC)

    def seconds(self, moment: datetime) -> int:
        return int((moment.astimezone(UTC) - self._midnight).total_seconds())

    def moment(self, seconds: int) -> datetime:
        return (self._midnight + timedelta(seconds=seconds)).astimezone(self._zone)


def _stop(one: _Able, clock: _Clock, draft: DayDraft, day: date) -> Stop:
    """What the gate opens, narrowed by what was agreed."""
    opens, closes = one.opening.opens, one.opening.closes
    if one.draft.opens:
        opens = max(opens, datetime.combine(day, time.fromisoformat(one.draft.opens), opens.tzinfo))
    if one.draft.closes:
        closes = min(closes, datetime.combine(day, time.fromisoformat(one.draft.closes), opens.tzinfo))
    action = one.ground.record.state.next_action
    due = action is not None and action.action == "visit" and action.due <= day
    minutes = one.draft.minutes or draft.minutes
    return Stop(
        one.draft.case_id,
        one.place,
        clock.seconds(opens),
        clock.seconds(closes),
        minutes * 60,
        HEAVY if due or one.draft.opens else LIGHT,
    )


def _reordered(draft: DayDraft, route: Route) -> DayDraft:
    """The stops of the route in its order, then the others; what did not fit is out."""
    by_case = {stop.case_id: stop for stop in draft.stops}
    dropped = {row.stop for row in route.left_out}
    going = [msgspec.structs.replace(by_case[case_id], out=False) for case_id in route.order]
    rest = [
        msgspec.structs.replace(stop, out=stop.case_id in dropped)
        for stop in draft.stops
        if stop.case_id not in set(route.order)
    ]
    return msgspec.structs.replace(draft, stops=(*going, *rest))


def _by_hand(able: Sequence[_Able], stops: Mapping[str, Stop], whole: Day) -> Route:
    """The times of the order as it is; what was left out stays out, for the reason that holds now."""
    found = timetable([stops[one.draft.case_id] for one in able if not one.draft.out], whole)
    left = []
    for one in able:
        if one.draft.out:
            alone = timetable([stops[one.draft.case_id]], whole)
            fits = not alone.over and not alone.legs[0].late
            left.append(LeftOut(one.draft.case_id, "no_time" if fits else "never_open"))
    return Route(found.legs, tuple(left), found.metres, found.back, found.over)


def _planned(number: int, leg: Leg, one: _Able, stop: Stop, clock: _Clock, draft: DayDraft) -> PlannedStop:
    return PlannedStop(
        number=number,
        case_id=leg.stop,
        point=one.point,
        place=one.place,
        opens=clock.moment(stop.opens),
        closes=clock.moment(stop.closes),
        metres=leg.metres,
        arrives=clock.moment(leg.arrives),
        begins=clock.moment(leg.begins),
        leaves=clock.moment(leg.leaves),
        late=leg.late,
        needs=one.needs,
        lacking=lacking(draft.team, one.needs),
        cautions=one.opening.cautions,
    )


def _office(contact: Mapping[str, object]) -> Place | None:
    """Where the bank's address in the book lies, if it says so."""
    try:
        latitude, longitude = float(str(contact["latitude"])), float(str(contact["longitude"]))
    except (KeyError, ValueError):
        return None
    return Place(latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def with_visitor(team: Sequence[Visitor], role: VisitRole, name: str, person: str = "") -> tuple[Visitor, ...]:
    """The team with somebody in a role; without a name nobody has it."""
    others = [one for one in team if one.role != role]
    if name.strip():
        others.append(Visitor(role, name.strip(), person))
    order = ("visitor", "companion", "legal", "lead")
    return tuple(sorted(others, key=lambda one: order.index(one.role)))
