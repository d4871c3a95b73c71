"""A device's image is played back: its store was copied, and both go on working under the same device and person.

The second branch is held with its content; nothing of it is lost, nothing of it is hidden, and a lead decides.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local_db import outbox
from local_db.engine import open_store
from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from workstation.central import chains, held
from workstation.central.check import check
from workstation.central.refusals import EVENTS, CentralRefusedError

KEY = bytes([1]) * 32  # of the first seat that `seat_of` makes


def copied(desk: Desk, to: Path) -> Desk:
    """The image of the device, started somewhere else: the same store, key, device and person."""
    desk.store.overwrite_log()
    shutil.copy(desk.store.path, to)
    return Desk(desk.central, desk.login, open_store(to, KEY), desk.device)


def refusals(desk: Desk) -> dict[str, str]:
    with desk.store.read() as conn:
        return {event.id: reason for event, reason in outbox.refusals(conn)}


def central_events(central: CentralDatabase) -> set[str]:
    with central.connect() as conn:
        return {row[0] for row in conn.execute("SELECT id::text FROM case_event")}


@pytest.fixture
def pair(seat_of: SeatMaker, book: list[str], tmp_path: Path) -> tuple[Desk, Desk]:
    """Li Na's laptop with one confirmed record, and its copy."""
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "before the copy")
    desk.sync()
    return desk, copied(desk, tmp_path / "copy.store")


def test_the_second_branch_is_held_whole_and_named(
    central: CentralDatabase,
    pair: tuple[Desk, Desk],
    book: list[str],
) -> None:
    desk, copy = pair
    first = [desk.write(book[0], f"laptop {n}") for n in range(2)]
    desk.sync()
    second = [copy.write(book[1], f"copy {n}") for n in range(3)]
    result = copy.sync()
    assert (result.pushed, result.refused) == (0, 3)
    assert refusals(copy) == {event.id: "forked_chain" for event in second}
    assert "the store was copied" in EVENTS["forked_chain"].plain()
    assert central_events(central) >= {event.id for event in first}
    # What follows later belongs to the same branch, in a batch of its own and though its own place is free.
    later = copy.write(book[2], "later")
    assert copy.sync().refused == 1
    with central.connect("audit") as conn:
        (fault,) = [fault for fault in chains.chain_faults(conn) if fault.bad]
        assert (fault.kind, fault.device, fault.person, fault.event) == ("held", desk.device, "李娜", second[0].id)
        assert "4 records" in fault.message.plain()
        assert "its store was copied or put back" in fault.message.plain()
        assert chains.record_verdict(conn, later.id).state == "held"
        kept = conn.execute("SELECT body::text FROM held_event ORDER BY occurred_at").fetchall()
        assert [row[0] for row in kept] == [event.body for event in (*second, later)], "nothing is lost"
    assert any("are held" in f.message.plain() and f.bad for f in check(central.superuser_dsn))
    # The laptop goes on as if nothing were.
    desk.write(book[0], "laptop on")
    assert desk.sync().pushed == 1


def test_the_lead_is_told_in_the_window_and_nobody_of_another_team(
    pair: tuple[Desk, Desk], seat_of: SeatMaker, book: list[str]
) -> None:
    from workstation.desk import history_sound

    desk, copy = pair
    lead, other, auditor = seat_of("chen.jie"), seat_of("zhou.yan"), seat_of("audit")
    desk.write(book[0], "laptop")
    desk.sync()
    copy.write(book[1], "copy")
    copy.sync()

    def told(seat: Desk) -> str | None:
        seat.sync()
        with seat.store.read() as conn:
            said = history_sound.of_others(conn)
        return None if said is None else said.plain()

    for seat in (lead, auditor):
        assert "李娜" in (told(seat) or "")
    assert told(other) is None
    assert told(desk) is None
    held.release(desk.central.dsn("chen.jie"), desk.device, "hers")
    assert told(lead) is None, "and no longer once it is decided"


