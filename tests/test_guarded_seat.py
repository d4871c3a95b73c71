"""A seat behind a PIN against the real centre: opening, locking, lease, loss, erasing; nothing unsent is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from local_db import attachments, outbox
from local_db import events as store_events
from local_db.engine import StoreLocked
from local_db.rekey import opens_with
from tests.central.builders import book_rows
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from tests.security.memory_keyring import MemoryKeyring
from workstation.central import admin
from workstation.central.loading import load
from workstation.domain.errors import InputError
from workstation.domain.events import Event, Note, VisitReport
from workstation.domain.visit import Photo
from workstation.entry import SignInError
from workstation.leaving import SeatGone
from workstation.security.credentials import PASSWORDS, STORE_KEYS, Credentials
from workstation.security.lease import DAY, ClockBack, Clocks, LeaseEnded
from workstation.security.pin import FLOOR, WrongPin
from workstation.security.vault import PinUsedUp, Vault
from workstation.session import Desk, begin_anew, sign_in, vault_of
from workstation.sync.link import DeviceRevoked, Unreachable, WrongPassword
from workstation.sync.server import Server

LOGIN, PIN, OTHER = "li.na", "739146", "264087"
WRONG = ("482915", "907341", "840293", "593028", "880412")


@dataclass
class Seat:
    """One person's device: its keyring, its clock, and the line to the centre."""

    central: CentralDatabase
    line: Forwarder
    ring: MemoryKeyring
    ahead: float = 0.0  # seconds this device's clock has moved beside the true time
    running: str = "boot"
    desks: list[Desk] = field(default_factory=list)

    @property
    def server(self) -> Server:
        return Server("127.0.0.1", self.line.port, self.central.name)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.ring)

    def vault(self) -> Vault:
        clocks = Clocks(wall=lambda: time.time() + self.ahead, boot=lambda: ("", 0.0))
        return vault_of(self.server, LOGIN, self.credentials, clocks=clocks, cost=FLOOR)

    def enter(self, password: str | None = None, pin: str | None = None) -> Desk:
        self.leave()
        desk = sign_in(self.server, LOGIN, password, credentials=self.credentials, pin=pin, vault=self.vault())
        self.desks.append(desk)
        return desk

    def leave(self) -> None:
        while self.desks:
            self.desks.pop().close()

    def wrong(self, times: int = 5) -> None:
        for pin in WRONG[:times]:
            with pytest.raises((WrongPin, PinUsedUp)):
                self.enter(pin=pin)
            self.ahead += 60

    def as_admin(self) -> str:
        return self.central.dsn("admin")

    def at_centre(self) -> set[str]:
        with self.central.connect() as conn:
            return {row[0] for row in conn.execute("SELECT id::text FROM case_event")}


@pytest.fixture
def seat(central: CentralDatabase, memory_keyring: MemoryKeyring) -> Iterator[Seat]:
    with central.connect() as conn:
        load(conn, book_rows(central, 5))
    made = Seat(central, Forwarder(central.server.host, central.server.port), memory_keyring)
    yield made
    made.leave()
    made.line.cut()


@pytest.fixture
def desk(seat: Seat) -> Desk:
    """Signed in, synchronised, with a PIN, and the centre's share of the key in place."""
    desk = seat.enter(PASSWORD)
    desk.sync.once()
    desk.guard.set_pin(PIN)
    return desk


def cases(desk: Desk) -> list[str]:
    with desk.seat.store.read() as conn:
        return sorted(conn.exec_driver_sql("SELECT id FROM cases").scalars())


def write(desk: Desk, text: str) -> Event:
    with desk.seat.store.write() as conn:
        return store_events.append(conn, [desk.seat.draft(cases(desk)[0], Note(text=text))], today=desk.today())[0]


def test_the_first_pin_takes_key_and_password_out_of_the_keyring(seat: Seat, desk: Desk) -> None:
    assert not [entry for entry in seat.ring.entries() if entry[0] in {STORE_KEYS, PASSWORDS}]
    assert len(cases(desk)) == 5, "the window goes on as it was"
    desk.sync.once()
    assert PASSWORD not in str(seat.ring.entries())
    with pytest.raises(SignInError) as caught:
        seat.enter()
    assert caught.value.field == "pin"
    assert len(cases(seat.enter(pin=PIN))) == 5


