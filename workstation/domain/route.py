"""The order of a day's visits: as many as fit their windows, by the shortest way, and the times that come of any order.

There is no map service: ways are straight lines made longer by a road factor, at a speed that whoever plans can set.
The search is PyVRP's; the same stops give the same route on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal, NamedTuple

EARTH = 6_371_008.8  # metres, mean radius
Matrix = Sequence[Sequence[int]]
Why = Literal["no_place", "never_open", "no_time"]


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit that is wanted: seconds of the day it may begin between, and how long it takes.

    `weight`: of two stops of which one must be left out, the heavier stays.
    """

    id: str
    place: Place | None
    opens: int
    closes: int
    lasts: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Day:
    """Where and when a team sets out and is back, seconds of the day; metres a second along the roads."""

    start: Place
    end: Place
    begins: int
    ends: int
    speed: float = 25 / 3.6
    road_factor: float = 1.3


@dataclass(frozen=True, slots=True)
class Leg:
    """One stop of the route: the way to it and its times, seconds of the day. `late`: it closes before they come."""

    stop: str
    metres: int
    arrives: int
    begins: int
    leaves: int
    late: bool

    @property
    def waits(self) -> int:
        return self.begins - self.arrives


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`never_open`: its window does not fit the day even as the only stop; `no_time`: others took the time."""

    stop: str
    why: Why


@dataclass(frozen=True, slots=True)
class Route:
    """`back`: when they are at the end, seconds of the day; `over`: that is after the day's end."""

    legs: tuple[Leg, ...]
    left_out: tuple[LeftOut, ...]
    metres: int
    back: int
    over: bool

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(leg.stop for leg in self.legs)


def plan_route(stops: Sequence[Stop], day: Day) -> Route:
    """The route that fits most weight into the day, by the shortest way of those that do."""
    placed = [stop for stop in stops if stop.place is not None]
    out = [LeftOut(stop.id, "no_place") for stop in stops if stop.place is None]
    alone = [timetable([stop], day) for stop in placed]
    able = [stop for stop, trial in zip(placed, alone, strict=True) if not trial.over and not trial.legs[0].late]
    out += [LeftOut(stop.id, "never_open") for stop in placed if stop not in able]
    order = best_order(_seconds(able, day), [_window(stop) for stop in able], day.begins, day.ends)
    served = [able[place] for place in order]
    out += [LeftOut(stop.id, "no_time") for stop in able if stop not in served]
    found = timetable(served, day)
    return Route(found.legs, tuple(out), found.metres, found.back, found.over)


def timetable(stops: Sequence[Stop], day: Day) -> Route:
    """The times of the stops in the given order, whatever comes of it; every stop has a place."""
    legs = []
    here, now, metres = day.start, day.begins, 0
    for stop in stops:
        if stop.place is None:
            raise ValueError("a stop without a place has no times")
        way = distance(here, stop.place, day.road_factor)
        arrives = now + _takes(way, day)
        begins = max(arrives, stop.opens)
        now = begins + stop.lasts
        legs.append(Leg(stop.id, way, arrives, begins, now, late=begins > stop.closes))
        here, metres = stop.place, metres + way
    home = distance(here, day.end, day.road_factor) if legs else 0
    back = now + _takes(home, day)
    return Route(tuple(legs), (), metres + home, back, back > day.ends)


def distance(one: Place, other: Place, road_factor: float = 1.0) -> int:
    """Metres along the roads: the great circle, made longer."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH * asin(min(1.0, sqrt(half))) * road_factor)


def _takes(metres: int, day: Day) -> int:
    return round(metres / day.speed)


def _seconds(stops: Sequence[Stop], day: Day) -> Matrix:
    """Start, stops, end."""
    places = [day.start, *(stop.place for stop in stops if stop.place is not None), day.end]
    return [[_takes(distance(one, other, day.road_factor), day) for other in places] for one in places]


class Window(NamedTuple):
    opens: int
    closes: int
    lasts: int
    weight: int = 1


def _window(stop: Stop) -> Window:
    return Window(stop.opens, stop.closes, stop.lasts, stop.weight)


def best_order(travel: Matrix, windows: Sequence[Window], begins: int, ends: int) -> tuple[int, ...]:
    """The places in `windows` to go to, in order. `travel`: seconds from each of start, stops and end to each other."""
    if not windows:
        return ()
    import pyvrp
    from pyvrp.stop import MaxIterations

    model, last = pyvrp.Model(), len(windows) + 1
    points = [model.add_location(0, 0) for _ in range(last + 1)]
    start, end = model.add_depot(points[0]), model.add_depot(points[last])
    model.add_vehicle_type(1, start_depot=start, end_depot=end, tw_early=begins, tw_late=ends)
    dear = 1 + sum(max(row) for row in travel)  # no way is so long that leaving a stop out would pay
    for point, window in zip(points[1:], windows, strict=False):
        model.add_client(
            point,
            service_duration=window.lasts,
            tw_early=window.opens,
            tw_late=window.closes,
            prize=dear * max(1, window.weight),
            required=False,
        )
    for one, row in zip(points, travel, strict=True):
        for other, seconds in zip(points, row, strict=True):
            if one is not other:
                model.add_edge(one, other, distance=seconds, duration=seconds)
    found = model.solve(MaxIterations(_effort(len(windows))), seed=1, collect_stats=False, display=False)
    return tuple(visit.idx for route in found.best.routes() for visit in route if visit.is_client())


def _effort(stops: int) -> int:
    """Iterations: enough for the optimum of small instances, and a second at most for a large day."""
    return max(60, min(700, 100_000 // max(1, stops)))
