"""From the start of the process to the first usable window, and what is loaded on the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.house.test_start_up import HEAVY

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SHOWN = 25  # of the slowest imports
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def start(program: str, *args: str, options: tuple[str, ...] = ()) -> tuple[float, list[str], str]:
    """Seconds from before the process is made until it says "painted"; then the rest it says, and its stderr."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    began = perf_counter()
    with (
        tempfile.TemporaryFile("w+") as problems,
        subprocess.Popen(
            [sys.executable, *options, str(HERE / program), *args],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=problems,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        seconds = perf_counter() - began
        lines = process.stdout.read().splitlines()
        code = process.wait()
        problems.seek(0)
        complaint = problems.read()
    assert code == 0, complaint
    assert said == "painted"
    return seconds, lines, complaint


@pytest.mark.bench
def test_start_to_first_window(board: Board, large_store: Path) -> None:
    whole, bare = [], []
    loaded: list[str] = []
    for turn in range(SIZES.starts + 1):
        seconds, loaded, _ = start("first_window.py", str(large_store))
        reference, _, _ = start("bare_window.py")
        if turn:  # the first of each fills the file cache and compiles
            whole.append(seconds)
            bare.append(reference)
    board.ratio(
        "Start to window with a case / bare PySide6 window",
        whole,
        bare,
        aim=2,
        note=f"store of {SIZES.desk_cases} cases and {SIZES.desk_events:,} events; the centre is away",
    )
    heavy = sorted(HEAVY & set(loaded))
    board.lists["heavy modules when the first window is painted"] = heavy
    print(f"\n  modules when painted: {len(loaded)}; heavy ones: {', '.join(heavy) or 'none'}")


@pytest.mark.bench
def test_imports_on_the_way(board: Board, large_store: Path) -> None:
    """The slowest imports, each with all that it pulls in, as `-X importtime` counts them."""
    _, _, said = start("first_window.py", str(large_store), options=("-X", "importtime"))
    found = [(int(whole), name) for own, whole, _, name in _IMPORT.findall(said)]
    slowest = [f"{whole / 1000:8.1f} ms  {name}" for whole, name in sorted(found, reverse=True)[:SHOWN]]
    board.lists["slowest imports"] = slowest
    print("\n  " + "\n  ".join(slowest))
