"""Signing in, with the centre and without: what is kept, what is refused, and nothing lost whatever goes wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from local_db import events as store_events
from local_db import replica
from local_db.engine import StoreDamaged, StoreKeyLost, StoreWrongKey
from tests.central.builders import book_rows
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from tests.security.memory_keyring import MemoryKeyring
from workstation.central.loading import load
from workstation.domain.events import Event, Note
from workstation.entry import SignInError
from workstation.security.credentials import STORE_KEYS, Credentials, KeyringFailed, KeyringLocked
from workstation.session import Desk, sign_in, store_path
from workstation.sync.link import DeviceRevoked, Unreachable, WrongPassword
from workstation.sync.server import Server

LOGIN = "li.na"


@pytest.fixture
def line(central: CentralDatabase) -> Iterator[Forwarder]:
    made = Forwarder(central.server.host, central.server.port)
    yield made
    made.cut()


@pytest.fixture
def server(central: CentralDatabase, line: Forwarder) -> Server:
    return Server("127.0.0.1", line.port, central.name)


SignIn = Callable[[str | None], Desk]


@pytest.fixture
def enter(server: Server, memory_keyring: MemoryKeyring) -> Iterator[SignIn]:
    """Signs in; every desk is closed at the end, and the one before when the next opens."""
    desks: list[Desk] = []

    def made(password: str | None) -> Desk:
        if desks:
            desks.pop().close()
        desk = sign_in(server, LOGIN, password, credentials=Credentials(memory_keyring))
        desks.append(desk)
        return desk

    yield made
    for desk in desks:
        desk.close()


@pytest.fixture
def cases(central: CentralDatabase) -> set[str]:
    """Ten cases of li.na at the centre; their ids."""
    rows = book_rows(central, 10)
    with central.connect() as conn:
        load(conn, rows)
    return {row[0] for row in rows["cases"]}


def at_seat(desk: Desk) -> set[str]:
    with desk.seat.store.read() as conn:
        return set(conn.exec_driver_sql("SELECT id FROM cases").scalars())


def write(desk: Desk, case: str, text: str) -> Event:
    with desk.seat.store.write() as conn:
        return store_events.append(conn, [desk.seat.draft(case, Note(text=text))], today=desk.today())[0]


def at_centre(central: CentralDatabase) -> set[str]:
    with central.connect() as conn:
        return {row[0] for row in conn.execute("SELECT id::text FROM case_event")}


def files(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*"))}


def test_after_the_first_sign_in_the_password_may_be_left_out(
    central: CentralDatabase, enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    with pytest.raises(SignInError, match="Type your password"):
        enter(None)
    assert not store_path(server, LOGIN).parent.exists()
    assert memory_keyring.entries() == {}
    first = enter(PASSWORD)
    assert (first.person_name, first.role, first.team_name) == ("李娜", "collector", "north")
    device = first.seat.device
    assert Credentials(memory_keyring).password(server.id, LOGIN) == PASSWORD
    again = enter(None)
    assert again.seat.person.id == central.people[LOGIN]
    assert again.seat.device == device


def test_a_wrong_password_changes_nothing(enter: SignIn, server: Server, memory_keyring: MemoryKeyring) -> None:
    with pytest.raises(WrongPassword) as caught:
        enter("wrong")
    assert caught.value.field == "password"
    assert memory_keyring.entries() == {}
    assert not store_path(server, LOGIN).exists()
    enter(PASSWORD).close()
    kept, on_disk = memory_keyring.entries(), files(store_path(server, LOGIN))
    with pytest.raises(WrongPassword):
        enter("密码 wrong")
    assert memory_keyring.entries() == kept
    assert files(store_path(server, LOGIN)) == on_disk
    assert enter(None).person_name == "李娜"


def test_the_first_sign_in_needs_the_centre(line: Forwarder, enter: SignIn, memory_keyring: MemoryKeyring) -> None:
    line.cut()
    with pytest.raises(Unreachable, match="cannot be reached"):
        enter(PASSWORD)
    assert memory_keyring.entries() == {}
    line.mend()
    assert enter(PASSWORD).person_name == "李娜"


@pytest.mark.parametrize("typed", [None, PASSWORD])
def test_without_the_centre_the_desk_opens_with_every_case_and_records(
    central: CentralDatabase, cases: set[str], line: Forwarder, enter: SignIn, typed: str | None
) -> None:
    online = enter(PASSWORD)
    online.sync.once()
    line.cut()
    desk = enter(typed)
    assert at_seat(desk) == cases
    assert desk.person_name == "李娜"
    assert desk.sync.status().state == "offline"
    event = write(desk, min(cases), "written offline")
    assert desk.sync.status().waiting == 1
    with pytest.raises(Unreachable):
        desk.sync.once()
    desk = enter(typed)  # the program was closed and opened again, still offline
    assert desk.sync.status().waiting == 1
    assert at_centre(central) == set()
    line.mend()
    assert desk.sync.once().pushed == 1
    assert at_centre(central) == {event.id}
    assert desk.sync.status().waiting == 0


@pytest.mark.parametrize("typed", ["wrong", "密码", PASSWORD + " ", PASSWORD.upper()])
def test_without_the_centre_another_password_is_refused(
    line: Forwarder, enter: SignIn, memory_keyring: MemoryKeyring, typed: str
) -> None:
    enter(PASSWORD)
    kept = memory_keyring.entries()
    line.cut()
    with pytest.raises(SignInError, match="not the password of the last sign-in") as caught:
        enter(typed)
    assert caught.value.field == "password"
    assert memory_keyring.entries() == kept


def test_a_password_changed_at_the_centre_replaces_the_kept_one(
    central: CentralDatabase, enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    desk = enter(PASSWORD)
    device = desk.seat.device
    with central.connect() as conn:  # logins are shared by all databases of this server, so it is set back
        conn.execute(sql.SQL("ALTER ROLE {} PASSWORD 'neu-新'").format(sql.Identifier(LOGIN)))
    try:
        with pytest.raises(WrongPassword):
            enter(None)
        assert Credentials(memory_keyring).password(server.id, LOGIN) == PASSWORD
        assert enter("neu-新").seat.device == device
        assert Credentials(memory_keyring).password(server.id, LOGIN) == "neu-新"
    finally:
        with central.connect() as conn:
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(LOGIN), sql.Literal(PASSWORD))
            conn.execute(statement)


def test_a_locked_keyring_is_said_and_nothing_is_lost(
    cases: set[str], line: Forwarder, enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    desk = enter(PASSWORD)
    desk.sync.once()
    write(desk, min(cases), "waits")
    desk.close()
    kept, on_disk = memory_keyring.entries(), files(store_path(server, LOGIN))
    memory_keyring.locked = True
    for typed in (PASSWORD, None):
        with pytest.raises(KeyringLocked, match="Unlock it"):
            enter(typed)
    memory_keyring.locked = False
    assert memory_keyring.entries() == kept
    assert files(store_path(server, LOGIN)) == on_disk
    again = enter(None)
    assert at_seat(again) == cases
    assert again.sync.status().waiting == 1


def test_a_keyring_that_keeps_nothing_is_noticed_at_the_first_sign_in(
    enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.forgetful = True
    with pytest.raises(KeyringFailed):
        enter(PASSWORD)
    assert not store_path(server, LOGIN).exists(), "no store is made with a key that nobody keeps"
    memory_keyring.forgetful = False
    assert enter(PASSWORD).person_name == "李娜"


@pytest.mark.parametrize("offline", [False, True])
def test_after_damage_everything_confirmed_comes_back(
    central: CentralDatabase, cases: set[str], line: Forwarder, enter: SignIn, server: Server, offline: bool
) -> None:
    desk = enter(PASSWORD)
    desk.sync.once()
    event = write(desk, min(cases), "confirmed")
    desk.sync.once()
    old_device = desk.seat.device
    desk.close()
    path = store_path(server, LOGIN)
    damaged = os.urandom(path.stat().st_size)
    path.write_bytes(damaged)
    if offline:
        line.cut()
    with pytest.raises(StoreDamaged, match="comes back") as caught:
        enter(None)
    assert caught.value.kept is not None
    assert caught.value.kept.read_bytes() == damaged
    path.rename(path.with_name("moved-away"))
    if offline:
        with pytest.raises(Unreachable):
            enter(None)
        assert not path.exists()
        line.mend()
    desk = enter(None)
    assert desk.seat.device != old_device, "a new chain needs a new device"
    desk.sync.once()
    assert at_seat(desk) == cases
    with desk.seat.store.read() as conn:
        assert [one.id for one in store_events.of_case(conn, min(cases))] == [event.id]
    added = write(desk, min(cases), "and work goes on")
    assert desk.sync.once().pushed == 1
    assert at_centre(central) == {event.id, added.id}


@pytest.mark.parametrize("offline", [False, True])
def test_a_lost_key_makes_no_new_one_and_overwrites_nothing(
    cases: set[str],
    line: Forwarder,
    enter: SignIn,
    server: Server,
    memory_keyring: MemoryKeyring,
    offline: bool,
) -> None:
    desk = enter(PASSWORD)
    desk.sync.once()
    write(desk, min(cases), "waits")
    desk.close()
    path, credentials = store_path(server, LOGIN), Credentials(memory_keyring)
    name = f"{path.parent.name}/{LOGIN}"
    kept = memory_keyring.entries()[(STORE_KEYS, name)]
    credentials.forget_store_key(name)
    before = files(path)
    if offline:
        line.cut()
    for _ in range(2):
        with pytest.raises(StoreKeyLost, match="no key") as caught:
            enter(PASSWORD)
        assert isinstance(caught.value, StoreWrongKey)
        assert caught.value.code == "store_wrong_key"
    assert credentials.kept_store_key(name) is None
    assert files(path) == before
    memory_keyring.set_password(STORE_KEYS, name, kept)  # the keyring is restored
    again = enter(None)
    assert at_seat(again) == cases
    assert again.sync.status().waiting == 1


def test_a_key_of_another_store_opens_nothing_and_changes_nothing(
    enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    enter(PASSWORD).close()
    path, credentials = store_path(server, LOGIN), Credentials(memory_keyring)
    before = files(path)
    name = f"{path.parent.name}/{LOGIN}"
    credentials.forget_store_key(name)
    credentials.store_key(name)
    entries = memory_keyring.entries()
    with pytest.raises(StoreWrongKey, match="nothing was changed"):
        enter(None)
    assert files(path) == before
    assert memory_keyring.entries() == entries


def test_a_revoked_device_is_told_and_its_store_is_closed(
    central: CentralDatabase, enter: SignIn, server: Server
) -> None:
    desk = enter(PASSWORD)
    with central.connect() as conn:
        conn.execute("UPDATE device SET revoked_at = now() WHERE id = %s", [desk.seat.device])
    with pytest.raises(DeviceRevoked):
        enter(None)
    # The last connection to a store folds its log in and removes it: none is left open.
    assert not store_path(server, LOGIN).with_name(f"{LOGIN}.store-wal").exists()


def test_two_people_on_one_machine_have_stores_and_keys_of_their_own(
    central: CentralDatabase, cases: set[str], enter: SignIn, server: Server, memory_keyring: MemoryKeyring
) -> None:
    first = enter(PASSWORD)
    first.sync.once()
    other = sign_in(server, "wang.wei", PASSWORD, credentials=Credentials(memory_keyring))
    try:
        other.sync.once()
        assert at_seat(other) == set()
        assert at_seat(first) == cases
        assert other.seat.device != first.seat.device
        keys = [value for (service, _), value in memory_keyring.entries().items() if service == STORE_KEYS]
        assert len(set(keys)) == 2
    finally:
        other.close()


def test_the_line_breaking_during_the_greeting_opens_the_offline_desk(
    cases: set[str], line: Forwarder, enter: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(PASSWORD).sync.once()
    whole = psycopg.connect

    def connects_and_breaks(*args: object, **options: object) -> object:
        conn = whole(*args, **options)  # type: ignore[arg-type]  # passed on as given
        line.cut()
        return conn

    monkeypatch.setattr(psycopg, "connect", connects_and_breaks)
    desk = enter(None)
    assert desk.sync.status().state == "offline"
    assert at_seat(desk) == cases
    with desk.seat.store.read() as conn:
        assert replica.get_state(conn, "person") is not None


def test_a_synchronisation_that_breaks_off_says_so_and_is_tried_again(cases: set[str], enter: SignIn) -> None:
    desk = enter(PASSWORD)
    failed, synced = threading.Event(), threading.Event()

    def look(_changes: object) -> None:
        state = desk.sync.status().state
        if state == "failed":
            failed.set()
        elif state == "synced" and failed.is_set():
            synced.set()

    desk.subscribe(look)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("ALTER TABLE case_search RENAME TO case_search_away")
    desk.sync.sync_now()
    assert failed.wait(30)
    message = desk.sync.status().problem
    assert message is not None
    assert "broke off" in message.plain()
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("ALTER TABLE case_search_away RENAME TO case_search")
    desk.sync.sync_now()
    assert synced.wait(30)
    assert at_seat(desk) == cases


def test_a_revoked_device_hands_in_what_it_had_recorded_when_it_signs_in_again(
    enter: SignIn, central: CentralDatabase, cases: set[str]
) -> None:
    desk = enter(PASSWORD)
    desk.sync.once()
    with desk.seat.store.write() as conn:
        draft = desk.seat.draft(min(cases), Note(text="written before the device was revoked"))
        written = store_events.append(conn, [draft], today=desk.today())[0]
    desk.close()
    with central.connect() as conn:
        conn.execute("UPDATE device SET revoked_at = now() WHERE id = %s", [desk.seat.device])
    with pytest.raises(DeviceRevoked, match="was handed in"):
        enter(None)
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event WHERE id = %s", [written.id]).fetchone() == (1,)


def test_a_refused_record_is_said_in_the_status(enter: SignIn, central: CentralDatabase, cases: set[str]) -> None:
    desk = enter(PASSWORD)
    desk.sync.once()
    with desk.seat.store.write() as conn:
        draft = desk.seat.draft(min(cases), Note(text="will be tampered with"))
        written = store_events.append(conn, [draft], today=desk.today())[0]
        conn.exec_driver_sql("UPDATE case_event SET amount = 1 WHERE id = ?", (written.id,))
    said = threading.Event()
    desk.subscribe(lambda _changes: said.set() if desk.sync.status().state == "failed" else None)
    desk.sync.sync_now()
    assert said.wait(30)
    problem = desk.sync.status().problem
    assert problem is not None
    assert "somebody changed the file" in problem.plain(), "graver than that it was refused"
