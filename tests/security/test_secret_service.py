"""Credentials against a real Secret Service: gnome-keyring on a session bus of its own, no desktop needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.security.keyring_session import GNOME, PRELUDE, ROOT, missing, run_session

lacking = missing(GNOME)
pytestmark = pytest.mark.skipif(bool(lacking), reason=f"not installed: {lacking} (apt: dbus gnome-keyring)")


@pytest.fixture
def in_session(tmp_path: Path) -> Any:
    """Runs a scenario in a new process on a new bus; the keyring's files stay from one run to the next."""
    return lambda scenario: run_session(tmp_path, "gnome", "kept = Credentials()\n" + scenario)


def test_password_and_key_outlive_program_and_daemon(in_session: Any, tmp_path: Path) -> None:
    first = in_session("""
kept.remember_password("db.example:5432/ws", "li.na", "p\\u00e4ssword \\u5bc6\\u7801")
print(json.dumps([kept.backend_name, kept.password("db.example:5432/ws", "li.na"), kept.store_key("li.na").hex()]))
""")
    second = in_session("""
print(json.dumps([kept.backend_name, kept.password("db.example:5432/ws", "li.na"), kept.store_key("li.na").hex()]))
""")
    assert first == second
    assert first[0].startswith("SecretService")
    assert first[1] == "pässword 密码"
    assert len(bytes.fromhex(first[2])) == 32
    files = [file for file in (tmp_path / "data" / "keyrings").iterdir() if file.is_file()]
    assert files
    for file in files:
        assert "密码".encode() not in file.read_bytes(), "the daemon keeps it encrypted"


def test_forgotten_is_gone(in_session: Any) -> None:
    assert in_session("""
kept.remember_password("s", "li.na", "pw")
kept.forget("s", "li.na"); kept.forget("s", "li.na")
first = kept.store_key("li.na"); kept.forget_store_key("li.na")
print(json.dumps([kept.password("s", "li.na"), kept.kept_store_key("li.na"), first == kept.store_key("li.na")]))
""") == [None, None, False]


def test_locked_keyring_is_said_and_nothing_is_lost(in_session: Any) -> None:
    before, while_locked = in_session("""
before = kept.store_key("li.na").hex()
lock()
print(json.dumps([before, [
    attempt(lambda: kept.store_key("li.na")),
    attempt(lambda: kept.store_key("another")),
    attempt(lambda: kept.remember_password("s", "li.na", "pw")),
]]))
""")
    assert while_locked == ["keyring_locked"] * 3
    after = in_session("""
print(json.dumps([kept.store_key("li.na").hex(), kept.kept_store_key("another"), kept.password("s", "li.na")]))
""")
    assert after == [before, None, None]


def test_demo_falls_back_to_memory_when_the_keyring_is_locked(in_session: Any) -> None:
    backend, sentence = in_session("""
from workstation.security.process_keyring import demo_keyring
kept.store_key("li.na")
lock()
backend, sentence = demo_keyring()
print(json.dumps([type(backend).__name__, sentence.plain()]))
""")
    assert backend == "ProcessKeyring"
    assert "locked" in sentence


def test_without_a_session_bus_it_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + "Credentials()"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/nobody",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "KeyringMissing" in done.stderr
    assert "gnome-keyring" in done.stderr


def test_killed_at_every_step_the_old_or_the_new_file_is_whole(in_session: Any) -> None:
    """`kill -9` before the first, second, … change in the daemon; the next process finds one of the two, whole."""
    found = in_session("""
import signal, subprocess, sys
OLD, NEW = bytes(range(256)) * 5, bytes(range(255)) * 8
WRITER = '''
import os, signal, sys
from keyring.backends.SecretService import Keyring
from workstation.security.credentials import Credentials
left = int(sys.argv[1])
def dying(act):
    def step(*values):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*values)
    return step
Keyring.set_password = dying(Keyring.set_password)
Keyring.delete_password = dying(Keyring.delete_password)
Credentials().keep_blob("certificate", bytes(range(255)) * 8)
'''
outcomes = []
for step in range(1, 40):
    kept.keep_blob("certificate", OLD)
    done = subprocess.run([sys.executable, "-c", WRITER, str(step)])
    now = Credentials().blob("certificate")
    outcomes.append([done.returncode, "old" if now == OLD else "new" if now == NEW else "torn"])
    if done.returncode == 0:
        break
kept.forget_blob("certificate")
import secretstorage
left = list(secretstorage.search_items(secretstorage.dbus_init(), {"service": "collector-workstation file"}))
print(json.dumps([outcomes, len(left)]))
""")
    outcomes, left = found
    assert left == 0
    assert outcomes[-1] == [0, "new"]
    assert {code for code, _ in outcomes[:-1]} == {-9}
    whole = [which for _, which in outcomes]
    assert whole == ["old"] * whole.count("old") + ["new"] * whole.count("new")
    assert whole.count("old") > 3
    assert whole.count("new") > 2
