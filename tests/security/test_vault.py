"""The vault against a thief: five tries whatever is put back, and neither the keyring nor the PIN alone opens."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from local_db import replica
from local_db.engine import StoreLocked, open_store
from local_db.rekey import opens_with
from tests.security.memory_keyring import MemoryKeyring
from workstation.security.credentials import STORE_KEYS, VAULTS, Credentials
from workstation.security.erase import belonging, erase
from workstation.security.lease import Clocks
from workstation.security.pin import FLOOR, STANDARD, Cost, WeakPin, WrongPin
from workstation.security.vault import NoWayBack, Opened, PinUsedUp, PinWait, Vault
from workstation.security.vault_state import TRIES, VaultState

NAME, PIN, LOGIN = "centre/li.na", "739146", "li.na"
WRONG = ("482915", "907341", "264087", "593028", "880412")


class Seat:
    """A store with something in it, and the vault over it."""

    def __init__(self, folder: Path, ring: MemoryKeyring) -> None:
        self.path, self.ring, self.now = folder / "li.na.store", ring, 1_796_000_000.0
        self.credentials = Credentials(ring)
        store = open_store(self.path, self.credentials.store_key(NAME))
        with store.write() as conn:
            replica.set_state(conn, "kept", "something")
        store.close()

    def vault(self, cost: Cost = FLOOR) -> Vault:
        """As after another start of the program."""
        return Vault(self.credentials, NAME, self.path, clocks=Clocks(lambda: self.now, lambda: ("", 0.0)), cost=cost)

    def wrong(self, pin: str = WRONG[0]) -> None:
        """One wrong PIN, after whatever pause is asked for."""
        self.now += 60
        with pytest.raises((WrongPin, PinUsedUp)):
            self.vault().unlock(pin)

    def holds(self, key: bytes) -> bool:
        store = open_store(self.path, key)
        try:
            with store.read() as conn:
                return replica.get_state(conn, "kept") == "something"
        finally:
            store.close()


@pytest.fixture
def seat(tmp_path: Path, memory_keyring: MemoryKeyring) -> Seat:
    return Seat(tmp_path / "seats", memory_keyring)


@pytest.fixture
def guarded(seat: Seat) -> Seat:
    seat.vault().set_pin(PIN, LOGIN, password="correct horse battery")
    return seat


def test_setting_a_pin_changes_the_key_and_takes_it_out_of_the_keyring(seat: Seat) -> None:
    before = seat.credentials.kept_store_key(NAME)
    assert before is not None
    opened = seat.vault().set_pin(PIN, LOGIN, password="secret 密码")
    assert seat.credentials.kept_store_key(NAME) is None
    assert not opens_with(seat.path, before), "a copy of the keyring made earlier opens nothing any more"
    assert seat.holds(seat.vault().store_key(opened))
    again = seat.vault().unlock(PIN)
    assert seat.holds(seat.vault().store_key(again))
    assert seat.vault().password(again) == ("secret 密码",)
    said = "".join(f"{service}{entry}{text}" for (service, entry), text in seat.ring.entries().items())
    assert PIN not in said
    assert "secret" not in said.replace('"secret":', "")


def test_a_weak_pin_changes_nothing(seat: Seat) -> None:
    before = seat.ring.entries()
    with pytest.raises(WeakPin):
        seat.vault().set_pin("123456", LOGIN, password=None)
    assert seat.ring.entries() == before


def test_the_keyring_without_the_pin_and_the_pin_without_the_keyring_open_nothing(guarded: Seat) -> None:
    state = guarded.vault().state
    assert state is not None
    secrets_in_the_keyring = [value for value in msgspec.structs.astuple(state) if isinstance(value, bytes) and value]
    for value in secrets_in_the_keyring:  # none of them, as it lies there, is the key
        for start in range(max(1, len(value) - 31)):
            candidate = value[start : start + 32]
            assert len(candidate) < 32 or not opens_with(guarded.path, candidate)
    # Store and files copied to another machine, with the PIN known: its keyring has no entry.
    elsewhere = Vault(Credentials(MemoryKeyring()), NAME, guarded.path, cost=FLOOR)
    assert not elsewhere.has_pin
    with pytest.raises(ValueError, match="no PIN"):
        elsewhere.unlock(PIN)
    # The entry with another secret in it: the right PIN is a wrong one.
    forged = msgspec.structs.replace(state, secret=bytes(32))
    guarded.credentials.keep_vault(NAME, msgspec.json.encode(forged).decode())
    with pytest.raises(PinUsedUp):
        guarded.vault().unlock(PIN)


def test_five_wrong_pins_lock_across_restarts_with_growing_pauses(guarded: Seat) -> None:
    waits = []
    for number, pin in enumerate(WRONG, 1):
        waits.append(guarded.vault().status().wait)
        guarded.now += waits[-1]
        with pytest.raises(WrongPin if number < TRIES else PinUsedUp):
            guarded.vault().unlock(pin)
    assert waits == sorted(waits)
    assert waits[:2] == [0, 0]
    assert waits[-1] >= 30
    guarded.now += 10**7
    with pytest.raises(PinUsedUp, match="Sign in at the centre"):
        guarded.vault().unlock(PIN)
    assert guarded.vault().status().used_up


def test_between_tries_one_waits_and_a_clock_set_back_shortens_nothing(guarded: Seat) -> None:
    for pin in WRONG[:3]:
        guarded.wrong(pin)
    with pytest.raises(PinWait) as caught:
        guarded.vault().unlock(PIN)
    assert caught.value.seconds == 10
    guarded.now -= 3600
    with pytest.raises(PinWait) as caught:
        guarded.vault().unlock(PIN)
    assert caught.value.seconds == 10
    assert guarded.vault().status().tries_left == 2, "a PIN that was not looked at costs no try"
    guarded.now += 3600 + 10
    guarded.vault().unlock(PIN)
    assert guarded.vault().status().tries_left == TRIES


def files(seat: Seat) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in seat.path.parent.iterdir()}


def put_back(seat: Seat, kept: dict[str, bytes]) -> None:
    for name, data in kept.items():
        (seat.path.parent / name).write_bytes(data)


def keep_entry(seat: Seat) -> str:
    return seat.ring.entries()[VAULTS, NAME]


Undo = Callable[[Seat, str, dict[str, bytes]], None]


def _entry_back(seat: Seat, entry: str, _files: dict[str, bytes]) -> None:
    seat.ring.set_password(VAULTS, NAME, entry)


def _files_back(seat: Seat, _entry: str, kept: dict[str, bytes]) -> None:
    put_back(seat, kept)


def _file_gone(seat: Seat, _entry: str, _files: dict[str, bytes]) -> None:
    seat.path.with_name("li.na.store.tries").unlink()


def _entry_back_and_file_gone(seat: Seat, entry: str, kept: dict[str, bytes]) -> None:
    _entry_back(seat, entry, kept)
    _file_gone(seat, entry, kept)


def _file_forged(seat: Seat, entry: str, kept: dict[str, bytes]) -> None:
    _entry_back(seat, entry, kept)
    seat.path.with_name("li.na.store.tries").write_text(
        '{"generation":999,"tries":0,"failed_at":0.0,"signature":"' + "0" * 64 + '"}'
    )


@pytest.mark.parametrize("undo", [_entry_back, _files_back, _file_gone, _entry_back_and_file_gone, _file_forged])
def test_putting_something_back_between_the_tries_brings_no_sixth(guarded: Seat, undo: Undo) -> None:
    """The keyring's entry, the files beside the store, or the counting file: each put back or deleted after a try."""
    entry, kept = keep_entry(guarded), files(guarded)
    made = 0
    for pin in (*WRONG, *WRONG):
        guarded.now += 60
        try:
            guarded.vault().unlock(pin)
        except WrongPin:
            made += 1
        except PinUsedUp:
            break
        undo(guarded, entry, kept)
    assert made <= TRIES - 1
    guarded.now += 3600
    with pytest.raises(PinUsedUp):
        guarded.vault().unlock(PIN)


