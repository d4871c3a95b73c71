"""Photos between real seats and a real centre: after the events, once, whole, and gone when the case goes."""

from __future__ import annotations

import contextlib
import hashlib
import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from local_db import attachments, outbox
from local_db import events as store_events
from local_db.attachments import AttachmentAbsent
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from tests.local_db.raw_pages import plain_bytes
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.domain.events import VisitReport
from workstation.domain.visit import Photo
from workstation.sync import attachments as photos
from workstation.sync.attachments import Sent, fetch, stretch
from workstation.sync.decisions import reassign
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import DeviceRevoked, connect
from workstation.sync.pace import FIRST, LARGEST, SMALLEST, Pace
from workstation.sync.server import Server


def picture(n: int, size: int = 50_000) -> bytes:
    return random.Random(n).randbytes(size)


def visit(desk: Desk, case_id: str, *contents: bytes) -> str:
    """A visit with these photos, recorded at the seat; the id of its event."""
    now = datetime.now(UTC)
    shots = tuple(
        Photo(sha256=hashlib.sha256(one).hexdigest(), size=len(one), media="image/jpeg", width=1, height=1)
        for one in contents
    )
    with desk.store.write() as conn:
        for one in contents:
            attachments.add(conn, case_id, one, kind="photo", media="image/jpeg", at=now)
        draft = desk.seat.draft(case_id, VisitReport(arrived_at=now, left_at=now, photos=shots))
        event = store_events.append(conn, [draft], today=TODAY)[0]
        attachments.keep(conn, case_id, [shot.sha256 for shot in shots], event.id)
    return event.id


def send(desk: Desk, pace: Pace | None = None, **how: object) -> Sent:
    return stretch(desk.store, desk.link, desk.device, "a test's seat", pace or Pace(), **how)  # type: ignore[arg-type]


def at_centre(central: CentralDatabase) -> dict[str, bytes]:
    """The hash each goes by → its bytes, of those that are whole."""
    with central.connect() as conn:
        rows = conn.execute(
            "SELECT a.sha256, string_agg(c.data, ''::bytea ORDER BY c.start) FROM attachment a"
            " JOIN attachment_chunk c USING (case_id, sha256) WHERE a.finished_at IS NOT NULL"
            " GROUP BY a.case_id, a.sha256"
        ).fetchall()
    found = {sha256: bytes(data) for sha256, data in rows}
    assert len(found) == len(rows)
    assert all(hashlib.sha256(data).hexdigest() == sha256 for sha256, data in found.items())
    return found


def states(desk: Desk) -> list[str]:
    with desk.store.read() as conn:
        return sorted(conn.exec_driver_sql("SELECT state FROM attachment").scalars())


def move(central: CentralDatabase, case_id: str, to: str) -> None:
    with central.connect("chen.jie", autocommit=True) as conn:
        [version] = conn.execute("SELECT version FROM cases WHERE id = %s", [case_id]).fetchone() or [0]
        [moved] = reassign(conn, [(case_id, version)], central.people[to], "")
        assert moved.done


