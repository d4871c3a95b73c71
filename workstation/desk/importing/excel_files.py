"""The first sheet of an Excel file as lines of cells; formulas and numbers Excel has rounded are pointed out."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from workstation.desk.importing.csv_files import Line
from workstation.desk.importing.refusals import UnreadableFileError
from workstation.domain.message import msg

UNPACKED = 600 * 1024 * 1024  # bytes; a small file that unpacks to more is no book of cases
PACKED = 200  # times the file's own size; a book of cases unpacks to 10 to 30 times
SMALL = 20 * 1024 * 1024  # bytes that may be packed as tightly as they like
AREA = 20_000_000  # cells between the first and the last one: the reader makes room for all of them
EXACT = 10**15  # Excel keeps fifteen digits of a number: a card number beyond that has lost its last ones
FORMULA = msg("This looks like a formula. Put the plain value there.")
ROUNDED = msg("Excel has rounded the last digits of this number. Format the column as text and enter it again.")

_ROWS, _COLUMNS = 1_048_576, 16_384  # of an Excel sheet

_SHEET = re.compile(rb'<sheet\b[^>]*\br:id="([^"]+)"')
_PART = re.compile(rb"<Relationship\b[^>]*>")
_FORMULA_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*>\s*<(?:\w+:)?f\b""")
# As Excel and every library write a cell, and as XML allows it (but for an empty cell, which the reader leaves out).
_PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[1-9]\d{0,6}"')
_PLAIN_ROW = re.compile(rb'<(?:c r="[A-Z]{1,3}|row r=")([1-9]\d{0,6})"')
_ATTRIBUTE = rb"""(?:[^>"']|"[^"]*+"|'[^']*+')"""
_PLACE = rb"""<(?:[\w.-]++:)?%s\s""" + _ATTRIBUTE + rb"""*?\br\s*=\s*["']%s["']""" + _ATTRIBUTE + rb"*+(?<!/)>"
_ANY_COLUMN = re.compile(_PLACE % (b"c", b"""([^"'0-9]*)[^"']*"""))
_ANY_ROW = re.compile(_PLACE % (b"(?:c|row)", b"""[^"'0-9]*([^"']*)"""))
_MAYBE_CELL = re.compile(rb"<(?:[\w.-]++:)?c\s")
_COLUMN_NAME = re.compile(rb"[A-Z]{1,3}")
_ROW_NUMBER = re.compile(rb"[1-9]\d{0,6}")


def excel_lines(path: Path) -> Iterator[Line]:
    """The rows of the first sheet, numbered as Excel numbers them.

    Whatever a file holds, it is read or refused: the reader's own limits would end the program (see `_check_places`).
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        formulas = _formulas(path)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the Rust reader's own, which no module exports
            raise
        raise _unreadable(path, "damaged") from error
    left = sheet.start[1] if sheet.start else 0  # empty columns before the first are not delivered
    width = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(value) for value in values]
        width = width or (len(cells) if any(cells) else 0)
        faults = {place: ROUNDED for place, value in enumerate(values) if isinstance(value, float) and value >= EXACT}
        faults |= {column - left: FORMULA for column in formulas.get(number, ())}
        yield Line(number, cells + [""] * (width - len(cells)), faults)


def _unreadable(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(msg("{file} cannot be opened as an Excel file: {reason}", file=path.name, reason=reason))


def _text(value: object) -> str:
    """A cell as it would stand in a CSV file."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def _formulas(path: Path) -> dict[int, list[int]]:
    """Row → columns (from 0) that hold a formula. A value that is computed elsewhere is not the bank's word."""
    if not zipfile.is_zipfile(path):
        return {}  # the old .xls
    found: dict[int, list[int]] = {}
    with zipfile.ZipFile(path) as parts:
        _check_sizes(path, parts)
        first = _first_sheet(parts)
        # Every part is read whole: a size that the directory understates is then noticed by its checksum, and a sheet
        # that the reader takes for the first one cannot hide from what is checked here.
        for name in parts.namelist():
            raw = parts.read(name)
            if b"sheetData" not in raw:
                continue
            _check_places(path, raw)
            if name == first and (b"<f" in raw or b":f" in raw):
                for letters, row in _FORMULA_CELL.findall(raw):
                    found.setdefault(int(row), []).append(_column(letters.decode()))
    return found


def _check_sizes(path: Path, parts: zipfile.ZipFile) -> None:
    names = parts.namelist()
    if len(set(names)) < len(names):
        raise _unreadable(path, "a part is there twice")
    whole = sum(part.file_size for part in parts.infolist())
    if whole > UNPACKED:
        raise UnreadableFileError(
            msg("{file} unpacks to more than {n} MB. Split it.", file=path.name, n=UNPACKED >> 20)
        )
    if whole > max(SMALL, PACKED * path.stat().st_size):
        raise UnreadableFileError(
            msg("{file} unpacks to more than {n} times its size, as no book does.", file=path.name, n=PACKED)
        )


def _check_places(path: Path, raw: bytes) -> None:
    """Refuse cells where no sheet has any, and a sheet whose corners lie too far apart.

    The reader makes room for every cell between the first and the last: two cells in opposite corners of a sheet ask
    for 400 GB, which ends the program, and a place such as `ZZZZZZ9` keeps it busy for ever.
    """
    found = _PLAIN_COLUMN.findall(raw)
    names, numbers = set(found), set(_PLAIN_ROW.findall(raw))
    # The short way is a third of the time of the import of a large file; it has to have seen every cell.
    if len(found) < len(_MAYBE_CELL.findall(raw)) or (names and _area(names, numbers) > AREA):
        names, numbers = set(_ANY_COLUMN.findall(raw)), set(_ANY_ROW.findall(raw))
    columns = [_column(name.decode()) if _COLUMN_NAME.fullmatch(name) else _COLUMNS for name in names]
    rows = [int(number) if _ROW_NUMBER.fullmatch(number) else _ROWS + 1 for number in numbers]
    if not columns or not rows:
        return
    if max(columns) >= _COLUMNS or max(rows) > _ROWS:
        raise _unreadable(path, "damaged")
    if _area(names, numbers) > AREA:
        raise UnreadableFileError(
            msg("The cells of {file} lie too far apart. Delete what stands beside and below the table.", file=path.name)
        )


def _area(names: set[bytes], numbers: set[bytes]) -> int:
    columns, rows = [_column(name.decode()) for name in names], [int(number) for number in numbers]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


def _first_sheet(parts: zipfile.ZipFile) -> str:
    """The part that holds the first sheet; the book and its relations say which."""
    known = set(parts.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= known:
        return ""
    first = _SHEET.search(parts.read("xl/workbook.xml"))
    for part in _PART.findall(parts.read("xl/_rels/workbook.xml.rels")):
        if first is not None and b'Id="' + first[1] + b'"' in part:
            target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', part)
            return f"xl/{target[1].decode()}" if target else ""
    return ""


def _column(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
