"""The file of a backup: a tar of the dump, the login roles, a manifest and their sums; written whole or not at all.

`tar -xf FILE && sha256sum -c SHA256SUMS` checks it by hand, and `pg_restore` reads the dump inside.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import json

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

FORMAT = "collector workstation central backup"
VERSION = 1
DUMP, ROLES, MANIFEST, SUMS = "central.dump", "roles.json", "manifest.json", "SHA256SUMS"
_BLOCK = 512  # of a tar
_CHUNK = 1 << 20
_SMALL = 64 << 20  # more than any list of people takes

Progress = Callable[[str, int, int], None]  # step, done so far, of how much (0: unknown)


class BackupError(WorkstationError):
    """A backup could not be made, or a file is not one that can be restored; the message says what to do."""

    code = "backup"


class LoginRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's login role. `verifier` proves a password without being one."""

    login: str
    role: str
    verifier: str | None
    can_login: bool


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the backup is of. Read before anything else, so that a wrong file is refused before it does harm."""

    format: str
    version: int
    database: str
    epoch: str
    schema_version: str
    taken_at: datetime
    server: int  # major version of PostgreSQL
    dumped_by: int  # major version of pg_dump
    counts: dict[str, int]  # rows by table
    sha256: str  # of the dump


class Archive:
    """A backup being written: the dump first, as it comes, then what is known only when it is there."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._sums: list[tuple[str, str]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """Adds a member of a size not known beforehand; returns its sha256."""
        begin, size, digest = self._out.tell(), 0, hashlib.sha256()
        self._out.write(bytes(_BLOCK))
        for chunk in chunks:
            self._out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        self._out.write(bytes(-size % _BLOCK))
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._out.seek(begin)
        self._out.write(member.tobuf(tarfile.GNU_FORMAT))
        self._out.seek(0, os.SEEK_END)
        self._sums.append((digest.hexdigest(), name))
        return digest.hexdigest()

    def finish(self) -> None:
        lines = "".join(f"{digest}  {name}\n" for digest, name in self._sums)
        self.add(SUMS, [lines.encode()])
        self._out.write(bytes(2 * _BLOCK))


@contextmanager
def writing(path: Path) -> Iterator[Archive]:
    """A new file at `path` when the block ends well; on an error or a cancel there is nothing. Never overwrites."""
    if path.exists():
        raise BackupError(msg("{file} is there already. Choose another name.", file=str(path)))
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "r+b") as out:  # noqa: PTH123 - only open takes a handle
            archive = Archive(out)
            yield archive
            archive.finish()
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    except OSError as error:
        raise BackupError(
            msg("The backup cannot be written to {file}: {reason}", file=str(path), reason=error.strerror or str(error))
        ) from error
    finally:
        part.unlink(missing_ok=True)


class Backup:
    """A backup at hand, opened and found whole. `size`: bytes of its dump."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest, roles: list[LoginRole], size: int) -> None:
        self.manifest = manifest
        self.roles = roles
        self.size = size
        self._tar = tar

    def dump(self) -> Iterator[bytes]:
        return _chunks(self._tar, DUMP)


@contextmanager
def reading(path: Path, progress: Progress = lambda *_: None) -> Iterator[Backup]:
    """Opens a backup after checking every byte of it. Raises `BackupError` for anything else."""
    try:
        with path.open("rb") as file:
            try:
                with tarfile.open(fileobj=file, mode="r:") as tar:
                    yield _opened(path, tar, progress)
            except tarfile.TarError as error:
                raise _broken(path) from error
    except OSError as error:
        raise BackupError(
            msg("{file} cannot be read: {reason}", file=str(path), reason=error.strerror or str(error))
        ) from error


def _opened(path: Path, tar: tarfile.TarFile, progress: Progress) -> Backup:
    names = tar.getnames()
    if MANIFEST not in names:
        raise _broken(path)
    try:
        head = json.decode(_small(tar, MANIFEST))
    except msgspec.DecodeError as error:
        raise _broken(path) from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _broken(path)
    if not isinstance(head.get("version"), int) or head["version"] > VERSION:
        raise BackupError(
            msg("{file} was made by a newer version of this program. Restore it with that version.", file=str(path))
        )
    if names != [DUMP, ROLES, MANIFEST, SUMS]:
        raise _damaged(path)
    done, total = 0, tar.getmember(DUMP).size
    sums = ""
    for name in (DUMP, ROLES, MANIFEST):
        digest = hashlib.sha256()
        for chunk in _chunks(tar, name):
            digest.update(chunk)
            done += len(chunk)
            progress("verify", min(done, total), total)
        sums += f"{digest.hexdigest()}  {name}\n"
    try:
        manifest = msgspec.convert(head, Manifest)
        roles = json.decode(_small(tar, ROLES), type=list[LoginRole])
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise _damaged(path) from error
    if _small(tar, SUMS) != sums.encode() or not sums.startswith(f"{manifest.sha256}  "):
        raise _damaged(path)
    return Backup(tar, manifest, roles, total)


def _chunks(tar: tarfile.TarFile, name: str) -> Iterator[bytes]:
    member = tar.extractfile(name)
    if member is None:
        raise tarfile.ReadError(f"{name} is no file")
    while chunk := member.read(_CHUNK):
        yield chunk


def _small(tar: tarfile.TarFile, name: str) -> bytes:
    if tar.getmember(name).size > _SMALL:
        raise tarfile.ReadError(f"{name} is too large")
    return b"".join(_chunks(tar, name))


def _broken(path: Path) -> BackupError:
    return BackupError(
        msg(
            "{file} is not a backup made by “central backup”, or it was cut short. Choose another file; "
            "nothing was changed.",
            file=str(path),
        )
    )


def _damaged(path: Path) -> BackupError:
    return BackupError(
        msg(
            "{file} is damaged: its content does not agree with its checksums. Use another copy of this backup or an "
            "older one; nothing was changed.",
            file=str(path),
        )
    )
