"""The local file changed by somebody who has its key: seen at the start, by `doctor` and when it is sent, and named."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from local_db import chain, outbox
from local_db import events as store_events
from tests.central.server import PASSWORD, CentralDatabase
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.central import chains
from workstation.desk import history_sound
from workstation.desk.doctor import _store
from workstation.domain.events import Event, Note, sealed
from workstation.running import SyncRunner
from workstation.sync.server import Server


@pytest.fixture
def desk(seat_of: SeatMaker, book: list[str]) -> Desk:
    made = seat_of("li.na")
    made.sync()
    for n in range(3):
        made.write(book[n], f"confirmed {n}")
    made.sync()
    return made


def change(desk: Desk, statement: str, *values: object) -> None:
    """As somebody with the key and an SQL prompt."""
    with desk.store.write() as conn:
        assert conn.exec_driver_sql(statement, tuple(values)).rowcount > 0


def faults(desk: Desk) -> list[chain.LocalFault]:
    with desk.store.read() as conn:
        return chain.examine(conn)


def runner(desk: Desk) -> SyncRunner:
    server = desk.central.server
    return SyncRunner(
        Server(server.host, server.port, desk.central.name), PASSWORD, desk.seat, online=True, changed=lambda _: None
    )


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE case_event SET body = \'{"text":"he promised 10,000"}\' WHERE id = ?',
        "UPDATE case_event SET amount = 1 WHERE id = ?",
        "UPDATE case_event SET occurred_at = '2026-11-01T08:00:00.000000Z' WHERE id = ?",
        "UPDATE case_event SET author = 'somebody else' WHERE id = ?",
        "UPDATE case_event SET hash = prev_hash WHERE id = ?",
    ],
)
@pytest.mark.parametrize("sent", [True, False])
def test_a_changed_record_is_seen_at_the_start_and_by_doctor(
    desk: Desk,
    book: list[str],
    statement: str,
    sent: bool,
) -> None:
    assert faults(desk) == []
    event = desk.write(book[0], "said so")
    if sent:
        desk.sync()
    change(desk, statement, event.id)
    (fault,) = faults(desk)
    assert (fault.kind, fault.event, fault.number) == ("changed", event.id, "C00000")
    finding = _store("store x", desk.store.path, bytes([1]) * 32, TODAY)
    assert finding.state == "bad"
    assert "not as it was written" in finding.message.plain()
    running = runner(desk)
    running._run()
    status = running.status()
    assert (status.state, status.code) == ("failed", history_sound.STORE_CHANGED)
    assert status.problem is not None
    assert "C00000" in status.problem.plain()
    assert "sign in again" in status.problem.plain()
    assert "said so" not in status.problem.plain()
    running.close()


def test_what_was_changed_before_it_was_sent_is_refused_by_the_centre_and_recorded_there(
    central: CentralDatabase,
    desk: Desk,
    book: list[str],
) -> None:
    bad, good = desk.write(book[0], "said so"), desk.write(book[1], "next")
    change(desk, 'UPDATE case_event SET body = \'{"text":"other"}\' WHERE id = ?', bad.id)
    result = desk.sync()
    assert (result.pushed, result.refused) == (1, 1), "what follows goes on"
    with desk.store.read() as conn:
        assert [(event.id, reason) for event, reason in outbox.refusals(conn)] == [(bad.id, "bad_hash")]
    with central.connect("audit") as conn:
        noted = conn.execute("SELECT event_id::text, reason, person_id::text FROM refused_event").fetchall()
        assert noted == [(bad.id, "bad_hash", central.people["li.na"])]
        assert chains.record_verdict(conn, good.id).state == "whole"


def test_a_record_removed_before_it_was_sent_is_missed_here_and_at_the_centre(
    central: CentralDatabase,
    desk: Desk,
    book: list[str],
) -> None:
    removed, after = desk.write(book[0], "unwelcome"), desk.write(book[0], "after")
    change(desk, "DELETE FROM case_event WHERE id = ?", removed.id)
    (fault,) = faults(desk)
    assert (fault.kind, fault.event, fault.number) == ("gone", removed.id, "C00000")
    assert desk.sync().refused == 1
    with central.connect("audit") as conn:
        (held,) = [fault for fault in chains.chain_faults(conn) if fault.bad]
    assert (held.kind, held.event) == ("held", after.id)
    assert "the record before them is missing" in held.message.plain()
    # Also with its place in the queue wiped: the chain itself says so at the centre.
    change(desk, "DELETE FROM outbox WHERE event_id = ?", removed.id)
    assert faults(desk) == []


def test_a_confirmed_record_sealed_anew_is_seen_against_the_centres_copy(
    central: CentralDatabase,
    desk: Desk,
) -> None:
    with desk.store.read() as conn:
        query = sa.text("SELECT * FROM case_event WHERE device = :device ORDER BY rowid DESC LIMIT 1")
        old = store_events.from_row(tuple(conn.execute(query, {"device": desk.device}).one()))
    forged = sealed(Event(**{**_fields(old), "body": '{"text":"sealed anew"}'}), old.prev_hash)
    change(desk, "UPDATE case_event SET body = ?, hash = ? WHERE id = ?", forged.body, forged.hash, old.id)
    assert faults(desk) == [], "whole in itself"
    assert desk.sync().differing == 1
    running = runner(desk)
    running._run()
    assert running.status().code == history_sound.CENTRE_DIFFERS
    running.close()
    with central.connect("audit") as conn:
        (fault,) = [fault for fault in chains.chain_faults(conn) if fault.bad]
    assert (fault.kind, fault.device) == ("disputed", desk.device)


def test_an_honest_store_is_never_accused(desk: Desk, book: list[str]) -> None:
    with desk.store.write() as conn:
        drafts = [
            desk.seat.draft(book[0], Note(text='引号 " \\ \u2028 𠮷 \x1f')),
            desk.seat.draft(book[1], Note(text="")),
        ]
        store_events.append(conn, drafts, today=date(2026, 11, 23))
    assert faults(desk) == []
    for _ in range(3):
        assert desk.sync().differing == 0
    assert faults(desk) == []


def _fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}
