"""Published instances of the travelling salesman with their known optima, as data.

TSPLIB (Reinelt 1991): burma14 and ulysses22 (geographical distances), eil51 and berlin52 (Euclidean, rounded). With
time windows: n20w20.001 of Dumas, Desrosiers, Gelinas and Solomon (1995), whose shortest way is 378.
"""

from __future__ import annotations

from math import acos, cos, hypot, pi

OPTIMA = {"burma14": 3323, "ulysses22": 7013, "eil51": 426, "berlin52": 7542}
WINDOWS_OPTIMUM = 378

_GEO = {
    "burma14": (
        "16.47 96.10 16.47 94.44 20.09 92.54 22.39 93.37 25.23 97.24 22.00 96.05 20.47 97.02 17.20 96.29 16.30 97.38 "
        "14.05 98.12 16.53 97.38 21.52 95.59 19.41 97.13 20.09 94.55"
    ),
    "ulysses22": (
        "38.24 20.42 39.57 26.15 40.56 25.32 36.26 23.12 33.48 10.54 37.56 12.19 38.42 13.11 37.52 20.44 41.23 9.10 "
        "41.17 13.05 36.08 -5.21 38.47 15.13 38.15 15.35 37.51 15.17 35.49 14.32 39.36 19.56 38.09 24.36 36.09 23.00 "
        "40.44 13.57 40.33 14.15 40.37 14.23 37.57 22.56"
    ),
}
_FLAT = {
    "eil51": (
        "37 52 49 49 52 64 20 26 40 30 21 47 17 63 31 62 52 33 51 21 42 41 31 32 5 25 12 42 36 16 52 41 27 23 17 33 "
        "13 13 57 58 62 42 42 57 16 57 8 52 7 38 27 68 30 48 43 67 58 48 58 27 37 69 38 46 46 10 61 33 62 63 63 69 "
        "32 22 45 35 59 15 5 6 10 17 21 10 5 64 30 15 39 10 32 39 25 32 25 55 48 28 56 37 30 40"
    ),
    "berlin52": (
        "565 575 25 185 345 750 945 685 845 655 880 660 25 230 525 1000 580 1175 650 1130 1605 620 1220 580 1465 200 "
        "1530 5 845 680 725 370 145 665 415 635 510 875 560 365 300 465 520 585 480 415 835 625 975 580 1215 245 "
        "1320 315 1250 400 660 180 410 250 420 555 575 665 1150 1160 700 580 685 595 685 610 770 610 795 645 720 635 "
        "760 650 475 960 95 260 875 920 700 500 555 815 830 485 1170 65 830 610 605 625 595 360 1340 725 1740 245"
    ),
}
_TRAVEL = """
0 19 17 34 7 20 10 17 28 15 23 29 23 29 21 20 9 16 21 13 12
19 0 10 41 26 3 27 25 15 17 17 14 18 48 17 6 21 14 17 13 31
17 10 0 47 23 13 26 15 25 22 26 24 27 44 7 5 23 21 25 18 29
34 41 47 0 36 39 25 51 36 24 27 38 25 44 54 45 25 28 26 28 27
7 26 23 36 0 27 11 17 35 22 30 36 30 22 25 26 14 23 28 20 10
20 3 13 39 27 0 26 27 12 15 14 11 15 49 20 9 20 11 14 11 30
10 27 26 25 11 26 0 26 31 14 23 32 22 25 31 28 6 17 21 15 4
17 25 15 51 17 27 26 0 39 31 38 38 38 34 13 20 26 31 36 28 27
28 15 25 36 35 12 31 39 0 17 9 2 11 56 32 21 24 13 11 15 35
15 17 22 24 22 15 14 31 17 0 9 18 8 39 29 21 8 4 7 4 18
23 17 26 27 30 14 23 38 9 9 0 11 2 48 33 23 17 7 2 10 27
29 14 24 38 36 11 32 38 2 18 11 0 13 57 31 20 25 14 13 17 36
23 18 27 25 30 15 22 38 11 8 2 13 0 47 34 24 16 7 2 10 26
29 48 44 44 22 49 25 34 56 39 48 57 47 0 46 48 31 42 46 40 21
21 17 7 54 25 20 31 13 32 29 33 31 34 46 0 11 29 28 32 25 33
20 6 5 45 26 9 28 20 21 21 23 20 24 48 11 0 23 19 22 17 32
9 21 23 25 14 20 6 26 24 8 17 25 16 31 29 23 0 11 15 9 10
16 14 21 28 23 11 17 31 13 4 7 14 7 42 28 19 11 0 5 3 21
21 17 25 26 28 14 21 36 11 7 2 13 2 46 32 22 15 5 0 8 25
13 13 18 28 20 11 15 28 15 4 10 17 10 40 25 17 9 3 8 0 19
12 31 29 27 10 30 4 27 35 18 27 36 26 21 33 32 10 21 25 19 0
"""
OPENS = (0, 62, 181, 306, 214, 51, 102, 175, 250, 3, 21, 79, 78, 140, 354, 42, 2, 24, 20, 9, 275)
CLOSES = (408, 68, 205, 324, 217, 61, 129, 186, 263, 23, 49, 90, 96, 154, 386, 63, 13, 42, 33, 21, 300)


def tour_matrix(name: str) -> list[list[int]]:
    """The distances of an instance, rounded as TSPLIB says."""
    known = _GEO.get(name) or _FLAT[name]
    numbers = [float(part) for part in known.split()]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    between = _geographical if name in _GEO else _euclidean
    return [[0 if one == other else between(one, other) for other in points] for one in points]


def windows_matrix() -> list[list[int]]:
    return [[int(part) for part in row.split()] for row in _TRAVEL.strip().splitlines()]


def _euclidean(one: tuple[float, float], other: tuple[float, float]) -> int:
    return int(hypot(one[0] - other[0], one[1] - other[1]) + 0.5)


def _geographical(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Degrees and minutes (39.57 is 39° 57′) on a ball of 6,378.388 km, as TSPLIB defines it."""
    lat1, lon1, lat2, lon2 = (pi * (int(x) + 5 * (x - int(x)) / 3) / 180 for x in (*one, *other))
    q1, q2, q3 = cos(lon1 - lon2), cos(lat1 - lat2), cos(lat1 + lat2)
    return int(6378.388 * acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1)
