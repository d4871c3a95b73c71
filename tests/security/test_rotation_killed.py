"""The key and the PIN changed by a process killed with SIGKILL at every step: the store opens, nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_db import attachments, replica
from local_db.engine import open_store
from local_db.rekey import opens_with, rekey
from tests.security.file_keyring import FileKeyring
from workstation.security.credentials import Credentials
from workstation.security.pin import FLOOR
from workstation.security.vault import Vault

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")

NAME, PIN = "centre/li.na", "739146"
ROWS = 800
PHOTO, AT = bytes(range(256)) * 600, datetime(2026, 11, 30, 9, tzinfo=UTC)  # three pieces


class Place:
    """A store of a few hundred pages, a keyring in a file, and what a new process finds there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.path, self.ring = folder, folder / "li.na.store", folder / "ring.json"
        store = open_store(self.path, Credentials(FileKeyring(self.ring)).store_key(NAME))
        with store.write() as conn:
            for number in range(ROWS):
                replica.set_state(conn, f"kept {number}", "x" * 200)
            self.photo = attachments.add(conn, "case", PHOTO, kind="photo", media="image/jpeg", at=AT).sha256
        store.close()

    def vault(self) -> Vault:
        return Vault(Credentials(FileKeyring(self.ring)), NAME, self.path, cost=FLOOR)

    def opens_whole(self) -> bytes:
        """The key that the next start of the program finds; every row is there and every page is sound."""
        vault = self.vault()
        key = (
            vault.store_key(vault.unlock(PIN))
            if vault.has_pin
            else Credentials(FileKeyring(self.ring)).kept_store_key(NAME)
        )
        assert key is not None
        store = open_store(self.path, key)
        try:
            with store.read() as conn:
                assert conn.exec_driver_sql("SELECT count(*) FROM sync_state WHERE key LIKE 'kept %'").scalar() == ROWS
                assert attachments.read(conn, "case", self.photo) == PHOTO
                assert conn.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall() == []
        finally:
            store.close()
        return key


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Run `act` in a process that kills itself at its nth touch of a file; True when it came to its end instead."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, _args: object) -> None:
            nonlocal left
            if event in {"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect", "os.fsync"}:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            act()
        except BaseException:  # noqa: BLE001  # whatever it was, the parent says so
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the change itself failed"
    return os.WIFEXITED(status)


def after_every_kill(place: Place, act: Callable[[], object]) -> int:
    """`act` anew, each time killed one step later, until it is not; returns the steps. Each time everything opens."""
    for step in range(1000):
        ended = killed_at(step, act)
        place.opens_whole()
        if ended:
            return step
    raise AssertionError("it never came to an end")


def test_setting_the_pin_killed_at_every_step(tmp_path: Path) -> None:
    steps = 0
    while True:
        place = Place(tmp_path / str(steps))
        before = Credentials(FileKeyring(place.ring)).kept_store_key(NAME)
        assert before is not None
        ended = killed_at(steps, lambda: place.vault().set_pin(PIN, "li.na", password="secret"))  # noqa: B023
        after = place.opens_whole()
        if place.vault().has_pin:
            assert after != before, "the key that lay in the keyring opens nothing once there is a PIN"
            assert not opens_with(place.path, before)
            assert Credentials(FileKeyring(place.ring)).kept_store_key(NAME) is None
        if ended:
            break
        steps += 1
    assert steps >= 10


def test_rotating_the_key_killed_at_every_step(tmp_path: Path) -> None:
    place = Place(tmp_path / "seat")
    place.vault().set_pin(PIN, "li.na", password="secret")
    opened = place.vault().unlock(PIN)
    assert after_every_kill(place, lambda: place.vault().rotate_key(opened)) >= 8


def test_changing_the_pin_killed_at_every_step_leaves_one_of_the_two(tmp_path: Path) -> None:
    place = Place(tmp_path / "seat")
    place.vault().set_pin(PIN, "li.na", password="secret")
    opened, steps = place.vault().unlock(PIN), 0
    while not killed_at(steps, lambda: place.vault().change_pin(opened, "264087", "li.na")):
        state = place.vault().state
        assert state is not None
        place.vault().unlock(PIN)  # the former still counts: nothing was changed by halves
        steps += 1
    place.vault().unlock("264087")
    assert steps >= 2


def test_a_kill_in_the_middle_of_encrypting_anew_leaves_the_old_key_or_the_new_one(tmp_path: Path) -> None:
    place = Place(tmp_path / "seat")
    key = Credentials(FileKeyring(place.ring)).store_key(NAME)
    began = time.perf_counter()
    new = os.urandom(32)
    rekey(place.path, key, new)
    lasts, draw, found = time.perf_counter() - began, random.Random(7), {"old": 0, "new": 0}
    for _ in range(30):
        old, new = new, os.urandom(32)
        child = os.fork()
        if child == 0:
            try:
                rekey(place.path, old, new)
            finally:
                os._exit(0)
        time.sleep(draw.uniform(0.0, 1.5 * lasts))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        counts = [opens_with(place.path, old), opens_with(place.path, new)]
        assert counts in ([True, False], [False, True])
        found["old" if counts[0] else "new"] += 1
        new = old if counts[0] else new
    assert min(found.values()) >= 1, "the kills fell before and after the moment that counts"
