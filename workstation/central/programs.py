"""PostgreSQL's own client programs for backup and restore: found by version, run with the password out of sight."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from workstation.central import binaries
from workstation.central.binaries import EmbeddedServerError
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

_TAIL = 600  # characters of what a program said last


class ProgramError(WorkstationError):
    """A program of PostgreSQL is missing, too old, or failed; the message says which and what it said."""

    code = "program"


def client(name: str, server: int, oldest: int = 0) -> tuple[str, int]:
    """The path of `pg_dump` or `pg_restore` for a server of major version `server`, and its own major version.

    The same version as the server's is taken when it is there, else the nearest newer one: an older one cannot read
    the server, and a newer one's files and settings may be too new for it. `oldest`: what the file at hand needs.
    """
    needed = max(server, oldest)
    fitting = [(major, path) for major, path in _installed(name, needed) if major >= needed]
    if not fitting:
        raise ProgramError(
            msg(
                "{program} of PostgreSQL {major} or later is needed and was not found. Install it, on Debian and "
                "Ubuntu with the package postgresql-client-{major}.",
                program=name,
                major=needed,
            )
        )
    major, path = min(fitting, key=lambda found: found[0])
    return path, major


@contextmanager
def running(command: list[str], dsn: str, *, reads: bool) -> Iterator[IO[bytes]]:
    """The program's standard input (`reads`) or output, connected to `dsn`; it is ended when the block is left early.

    The password goes to the child by its environment, which only the same account can look at; never as an argument.
    """
    options = conninfo_to_dict(dsn)
    password = str(options.pop("password", "") or "")
    # Known to libpq from 16 on, and these may be of 15: the server was signed in to with both already.
    options.pop("require_auth", None)
    if options.get("sslrootcert") == "system":
        options["sslrootcert"] = ssl.get_default_verify_paths().cafile or "system"
    environment = {**os.environ, "PGPASSWORD": password, "LC_ALL": "C"}
    if not password:
        del environment["PGPASSWORD"]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - a program we found, arguments we made
            [*command, "--no-password", f"--dbname={make_conninfo('', **options)}"],
            env=environment,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
            stderr=said,
        )
        stream = child.stdin if reads else child.stdout
        if stream is None:
            raise RuntimeError("a pipe was asked for")
        try:
            try:
                yield stream
                stream.close()
            except BrokenPipeError:
                pass  # it ended before it had read everything: its exit code and its words say why
            code = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if not stream.closed:
                with suppress(BrokenPipeError):  # what was buffered for it has no reader any more
                    stream.close()
        if code:
            said.seek(0)
            output = said.read().decode(errors="replace").strip()
            raise ProgramError(
                msg("{program} failed: {output}", program=Path(command[0]).stem, output=output[-_TAIL:] or str(code))
            )


def _installed(name: str, major: int) -> Iterator[tuple[int, str]]:
    """Version and path of each that is there. A machine may hold the clients without a server."""
    file = f"{name}.exe" if sys.platform == "win32" else name
    candidates: list[Path] = []
    for root, pattern in (
        ("/usr/lib/postgresql", "*/bin"),  # Debian
        ("/usr", "pgsql-*/bin"),  # Red Hat
        ("/opt/homebrew/opt", "libpq*/bin"),
        ("C:/Program Files/PostgreSQL", "*/bin"),
    ):
        candidates += [folder / file for folder in sorted(Path(root).glob(pattern))]
    on_path = shutil.which(name)
    if on_path is not None:
        candidates.append(Path(on_path))  # last: on Debian a script that chooses a version by the arguments
    own = [(version, str(path)) for path in candidates if (version := _version(path)) is not None]
    yield from own
    if any(version == major for version, _ in own):
        return  # looking further would prepare a server's programs, which as root makes an account
    for wanted in (major, None):
        try:
            folder = binaries.find(wanted).folder
        except EmbeddedServerError:
            continue
        path = folder / file
        version = _version(path)
        if version is not None:
            yield version, str(path)


def _version(path: Path) -> int | None:
    if not path.is_file():
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a path we found
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if said.returncode == 0 and number else None
