"""Credentials against a real Secret Service: gnome-keyring on a session bus of its own, no desktop needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
missing = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)} (apt: dbus gnome-keyring)")

PRELUDE = """
import json, os
from workstation.domain.errors import WorkstationError
from workstation.security.credentials import Credentials

def lock():
    import secretstorage
    bus = secretstorage.dbus_init()
    secretstorage.get_default_collection(bus).lock()

def attempt(act):
    try:
        return act()
    except WorkstationError as error:
        return error.code

kept = Credentials()
"""


@pytest.fixture
def in_session(tmp_path: Path) -> Any:
    """Runs a scenario in a new process on a new bus; the keyring's files stay from one run to the next."""
    (tmp_path / "run").mkdir(mode=0o700)
    # Ended by its own id; the scenario starts when the daemon owns its name, else the bus would start a second one.
    session = """
        gnome-keyring-daemon --foreground --unlock --components=secrets <"$2" >/dev/null 2>&1 & daemon=$!
        until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true
        do kill -0 $daemon || exit 1; done
        "$0" -c "$1"; code=$?
        kill $daemon; wait $daemon
        exit $code
    """
    (tmp_path / "login").write_text("login password")

    def run(scenario: str) -> Any:
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", session, sys.executable, PRELUDE + scenario, tmp_path / "login"],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(tmp_path),
                "XDG_DATA_HOME": str(tmp_path / "data"),
                "XDG_RUNTIME_DIR": str(tmp_path / "run"),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


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
        [sys.executable, "-c", PRELUDE],
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
