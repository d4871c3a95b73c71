"""What one process of a batch does: makes letters and puts each whole into the folder, or says why not.

Runs in helper processes, so everything here and in the values is found by name and can be sent. Errors come back as
values: a letter refused is told with the others, a full disk ends the batch.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from letters.batch_folder import PART, PRINT_FILE, Entry, not_written
from letters.batch_values import Refused
from letters.batch_words import lawful
from letters.context import read_context
from letters.render import Rendered, composed
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg

if TYPE_CHECKING:
    from letters.print_file import Drawn

_UNSAFE = re.compile(r"[^0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Task:
    """A letter to make; `known` is the note of an earlier run, whose file is looked at first."""

    place: int
    context: Mapping[str, object]
    known: Entry | None = None
    refused: Refused | None = None  # by whoever read it: passed on


@dataclass(frozen=True, slots=True)
class Stopped:
    """The folder takes nothing more: the batch ends."""

    problem: Message


@dataclass(frozen=True, slots=True)
class Made:
    """A letter made, or `again` kept from an earlier run. Of a print file its pages, and its PDF where asked for."""

    entry: Entry
    again: bool = False
    drawn: Drawn | None = None
    pdf: bytes | None = None


Outcome = Made | Refused | Stopped


def begin() -> None:
    """First in a helper process: leave Ctrl C to the parent, end with it however it ends, and load the faces."""
    import multiprocessing

    from letters.fonts import faces

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()  # returns when the parent is gone, killed or not
            os._exit(1)

        threading.Thread(target=follow, daemon=True, name="follows-parent").start()
    faces()
    gc.freeze()  # the faces' tables are never garbage


def make_files(folder: str, tasks: Sequence[Task], versions: Mapping[str, str]) -> list[Outcome]:
    """Each letter as a file of its own in `folder`. After `Stopped` nothing more is tried."""
    found: list[Outcome] = []
    for task in tasks:
        outcome = _made(Path(folder), task, versions)
        found.append(outcome)
        if isinstance(outcome, Stopped):
            break
    return found


def make_pages(tasks: Sequence[Task], versions: Mapping[str, str], with_pdf: bool) -> list[Outcome]:
    """Each letter's pages for the print file; its hash is that of the letter alone, which is made for it."""
    return [_drawn(task, versions, with_pdf) for task in tasks]


def check(tasks: Sequence[Task]) -> list[Refused | None]:
    """Which letters would be refused, and why; nothing is written."""
    return [_refusal(task) for task in tasks]


def _made(folder: Path, task: Task, versions: Mapping[str, str]) -> Outcome:
    if task.refused is not None:
        return task.refused
    digest = digest_of(task.context)
    known = task.known
    if known is not None and known.context == digest and _stands(folder / known.file, known.sha256):
        return Made(known, again=True)
    version = _version(task.context, known, versions)
    try:
        typed = read_context(task.context)
        lawful(typed, version)
        made = _of_version(composed(typed, version).alone(), version)
    except WorkstationError as error:
        return refused(task, error)
    entry = entry_of(task, made, digest, name_of(task))
    try:
        put(folder / entry.file, made.pdf)
    except OSError as error:
        return Stopped(not_written(folder / entry.file, error).message)
    return Made(entry)


def _drawn(task: Task, versions: Mapping[str, str], with_pdf: bool) -> Outcome:
    from letters.print_file import drawn

    if task.refused is not None:
        return task.refused
    if task.known is not None:  # the print file was looked at when it was opened
        return Made(task.known, again=True)
    version = _version(task.context, None, versions)
    try:
        typed = read_context(task.context)
        lawful(typed, version)
        letter = composed(typed, version)
        made = _of_version(letter.alone(), version)
    except WorkstationError as error:
        return refused(task, error)
    entry = entry_of(task, made, digest_of(task.context), PRINT_FILE)
    return Made(entry, drawn=drawn(letter.draw, letter.setting.faces), pdf=made.pdf if with_pdf else None)


def _refusal(task: Task) -> Refused | None:
    if task.refused is not None:
        return task.refused
    try:
        typed = read_context(task.context)
        lawful(typed)
        composed(typed).alone()
    except WorkstationError as error:
        return refused(task, error)
    return None


def _of_version(made: Rendered, version: str) -> Rendered:
    """A batch is not finished with other words than it was begun with."""
    if version and made.version != version:
        raise InputError(
            msg(
                "This batch was begun with version {version} of {template}, which this program does not have. Go on "
                "with the program that began it, or begin anew in another folder.",
                version=version,
                template=made.template,
            ),
            code="unknown_version",
            field="version",
        )
    return made


def _version(context: Mapping[str, object], known: Entry | None, versions: Mapping[str, str]) -> str:
    """A batch goes on with the templates it began with, also under a newer program."""
    if known is not None:
        return known.version
    return versions.get(f"{context.get('template')} {context.get('language')}", "")


def entry_of(task: Task, made: Rendered, digest: str, file: str) -> Entry:
    return Entry(
        place=task.place,
        case_number=case_number(task.context),
        postcode=postcode(task.context),
        file=file,
        pages=made.pages,
        sha256=made.sha256,
        template=made.template,
        language=made.language,
        version=made.version,
        context=digest,
        missing="".join(made.missing_glyphs),
    )


def refused(task: Task, error: WorkstationError) -> Refused:
    missing: Any = getattr(error, "missing", ())
    return Refused(task.place, case_number(task.context), error.message, tuple(missing), error.field)


def digest_of(context: Mapping[str, object]) -> str:
    """The same for the same context, whatever the order of its fields."""
    return hashlib.sha256(msgspec.json.encode(context, order="deterministic")).hexdigest()


def case_number(context: Mapping[str, object]) -> str:
    value = context.get("case_number", "")
    return value if isinstance(value, str) else ""


def postcode(context: Mapping[str, object]) -> str:
    debtor = context.get("debtor")
    value = debtor.get("postcode", "") if isinstance(debtor, Mapping) else ""
    return value.strip() if isinstance(value, str) else ""


def name_of(task: Task) -> str:
    """The place and the case number: no name, so that a folder's listing tells nothing of a person."""
    number = _UNSAFE.sub("_", case_number(task.context)).strip("_")[:60]
    return f"{task.place:06}{'-' if number else ''}{number}.pdf"


def put(path: Path, content: bytes) -> None:
    """The file whole or not at all, readable by its owner; forced to the disk with all others at the end."""
    part = path.with_name(f"{PART}{path.name}.part")
    try:
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def flush_disk() -> None:
    """What was written survives a power cut from here on; where the system has no such call, its own time decides."""
    if sys.platform != "win32":
        os.sync()


def _stands(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
