"""Cells read as values, each with its own reason when it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from workstation.desk.importing.mapping import Mapping
from workstation.desk.importing.reading import LONGEST_CELL, Row, RowError
from workstation.domain.message import Message, msg
from workstation.domain.money import decimals

T = TypeVar("T")

LARGEST_AMOUNT = 10**11  # minor units: a thousand million yuan is no card debt but a slip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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
        """The cell's text after the mapping's codes; empty when the file has no such column."""
        column = self._mapping.column(field)
        text = self._row.cells.get(column, "") if column is not None else ""
        return self._mapping.sheet.codes.get(field, {}).get(text, text)

    def text(self, field: str, *, required: bool = False, longest: int = 200) -> str:
        return self._read(field, lambda text: _plain(text, longest), required=required, empty="")

    def amount(self, field: str, *, required: bool = False, negative: bool = False) -> int:
        """Minor units of the mapping's currency."""
        currency = self._mapping.options.currency
        return self._read(field, lambda text: amount(text, currency, negative=negative), required=required, empty=0)

    def day(self, field: str, *, required: bool = False) -> date | None:
        form = self._mapping.options.date_format
        return self._read(field, lambda text: _day(text, form), required=required, empty=None)

    def whole(self, field: str, *, least: int = 0, most: int = 10_000) -> int | None:
        return self._read(field, lambda text: _whole(text, least, most), required=False, empty=None)

    def choice(self, field: str, known: tuple[str, ...]) -> str | None:
        def read(text: str) -> str | None:
            if text not in known:
                raise UnreadableCellError(msg("“{value}” is not one of {known}.", value=text, known=", ".join(known)))
            return text

        return self._read(field, read, required=False, empty=None)

    def number_in(self, field: str) -> float | None:
        def read(text: str) -> float | None:
            try:
                return float(Decimal(text))
            except InvalidOperation:
                raise UnreadableCellError(msg("This is not a number.")) from None

        return self._read(field, read, required=False, empty=None)

    def fail(self, field: str, reason: Message) -> None:
        self._note(field, self.raw(field), reason)

    def _read(self, field: str, read: Callable[[str], T], *, required: bool, empty: T) -> T:
        text = self.raw(field)
        if not text:
            if required:
                self._note(field, "", msg("This is needed and is empty."))
            return empty
        try:
            return read(text)
        except UnreadableCellError as error:
            self._note(field, text, error.reason)
            return empty

    def _note(self, field: str, value: str, reason: Message) -> None:
        self.failed = True
        self._errors.append(RowError(self.number, self._mapping.column(field) or field, value[:200], reason))


def amount(text: str, currency: str, *, negative: bool = False) -> int:
    """`1,234.50` → minor units. Refuses formulas, more decimals than the currency has, and absurd sums."""
    cleaned = text.replace(",", "").replace(" ", "")
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        raise UnreadableCellError(
            msg("This is a formula, not an amount.") if text.startswith("=") else msg("This is not an amount.")
        ) from None
    scaled = value.scaleb(decimals(currency)) if value.is_finite() else value
    if not value.is_finite() or abs(scaled) > LARGEST_AMOUNT:
        raise UnreadableCellError(msg("This amount is absurdly large."))
    if scaled != scaled.to_integral_value():
        raise UnreadableCellError(msg("This has more decimals than {currency} has.", currency=currency))
    if scaled < 0 and not negative:
        raise UnreadableCellError(msg("This amount must not be negative."))
    return int(scaled)


def _plain(text: str, longest: int) -> str:
    if len(text) > min(longest, LONGEST_CELL):
        raise UnreadableCellError(msg("This has {n} characters, {most} is the most.", n=len(text), most=longest))
    if text.startswith(FORMULA_STARTS) and not text[1:].replace("-", "").replace(" ", "").isdigit():
        raise UnreadableCellError(msg("This looks like a formula. Put the plain value there."))
    return text


def _day(text: str, form: str) -> date:
    for known in (form, "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        try:
            return datetime.strptime(text, known).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise UnreadableCellError(msg("There is no such day. Write it as 2026-11-23."))


def _whole(text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise UnreadableCellError(msg("This is not a whole number.")) from None
    if not least <= value <= most:
        raise UnreadableCellError(msg("This must lie between {least} and {most}.", least=least, most=most))
    return value
