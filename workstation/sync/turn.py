"""One synchronisation at a time for a store, whatever the number of threads, windows and commands."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

PATIENCE_SECONDS = 60.0  # longer than a first synchronisation of a seat takes
_ASK_AGAIN_SECONDS = 0.25  # how soon a wait notices that it is cancelled


class SyncBusy(WorkstationError):  # named as the user meets it
    code = "sync_busy"


@contextmanager
def one_at_a_time(store: Path, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Wait for the store's turn and hold it. Raises `SyncBusy` when it does not come, or the wait is cancelled.

    The turn is SQLite's own lock on an empty file beside the store: the same on every system, between threads and
    between programs, and given back when the holder dies.
    """
    until = monotonic() + PATIENCE_SECONDS
    beside = store.with_name(store.name + ".turn")
    with closing(sqlite3.connect(beside, timeout=_ASK_AGAIN_SECONDS, isolation_level=None)) as lock:
        while True:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                if cancelled() or monotonic() >= until:
                    raise SyncBusy(
                        msg("Another synchronisation of this seat is running. Nothing is lost; it is tried again.")
                    ) from error
        yield
