"""Three days in the field brought home over a line of 64 kbit/s that keeps breaking: bytes sent against the payload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.central.server import CentralDatabase, central, central_server  # noqa: F401  # fixtures
from tests.faults.forwarder import Forwarder, SlowLine
from tests.journeys.field_days import (
    CASES,
    PHOTOS,
    REPORTS,
    FieldSeat,
    at_home,
    book_of_visits,
    bring_home,
    filled,
    three_days,
)
from tests.security.memory_keyring import MemoryKeyring
from workstation.sync import attachments, pace
from workstation.sync.link import Unreachable

FULL = SIZES.name == "full"
SIDE = 400 if FULL else 150  # pixels of noise: a tenth of a megabyte each
RATE, CUTS = 8_000, 0.05  # 64 kbit/s; of every sixteen kilobytes one in twenty breaks the line
# Time is shortened, the bytes are not: the line, the aim of a chunk and the stretch by the same factor.
SHORTER = 50 if FULL else 100


@pytest.fixture
def seat(central: CentralDatabase, memory_keyring: MemoryKeyring, tmp_path: Path) -> Iterator[FieldSeat]:  # noqa: F811
    line = Forwarder(central.server.host, central.server.port)
    made = FieldSeat(central, line, memory_keyring, tmp_path, datetime.now(UTC).date() - timedelta(days=2))
    yield made
    made.close()
    line.cut()


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_bytes_over_a_slow_line_that_breaks(
    board: Board,
    central: CentralDatabase,  # noqa: F811
    seat: FieldSeat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = book_of_visits(central)
    seat.desk().sync.once()
    seat.close()
    seat.line.cut()
    three_days(seat, cases, SIDE)
    desk = seat.desk(day=2)
    last = cases[(REPORTS - 1) % CASES]
    desk.visit.save(last, filled(desk, desk.visit.opened(last, None)))
    monkeypatch.setattr(pace, "AIM_SECONDS", pace.AIM_SECONDS / SHORTER)
    monkeypatch.setattr(attachments, "STRETCH_SECONDS", attachments.STRETCH_SECONDS / SHORTER)
    seat.line.mend()
    before = seat.line.sent
    seat.line.slow = SlowLine(RATE * SHORTER, cuts=CUTS)
    began = perf_counter()
    tries = bring_home(desk, 2_000, Unreachable)
    took = perf_counter() - began
    home = at_home(central)
    assert (len(home.reports), len(home.photos)) == (REPORTS, PHOTOS)
    payload = sum(map(len, home.photos.values())) + home.events
    board.ratio(
        "200 photos and 40 reports over 64 kbit/s with cuts: bytes sent against the payload",
        [(seat.line.sent - before) / 1e6],
        [payload / 1e6],
        aim=1.2,
        unit="MB",
        note=f"{seat.line.breaks} breaks, {tries} synchronisations, {took:.0f} s at {SHORTER} times the rate;"
        f" {seat.line.received / 1e6:.2f} MB came back",
    )
