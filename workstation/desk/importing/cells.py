"""Cells read as values, each with its own reason when it cannot be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from workstation.desk.importing.excel_files import FORMULA
from workstation.desk.importing.mapping import Mapping, Options
from workstation.desk.importing.reading import Row, RowError
from workstation.domain.message import Message, msg
from workstation.domain.money import decimals
from workstation.domain.spreadsheet import FORMULA_STARTS

T = TypeVar("T")

LARGEST_AMOUNT = 10**11  # minor units: a thousand million yuan is no card debt but a slip
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
NEEDED = msg("This is needed and is empty.")

_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,28}")
_PLAIN_NUMBER = re.compile(r"[+-][0-9 -]*")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}(\.0+)?")
_SHORT_NUMBERS = re.compile(r"-?[0-9]{1,8}(?: -?[0-9]{1,8})*")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
# Control characters, and those that turn the direction of what follows. A line break is a space.
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")


class UnreadableCellError(ValueError):
    """Carries the reason for the person who mends the file."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.plain())


class Cells:
    """One row under a mapping. Every failed cell is noted in `errors`, and the reading goes on."""

    def __init__(self, row: Row, mapping: Mapping, errors: list[RowError]) -> None:
        self.number = row.number
        self._row, self._mapping, self._errors = row, mapping, errors
        self.failed = False

    def raw(self, field: str) -> str:
        """The cell's text after the mapping's codes; its constant, or nothing, when the file has no such column."""
        sheet, column = self._mapping.sheet, self._mapping.column(field)
        text = self._row.cells.get(column, "") if column is not None else ""
        text = text or sheet.constants.get(field, "")
        codes = sheet.codes.get(field)
        return codes.get(text, text) if codes else text

    def text(self, field: str, *, required: bool = False, longest: int = 200) -> str:
        return self._read(field, lambda text: plain(text, longest), required=required, empty="")

    def phone(self, field: str) -> str:
        return self._read(field, _phone, required=False, empty="")

    def amount(self, field: str, *, required: bool = False, negative: bool = False) -> int:
        """Minor units of the mapping's currency."""
        options = self._mapping.options
        return self._read(field, lambda text: amount(text, options, negative=negative), required=required, empty=0)

    def day(self, field: str, *, required: bool = False, last: date = LAST_DAY) -> date | None:
        """A calendar day not after `last`."""
        form = self._mapping.options.date_format

        def read(text: str) -> date | None:
            found = day_of(text, form)
            if found > last:
                raise UnreadableCellError(msg("This day lies after {day}.", day=last))
            return found

        return self._read(field, read, required=required, empty=None)

    def whole(self, field: str, *, required: bool = False, least: int = 0, most: int = 10_000) -> int | None:
        return self._read(field, lambda text: whole(text, least, most), required=required, empty=None)

    def choice(self, field: str, known: tuple[str, ...]) -> str | None:
        def read(text: str) -> str | None:
            if text not in known:
                raise UnreadableCellError(
                    msg("“{value}” is not one of {known}.", value=text[:40], known=", ".join(known))
                )
            return text

        return self._read(field, read, required=False, empty=None)

    def degrees(self, field: str, most: int) -> float | None:
        """A latitude or longitude between −`most` and `most`."""

        def read(text: str) -> float | None:
            if not _DECIMAL.fullmatch(text):
                raise UnreadableCellError(msg("This is not a number."))
            if abs(float(text)) > most:
                raise UnreadableCellError(msg("This must lie between {least} and {most}.", least=-most, most=most))
            return float(text)

        return self._read(field, read, required=False, empty=None)

    def months(
        self, field: str, read: Callable[[str], int], *, unit: int = 1, least: int = 0, most: int = 10**8
    ) -> tuple[int, ...]:
        """The values of a field with one column a month; what cannot be read names its own column.

        Whole numbers from `least` to `most` count as so many `unit`s without asking `read`: a book has half a million.
        """
        columns = self._mapping.columns(field)
        texts = [self._row.cells.get(column, "") for column in columns]
        if not self._row.faults and _SHORT_NUMBERS.fullmatch(" ".join(texts)):
            whole_units = [int(text) for text in texts]
            if least <= min(whole_units) and max(whole_units) <= most:
                return tuple(number * unit for number in whole_units)
        values = []
        for column, text in zip(columns, texts, strict=True):
            reason = self._row.faults.get(column) or (None if text else NEEDED)
            if reason is not None:
                self._note(column, text, reason)
                continue
            try:
                values.append(read(text))
            except UnreadableCellError as error:
                self._note(column, text, error.reason)
        return tuple(values)

    def fail(self, field: str, reason: Message) -> None:
        self._note(self._mapping.column(field) or field, self.raw(field), reason)

    def _read(self, field: str, read: Callable[[str], T], *, required: bool, empty: T) -> T:
        text = self.raw(field)
        column = self._mapping.column(field) or field
        if column in self._row.faults:
            self._note(column, text, self._row.faults[column])
            return empty
        if not text:
            if required:
                self._note(column, "", NEEDED)
            return empty
        try:
            return read(text)
        except UnreadableCellError as error:
            self._note(column, text, error.reason)
            return empty

    def _note(self, column: str, value: str, reason: Message) -> None:
        self.failed = True
        self._errors.append(RowError(self.number, column, value[:200], reason))


