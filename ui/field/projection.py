"""Degrees to pixels for the picture of a day: a flat map around its middle, fitted, moved and made larger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians

from workstation.domain.route import EARTH, Place

METRES_A_DEGREE = radians(1) * EARTH
LEAST_SPAN = 400.0  # metres: a single stop is not looked at closer than that
NEAREST, FARTHEST = 0.05, 100_000.0  # metres a pixel


@dataclass(frozen=True, slots=True)
class Projection:
    """`middle` lies in the middle of a picture of `width` by `height` pixels, at so many metres a pixel."""

    middle: Place
    metres: float
    width: int
    height: int

    def spot(self, place: Place) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        east = (place.longitude - self.middle.longitude) * METRES_A_DEGREE * self._narrow
        north = (place.latitude - self.middle.latitude) * METRES_A_DEGREE
        return self.width / 2 + east / self.metres, self.height / 2 - north / self.metres

    def place(self, x: float, y: float) -> Place:
        """What lies under a pixel."""
        north = (self.height / 2 - y) * self.metres / METRES_A_DEGREE
        east = (x - self.width / 2) * self.metres / (METRES_A_DEGREE * self._narrow)
        latitude = max(-89.9, min(89.9, self.middle.latitude + north))
        return Place(latitude, max(-180.0, min(180.0, self.middle.longitude + east)))

    def moved(self, right: float, down: float) -> Projection:
        """The picture pushed by so many pixels."""
        middle = self.place(self.width / 2 - right, self.height / 2 - down)
        return Projection(middle, self.metres, self.width, self.height)

    def nearer(self, times: float) -> Projection:
        metres = max(NEAREST, min(FARTHEST, self.metres / times))
        return Projection(self.middle, metres, self.width, self.height)

    def of_size(self, width: int, height: int) -> Projection:
        return Projection(self.middle, self.metres, max(1, width), max(1, height))

    @property
    def _narrow(self) -> float:
        return max(0.01, cos(radians(self.middle.latitude)))


def fitted(places: Sequence[Place], width: int, height: int, margin: int) -> Projection:
    """So that all places are seen with a margin in pixels around them."""
    if not places:
        return Projection(Place(0.0, 0.0), 50_000.0, max(1, width), max(1, height))
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    middle = Place((south + north) / 2, (west + east) / 2)
    narrow = max(0.01, cos(radians(middle.latitude)))
    high = max(LEAST_SPAN, (north - south) * METRES_A_DEGREE)
    wide = max(LEAST_SPAN, (east - west) * METRES_A_DEGREE * narrow)
    room_x, room_y = max(1, width - 2 * margin), max(1, height - 2 * margin)
    metres = max(NEAREST, min(FARTHEST, max(wide / room_x, high / room_y)))
    return Projection(middle, metres, max(1, width), max(1, height))


def round_step(metres: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is not above."""
    power = 10.0 ** floor(log10(max(metres, 1e-6)))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * 1.000001)