def test_a_lead_takes_the_branch_in_and_both_seats_have_all_of_it(
    central: CentralDatabase,
    pair: tuple[Desk, Desk],
    book: list[str],
) -> None:
    desk, copy = pair
    desk.write(book[0], "laptop")
    desk.sync()
    second = [copy.write(book[1], f"copy {n}") for n in range(2)]
    copy.sync()
    (waiting,) = held.held(central.dsn("chen.jie"))
    assert (waiting.device, waiting.login, waiting.events) == (desk.device, "li.na", 2)
    assert held.held(central.dsn("zhou.yan")) == [], "another team's lead sees nothing of it"
    for login in ("zhou.yan", "li.na", "audit"):
        with pytest.raises(CentralRefusedError):
            held.release(central.dsn(login), desk.device, "mine")
    assert held.release(central.dsn("chen.jie"), desk.device, "both are hers, the disk was put back") == 2
    with pytest.raises(CentralRefusedError):
        held.release(central.dsn("chen.jie"), desk.device, "again")
    copy.sync()
    assert refusals(copy) == {}, "what came back from the centre is confirmed"
    copy.write(book[1], "goes on")
    assert copy.sync().pushed == 1
    desk.write(book[0], "goes on, too")
    assert desk.sync().pushed == 1
    desk.sync()
    copy.sync()
    assert desk.events() == copy.events() == central_events(central)
    assert {event.id for event in second} <= desk.events()
    findings = check(central.superuser_dsn)
    assert [f.message.plain() for f in findings if f.bad] == []
    assert any("was taken in by hand" in f.message.plain() for f in findings), "and it is not hidden either"
    with central.connect("audit") as conn:
        acts = conn.execute("SELECT login, body ->> 'events' FROM admin_event WHERE what = 'fork_released'").fetchall()
    assert acts == [("chen.jie", "2")]


def test_a_branch_inside_one_batch_and_out_of_order_is_held_too(
    central: CentralDatabase,
    pair: tuple[Desk, Desk],
    book: list[str],
) -> None:
    """A forged client may send the children before the first of the branch, or both branches at once."""
    from tests.central.builders import note, push

    desk, _ = pair
    me = central.people["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        head = conn.execute("SELECT chain_head FROM device WHERE id = %s", [desk.device]).fetchone()
        assert head is not None
        one = note(book[0], me, desk.device, "one", prev=head[0])
        twin = note(book[0], me, desk.device, "twin", prev=head[0])
        child = note(book[0], me, desk.device, "child", prev=twin.hash)
        grandchild = note(book[0], me, desk.device, "grandchild", prev=child.hash)
        assert push(conn, one, grandchild, child, twin) == [("accepted", None)] + [("refused", "forked_chain")] * 3
        assert push(conn, one, twin) == [("duplicate", None), ("refused", "forked_chain")]
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM held_event").fetchone() == (3,)


def test_a_revoked_copy_stays_held(
    central: CentralDatabase,
    pair: tuple[Desk, Desk],
    book: list[str],
) -> None:
    from workstation.central import admin
    from workstation.sync.link import DeviceRevoked

    desk, copy = pair
    desk.write(book[0], "laptop")
    desk.sync()
    copy.write(book[1], "copy")
    copy.sync()
    admin.revoke_device(central.dsn("admin"), desk.device)
    with pytest.raises(DeviceRevoked):
        copy.sync()
    assert len(held.held(central.dsn("admin"))) == 1
    assert held.release(central.dsn("admin"), desk.device, "her own work before the theft") == 1


def test_a_gap_is_held_and_goes_by_itself_when_it_is_filled(central: CentralDatabase, book: list[str]) -> None:
    from tests.central.builders import hello, note, push

    me = central.people["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        device = hello(conn)
        first, lost, after = (note(book[0], me, device, str(n)) for n in range(3))
        assert push(conn, first, after) == [("accepted", None), ("refused", "broken_chain")]
        (waiting,) = held.held(central.dsn("chen.jie"))
        assert (waiting.reason, waiting.events) == ("broken_chain", 1)
        assert push(conn, lost, after) == [("accepted", None)] * 2
        assert held.held(central.dsn("chen.jie")) == []
        gone, last = note(book[0], me, device, "gone"), note(book[0], me, device, "last")
        assert push(conn, last) == [("refused", "broken_chain")]
    assert gone.id not in central_events(central)
    held.release(central.dsn("chen.jie"), device, "the store was mended")
    findings = check(central.superuser_dsn)
    assert [f.message.plain() for f in findings if f.bad] == []
    assert any("never came" in f.message.plain() for f in findings)
