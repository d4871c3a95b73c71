"""One board of figures for the run, and the large store, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.volume import fill_store

OUT = Path(__file__).resolve().parents[2] / "out"


@pytest.fixture(scope="session")
def board() -> Iterator[Board]:
    """Saved to out/bench.json and printed when the run ends, also when a measurement failed on the way."""
    made = Board(SIZES.name)
    yield made
    made.save(OUT / "bench.json")
    print(f"\n\n{made.table()}\n\nKept in out/bench.json.")


@pytest.fixture(scope="session")
def large_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seat's store at the size of the aims."""
    path = tmp_path_factory.mktemp("seat") / "large.store"
    fill_store(path, SIZES.desk_cases, SIZES.desk_events)
    return path


@pytest.fixture(scope="session")
def largest_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team lead's: every case of the team, with its years of events."""
    path = tmp_path_factory.mktemp("lead") / "largest.store"
    fill_store(path, SIZES.lead_cases, SIZES.lead_events)
    return path
