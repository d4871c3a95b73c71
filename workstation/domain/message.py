"""A sentence to be shown: English text with named fields, translated and formatted at the edge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from workstation.domain.money import to_text

_FIELD = re.compile(r"\{(\w+)\}")


class Money(NamedTuple):
    """An amount in minor units with its ISO 4217 currency."""

    minor: int
    currency: str


class Label(NamedTuple):
    """A stable id of a vocabulary (`outcome`, `stage`, `reason` …) to be shown by its translated label."""

    vocabulary: str
    id: str


class Percent(NamedTuple):
    """A share or rate: 0.0459 is shown as 4.59 %, with `places` decimals."""

    value: Decimal
    places: int = 2


class Message(NamedTuple):
    """`text` is the English sentence and the gettext id; `params` fill its `{named}` fields.

    Params may be `Money`, `Label`, `Percent`, `date`, `datetime`, `int`, `Decimal`, `str` or another `Message`;
    `workstation.i18n.Translator.say` formats them for the language. With `plural` set, `params["n"]` chooses the form.
    """

    text: str
    params: Mapping[str, object] = {}
    plural: str | None = None

    def plain(self) -> str:
        """The English sentence with unlocalised fields, for logs' codes, JSON and exceptions."""
        text = self.plural if self.plural is not None and self.params.get("n") != 1 else self.text
        return _FIELD.sub(lambda found: _plain(self.params.get(found[1], found[0])), text)


def msg(text: str, **params: object) -> Message:
    """A translatable sentence; Babel extracts the first argument of every call."""
    return Message(text, params)


def nmsg(singular: str, plural: str, n: int, **params: object) -> Message:
    """A translatable sentence that depends on the count `n`."""
    return Message(singular, {"n": n, **params}, plural)


def _plain(value: object) -> str:
    if isinstance(value, Message):
        return value.plain()
    if isinstance(value, Money):
        return f"{to_text(value.minor, value.currency)} {value.currency}"
    if isinstance(value, Percent):
        return f"{value.value * 100:.{value.places}f}%"
    if isinstance(value, Label):
        return value.id
    return str(value)
