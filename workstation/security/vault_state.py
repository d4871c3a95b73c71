"""What a seat's vault keeps: one entry in the keyring, and beside the store a small file that only counts.

The file exists so that putting back an older copy of the keyring's entry brings no new tries: whichever of the two is
newer counts, and one that is gone counts as used up. It holds nothing secret, and the keyring's secret signs it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

import msgspec

from workstation.domain.message import msg
from workstation.security.credentials import Credentials, KeyringFailed
from workstation.security.lease import IDLE_SECONDS, Lease
from workstation.security.pin import FLOOR, Cost

TRIES = 5
# Seconds to wait after that many wrong PINs in a row.
DELAYS = {1: 0, 2: 2, 3: 10, 4: 30}


class VaultState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every secret in it but `secret` is sealed; `secret` is half of what opens them.

    `by_pin` and `by_centre` hold the same vault key: under the PIN and `secret`, and under the centre's share and
    `secret`. `key`, `next_key`, `password`, `next_password` and `share` are sealed with that vault key. Without a PIN
    (`salt` empty and no `by_centre`) the store's key and the password are entries of their own, see `credentials`.
    """

    secret: bytes
    lease: Lease
    device: str = ""
    salt: bytes = b""
    cost: Cost = FLOOR
    by_pin: bytes = b""
    by_centre: bytes = b""
    key: bytes = b""
    next_key: bytes = b""
    password: bytes = b""
    next_password: bytes = b""
    share: bytes = b""
    generation: int = 0
    tries: int = 0
    failed_at: float = 0.0
    idle: int = IDLE_SECONDS
    revoked: bool = False
    version: int = 1

    @property
    def guarded(self) -> bool:
        """Is the store's key behind a PIN, one that still counts or one that has been used up?"""
        return bool(self.key)


class _Count(msgspec.Struct, frozen=True):
    generation: int
    tries: int
    failed_at: float
    signature: str


class Kept:
    """Reads and writes the state of the store at `path`, known to the keyring as `name`."""

    def __init__(self, credentials: Credentials, name: str, path: Path) -> None:
        self.credentials, self.name, self.path = credentials, name, path
        self._counts = path.with_name(path.name + ".tries")

    def read(self) -> VaultState | None:
        """None before there is one. The newer of the two counts of wrong PINs is in it."""
        text = self.credentials.vault(self.name)
        if text is None:
            return None
        try:
            state = msgspec.json.decode(text, type=VaultState)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise KeyringFailed(
                msg(
                    "The keyring's entry for the vault of {name} is damaged. Restore the keyring from a backup; the "
                    "store was not touched.",
                    name=self.name,
                )
            ) from error
        return self._with_newer_count(state) if state.guarded else state

    def write(self, state: VaultState) -> VaultState:
        """Keep it in both places, the file first; returned as it is kept."""
        state = msgspec.structs.replace(state, generation=state.generation + 1)
        if state.guarded:
            self._write_count(state)
        self.credentials.keep_vault(self.name, msgspec.json.encode(state).decode())
        return state

    def forget(self) -> None:
        self.credentials.forget_vault(self.name)
        self._counts.unlink(missing_ok=True)

    def _with_newer_count(self, state: VaultState) -> VaultState:
        count = self._read_count(state)
        if count is None:
            return msgspec.structs.replace(state, tries=TRIES)
        if count.generation > state.generation:
            return msgspec.structs.replace(
                state, generation=count.generation, tries=count.tries, failed_at=count.failed_at
            )
        return state

    def _read_count(self, state: VaultState) -> _Count | None:
        try:
            count = msgspec.json.decode(self._counts.read_bytes(), type=_Count)
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        expected = self._signature(state.secret, count.generation, count.tries, count.failed_at)
        return count if hmac.compare_digest(expected, count.signature) else None

    def _write_count(self, state: VaultState) -> None:
        signature = self._signature(state.secret, state.generation, state.tries, state.failed_at)
        data = msgspec.json.encode(_Count(state.generation, state.tries, state.failed_at, signature))
        partial = self._counts.with_name(f"{self._counts.name}.{secrets.token_hex(4)}.part")
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._counts)
        finally:
            partial.unlink(missing_ok=True)

    def _signature(self, secret: bytes, generation: int, tries: int, failed_at: float) -> str:
        said = f"{self.name} {generation} {tries} {failed_at!r}".encode()
        return hmac.new(secret, said, hashlib.sha256).hexdigest()
