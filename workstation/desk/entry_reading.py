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
from workstation.domain.message import Message, Money, Percent, msg, nmsg
from workstation.domain.money import round_half_up, to_text

MOST_INSTALMENTS = 600
MOST_PEOPLE = 99
LONGEST_LIST = 20_000  # characters of a pasted table


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

    def periodic(self, field: str, text: str, currency: str, per: Per) -> tuple[int, Per, bool] | None:
        """Minor units and the period: as typed with the amount (`8200/月`), then also True, else `per`."""
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
        return minor, found, typed is not None

    def waiver(self, field: str, text: str, whole: int, currency: str) -> int | None:
        """Minor units of an amount, or of a share (`50%`) of the `whole` component."""
        share = _share(text)
        if share is None:
            minor = self.amount(field, text, currency)
            if minor is not None and whole:
                self._keep(field, minor, _of_whole(minor, whole, currency))
            return minor
        if not 0 <= share <= 1:
            self._fail(field, msg("A share of it lies between 0% and 100%."))
            return None
        minor = round_half_up(whole * share)
        self._keep(field, minor, msg("{amount}", amount=Money(minor, currency)))
        return minor

    def step(self, field: str, text: str, currency: str) -> dict[str, str]:
        """How much an instalment grows: `{"percent": "10"}` of `10%`, `{"amount": "-100.00"}` of `-100`."""
        share = _share(text)
        if share is not None:
            self._keep(field, share, msg("{percent} each step", percent=Percent(share)))
            return {"percent": f"{(share * 100).normalize():f}"}
        cleaned = text.strip().replace("−", "-")
        minor = self.amount(field, cleaned.removeprefix("-").removeprefix("+"), currency)
        if minor is None:
            if not cleaned:
                self._fail(field, msg("Type how much an instalment grows: 10% or 100; with a minus it falls."))
            return {}
        minor = -minor if cleaned.startswith("-") else minor
        self._keep(field, minor, msg("{amount} each step", amount=Money(minor, currency)))
        return {"amount": to_text(minor, currency)}

    def custom(self, field: str, text: str, currency: str) -> list[dict[str, str]]:
        """A day and an amount a line, as typed or as pasted from a table; the last amount may be left out."""
        parts: list[dict[str, str]] = []
        total = 0
        lines = [line for line in text[:LONGEST_LIST].splitlines() if line.strip()]
        for place, line in enumerate(lines, 1):
            part = _day_and_amount(line, self._today, currency, last=place == len(lines))
            if part is None:
                self._fail(field, msg("Line {n}: type a day and an amount, such as 12-30 1600.", n=place))
                return []
            day, minor = part
            total += minor
            parts.append({"due": day.isoformat(), "amount": to_text(minor, currency)})
        if parts:
            shown = nmsg(
                "{n} day, {amount} in all", "{n} days, {amount} in all", len(parts), amount=Money(total, currency)
            )
            self._keep(field, total, shown)
        return parts

    def refuse(self, field: str, error: Message) -> None:
        """What was read does not go with the rest of the form."""
        self._fail(field, error)

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

    def keep(self, field: str, value: object, shown: Message | None) -> None:
        """What was read elsewhere."""
        self._keep(field, value, shown)

    def _keep(self, field: str, value: object, shown: Message | None) -> None:
        self.by_field[field] = Reading(field, value, shown)

    def _fail(self, field: str, error: Message) -> None:
        self.by_field[field] = Reading(field, None, None, error)


def _share(text: str) -> Decimal | None:
    """0.5 of `50%`; None where it is no share."""
    cleaned = text.strip().replace("％", "%").replace("−", "-")
    if not cleaned.endswith("%"):
        return None
    try:
        value = Decimal(cleaned.rstrip("% ")) / 100
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _of_whole(minor: int, whole: int, currency: str) -> Message:
    share = Percent(Decimal(minor) / whole if whole else Decimal(0))
    return msg("{amount} · {share}", amount=Money(minor, currency), share=share)


def _day_and_amount(line: str, today: date, currency: str, *, last: bool) -> tuple[date, int] | None:
    """The two in either order; of the last line the amount may be missing, which reads as the smallest there is."""
    words = line.replace("\t", " ").replace("；", " ").split()
    splits = [(words[:-1], words[-1]), (words[1:], words[0])] if len(words) > 1 else []
    for day, amount in splits:
        try:
            return read_date(" ".join(day), today), read_amount(amount, currency)
        except InputError:
            continue
    if not last:
        return None
    try:
        return read_date(" ".join(words), today), 1
    except InputError:
        return None
