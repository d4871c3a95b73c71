"""Photos at the desk: what stands on the synchronisation page, what goes by itself, what opens from where."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from local_db import attachments
from local_db import events as store_events
from tests.central.server import PASSWORD, CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from tests.sync.test_attachments import at_centre, move, picture, states, visit
from workstation.desk.attachments import KEPT, Attachments, NotAtCentre, let_go
from workstation.desk.synchronising import Synchronising
from workstation.running import SyncRunner
from workstation.sync.server import Server


def runner(desk: Desk) -> SyncRunner:
    server = desk.central.server
    return SyncRunner(
        Server(server.host, server.port, desk.central.name), PASSWORD, desk.seat, online=True, changed=lambda _: None
    )


def test_one_synchronisation_brings_records_and_photos_and_the_page_says_how_far(
    central: CentralDatabase,
    book: list[str],
    seat_of: SeatMaker,
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    runs, page = runner(desk), Synchronising(desk.seat)
    said: list[str] = []

    def changed(_changes: object) -> None:
        status = runs.status()
        said.append(page.head(status).doing.plain() if status.doing and status.state == "syncing" else status.state)  # type: ignore[union-attr]

    runs._changed = changed
    visit(desk, book[0], picture(1), picture(2), picture(3))
    assert (runs.status().waiting, runs.status().attachments, runs.status().state) == (1, 3, "waiting")
    runs._run()
    assert said[0] == "Calling the centre …"
    assert "Sent 0 of 3 photos and signatures; records go first …" in said
    assert "Sent 3 of 3 photos and signatures; records go first …" in said
    assert said[-1] == "synced"
    assert len(at_centre(central)) == 3
    status = runs.status()
    assert (status.state, status.attachments) == ("synced", 0)
    visit(desk, book[0], picture(4))
    desk.sync()
    head = page.head(runs.status())
    assert head.text.plain().startswith("1 photo or signature waits to be sent; all records are synchronised")
    assert runs.once().pushed == 0
    assert states(desk) == ["confirmed"] * 4
    runs.close()


def test_a_refused_photo_stands_among_what_was_refused_and_may_go_again(
    central: CentralDatabase,
    book: list[str],
    seat_of: SeatMaker,
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    visit(desk, book[0], picture(1))
    digest = hashlib.sha256(picture(1)).hexdigest()
    with desk.store.write() as conn:
        attachments.refuse(conn, book[0], digest, "not_named")
    page = Synchronising(desk.seat)
    [row] = page.lists().refused
    assert (row.case_id, row.kind.plain(), row.number) == (book[0], "Photo", "C00000")
    assert row.reason is not None
    assert row.reason.plain().startswith("No record of yours at the centre names this photo")
    assert page.retry([row.id]).kinds == {"sync"}
    assert page.lists().refused == ()
    runs = runner(desk)
    runs.once()
    runs.close()
    assert len(at_centre(central)) == 1


def test_who_has_the_case_now_sees_its_photos_and_keeps_what_was_looked_at(
    central: CentralDatabase,
    book: list[str],
    seat_of: SeatMaker,
) -> None:
    former, new = seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    event = visit(former, book[0], picture(1, 600_000))
    former.sync()
    move(central, book[0], "wang.wei")
    new.sync()
    digest = hashlib.sha256(picture(1, 600_000)).hexdigest()
    lines: list[int] = []

    def line() -> object:
        lines.append(1)
        return new.link()

    desk = Attachments(new.seat, line)  # type: ignore[arg-type]
    with new.store.read() as conn:
        [body] = [one.body for one in store_events.of_case(conn, book[0]) if one.id == event]
    [shot] = desk.of_visit("visit", body, book[0])
    assert (shot.sha256, shot.size, shot.here) == (digest, 600_000, False)
    assert desk.of_visit("note", "{}", book[0]) == ()
    with pytest.raises(NotAtCentre, match="has not reached the centre yet"):
        desk.content(book[0], digest)
    runs = runner(former)
    runs.once()
    runs.close()
    told: list[tuple[int, int]] = []
    assert desk.content(book[0], digest, cancelled=lambda: True) is None
    assert desk.content(book[0], digest, lambda done, total: told.append((done, total))) == picture(1, 600_000)
    assert told[-1] == (600_000, 600_000)
    count = len(lines)
    assert desk.content(book[0], digest) == picture(1, 600_000)
    assert len(lines) == count, "from the store, without the centre"
    assert desk.here(book[0], digest)
    assert let_go(new.seat) == 0
    with new.store.write() as conn:
        old = (datetime.now(UTC) - KEPT - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        conn.exec_driver_sql("UPDATE attachment SET at = ?", (old,))
    assert let_go(new.seat) == 1
    assert not desk.here(book[0], digest)
