"""The list of a batch's letters as CSV, for spreadsheets and for proof: every cell is text, none a formula."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from letters.batch_folder import MANIFEST, PART, Entry
from letters.batch_values import Refused
from workstation.domain.message import Message

COLUMNS = (
    "row",
    "state",
    "case_number",
    "postcode",
    "file",
    "first_page",
    "last_page",
    "pages",
    "sha256",
    "template",
    "language",
    "version",
    "missing_glyphs",
    "missing",
    "reason",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe before it."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def write_manifest(
    folder: Path, entries: Iterable[Entry], refused: Iterable[Refused], say: Callable[[Message], str]
) -> Path:
    """Write `manifest.csv` whole or not at all: made letters by place, then refused ones. Raises `OSError`."""
    path = folder / MANIFEST
    handle, name = tempfile.mkstemp(prefix=PART, suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for entry in entries:
                writer.writerow(_made(entry))
            for each in refused:
                writer.writerow(_refused(each, say))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _made(entry: Entry) -> list[object]:
    first = entry.first_page or 1
    texts = (entry.case_number, entry.postcode, entry.file)
    return [
        entry.place,
        "made",
        *map(harmless, texts),
        first,
        first + entry.pages - 1,
        entry.pages,
        entry.sha256,
        entry.template,
        entry.language,
        entry.version,
        harmless(entry.missing),
        "",
        "",
    ]


def _refused(each: Refused, say: Callable[[Message], str]) -> list[object]:
    cells: list[object] = [each.place, "refused", harmless(each.case_number), *[""] * 10]
    return [*cells, harmless("; ".join(each.missing)), harmless(say(each.reason))]
