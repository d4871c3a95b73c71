"""Human entries of a form, each read once, with the reading or the reason it could not be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from workstation.desk.views import Reading
from workstation.domain.affordability import A_MONTH, Per, half_up
from workstation.domain.call_times import as_length, read_length
from workstation.domain.entry import read_amount, read_date
from workstation.domain.entry_period import read_periodic
from workstation.domain.errors import InputError
from workstation.domain.message import Message, Money, msg, nmsg

MOST_INSTALMENTS = 600
MOST_PEOPLE = 99


class Readings:
    """Collects what each field was read as; an empty entry reads as nothing and is no error."""

    def __init__(self, today: date) -> None:
        self._today = today
        self.by_field: dict[str, Reading] = {}

    @property
    def failed(self) -> bool:
        return self.first_error is not None

    @property
    def first_error(self) -> Message | None:
        return next((reading.error for reading in self.by_field.values() if reading.error is not None), None)

    def amount(self, field: str, text: str, currency: str) -> int | None:
        """Minor units."""
        if not text.strip():
            return None
        try:
            minor = read_amount(text, currency)
        except InputError as error:
            self._fail(field, error.message)
            return None
        self._keep(field, minor, msg("{amount}", amount=Money(minor, currency)))
        return minor

    def periodic(self, field: str, text: str, currency: str, per: Per) -> tuple[int, Per] | None:
        """Minor units and the period: as typed with the amount (`8200/月`), else `per`."""
        if not text.strip():
            return None
        try:
            minor, typed = read_periodic(text, currency)
        except InputError as error:
            self._fail(field, error.message)
            return None
        found = typed or per
        money, monthly = Money(minor, currency), Money(half_up(minor * A_MONTH[found]), currency)
        shown = msg("{amount}", amount=money) if found == "month" else msg("{amount} a month", amount=monthly)
        self._keep(field, minor, shown)
        return minor, found

    def day(self, field: str, text: str) -> date | None:
        if not text.strip():
            return None
        try:
            day = read_date(text, self._today)
        except InputError as error:
            self._fail(field, error.message)
            return None
        days = (day - self._today).days
        away = (
            msg("today")
            if days == 0
            else nmsg("in {n} day", "in {n} days", days)
            if days > 0
            else nmsg("{n} day ago", "{n} days ago", -days)
        )
        self._keep(field, day, msg("{day} · {away}", day=day, away=away))
        return day

    def people(self, field: str, text: str, fewest: int) -> int | None:
        """How many of a household."""
        entry = text.strip()
        if not entry:
            return None
        if not entry.isdecimal() or not fewest <= int(entry[:9]) <= MOST_PEOPLE:
            self._fail(field, msg("Type a whole number from {fewest} to {most}.", fewest=fewest, most=MOST_PEOPLE))
            return None
        self._keep(field, int(entry), None)
        return int(entry)

    def count(self, field: str, text: str) -> int | None:
        if not text.strip():
            return None
        if not text.strip().isdecimal() or not 1 <= int(text.strip()[:9]) <= MOST_INSTALMENTS:
            self._fail(field, msg("Type a whole number from 1 to {most}.", most=MOST_INSTALMENTS))
            return None
        count = int(text.strip())
        self._keep(field, count, nmsg("{n} instalment", "{n} instalments", count))
        return count

    def length(self, field: str, text: str) -> int | None:
        """Seconds."""
        if not text.strip():
            return None
        try:
            seconds = read_length(text)
        except InputError as error:
            self._fail(field, error.message)
            return None
        self._keep(field, seconds, msg("{length}", length=as_length(seconds)))
        return seconds

    def rate(self, field: str, text: str) -> str | None:
        """An annual rate: `0.06`, `6%` or `6` all read as the decimal string `0.06`."""
        cleaned = text.strip().replace("％", "%")
        if not cleaned:
            return None
        try:
            value = Decimal(cleaned.rstrip("%"))
        except InvalidOperation:
            self._fail(field, msg("Type a yearly rate like 6% or 0.06."))
            return None
        if value.is_finite() and (cleaned.endswith("%") or value >= 1):  # NaN cannot be compared
            value /= 100
        if not (value.is_finite() and 0 <= value <= 1):
            self._fail(field, msg("A yearly rate lies between 0% and 100%."))
            return None
        self._keep(field, str(value), None)
        return str(value)

    def fail(self, field: str, error: Message) -> None:
        """What another rule says of the field."""
        self._fail(field, error)

    def _keep(self, field: str, value: object, shown: Message | None) -> None:
        self.by_field[field] = Reading(field, value, shown)

    def _fail(self, field: str, error: Message) -> None:
        self.by_field[field] = Reading(field, None, None, error)
