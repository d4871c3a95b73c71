"""The rebalance preview: 10,000 cases over 30 people, beside the greedy rule over the same book."""

from __future__ import annotations

from random import Random
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.domain.team.greedy import greedy
from workstation.domain.rebalance import Held, Holder, Measure, propose

FULL = SIZES.name == "full"
CASES, PEOPLE, RUNS = (10_000, 30, 5) if FULL else (200, 5, 1)
MEASURES: tuple[Measure, ...] = ("count", "amount", "work", "stage")


def book(random: Random) -> tuple[list[Held], list[Holder]]:
    """Uneven as after a wave of leavings; skills of four sorts, a few complaints and commitments."""
    holders = [
        Holder(
            f"h{n:02}",
            capacity=random.choice([100, 100, 100, 50]),
            languages=frozenset() if n % 3 else frozenset({"zh_CN"}),
            regions=frozenset(random.sample("ABCDEF", 4)) if n % 2 else frozenset(),
            stages=frozenset() if n % 5 else frozenset({"M1", "M2", "M3"}),
            legal=n % 4 == 0,
        )
        for n in range(PEOPLE)
    ]
    held = [
        Held(
            f"c{n:05}",
            f"h{min(PEOPLE - 1, int(abs(random.gauss(0, PEOPLE / 2)))):02}",
            int(random.lognormvariate(14, 1)),
            random.randint(60, 900),
            f"M{random.randint(1, 6)}",
            "en" if random.random() < 0.1 else "zh_CN",
            random.choice("ABCDEF"),
            random.random() < 0.05,
            random.random() < 0.1,
            frozenset({f"h{random.randrange(PEOPLE):02}"}) if random.random() < 0.02 else frozenset(),
        )
        for n in range(CASES)
    ]
    return held, holders


@pytest.mark.bench
def test_the_preview_of_a_rebalance(board: Board) -> None:
    held, holders = book(Random(9))
    for measure in MEASURES:
        mine, plain = [], []
        for _ in range(RUNS):
            began = perf_counter()
            found = propose(held, holders, measure)
            mine.append(perf_counter() - began)
            began = perf_counter()
            greedy(held, holders)
            plain.append(perf_counter() - began)
        if FULL:
            assert found.spread_after <= 0.02
        note = f"spread {found.spread_before:.1%} → {found.spread_after:.2%}, {len(found.moves):,} moves"
        board.spread(f"Rebalance by {measure}, {CASES:,} cases, {PEOPLE} people", mine, aim_ms=2_000, note=note)
        board.ratio("The same / the greedy rule, which moves everything", mine, plain)
