"""JSON requests of the command line read into typed forms: unknown fields refused, money as decimal strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

import msgspec

from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, Balance, TooLarge, decimals, to_minor, to_text

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"field `(?P<name>\w+)`")
_NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,10})?")

T = TypeVar("T")


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a request's objects."""


class BalanceForm(Form, frozen=True):
    """A balance or a waiver by component; what is left out is zero."""

    principal: str = "0"
    interest: str = "0"
    penalty: str = "0"
    fees: str = "0"
    costs: str = "0"


def read_form(request: Mapping[str, object], form: type[T]) -> T:
    """The typed form; `InputError` names the field that is missing, unknown or of the wrong kind."""
    try:
        return msgspec.convert(request, form)
    except msgspec.ValidationError as error:
        text = str(error)
    except UnicodeEncodeError:  # JSON can write one half of a pair of surrogates, which is no character
        text = "a text holds half of a character"
    found = _PATH.search(text)
    problem = text[: found.start()] if found else text
    named = _NAMED.search(problem)
    field = ".".join(part for part in (found["path"] if found else "", named["name"] if named else "") if part)
    raise InputError(msg("The request is not acceptable: {problem}.", problem=problem), field=field or None)


def check_currency(currency: str) -> None:
    try:
        decimals(currency)
    except ValueError:
        raise InputError(
            msg("The currency {currency} is not supported.", currency=currency),
            code="unsupported_currency",
            field="currency",
        ) from None


def money(text: str, currency: str, field: str) -> int:
    """Minor units of a decimal string; `InputError` naming the field."""
    try:
        return to_minor(text, currency)
    except TooLarge:
        raise InputError(msg("The amount is larger than this program accepts."), field=field) from None
    except ValueError:
        raise InputError(
            msg(
                "“{value}” is not an amount in {currency}; write it like {example}.",
                value=text[:40],
                currency=currency,
                example=to_text(123456, currency),
            ),
            field=field,
        ) from None


def number(text: str, field: str) -> Decimal:
    """A plain decimal string: a rate, a share or a percentage."""
    if not _NUMBER.fullmatch(text):
        raise InputError(msg("“{value}” is not a decimal number; write it like 0.06.", value=text[:40]), field=field)
    return Decimal(text)


def read_balance(form: BalanceForm, currency: str, field: str) -> Balance:
    return Balance(**{name: money(getattr(form, name), currency, f"{field}.{name}") for name in COMPONENTS})


def balance_texts(balance: Balance, currency: str) -> dict[str, str]:
    return {name: to_text(part, currency) for name, part in balance.parts().items()}


def fixed(value: Decimal, places: int) -> str:
    """A share (4 places) or a rate (6), rounded half up."""
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
