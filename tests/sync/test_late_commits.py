"""Writers that commit out of order: pulling by sequence or by time loses rows, pulling by the xid8 horizon does not."""

from __future__ import annotations

import random
import threading

import psycopg

from tests.central.server import CentralDatabase

WRITERS, ROUNDS = 4, 40


class Puller:
    """Reads `late` again and again, each time from where it stopped."""

    def __init__(self, conn: psycopg.Connection[object]) -> None:
        self.conn = conn
        self.seen: set[int] = set()

    def pull(self) -> None:
        raise NotImplementedError


class BySequence(Puller):
    last = 0

    def pull(self) -> None:
        rows = [row[0] for row in self.conn.execute("SELECT id FROM late WHERE id > %s", [self.last])]
        self.seen.update(rows)
        self.last = max([self.last, *rows])
        self.conn.commit()


class ByTime(Puller):
    last = "-infinity"

    def pull(self) -> None:
        rows = self.conn.execute("SELECT id, written::text FROM late WHERE written > %s", [self.last]).fetchall()
        self.seen.update(row[0] for row in rows)
        self.last = max([self.last, *(row[1] for row in rows)], key=lambda text: "" if text == "-infinity" else text)
        self.conn.commit()


class ByHorizon(Puller):
    """The clause of workstation.sync.pull."""

    cursor = 0

    def pull(self) -> None:
        with self.conn.transaction():
            self.conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            horizon = int(self.conn.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()[0])
            rows = self.conn.execute(
                "SELECT id FROM late WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8",
                [str(self.cursor), str(horizon)],
            )
            self.seen.update(row[0] for row in rows)
        self.cursor = horizon


def _held_open(dsn: str, opened: threading.Event, release: threading.Event) -> None:
    """A writer that takes its number, time and xid first and commits after everybody else."""
    with psycopg.connect(dsn) as conn:
        conn.execute("INSERT INTO late DEFAULT VALUES")
        opened.set()
        release.wait(30)


def _writer(dsn: str, seed: int, done: threading.Event) -> None:
    order = random.Random(seed)
    with psycopg.connect(dsn) as conn:
        for _ in range(ROUNDS):
            for _ in range(order.randint(1, 3)):
                conn.execute("INSERT INTO late DEFAULT VALUES")
                conn.execute("SELECT pg_sleep(%s)", [order.random() * 0.003])
            conn.commit()
    done.set()


def test_only_the_horizon_loses_nothing(central: CentralDatabase) -> None:
    dsn = central.superuser_dsn
    with psycopg.connect(dsn) as conn:
        conn.execute(
            "CREATE TABLE late (id bigserial PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp(),"
            " xid xid8 NOT NULL DEFAULT pg_current_xact_id())"
        )
    opened, release = threading.Event(), threading.Event()
    slow = threading.Thread(target=_held_open, args=(dsn, opened, release))
    slow.start()
    assert opened.wait(30)
    finished = [threading.Event() for _ in range(WRITERS)]
    writers = [threading.Thread(target=_writer, args=(dsn, seed, done)) for seed, done in enumerate(finished)]
    for writer in writers:
        writer.start()
    pullers = [kind(psycopg.connect(dsn)) for kind in (BySequence, ByTime, ByHorizon)]
    while not all(done.is_set() for done in finished):
        for puller in pullers:
            puller.pull()
    release.set()
    for thread in (slow, *writers):
        thread.join()
    for puller in pullers:
        puller.pull()
    with psycopg.connect(dsn) as conn:
        written = {row[0] for row in conn.execute("SELECT id FROM late")}
    by_sequence, by_time, by_horizon = (puller.seen for puller in pullers)
    for puller in pullers:
        puller.conn.close()
    assert by_horizon == written
    assert 1 in written - by_sequence, "a naive sequence puller was expected to lose the row that committed last"
    assert 1 in written - by_time, "a naive timestamp puller was expected to lose the row that committed last"
