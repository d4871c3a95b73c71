"""Writers that commit out of order: pulling by sequence or by time loses rows, the synchronisation does not."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

import psycopg
import pytest

from tests.central.builders import new_id
from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker

WRITERS, STEPS = 5, 60
ROUNDS = 25


class Puller:
    """Reads the centre's payments again and again, each time from where it stopped."""

    column = start = ""

    def __init__(self, conn: psycopg.Connection[object]) -> None:
        self.conn, self.last = conn, self.start
        self.seen: set[str] = set()

    def pull(self) -> None:
        """Everything after the largest value seen so far."""
        found = self.conn.execute(
            f"SELECT id::text, {self.column}::text FROM payment WHERE {self.column} > %s ORDER BY {self.column}",
            [self.last],
        ).fetchall()
        self.seen.update(row[0] for row in found)
        self.last = found[-1][1] if found else self.last
        self.conn.commit()


class BySequence(Puller):
    column, start = "sequence", "0"


class ByTime(Puller):
    column, start = "written", "-infinity"


class Payments:
    """The centre's payments with what naive pullers go by, the accounts to book on, and the three pullers."""

    def __init__(self, central: CentralDatabase, desk: Desk) -> None:
        self.central, self.desk = central, desk
        with central.connect() as conn:
            conn.execute(
                "ALTER TABLE payment ADD COLUMN sequence bigserial,"
                " ADD COLUMN written timestamptz NOT NULL DEFAULT clock_timestamp()"
            )
            self.accounts = conn.execute("SELECT case_id::text, id::text FROM account ORDER BY id").fetchall()
        self.naive = [kind(central.connect()) for kind in (BySequence, ByTime)]

    def write(self, conn: psycopg.Connection[object], pick: random.Random) -> str:
        """One payment in the connection's open transaction."""
        case_id, account_id = pick.choice(self.accounts)
        conn.execute(
            "INSERT INTO payment (id, case_id, account_id, value_date, amount, reference)"
            " VALUES (%s, %s, %s, '2026-11-20', %s, 'late')",
            [made := new_id(), case_id, account_id, pick.randint(1, 100_000)],
        )
        return made

    def pull(self) -> None:
        self.desk.sync()
        for puller in self.naive:
            puller.pull()

    def at_centre(self) -> dict[str, int]:
        with self.central.connect() as conn:
            return dict(conn.execute("SELECT id::text, amount FROM payment").fetchall())

    def at_seat(self) -> dict[str, int]:
        with self.desk.store.read() as conn:
            return {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, amount FROM payment")}

    def assert_only_naive_pullers_miss(self, late: str) -> None:
        there = self.at_centre()
        assert self.at_seat() == there
        for puller in self.naive:
            assert late in there.keys() - puller.seen, f"by {puller.column}: the row that committed last is lost"


@pytest.fixture
def payments(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> Iterator[Payments]:
    made = Payments(central, seat_of("li.na"))
    made.pull()
    yield made
    for puller in made.naive:
        puller.conn.close()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_of_commits_the_synchronisation_misses_no_row(payments: Payments, seed: int) -> None:
    """One script of begins, inserts, updates, commits, rollbacks and pulls: the same order in every run."""
    pick = random.Random(seed)
    with contextlib.ExitStack() as ends:
        writers = [ends.enter_context(payments.central.connect()) for _ in range(WRITERS)]
        late = payments.write(writers[0], pick)  # takes its number, time and xid first
        payments.write(writers[1], pick)
        writers[1].commit()
        payments.pull()
        for _ in range(STEPS):
            writer = pick.choice(writers[1:])
            move = pick.random()
            if move < 0.5:
                payments.write(writer, pick)
            elif move < 0.6:
                writer.execute(
                    "UPDATE payment SET amount = amount + 1 WHERE id ="
                    " (SELECT id FROM payment ORDER BY sequence OFFSET %s LIMIT 1 FOR UPDATE SKIP LOCKED)",
                    [pick.randrange(12)],
                )
            elif move < 0.8:
                writer.commit()
            elif move < 0.85:
                writer.rollback()
            else:
                payments.pull()
        for writer in reversed(writers):
            writer.commit()
            payments.pull()
    payments.assert_only_naive_pullers_miss(late)


def test_beside_writers_in_threads_the_synchronisation_misses_no_row(payments: Payments) -> None:
    failures: list[BaseException] = []

    def writes(seed: int) -> None:
        pick = random.Random(seed)
        try:
            with payments.central.connect() as conn:
                for _ in range(ROUNDS):
                    for _ in range(pick.randint(1, 3)):
                        payments.write(conn, pick)
                    conn.commit()
        except psycopg.Error as error:
            failures.append(error)

    with payments.central.connect() as slow:
        late = payments.write(slow, random.Random(0))
        writers = [threading.Thread(target=writes, args=(seed,)) for seed in range(WRITERS)]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            payments.pull()
        payments.pull()  # all the others are in, the slow one is not
        slow.commit()
    payments.pull()
    assert failures == []
    payments.assert_only_naive_pullers_miss(late)