def test_they_follow_their_events_once_and_the_lead_reads_them(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk, lead = seat_of("li.na"), seat_of("chen.jie")
    desk.sync()
    contents = [picture(n) for n in range(5)]
    visit(desk, book[0], *contents[:3])
    visit(desk, book[1], *contents[3:])
    assert send(desk) == Sent(), "their events are not there yet"
    desk.sync()
    told: list[tuple[int, int]] = []
    sent = send(desk, report=lambda doing: told.append((doing.done, doing.total)))
    assert (sent.done, sent.refused, sent.left, sent.broke) == (5, 0, False, False)
    assert sent.carried == sum(map(len, contents))
    assert told[0] == (0, 5)
    assert told[-1] == (5, 5)
    assert set(at_centre(central).values()) == set(contents)
    assert states(desk) == ["confirmed"] * 5
    assert send(desk) == Sent()
    digest = hashlib.sha256(contents[4]).hexdigest()
    assert fetch(lead.link, book[1], digest) == (contents[4], "image/jpeg")
    assert fetch(lead.link, book[1], digest, cancelled=lambda: True) is None
    for case_id, unknown in ((book[0], digest), (book[1], hashlib.sha256(b"").hexdigest())):
        with pytest.raises(AttachmentAbsent):
            fetch(lead.link, case_id, unknown)
    with pytest.raises(AttachmentAbsent):
        fetch(seat_of("wang.wei").link, book[1], digest)


def test_an_event_that_waits_goes_before_the_next_photo_and_a_cancel_keeps_what_came(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    visit(desk, book[0], picture(1, 200_000), picture(2))
    desk.sync()
    done = 0

    def writes_meanwhile(_doing: object) -> None:
        nonlocal done
        done += 1
        if done == 4:
            desk.write(book[3], "meanwhile")

    first = send(desk, report=writes_meanwhile)
    assert first.left
    assert 0 < first.carried < 200_000
    assert first.done == 0
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 1
    assert send(desk).carried == 0, "it still waits"
    assert desk.sync().pushed == 1
    asked = iter(range(100))
    second = send(desk, cancelled=lambda: next(asked) > 3)
    assert second.left
    third = send(desk)
    assert (third.done, third.left) == (2, False)
    assert first.carried + second.carried + third.carried == 250_000, "no byte went twice"
    assert len(at_centre(central)) == 2


def test_a_line_cut_after_any_statement_sends_nothing_twice(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    line = Forwarder(central.server.host, central.server.port)
    desk.link = lambda: connect(  # type: ignore[method-assign]
        Server("127.0.0.1", line.port, central.name), desk.login, PASSWORD
    )
    execute = psycopg.Cursor.execute
    cut_after = 0

    def counts(cursor: psycopg.Cursor[object], *args: object, **options: object) -> object:
        nonlocal cut_after
        answer = execute(cursor, *args, **options)  # type: ignore[call-overload]  # passed on as given
        if cursor.connection.info.port == line.port:
            cut_after -= 1
            if cut_after == 0:
                line.cut()
        return answer

    for cut in range(1, 9):
        visit(desk, book[0], picture(cut, 40_000))
        desk.sync()
        cut_after = cut
        monkeypatch.setattr(psycopg.Cursor, "execute", counts)
        carried = 0
        for _ in range(2):
            with contextlib.suppress(OSError):
                line.mend()
            sent = send(desk)
            carried += sent.carried
        monkeypatch.undo()
        assert carried == 40_000, "what had arrived was not sent again"
        assert len(at_centre(central)) == cut
    assert states(desk) == ["confirmed"] * 8
    line.cut()
    assert send(desk) == Sent(), "nothing to do needs no line"
    visit(desk, book[0], picture(99))
    line.mend()
    desk.sync()
    line.cut()
    assert send(desk) == Sent(left=True, broke=True)


def test_what_is_spoilt_here_or_on_the_way_is_refused_with_its_reason(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    visit(desk, book[0], picture(1), picture(2), picture(3))
    spoilt, torn, sound = (hashlib.sha256(picture(n)).hexdigest() for n in (1, 2, 3))
    desk.sync()
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE attachment_chunk SET data = zeroblob(length(data)) WHERE sha256 = ?", (spoilt,))
        conn.exec_driver_sql("DELETE FROM attachment_chunk WHERE sha256 = ?", (torn,))
    sent = send(desk)
    assert (sent.done, sent.refused, sent.left) == (1, 2, False)
    assert list(at_centre(central)) == [sound]
    with desk.store.read() as conn:
        rows = conn.exec_driver_sql("SELECT sha256, refused FROM attachment WHERE state = 'refused'").all()
    assert dict(map(tuple, rows)) == {spoilt: "damaged", torn: "damaged"}
    visit(desk, book[1], picture(4))
    desk.sync()
    read = attachments.read
    with monkeypatch.context() as swaps:  # other bytes leave than are kept
        swaps.setattr(
            photos.attachments,
            "read",
            lambda conn, case, sha, *part: bytes(len(read(conn, case, sha, *part))) if part else read(conn, case, sha),
        )
        assert send(desk).refused == 1
    with desk.store.write() as conn:
        assert attachments.find(conn, book[1], hashlib.sha256(picture(4)).hexdigest()).refused == "bad_hash"  # type: ignore[union-attr]
        attachments.wait_again(conn, book[1], [hashlib.sha256(picture(4)).hexdigest()])
    assert send(desk).done == 1


def test_a_case_that_moved_stays_until_its_photos_are_through_and_then_leaves(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    former, new = seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    secret = b"Gruenwald at the door " * 3000
    visit(former, book[0], secret)
    former.sync()
    move(central, book[0], "wang.wei")
    former.sync()
    assert book[0] in former.cases(), "the photo waits"
    assert send(former).done == 1
    former.sync()
    assert book[0] not in former.cases()
    assert states(former) == ["confirmed"], "its author's, for a centre that is restored"
    new.sync()
    digest = hashlib.sha256(secret).hexdigest()
    got = fetch(new.link, book[0], digest)
    assert got is not None
    now = datetime.now(UTC)
    with new.store.write() as conn:
        attachments.keep_copy(conn, book[0], got[0], kind="photo", media=got[1], at=now)
        assert attachments.read(conn, book[0], digest) == secret
        attachments.keep_copy(conn, book[1], b"of no event", kind="photo", media=got[1], at=now)
    assert states(new) == ["confirmed"]
    with pytest.raises(AttachmentAbsent):
        fetch(former.link, book[0], digest)
    move(central, book[0], "li.na")
    new.sync()
    assert states(new) == [], "another's leaves with the case"
    assert b"Gruenwald" not in plain_bytes(new.store.path, bytes([1]) * 32)
    move(central, book[0], "wang.wei")
    former.sync()
    new.sync()
    with new.store.write() as conn:
        attachments.keep_copy(conn, book[0], got[0], kind="photo", media=got[1], at=now)
    for file in (former.store.path, new.store.path):
        assert b"Gruenwald" not in file.read_bytes()
    with new.store.write() as conn:
        assert attachments.forget_old(conn, now - timedelta(days=1)) == 0
        assert attachments.forget_old(conn, now + timedelta(days=1)) == 1
    with former.store.write() as conn:
        assert attachments.forget_old(conn, now + timedelta(days=1)) == 1
    former.store.overwrite_log()
    assert states(new) == states(former) == []
    assert b"Gruenwald" not in plain_bytes(former.store.path, bytes([1]) * 32)


def test_a_report_half_written_in_the_field_holds_its_case_for_a_week(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk, now = seat_of("li.na"), datetime.now(UTC)
    desk.sync()
    for case_id, days in ((book[0], 6), (book[1], 8)):
        with desk.store.write() as conn:
            attachments.add(conn, case_id, picture(days), kind="photo", media="image/jpeg", at=now - timedelta(days))
        move(central, case_id, "wang.wei")
    desk.sync()
    assert book[0] in desk.cases()
    assert book[1] not in desk.cases()
    assert states(desk) == ["draft"]
    event = visit(desk, book[0], picture(6))
    desk.sync()
    assert send(desk).done == 1
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event WHERE id = %s", [event]).fetchone() == (1,)
    desk.sync()
    assert book[0] not in desk.cases()


def test_a_restored_centre_gets_its_photos_again_from_whoever_has_them(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk, lead = seat_of("li.na"), seat_of("chen.jie")
    desk.sync()
    visit(desk, book[0], picture(1), picture(2))
    desk.sync()
    send(desk)
    with central.connect(autocommit=True) as owner:  # as if the backup were of the moment before
        for table in ("attachment_chunk", "attachment"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            owner.execute(f"DELETE FROM {table} WHERE sha256 = %s".encode(), [hashlib.sha256(picture(1)).hexdigest()])
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
        owner.execute("SELECT app.begin_recovery(now(), 30)")
    assert len(at_centre(central)) == 1
    desk.sync()
    sent = send(desk)
    assert (sent.done, sent.carried) == (2, 50_000), "only what is missing goes again"
    assert len(at_centre(central)) == 2
    lead.sync()
    assert fetch(lead.link, book[0], hashlib.sha256(picture(1)).hexdigest()) is not None


@pytest.mark.parametrize("lost", [False, True])
def test_a_revoked_device_hands_in_its_photos_too(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, lost: bool
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    visit(desk, book[0], picture(1), picture(2))
    with central.connect("admin", autocommit=True) as conn:
        conn.execute("SELECT app.revoke_device(%s, %s)", [desk.device, lost])
    with pytest.raises(DeviceRevoked) as told:
        desk.sync()
    assert told.value.erase is False or lost
    assert len(at_centre(central)) == 2
    with desk.store.read() as conn:
        assert attachments.unsent(conn) == (0, 0)


def test_an_older_centre_takes_none_and_all_else_goes_on(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    visit(desk, book[0], picture(1))
    with central.connect(autocommit=True) as owner:
        owner.execute("UPDATE central_meta SET schema_version = '0012'")
    assert sync_once(desk.store, desk.link, Device(desk.device, "a test's seat"), TODAY).pushed == 1
    assert send(desk) == Sent()
    assert states(desk) == ["waiting"]


def test_the_pace_follows_the_line() -> None:
    pace = Pace()
    assert pace.size == FIRST
    for _ in range(20):
        pace.took(pace.size, pace.size / 8_000)  # eight kilobytes a second
    assert pace.size == 16_000
    pace.broke()
    assert pace.size == 8_000
    for _ in range(20):
        pace.broke()
    assert pace.size == SMALLEST
    for _ in range(20):
        pace.took(pace.size, 0.0)
    assert pace.size == LARGEST
