"""A dossier of thirty stops from a large store to its PDF, first in a process that has made nothing, and again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import pytest

from local_db import queries
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import open_desk
from workstation.desk.dossiers import DossierWanted, StopWanted
from workstation.domain.route import Place
from workstation.session import Desk

STOPS, RUNS, AIM_MS = 30, 5, 5_000


def day_of(desk: Desk, count: int) -> DossierWanted:
    random = Random(8)
    with desk.seat.store.read() as conn:
        ids = sorted(queries.open_cases(conn))[:count]
    stops = tuple(
        StopWanted(
            case_id,
            begins=desk.now() + timedelta(minutes=15 * at),
            leaves=desk.now() + timedelta(minutes=15 * at + 10),
            at=Place(30.2 + random.random() / 4, 120.1 + random.random() / 3),
            metres=2_000,
        )
        for at, case_id in enumerate(ids)
    )
    return DossierWanted(desk.today(), stops, start=Place(30.25, 120.2), end=Place(30.25, 120.2))


@pytest.mark.bench
def test_a_dossier_of_thirty_stops(board: Board, large_store: Path) -> None:
    desk = open_desk(large_store)
    try:
        wanted = day_of(desk, STOPS)
        seconds, computed = [], []
        for _ in range(1 + RUNS):
            began, busy = perf_counter(), process_time()
            made = desk.dossiers.make(wanted, "zh_CN")
            seconds.append(perf_counter() - began)
            computed.append(process_time() - busy)
        note = f"{made.issued.pages} pages, {len(made.pdf) // 1000} kB"
        board.spread("dossier of 30 stops, the first of a process", seconds[:1], aim_ms=AIM_MS, note=note)
        board.spread("dossier of 30 stops", seconds[1:], aim_ms=AIM_MS, note=note)
        board.spread("of it the processor's time, the first", computed[:1], aim_ms=AIM_MS)
        board.spread("of it the processor's time", computed[1:], aim_ms=AIM_MS)
        register = []
        for _ in range(RUNS):
            began = perf_counter()
            desk.dossier_register.rows()
            register.append(perf_counter() - began)
        board.spread("the register of dossiers", register, aim_ms=200)
    finally:
        desk.close()
