"""First and delta synchronisation of one seat, over the loopback."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from local_db import replica
from local_db.engine import Store, open_store
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.benchmarks.sizes import AS_OF, SIZES
from tests.benchmarks.volume import add_events, fill_centre
from tests.central.builders import new_id
from tests.central.server import PASSWORD, CentralDatabase, CentralServer
from workstation import tables
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import connect, hello
from workstation.sync.pull import pull
from workstation.sync.server import Server


def link(database: CentralDatabase) -> psycopg.Connection[Any]:
    server = database.server
    return connect(Server(server.host, server.port, database.name), "li.na", PASSWORD)


def sync_seconds(database: CentralDatabase, store: Store, device: Device, rows: int) -> float:
    began = perf_counter()
    result = sync_once(store, lambda: link(database), device, AS_OF)
    seconds = perf_counter() - began
    assert result.pulled_rows >= rows
    return seconds


def forget(path: Path) -> None:
    for name in ("", "-wal", "-shm", ".check"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + name).unlink()


def bare_seconds(database: CentralDatabase, store: Store) -> float:
    """COPY out as the superuser, without row security, and executemany into the same empty tables of a SQLCipher file.

    Text goes in as it comes: SQLite makes numbers of it by the column. No search index, no projections.
    """
    hers = database.people["li.na"]
    began = perf_counter()
    with database.connect() as conn, store.write() as local:
        for table in tables.REPLICATED:
            names = [column.name for column in table.columns]
            where: sql.Composable = sql.SQL("")
            if table in tables.PER_CASE:
                own = sql.SQL("SELECT id FROM cases WHERE assignee_id = {}").format(sql.Literal(hers))
                where = sql.SQL("WHERE {} IN ({})").format(
                    sql.Identifier("id" if table is tables.case else "case_id"), own
                )
            query = sql.SQL("COPY (SELECT {} FROM {} {}) TO STDOUT").format(
                sql.SQL(", ").join(
                    sql.SQL("{}::int" if isinstance(column.type, sa.Boolean) else "{}").format(
                        sql.Identifier(column.name)
                    )
                    for column in table.columns
                ),
                sql.Identifier(table.name),
                where,
            )
            with conn.cursor().copy(query) as copy:
                rows = list(copy.rows())
            cursor = local.connection.cursor()
            cursor.executemany(
                f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                rows,
            )
            cursor.close()
    return perf_counter() - began


@pytest.mark.bench
def test_first_synchronisation(central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    database = central_server.new_database()
    fill_centre(database, SIZES.seat * 2, SIZES.seat, SIZES.events)
    whole, bare = [], []
    path = tmp_path / "first.store"
    for _ in range(SIZES.syncs):
        store = open_store(path, KEY)
        gc.collect()
        whole.append(sync_seconds(database, store, Device(new_id(), "bench"), SIZES.events))
        store.close()
        forget(path)
        store = open_store(path, KEY)
        gc.collect()
        bare.append(bare_seconds(database, store))
        store.close()
        forget(path)
    board.ratio(
        f"First sync {SIZES.seat} cases, {SIZES.events:,} events / COPY + executemany",
        whole,
        bare,
        aim=2,
        note="whole: sign-in, row security, pull, upsert, projections, search index, commit",
    )
    central_server.drop(database)


@pytest.mark.bench
def test_delta_synchronisation(central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    """The two centres are asked in turn; only the centre's size differs."""
    centres = []
    for cases in SIZES.centres:
        database = central_server.new_database()
        hers = fill_centre(database, cases, SIZES.seat, SIZES.seat * 10)
        store = open_store(tmp_path / f"{cases}.store", KEY)
        device = Device(new_id(), "bench")
        sync_seconds(database, store, device, SIZES.seat)
        centres.append((database, hers, store, device))
    whole: list[list[float]] = [[], []]
    pulls: list[list[float]] = [[], []]
    for turn in range(SIZES.deltas + 1):
        for place, (database, hers, store, device) in enumerate(centres):
            add_events(database, hers, SIZES.delta, turn)
            gc.collect()
            pulled = pull_seconds(database, store, device)
            seconds = sync_seconds(database, store, device, SIZES.delta)
            if turn:  # the first of each warms up
                pulls[place].append(pulled)
                whole[place].append(seconds)
    small, large = (f"{cases:,}" for cases in SIZES.centres)
    board.ratio(
        f"Delta sync {SIZES.delta} events, centre of {large} / {small} cases",
        whole[1],
        whole[0],
        aim=1.3,
        note="whole sync_once with sign-in",
    )
    board.ratio(
        f"  of it the pull alone, {large} / {small} cases",
        pulls[1],
        pulls[0],
        note="signed in already: nothing constant in it that could hide growth",
    )
    for database, _, store, _ in centres:
        store.close()
        central_server.drop(database)


def pull_seconds(database: CentralDatabase, store: Store, device: Device) -> float:
    with store.read() as local:
        cursor = int(replica.get_state(local, "cursor") or 0)
        held = set(local.execute(sa.select(tables.case.c.id)).scalars())
    with link(database) as conn:
        welcome = hello(conn, device.id, device.name)
        began = perf_counter()
        pulled = pull(conn, welcome, cursor, held)
        seconds = perf_counter() - began
    assert len(pulled.rows["case_event"]) == SIZES.delta
    return seconds
