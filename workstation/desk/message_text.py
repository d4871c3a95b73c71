"""A sentence kept for later: its English text and its fields, so that it can still be said in either language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workstation.domain.message import Label, Message, Money, Percent


def packed(message: Message) -> dict[str, Any]:
    """As JSON values."""
    return {
        "text": message.text,
        "params": {name: _packed(value) for name, value in message.params.items()},
        "plural": message.plural,
    }


def unpacked(told: Mapping[str, Any]) -> Message:
    return Message(
        str(told["text"]), {name: _unpacked(value) for name, value in told["params"].items()}, told.get("plural")
    )


def _packed(value: object) -> Any:
    found: Any
    match value:
        case Message():
            found = {"message": packed(value)}
        case Money():
            found = {"money": [value.minor, value.currency]}
        case Label():
            found = {"label": [value.vocabulary, value.id]}
        case Percent():
            found = {"percent": [str(value.value), value.places]}
        case datetime():
            found = {"moment": value.isoformat()}
        case date():
            found = {"day": value.isoformat()}
        case Decimal():
            found = {"decimal": str(value)}
        case int():
            found = value
        case _:
            found = str(value)
    return found


def _unpacked(told: Any) -> object:
    if not isinstance(told, Mapping):
        return told
    (kind, value), *_ = told.items()
    made: dict[str, Any] = {
        "message": lambda: unpacked(value),
        "money": lambda: Money(*value),
        "label": lambda: Label(*value),
        "percent": lambda: Percent(Decimal(value[0]), value[1]),
        "moment": lambda: datetime.fromisoformat(value),
        "day": lambda: date.fromisoformat(value),
        "decimal": lambda: Decimal(value),
    }
    found: object = made[kind]()
    return found