def amount(text: str, options: Options, *, negative: bool = False) -> int:
    """`1,234.50` → minor units. Refuses formulas, more decimals than the currency has, and absurd sums."""
    if text.isdigit() and text.isascii() and len(text) <= 8:
        return int(text) * int(10 ** decimals(options.currency))
    if text.startswith("="):
        raise UnreadableCellError(msg("This is a formula, not an amount."))
    found = _amount_form(options.decimal, options.grouping).fullmatch(
        unicodedata.normalize("NFKC", text.strip()).removeprefix("¥").strip()
    )
    if found is None:
        raise UnreadableCellError(msg("This is not an amount."))
    sign, units, fraction = found["sign"], found["units"], found["fraction"] or "0"
    digits = "".join(char for char in units if char.isdigit())
    if len(digits) > 20:
        raise UnreadableCellError(msg("This amount is absurdly large."))
    scaled = Decimal(f"{sign}{digits}.{fraction}").scaleb(decimals(options.currency))
    if abs(scaled) > LARGEST_AMOUNT:
        raise UnreadableCellError(msg("This amount is absurdly large."))
    if scaled != scaled.to_integral_value():
        raise UnreadableCellError(msg("This has more decimals than {currency} has.", currency=options.currency))
    if scaled < 0 and not negative:
        raise UnreadableCellError(msg("This amount must not be negative."))
    return int(scaled)


@lru_cache
def _amount_form(decimal: str, grouping: str) -> re.Pattern[str]:
    """Digits, or groups of three: `12,34` is neither twelve nor a thousand, so it is refused."""
    group = re.escape(grouping)
    units = f"[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if grouping else "[0-9]+"
    return re.compile(f"(?P<sign>[+-]?)(?P<units>{units})(?:{re.escape(decimal)}(?P<fraction>[0-9]{{1,12}}))?")


def plain(text: str, longest: int) -> str:
    """Text as it stands, on one line; a formula, a control character or a text longer than `longest` is refused."""
    text = text.replace("\r\n", "\n")
    if len(text) > longest:
        raise UnreadableCellError(msg("This has {n} characters, {most} is the most.", n=len(text), most=longest))
    if text.startswith(FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text):
        raise UnreadableCellError(FORMULA)
    if _INVISIBLE.search(text):
        raise UnreadableCellError(msg("There are invisible control characters in this text."))
    return " ".join(text.split("\n")) if "\n" in text else text


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise UnreadableCellError(msg("This is not a phone number."))
    return text


@lru_cache(maxsize=4096)
def day_of(text: str, form: str = "") -> date:
    """A day by the mapping's form or one of the usual ones; 2026-02-30 is refused."""
    for known in (form, *_DAY_FORMS) if form else _DAY_FORMS:
        try:
            found = datetime.strptime(text, known).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if FIRST_DAY <= found <= LAST_DAY:
            return found
    raise UnreadableCellError(msg("There is no such day. Write it as 2026-11-23."))


def whole(text: str, least: int, most: int) -> int:
    """A whole number between `least` and `most`."""
    if not _WHOLE.fullmatch(text):
        raise UnreadableCellError(msg("This is not a whole number."))
    value = int(text.split(".", maxsplit=1)[0])
    if not least <= value <= most:
        raise UnreadableCellError(msg("This must lie between {least} and {most}.", least=least, most=most))
    return value
