"""Lists as Excel workbooks: amounts are numbers and days are days, headings stay in sight, and no text is a formula.

Rows are written as they come, so that a hundred thousand take the memory of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from letters.form import not_written
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, Money, msg
from workstation.domain.money import decimals
from workstation.i18n import Translator

Kind = Literal["text", "count", "number", "money", "share", "day", "moment", "length"]
Cell = str | int | Decimal | Money | date | datetime | Message | None

MOST_ROWS = 1_048_575  # of a sheet of Excel, its heading not counted
MOST_CHARACTERS = 32_767  # of a cell
_EVERY = 1_000  # rows between two looks at whether it was cancelled
_WIDTHS: dict[Kind, int] = {
    "text": 18, "count": 10, "number": 12, "money": 16, "share": 10, "day": 12, "moment": 17, "length": 10,
}  # fmt: skip
_FORMATS: dict[Kind, str] = {
    "count": "#,##0", "number": "#,##0.00", "share": "0.0%", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
    "length": "[h]:mm:ss",
}  # fmt: skip


class ExcelCancelled(WorkstationError):  # named as the user meets it
    """The person took back the wish; nothing was written."""

    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, what is in it, and how many characters wide it is. `length` is in seconds."""

    title: Message | str
    kind: Kind = "text"
    width: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` may be made while they are written. `about` are lines above the headings: whose, when, as of when."""

    title: Message
    heads: Sequence[Head]
    rows: Iterable[Sequence[Cell]]
    about: Sequence[Message | str] = ()


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet],
    say: Translator,
    *,
    zone: tzinfo,
    at: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the workbook whole or not at all; how many rows. `at` is when it was made, and `zone` that of moments.

    Raises `ExcelCancelled`, `NotWritten` where the folder takes nothing, `InputError` for more rows than Excel takes.
    """
    try:
        with TemporaryDirectory(prefix=".excel-", dir=path.parent) as folder:
            part = Path(folder) / "part"
            rows = _written(part, sheets, say, zone, at, progress, cancelled)
            part.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    return rows


def _written(
    path: Path,
    sheets: Sequence[Sheet],
    say: Translator,
    zone: tzinfo,
    at: datetime,
    progress: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> int:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),  # goes with the part file, whatever happens
    }
    book = Workbook(str(path), options)
    book.set_properties({"created": at.astimezone(zone).replace(tzinfo=None)})
    writer = _Writer(book, say, zone)
    count = 0
    try:
        for sheet in sheets:
            for done in writer.sheet(sheet):
                count += done
                progress(count)
                if cancelled():
                    raise ExcelCancelled(msg("Cancelled: no file was written."))
        book.close()
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error
    finally:
        for made in book.worksheets():  # what was put aside of a file that was not finished
            if made.row_data_fh is not None:
                made.row_data_fh.close()
        book.fileclosed = True  # or the library writes it all the same when it is let go
    return count


class _Writer:
    def __init__(self, book: Any, say: Translator, zone: tzinfo) -> None:
        self._book, self._say, self._zone = book, say, zone
        self._head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
        self._right = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "align": "right"})
        self._about = book.add_format({"font_color": "#5f6873"})
        self._kinds = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self._money: dict[str, Any] = {}

    def sheet(self, sheet: Sheet) -> Any:
        """Writes it; yields how many rows were written since the last time."""
        made = self._book.add_worksheet(_sheet_name(self._say.say(sheet.title)))
        top = 0
        for told in sheet.about:
            made.write_string(top, 0, self._say.say(told), self._about)
            top += 1
        top += bool(sheet.about)
        for at, head in enumerate(sheet.heads):
            made.set_column(at, at, head.width or _WIDTHS[head.kind])
            left = head.kind in {"text", "day", "moment"}
            made.write_string(top, at, self._say.say(head.title), self._head if left else self._right)
        made.freeze_panes(top + 1, 0)
        made.repeat_rows(top)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        put = [self._putting(made, head.kind) for head in sheet.heads]
        line = top
        for line, row in enumerate(sheet.rows, top + 1):
            if line > MOST_ROWS:
                raise InputError(
                    msg("A sheet of Excel takes {most} rows. Narrow the choice down.", most=MOST_ROWS - top)
                )
            for at, (write, cell) in enumerate(zip(put, row, strict=True)):
                if cell is not None and cell != "":
                    write(line, at, cell)
            if (line - top) % _EVERY == 0:
                yield _EVERY
        if line > top:
            made.autofilter(top, 0, line, len(sheet.heads) - 1)
        yield (line - top) % _EVERY

    def _putting(self, made: Any, kind: Kind) -> Callable[[int, int, Any], object]:
        """How a cell of that kind is written; its kind decides, never what the text looks like."""
        if kind == "text":
            say = self._say
            return lambda line, at, cell: made.write_string(
                line, at, (say.say(cell) if isinstance(cell, Message) else str(cell))[:MOST_CHARACTERS]
            )
        form = self._kinds.get(kind)
        if kind == "money":
            return lambda line, at, cell: made.write_number(
                line, at, cell.minor / 10 ** decimals(cell.currency), self._of_money(cell.currency)
            )
        if kind == "day":
            return lambda line, at, cell: made.write_datetime(
                line, at, datetime.combine(cell, datetime.min.time()), form
            )
        if kind == "moment":
            zone = self._zone
            return lambda line, at, cell: made.write_datetime(
                line, at, cell.astimezone(zone).replace(tzinfo=None, microsecond=0), form
            )
        if kind == "length":
            return lambda line, at, cell: made.write_datetime(line, at, timedelta(seconds=int(cell)), form)
        return lambda line, at, cell: made.write_number(line, at, float(cell), form)

    def _of_money(self, currency: str) -> Any:
        form = self._money.get(currency)
        if form is None:
            digits = decimals(currency)
            figures = "#,##0" + ("." + "0" * digits if digits else "")
            form = self._money[currency] = self._book.add_format({"num_format": f'{figures} "{currency}"'})
        return form


def _sheet_name(title: str) -> str:
    """31 characters at most, none of []:*?/\\ and no apostrophe at an end (Excel's own rules)."""
    return "".join(" " if char in "[]:*?/\\" else char for char in title)[:31].strip("' ") or "1"
