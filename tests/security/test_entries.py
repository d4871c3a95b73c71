"""A secret of any length fits a keyring of short entries, and whoever stops in between has the old or the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.locker import WINDOWS_BYTES, LimitedKeyring, Stopped
from tests.security.memory_keyring import MemoryKeyring
from workstation.domain.errors import InputError
from workstation.security import entries
from workstation.security.credentials import BLOB_BYTES, BLOBS, Credentials, KeyringFailed

ROOT = Path(__file__).resolve().parents[2]
OLD = bytes(range(256)) * 9
NEW = bytes(reversed(range(256))) * 20

any_text = st.text(st.characters(codec="utf-8"), max_size=60)
long_text = st.tuples(any_text.filter(bool), st.integers(1, 900)).map(lambda pair: pair[0] * pair[1])


def test_a_long_secret_is_refused_by_a_short_entry_itself() -> None:
    """The limit the others stand on: without splitting, nothing of this length is kept."""
    with pytest.raises(OSError, match="bad data"):
        LimitedKeyring().set_password("s", "n", "x" * (WINDOWS_BYTES // 2 + 1))


@given(
    st.lists(
        st.one_of(any_text, long_text, st.just("collector-workstation parts a 1 " + "0" * 64)), min_size=1, max_size=4
    )
)
def test_any_text_comes_back_whatever_was_there(secrets: list[str]) -> None:
    ring = LimitedKeyring()
    for secret in secrets:
        entries.put(ring, "s", "n", secret)
        assert entries.get(ring, "s", "n") == secret
        parts = [name for _, name in ring.entries() if name != "n"]
        assert len({name[:4] for name in parts}) <= 1, "parts of one secret only"
    entries.drop(ring, "s", "n")
    assert ring.entries() == {}


@pytest.mark.parametrize("before", [None, b"short", OLD], ids=["nothing", "short", "long"])
@pytest.mark.parametrize("after", [b"small", NEW], ids=["to short", "to long"])
def test_stopped_anywhere_the_old_or_the_new_file_is_whole(before: bytes | None, after: bytes) -> None:
    seen = set()
    for stop_at in range(1, 60):
        ring = LimitedKeyring()
        kept = Credentials(ring)
        if before is not None:
            kept.keep_blob("certificate", before)
        ring.changes, ring.stop_at = 0, stop_at
        try:
            kept.keep_blob("certificate", after)
        except Stopped:
            found = kept.blob("certificate")
            assert found in (before, after)
            seen.add(found == after)
            kept.keep_blob("certificate", OLD)
            assert kept.blob("certificate") == OLD
            kept.forget_blob("certificate")
            assert ring.entries() == {}, "nothing of an interrupted write is left behind"
        else:
            break
    else:
        pytest.fail("never ran to the end")
    assert False in seen, "stopped before the old one was replaced"


def test_stopped_while_forgetting_it_is_whole_or_gone_and_forgetting_again_leaves_nothing() -> None:
    for stop_at in range(1, 30):
        ring = LimitedKeyring()
        kept = Credentials(ring)
        kept.keep_blob("certificate", NEW)
        ring.changes, ring.stop_at = 0, stop_at
        try:
            kept.forget_blob("certificate")
        except Stopped:
            assert kept.blob("certificate") in (NEW, None)
            kept.forget_blob("certificate")
        assert ring.entries() == {}


@pytest.mark.parametrize("harm", ["lost", "changed", "not ours"])
def test_a_harmed_part_is_said_and_never_passes_for_the_secret(memory_keyring: MemoryKeyring, harm: str) -> None:
    kept = Credentials()
    kept.keep_blob("certificate", NEW)
    if harm == "lost":
        memory_keyring.delete_password(BLOBS, "certificate #a2")
    elif harm == "changed":
        memory_keyring.set_password(BLOBS, "certificate #a2", "x" * entries.PART_UNITS)
    else:
        memory_keyring.set_password(BLOBS, "certificate", "no file of ours")
    with pytest.raises(KeyringFailed, match=BLOBS):
        kept.blob("certificate")


def test_a_file_too_large_for_a_keyring_is_refused_and_the_old_one_stays(memory_keyring: MemoryKeyring) -> None:
    kept = Credentials()
    kept.keep_blob("certificate", OLD)
    with pytest.raises(InputError, match=str(BLOB_BYTES)):
        kept.keep_blob("certificate", bytes(BLOB_BYTES + 1))
    assert kept.blob("certificate") == OLD


class GarblingKeyring(LimitedKeyring):
    """Every third reading fails to decode or is empty, as with a KWallet whose session agreed on a wrong key."""

    reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        text = super().get_password(service, username)
        if text is None or self.reads % 3:
            return text
        if self.reads % 2:
            return ""
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


def test_a_reading_that_went_wrong_is_repeated() -> None:
    kept = Credentials(GarblingKeyring())
    for file in (OLD, NEW, b"small"):
        kept.keep_blob("certificate", file)
        assert kept.blob("certificate") == file
        kept.remember_password("s", "li.na", "pw")
        assert kept.password("s", "li.na") == "pw"


WINDOWS = """
import sys, types

