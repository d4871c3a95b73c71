"""What every letter is written on: the case, the day, who writes, in which language, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from local_db.queries import CaseFile, PointRecord
from workstation.desk import standing
from workstation.desk.entry_reading import Readings
from workstation.desk.letter_form import LetterField
from workstation.desk.seat import Clock, Person
from workstation.desk.standing import Owed
from workstation.domain.calendar import next_business_day
from workstation.domain.entry import read_time
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.money import Balance, to_text
from workstation.i18n import Translator

MOST_LINES, LONGEST_LINE = 20, 600


@dataclass(frozen=True)
class Ground:
    """`today` is the letter's date. Amounts in minor units of the case's currency."""

    file: CaseFile
    today: date
    person: Person
    clock: Clock
    language: str

    @cached_property
    def say(self) -> Translator:
        return Translator(self.language, self.clock.zone, self.today)

    @cached_property
    def owed(self) -> Owed:
        return standing.owed(self.file, self.today)

    @property
    def currency(self) -> str:
        return self.file.book.currency

    @property
    def jurisdiction(self) -> str:
        return self.file.book.jurisdiction

    @property
    def bank(self) -> Mapping[str, Any]:
        return self.file.book.contact

    def text(self, minor: int) -> str:
        return to_text(minor, self.currency)

    def parts(self, balance: Balance) -> dict[str, str]:
        """As a letter's context has a balance; also a component of which nothing is owed."""
        return {name: self.text(part) for name, part in balance.parts().items()}

    def working_day(self, days: int) -> date:
        """A business day, so many days from today or soon after."""
        return next_business_day(self.today + timedelta(days=days), self.jurisdiction)

    def addresses(self) -> list[PointRecord]:
        """The debtor's own, the one tried first before the others."""
        own = [row for row in self.file.points if row.kind == "address" and row.related_person_id is None]
        return sorted(own, key=lambda row: row.rank)


@dataclass
class Entries:
    """What was typed into a template's fields, each read once; an empty field reads as what is usual."""

    ground: Ground
    fields: tuple[LetterField, ...]
    typed: Mapping[str, str]
    usual: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.readings = Readings(self.ground.today)
        for wanted in self.fields:
            text = self.typed.get(wanted.id, "").strip() or self.usual.get(wanted.id, "")
            self.values[wanted.id] = self._read(wanted, text)

    def _read(self, wanted: LetterField, text: str) -> Any:
        read, name = self.readings, wanted.id
        by_kind: Mapping[str, Callable[[], Any]] = {
            "day": lambda: read.day(name, text),
            "amount": lambda: read.amount(name, text, self.ground.currency),
            "count": lambda: read.count(name, text),
            "time": lambda: self._time(name, text),
            "lines": lambda: tuple(_lines(text)),
            "choice": lambda: text if text in {choice for choice, _ in wanted.choices} else "",
        }
        return by_kind[wanted.kind]() if wanted.kind in by_kind else text

    def _time(self, name: str, text: str) -> time | None:
        if not text:
            return None
        try:
            return read_time(text)
        except InputError as error:
            self.readings.fail(name, error.message)
            return None

    def refuse(self, name: str, why: Message) -> None:
        """What a rule has against a value that can be read; what could not be read stays said first."""
        reading = self.readings.by_field.get(name)
        if reading is None or reading.error is None:
            self.readings.fail(name, why)

    def check(self) -> None:
        """Raises `InputError` with the first field that cannot be taken as it is."""
        for name, reading in self.readings.by_field.items():
            if reading.error is not None:
                raise InputError(reading.error, field=name)

    def day(self, name: str) -> str | None:
        """As a context has it; None where there is none."""
        value = self.values.get(name)
        return value.isoformat() if isinstance(value, date) else None


def _lines(text: str) -> Iterable[str]:
    lines = [line.strip()[:LONGEST_LINE] for line in text.splitlines()]
    return [line for line in lines if line][:MOST_LINES]


def must_lie_ahead(entries: Entries, name: str, why: Message | None = None) -> None:
    """A day in a field that means nothing unless it is still to come."""
    day = entries.values.get(name)
    if isinstance(day, date) and day <= entries.ground.today:
        entries.refuse(name, why or msg("This day must lie after today."))


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a context without what is not known: the template decides whether it is needed."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}
