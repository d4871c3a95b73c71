"""The encrypted store: one SQLCipher file per person, opened with a key that lives only in the keyring."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from local_db.faults import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreKeyLost,
    StoreLocked,
    StoreWrongKey,
    explained,
    is_damage,
    keep_aside,
)
from local_db.learned import learn
from local_db.migrations import StoreTooNew, migrate

__all__ = [
    "KEY_BYTES", "Store", "StoreBusy", "StoreDamaged", "StoreError", "StoreFull", "StoreKeyLost", "StoreLocked",
    "StoreTooNew", "StoreWrongKey", "open_store", "write_check",
]  # fmt: skip

log = logging.getLogger(__name__)

KEY_BYTES = 32
_CACHE_KIB = 64 * 1024  # at most, for a connection: a page found here is not decrypted again
# FULL: what a person has saved outlives a power cut, not only a crash of the program.
PRAGMAS = (
    "journal_mode = WAL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "synchronous = FULL",
    f"cache_size = -{_CACHE_KIB}",
)
_CHECK = b"collector-workstation store"


class Store:
    """One person's store. Readers and one writer work side by side (WAL), each thread on its own connection.

    A failure of the file is raised as one of `local_db.faults`, whatever was being done. `lock` closes it and forgets
    its key; until `open_again` every use raises `StoreLocked`.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self.writes = 0  # committed here so far: what was read before a write may be stale after it
        self._gate = threading.Lock()
        self._used = self._jobs = 0  # connections in use; long jobs that keep the store open
        self._locked = self._at_once = False
        self._key = bytearray()
        self._engine: sa.Engine | None = None
        self._start(key)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction: one unchanging view of the store."""
        with self._connection() as conn:
            conn.exec_driver_sql("BEGIN")
            try:
                yield conn
            finally:
                _roll_back(conn)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: everything in it is kept, or nothing."""
        with self._connection() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield conn
                conn.exec_driver_sql("COMMIT")
                self.writes += 1
            except BaseException:
                _roll_back(conn)
                raise

    def overwrite_log(self) -> bool:
        """Bring the write-ahead log into the file and empty it, so that older pages of it are nowhere any more.

        False when a reader was in the way; the log is then overwritten in the course of later writes.
        """
        with self._connection() as conn:
            busy: int = conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            return not busy

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """For a long job that goes on behind the locked screen: the store is closed when the last of them has ended."""
        with self._gate:
            if self._locked:
                raise StoreLocked
            self._jobs += 1
        try:
            yield
        finally:
            with self._gate:
                self._jobs -= 1
                self._close_if_free()

    @property
    def locked(self) -> bool:
        return self._locked

    @property
    def key_held(self) -> bool:
        """Is the key in this process's memory? While locked: until whoever still uses the store has ended."""
        return self._engine is not None

    def lock(self, *, at_once: bool = False) -> None:
        """From now on nothing new is read or written. What runs ends first; a long job too, unless `at_once`."""
        with self._gate:
            self._locked = True
            self._at_once = self._at_once or at_once
            self._close_if_free()

    def open_again(self, key: bytes) -> None:
        """After `lock`. Raises `StoreWrongKey` and what opening a store raises; it then stays locked."""
        if not _may_open(_beside(self.path), _check_value(key)):
            raise StoreWrongKey(self.path)
        with self._gate:
            if self._engine is None:
                self._start(key)
            self._locked = self._at_once = False
        try:
            with self.read() as conn:
                conn.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except BaseException:
            self.lock(at_once=True)
            raise

    def close(self) -> None:
        """For good, or until it is opened by `open_store` again."""
        self.lock(at_once=True)

    # ---- connections ----

    def _start(self, key: bytes) -> None:
        self._key = kept = bytearray(key)
        self._engine = sa.create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: _connect(self.path, bytes(kept)),
            poolclass=QueuePool,
            hide_parameters=True,  # an error's text would quote the row
        )

    def _close_if_free(self) -> None:
        """Forget the key once nobody needs it; overwritten, as far as this language lets one."""
        if not self._locked or self._used or (self._jobs and not self._at_once) or self._engine is None:
            return
        self._engine.dispose()
        self._engine = None
        self._key[:] = bytes(len(self._key))

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        with self._gate:
            engine = self._engine
            if engine is None or (self._locked and (self._at_once or not self._jobs)):
                raise StoreLocked
            self._used += 1
        try:
            with engine.connect() as conn:
                yield conn
        except sa.exc.DBAPIError as error:
            known = explained(error, self.path)
            if known is None:
                raise
            raise known from error
        finally:
            with self._gate:
                self._used -= 1
                self._close_if_free()


def open_store(path: Path, key: bytes) -> Store:
    """Open the store at `path`, making it when absent. Raises `StoreError`s, `StoreWrongKey` first; loses nothing."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside, expected = _beside(path), _check_value(key)
    if not path.exists():
        _write_whole(beside, expected)
    elif not _may_open(beside, expected):
        raise StoreWrongKey(path)
    _spare_a_left_log(path)
    store = Store(path, key)
    try:
        with store.write() as conn:
            migrate(conn)
            learn(conn)
        if not beside.exists() or beside.read_bytes() != expected.encode():
            _write_whole(beside, expected)
    except BaseException:
        store.close()
        raise
    return store


def write_check(path: Path, key: bytes) -> None:
    """The value beside the store by which `open_store` knows a wrong key."""
    _write_whole(_beside(path), _check_value(key))


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".check")


def _check_value(key: bytes) -> str:
    return hmac.new(key, _CHECK, hashlib.sha256).hexdigest()


def _may_open(beside: Path, expected: str) -> bool:
    """A check value beside the file tells a wrong key from a damaged file: SQLCipher cannot.

    One that is gone or is no check value says nothing; it is written again when the key has opened the store.
    """
    kept = beside.read_bytes().strip() if beside.exists() else b""
    return re.fullmatch(rb"[0-9a-f]{64}", kept) is None or hmac.compare_digest(kept, expected.encode())


def _spare_a_left_log(path: Path) -> None:
    """A write-ahead log whose store was moved away may hold work: SQLite would delete it, so it is renamed."""
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size and not (path.exists() and path.stat().st_size):
        wal.replace(wal.with_name(f"{wal.name}.left-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"))
        log.warning("a write-ahead log without its store was kept aside")


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text)
    partial.replace(path)


def _roll_back(conn: sa.Connection) -> None:
    """SQLite itself ends a transaction that met a full disk or a damaged page; there is then nothing to undo."""
    if conn.connection.driver_connection.in_transaction:  # type: ignore[union-attr]  # sqlcipher3 has no types
        conn.exec_driver_sql("ROLLBACK")


def _connect(path: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except dbapi2.Error as error:
        if is_damage(error):
            keep_aside(path)  # before closing, which may delete the log
        connection.close()
        raise
    return connection
