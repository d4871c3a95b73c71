"""Secrets go to a keyring that keeps them, or nowhere; whatever goes wrong has a sentence of its own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from tests.security.memory_keyring import MemoryKeyring
from workstation.security.credentials import (
    KEY_BYTES,
    STORE_KEYS,
    Credentials,
    KeyringFailed,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
)
from workstation.security.process_keyring import ProcessKeyring, demo_keyring

ROOT = Path(__file__).resolve().parents[2]
SERVER = "db.example:5432/workstation"


class PlaintextKeyring(KeyringBackend):
    """Stands for the file keyrings of `keyrings.alt`."""

    priority = 0.5

    def __init__(self) -> None:
        self.written: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.written.append(password)


def test_password_is_kept_per_server_and_login(memory_keyring: MemoryKeyring) -> None:
    kept = Credentials()
    assert kept.password(SERVER, "li.na") is None
    kept.remember_password(SERVER, "li.na", "first")
    kept.remember_password(SERVER, "li.na", "second")
    kept.remember_password("other:5432/x", "li.na", "elsewhere")
    assert Credentials().password(SERVER, "li.na") == "second"
    assert Credentials().password(SERVER, "wang.wei") is None
    kept.forget(SERVER, "li.na")
    kept.forget(SERVER, "li.na")
    assert kept.password(SERVER, "li.na") is None
    assert kept.password("other:5432/x", "li.na") == "elsewhere"


def test_store_key_is_made_once(memory_keyring: MemoryKeyring) -> None:
    key = Credentials().store_key("li.na")
    assert len(key) == KEY_BYTES
    assert Credentials().store_key("li.na") == key
    assert Credentials().store_key("wang.wei") != key
    Credentials().forget_store_key("li.na")
    assert Credentials().kept_store_key("li.na") is None
    assert Credentials().store_key("li.na") != key


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_any_password_comes_back_as_it_was(password: str, login: str, other: str) -> None:
    kept = Credentials(MemoryKeyring())
    kept.remember_password(SERVER, login, password)
    assert kept.password(SERVER, login) == password
    if other != login:
        assert kept.password(SERVER, other) is None


@pytest.mark.parametrize("damaged", ["", "not base64!", base64.b64encode(b"short").decode(), "é"])
def test_damaged_key_is_never_replaced(memory_keyring: MemoryKeyring, damaged: str) -> None:
    memory_keyring.set_password(STORE_KEYS, "li.na", damaged)
    with pytest.raises(KeyringFailed) as caught:
        Credentials().store_key("li.na")
    assert STORE_KEYS in str(caught.value)
    assert "li.na" in str(caught.value)
    assert memory_keyring.entries() == {(STORE_KEYS, "li.na"): damaged}


@pytest.mark.parametrize("backend", [null.Keyring(), PlaintextKeyring()])
def test_insecure_keyring_is_refused(backend: KeyringBackend) -> None:
    with pytest.raises(KeyringRefused) as caught:
        Credentials(backend)
    assert caught.value.code == "keyring_refused"
    assert backend.name in str(caught.value)


def test_no_keyring_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    advice = {"Linux": "gnome-keyring", "Windows": "Credential Manager", "Darwin": "Keychain Access"}
    for system, word in advice.items():
        monkeypatch.setattr("platform.system", lambda system=system: system)
        with pytest.raises(KeyringMissing, match=word):
            Credentials(fail.Keyring())


def test_of_a_chain_only_the_trusted_member_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, trusted = PlaintextKeyring(), MemoryKeyring()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, trusted])
    Credentials(chainer.ChainerBackend()).remember_password(SERVER, "li.na", "pw")
    assert plain.written == []
    assert list(trusted.entries().values()) == ["pw"]


def test_a_chain_of_insecure_keyrings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PlaintextKeyring()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, null.Keyring()])
    with pytest.raises(KeyringRefused):
        Credentials(chainer.ChainerBackend())
    assert plain.written == []


def test_locked_keyring_says_so_and_makes_no_key(memory_keyring: MemoryKeyring) -> None:
    kept = Credentials()
    key = kept.store_key("li.na")
    memory_keyring.locked = True
    for act in (lambda: kept.store_key("li.na"), lambda: kept.password(SERVER, "li.na"), lambda: kept.store_key("new")):
        with pytest.raises(KeyringLocked, match="locked"):
            act()
    memory_keyring.locked = False
    assert kept.store_key("li.na") == key
    assert len(memory_keyring.entries()) == 1


def test_keyring_that_forgets_is_noticed_at_once(memory_keyring: MemoryKeyring) -> None:
    memory_keyring.forgetful = True
    with pytest.raises(KeyringFailed, match="did not keep"):
        Credentials().remember_password(SERVER, "li.na", "pw")
    with pytest.raises(KeyringFailed, match="did not keep"):
        Credentials().store_key("li.na")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (errors.InitError("x"), KeyringMissing),
        (errors.PasswordSetError("x"), KeyringFailed),
        (ConnectionResetError("bus gone"), KeyringFailed),
    ],
)
def test_failures_of_the_keyring_are_typed(
    memory_keyring: MemoryKeyring, failure: Exception, expected: type[Exception]
) -> None:
    memory_keyring.failure = failure
    with pytest.raises(expected) as caught:
        Credentials().password(SERVER, "li.na")
    assert caught.value.__cause__ is failure


def test_no_message_repeats_the_secret(memory_keyring: MemoryKeyring) -> None:
    memory_keyring.forgetful = True
    with pytest.raises(KeyringFailed) as caught:
        Credentials().remember_password(SERVER, "li.na", "hunter2 hunter2")
    assert "hunter2" not in str(caught.value)


def test_demo_takes_the_real_keyring_when_it_works(memory_keyring: MemoryKeyring) -> None:
    assert demo_keyring() == (None, None)
    assert memory_keyring.entries() == {}, "the probe leaves nothing behind"


def test_demo_without_a_keyring_keeps_secrets_in_memory_and_says_so() -> None:
    keyring.set_keyring(fail.Keyring())
    backend, sentence = demo_keyring()
    assert isinstance(backend, ProcessKeyring)
    assert sentence is not None
    assert "memory" in sentence.plain()
    key = Credentials(backend).store_key("li.na")
    assert Credentials(backend).store_key("li.na") == key


def test_process_keyring_cannot_be_chosen_by_configuration() -> None:
    """A store key that is gone at exit would take unsent work with it."""
    code = "from workstation.security.credentials import Credentials; Credentials()"
    for backend in ("workstation.security.process_keyring.ProcessKeyring", "no.such.Keyring"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": backend},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "KeyringMissing: The keyring named in the configuration" in done.stderr, done.stderr