def test_offline_the_pin_opens_and_the_password_alone_does_not(seat: Seat, desk: Desk) -> None:
    event = write(desk, "waits")
    seat.line.cut()
    with pytest.raises(SignInError, match="Type your PIN"):
        seat.enter(PASSWORD)
    offline = seat.enter(pin=PIN)
    assert offline.sync.status().waiting == 1
    with pytest.raises(Unreachable):
        offline.sync.once()
    seat.line.mend()
    assert offline.sync.once().pushed == 1
    assert event.id in seat.at_centre()


def test_five_wrong_pins_then_only_the_centre_opens_and_nothing_unsent_is_lost(seat: Seat, desk: Desk) -> None:
    event = write(desk, "not sent yet")
    seat.wrong()
    with pytest.raises(PinUsedUp):
        seat.enter(pin=PIN)
    seat.line.cut()
    with pytest.raises(SignInError):
        seat.enter(PASSWORD)
    seat.line.mend()
    with pytest.raises(WrongPassword):
        seat.enter("not the password")
    back = seat.enter(PASSWORD)
    assert back.guard.pin_to_choose
    assert back.sync.status().waiting == 1
    back.guard.choose_pin(OTHER)
    again = seat.enter(pin=OTHER)
    assert not again.guard.pin_to_choose
    assert again.sync.once().pushed == 1
    assert event.id in seat.at_centre()
    with seat.central.connect() as conn:
        given = conn.execute("SELECT login FROM admin_event WHERE what = 'share_given'").fetchall()
    assert given == [(LOGIN,)], "the centre keeps a record of every seat opened without its PIN"


def test_without_a_new_pin_the_seat_stays_closed_to_the_former_one(seat: Seat, desk: Desk) -> None:
    seat.wrong()
    seat.enter(PASSWORD)
    with pytest.raises(PinUsedUp):
        seat.enter(pin=PIN)


def test_locked_nothing_is_read_nothing_is_held_and_the_pin_brings_all_back(seat: Seat, desk: Desk) -> None:
    event = write(desk, "before the lock")
    desk.guard.lock()
    assert desk.guard.locked
    assert not desk.guard.key_held
    assert desk.guard.password == ""
    with pytest.raises(StoreLocked):
        cases(desk)
    desk.sync.sync_now()
    assert event.id not in seat.at_centre()
    with pytest.raises(WrongPin):
        desk.guard.unlock(WRONG[0])
    assert desk.guard.locked
    desk.guard.unlock(PIN)
    assert len(cases(desk)) == 5
    assert desk.sync.once().pushed == 1


def test_a_long_job_goes_on_behind_the_lock_and_then_the_key_goes(desk: Desk) -> None:
    store = desk.seat.store
    with store.kept_open():
        desk.guard.lock()
        assert desk.guard.key_held
        assert len(cases(desk)) == 5
    assert not desk.guard.key_held
    with pytest.raises(StoreLocked):
        cases(desk)
    with pytest.raises(StoreLocked), store.kept_open():
        pass
    desk.guard.unlock(PIN)
    with store.kept_open():
        desk.guard.lock(at_once=True)  # the computer goes to sleep
        assert not desk.guard.key_held


def test_at_the_lock_screen_too_the_centre_opens_what_five_wrong_pins_closed(seat: Seat, desk: Desk) -> None:
    write(desk, "kept")
    desk.guard.lock()
    for pin in WRONG:
        seat.ahead += 60
        with pytest.raises((WrongPin, PinUsedUp)):
            desk.guard.unlock(pin)
    with pytest.raises(PinUsedUp):
        desk.guard.unlock(PIN)
    desk.guard.unlock_at_centre(PASSWORD)
    assert desk.sync.status().waiting == 1
    desk.guard.choose_pin(OTHER)
    desk.guard.lock()
    desk.guard.unlock(OTHER)


def test_after_the_lease_only_contact_opens(seat: Seat, desk: Desk) -> None:
    seat.line.cut()
    seat.ahead = 6 * DAY
    offline = seat.enter(pin=PIN)
    assert offline.guard.lease() is not None
    assert offline.guard.lease().state == "soon"
    offline.guard.tick()
    seat.ahead = 7 * DAY + 5
    with pytest.raises(LeaseEnded):
        offline.guard.tick()
    offline.guard.lock()
    with pytest.raises(LeaseEnded, match="nothing is lost"):
        offline.guard.unlock(PIN)
    assert offline.guard.locked
    with pytest.raises(LeaseEnded):
        seat.enter(pin=PIN)
    seat.line.mend()
    again = seat.enter(pin=PIN)
    assert again.guard.lease().state == "fine"
    assert len(cases(again)) == 5


