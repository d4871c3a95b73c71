"""A case that moves while its collector is away, in every order: the work counts and is flagged, nothing stays."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from local_db import drafts, flags, outbox, search
from local_db.engine import open_store
from tests.central.builders import book_rows, hello, note, push
from tests.central.server import CentralDatabase
from tests.local_db.raw_pages import plain_bytes
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.central.loading import load
from workstation.sync.decisions import reassign

SECRET = "Grünwald 龘 7731 nobody else may read this"


def move(central: CentralDatabase, case_id: str, to: str) -> None:
    with central.connect("chen.jie", autocommit=True) as conn:
        [version] = conn.execute("SELECT version FROM cases WHERE id = %s", [case_id]).fetchone() or [0]
        [moved] = reassign(conn, [(case_id, version)], central.people[to], "")
        assert moved.done


def flagged(desk: Desk, case_id: str) -> list[str]:
    with desk.store.read() as conn:
        return flags.of_case(conn, case_id)


def steps() -> list[tuple[str, ...]]:
    """Every order of: the former works, the case moves, the former and the new one synchronise."""
    orders = {
        order
        for order in itertools.permutations(("work", "move", "former", "new"))
        if order.index("move") < order.index("new")  # before it, the new one has nothing to synchronise for
    }
    return sorted(orders)


@pytest.mark.parametrize("order", steps(), ids="-".join)
def test_in_every_order_the_work_is_taken_and_reaches_the_new_collector(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, order: tuple[str, ...]
) -> None:
    former, new = seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    new.sync()
    case_id, written = book[0], None
    # What was worked after the former had been told is not possible: the case has left by then.
    told = order.index("move") < order.index("former") < order.index("work")
    for step in order:
        if step == "work" and not told:
            written = former.write(case_id, "von unterwegs").id
        elif step == "move":
            move(central, case_id, "wang.wei")
        elif step == "former":
            former.sync()
        elif step == "new":
            new.sync()
    assert former.sync().refused == 0
    new.sync()
    assert case_id not in former.cases()
    assert case_id in new.cases()
    with former.store.read() as conn:
        assert outbox.waiting(conn) == 0
    if written is None:
        assert told
        return
    assert written in new.events()
    at = {step: place for place, step in enumerate(order)}
    handed_in = at["former"] if at["former"] > at["work"] else len(order)  # at the latest after all steps
    came_late = at["work"] > at["move"] or handed_in > at["new"]
    assert flagged(new, case_id) == ([written] if came_late else [])


def test_the_new_collector_takes_the_mark_off_and_it_stays_off(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    former, new = seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    move(central, book[0], "wang.wei")
    new.sync()
    former.write(book[0], "after it moved, offline")
    former.sync()
    new.sync()
    [marked] = flagged(new, book[0])
    with new.store.write() as conn:
        flags.seen(conn, book[0])
    new.sync()
    assert flagged(new, book[0]) == []
    assert marked in new.events()


def test_a_seat_that_was_told_cannot_write_on_the_case_any_more(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    """Asked of the centre itself: the seat's own program would not even try."""
    former = seat_of("li.na")
    former.sync()
    move(central, book[0], "wang.wei")
    former.sync()
    former.sync()  # says that the move was carried out here
    with central.connect("li.na", autocommit=True) as conn:
        hello(conn, former.device)
        late = note(book[0], former.seat.person.id, former.device, occurred_at=datetime.now(UTC))
        assert push(conn, late) == [("refused", "not_assigned")]


def test_work_handed_in_a_month_after_the_move_is_refused(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    former = seat_of("li.na")
    former.sync()
    move(central, book[0], "wang.wei")
    with central.connect() as conn:
        for column in ("granted_at", "revoked_at"):
            earlier = f"UPDATE case_scope SET {column} = {column} - interval '31 days'"
            conn.execute(earlier + " WHERE case_id = %s AND revoked_at < now()", [book[0]])
    former.write(book[0], "much too late")
    assert former.sync().refused == 1
    with former.store.read() as conn:
        [(_, reason)] = outbox.refusals(conn)
    assert reason == "not_assigned"


def test_a_case_stays_while_somebody_is_typing_on_it(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    with desk.store.write() as conn:
        drafts.save(conn, book[0], "call", "half a sentence", datetime.now(UTC))
        drafts.save(conn, book[1], "call", "left over", datetime.now(UTC) - timedelta(hours=3))
    move(central, book[0], "wang.wei")
    move(central, book[1], "wang.wei")
    desk.sync()
    assert book[0] in desk.cases()
    assert book[1] not in desk.cases()
    event = desk.write(book[0], "finished")
    with desk.store.write() as conn:
        drafts.remove(conn, book[0], "call")
    assert desk.sync().pushed == 1
    assert book[0] not in desk.cases()
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event WHERE id = %s", [event.id]).fetchone() == (1,)


def test_what_left_is_nowhere_in_the_file_any_more(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    rows = book_rows(central, 1, seed="secret")
    case_id = rows["cases"][0][0]
    rows["debtor"] = [(*rows["debtor"][0][:3], SECRET, *rows["debtor"][0][4:])]
    with central.connect() as conn:
        load(conn, rows)
    desk.sync()
    desk.write(case_id, SECRET)
    with desk.store.write() as conn:
        drafts.save(conn, case_id, "call", SECRET, datetime.now(UTC) - timedelta(days=1))
        conn.exec_driver_sql(
            "INSERT INTO letter_archive (id, case_id, event_id, template, version, language, sha256, context, pdf, at)"
            " VALUES ('l', ?, 'e', 'reminder', '1', 'en', 'x', ?, ?, '2026-11-23')",
            (case_id, SECRET, SECRET.encode() * 4000),
        )
    desk.store.overwrite_log()
    key = bytes([1]) * 32
    assert SECRET.encode() in plain_bytes(desk.store.path, key), "or this test could not fail"
    move(central, case_id, "wang.wei")
    desk.sync()
    assert case_id not in desk.cases()
    assert SECRET.encode() not in plain_bytes(desk.store.path, key)
    with desk.store.read() as conn:
        assert search.search(conn, "Grünwald") == []
    for file in desk.store.path.parent.iterdir():
        assert SECRET.encode() not in file.read_bytes(), file.name
    wal = desk.store.path.with_name(desk.store.path.name + "-wal")
    assert wal.stat().st_size == 0, "the log held older pages"
    desk.store.close()
    open_store(desk.store.path, key).close()


def test_two_windows_see_the_case_leave_and_none_records_on_it_afterwards(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    from local_db import events as store_events
    from local_db.events import CaseLeft
    from workstation.domain.events import Note

    desk = seat_of("li.na")
    desk.sync()
    other_window = open_store(desk.store.path, bytes([1]) * 32)
    move(central, book[0], "wang.wei")
    desk.sync()
    late = desk.seat.draft(book[0], Note(text="typed into the other window"))
    with pytest.raises(CaseLeft), other_window.write() as conn:
        store_events.append(conn, [late], today=TODAY)
    with other_window.read() as conn:
        assert outbox.waiting(conn) == 0
    other_window.close()
