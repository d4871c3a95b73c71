"""Where an address lies, found by hand: typed as coordinates or chosen on the map; recorded, so every seat knows."""

from __future__ import annotations

import re
from typing import Literal

from workstation.desk.seat import Seat
from workstation.desk.views import Reading
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import PointPlaced
from workstation.domain.message import msg
from workstation.domain.route import Place

_PAIR = re.compile(
    r"\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*°?\s*([NSns]?)[\s,;，；]+([+-]?\d{1,3}(?:\.\d{1,12})?)\s*°?\s*([EWew]?)\s*"
)
_DECIMALS = 6  # of a degree: a decimetre


class FieldPlaces:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def read(self, text: str) -> Reading | None:
        """How typed coordinates would be taken, or why they cannot be; None while nothing is typed."""
        if not text.strip():
            return None
        try:
            place = read_place(text)
        except InputError as error:
            return Reading("place", None, None, error.message)
        return Reading("place", None, msg("{place}", place=written(place)))

    def place(
        self, case_id: str, point: str, place: Place, *, how: Literal["map", "typed", "there"] = "map"
    ) -> Changes:
        """Record where an address of the case lies. Raises `InputError` when it is none, or no place on earth."""
        file = self._seat.file(case_id)
        known = next((row for row in file.points if row.id == point), None)
        if known is None or known.kind != "address":
            raise InputError(msg("This address is not on the case."), field="point")
        checked = on_earth(place)
        body = PointPlaced(latitude=checked.latitude, longitude=checked.longitude, how=how)
        self._seat.record(case_id, body, contact_point=point)
        return Changes(frozenset({"event", "point_placed"}), frozenset({case_id}))


def read_place(text: str) -> Place:
    """`30.2741, 120.1551`: degrees of latitude, then of longitude; N, S, E and W may follow them."""
    found = _PAIR.fullmatch(text)
    if found is None:
        raise InputError(msg("Type latitude and longitude in degrees, such as 30.2741, 120.1551."), field="place")
    latitude, north, longitude, east = found.groups()
    south, west = north.upper() == "S", east.upper() == "W"
    return on_earth(
        Place(-float(latitude) if south else float(latitude), -float(longitude) if west else float(longitude))
    )


def on_earth(place: Place) -> Place:
    """Rounded to a decimetre; `InputError` beyond the poles or the date line, or for what is no number."""
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise InputError(
            msg("Latitude goes from −90 to 90 degrees, longitude from −180 to 180: they may be the wrong way round."),
            field="place",
        )
    return Place(round(place.latitude, _DECIMALS), round(place.longitude, _DECIMALS))


def written(place: Place) -> str:
    """As it is typed."""
    return f"{place.latitude:.5f}, {place.longitude:.5f}"
