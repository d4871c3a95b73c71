"""The first sheet of an Excel file as lines of cells; formulas and numbers Excel has rounded are pointed out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from workstation.desk.importing.csv_files import Line
from workstation.desk.importing.refusals import UnreadableFileError
from workstation.domain.message import msg

UNPACKED = 600 * 1024 * 1024  # bytes; a small file that unpacks to more is no book of cases
EXACT = 10**15  # Excel keeps fifteen digits of a number: a card number beyond that has lost its last ones
FORMULA = msg("This looks like a formula. Put the plain value there.")
ROUNDED = msg("Excel has rounded the last digits of this number. Format the column as text and enter it again.")

_SHEET = re.compile(rb'<sheet\b[^>]*\br:id="([^"]+)"')
_PART = re.compile(rb"<Relationship\b[^>]*>")
_FORMULA_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b')


def excel_lines(path: Path) -> Iterator[Line]:
    """The rows of the first sheet, numbered as Excel numbers them."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        formulas = _formulas(path)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise UnreadableFileError(
            msg("{file} cannot be opened as an Excel file: {reason}", file=path.name, reason=str(error))
        ) from error
    left = sheet.start[1] if sheet.start else 0  # empty columns before the first are not delivered
    width = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(value) for value in values]
        width = width or (len(cells) if any(cells) else 0)
        faults = {place: ROUNDED for place, value in enumerate(values) if isinstance(value, float) and value >= EXACT}
        faults |= {column - left: FORMULA for column in formulas.get(number, ())}
        yield Line(number, cells + [""] * (width - len(cells)), faults)


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
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED:
            raise UnreadableFileError(
                msg("{file} unpacks to more than {n} MB. Split it.", file=path.name, n=UNPACKED >> 20)
            )
        name = _first_sheet(parts)
        raw = parts.read(name) if name in parts.namelist() else b""
    found: dict[int, list[int]] = {}
    if b"<f" in raw:
        for letters, row in _FORMULA_CELL.findall(raw):
            found.setdefault(int(row), []).append(_column(letters.decode()))
    return found


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
