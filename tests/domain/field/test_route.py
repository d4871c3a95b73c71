"""The day's route: published tours to their optimum, windows kept, and every order's times told truly."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.field.published import CLOSES, OPENS, OPTIMA, WINDOWS_OPTIMUM, tour_matrix, windows_matrix
from workstation.domain.route import Day, Place, Stop, Window, best_order, distance, plan_route, timetable

HOUR = 3600
BANK = Place(30.2741, 120.1551)  # 杭州
DAY = Day(BANK, BANK, 9 * HOUR, 18 * HOUR)


def closed(matrix: list[list[int]]) -> list[list[int]]:
    """With the start again as the end."""
    places = [*range(len(matrix)), 0]
    return [[matrix[one][other] for other in places] for one in places]


def length(matrix: list[list[int]], order: tuple[int, ...]) -> int:
    return sum(matrix[one][other] for one, other in pairwise([0, *(place + 1 for place in order), 0]))


@pytest.mark.parametrize(("name", "optimum"), OPTIMA.items())
def test_published_tours_come_within_three_percent_of_the_shortest(name: str, optimum: int) -> None:
    matrix = tour_matrix(name)
    order = best_order(closed(matrix), [Window(0, 10**6, 0)] * (len(matrix) - 1), 0, 10**6)
    assert sorted(order) == list(range(len(matrix) - 1))
    assert optimum <= length(matrix, order) <= optimum * 1.03


def test_a_published_instance_with_windows_comes_within_three_percent_and_keeps_them() -> None:
    matrix = windows_matrix()
    windows = [Window(*window, 0) for window in zip(OPENS[1:], CLOSES[1:], strict=True)]
    order = best_order(closed(matrix), windows, OPENS[0], CLOSES[0])
    assert sorted(order) == list(range(20))
    assert WINDOWS_OPTIMUM <= length(matrix, order) <= WINDOWS_OPTIMUM * 1.03
    now, here = 0, 0
    for place in order:
        now = max(now + matrix[here][place + 1], windows[place].opens)
        assert now <= windows[place].closes
        here = place + 1
    assert now + matrix[here][0] <= CLOSES[0]


def stop(name: str, north: float = 0.0, east: float = 0.0, **known: int) -> Stop:
    """`north` and `east` of the bank, in kilometres."""
    place = Place(BANK.latitude + north / 111.195, BANK.longitude + east / (111.195 * 0.8636))
    return Stop(name, place, **{"opens": 8 * HOUR, "closes": 20 * HOUR, "lasts": 1200, **known})


def test_a_kilometre_is_a_kilometre() -> None:
    here = stop("a").place
    assert here is not None
    for other in (stop("b", north=1).place, stop("b", east=1).place):
        assert other is not None
        assert abs(distance(here, other) - 1_000) <= 1
        assert abs(distance(here, other, 1.3) - 1_300) <= 1


def test_one_stop_is_gone_to_and_come_back_from() -> None:
    route = plan_route([stop("a", north=10)], DAY)
    assert route.order == ("a",)
    assert abs(route.metres - 26_000) <= 20
    leg = route.legs[0]
    assert abs(leg.arrives - (DAY.begins + 1872)) <= 2  # 13 km at 25 km/h
    assert leg.leaves == leg.begins + 1200
    assert abs(route.back - (leg.leaves + 1872)) <= 2
    assert not route.over


def test_nothing_to_do_is_no_way() -> None:
    assert plan_route([], DAY).metres == 0
    assert plan_route([], DAY).back == DAY.begins


def test_stops_without_a_place_are_named_and_the_rest_is_planned() -> None:
    route = plan_route([stop("a"), Stop("nowhere", None, 0, 10**5, 600)], DAY)
    assert route.order == ("a",)
    assert [(row.stop, row.why) for row in route.left_out] == [("nowhere", "no_place")]


@pytest.mark.parametrize(
    "unreachable",
    [
        stop("x", north=400),  # further than one gets and back
        stop("x", opens=19 * HOUR),  # opens after the day's end
        stop("x", closes=9 * HOUR - 1),  # closed before the day begins
        stop("x", lasts=10 * HOUR),  # takes longer than the day
    ],
)
def test_a_stop_that_fits_no_day_is_named(unreachable: Stop) -> None:
    route = plan_route([stop("a"), unreachable], DAY)
    assert route.order == ("a",)
    assert [(row.stop, row.why) for row in route.left_out] == [("x", "never_open")]


def test_what_does_not_fit_with_the_others_is_left_out_the_lightest_first() -> None:
    stops = [stop(f"s{n}", north=n / 10, lasts=2 * HOUR, weight=1 + (n == 3)) for n in range(8)]
    route = plan_route(stops, DAY)
    assert len(route.legs) == 4
    assert "s3" in route.order
    assert {row.why for row in route.left_out} == {"no_time"}
    assert not route.over


def test_an_order_of_one_s_own_tells_who_is_too_late() -> None:
    early, far = stop("early", closes=9 * HOUR + 1800), stop("far", north=10)
    assert plan_route([early, far], DAY).order == ("early", "far")
    dragged = timetable([far, early], DAY)
    assert [leg.late for leg in dragged.legs] == [False, True]
    assert not timetable([early, far], DAY).legs[0].late


def test_who_comes_before_the_window_waits() -> None:
    route = timetable([stop("a", opens=10 * HOUR)], DAY)
    assert route.legs[0].begins == 10 * HOUR
    assert route.legs[0].waits == HOUR


@given(
    st.lists(st.tuples(st.floats(-8, 8), st.floats(-8, 8), st.integers(0, 6)), min_size=1, max_size=5),
    st.integers(0, 3),
)
@settings(max_examples=25)
def test_a_few_stops_are_ordered_as_well_as_trying_every_order(
    places: list[tuple[float, float, int]], narrow: int
) -> None:
    stops = [
        stop(f"s{n}", north, east, opens=(9 + hour) * HOUR, closes=(10 + hour + narrow) * HOUR)
        for n, (north, east, hour) in enumerate(places)
    ]
    route = plan_route(stops, DAY)
    assert not route.over
    assert not any(leg.late for leg in route.legs)
    assert {row.stop for row in route.left_out} | set(route.order) == {row.id for row in stops}
    feasible = [
        trial
        for count in range(len(stops) + 1)
        for some in permutations(stops, count)
        if not (trial := timetable(some, DAY)).over and not any(leg.late for leg in trial.legs)
    ]
    most = max(len(trial.legs) for trial in feasible)
    assert len(route.legs) == most
    shortest = min(trial.metres for trial in feasible if len(trial.legs) == most)
    assert route.metres <= shortest * 1.001 + 10


def test_two_hundred_stops_are_planned_alike_every_time() -> None:
    stops = [stop(f"s{n}", (n * 37 % 100) / 10, (n * 61 % 100) / 10) for n in range(200)]
    route = plan_route(stops, DAY)
    assert route == plan_route(stops, DAY)
    assert len(route.legs) + len(route.left_out) == 200
    assert len(route.legs) > 15
    assert not route.over
