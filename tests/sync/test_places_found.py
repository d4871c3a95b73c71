"""Where an address lies, found by hand at one seat, is known at the other seats and at the lead's."""

from __future__ import annotations

from tests.sync.conftest import Desk, SeatMaker
from workstation.desk.field_places import FieldPlaces
from workstation.desk.points import NewPoint, Points
from workstation.domain.route import Place


def place(desk: Desk, case_id: str) -> tuple[float | None, float | None]:
    point = next(point for point in desk.seat.file(case_id).points if point.kind == "address")
    return point.latitude, point.longitude


def test_a_place_is_known_everywhere_and_the_latest_counts(book: list[str], seat_of: SeatMaker) -> None:
    case_id = book[0]
    first, second, lead = seat_of("li.na"), seat_of("li.na"), seat_of("chen.jie")
    first.sync()
    Points(first.seat).add(case_id, NewPoint("address", "杭州市西湖区文三路 99 号", "debtor", "home"))
    for desk in (first, second, lead):
        desk.sync()
    point = next(point for point in first.seat.file(case_id).points if point.kind == "address")
    before = place(lead, case_id)
    FieldPlaces(first.seat).place(case_id, point.id, Place(30.111, 120.222), how="map")
    assert place(first, case_id) == (30.111, 120.222)
    FieldPlaces(second.seat).place(case_id, point.id, Place(30.333, 120.444), how="there")
    assert place(lead, case_id) == before
    for desk in (first, second, first, lead):
        desk.sync()
    assert place(first, case_id) == place(second, case_id) == place(lead, case_id) == (30.333, 120.444)
