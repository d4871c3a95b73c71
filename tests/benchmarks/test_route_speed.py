"""The route of a day of visits: how long it takes, its length beside two-opt and the best known of published tours."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from time import perf_counter, process_time

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.domain.field.published import CLOSES, OPENS, OPTIMA, WINDOWS_OPTIMUM, tour_matrix, windows_matrix
from workstation.domain.route import Day, Place, Stop, Window, best_order, distance, plan_route

FULL = SIZES.name == "full"
RUNS = 5 if FULL else 1
HOUR = 3600
BANK = Place(30.2741, 120.1551)  # 杭州
DAY = Day(BANK, BANK, 8 * HOUR, 20 * HOUR)
NO_END = 10**6


def city(count: int, seed: int) -> list[Stop]:
    """Stops over a city of fifteen kilometres, every third with two hours agreed."""
    random = Random(seed)
    stops = []
    for number in range(count):
        place = Place(BANK.latitude + random.uniform(-0.07, 0.07), BANK.longitude + random.uniform(-0.08, 0.08))
        opens = random.randrange(8, 18) * HOUR if number % 3 == 0 else 8 * HOUR
        closes = opens + 2 * HOUR if number % 3 == 0 else 20 * HOUR
        stops.append(Stop(f"s{number}", place, opens, closes, 900))
    return stops


def two_opt(stops: list[Stop]) -> int:
    """Metres of the tour that reversing stretches finds from the nearest neighbours: the reference."""
    places = [BANK, *(stop.place for stop in stops if stop.place is not None)]
    table = [[distance(one, other, DAY.road_factor) for other in places] for one in places]
    left, order = set(range(1, len(places))), [0]
    while left:
        order.append(min(left, key=lambda place: table[order[-1]][place]))
        left.remove(order[-1])
    better = True
    while better:
        better = False
        for first in range(1, len(order) - 1):
            for last in range(first + 1, len(order)):
                before, after = order[first - 1], order[(last + 1) % len(order)]
                gain = table[before][order[first]] + table[order[last]][after]
                if table[before][order[last]] + table[order[first]][after] < gain:
                    order[first : last + 1] = reversed(order[first : last + 1])
                    better = True
    return sum(table[one][other] for one, other in pairwise([*order, 0]))


@pytest.mark.bench
@pytest.mark.parametrize("count", [30, 200])
def test_the_route_of_a_day(board: Board, count: int) -> None:
    plan_route(city(3, 1), DAY)  # the library is read once
    taken, worked = [], []
    for seed in range(RUNS):
        stops = city(count, seed)
        began, at = perf_counter(), process_time()
        found = plan_route(stops, DAY)
        taken.append(perf_counter() - began)
        worked.append(process_time() - at)
    note = f"{len(found.legs)} of {count} stops on the last day, hours kept"
    board.spread(f"Route of a day, {count} stops chosen", taken, aim_ms=2_000, note=note)
    board.spread("The same, time of the processor", worked, aim_ms=2_000)


@pytest.mark.bench
def test_the_length_of_a_day_s_way(board: Board) -> None:
    """Without hours, so that the plain rule can be beside it."""
    mine, plain = [], []
    for seed in range(RUNS):
        stops = [replace(stop, opens=DAY.begins, closes=DAY.ends, lasts=0) for stop in city(30, seed)]
        mine.append(plan_route(stops, DAY).metres)
        plain.append(two_opt(stops))
    board.ratio("Length of the way to 30 stops / two-opt", mine, plain, aim=1.0, unit="m")


@pytest.mark.bench
def test_the_length_of_published_tours(board: Board) -> None:
    for name, best in OPTIMA.items():
        matrix = tour_matrix(name)
        found = length(matrix, [Window(0, NO_END, 0)] * (len(matrix) - 1), 0, NO_END)
        board.ratio(f"Length of {name} / best known", [found], [best], aim=1.03, unit="")
    windows = [Window(*window, 0) for window in zip(OPENS[1:], CLOSES[1:], strict=True)]
    found = length(windows_matrix(), windows, OPENS[0], CLOSES[0])
    board.ratio("Length of n20w20.001 / best known", [found], [WINDOWS_OPTIMUM], aim=1.03, unit="")


def length(matrix: list[list[int]], windows: list[Window], begins: int, ends: int) -> int:
    """Of the tour that is found, back to where it began."""
    places = [*range(len(matrix)), 0]
    order = best_order([[matrix[one][other] for other in places] for one in places], windows, begins, ends)
    return sum(matrix[one][other] for one, other in pairwise([0, *(place + 1 for place in order), 0]))