def test_a_locked_seat_whose_lease_ended_opens_by_itself_with_a_connection(seat: Seat, desk: Desk) -> None:
    desk.guard.lock()
    seat.ahead = 8 * DAY
    desk.guard.unlock(PIN)
    assert desk.guard.lease().state == "fine"


def test_a_clock_set_back_opens_nothing_until_it_is_right(seat: Seat, desk: Desk) -> None:
    seat.line.cut()
    seat.ahead = 5 * DAY
    seat.enter(pin=PIN)
    for back in (0.0, -30 * DAY):
        seat.ahead = back
        with pytest.raises(ClockBack, match="Set it right"):
            seat.enter(pin=PIN)
    seat.ahead = 5 * DAY + 60
    seat.enter(pin=PIN)
    seat.line.mend()
    seat.ahead = -3 * DAY  # wrong, and in contact: the centre's time counts
    assert seat.enter(pin=PIN).guard.lease().state == "fine"


def test_the_lease_put_back_in_the_keyring_alone_wins_nothing(seat: Seat, desk: Desk) -> None:
    """Somebody who knows the PIN and writes a long lease into the keyring: the copy inside the store still counts."""
    import msgspec

    seat.line.cut()
    vault = seat.vault()
    state = vault.state
    assert state is not None
    vault.keep_lease(msgspec.structs.replace(state.lease, until=state.lease.until + 300 * DAY))
    seat.ahead = 8 * DAY
    with pytest.raises(LeaseEnded):
        seat.enter(pin=PIN)


def test_every_synchronisation_renews_the_lease_as_the_centre_says(seat: Seat, desk: Desk) -> None:
    admin.set_seat_terms(seat.as_admin(), lease_seconds=2 * DAY, idle_seconds=60)
    desk.sync.once()
    assert desk.guard.lease().left == pytest.approx(2 * DAY, abs=60)
    assert desk.guard.idle_seconds() == 60
    seat.line.cut()
    seat.ahead = 2 * DAY + 5
    with pytest.raises(LeaseEnded):
        seat.enter(pin=PIN)


def test_a_revoked_device_hands_in_and_then_its_seat_is_gone(seat: Seat, desk: Desk) -> None:
    event, path = write(desk, "before"), desk.seat.store.path
    admin.revoke_device(seat.as_admin(), desk.seat.device)
    with pytest.raises(SeatGone, match="handed in"):
        seat.enter(pin=PIN)
    assert event.id in seat.at_centre()
    assert list(path.parent.iterdir()) == []
    assert seat.ring.entries() == {}
    with seat.central.connect() as conn:
        assert conn.execute("SELECT erased_at IS NOT NULL FROM device WHERE revoked_at IS NOT NULL").fetchall() == [
            (True,)
        ]
        assert conn.execute("SELECT count(*) FROM device_share").fetchone() == (0,)


