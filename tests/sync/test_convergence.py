"""Whatever happens, in whatever order: once everybody is back, nothing is lost, doubled, or where it may not be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.central.server import CentralServer
from tests.soak.histories import Stage, stage, summary
from tests.soak.moves import HISTORIES, KILLS

MANY = int(os.environ.get("WORKSTATION_HISTORIES", "8"))
SEED = int(os.environ.get("WORKSTATION_SEED", "20261123"))  # the same in every run; `make soak` takes others


@pytest.fixture(scope="module")
def soaked(central_server: CentralServer) -> Iterator[Stage]:
    with stage(central_server) as one:
        yield one
        print(f"seed {SEED}; {summary(one.total)}")


pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")


def test_killed_at_each_commit_the_next_synchronisation_heals_it(soaked: Stage) -> None:
    before = soaked.total["killed"]
    for moves in KILLS:
        soaked.play(moves)
    assert soaked.total["killed"] - before > len(KILLS) / 2, "a synchronisation has fewer commits than were tried"


@pytest.mark.timeout(1800)  # a failure is made small first
@seed(SEED)
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
@given(moves=HISTORIES)
def test_every_history_converges(soaked: Stage, moves: list[Any]) -> None:
    soaked.play(moves)
