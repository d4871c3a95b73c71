"""A letter's language as data: dates, amounts, forms of address and the words of tables and page furniture."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from resources import resource
from workstation.domain.money import to_text

Sex = Literal["male", "female", "unknown"]


class BodyType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: float
    leading: float
    justified: bool


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`resources/letters/language.<id>.toml`. Patterns have `{named}` places."""

    id: str
    pdf: str  # BCP 47, for the document's own language entry
    version: str
    narrow_quotes: bool
    body: BodyType
    day: str
    months: Sequence[str]
    money: dict[str, str]  # by currency; `other` for the rest
    unit: dict[str, str]
    currency: dict[str, str]  # its name, where it has one of its own
    and_list: str  # between two of a list
    courtesy: dict[Sex, str]
    salutation: dict[str, str]  # by sex, or `given` for a form of address of one's own
    address: Sequence[str]
    frequency: dict[str, str]
    method: dict[str, str]  # of a plan
    words: dict[str, str]  # of tables and page furniture

    def date(self, value: date) -> str:
        month = self.months[value.month - 1] if self.months else str(value.month)
        return self.day.format(year=value.year, month=month, day=value.day)

    def number(self, minor: int, currency: str) -> str:
        """Grouped figures in the currency's own decimals, without its name: 46,382.44."""
        whole, point, part = to_text(minor, currency).partition(".")
        return f"{int(whole):,}{point}{part}"

    def amount(self, minor: int, currency: str) -> str:
        """The figure with its currency as the language writes it."""
        pattern = self.money.get(currency) or self.money["other"]
        return pattern.format(amount=self.number(minor, currency), currency=currency)

    def unit_line(self, currency: str) -> str:
        return (self.unit.get(currency) or self.unit["other"]).format(currency=currency)

    def listed(self, parts: Sequence[str]) -> str:
        return self.and_list.join(parts)


@cache
def language(identifier: str) -> Language:
    """The shipped language; ask `templates.find` first whether there is one."""
    text = resource(f"letters/language.{identifier}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Language)
