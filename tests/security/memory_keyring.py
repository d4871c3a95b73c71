"""A keyring for tests: in memory, and able to be locked, to forget, or to fail like a real one."""

from __future__ import annotations

from keyring.errors import KeyringLocked

from workstation.security.process_keyring import ProcessKeyring


class MemoryKeyring(ProcessKeyring):
    """Behaves as `ProcessKeyring` until one of its switches is set."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = False
        self.forgetful = False
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._as_told()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._as_told()
        if not self.forgetful:
            super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._as_told()
        super().delete_password(service, username)

    def entries(self) -> dict[tuple[str, str], str]:
        return dict(self._kept)

    def _as_told(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")
        if self.failure is not None:
            raise self.failure
