"""A seat's delta against centres of ten thousand cases and more, and what row security adds to the same queries.

The books are made inside the server by `tools.scale`. With WORKSTATION_SCALE_DSN, the superuser's of a database that
`python -m tools.scale fill … 1000000` made, that one is measured too, and the smaller ones are made on its server.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from local_db import replica
from local_db.engine import Store, open_store
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.benchmarks.sizes import AS_OF, SIZES
from tests.central.builders import new_id
from tests.central.server import CentralServer
from tools.scale.fill import PASSWORD, Size, fill
from tools.scale.seats import trial_id
from workstation import tables
from workstation.central import admin
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import connect, hello
from workstation.sync.pull import pull
from workstation.sync.server import Server

SMALL = SIZES.name == "small"
BOOKS = (Size(200, 20), Size(400, 20)) if SMALL else (Size(10_000), Size(100_000))
TURNS = 3 if SMALL else 25
NEW = 10 if SMALL else 50  # events of the delta
SEAT = 7  # the measured one: its cases lie all over the book


@dataclass
class Centre:
    """One filled database, with one seat of it in step."""

    dsn: str  # the superuser's
    size: Size
    store: Store
    device: Device

    @cached_property
    def standing(self) -> psycopg.Connection[Any]:
        return self.link()

    @property
    def server(self) -> Server:
        at = conninfo_to_dict(self.dsn)
        return Server(str(at["host"]), int(str(at["port"])), str(at["dbname"]))

    def link(self) -> psycopg.Connection[Any]:
        return connect(self.server, f"seat{SEAT}", PASSWORD)

    def sync_seconds(self, rows: int) -> float:
        began = perf_counter()
        result = sync_once(self.store, self.link, self.device, AS_OF)
        seconds = perf_counter() - began
        assert result.pulled_rows >= rows
        return seconds

    def pull_seconds(self) -> float:
        """Over a line that stays: what a new session reads of the catalogue would hide growth."""
        with self.store.read() as local:
            cursor = int(replica.get_state(local, "cursor") or 0)
            held = set(local.execute(sa.select(tables.case.c.id)).scalars())
        welcome = hello(self.standing, self.device.id, self.device.name)
        began = perf_counter()
        pulled = pull(self.standing, welcome, cursor, held)
        seconds = perf_counter() - began
        assert pulled is not None
        assert len(pulled.rows["case_event"]) == NEW
        return seconds

    def add_events(self) -> None:
        """As handed in by the person's other seat, one on each of so many cases."""
        with psycopg.connect(self.dsn) as conn:
            conn.execute(
                """
                INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash,
                                        hash)
                SELECT gen_random_uuid(), trial.id('case', %(seat)s + n * %(seats)s), 'note', now(),
                       trial.id('person', %(seat)s), trial.id('device', %(seat)s), '{"text":"bench"}', 0,
                       md5(random()::text), md5(random()::text)
                FROM generate_series(0, %(new)s - 1) n
                """,
                {"seat": SEAT, "seats": self.size.seats, "new": NEW},
            )


@pytest.fixture(scope="module")
def centres(central_server: CentralServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Centre]]:
    large = os.environ.get("WORKSTATION_SCALE_DSN")
    superuser = large or central_server.server.superuser_dsn
    folder = tmp_path_factory.mktemp("scale")
    made = [(make_conninfo(superuser, dbname=f"bench_scale_{size.cases}"), size) for size in BOOKS]
    for dsn, size in made:
        database = str(conninfo_to_dict(dsn)["dbname"])
        admin.drop(superuser, database)
        fill(superuser, database, size, say=lambda _: None)
    if large:
        with psycopg.connect(large) as conn:
            row = conn.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'cases'").fetchone()
        made.append((large, Size(int(row[0]))))
    found = []
    for dsn, size in made:
        centre = Centre(dsn, size, open_store(folder / f"{size.cases}.store", KEY), Device(new_id(), "bench"))
        centre.sync_seconds(size.seat_cases)  # the first, with all there is
        found.append(centre)
    yield found
    for centre in found:
        centre.standing.close()
        centre.store.close()
    for dsn, _ in made[: len(BOOKS)]:
        admin.drop(superuser, str(conninfo_to_dict(dsn)["dbname"]))


@pytest.mark.bench
@pytest.mark.timeout(1200)
def test_a_delta_does_not_grow_with_the_book(centres: list[Centre], board: Board) -> None:
    """Asked in turn; only the centre's size differs."""
    pulls: list[list[float]] = [[] for _ in centres]
    wholes: list[list[float]] = [[] for _ in centres]
    for turn in range(TURNS + 2):
        for place, centre in enumerate(centres):
            centre.add_events()
            gc.collect()
            pulled = centre.pull_seconds()
            whole = centre.sync_seconds(NEW)
            if turn > 1:  # the first warm up
                pulls[place].append(pulled)
                wholes[place].append(whole)
    few = f"{centres[0].size.cases:,}"
    for centre, pulled, whole in zip(centres[1:], pulls[1:], wholes[1:], strict=True):
        cases = f"{centre.size.cases:,}"
        board.ratio(f"Delta pull {NEW} events, centre of {cases} / {few} cases", pulled, pulls[0], aim=1.3)
        board.ratio(f"  the whole sync, {cases} / {few} cases", whole, wholes[0], aim=1.3)


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_row_security_costs_little(centres: list[Centre], board: Board) -> None:
    """The same queries by the collector under the policies, and by the superuser with her cases asked for by hand."""
    centre = centres[-1]
    with psycopg.connect(centre.dsn) as conn:
        cursor = _horizon(conn)
    centre.add_events()
    with psycopg.connect(centre.dsn) as free, centre.link() as bound:
        horizon = _horizon(free)
        for name, since in (("delta", cursor), ("whole", 0)):
            with_policies, without = [], []
            for turn in range(TURNS + 2):
                under = _read_seconds(bound, since, horizon, by_hand=False)
                above = _read_seconds(free, since, horizon, by_hand=True)
                if turn > 1:
                    with_policies.append(under[0])
                    without.append(above[0])
                assert under[1] == above[1]
            board.ratio(
                f"Row security: {name} pull at {centre.size.cases:,} cases, with / without",
                with_policies,
                without,
                aim=1.5,
            )


def _horizon(conn: psycopg.Connection[Any]) -> int:
    row = conn.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
    conn.commit()
    return int(row[0])


def _read_seconds(conn: psycopg.Connection[Any], since: int, until: int, *, by_hand: bool) -> tuple[float, int]:
    """Seconds and rows of reading every per-case table in the range."""
    hers = sql.SQL(
        " AND {{}} = ANY (ARRAY(SELECT case_id FROM case_scope WHERE holder_id = {} AND revoked_at IS NULL))"
    ).format(sql.Literal(trial_id("person", SEAT)))
    rows = 0
    began = perf_counter()
    for table in tables.PER_CASE:
        key = sql.Identifier("id" if table is tables.case else "case_id")
        query = sql.SQL("COPY (SELECT {} FROM {} WHERE xid >= {}::xid8 AND xid < {}::xid8{}) TO STDOUT").format(
            sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
            sql.Identifier(table.name),
            sql.Literal(str(since)),
            sql.Literal(str(until)),
            sql.SQL(hers.as_string(conn)).format(key) if by_hand else sql.SQL(""),
        )
        with conn.cursor().copy(query) as copy:
            rows += sum(1 for _ in copy.rows())
    conn.commit()
    return perf_counter() - began, rows
