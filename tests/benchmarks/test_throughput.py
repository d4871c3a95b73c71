"""Events a second to the centre and back, each as a share of the raw ceiling and beside PouchDB in the same run."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import pytest

from local_db.engine import Store, open_store
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.benchmarks.sizes import AS_OF, SIZES
from tests.benchmarks.test_sync_speed import bare_seconds, forget, link, sync_seconds
from tests.benchmarks.volume import fill_centre
from tests.central.builders import new_id
from tests.central.server import CentralDatabase, CentralServer
from workstation.desk.demo.past import as_row, many_events
from workstation.domain.events import Event, utc_text
from workstation.domain.ids import bank_id
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import hello
from workstation.sync.push import push
from workstation.tables import case_event

# A share of the ceiling's throughput, as the board says it: seconds over the ceiling's seconds.
PULL_AIM = round(1 / 0.6, 2)
PUSH_AIM = round(1 / 0.5, 2)


@pytest.mark.bench
def test_pull_beside_its_ceiling(central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    """A seat's first synchronisation: COPY out of the same rows and executemany into the same tables is the ceiling."""
    database = central_server.new_database()
    fill_centre(database, SIZES.seat * 2, SIZES.seat, SIZES.events)
    whole, bare = [], []
    path = tmp_path / "pull.store"
    for turn in range(SIZES.syncs + 1):
        store = open_store(path, KEY)
        gc.collect()
        mine = sync_seconds(database, store, Device(new_id(), "bench"), SIZES.events)
        store.close()
        forget(path)
        store = open_store(path, KEY)
        gc.collect()
        ceiling = bare_seconds(database, store)
        store.close()
        forget(path)
        if turn:  # the first of each warms up
            whole.append(mine)
            bare.append(ceiling)
    board.ratio(
        f"Pull {SIZES.seat} cases, {SIZES.events:,} events / its ceiling",
        whole,
        bare,
        aim=PULL_AIM,
        note=f"aim: 60 % of the ceiling's throughput; {rates(whole, bare)}",
    )
    central_server.drop(database)


@pytest.mark.bench
def test_push_beside_its_ceiling(central_server: CentralServer, board: Board, tmp_path: Path) -> None:
    """An outbox of so many events, signed in and greeted for; COPY of the same events as superuser is the ceiling."""
    whole, bare = [], []
    for turn in range(SIZES.syncs + 1):
        mine = push_seconds(central_server, tmp_path / f"push{turn}.store", SIZES.events)
        ceiling = copy_seconds(central_server, SIZES.events)
        if turn:
            whole.append(mine)
            bare.append(ceiling)
    board.ratio(
        f"Push {SIZES.events:,} events / COPY into the same table",
        whole,
        bare,
        aim=PUSH_AIM,
        note=f"aim: 50 % of the ceiling's throughput; {rates(whole, bare)}",
    )


def rates(mine: Sequence[float], theirs: Sequence[float]) -> str:
    def rate(seconds: Sequence[float]) -> str:
        return f"{SIZES.events / sorted(seconds)[len(seconds) // 2]:,.0f}"

    return f"{rate(mine)} events/s of {rate(theirs)}"


def push_seconds(server: CentralServer, path: Path, events: int) -> float:
    """Sign-in, greeting and push of an outbox into a centre that has the cases and no event."""
    database, told = centre_and_events(server, events)
    person, device = database.people["li.na"], Device(told[0].device, "bench")
    store = open_store(path, KEY)
    sync_once(store, lambda: link(database), device, AS_OF)
    fill_outbox(store, told)
    gc.collect()
    began = perf_counter()
    with link(database) as conn:
        hello(conn, device.id, device.name)
        done = push(store, conn, person, lambda: False)
    seconds = perf_counter() - began
    assert (done.accepted, done.refused) == (events, 0)
    store.close()
    forget(path)
    server.drop(database)
    return seconds


def copy_seconds(server: CentralServer, events: int) -> float:
    """The same events, their text made beforehand, into the same keys and indexes, foreign keys and triggers."""
    database, told = centre_and_events(server, events)
    columns = ", ".join(column.name for column in case_event.columns)
    text = "".join(map(copy_line, told)).encode()
    gc.collect()
    began = perf_counter()
    with database.connect() as conn, conn.cursor().copy(f"COPY case_event ({columns}) FROM STDIN") as copy:
        copy.write(text)
    seconds = perf_counter() - began
    server.drop(database)
    return seconds


def copy_line(event: Event) -> str:
    cells = (r"\N" if value is None else str(value).replace("\\", "\\\\") for value in as_row(event))
    return "\t".join(cells) + "\n"


def centre_and_events(server: CentralServer, events: int) -> tuple[CentralDatabase, list[Event]]:
    """A centre with the seat's cases, and a day's work on them that it does not have."""
    database = server.new_database()
    hers = fill_centre(database, SIZES.seat, SIZES.seat, 0)
    author, device = database.people["li.na"], bank_id("bench", "li.na")
    return database, many_events(hers, events, author=author, device=device, as_of=AS_OF)


def fill_outbox(store: Store, told: Sequence[Event]) -> None:
    """As `local_db.events.append` leaves them, in the order of the chain."""
    rows = [_kept(event) for event in told]
    marks = ", ".join("?" * len(case_event.columns))
    with store.write() as local:
        local.exec_driver_sql(f"INSERT INTO case_event VALUES ({marks})", rows)
        local.exec_driver_sql(
            "INSERT INTO outbox (event_id, case_id) VALUES (?, ?)", [(event.id, event.case_id) for event in told]
        )


def _kept(event: Event) -> tuple[object, ...]:
    row = dict(zip(case_event.columns.keys(), as_row(event), strict=True))
    row["occurred_at"] = utc_text(event.occurred_at)
    row["due_on"] = None if event.due_on is None else event.due_on.isoformat()
    return tuple(row.values())
