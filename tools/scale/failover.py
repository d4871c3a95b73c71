"""A primary killed under load, its synchronous standby promoted: nothing that was confirmed may be missing there."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tools.scale.cluster import HOST, Cluster
from tools.scale.fill import Size, fill
from tools.scale.seats import NotTakenError, Seat, seats, trial_id
from workstation.domain.errors import WorkstationError
from workstation.sync.server import Server

DATABASE = "failover"
STANDBY = "standby"
LINE_CUT = 1.0  # seconds between the broken line and the dead primary
# As in life: a commit is confirmed when it lies on both disks.
DURABLE = {"wal_level": "replica", "synchronous_commit": "on", "max_connections": "300", "hot_standby": "on"}


@dataclass
class _Crowd:
    """Seats that write and synchronise without a rest until told to stop; a seat that fails tries again, spread out."""

    seats: list[Seat]
    server: Server
    think: float
    stop: threading.Event = field(default_factory=threading.Event)
    errors: Counter[str] = field(default_factory=Counter)
    syncs: list[float] = field(default_factory=list)  # when each one ended
    threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        self.threads = [threading.Thread(target=self._work, args=(seat,)) for seat in self.seats]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _work(self, seat: Seat) -> None:
        while not self.stop.wait(random.uniform(0.5, 1.5) * self.think):  # noqa: S311
            seat.write(2)
            try:
                seat.synchronise(self.server)
            except (WorkstationError, NotTakenError) as error:
                with self._lock:
                    self.errors[error.code if isinstance(error, WorkstationError) else str(error)] += 1
            else:
                with self._lock:
                    self.syncs.append(time.time())


def run(
    folder: Path,
    ports: tuple[int, int],
    *,
    crowd: int,
    seconds: float,
    synchronous: bool = True,
    say: Callable[[str], None] = print,
) -> bool:
    """Whether all that was confirmed survived, and nothing twice. What stood in the folder is deleted."""
    size = Size(10_000)
    primary, standby = Cluster(folder / "primary", ports[0]), Cluster(folder / "standby", ports[1])
    for cluster in (primary, standby):
        cluster.stop()
    primary.make()
    primary.settle(DURABLE)
    primary.start()
    try:
        fill(primary.dsn(), DATABASE, size, say)
        standby.copy_of(primary, STANDBY)
        standby.settle(DURABLE)
        standby.start()
        if synchronous:
            _wait_for(primary)
        kind = "synchronous" if synchronous else "asynchronous"
        say(f"{primary.run('postgres', '--version')}: primary {ports[0]}, {kind} standby {ports[1]}")
        return _trial(primary, standby, size, crowd, seconds, say)
    finally:
        for cluster in (primary, standby):
            cluster.stop()


def _wait_for(primary: Cluster) -> None:
    """From here on a commit is confirmed only when the standby has it on disk."""
    with psycopg.connect(primary.dsn(), autocommit=True) as conn:
        conn.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'".encode())
        conn.execute("SELECT pg_reload_conf()")
        until = time.monotonic() + 30
        while conn.execute("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone() is None:
            if time.monotonic() > until:
                raise RuntimeError("the standby does not follow")
            time.sleep(0.1)


def _cut(standby: Cluster) -> None:
    """The line between the two breaks first, as it may in life: from now on nothing reaches the standby."""
    with psycopg.connect(standby.dsn(), autocommit=True) as conn:
        conn.execute("ALTER SYSTEM SET primary_conninfo = ''")
        conn.execute("SELECT pg_reload_conf()")


def _trial(
    primary: Cluster, standby: Cluster, size: Size, crowd: int, seconds: float, say: Callable[[str], None]
) -> bool:
    dsn = primary.dsn(DATABASE)
    both = Server(f"{HOST}:{primary.port},{HOST}:{standby.port}", database=DATABASE)
    many = _Crowd(seats(dsn, size, range(min(crowd, size.seats))), both, think=0.2)
    many.start()
    time.sleep(seconds)
    _cut(standby)
    time.sleep(LINE_CUT)
    before = sum(len(seat.confirmed) for seat in many.seats)
    killed = time.time()
    primary.kill()
    standby.promote()
    promoted = time.time()
    time.sleep(seconds)
    many.end()
    say(
        f"before: {len([at for at in many.syncs if at < killed]) / seconds:.0f} syncs/s, {before:,} events confirmed;"
        f" line cut, {LINE_CUT:g} s later"
        f" killed, promoted {promoted - killed:.2f} s later"
    )
    back = [min((at for at in seat.confirmed.values() if at > promoted), default=None) for seat in many.seats]
    there = [at - killed for at in back if at is not None]
    when = f"first {min(there):.2f} s, last {max(there):.2f} s after the kill" if there else "none"
    say(f"confirmed again: {len(there)} of {len(back)} seats, {when}; errors meanwhile {dict(many.errors)}")
    return _verdict(standby, many, say)


def _verdict(standby: Cluster, many: _Crowd, say: Callable[[str], None]) -> bool:
    confirmed = [one for seat in many.seats for one in seat.confirmed]
    with psycopg.connect(standby.dsn(DATABASE)) as conn:
        missing = conn.execute(
            "SELECT count(*) FROM unnest(%s::uuid[]) i WHERE NOT EXISTS (SELECT FROM case_event e WHERE e.id = i)",
            [confirmed],
        ).fetchone()
        forks = conn.execute(
            "SELECT count(*) FROM (SELECT FROM case_event GROUP BY device, prev_hash HAVING count(*) > 1) f"
        ).fetchone()
        heads: dict[str, str] = dict(conn.execute("SELECT id::text, chain_head FROM device").fetchall())
        refused = conn.execute("SELECT count(*) FROM refused_event").fetchone()
    astray = sum(heads[trial_id("device", seat.number)] != seat.head for seat in many.seats if not seat.waiting)
    lost, forked, kept_out = (int(row[0]) if row else -1 for row in (missing, forks, refused))
    say(
        f"{len(confirmed):,} events confirmed in all: {lost} missing on the promoted server; {forked} forks, {astray}"
        f" chains astray, {kept_out} refused"
    )
    return not (lost or forked or astray or kept_out)
