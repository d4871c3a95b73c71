"""What goes into a batch and what comes out of it, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

from letters.batch_folder import Entry
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message


@dataclass(frozen=True, slots=True)
class Wanted:
    """One letter to be made. `place` is its number in the source (a file's row), unique and rising."""

    place: int
    context: Mapping[str, object]  # the form of `letter render`


@dataclass(frozen=True, slots=True)
class Refused:
    """A letter that is not made, and why; `missing` are the fields and statements that lack."""

    place: int
    case_number: str
    reason: Message
    missing: tuple[str, ...] = ()
    field: str | None = None
    value: str = ""  # what stood there, of a file's cell


@dataclass(frozen=True, slots=True)
class Finished:
    """A letter that stands whole in the folder. `again`: it was there from an earlier run and its hash was checked."""

    entry: Entry
    context: Mapping[str, object]
    again: bool = False
    pdf: bytes | None = None  # of a letter in a print file, where asked for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: letters done of `total`, letters a second of late, seconds remaining where known."""

    done: int
    total: int
    rate: float = 0.0
    remaining: float | None = None


class NotKept(WorkstationError):
    """Raised by `finished`: the letter must not go out after all, so it is taken away and counts as refused."""

    code = "not_kept"


State = Literal["done", "refused", "cancelled", "stopped"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a batch ended. `refused`: nothing was made, since some letters cannot be; `stopped`: `problem` says why."""

    state: State
    made: int  # letters that stand in the folder, those of earlier runs among them
    again: int  # of these, from earlier runs
    total: int
    refused: tuple[Refused, ...]
    seconds: float
    manifest: Path | None = None
    print_file: Path | None = None
    problem: Message | None = None


Report = Callable[[Progress], None]
Stop = Callable[[], bool]


class Meter:
    """Counts what is done; the rate is that of the last half minute, so that a slow start is forgotten."""

    _SPAN = 30.0

    def __init__(self, total: int, report: Report) -> None:
        self._total, self._report = total, report
        self._marks = [(monotonic(), 0)]
        self.done = 0

    def count(self, more: int) -> None:
        self.done += more
        now = monotonic()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[0][0] > self._SPAN:
            del self._marks[0]
        began, before = self._marks[0]
        rate = (self.done - before) / (now - began) if now > began else 0.0
        remaining = max(0, self._total - self.done) / rate if rate > 0 else None
        self._report(Progress(self.done, self._total, rate, remaining))
