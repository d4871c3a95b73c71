"""Temporary files of the window's process: in memory where the system has such a place, and gone with the process.

The print system's spool file, a dialog's, a library's: whatever asks for a temporary place gets this one. On Linux it
is the person's runtime folder or shared memory, both in memory and for this person alone. Elsewhere it is a folder of
our own that is emptied at the start and at the end; what a crash leaves there is under the disk's encryption alone.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from workstation.settings import home

PREFIX = "collector-workstation-"


def use_private_temp() -> Path:
    """Make it, point this process and its children at it, and clear away what dead processes left."""
    parent = _in_memory() or _own_folder()
    for left in parent.glob(f"{PREFIX}*"):
        if not _alive(left.name.removeprefix(PREFIX).split("-", 1)[0]):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(made)
    tempfile.tempdir = str(made)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _in_memory() -> Path | None:
    if not sys.platform.startswith("linux"):
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    for place in filter(None, (runtime, "/dev/shm")):  # noqa: S108  # memory, and a folder of our own in it
        path = Path(place)
        if path.is_dir() and os.access(path, os.W_OK) and is_in_memory(path):
            return path
    return None


def is_in_memory(path: Path) -> bool:
    """Is this on a tmpfs, by the longest mount point that holds it?"""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return False
    holding = [(len(fields[1]), fields[2]) for fields in mounts if path.resolve().is_relative_to(fields[1])]
    return bool(holding) and max(holding)[1] in {"tmpfs", "ramfs"}


def _own_folder() -> Path:
    made = home() / "tmp"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def _alive(pid: str) -> bool:
    if not pid.isdecimal():
        return True
    if sys.platform == "win32":
        return False  # a running one holds its files, which then stay
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
