"""`make soak`: many histories over several processes, each with a server of its own that is also restarted at once."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from queue import Empty, Queue
from typing import Any
from unittest import mock

import msgspec
from hypothesis import HealthCheck, given, seed, settings

from tests.central.server import CentralServer, started
from tests.soak.histories import stage, summary
from tests.soak.moves import CUTS, HISTORIES, KILLS
from workstation.central.embedded import EmbeddedServer

_EVERY_SECONDS = 10.0


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    arguments.add_argument("--histories", type=int, default=int(os.environ.get("WORKSTATION_HISTORIES", "1000")))
    arguments.add_argument(
        "--seed", type=int, default=int(os.environ.get("WORKSTATION_SEED", secrets.randbelow(10**8)))
    )
    arguments.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    arguments.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--sweep", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.worker:
        return _work(chosen.histories, chosen.seed, sweep=chosen.sweep)
    return _oversee(chosen.histories, chosen.seed, chosen.workers)


def _oversee(histories: int, first_seed: int, workers: int) -> int:
    print(f"{histories} histories, seeds {first_seed} to {first_seed + workers - 1}", flush=True)
    running = []
    told: Queue[bytes] = Queue()
    for n in range(workers):
        share = histories // workers + (n < histories % workers)
        command = [sys.executable, "-m", "tests.soak", "--worker", f"--histories={share}", f"--seed={first_seed + n}"]
        command += ["--sweep"] if n == 0 else []  # each fault at each place, once, beside what chance makes
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    listening = [threading.Thread(target=_listen, args=(worker, told)) for worker in running]
    for thread in listening:
        thread.start()
    began = last = time.monotonic()
    total: Counter[str] = Counter()
    while not told.empty() or any(thread.is_alive() for thread in listening):
        with contextlib.suppress(Empty):
            total.update(msgspec.json.decode(told.get(timeout=1), type=dict[str, int]))
        if time.monotonic() - last > _EVERY_SECONDS:
            last = time.monotonic()
            print(
                f"{last - began:6.0f} s  {total['histories']} histories, {total['events written']} events", flush=True
            )
    failed = [first_seed + n for n, worker in enumerate(running) if worker.wait()]
    print(f"{time.monotonic() - began:.0f} s; {summary(total)}")
    print(f"Failed with the seeds {failed}, see above." if failed else "Every history converged.")
    return 1 if failed else 0


def _listen(worker: subprocess.Popen[bytes], told: Queue[bytes]) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        if line.startswith(b"{"):
            told.put(line)
        else:  # what Hypothesis has to say
            sys.stdout.buffer.write(line)


def _work(histories: int, with_seed: int, *, sweep: bool) -> int:
    server = _durable_server()

    def restart() -> None:
        log = str(server.server.data / "server.log")
        server.server._pg_ctl("restart", "-s", "-m", "immediate", "-l", log, "-t", "60")

    with stage(server, restart) as one:

        def play(moves: list[Any]) -> None:
            before = one.total.copy()
            try:
                one.play(moves)
            finally:
                print(msgspec.json.encode(one.total - before).decode(), flush=True)

        @seed(with_seed)
        @settings(max_examples=histories, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(moves=HISTORIES)
        def converges(moves: list[Any]) -> None:
            play(moves)

        try:
            for moves in [*KILLS, *CUTS] if sweep else ():
                play(moves)
            converges()
        except Exception:  # noqa: BLE001 - whatever it is, it is told with its seed
            print(f"With seed {with_seed}:", file=sys.stderr)
            traceback.print_exc()
            return 1
    return 0


def _durable_server() -> CentralServer:
    """As the tests' own, but what it has confirmed outlives its end."""
    start = EmbeddedServer.start
    with mock.patch.object(EmbeddedServer, "start", lambda folder, **_: start(folder, durable=True)):
        return started()


if __name__ == "__main__":
    sys.exit(main())
