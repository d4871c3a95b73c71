"""The picture of a day's route: where the stops lie towards each other, in which order, with a scale; no map needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, hypot, isfinite, log10, radians, sin
from typing import NamedTuple

from letters.breaking import Setting, Span
from letters.flow import Strip
from letters.pen import ACCENT, HAIR, INK, SOFT, TINT, Pen

HIGH = 300.0  # points
_EDGE = 26.0
_METRES_A_DEGREE = 111_195.0
_HEAD = 4.5  # of an arrow
_MANY = 60  # stops, from which on their numbers are smaller


class RoutePoint(NamedTuple):
    """A stop by its number, or where the team sets out (`home`); degrees, WGS 84."""

    label: str
    latitude: float
    longitude: float
    home: bool = False


@dataclass(frozen=True, slots=True)
class RoutePicture:
    """The points in their order. `scale` has the place {km}; `caption` stands below."""

    points: Sequence[RoutePoint]
    scale: str
    north: str
    caption: str


class _Spot(NamedTuple):
    """Points on the paper from the picture's lower left corner."""

    x: float
    y: float


def picture_strip(picture: RoutePicture, measure: float, setting: Setting) -> Strip:
    """The picture over the full measure; points that are nowhere on the earth are left out."""
    known = [point for point in picture.points if _on_earth(point)]
    spots, metres = _projected(known, measure)
    caption = setting.cells([Span(picture.caption)])

    def draw(pen: Pen, x: float, y: float) -> None:
        low = y - HIGH
        pen.fill(x, low, measure, HIGH, TINT)
        pen.box(x, low, measure, HIGH, 0.6, HAIR)
        for one, other in pairwise(spots):
            _arrow(pen, _Spot(x + one.x, low + one.y), _Spot(x + other.x, low + other.y))
        _labels(pen, known, [_Spot(x + spot.x, low + spot.y) for spot in spots], setting)
        _north(pen, x + measure - 16, low + HIGH - 34, picture.north, setting)
        if metres:
            _scale(pen, x + 10, low + 10, picture.scale, metres, setting)
        pen.text(caption, x, low - 12, 8, SOFT)

    return Strip(HIGH + 18, draw, above=10)


def _on_earth(point: RoutePoint) -> bool:
    return (
        isfinite(point.latitude)
        and isfinite(point.longitude)
        and abs(point.latitude) <= 90
        and abs(point.longitude) <= 180
    )


def _projected(points: Sequence[RoutePoint], measure: float) -> tuple[list[_Spot], float]:
    """Spots with true proportions around the middle latitude, and the metres that a point of paper stands for."""
    if not points:
        return [], 0.0
    middle = radians(sum(point.latitude for point in points) / len(points))
    east = [point.longitude * cos(middle) for point in points]
    north = [point.latitude for point in points]
    wide, high = max(east) - min(east), max(north) - min(north)
    scale = min((measure - 2 * _EDGE) / (wide or 1e-9), (HIGH - 2 * _EDGE) / (high or 1e-9))
    if not wide and not high:  # all in one place: nothing to measure
        return [_Spot(measure / 2, HIGH / 2)] * len(points), 0.0
    left, low = (measure - wide * scale) / 2, (HIGH - high * scale) / 2
    spots = [
        _Spot(left + (x - min(east)) * scale, low + (y - min(north)) * scale) for x, y in zip(east, north, strict=True)
    ]
    return spots, _METRES_A_DEGREE / scale


def _arrow(pen: Pen, one: _Spot, other: _Spot) -> None:
    """The way from one to the other, its direction in the middle."""
    pen.line(*one, *other, 1.1, ACCENT)
    if hypot(other.x - one.x, other.y - one.y) < 4 * _HEAD:
        return
    along = atan2(other.y - one.y, other.x - one.x)
    tip = _Spot((one.x + other.x) / 2, (one.y + other.y) / 2)
    for side in (2.6, -2.6):
        pen.line(*tip, tip.x + _HEAD * cos(along + side), tip.y + _HEAD * sin(along + side), 1.1, ACCENT)


def _labels(pen: Pen, points: Sequence[RoutePoint], spots: Sequence[_Spot], setting: Setting) -> None:
    """Each stop's number in a box on its place; of those on one spot the first is on top, so it is drawn last."""
    size = 6.0 if len(points) > _MANY else 8.0
    for point, spot in reversed(list(zip(points, spots, strict=True))):
        width = setting.width(point.label, size, bold=True) + 5
        low = spot.y - size / 2 - 2
        pen.fill(spot.x - width / 2, low, width, size + 4, ACCENT if point.home else (1.0, 1.0, 1.0))
        pen.box(spot.x - width / 2, low, width, size + 4, 0.8, ACCENT)
    seen: set[tuple[int, int]] = set()
    for point, spot in zip(points, spots, strict=True):
        place = (round(spot.x / size), round(spot.y / size))
        if place in seen:  # another number stands there already; the list below has both
            continue
        seen.add(place)
        width = setting.width(point.label, size, bold=True)
        colour = (1.0, 1.0, 1.0) if point.home else INK
        pen.text(setting.cells([Span(point.label, bold=True)]), spot.x - width / 2, spot.y - size * 0.36, size, colour)


def _north(pen: Pen, x: float, y: float, word: str, setting: Setting) -> None:
    pen.line(x, y, x, y + 16, 1.0, SOFT)
    pen.line(x, y + 16, x - 3, y + 11, 1.0, SOFT)
    pen.line(x, y + 16, x + 3, y + 11, 1.0, SOFT)
    pen.text(setting.cells([Span(word)]), x - setting.width(word, 7) / 2, y + 19, 7, SOFT)


def _scale(pen: Pen, x: float, y: float, words: str, metres: float, setting: Setting) -> None:
    """A bar of a round length, between a tenth and a quarter of the picture."""
    longest = metres * 120
    step = 10.0 ** int(log10(longest) // 1)
    length = next(step * part for part in (5, 2, 1, 0.5) if step * part <= longest)
    wide = length / metres
    for x1, y1, x2, y2 in ((x, y, x + wide, y), (x, y, x, y + 4), (x + wide, y, x + wide, y + 4)):
        pen.line(x1, y1, x2, y2, 1.0, SOFT)
    pen.text(setting.cells([Span(words.format(km=f"{length / 1000:g}"))]), x + wide + 5, y - 1, 7, SOFT)
