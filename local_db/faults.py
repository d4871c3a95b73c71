"""What can go wrong with the store's file, each as an error in plain words; a damaged file is copied aside first."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlcipher3 import dbapi2

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

log = logging.getLogger(__name__)

# SQLite's primary result codes; sqlcipher3 does not name them all.
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26


class StoreError(WorkstationError):
    """The store could not do what was asked; what was committed before stays."""

    code = "store"


class StoreWrongKey(StoreError):  # named as the user meets it
    code = "store_wrong_key"

    def __init__(self, path: Path) -> None:
        super().__init__(
            msg(
                "The key in the keyring does not open the local store {path}. Restore the keyring this store was made "
                "with; nothing was changed.",
                path=str(path),
            )
        )


class StoreKeyLost(StoreWrongKey):
    """The keyring has no key at all for a store that exists. No new one is made: it could not open the store."""

    def __init__(self, path: Path) -> None:
        StoreError.__init__(
            self,
            msg(
                "The keyring has no key for the local store {path}. Restore the keyring this store was made with. If "
                "it is lost, move the store away and sign in again: everything the centre has confirmed comes back. "
                "Nothing was changed.",
                path=str(path),
            ),
        )


class StoreDamaged(StoreError):
    """The file cannot be read as a store. It was copied to `kept` when there was room; nothing was deleted."""

    code = "store_damaged"

    def __init__(self, path: Path, kept: Path | None) -> None:
        self.kept = kept
        if kept is None:
            said = msg(
                "The local store {path} is damaged, and there is no room to copy it. Move it to another disk and sign "
                "in again: everything the centre has confirmed comes back with the next synchronisation.",
                path=str(path),
            )
        else:
            said = msg(
                "The local store {path} is damaged. It was kept as {kept}. Move it away and sign in again: "
                "everything the centre has confirmed comes back with the next synchronisation.",
                path=str(path),
                kept=str(kept),
            )
        super().__init__(said)


class StoreFull(StoreError):
    """No room on the disk. The write was undone whole."""

    code = "store_full"

    def __init__(self, path: Path) -> None:
        super().__init__(
            msg(
                "There is no room left on the disk of {path}. The last step was not saved and nothing else was "
                "changed; make room and try again.",
                path=str(path),
            )
        )


class StoreUnusable(StoreError):
    """The disk or the file system refused: not writable, not there, or a read or write error."""

    code = "store_unusable"

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(
            msg(
                "The local store {path} cannot be read or written ({kind}). The last step was not saved; check the "
                "disk and the folder's permissions, then try again.",
                path=str(path),
                kind=kind,
            )
        )


class StoreLocked(StoreError):
    """The store was closed and its key forgotten until the person opens it again; nothing was read or written."""

    code = "store_locked"

    def __init__(self) -> None:
        super().__init__(msg("The workstation is locked. Nothing was changed; it goes on when it is opened again."))


class StoreBusy(StoreError):
    """Another program holds the store for longer than anyone should wait."""

    code = "store_busy"

    def __init__(self, path: Path) -> None:
        super().__init__(
            msg(
                "Another program is writing to {path}. The last step was not saved; close the other window of this "
                "program and try again.",
                path=str(path),
            )
        )


def is_damage(error: dbapi2.Error) -> bool:
    """Is the file not what SQLCipher wrote?"""
    return _code(error) in {_CORRUPT, _NOTADB}


def _code(error: dbapi2.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def explained(error: sa.exc.DBAPIError, path: Path) -> StoreError | None:
    """The failure of the file behind a database error; None when it is about the statement, not the file."""
    cause = error.orig
    return explained_cause(cause, path) if isinstance(cause, dbapi2.Error) else None


def explained_cause(cause: dbapi2.Error, path: Path, *, copy_damaged: bool = True) -> StoreError | None:
    """As `explained`, for SQLCipher's own error. A wrong key looks like damage: who tries keys makes no copy."""
    code = _code(cause)
    if is_damage(cause):
        return StoreDamaged(path, keep_aside(path) if copy_damaged else None)
    if code == _FULL:
        return StoreFull(path)
    if code in {_BUSY, _LOCKED}:
        return StoreBusy(path)
    if code in {_READONLY, _IOERR, _CANTOPEN}:
        return StoreUnusable(path, str(getattr(cause, "sqlite_errorname", code)))
    return None


def keep_aside(path: Path) -> Path | None:
    """Copy the store and its log; an equal copy made before is taken instead. None when there is no room."""
    state = path.stat()
    for earlier in path.parent.glob(f"{path.name}.damaged-*[0-9]"):
        kept = earlier.stat()
        if (kept.st_size, kept.st_mtime_ns) == (state.st_size, state.st_mtime_ns):
            return earlier
    copy = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    try:
        for suffix in ("-wal", ""):  # the store last: only a whole copy is taken for one later
            source = path.with_name(path.name + suffix)
            if source.exists():
                shutil.copy2(source, copy.with_name(copy.name + suffix))
    except OSError as error:
        log.warning("the damaged store could not be copied: %s", type(error).__name__)
        for suffix in ("-wal", ""):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
        return None
    return copy
