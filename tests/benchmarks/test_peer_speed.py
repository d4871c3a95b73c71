"""Events a second beside PouchDB replicating as many documents of the same content to its own server and back.

Both keep everything on disk, each end in its own process. Ours also encrypts the seat's store, follows the hash chain,
judges every event by row-level security and folds the histories; PouchDB does none of it and keeps revisions instead.
PouchDB's batch size is the best of those tried in the same run.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_db.engine import open_store
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.benchmarks.sizes import SIZES
from tests.benchmarks.test_sync_speed import forget, sync_seconds
from tests.benchmarks.test_throughput import centre_and_events, push_seconds
from tests.benchmarks.volume import fill_centre
from tests.central.builders import new_id
from tests.central.server import CentralServer
from workstation.desk.demo.past import as_row
from workstation.sync.engine import Device
from workstation.tables import case_event

HERE = Path(__file__).parent / "peer"
PLACE = Path(__file__).parents[2] / "out" / "peer"
AIM = 0.1  # our seconds for as many: ten times as fast
BATCHES = (100, 500, 1000)
RUNS = 3


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js with the packages of `peer/package.json` in out/peer."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("Node.js with npm is not installed; nothing to measure beside")
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "server.js", "replicate.js"):
        shutil.copy(HERE / name, PLACE)
    if not (PLACE / "node_modules").is_dir():
        command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=PLACE, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            pytest.skip(f"npm could not install the peer's packages: {done.stderr.strip()[-200:]}")
    return found


@pytest.mark.bench
def test_beside_pouchdb(central_server: CentralServer, node: str, board: Board, tmp_path: Path) -> None:
    documents = tmp_path / "documents.json"
    database, told = centre_and_events(central_server, SIZES.events)
    central_server.drop(database)
    names = case_event.columns.keys()
    rows = [dict(zip(names, map(_plain, as_row(event)), strict=True)) for event in told]
    documents.write_text(json.dumps([{"_id": row.pop("id"), **row} for row in rows]), encoding="utf-8")

    theirs: dict[int, list[dict[str, float]]] = {size: [] for size in BATCHES}
    push, pull = [], []
    centre = central_server.new_database()
    fill_centre(centre, SIZES.seat * 2, SIZES.seat, SIZES.events)
    for turn in range(RUNS):
        for size in BATCHES:
            theirs[size].append(_peer(node, documents, tmp_path / f"peer-{turn}-{size}", size))
        push.append(push_seconds(central_server, tmp_path / "push.store", SIZES.events))
        store = open_store(tmp_path / "pull.store", KEY)
        pull.append(sync_seconds(centre, store, Device(new_id(), "bench"), SIZES.events))
        store.close()
        forget(tmp_path / "pull.store")
    central_server.drop(centre)
    for way, mine in (("push", push), ("pull", pull)):
        best = min(BATCHES, key=lambda size: statistics.median(run[way] for run in theirs[size]))
        reference = [run[way] for run in theirs[best]]
        ours, docs = (SIZES.events / statistics.median(seconds) for seconds in (mine, reference))
        note = f"{ours:,.0f} events/s, {docs:,.0f} docs/s in batches of {best}"
        board.ratio(f"{way.capitalize()} {SIZES.events:,} / PouchDB", mine, reference, aim=AIM, note=note)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def _peer(node: str, documents: Path, folder: Path, size: int) -> dict[str, float]:
    """Seconds to replicate the documents to a fresh server (`push`) and into an empty store (`pull`)."""
    with _server(node, folder) as url:
        command = [node, str(PLACE / "replicate.js"), url, str(folder), str(documents), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    shutil.rmtree(folder)
    seconds: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


@contextmanager
def _server(node: str, folder: Path) -> Iterator[str]:
    folder.mkdir()
    with subprocess.Popen([node, str(PLACE / "server.js"), str(folder)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()
