"""What unlocking costs the owner, and what one guess costs a thief who has the keyring, the disk and this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import perf_counter

import pytest

from local_db.engine import open_store
from tests.benchmarks.figures import Board
from tests.benchmarks.seat import KEY
from tests.security.memory_keyring import MemoryKeyring
from workstation.security.credentials import STORE_KEYS, Credentials
from workstation.security.pin import FLOOR, STANDARD, Cost, derived
from workstation.security.vault import Vault

PIN, NAME, RUNS = "739146", "bench/chenjing", 7


def one_guess(cost: Cost) -> float:
    began = perf_counter()
    derived(PIN, b"s" * 16, b"k" * 32, cost, NAME)
    return perf_counter() - began


@pytest.mark.bench
def test_unlocking_takes_half_a_second_to_one(board: Board, large_store: Path, tmp_path: Path) -> None:
    """From the PIN typed to the first row of a store of 500 cases and 100,000 events."""
    import base64

    own = tmp_path / "seat" / large_store.name
    own.parent.mkdir()
    for path in large_store.parent.glob(large_store.name + "*"):
        shutil.copy(path, own.with_name(path.name))
    ring = MemoryKeyring()
    ring.set_password(STORE_KEYS, NAME, base64.b64encode(KEY).decode())
    vault = Vault(Credentials(ring), NAME, own)
    began = perf_counter()
    opened = vault.set_pin(PIN, "chenjing", password=None)
    setting = perf_counter() - began
    rotating = []
    for _ in range(3):
        began = perf_counter()
        key = vault.rotate_key(opened)
        rotating.append(perf_counter() - began)
    store = open_store(own, key)
    unlocking = []
    for _ in range(RUNS):
        store.lock()
        began = perf_counter()
        store.open_again(vault.store_key(vault.unlock(PIN)))
        with store.read() as conn:
            conn.exec_driver_sql("SELECT count(*) FROM cases").scalar()
        unlocking.append(perf_counter() - began)
    store.close()
    board.spread("Unlocking: PIN to the first row", unlocking, aim_ms=1000, note="0.5 to 1 s; floor of the aim 500 ms")
    board.spread("A new key for the whole store", rotating)
    board.spread("The first PIN, with the new key", [setting])
    guesses = [one_guess(STANDARD) for _ in range(RUNS)]
    floors = [one_guess(FLOOR) for _ in range(RUNS)]
    board.ratio(
        "One guess of a PIN, against OWASP's floor", guesses, floors, note="Argon2id 256 MiB, 3 passes, 2 lanes"
    )