def test_a_program_killed_while_it_checks_has_used_the_try(guarded: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_args: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workstation.security.vault.derived", killed)
        for _ in range(TRIES):
            guarded.now += 60
            with pytest.raises(KeyboardInterrupt):
                guarded.vault().unlock(PIN)
    guarded.now += 60
    with pytest.raises(PinUsedUp):
        guarded.vault().unlock(PIN)


class Centre:
    """What the centre keeps of a seat: its share."""

    def __init__(self) -> None:
        self.share: bytes | None = None

    def keep(self, share: bytes) -> None:
        self.share = share


def test_with_the_centres_share_a_forgotten_pin_loses_nothing(guarded: Seat) -> None:
    centre = Centre()
    assert guarded.vault().share_wanted()
    guarded.vault().keep_share(guarded.vault().unlock(PIN), centre.keep)
    assert not guarded.vault().share_wanted()
    for pin in WRONG:
        guarded.wrong(pin)
    state = guarded.vault().state
    assert state is not None
    assert (state.by_pin, state.salt) == (b"", b""), "used up: the PIN opens nothing any more, not even with the disk"
    opened = guarded.vault().open_by_share(centre.share)
    assert guarded.holds(guarded.vault().store_key(opened))
    with pytest.raises(PinUsedUp):
        guarded.vault().unlock(PIN)
    guarded.vault().change_pin(opened, "264087", LOGIN)
    assert guarded.holds(guarded.vault().store_key(guarded.vault().unlock("264087")))
    guarded.now += 60
    with pytest.raises(WrongPin):
        guarded.vault().unlock(PIN)


def test_the_centres_share_without_the_keyring_opens_nothing(guarded: Seat) -> None:
    centre = Centre()
    guarded.vault().keep_share(guarded.vault().unlock(PIN), centre.keep)
    state = guarded.vault().state
    assert state is not None
    guarded.credentials.keep_vault(NAME, msgspec.json.encode(msgspec.structs.replace(state, secret=bytes(32))).decode())
    with pytest.raises(NoWayBack):
        guarded.vault().open_by_share(centre.share)


def test_without_a_share_a_sign_in_gives_five_more_tries_and_says_what_may_be_lost(guarded: Seat) -> None:
    for pin in WRONG:
        guarded.wrong(pin)
    with pytest.raises(NoWayBack, match="had not sent is lost"):
        guarded.vault().open_by_share(None)
    assert guarded.holds(guarded.vault().store_key(guarded.vault().unlock(PIN)))


def test_a_share_that_never_reached_the_centre_changes_nothing(guarded: Seat) -> None:
    opened, before = guarded.vault().unlock(PIN), keep_entry(guarded)

    def broken(_share: bytes) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        guarded.vault().keep_share(opened, broken)
    assert keep_entry(guarded) == before
    assert guarded.vault().share_wanted()


def test_another_pin_takes_the_place_of_the_former(guarded: Seat) -> None:
    guarded.vault().change_pin(guarded.vault().unlock(PIN), "264087", LOGIN)
    guarded.wrong(PIN)
    assert guarded.holds(guarded.vault().store_key(guarded.vault().unlock("264087")))


def test_a_dearer_guess_is_asked_for_from_the_next_unlocking_on(guarded: Seat) -> None:
    dearer = Cost(FLOOR.memory_kib + 1024, FLOOR.passes, 1)
    guarded.vault(dearer).unlock(PIN)
    state = guarded.vault().state
    assert state is not None
    assert state.cost == dearer
    guarded.vault().unlock(PIN)
    assert guarded.vault().state.cost == dearer, "never cheaper again"


def test_rotating_the_key_leaves_the_old_one_worth_nothing(guarded: Seat) -> None:
    opened = guarded.vault().unlock(PIN)
    old = guarded.vault().store_key(opened)
    new = guarded.vault().rotate_key(opened)
    assert new != old
    assert not opens_with(guarded.path, old)
    assert guarded.holds(new)
    assert guarded.vault().store_key(guarded.vault().unlock(PIN)) == new


def test_a_changed_password_is_kept_beside_the_former_until_it_counts(guarded: Seat) -> None:
    opened, vault = guarded.vault().unlock(PIN), guarded.vault()
    vault.keep_password(opened, "correct horse battery", following="new one")
    assert guarded.vault().password(opened) == ("correct horse battery", "new one")
    vault.keep_password(opened, "new one")
    assert guarded.vault().password(guarded.vault().unlock(PIN)) == ("new one",)
    vault.keep_password(opened, None)
    assert guarded.vault().password(opened) == ()
    assert not guarded.vault().status().remembers_password


def test_a_sealed_value_cannot_stand_in_for_another(guarded: Seat) -> None:
    state = guarded.vault().state
    assert state is not None
    opened = guarded.vault().unlock(PIN)
    swapped = msgspec.structs.replace(state, key=state.password)
    guarded.credentials.keep_vault(NAME, msgspec.json.encode(swapped).decode())
    with pytest.raises(Exception, match="damaged"):
        guarded.vault().store_key(opened)


def test_erasing_leaves_neither_key_nor_file_and_spares_the_neighbour(guarded: Seat) -> None:
    neighbour = guarded.path.with_name("li.na.store.store")
    shutil.copy(guarded.path, neighbour)
    damaged = guarded.path.with_name("li.na.store.damaged-20261130-101500-000001")
    shutil.copy(guarded.path, damaged)
    assert len(belonging(guarded.path)) >= 4
    assert erase(guarded.vault()) == []
    assert [path.name for path in guarded.path.parent.iterdir()] == [neighbour.name]
    assert not any(entry == NAME for _service, entry in guarded.ring.entries())
    assert guarded.credentials.kept_store_key(NAME) is None


def test_forgetting_overwrites_the_key_in_memory() -> None:
    opened = Opened(b"k" * 32)
    opened.forget()
    with pytest.raises(StoreLocked):
        _ = opened.key
    assert bytes(opened._key) == bytes(32)


def test_an_entry_of_this_size_fits_windows(guarded: Seat) -> None:
    """2,560 bytes in UTF-16; longer ones are split, so this says only that the usual one is not."""
    guarded.vault().keep_share(guarded.vault().unlock(PIN), lambda _share: None)
    opened = guarded.vault().unlock(PIN)
    guarded.vault().keep_password(opened, "x" * 64)
    assert len(keep_entry(guarded).encode("utf-16-le")) <= 2560


def test_a_seat_without_a_pin_keeps_its_key_where_it_was(seat: Seat) -> None:
    vault = seat.vault()
    vault.keep_lease(vault.require_lease(), device="d", idle=120)
    assert (STORE_KEYS, NAME) in seat.ring.entries()
    assert not vault.has_pin
    state = vault.state
    assert isinstance(state, VaultState)
    assert (state.device, state.idle) == ("d", 120)


def test_the_standard_is_what_a_real_seat_uses(seat: Seat) -> None:
    seat.credentials.store_key(NAME)
    Vault(seat.credentials, NAME, seat.path).set_pin(PIN, LOGIN, password=None)
    state = seat.vault().state
    assert state is not None
    assert state.cost == STANDARD
