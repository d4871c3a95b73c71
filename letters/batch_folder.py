"""The folder of a batch: one batch at a time in it, and a journal of what is finished, so that it can be continued.

`batch.journal` has a JSON object a line: first what the batch is, then one for each letter that stands whole in the
folder. A line is written after its letter, so a letter without a line is made again (to the same bytes, in place),
and a line whose letter is gone or changed is found by its hash. The journal is locked while a batch runs; the lock is
the system's and ends with its process.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from letters.form import NotWritten
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

JOURNAL, MANIFEST, PRINT_FILE = "batch.journal", "manifest.csv", "letters.pdf"
PART = ".letter-"  # how the name of a file in the making begins


class FolderBusy(WorkstationError):
    """Another batch is being written into this folder now."""

    code = "folder_busy"


class OtherBatch(InputError):
    """The folder holds a batch made of other data, or files of somebody else."""

    code = "other_batch"


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter that stands whole in the folder.

    `sha256` is the letter's as rendered alone, by `template`, `language` and `version` from its context, whose digest
    is `context`. `first_page` is where it begins in the print file, counted from the file's first page; 0 otherwise.
    """

    place: int
    case_number: str
    postcode: str
    file: str
    pages: int
    sha256: str
    template: str
    language: str
    version: str
    context: str
    missing: str = ""  # characters that no face has, printed as 〓
    first_page: int = 0


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    _FAR = 1 << 40  # the byte that is locked lies beyond everything that is read

    def _take(handle: IO[bytes]) -> bool:
        handle.seek(_FAR)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Journal:
    """What is finished, on disk; in memory only where each line stands (sixteen bytes a letter)."""

    def __init__(self, folder: Path, head: Mapping[str, object]) -> None:
        """Take up the folder's journal, or begin one; the folder is made when it is not there.

        `head` says what the batch is. Raises `FolderBusy`, `OtherBatch` and `NotWritten`.
        """
        self._at: dict[int, int] = {}
        self.finished: str | None = None  # the print file's SHA-256, once it was whole
        self.versions: dict[str, str] = {}  # "template language" → version that the first letters were made by
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = opened(folder / JOURNAL)
            self._reader = (folder / JOURNAL).open("rb")
        except OSError as error:
            raise not_written(folder, error) from error
        try:
            _alone(self._file, folder)
            self._begin(folder, {"batch": 1, **head})
        except BaseException:
            self.close()
            raise

    def _begin(self, folder: Path, head: Mapping[str, object]) -> None:
        if not self._read(folder, json.loads(json.dumps(head))):
            if any(folder.glob("*.pdf")) or (folder / MANIFEST).exists():
                raise _other(folder)
            try:
                self._append(head)
            except OSError as error:
                raise not_written(folder, error) from error
        for path in folder.glob(f"{PART}*.part"):  # what a killed run left half written
            path.unlink(missing_ok=True)

    def _read(self, folder: Path, head: Mapping[str, object]) -> bool:
        """Take up what an earlier run left, if there was one; a line torn by its end is cut off."""
        end = 0
        for number, line in enumerate(self._reader):
            told = _object(line)
            if told is None:
                break
            if number == 0 and told != head:
                raise _other(folder)
            if "print_file" in told:
                self.finished = told["print_file"]
            elif "gone" in told:
                self._at.pop(told["gone"], None)
            elif "place" in told:
                self._at[told["place"]] = end
                self.versions.setdefault(f"{told['template']} {told['language']}", told["version"])
            end += len(line)
        self._file.truncate(end)
        return end > 0

    def __contains__(self, place: int) -> bool:
        return place in self._at

    def __len__(self) -> int:
        return len(self._at)

    def entry(self, place: int) -> Entry | None:
        """The letter of this place, as it was noted last."""
        at = self._at.get(place)
        if at is None:
            return None
        self._reader.seek(at)
        told = _object(self._reader.readline())
        if told is None:
            return None
        return Entry(**{name: value for name, value in told.items() if name in Entry.__dataclass_fields__})

    def add(self, entry: Entry, **more: object) -> None:
        """Note a finished letter. Raises `OSError` when it cannot be written; then nothing is noted."""
        self._at[entry.place] = self._append({**asdict(entry), **more})

    def forget(self, place: int) -> None:
        """Its letter is not there any more, also for a later run; the next note of it counts. Raises `OSError`."""
        if self._at.pop(place, None) is not None:
            self._append({"gone": place})

    def finish(self, sha256: str) -> None:
        """The print file is whole."""
        self._append({"print_file": sha256})
        self.finished = sha256

    def notes(self) -> Iterator[dict[str, Any]]:
        """Every letter's note in the order in which they were written, those of letters that are gone too."""
        self._reader.seek(0)
        for line in self._reader:
            told = _object(line)
            if told is not None and "place" in told:
                yield told

    def keep_first(self, count: int) -> None:
        """Only the first so many letters' notes stand: what the others tell of is not there."""
        at = seen = 0
        self._reader.seek(0)
        self._at.clear()
        for line in self._reader:
            told = _object(line)
            if told is not None and "place" in told:
                if seen == count:
                    break
                seen += 1
                self._at[told["place"]] = at
            elif told is not None and "gone" in told:
                self._at.pop(told["gone"], None)
            at += len(line)
        self._file.truncate(at)

    def _append(self, told: Mapping[str, object]) -> int:
        at = self._file.seek(0, os.SEEK_END)
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            write_all(self._file, line)
        except OSError:
            self._file.truncate(at)
            raise
        return at

    def entries(self) -> Iterator[Entry]:
        """All finished letters in the order of their places, read one by one."""
        for place in array("q", sorted(self._at)):
            entry = self.entry(place)
            if entry is not None:
                yield entry

    def close(self) -> None:
        """End the lock."""
        self._reader.close()
        self._file.close()


def _alone(handle: IO[bytes], folder: Path) -> None:
    if not _take(handle):
        raise FolderBusy(
            msg(
                "Another batch is being written into {folder} now. Wait for its end, or choose another folder.",
                folder=str(folder),
            ),
            field="out",
        )


def opened(path: Path) -> IO[bytes]:
    """To read and to append to, unbuffered so that nothing is left to be written later; for its owner's eyes only."""
    return open(path, "a+b", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600))


def write_all(file: IO[bytes], content: bytes) -> None:
    """To an unbuffered file: a disk that fills up takes a part, then nothing."""
    written = 0
    while written < len(content):
        written += file.write(content[written:])


def begun(folder: Path) -> Mapping[str, Any] | None:
    """What the folder's batch was begun with, or `None` when there is none."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            return _object(file.readline())
    except OSError:
        return None


def _other(folder: Path) -> OtherBatch:
    return OtherBatch(
        msg(
            "{folder} holds another batch: other data, another template or another form. Choose an empty folder, or "
            "run it again with the data it was begun with.",
            folder=str(folder),
        ),
        field="out",
    )


def not_written(place: Path, error: OSError) -> NotWritten:
    return NotWritten(
        msg(
            "{file} could not be written: {problem}. What is finished stays; run the same command again to go on.",
            file=str(place),
            problem=error.strerror or type(error).__name__,
        ),
        field="out",
    )


def _object(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
