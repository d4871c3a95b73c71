"""A bank's file as rows of text: CSV in UTF-8 or GB18030, or the first sheet of an Excel file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workstation.desk.importing.csv_files import DAMAGED, Line, csv_lines
from workstation.desk.importing.excel_files import excel_lines
from workstation.desk.importing.refusals import UnreadableFileError
from workstation.domain.message import Message, msg

LARGEST = 300 * 1024 * 1024  # bytes
WIDEST = 400  # columns
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods and .xls begin
# Characters of private use stand where a wrong code page was read: nobody types them.
_WRONG_PAGE = re.compile(f"[{DAMAGED}\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, or with a row when `column` is empty."""

    row: int  # as the file counts: the header is row 1
    column: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, trimmed. `faults` are cells that cannot be trusted; they count only when read."""

    number: int
    cells: dict[str, str]
    faults: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of a file's columns, and the rows below them, read as they are asked for.

    A row with a wrong number of fields comes as its error.
    """

    header: list[str]
    rows: Iterator[Row | RowError]


def read_table(path: Path) -> Table:
    """Open a bank's file. Here, or on the way through its rows, `UnreadableFileError` when it is unreadable whole."""
    if path.stat().st_size > LARGEST:
        raise UnreadableFileError(msg("{file} is larger than {n} MB. Split it.", file=path.name, n=LARGEST >> 20))
    lines = (line for line in _lines(path) if any(line.cells))
    first = next(lines, None)
    if first is None:
        raise UnreadableFileError(msg("{file} is empty.", file=path.name))
    header = _header(path, first.cells)
    return Table(header, _rows(lines, header))


def _rows(lines: Iterator[Line], header: list[str]) -> Iterator[Row | RowError]:
    for line in lines:
        if len(line.cells) == len(header):
            yield Row(line.number, dict(zip(header, line.cells, strict=True)), _faults(line, header))
            continue
        reason = msg("The row has {found} fields, the header {wanted}.", found=len(line.cells), wanted=len(header))
        yield RowError(line.number, "", ",".join(line.cells)[:200], reason)


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        start = file.read(4)
    return excel_lines(path) if start in SPREADSHEETS else csv_lines(path)


def _header(path: Path, cells: list[str]) -> list[str]:
    if len(cells) > WIDEST:
        raise UnreadableFileError(msg("{file} has more than {n} columns.", file=path.name, n=WIDEST))
    double = next((name for name in cells if name and cells.count(name) > 1), None)
    if double is not None:
        raise UnreadableFileError(msg("{file} has two columns named “{name}”.", file=path.name, name=double))
    return cells


def _faults(line: Line, header: list[str]) -> Mapping[str, Message]:
    if not line.faults and not _WRONG_PAGE.search("".join(line.cells)):
        return {}
    found = {header[place]: reason for place, reason in line.faults.items() if place < len(header)}
    for name, cell in zip(header, line.cells, strict=True):
        if _WRONG_PAGE.search(cell):
            found[name] = msg("Some characters here are in a wrong encoding. Save the file as CSV (UTF-8).")
    return found
