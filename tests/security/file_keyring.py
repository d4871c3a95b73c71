"""A keyring for tests that outlives the process: one file, written whole. Never part of the program."""

from __future__ import annotations

import json
from pathlib import Path

from tests.security.memory_keyring import MemoryKeyring


class FileKeyring(MemoryKeyring):
    """`wrote` is called after each change, for a test that kills the process between two of them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            self._kept = {(service, name): text for service, name, text in json.loads(path.read_text())}

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self._write()

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        self._write()

    def _write(self) -> None:
        partial = self._path.with_name(self._path.name + ".part")
        partial.write_text(json.dumps([[*entry, text] for entry, text in self._kept.items()]))
        partial.replace(self._path)
