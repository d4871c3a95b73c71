"""The lead's caseload board: opened, after a change, on the first look of a day, against reading its lines alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import pytest

from local_db import projections
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import open_desk
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.volume import fill_store
from workstation.session import Desk

AIM_MS = 200


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path: Path = tmp_path_factory.mktemp("caseload") / "lead.store"
    fill_store(path, SIZES.lead_cases, SIZES.lead_events // 2)
    return open_desk(path, role="lead")


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


@pytest.mark.bench
def test_the_board_opens_and_follows_a_change(desk: Desk, board: Board) -> None:
    first = timed(desk.caseload.board)
    with desk.seat.store.read() as conn:
        cases = [row[0] for row in conn.exec_driver_sql("SELECT id FROM cases ORDER BY id LIMIT 20")]

    def reference() -> None:
        """Every line read in its plainest form."""
        with desk.seat.store.read() as conn:
            conn.exec_driver_sql("SELECT * FROM caseload_line").all()

    opened, worked, changed, read = [], [], [], []
    for case_id in cases:
        read.append(timed(reference))
        before = process_time()
        opened.append(timed(desk.caseload.board))
        worked.append(process_time() - before)
        with desk.seat.store.write() as conn:
            projections.refresh(conn, [case_id], desk.today())
        changed.append(timed(desk.caseload.board))
    assert desk.caseload.board().cases == SIZES.lead_cases
    note = f"{SIZES.lead_cases:,} cases, {SIZES.lead_events // 2:,} events; against reading every line of the board"
    board.ratio("caseload board over reading its lines", opened, read, note=note)
    board.spread("caseload board opens", opened, aim_ms=AIM_MS, note=note)
    board.spread("caseload board opens, processor time", worked, aim_ms=AIM_MS, note=note)
    board.spread("caseload board after a change of one case", changed, aim_ms=AIM_MS, note=note)
    board.spread("caseload board, first look of a day", [first], note=f"{note}; in the background, with progress")
