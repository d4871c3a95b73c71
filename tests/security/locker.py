"""Keyrings that stop or refuse as real ones do: at a given call, or above the size Windows allows."""

from __future__ import annotations

from tests.security.memory_keyring import MemoryKeyring

WINDOWS_BYTES = 2_560  # CRED_MAX_CREDENTIAL_BLOB_SIZE: 5 * 512, of UTF-16 text


class Stopped(BaseException):
    """The process ended here; not an Exception, so that nothing on the way can handle it."""


class LimitedKeyring(MemoryKeyring):
    """Takes what the Windows Credential Locker takes, and stops before its `stop_at`th change (0: never)."""

    def __init__(self) -> None:
        super().__init__()
        self.stop_at = 0
        self.changes = 0

    def set_password(self, service: str, username: str, password: str) -> None:
        self._step()
        if len(password.encode("utf-16-le", "surrogatepass")) > WINDOWS_BYTES:
            raise OSError(1783, "The stub received bad data")
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._step()
        super().delete_password(service, username)

    def _step(self) -> None:
        self.changes += 1
        if self.changes == self.stop_at:
            raise Stopped
