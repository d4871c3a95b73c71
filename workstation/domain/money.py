"""Exact money: integer minor units, decimal strings at the edges, half-up where something is divided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, get_args

Component = Literal["principal", "interest", "penalty", "fees", "costs"]
COMPONENTS: tuple[Component, ...] = get_args(Component)

# ISO 4217 minor units of the currencies a book may use.
DECIMALS = {"CNY": 2, "TWD": 2, "HKD": 2, "USD": 2, "GBP": 2, "EUR": 2, "JPY": 0, "KRW": 0, "KWD": 3}
MAX_MINOR = 10**15  # far above any card debt; keeps every sum inside 64 bits


class TooLarge(ValueError):
    """An amount beyond `MAX_MINOR`."""


_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,6})?")


def decimals(currency: str) -> int:
    """Minor-unit digits of `currency`; `ValueError` when it is not supported."""
    try:
        return DECIMALS[currency]
    except KeyError:
        raise ValueError(f"currency {currency!r} is not supported") from None


def to_minor(text: str, currency: str) -> int:
    """Minor units of a plain decimal string; `ValueError` for anything else or too many decimals."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a decimal amount")
    scaled = Decimal(text).scaleb(decimals(currency))
    minor = int(scaled)
    if minor != scaled:
        raise ValueError(f"{text!r} has more decimals than {currency} allows")
    if abs(minor) > MAX_MINOR:
        raise TooLarge(f"{text!r} is larger than this program accepts")
    return minor


def to_text(minor: int, currency: str) -> str:
    """The decimal string of `minor` in the currency's own decimals, without grouping."""
    places = decimals(currency)
    if places == 0:
        return str(minor)
    sign, digits = ("-", str(-minor)) if minor < 0 else ("", str(minor))
    digits = digits.rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def round_half_up(value: Decimal) -> int:
    """To the nearest whole minor unit, halves away from zero (四舍五入)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed by component, in minor units of one currency."""

    principal: int = 0
    interest: int = 0
    penalty: int = 0
    fees: int = 0
    costs: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.penalty + self.fees + self.costs

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.principal + other.principal,
            self.interest + other.interest,
            self.penalty + other.penalty,
            self.fees + other.fees,
            self.costs + other.costs,
        )

    def __sub__(self, other: Balance) -> Balance:
        return Balance(
            self.principal - other.principal,
            self.interest - other.interest,
            self.penalty - other.penalty,
            self.fees - other.fees,
            self.costs - other.costs,
        )

    def part(self, component: Component) -> int:
        value: int = getattr(self, component)
        return value

    def parts(self) -> dict[Component, int]:
        return {name: self.part(name) for name in COMPONENTS}
