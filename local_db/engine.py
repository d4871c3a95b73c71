"""The encrypted store: one SQLCipher file per person, opened with a key that lives only in the keyring."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from local_db.migrations import migrate
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

KEY_BYTES = 32
_CHECK = b"collector-workstation store"


class StoreWrongKey(WorkstationError):  # named as the user meets it
    code = "store_wrong_key"


class StoreDamaged(WorkstationError):
    """The file cannot be read as a store. It was copied to `kept`; nothing was deleted."""

    code = "store_damaged"

    def __init__(self, path: Path, kept: Path) -> None:
        self.kept = kept
        super().__init__(
            msg(
                "The local store {path} is damaged. It was kept as {kept}. Move it away and sign in again: "
                "everything the centre has confirmed comes back with the next synchronisation.",
                path=str(path),
                kept=str(kept),
            )
        )


class Store:
    """One person's store. Readers and one writer work side by side (WAL), each thread on its own connection."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self.path = path
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction: one unchanging view of the store."""
        with self._engine.connect() as conn:
            conn.exec_driver_sql("BEGIN")
            try:
                yield conn
            finally:
                conn.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: everything in it is kept, or nothing."""
        with self._engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield conn
            except BaseException:
                conn.exec_driver_sql("ROLLBACK")
                raise
            conn.exec_driver_sql("COMMIT")

    def close(self) -> None:
        self._engine.dispose()


def open_store(path: Path, key: bytes) -> Store:
    """Open the store at `path`, making it when absent. Raises `StoreWrongKey`, `StoreDamaged`; loses nothing."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _check_key(path, key)
    engine = sa.create_engine("sqlite://", module=dbapi2, creator=lambda: _connect(path, key), poolclass=QueuePool)
    store = Store(path, engine)
    try:
        with store.read() as conn:
            conn.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        with store.write() as conn:
            migrate(conn)
    except sa.exc.DatabaseError as error:
        store.close()
        if not isinstance(error.orig, dbapi2.DatabaseError) or isinstance(error.orig, dbapi2.OperationalError):
            raise
        raise StoreDamaged(path, _keep_aside(path)) from error
    return store


def _check_key(path: Path, key: bytes) -> None:
    """A check value beside the file tells a wrong key from a damaged file: SQLCipher cannot."""
    beside = path.with_name(path.name + ".check")
    expected = hmac.new(key, _CHECK, hashlib.sha256).hexdigest()
    if not path.exists():
        _write_whole(beside, expected)
    elif beside.exists() and not hmac.compare_digest(beside.read_text().strip(), expected):
        raise StoreWrongKey(
            msg(
                "The key in the keyring does not open the local store {path}. Restore the keyring this store was made "
                "with; nothing was changed.",
                path=str(path),
            )
        )


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text)
    partial.replace(path)


def _keep_aside(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            shutil.copy2(source, kept.with_name(kept.name + suffix))
    return kept


def _connect(path: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "secure_delete = ON", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
