"""Takes a seat off this device: its keys first, which is what counts, then its files.

An overwritten file says little on a disk that moves what it writes; a store without its key is noise everywhere.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

from workstation.security.vault import Vault

log = logging.getLogger(__name__)

# `li.na.store.store` is the store of another person.
_BESIDE = (
    r"(-wal|-shm|-journal|-wal\.left-[-0-9]+|\.damaged-[-0-9]+(-wal)?"
    r"|\.(check|turn|tries)(-journal|(\.[0-9a-f]+)?\.part)?)?"
)
_HEADER = 64 * 1024  # bytes overwritten at the start of each file: the salt without which no key reads a page


def erase(vault: Vault) -> list[Path]:
    """Forget the keys and delete the store and what lies beside it; returns files that could not be deleted.

    Raises `KeyringProblem` when the keyring could not be reached; the files are deleted all the same.
    """
    try:
        vault.forget()
    finally:
        left = [path for path in belonging(vault.path) if not _delete(path)]
    return left


def belonging(path: Path) -> list[Path]:
    """The store, its logs, its damaged copies and the small files beside it; not another person's store."""
    ours = re.compile(re.escape(path.name) + _BESIDE)
    return sorted(found for found in path.parent.glob(f"{path.name}*") if ours.fullmatch(found.name))


def _delete(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            file.write(bytes(min(size, _HEADER)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except OSError as error:  # e.g. still open on Windows; without its key it says nothing
        log.warning("a file of an erased store could not be deleted: %s", type(error).__name__)
        return False
    return True
