"""A bank's file as rows of text: CSV in UTF-8 or GB18030, or the first sheet of an Excel file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

LARGEST = 300 * 1024 * 1024  # bytes
WIDEST = 400  # columns
LONGEST_CELL = 2_000  # characters; the rest of the program never needs more of one
EXCEL = {".xlsx", ".xlsm", ".xls", ".ods"}


class UnreadableFileError(InputError):
    """The file as a whole cannot be read; nothing was changed."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, or with a row when `column` is empty."""

    row: int  # as the file counts: the header is row 1
    column: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: dict[str, str]


def read_rows(path: Path) -> Iterator[Row | RowError]:
    """The rows below the header, cells trimmed. A row with a wrong number of fields comes as its error."""
    if path.stat().st_size > LARGEST:
        raise UnreadableFileError(msg("{file} is larger than {n} MB. Split it.", file=path.name, n=LARGEST >> 20))
    lines = _excel(path) if path.suffix.lower() in EXCEL else _csv(path)
    header: list[str] | None = None
    for number, cells in lines:
        if header is None:
            header = _header(path, cells)
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            reason = msg("The row has {found} fields, the header {wanted}.", found=len(cells), wanted=len(header))
            yield RowError(number, "", ",".join(cells)[:200], reason)
            continue
        yield Row(number, dict(zip(header, cells, strict=True)))
    if header is None:
        raise UnreadableFileError(msg("{file} is empty.", file=path.name))


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) > WIDEST:
        raise UnreadableFileError(msg("{file} has more than {n} columns.", file=path.name, n=WIDEST))
    double = next((name for name in names if name and names.count(name) > 1), None)
    if double is not None:
        raise UnreadableFileError(msg("{file} has two columns named “{name}”.", file=path.name, name=double))
    return names


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(1_000_000)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise UnreadableFileError(
            msg(
                "{file} is broken at line {line} ({reason}); a quotation mark may be missing. Nothing was loaded.",
                file=path.name,
                line=reader.line_num,
                reason=str(error),
            )
        ) from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if b"\0" in raw[:100_000]:
        raise UnreadableFileError(
            msg("{file} is not a text file. Save it as CSV (UTF-8) or Excel (.xlsx).", file=path.name)
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(
        msg("The characters of {file} are neither UTF-8 nor GB18030. Save it as CSV (UTF-8).", file=path.name)
    )


def _excel(path: Path) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError) as error:
        raise UnreadableFileError(
            msg("{file} cannot be opened as an Excel file: {reason}", file=path.name, reason=str(error))
        ) from error
    width = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        width = width or len(texts)
        yield number, texts + [""] * (width - len(texts))


def _text(cell: object) -> str:
    """A cell as it would stand in a CSV file."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
