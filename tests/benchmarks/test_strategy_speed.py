"""The strategy: 5,000 cases' treatments beside a plain chain of conditions, and the dry run over a seat's book."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.seat import open_desk
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.volume import fill_store
from tests.domain.case.plain_strategy import plain_default
from workstation.desk.strategy_editing import Strategies
from workstation.domain.message import Money
from workstation.domain.strategy import CHOICES, FLAGS, StrategyFacts, treat
from workstation.domain.strategy_check import warnings
from workstation.domain.strategy_file import DEFAULT, default, default_text, read

FULL = SIZES.name == "full"
CASES, BOOK, EVENTS = (5_000, 5_000, 100_000) if FULL else (200, 20, 200)
RUNS, TRIALS = (40, 5) if FULL else (3, 1)


def case(random: Random) -> StrategyFacts:
    """As in a book: most cases have no flag, some one, few two; half of them were never assessed."""
    flags = random.sample(FLAGS, k=random.choices((0, 1, 2), (70, 25, 5))[0])
    return StrategyFacts(
        balance=Money(random.randrange(100, 20_000_000), "CNY"),
        days_past_due=random.randrange(0, 400),
        quadrant=random.choice(("unknown", *CHOICES["quadrant"])),  # type: ignore[arg-type]  # of that vocabulary
        attempts=random.randrange(30),
        promises_broken=random.randrange(4),
        limitation_left=random.randrange(0, 1_095),
        flags=frozenset(flags),
    )


def seconds(cases: list[StrategyFacts], judge: Callable[[StrategyFacts], object]) -> float:
    gc.collect()
    began = perf_counter()
    for each in cases:
        judge(each)
    return perf_counter() - began


@pytest.mark.bench
def test_the_treatments_of_a_book(board: Board) -> None:
    random, strategy = Random(16), default()
    cases = [case(random) for _ in range(CASES)]
    assert [treat(each, strategy).id for each in cases] == [plain_default(each) for each in cases]
    mine, plain = [], []
    for _ in range(RUNS):
        mine.append(seconds(cases, lambda each: treat(each, strategy)))
        plain.append(seconds(cases, plain_default))
    board.spread(f"Treatments of {CASES} cases, {len(strategy.rules)} rules", mine)
    board.ratio("The same / a plain chain of conditions in Python", mine, plain, aim=5)


@pytest.mark.bench
def test_a_key_in_the_editor(board: Board) -> None:
    """What one waits for after each pause in typing: the text read, checked and looked through for vain rules."""
    spent = []
    for _ in range(RUNS):
        gc.collect()
        began = perf_counter()
        assert warnings(read(default_text(), DEFAULT)) == ()
        spent.append(perf_counter() - began)
    board.spread("The default strategy read and checked", spent, aim_ms=50)


@pytest.mark.bench
def test_a_dry_run_over_a_seats_book(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "seat.store"
    fill_store(path, BOOK, EVENTS)
    desk = open_desk(path)
    strategies = Strategies(replace(desk.seat, person=replace(desk.seat.person, role="lead")))
    try:
        spent = []
        for _ in range(TRIALS):
            gc.collect()
            began = perf_counter()
            found = strategies.try_out("zh-CN", default_text().replace("[6, 36]", "[3, 24]"))
            spent.append(perf_counter() - began)
            assert found is not None
            assert found.changed
        board.spread(f"Dry run over {found.cases} open cases", spent, note="in the pool, with progress")
    finally:
        desk.close()
