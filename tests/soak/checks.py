"""Healing, and what must be true afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from local_db import events as store_events
from local_db import outbox, projections
from local_db.tables import PER_CASE_LOCAL
from tests.soak.seats import SEATS, TODAY, Seat
from tests.soak.world import World
from workstation import tables
from workstation.domain.events import Event, event_hash

_ROUNDS = 40  # more than any history needs: each carries every seat's news to every other


def heal(world: World) -> None:
    """Everybody is back, the line holds, nobody types any more; synchronise until nothing moves."""
    world.bank_is_done()
    for n in world.seats:
        world.go_on(n)
    world.end_sessions()
    latest = max((seat.shift for seat in world.seats.values()), default=timedelta())
    for seat in world.seats.values():
        seat.shift = latest + timedelta(days=1)  # what was half typed, anywhere in time, is old by now
    for _ in range(_ROUNDS):
        mark = world.centre("SELECT pg_current_xact_id()::text::bigint")[0][0]
        moved = False
        for n in sorted(world.seats):
            done = world.sync(n)
            if done is None:
                continue
            moved |= any((done.pushed, done.refused, done.pulled_rows, done.granted, done.revoked))
            moved |= int(world.seat(n).state("cursor") or 0) <= mark
        if not moved:
            return
    raise AssertionError(f"it never came to rest in {_ROUNDS} rounds")


def check(world: World) -> None:
    at_centre = _at_centre(world)
    refused = _check_outboxes(world)
    _check_events(world, at_centre, refused)
    states: dict[str, str] = {}
    for n, seat in sorted(world.seats.items()):
        _check_projections(n, seat)
        if n not in world.revoked:
            _check_scope(world, n, seat)
            _check_rows(world, n, seat)
            with seat.store.read() as conn:
                for case_id, state in conn.exec_driver_sql("SELECT case_id, state FROM case_row"):
                    assert states.setdefault(case_id, state) == state, f"seat {n} sees {case_id} otherwise than others"


def _at_centre(world: World) -> dict[str, Event]:
    """Every event that is not the centre's own, as the centre keeps it; once each, by hash too."""
    columns = ", ".join(
        f"e.{column.name}::text" if column.type in (tables.Id, tables.Json) else f"e.{column.name}"
        for column in tables.case_event.columns
    )
    rows = world.centre(
        f"SELECT {columns} FROM case_event e JOIN device d ON d.id = e.device"
        " WHERE d.person_id IS NOT NULL AND e.kind NOT IN ('reassigned', 'plan_decided')"
    )
    names = [column.name for column in tables.case_event.columns]
    events = [Event(**dict(zip(names, row, strict=True))) for row in rows]
    hashes = [event.hash for event in events]
    assert len(hashes) == len(set(hashes)), "an event is at the centre twice"
    links = [(event.device, event.prev_hash) for event in events]
    assert len(links) == len(set(links)), "a device's chain forks at the centre"
    return {event.id: event for event in events}


def _check_outboxes(world: World) -> dict[str, str]:
    """Nothing waits; what was refused was written by a device after it was revoked. Returns id → reason."""
    refused: dict[str, str] = {}
    for n, seat in world.seats.items():
        with seat.store.read() as conn:
            assert outbox.waiting(conn) == 0, f"seat {n} still waits with {outbox.waiting(conn)} events"
            for event, reason in outbox.refusals(conn):
                assert reason == "device_revoked", f"seat {n}: a {event.kind} was refused: {reason}"
                assert n in world.revoked, f"seat {n} is not revoked"
                refused[event.id] = reason
    world.tally["events refused"] += len(refused)
    return refused


def _check_events(world: World, at_centre: dict[str, Event], refused: dict[str, str]) -> None:
    expected = {event_id for event_id in world.written if event_id not in refused}
    lost = expected - at_centre.keys() - world.nowhere
    assert not lost, f"lost: {[(world.written[one].seat, world.written[one].event.kind) for one in lost]}"
    assert at_centre.keys() <= expected, "the centre has what nobody wrote, or what it refused"
    for event_id, event in at_centre.items():
        assert event == world.written[event_id].event, "an event is not what was written"
        assert event_hash(event) == event.hash
    for event_id in refused:  # kept whole where it was written
        known = world.written[event_id]
        with world.seat(known.seat).store.read() as conn:
            row = conn.execute(sa.select(tables.case_event).where(tables.case_event.c.id == event_id)).one()
            assert store_events.from_row(row) == known.event


def _check_projections(n: int, seat: Seat) -> None:
    with seat.store.read() as conn:
        assert projections.check(conn, TODAY) == [], f"seat {n}: a projection is not what its events fold to"
        kept = set(conn.exec_driver_sql("SELECT case_id FROM case_row").scalars())
        assert kept == set(conn.exec_driver_sql("SELECT id FROM cases").scalars()), f"seat {n}: projections of no case"
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def _check_scope(world: World, n: int, seat: Seat) -> None:
    """Exactly the cases that the person may see, by the scope itself and not by the policies; nothing of others."""
    visible = {
        row[0]
        for row in world.centre(
            "SELECT DISTINCT c.id::text FROM cases c, person p WHERE p.login = %s AND (p.role IN ('auditor', 'admin')"
            " OR EXISTS (SELECT FROM case_scope s WHERE s.case_id = c.id AND s.revoked_at IS NULL"
            "   AND (s.holder_id = p.id OR p.role = 'lead' AND s.holder_id = p.team_id)))",
            seat.login,
        )
    }
    with seat.store.read() as conn:
        held = set(conn.exec_driver_sql("SELECT id FROM cases").scalars())
        assert held == visible, f"seat {n}: holds {len(held - visible)} too many, lacks {len(visible - held)} cases"
        for table in (*tables.PER_CASE[1:], *PER_CASE_LOCAL):
            of = set(conn.exec_driver_sql(f"SELECT DISTINCT case_id FROM {table.name}").scalars())
            assert of <= visible, f"seat {n}: {table.name} has rows of cases that left"
        found = set(conn.exec_driver_sql("SELECT DISTINCT case_id FROM case_search").scalars())
        assert found == visible, f"seat {n}: the search finds other cases than there are"


def _check_rows(world: World, n: int, seat: Seat) -> None:
    """Every replicated table, row by row, as the centre shows it to this login.

    Not those of the team: how a device stands is written by every seat's own synchronisation.
    """
    with world.central.connect(seat.login) as centre, seat.store.read() as store:
        for table in (*tables.DIRECTORY, *tables.PER_CASE):
            names = ", ".join(column.name for column in table.columns)
            spelled = ", ".join(_spelled(column) for column in table.columns)
            theirs = centre.execute(f"SELECT {spelled} FROM {table.name} ORDER BY id::text").fetchall()
            ours = [tuple(row) for row in store.exec_driver_sql(f"SELECT {names} FROM {table.name} ORDER BY id")]
            assert ours == theirs, f"seat {n}: {table.name} differs: {_difference(ours, theirs)}"


def _spelled(column: sa.Column[Any]) -> str:
    if column.type is tables.Moment:
        return f"""to_char({column.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    if isinstance(column.type, sa.Boolean):
        return f"{column.name}::int"
    if isinstance(column.type, (sa.Integer, sa.Float)):
        return column.name
    return f"{column.name}::text"


def _difference(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> str:
    more, less = set(ours) - set(theirs), set(theirs) - set(ours)
    return f"only here {sorted(map(str, more))[:2]}, only at the centre {sorted(map(str, less))[:2]}; of {SEATS}"
