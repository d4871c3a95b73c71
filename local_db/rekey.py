"""Another key for a store, so that a crash at any moment leaves it open to the old key or to the new one, whole.

SQLCipher encrypts every page anew in one transaction. It is done with a rollback journal, not the write-ahead log: the
journal holds the pages as the old key encrypted them, and its deletion is the one step that makes the new key count.
Nobody else has the store open meanwhile. Which of two keys opens a file is found out here by trying, not from the
check value beside it, which is written afterwards.
"""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2

from local_db.engine import KEY_BYTES, write_check
from local_db.faults import StoreBusy, StoreDamaged, StoreWrongKey, explained_cause, keep_aside

_PATIENCE_SECONDS = 5


def opens_with(path: Path, key: bytes) -> bool:
    """Does this key read the store's first page? An interrupted change of the key is rolled back by asking.

    Raises `StoreError`s other than a wrong key: the file is not there, or the disk refuses.
    """
    connection = dbapi2.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.Error as error:
        known = explained_cause(error, path, copy_damaged=False)
        if isinstance(known, StoreDamaged):  # SQLCipher cannot tell a wrong key from a damaged file
            return False
        if known is None:
            raise
        raise known from error
    finally:
        connection.close()
    return True


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt the store at `path` with `new`; its check value follows. Every connection of this program is closed.

    Raises `StoreBusy` when another program has it open, `StoreWrongKey`, `StoreFull`; the old key then still counts.
    """
    if len(new) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=_PATIENCE_SECONDS)
    try:
        connection.execute(f"PRAGMA key = \"x'{old.hex()}'\"")
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise StoreBusy(path)
        connection.execute("PRAGMA synchronous = EXTRA")  # the folder too is on the disk when the journal is gone
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
    except dbapi2.Error as error:
        known = explained_cause(error, path, copy_damaged=False)
        if isinstance(known, StoreDamaged):
            raise StoreWrongKey(path) from error
        if known is None:
            raise
        raise known from error
    finally:
        connection.close()
    if not opens_with(path, new):
        raise StoreDamaged(path, keep_aside(path))
    write_check(path, new)