def test_a_revoked_device_whose_work_could_not_be_handed_in_stays_closed_and_keeps_it(
    seat: Seat, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = write(desk, "must not be lost")
    admin.revoke_device(seat.as_admin(), desk.seat.device)
    with monkeypatch.context() as patch:
        patch.setattr("workstation.sync.engine.push", _breaks)
        with pytest.raises(DeviceRevoked, match="1 record could not be handed in"):
            seat.enter(pin=PIN)
    seat.line.cut()
    with pytest.raises(DeviceRevoked, match="Connect to the network"):
        seat.enter(pin=PIN)
    seat.line.mend()
    with pytest.raises(SeatGone):
        seat.enter(pin=PIN)
    assert event.id in seat.at_centre()


def _breaks(*_args: object) -> None:
    from workstation.domain.message import msg
    from workstation.sync.link import ConnectionLost

    raise ConnectionLost(msg("broken"))


def test_a_lost_device_erases_itself_even_when_nothing_but_the_greeting_gets_through(
    seat: Seat, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, "cannot be handed in")
    path = desk.seat.store.path
    admin.revoke_device(seat.as_admin(), desk.seat.device, erase=True)
    with monkeypatch.context() as patch:
        patch.setattr("workstation.sync.engine.push", _breaks)
        with pytest.raises(SeatGone, match=r"reported lost.*1 record could not"):
            seat.enter(pin=PIN)
    assert list(path.parent.iterdir()) == []
    assert seat.ring.entries() == {}


def test_a_lost_device_erases_itself_when_only_the_password_is_known(seat: Seat, desk: Desk) -> None:
    path = desk.seat.store.path
    admin.revoke_device(seat.as_admin(), desk.seat.device, erase=True)
    with pytest.raises(SeatGone, match="reported lost"):
        seat.enter(PASSWORD)
    assert list(path.parent.iterdir()) == []


def test_a_lost_device_at_work_is_told_by_its_next_synchronisation(seat: Seat, desk: Desk) -> None:
    event = write(desk, "handed in on the way")
    told: list[DeviceRevoked] = []
    desk.guard.revoked = told.append
    admin.revoke_device(seat.as_admin(), desk.seat.device, erase=True)
    desk.sync.sync_now()
    until = time.monotonic() + 30
    while not told and time.monotonic() < until:
        time.sleep(0.05)
    assert len(told) == 1
    gone = desk.guard.leave(told[0])
    assert isinstance(gone, SeatGone)
    assert event.id in seat.at_centre()
    assert list(desk.seat.store.path.parent.iterdir()) == []
    with pytest.raises(StoreLocked):
        cases(desk)


def test_signing_out_takes_the_password_and_leaves_a_closed_store(seat: Seat, desk: Desk) -> None:
    write(desk, "kept")
    assert "closed" in desk.guard.sign_out(remove=False).plain()
    with pytest.raises(SignInError, match="You signed out"):
        seat.enter(pin=PIN)
    back = seat.enter(PASSWORD, pin=PIN)
    assert back.sync.status().waiting == 1
    assert not back.guard.pin_to_choose


def test_signing_out_for_good_refuses_while_something_waits(seat: Seat, desk: Desk) -> None:
    write(desk, "waits")
    with pytest.raises(InputError, match="1 record has not reached"):
        desk.guard.sign_out(remove=True)
    assert len(cases(desk)) == 5
    desk.sync.once()
    path = desk.seat.store.path
    desk.guard.sign_out(remove=True)
    assert list(path.parent.iterdir()) == []
    assert seat.ring.entries() == {}
    fresh = seat.enter(PASSWORD)
    fresh.sync.once()
    assert len(cases(fresh)) == 5


def test_a_photo_that_waits_holds_the_seat_as_a_record_does(seat: Seat, desk: Desk) -> None:
    case_id, content = cases(desk)[0], b"at the door" * 9_000
    now = desk.now()
    with desk.seat.store.write() as conn:
        kept = attachments.add(conn, case_id, content, kind="photo", media="image/jpeg", at=now)
        shot = Photo(sha256=kept.sha256, size=kept.size, media="image/jpeg", width=1, height=1)
        told = desk.seat.draft(case_id, VisitReport(arrived_at=now, left_at=now, photos=(shot,)))
        store_events.append(conn, [told], today=desk.today())
        attachments.keep(conn, case_id, [kept.sha256], told.id)
        outbox.confirmed(conn, [told.id])  # all but the photo has gone
    assert desk.guard.waiting() == 1
    with pytest.raises(InputError, match="1 record has not reached"):
        desk.guard.sign_out(remove=True)
    for file in desk.seat.store.path.parent.iterdir():
        assert b"at the door" not in file.read_bytes(), "encrypted like all the rest"
    desk.guard.lock()
    with pytest.raises(StoreLocked):
        desk.attachments.content(case_id, kept.sha256)


def test_another_password_counts_here_when_the_centre_has_taken_it(seat: Seat, desk: Desk) -> None:
    try:
        with pytest.raises(InputError, match="not your present password"):
            desk.guard.change_password("something else", "Fluss-Ufer 19 Kiesel")
        with pytest.raises(InputError):
            desk.guard.change_password(PASSWORD, "kurz")
        assert seat.vault().password(seat.vault().unlock(PIN)) == (PASSWORD,)
        desk.guard.change_password(PASSWORD, "Fluss-Ufer 19 Kiesel")
        desk.sync.once()
        assert seat.enter(pin=PIN).guard.password == "Fluss-Ufer 19 Kiesel"
    finally:
        _former_password(seat)


@pytest.mark.parametrize("done", [True, False], ids=["the centre took it", "the centre never heard of it"])
def test_a_change_of_the_password_that_breaks_off_leaves_the_one_that_counts(
    seat: Seat, desk: Desk, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    from workstation.sync import password as at_centre

    whole, new = at_centre.change_password, "Fluss-Ufer 19 Kiesel"

    def breaks(server: Server, login: str, old: str, wanted: str) -> None:
        if done:
            whole(server, login, old, wanted)
        _breaks()

    try:
        with monkeypatch.context() as patch:
            patch.setattr(at_centre, "change_password", breaks)
            with pytest.raises(Unreachable):
                desk.guard.change_password(PASSWORD, new)
        again = seat.enter(pin=PIN)
        assert again.guard.password == (new if done else PASSWORD)
        assert again.seat.store.path.exists()
        vault = seat.vault()
        assert vault.password(vault.unlock(PIN)) == (new if done else PASSWORD,)
    finally:
        _former_password(seat)


def _former_password(seat: Seat) -> None:
    """Logins are shared by all databases of this server, so it is set back."""
    with seat.central.connect() as conn:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(LOGIN), sql.Literal(PASSWORD))
        conn.execute(statement)


def test_rotating_the_key_at_the_desk_keeps_everything(seat: Seat, desk: Desk) -> None:
    event = write(desk, "before")
    vault = seat.vault()
    old = vault.store_key(vault.unlock(PIN))
    desk.guard.rotate_key()
    assert not opens_with(desk.seat.store.path, old)
    assert desk.sync.once().pushed == 1
    assert event.id in seat.at_centre()
    assert len(cases(seat.enter(pin=PIN))) == 5


def test_beginning_anew_loses_only_what_was_not_sent(seat: Seat, desk: Desk) -> None:
    sent = write(desk, "sent")
    desk.sync.once()
    write(desk, "not sent")
    seat.leave()
    begin_anew(seat.server, LOGIN, seat.credentials)
    fresh = seat.enter(PASSWORD)
    fresh.sync.once()
    with fresh.seat.store.read() as conn:
        kept = {one.id for case in cases(fresh) for one in store_events.of_case(conn, case)}
    assert kept == {sent.id}


def test_a_seat_copied_to_another_machine_opens_nowhere(seat: Seat, desk: Desk, tmp_path: Path) -> None:
    seat.leave()
    seat.line.cut()
    elsewhere = MemoryKeyring()
    other = Seat(seat.central, seat.line, elsewhere)
    with pytest.raises(Exception, match=r"password|no key"):
        other.enter(PASSWORD, pin=PIN)
    assert elsewhere.entries() == {}


def test_another_person_gets_no_share_of_this_device(seat: Seat, desk: Desk) -> None:
    with seat.central.connect("wang.wei") as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute("SELECT app.device_share(%s)", [desk.seat.device])
    assert refused.value.sqlstate == "WS002"
    admin.revoke_device(seat.as_admin(), desk.seat.device)
    with seat.central.connect(LOGIN) as conn, pytest.raises(psycopg.Error) as refused:
        conn.execute("SELECT app.device_share(%s)", [desk.seat.device])
    assert refused.value.sqlstate == "WS001"


def test_the_command_asks_for_the_pin_and_doctor_says_what_is_closed(
    seat: Seat, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from click.testing import CliRunner

    from workstation import settings
    from workstation.cli.seat import leaving_command, sync_command
    from workstation.desk.doctor import examine

    event = write(desk, "sent by the command")
    seat.leave()
    keyring.set_keyring(seat.ring)
    address = settings.ServerAddress(host="127.0.0.1", port=seat.line.port, database=seat.central.name)
    settings.save(settings.Settings(language="en", server=address, last_login=LOGIN))
    wrong = CliRunner().invoke(sync_command, ["--once", "--pin-stdin"], input="482915\n")
    assert wrong.exit_code == 2
    assert event.id not in seat.at_centre()
    done = CliRunner().invoke(sync_command, ["--once", "--pin-stdin"], input=f"{PIN}\n")
    assert done.exit_code == 0, done.output
    assert event.id in seat.at_centre()
    away = CliRunner().invoke(leaving_command, ["--days", "3", "--pin-stdin", "--json"], input=f"{PIN}\n")
    told = json.loads(away.stdout)
    assert {row["about"]: row["state"] for row in told["checks"] if row["about"] in {"pin", "sync", "lease"}} == {
        "pin": "ok", "sync": "ok", "lease": "ok"
    }  # fmt: skip
    assert (away.exit_code == 0) == told["ready"]
    lines = CliRunner().invoke(leaving_command, ["--days", "14", "--pin-stdin"], input=f"{PIN}\n")
    assert (lines.exit_code, "✗ lease: " in lines.output) == (2, True)
    found = {finding.name.split()[0]: finding for finding in examine(open_keyring=lambda: seat.credentials)}
    assert found["lease"].state == "ok"
    assert "6 days" in found["lease"].message.plain()
    assert (found["store"].state, found["sign-in"].state) == ("ok", "ok")
    assert "PIN" in found["store"].message.plain()
    assert "behind the PIN" in found["sign-in"].message.plain()
