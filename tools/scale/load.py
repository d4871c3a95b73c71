"""Many seats at once, each synchronising every so often, and one real seat with a real store measured among them."""

from __future__ import annotations

import heapq
import multiprocessing
import os
import random
import resource
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from local_db import events as store_events
from local_db.engine import open_store
from tools.scale.fill import PASSWORD, Size
from tools.scale.seats import NotTakenError, Seat, seats, trial_id
from workstation.desk.seat import Clock, Person
from workstation.desk.seat import Seat as DeskSeat
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Note
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import connect
from workstation.sync.server import Server

OBSERVED = 0  # the seat with the store
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Plan:
    """`seats` synchronise every `every` seconds, with jitter, `events` new ones each time, for `seconds`."""

    seats: int
    every: float
    seconds: float
    events: float = 1.0
    processes: int = 2
    threads: int = 24
    warm_up: float = 20.0  # not counted


@dataclass
class Heard:
    """What one process of seats lived through, after the warm-up."""

    busy: list[float] = field(default_factory=list)  # seconds of each synchronisation
    late: list[float] = field(default_factory=list)  # from the moment it was due to its end
    events: int = 0
    rows: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    processor: float = 0.0  # seconds of this process


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds throughout. `postgres`, `pool` and `clients` are processor seconds for one synchronisation."""

    plan: Plan
    counted: float
    busy: Sequence[float]
    late: Sequence[float]
    events: int
    errors: dict[str, int]
    observed: Sequence[float]
    observed_errors: dict[str, int]
    postgres: float
    pool: float
    clients: float
    idle: float  # share of the machine that nobody used
    others: float  # share that went to programs beside the trial

    def lines(self) -> list[str]:
        wanted = self.plan.seats / self.plan.every
        done = len(self.busy) / self.counted
        share = max(1, len(self.busy))
        return [
            (
                f"{self.plan.seats:,} seats every {self.plan.every:g} s = {wanted:.1f} syncs/s wanted,"
                f" {done:.1f}/s done, {self.events / self.counted:.1f} events/s, errors {self.errors or 0}"
            ),
            f"  a sync           p50 {_ms(self.busy, 0.5)}  p95 {_ms(self.busy, 0.95)}  p99 {_ms(self.busy, 0.99)}",
            f"  – since due      p50 {_ms(self.late, 0.5)}  p95 {_ms(self.late, 0.95)}",
            (
                f"  the observed one p50 {_ms(self.observed, 0.5)}  p95 {_ms(self.observed, 0.95)}"
                f"  ({len(self.observed)} times, errors {self.observed_errors or 0})"
            ),
            (
                f"  processor for one sync: PostgreSQL {1000 * self.postgres / share:.1f} ms, pool "
                f"{1000 * self.pool / share:.2f} ms, simulated client {1000 * self.clients / share:.1f} ms;"
                f" machine idle {self.idle:.0%}, others {self.others:.0%}"
            ),
        ]


def run(superuser_dsn: str, size: Size, server: Server, plan: Plan, *, postmaster: int, pool: int | None) -> Outcome:
    """The load, and the observed seat beside it from the end of the warm-up."""
    context = multiprocessing.get_context("spawn")
    heard: multiprocessing.Queue[Heard] = context.Queue()
    crowd = seats(superuser_dsn, size, range(1, plan.seats))  # and the observed one
    start = time.time() + 3
    processes = [
        context.Process(target=_drive, args=(crowd[n :: plan.processes], server, plan, start, n, heard), daemon=True)
        for n in range(plan.processes)
    ]
    with TemporaryDirectory(prefix="workstation-scale-") as folder:
        watch = _Observed(Path(folder), server)
        watch.once()  # the first synchronisation, with all there is
        for process in processes:
            process.start()
        time.sleep(max(0.0, start + plan.warm_up - time.time()))
        before = _spent(postmaster, pool)
        watch.until(start + plan.warm_up + plan.seconds)
        after = _spent(postmaster, pool)
        told = [heard.get(timeout=120) for _ in processes]
        for process in processes:
            process.join(30)
        watch.close()
    errors: Counter[str] = Counter()
    for one in told:
        errors.update(one.errors)
    postgres, pooled, idle, cores = (late - early for early, late in zip(before, after, strict=True))
    clients = sum(one.processor for one in told)
    return Outcome(
        plan=plan,
        counted=plan.seconds,
        busy=[second for one in told for second in one.busy],
        late=[second for one in told for second in one.late],
        events=sum(one.events for one in told),
        errors=dict(errors),
        observed=watch.seconds,
        observed_errors=dict(watch.errors),
        postgres=postgres,
        pool=pooled,
        clients=clients,
        idle=idle / cores,
        others=max(0.0, cores - idle - postgres - pooled - clients) / cores,
    )


def _drive(
    crowd: list[Seat], server: Server, plan: Plan, start: float, salt: int, heard: multiprocessing.Queue[Heard]
) -> None:
    """One process: a clock of who is due, and threads that take the next one."""
    pick = random.Random(salt)  # noqa: S311 - only spreads them
    due = [(start + pick.uniform(0, plan.every), place) for place in range(len(crowd))]
    heapq.heapify(due)
    told, lock = Heard(), threading.Lock()
    count_from, end = start + plan.warm_up, start + plan.warm_up + plan.seconds

    def work() -> None:
        while True:
            with lock:
                if not due or due[0][0] >= end or time.time() >= end:
                    return
                when, place = heapq.heappop(due)
            time.sleep(max(0.0, when - time.time()))
            seat = crowd[place]
            if not seat.waiting:
                seat.write(int(plan.events) + (pick.random() < plan.events % 1))
            sent, began, wrong = len(seat.waiting), time.time(), ""
            try:
                seat.synchronise(server)
            except WorkstationError as error:
                wrong = error.code
            except NotTakenError as error:
                wrong = str(error)
            ended = time.time()
            with lock:
                heapq.heappush(due, (max(ended, when) + plan.every * pick.uniform(0.8, 1.2), place))
                if count_from <= ended < end:
                    if wrong:
                        told.errors[wrong] += 1
                    else:
                        told.busy.append(ended - began)
                        told.late.append(ended - when)
                        told.events += sent

    threads = [threading.Thread(target=work) for _ in range(plan.threads)]
    for thread in threads:
        thread.start()
    time.sleep(max(0.0, count_from - time.time()))
    spent = _own()
    for thread in threads:
        thread.join()
    told.processor = _own() - spent
    told.rows = sum(seat.pulled for seat in crowd)
    heard.put(told)


class _Observed:
    """A seat as people have it: an encrypted store, the whole of `sync_once`, a note written before each."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.seconds: list[float] = []
        self.errors: Counter[str] = Counter()
        self._server = server
        self._device = Device(trial_id("observed", time.time_ns()), "observed")
        self._store = open_store(folder / "observed.store", bytes(range(32)))
        person = Person(trial_id("person", OBSERVED), f"seat{OBSERVED}", "seat", "collector", None, "")
        self._desk = DeskSeat(self._store, person, self._device.id, Clock())
        self._case = trial_id("case", OBSERVED)

    def once(self) -> float:
        began = time.perf_counter()
        today = datetime.now(UTC).date()
        sync_once(self._store, lambda: connect(self._server, f"seat{OBSERVED}", PASSWORD), self._device, today)
        return time.perf_counter() - began

    def until(self, end: float) -> None:
        """Every two seconds, with jitter, until then."""
        while time.time() < end:
            with self._store.write() as local:
                note = self._desk.draft(self._case, Note(text="约定月底前再联系。"))
                store_events.append(local, [note], today=datetime.now(UTC).date())
            try:
                self.seconds.append(self.once())
            except WorkstationError as error:
                self.errors[error.code] += 1
            time.sleep(min(random.uniform(0.5, 1.5), max(0.0, end - time.time())))  # noqa: S311

    def close(self) -> None:
        self._store.close()


def _own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _spent(postmaster: int, pool: int | None) -> tuple[float, float, float, float]:
    """Processor seconds of the server (its ended sessions counted) and of the pool; idle and all of the machine."""
    stat = _stat(postmaster)
    family = sum(stat[11:15])
    for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        try:
            family += sum(_stat(int(child))[11:13])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended, and is counted with its parent the next time
    cores = [int(part) for part in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    pooled = sum(_stat(pool)[11:13]) if pool else 0
    return family / TICK, pooled / TICK, (cores[3] + cores[4]) / TICK, sum(cores) / TICK


def _stat(pid: int) -> list[int]:
    """The fields after the name, the state's letter as 0: user, system and the ended children's time are 11 to 14."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, fields[1:])]


def _ms(seconds: Sequence[float], share: float) -> str:
    if not seconds:
        return "–"
    ordered = sorted(seconds)
    value = statistics.median(ordered) if share == 0.5 else ordered[min(len(ordered) - 1, round(share * len(ordered)))]
    return f"{1000 * value:,.0f} ms"
