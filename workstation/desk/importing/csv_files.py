"""CSV as lines of cells: the encoding found by the bytes, the delimiter by the header, broken quotation refused."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workstation.desk.importing.refusals import UnreadableFileError
from workstation.domain.message import Message, msg

DAMAGED = "\ufffd"
DELIMITERS = ",;\t"
LONGEST_FIELD = 1_000_000  # characters; beyond it a quotation mark was never closed
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the line it begins on, its trimmed cells, and what is wrong with single cells by their place."""

    number: int
    cells: list[str]
    faults: Mapping[int, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to open the file. `errors` is `replace` where a few bytes are damaged: those cells are refused one by one."""

    name: str
    errors: str = "strict"


def csv_lines(path: Path) -> Iterator[Line]:
    """The records of the file, read as they are needed."""
    encoding = encoding_of(path)
    csv.field_size_limit(LONGEST_FIELD)  # before the header is tried with each delimiter: it may be one long field
    with path.open(encoding=encoding.name, errors=encoding.errors, newline="") as file:
        delimiter = _delimiter(file.readline(LONGEST_FIELD))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        begins = 1
        try:
            for cells in reader:
                yield Line(begins, [cell.strip() for cell in cells])
                begins = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFileError(
                msg(
                    "{file} is broken at line {line} ({reason}); a quotation mark may be missing. Nothing was loaded.",
                    file=path.name,
                    line=begins,
                    reason=str(error),
                )
            ) from error


def encoding_of(path: Path) -> Encoding:
    """UTF-8, with or without a byte order mark, or GB18030; the whole file is looked through.

    GB18030 takes nearly any bytes, so a UTF-8 file with a few damaged ones would pass for it and be misread: what
    speaks for UTF-8 is then weighed against what does not.
    """
    _refuse_binary(path)
    if _decodes(path, "utf-8"):
        return Encoding("utf-8-sig")
    good, bad = _weighed(path, "utf-8")
    if good > bad:
        return Encoding("utf-8-sig", "replace")
    if _decodes(path, "gb18030"):
        return Encoding("gb18030")
    good, bad = _weighed(path, "gb18030")
    if good > 20 * bad:
        return Encoding("gb18030", "replace")
    raise UnreadableFileError(
        msg("The characters of {file} are neither UTF-8 nor GB18030. Save it as CSV (UTF-8).", file=path.name)
    )


def _refuse_binary(path: Path) -> None:
    if any(b"\0" in chunk for chunk in _chunks(path)):
        raise UnreadableFileError(
            msg("{file} is not a text file. Save it as CSV (UTF-8) or Excel (.xlsx).", file=path.name)
        )


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _weighed(path: Path, name: str) -> tuple[int, int]:
    """Characters beyond ASCII that this encoding explains, and bytes that it does not."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    good = bad = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        damaged = text.count(DAMAGED)
        bad += damaged
        good += len(text) - damaged - len(text.encode("ascii", "ignore"))
    return good, bad


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _delimiter(first: str) -> str:
    """The one that makes the most columns of the first line; separators within quotation marks do not count."""

    def columns(delimiter: str) -> int:
        return max((len(cells) for cells in csv.reader([first], delimiter=delimiter)), default=0)

    return max(DELIMITERS, key=columns)
