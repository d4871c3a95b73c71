"""A PostgreSQL cluster of the distribution's own packages, made, started and stopped for a trial on the loopback."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from workstation.central.binaries import is_root, run_as

HOST = "127.0.0.1"
SUPERUSER = "postgres"
ACCOUNT = "postgres"  # the packages' own; used when the trial is started as root
DEBIAN = Path("/usr/lib/postgresql/15/bin")
START_SECONDS = 600  # a crash recovery after a large load takes its time


@dataclass(frozen=True, slots=True)
class Cluster:
    """`folder` holds the data, the log, the superuser's password and the settings of the trial."""

    folder: Path
    port: int
    programs: Path = DEBIAN

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password(self) -> str:
        return (self.folder / "superuser").read_text().strip()

    def dsn(self, database: str = "postgres", **more: str) -> str:
        """The superuser's; it holds the password, so it is not for logs."""
        return make_conninfo(host=HOST, port=self.port, user=SUPERUSER, password=self.password, dbname=database, **more)

    def make(self, password: str | None = None) -> None:
        """An empty cluster; what stood in the folder is deleted."""
        self.clear_away()
        self.folder.mkdir(parents=True)
        kept = self.folder / "superuser"
        kept.touch(mode=0o600)
        kept.write_text((password or secrets.token_urlsafe(24)) + "\n")
        self.give()
        self.run(
            "initdb", "-D", str(self.data), "-U", SUPERUSER, "--encoding=UTF8", "--no-locale",
            "--auth=scram-sha-256", f"--pwfile={kept}", "--no-sync",
        )  # fmt: skip
        self._include()

    def _include(self) -> None:
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists '../trial.conf'\n")

    def settle(self, settings: Mapping[str, str]) -> None:
        """The settings of the next start."""
        common = {
            "port": str(self.port),
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
        }
        conf = self.folder / "trial.conf"
        conf.write_text("".join(f"{name} = '{value}'\n" for name, value in {**common, **settings}.items()))
        self.give(conf)

    def start(self) -> None:
        self._ctl("start", "-l", str(self.folder / "server.log"))

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._ctl("stop", "-m", "fast")

    def promote(self) -> None:
        self._ctl("promote")

    def kill(self) -> None:
        """As a machine that loses its power: the server and all it has started, at once."""
        parent = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        family = [parent, *_children(parent)]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in family):
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink()

    def copy_of(self, primary: Cluster, slot: str) -> None:
        """This cluster becomes a streaming standby of `primary`, with the slot of that name."""
        self.clear_away()
        self.folder.mkdir(parents=True)
        kept = self.folder / "superuser"
        kept.touch(mode=0o600)
        kept.write_text(primary.password + "\n")
        self.give()
        source = primary.dsn(application_name=slot)
        self.run(
            "pg_basebackup", "-d", source, "-D", str(self.data), "-R", "-C", "-S", slot, "-X", "stream", "-c", "fast"
        )

    def clear_away(self) -> None:
        """Deletes a stopped cluster for good."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def give(self, path: Path | None = None) -> None:
        if is_root():
            for one in (path,) if path else (self.folder, *self.folder.iterdir()):
                shutil.chown(one, ACCOUNT, ACCOUNT)

    def run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        return run_as(command, ACCOUNT if is_root() else None, timeout=START_SECONDS)

    def _ctl(self, action: str, *arguments: str) -> None:
        self.run("pg_ctl", action, "-D", str(self.data), "-w", "-s", "-t", str(START_SECONDS), *arguments)


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(one) for one in found]
