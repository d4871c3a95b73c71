"""Large books for the measurements: in a central database, and in the encrypted store of one seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from local_db import projections, replica
from local_db.engine import open_store
from tests.benchmarks.seat import COLLECTOR, DEVICE, KEY, TEAM
from tests.benchmarks.sizes import AS_OF
from tests.central.server import CentralDatabase
from workstation import tables
from workstation.central.loading import load
from workstation.desk.demo.book import Rows, demo_book
from workstation.desk.demo.past import as_row, demo_events, many_events
from workstation.domain.events import utc_text
from workstation.domain.ids import bank_id

EVENTS_PER_CASE = 10  # of the cases at other seats


def book_of(database: CentralDatabase, cases: int, seat: int) -> tuple[Rows, list[str]]:
    """A book whose first `seat` cases are li.na's, the rest wang.wei's; and the ids of hers."""
    rows = demo_book(cases, as_of=AS_OF, team_id=database.teams["north"], collectors=[database.people["wang.wei"]])
    hers = database.people["li.na"]
    rows["cases"] = [(*row[:5], hers if n < seat else row[5], *row[6:]) for n, row in enumerate(rows["cases"])]
    return rows, [row[0] for row in rows["cases"][:seat]]


def fill_centre(database: CentralDatabase, cases: int, seat: int, events: int) -> list[str]:
    """Load the book and a past: `events` on li.na's cases, ten for every other one. Returns the ids of her cases."""
    rows, hers = book_of(database, cases, seat)
    others = [row[0] for row in rows["cases"][seat:]]
    with database.connect() as conn:
        load(conn, rows)
        for login, ids, total in (("li.na", hers, events), ("wang.wei", others, len(others) * EVENTS_PER_CASE)):
            person, device = database.people[login], bank_id("bench", login)
            conn.execute("INSERT INTO device (id, person_id, name) VALUES (%s, %s, 'bench')", [device, person])
            if ids:
                told = many_events(ids, total, author=person, device=device, as_of=AS_OF)
                load(conn, {"case_event": map(as_row, told)})
    with database.connect(autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)")
    return hers


def add_events(database: CentralDatabase, case_ids: Sequence[str], count: int, turn: int) -> None:
    """`count` new events on li.na's cases, as handed in by her other seat; different ones each turn."""
    person, device = database.people["li.na"], bank_id("bench", "li.na")
    told = many_events(case_ids, count * (turn + 1), author=person, device=device, as_of=AS_OF)
    rows = [(bank_id("bench", "delta", str(turn), str(n)), *as_row(event)[1:]) for n, event in enumerate(told[:count])]
    with database.connect() as conn:
        load(conn, {"case_event": rows})


def fill_store(path: Path, cases: int, events: int) -> None:
    """One seat's store: a believable past for each case, and volume up to `events`."""
    rows = demo_book(cases, as_of=AS_OF, team_id=TEAM, collectors=[COLLECTOR])
    ids = [row[0] for row in rows["cases"]]
    past = demo_events(rows, as_of=AS_OF, devices={COLLECTOR: DEVICE})
    told = past + many_events(ids, events - len(past), author=COLLECTOR, device=DEVICE, as_of=AS_OF)
    whole: Mapping[str, list[tuple[Any, ...]]] = {
        **rows,
        "team": [(TEAM, "信用卡一组")],
        "person": [(COLLECTOR, "chenjing", "陈静", "collector", TEAM, True)],
        "case_event": [as_row(event) for event in told],
    }
    store = open_store(path, KEY)
    with store.write() as conn:
        for table in tables.REPLICATED:
            replica.upsert(conn, table, [tuple(map(_kept, row)) for row in whole.get(table.name, [])])
        projections.refresh(conn, ids, AS_OF)
    store.close()


def _kept(value: Any) -> Any:
    """As the store spells it."""
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value
