"""A real PostgreSQL in a folder, on loopback with SCRAM: the central database of the demo and of the tests.

The superuser's password is handed by the caller, or made once and kept in the 0600 file `superuser` beside the data.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo

from workstation.central import binaries
from workstation.central.binaries import Binaries, EmbeddedServerError
from workstation.domain.message import msg

HOST = "127.0.0.1"
SUPERUSER = "postgres"
_PORT_TRIES = 4
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedServer:
    """One running server. Stops when the process ends, also when it is killed; attaches to one already running."""

    def __init__(self, folder: Path, data: Path, programs: Binaries, password: str) -> None:
        self.folder = folder
        self.data = data
        self.host = HOST
        self.port = 0
        self._programs = programs
        self._password = password
        self._watcher: subprocess.Popen[bytes] | None = None
        self._owned = False

    @classmethod
    def start(
        cls, folder: Path, *, password: str | None = None, durable: bool = True, programs: Binaries | None = None
    ) -> Self:
        """Makes the database cluster in `folder` when there is none, and starts it.

        `durable=False` trades safety at a power cut for speed: for tests only. `programs`: those of another PostgreSQL
        than the one found first. Raises `EmbeddedServerError`.
        """
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        data = _data_folder(folder)
        version = data / "PG_VERSION"
        programs = programs or binaries.find(int(version.read_text()) if version.exists() else None)
        if not version.exists() and data.exists():
            shutil.rmtree(data)  # an initdb that was cut off
        server = cls(folder, data, programs, password or _kept_password(folder))
        if not version.exists():
            server._initialise(durable)
        if not server._attach():
            server._launch(durable)
        return server

    @staticmethod
    def remove(folder: Path) -> None:
        """Deletes a stopped server's data and password for good."""
        folder = folder.absolute()
        for path in {_data_folder(folder), folder / "pgdata"}:
            shutil.rmtree(path, ignore_errors=True)
        (folder / "superuser").unlink(missing_ok=True)

    @property
    def superuser_dsn(self) -> str:
        return self.dsn(SUPERUSER, self._password)

    def dsn(self, login: str, password: str, database: str = "postgres") -> str:
        """A connection string on this server; it holds the password, so it is not for logs."""
        return make_conninfo(
            host=self.host, port=self.port, user=login, password=password, dbname=database, connect_timeout=10
        )

    def stop(self) -> None:
        """Stops the server if this object started it; running sessions are cut off. Safe to call twice."""
        atexit.unregister(self.stop)
        if self._owned:
            self._owned = False
            try:
                self._pg_ctl("stop", "-m", "fast", "-t", "60")
            finally:
                self._release_watcher()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _pg_ctl(self, action: str, *arguments: str) -> str:
        command = [self._programs.program("pg_ctl"), action, "-D", str(self.data), "-w", *arguments]
        return binaries.run_as(command, self._programs.user)

    def _initialise(self, durable: bool) -> None:
        self.data.mkdir(mode=0o700, parents=True)
        handed = self.data.with_name(f"{self.data.name}.handed-{os.getpid()}")
        handed.touch(mode=0o600)
        handed.write_text(self._password + "\n")
        self._give(self.data)
        self._give(handed)
        command = [self._programs.program("initdb"), "-D", str(self.data), "-U", SUPERUSER, "--encoding=UTF8"]
        command += ["--no-locale", "--auth=scram-sha-256", f"--pwfile={handed}"]
        try:
            binaries.run_as([*command, *([] if durable else ["--no-sync"])], self._programs.user)
        finally:
            handed.unlink()
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists 'workstation.conf'\n")

    def _give(self, path: Path) -> None:
        if self._programs.user is not None:
            shutil.chown(path, self._programs.user)

    def _attach(self) -> bool:
        """True when a server of this folder runs already, e.g. of another window of the demo."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return False
        lines = lock.read_text().splitlines()
        if not lines or not _is_ours(int(lines[0]), self.data):
            lock.unlink()  # left by a crash; the number may belong to a stranger by now
            return False
        self.port = int(lines[3])
        try:
            psycopg.connect(self.superuser_dsn).close()
        except psycopg.OperationalError as error:
            raise EmbeddedServerError(
                msg(
                    "A demo database runs in {folder} but refuses us: {reason}",
                    folder=str(self.folder),
                    reason=str(error).strip(),
                )
            ) from error
        return True

    def _launch(self, durable: bool) -> None:
        for left in reversed(range(_PORT_TRIES)):
            self.port = _free_port()
            self._configure(durable)
            try:
                self._pg_ctl("start", "-s", "-l", str(self.data / "server.log"), "-t", "60")
                break
            except EmbeddedServerError:
                # Somebody may have taken the port between our look and the start.
                if not left or "Address already in use" not in self._log_tail():
                    raise
        self._owned = True
        atexit.register(self.stop)
        self._watch()

    def _configure(self, durable: bool) -> None:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_parameter_max_length_on_error": "0",  # no personal data in logs
            "log_min_error_statement": "panic",
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            **({} if durable else _QUICK),
        }
        conf = self.data / "workstation.conf"
        conf.write_text("".join(f"{name} = '{value}'\n" for name, value in settings.items()))
        conf.chmod(0o600)
        self._give(conf)

    def _log_tail(self) -> str:
        log = self.data / "server.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def _watch(self) -> None:
        """A shell that waits for our end of a pipe to close, however we end, and then stops the server."""
        if sys.platform == "win32":
            return  # a server left over there is attached to at the next start
        command = ["/bin/sh", "-c", 'cat >/dev/null; exec "$@"', "watch"]
        command += [self._programs.program("pg_ctl"), "stop", "-D", str(self.data), "-m", "fast", "-s"]
        identity: dict[str, object] = {}
        if self._programs.user is not None:
            import pwd

            group = pwd.getpwnam(self._programs.user).pw_gid
            identity = {"user": self._programs.user, "group": group, "extra_groups": []}
        self._watcher = subprocess.Popen(  # type: ignore[call-overload] # noqa: S603 - the keys are Popen's own; our own words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # Ctrl-C in our terminal is not for it
            **identity,
        )

    def _release_watcher(self) -> None:
        if self._watcher is not None and self._watcher.stdin is not None:
            self._watcher.stdin.close()
            self._watcher.wait(60)
            self._watcher = None


def _data_folder(folder: Path) -> Path:
    """`pgdata` in the folder; as root, where the server's account may not enter the folder, a place of its own."""
    if not binaries.is_root() or _enterable(folder):
        if binaries.is_root() and folder.is_dir() and folder.stat().st_uid == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
        return folder / "pgdata"
    return binaries.root_state() / f"data-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def _enterable(folder: Path) -> bool:
    """Every folder above lets others pass. We never loosen the rights of folders that are not ours."""
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents if parent.exists())


def _kept_password(folder: Path) -> str:
    kept = folder / "superuser"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
    return kept.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ours(pid: int, data: Path) -> bool:
    """Whether the process is the server of this data folder, not a stranger with a number used again."""
    if sys.platform == "win32":
        return True
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return False  # no such process
    else:
        listing = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed words
    return "postgres" in command and str(data) in command
