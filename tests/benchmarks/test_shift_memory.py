"""Memory over a shift of calls: what one call leaves behind would be there a hundred and fifty times."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES

ROOT = Path(__file__).resolve().parents[2]
MOST_GROWTH = 1.10


@pytest.mark.bench
def test_memory_after_a_shift(board: Board, large_store: Path, tmp_path: Path) -> None:
    """Beside the memory after the first ten calls, when every tab was used once or twice."""
    own = tmp_path / large_store.name  # the calls are recorded for good
    for path in large_store.parent.glob(large_store.name + "*"):
        shutil.copy(path, own.with_name(path.name))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.shift", str(own), str(SIZES.calls)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    saved, memory = [calls for calls, _ in said], [kib for _, kib in said]
    assert saved[-1] >= SIZES.calls * 2 // 3, "most of the calls were not recorded"
    board.ratio(
        f"Memory after {saved[-1]} recorded calls / after the first ten",
        [memory[-1] / 1024], [memory[0] / 1024], aim=MOST_GROWTH, unit="MiB",
    )  # fmt: skip
    board.lists["memory in MiB on the way"] = [f"{calls} calls: {kib / 1024:.1f}" for calls, kib in said]
