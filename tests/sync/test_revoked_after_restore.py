"""A device revoked before or after the backup: what it had confirmed and a restored centre forgot comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest

from local_db import outbox
from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from tests.sync.test_restored_centre import at_centre
from workstation.central.restore import mark_restored
from workstation.sync.link import DeviceRevoked


def revoke(central: CentralDatabase, desk: Desk) -> None:
    with central.connect("admin") as conn:
        conn.execute("SELECT app.revoke_device(%s)", [desk.device])


def forget(central: CentralDatabase, taken_at: datetime, *events: str) -> None:
    """The centre as a restore to `taken_at` leaves it: the events written since are gone."""
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        gone = conn.execute("DELETE FROM case_event WHERE id = ANY(%s::uuid[])", [list(events)])
        assert gone.rowcount == len(events)
    mark_restored(central.superuser_dsn, taken_at)
    assert not set(events) & at_centre(central).keys()


def told(desk: Desk, says: str) -> None:
    with pytest.raises(DeviceRevoked, match=says):
        desk.sync()


When = Literal["known to the backup", "after the restore"]


@pytest.mark.parametrize("when", ["known to the backup", "after the restore"])
@pytest.mark.parametrize("other_device_first", [True, False])
def test_what_it_had_confirmed_comes_back_from_it_alone(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, when: When, other_device_first: bool
) -> None:
    old, new = seat_of("li.na"), seat_of("li.na")
    for desk in (old, new):
        desk.sync()
    taken_at = datetime.now(UTC)
    confirmed = [old.write(book[0], "one").id, old.write(book[0], "two, in its chain").id]
    old.sync()
    if when == "known to the backup":
        revoke(central, old)
    forget(central, taken_at, *confirmed)
    if when == "after the restore":
        revoke(central, old)
    if other_device_first:
        new.sync()  # it never heard of them, so it cannot bring them
        assert not set(confirmed) & at_centre(central).keys()
    told(old, "was handed in")
    assert set(confirmed) <= at_centre(central).keys()
    with old.store.read() as conn:
        assert (outbox.waiting(conn), outbox.refusals(conn)) == (0, [])
    new.sync()
    assert set(confirmed) <= new.events()


def test_only_what_it_wrote_after_its_revocation_stays_refused(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    taken_at = datetime.now(UTC)
    before = desk.write(book[0], "confirmed").id
    desk.sync()
    waiting = desk.write(book[1], "not handed in yet").id
    revoke(central, desk)
    late = desk.write(book[2], "after the revocation").id
    forget(central, taken_at, before)
    told(desk, "revoked")
    assert {before, waiting} <= at_centre(central).keys()
    assert late not in at_centre(central)
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 0
        assert [(event.id, reason) for event, reason in outbox.refusals(conn)] == [(late, "device_revoked")]
        assert late in desk.events()  # kept where it was written


def test_it_hands_in_after_every_restore_again(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    desk.sync()
    taken_at = datetime.now(UTC)
    event = desk.write(book[0], "forgotten twice").id
    desk.sync()
    revoke(central, desk)
    for _ in range(2):
        forget(central, taken_at, event)
        told(desk, "was handed in")
        assert event in at_centre(central)


def test_it_brings_what_others_wrote_too(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> None:
    """The author's device is lost; the revoked one of the lead is the only other that had it."""
    author, lead = seat_of("li.na"), seat_of("chen.jie")
    author.sync()
    taken_at = datetime.now(UTC)
    event = author.write(book[0], "only the lead has it now").id
    author.sync()
    lead.sync()
    assert event in lead.events()
    revoke(central, lead)
    forget(central, taken_at, event)
    told(lead, "was handed in")
    assert event in at_centre(central)