# The four calls of advapi32 that the backend uses, with their limits and their errors; the backend above them is
# keyring's own, as it runs on Windows.
class error(Exception):
    def __init__(self, winerror, funcname, strerror):
        super().__init__(winerror, funcname, strerror)
        self.winerror, self.funcname, self.strerror = winerror, funcname, strerror

kept = {}

def cred_read(Type, TargetName):
    if TargetName not in kept:
        raise error(1168, "CredRead", "Element not found.")
    return dict(kept[TargetName])

def cred_write(credential, flags):
    blob = credential["CredentialBlob"].encode("utf-16-le")
    if len(blob) > 2560 or len(credential["UserName"]) > 513 or len(credential["TargetName"]) > 32767:
        raise error(1783, "CredWrite", "The stub received bad data.")
    kept[credential["TargetName"]] = {**credential, "CredentialBlob": blob}

def cred_delete(Type, TargetName):
    if kept.pop(TargetName, None) is None:
        raise error(1168, "CredDelete", "Element not found.")

pywintypes = types.ModuleType("pywintypes"); pywintypes.error = error
win32cred = types.ModuleType("win32cred")
win32cred.CRED_TYPE_GENERIC, win32cred.CRED_PERSIST_ENTERPRISE = 1, 3
win32cred.CredRead, win32cred.CredWrite, win32cred.CredDelete = cred_read, cred_write, cred_delete
package = types.ModuleType("win32ctypes.pywin32"); package.pywintypes, package.win32cred = pywintypes, win32cred
sys.modules |= {"win32ctypes": types.ModuleType("win32ctypes"), "win32ctypes.pywin32": package,
                "win32ctypes.pywin32.pywintypes": pywintypes, "win32ctypes.pywin32.win32cred": win32cred}

import platform
platform.system = lambda: "Windows"
from keyring.backends.Windows import WinVaultKeyring
from workstation.security.credentials import Credentials

raw = WinVaultKeyring()
try:
    raw.set_password("s", "n", "x" * 1281)
except error as refused:
    assert refused.winerror == 1783
else:
    sys.exit("the limit is not there")

secrets = Credentials(raw)
file, second = bytes(range(256)) * 12, bytes(range(255)) * 30
key = secrets.store_key("li.na")
for login in ("li.na", "wang.wei", "li.na"):
    secrets.remember_password("db.example:5432/ws", login, login * 300)
    secrets.keep_blob("certificate of " + login, file)
    secrets.keep_blob("certificate of " + login, second)
assert secrets.password("db.example:5432/ws", "wang.wei") == "wang.wei" * 300
assert secrets.password("db.example:5432/ws", "li.na") == "li.na" * 300
assert secrets.blob("certificate of li.na") == secrets.blob("certificate of wang.wei") == second
assert secrets.store_key("li.na") == key
for login in ("li.na", "wang.wei"):
    secrets.forget("db.example:5432/ws", login)
    secrets.forget_blob("certificate of " + login)
assert [entry["UserName"] for entry in kept.values()] == ["li.na"], kept
assert secrets.kept_store_key("li.na") == key
print("kept")
"""


def test_the_windows_backend_keeps_long_secrets_over_numbered_entries() -> None:
    """keyring's own Windows backend over the documented behaviour of CredRead, CredWrite and CredDelete."""
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "kept\n", done.stderr
