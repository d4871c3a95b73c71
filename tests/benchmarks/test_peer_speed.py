"""Events a second beside PouchDB replicating as many documents of the same content to its own server and back.

All four ends keep files on disk, each side's centre in a process of its own. Ours waits for the disk at every commit
(`fsync`, switched on here for the tests' server too), encrypts the seat's store, follows the hash chains, judges every
event by row-level security, folds the histories, and counts sign-in and the cases that come along. PouchDB does none
of it, and LevelDB leaves the flush to the system; it keeps revisions instead. In PouchDB's favour: a warm-up outside
the clock, no compression on the loopback, the batch size that was best in each direction in the same run.
"""

from __future__ import annotations

import gc
import json
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

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
EVENTS = min(SIZES.events, 5_000)
BATCHES = (100, 500, 1000, 2000)
RUNS = 3
FLUSHES = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js with the packages of `peer/package.json` in out/peer."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("Node.js with npm is not installed; nothing to measure beside")
    _install(npm)
    return found


def _install(npm: str) -> None:
    """Once, and again when `package.json` says something else."""
    wanted = (HERE / "package.json").read_bytes()
    here, whole = PLACE / "package.json", PLACE / "node_modules" / ".package-lock.json"  # npm writes the latter last
    installed = whole.exists() and here.read_bytes() == wanted
    PLACE.mkdir(parents=True, exist_ok=True)
    for path in HERE.glob("*.js*"):
        shutil.copy(path, PLACE)
    if installed:
        return
    whole.unlink(missing_ok=True)
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"]
    try:
        subprocess.run(command, cwd=PLACE, capture_output=True, text=True, check=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not install the peer's packages within two minutes")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm could not install the peer's packages: {error.stderr.strip()[-200:]}")


@pytest.mark.bench
def test_beside_pouchdb(node: str, central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    documents = tmp_path / "documents.json"
    _write_documents(central_server, documents)
    theirs: dict[int, list[dict[str, float]]] = {size: [] for size in BATCHES}
    push, pull = [], []
    with _flushing(central_server):
        centre = central_server.new_database()
        fill_centre(centre, SIZES.seat * 2, SIZES.seat, EVENTS)
        for turn in range(RUNS):
            for size in BATCHES:
                theirs[size].append(_peer(node, documents, tmp_path / f"peer-{turn}-{size}", size))
            push.append(push_seconds(central_server, tmp_path / "push.store", EVENTS))
            store = open_store(tmp_path / "pull.store", KEY)
            gc.collect()
            pull.append(sync_seconds(centre, store, Device(new_id(), "bench"), EVENTS))
            store.close()
            forget(tmp_path / "pull.store")
        central_server.drop(centre)
    for way, mine in (("push", push), ("pull", pull)):
        best = min(BATCHES, key=lambda size: statistics.median(run[way] for run in theirs[size]))
        reference = [run[way] for run in theirs[best]]
        ours, docs = (EVENTS / statistics.median(seconds) for seconds in (mine, reference))
        note = f"{ours:,.0f} events/s, {docs:,.0f} docs/s in batches of {best}: {ours / docs:.1f} times as fast"
        board.ratio(f"{way.capitalize()} {EVENTS:,} / PouchDB", mine, reference, aim=AIM, note=note)


@contextmanager
def _flushing(server: CentralServer) -> Iterator[None]:
    """The tests' server never waits for the disk; in here it does, as a bank's must."""
    with psycopg.connect(server.server.superuser_dsn, autocommit=True) as conn:

        def reload(statement: str, fsync: str) -> None:
            for name in FLUSHES:
                conn.execute(sql.SQL(statement).format(sql.Identifier(name)))
            conn.execute("SELECT pg_reload_conf()")
            while conn.execute("SHOW fsync").fetchone() != (fsync,):  # the signal reaches us a moment later
                pass
            conn.execute("CHECKPOINT")

        reload("ALTER SYSTEM SET {} = on", "on")
        try:
            yield
        finally:
            reload("ALTER SYSTEM RESET {}", "off")


def _write_documents(server: CentralServer, path: Path) -> None:
    """The events our push hands in, every column of them, as PouchDB's documents."""
    database, told = centre_and_events(server, EVENTS)
    server.drop(database)
    names = case_event.columns.keys()
    rows = [dict(zip(names, map(_plain, as_row(event)), strict=True)) for event in told]
    path.write_text(json.dumps([{"_id": row.pop("id"), **row} for row in rows]), encoding="utf-8")


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)


def _peer(node: str, documents: Path, folder: Path, size: int) -> dict[str, float]:
    """Seconds to replicate the documents to a fresh server (`push`) and into an empty store (`pull`)."""
    with _server(node, folder) as url:
        command = [node, str(PLACE / "replicate.js"), url, str(folder), str(documents), str(size)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
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
