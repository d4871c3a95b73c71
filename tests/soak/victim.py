"""Synchronisations in processes that die: killed at a commit, or with a disk that is full.

Run as a program it is the parent of them all: it has everything imported, forks one for each request on its standard
input and answers how it ended. A fork takes milliseconds, a new interpreter a second.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Self

import msgspec
import psycopg
import sqlalchemy as sa
from pypinyin import lazy_pinyin

from local_db.engine import open_store
from tests.soak import seat_time
from workstation.domain.errors import WorkstationError
from workstation.sync import engine, push
from workstation.sync.link import connect
from workstation.sync.server import Server

ROOT = Path(__file__).resolve().parents[2]
BATCH = 3  # so that a few events are several batches


class Attempt(msgspec.Struct):
    """One synchronisation. `kill_at` counts moments: 2k is just before the commit number k, 2k + 1 just after it."""

    path: str
    key: str
    host: str
    port: int
    database: str
    login: str
    password: str
    device: str
    shift_seconds: float
    today: date
    kill_at: int | None = None
    room: int | None = None  # bytes the store may still grow by


class End(msgspec.Struct):
    """How it ended: the signal that ended it, or the code of its error, or neither when all went well."""

    signal: int = 0
    error: str = ""
    crash: str = ""  # a traceback: it should have ended otherwise
    pushed: int = 0
    refused: int = 0


class Victims:
    """The parent process, and the way to ask it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.victim"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, attempt: Attempt) -> End:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(attempt) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=End)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve() -> None:
    lazy_pinyin("张")  # reads its dictionary, once for all
    gc.freeze()
    for line in sys.stdin.buffer:
        attempt = msgspec.json.decode(line, type=Attempt)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            _suffer(attempt, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            said = answers.read()
        _, status = os.waitpid(child, 0)
        end = msgspec.json.decode(said, type=End) if said else End()
        end.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        sys.stdout.buffer.write(msgspec.json.encode(end) + b"\n")
        sys.stdout.buffer.flush()


def _suffer(attempt: Attempt, answers: int) -> None:
    end = End(crash="it ended without a word")
    try:
        end = _attempt(attempt)
    except WorkstationError as error:
        end = End(error=error.code)
    except BaseException:  # noqa: BLE001 - told to the parent, which fails
        end = End(crash=traceback.format_exc())
    finally:
        os.write(answers, msgspec.json.encode(end))
        os._exit(0)  # as abrupt as the others: what was not committed is not


def _attempt(attempt: Attempt) -> End:
    push.BATCH = BATCH
    seat_time.install(attempt.shift_seconds)
    path = Path(attempt.path)
    if attempt.room is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        most = max(_size(path), _size(path.with_name(path.name + "-wal"))) + attempt.room
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    store = open_store(path, bytes.fromhex(attempt.key))
    if attempt.kill_at is not None:
        _die_at(attempt.kill_at)
    server = Server(attempt.host, attempt.port, attempt.database)
    done = engine.sync_once(
        store,
        lambda: connect(server, attempt.login, attempt.password),
        engine.Device(attempt.device, "a seat of the simulation"),
        attempt.today,
    )
    return End(pushed=done.pushed, refused=done.refused)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _die_at(moment: int) -> None:
    """Every commit is counted: of the centre's sessions, of its transactions' ends, and of the store."""
    passed = 0

    def around(commit: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            nonlocal passed
            for call in (lambda: None, lambda: commit(*args, **options)):
                answer = call()
                if passed == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                passed += 1
            return answer

        return counted

    psycopg.Connection.commit = around(psycopg.Connection.commit)  # type: ignore[method-assign]
    psycopg.Transaction.__exit__ = around(psycopg.Transaction.__exit__)  # type: ignore[method-assign]
    execute = sa.Connection.exec_driver_sql
    committed = around(execute)

    def counting(conn: sa.Connection, statement: str, *args: Any, **options: Any) -> Any:
        return (committed if statement == "COMMIT" else execute)(conn, statement, *args, **options)

    sa.Connection.exec_driver_sql = counting  # type: ignore[method-assign]


if __name__ == "__main__":
    _serve()
