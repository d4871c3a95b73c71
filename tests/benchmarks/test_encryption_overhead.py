"""What the encryption of the store costs: the ten busiest queries of a shift on the store and on plain SQLite.

The plain file is the same store exported by SQLCipher itself, opened by the same library with the same pragmas, no key.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from local_db.engine import PRAGMAS
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.benchmarks.sizes import SIZES

ROOT = Path(__file__).resolve().parents[2]
BUSIEST, AIM = 10, 1.3
ROUNDS = 15 if SIZES.name == "full" else 3


@pytest.mark.bench
def test_encryption_costs_little(board: Board, large_store: Path, tmp_path: Path) -> None:
    own = tmp_path / large_store.name  # the calls are recorded for good
    for path in large_store.parent.glob(large_store.name + "*"):
        shutil.copy(path, own.with_name(path.name))
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.busiest", str(own), str(max(6, SIZES.calls // 5))],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    busiest = json.loads(done.stdout.splitlines()[-1])[:BUSIEST]
    assert len(busiest) == BUSIEST
    plain = tmp_path / "plain.db"
    export(own, plain)
    mine, theirs = opened(own, KEY), opened(plain, None)
    try:
        assert b"SQLite format 3" in plain.read_bytes()[:16]
        assert b"SQLite format 3" not in own.read_bytes()[:16]
        whole: tuple[list[float], list[float]] = [], []
        for statement, count, values in busiest:
            times = in_turn(mine, theirs, statement, values)
            for kept, measured in zip(whole, times, strict=True):
                kept[:] = [a + count * b for a, b in zip(kept or [0.0] * len(measured), measured, strict=True)]
            board.ratio(f"{short(statement)} ({count}×)", *times, aim=AIM, unit="s", note="encrypted / plain")
        board.ratio("The ten together, as often as in the shift", *whole, aim=AIM, unit="s", note="encrypted / plain")
        board.ratio(
            "All history read through once, nothing cached", *cold(own, plain), unit="s", note="encrypted / plain"
        )
        board.ratio("One row written and committed", *committed(mine, theirs), unit="s", note="encrypted / plain")
    finally:
        mine.close()
        theirs.close()


def export(store: Path, plain: Path) -> None:
    connection = opened(store, KEY)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute(f"PRAGMA plain.user_version = {version}")
        connection.execute("DETACH DATABASE plain")
    finally:
        connection.close()


def opened(path: Path, key: bytes | None) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None)
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def in_turn(mine: Any, theirs: Any, statement: str, values: list[Any]) -> tuple[list[float], list[float]]:
    """Seconds a run of all its values takes, on both in turn; what writes is taken back."""
    times: tuple[list[float], list[float]] = [], []
    for _ in range(ROUNDS + 1):
        for connection, kept in zip((mine, theirs), times, strict=True):
            connection.execute("BEGIN")
            began = perf_counter()
            for given in values:
                connection.execute(statement, given).fetchall()
            kept.append(perf_counter() - began)
            connection.execute("ROLLBACK")
    return times[0][1:], times[1][1:]  # the first fills the cache, as a morning's first case does


def cold(store: Path, plain: Path) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = [], []
    for _ in range(3):
        for path, key, kept in ((store, KEY, times[0]), (plain, None, times[1])):
            connection = opened(path, key)
            began = perf_counter()
            connection.execute("SELECT sum(length(body)) FROM case_event").fetchall()
            kept.append(perf_counter() - began)
            connection.close()
    return times


def committed(mine: Any, theirs: Any) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = [], []
    for n in range(ROUNDS * 2):
        for connection, kept in zip((mine, theirs), times, strict=True):
            began = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR REPLACE INTO sync_state (key, value) VALUES ('bench', ?)", (str(n),))
            connection.execute("COMMIT")
            kept.append(perf_counter() - began)
    return times


def short(statement: str) -> str:
    """Enough of a statement to know it by."""
    words = re.sub(r"\s+", " ", statement)
    tables = re.findall(r"(?:FROM|INTO|UPDATE|JOIN) ([a-z_]+)", words)
    return f"{words.split(' ')[0]} {', '.join(dict.fromkeys(tables)) or words[:40]}"
