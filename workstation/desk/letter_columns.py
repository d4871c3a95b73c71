"""Columns of a file as places in a letter's context: `debtor.name`, `accounts[0].balance.principal`, or the short names
of what letters usually hold, `name`, `principal`, `card_tail_2`."""

from __future__ import annotations

import datetime
import difflib
import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from letters.context import LetterContext
from workstation.desk.importing.cells import UnreadableCellError, amount, day_of
from workstation.desk.importing.mapping import Options
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.money import to_text

# Short names. Those of an account take a number, `principal_2`, for the second and later ones.
FLAT = {
    "name": "debtor.name",
    "address": "debtor.address",
    "postcode": "debtor.postcode",
    "sex": "debtor.sex",
    "salutation": "debtor.salutation",
    "id_tail": "debtor.id_tail",
}
FLAT_ACCOUNT = {
    "card_tail": "card_tail",
    "product": "product",
    "first_unpaid_due": "first_unpaid_due",
    "principal": "balance.principal",
    "interest": "balance.interest",
    "penalty": "balance.penalty",
    "fees": "balance.fees",
    "costs": "balance.costs",
}
MOST_ACCOUNTS = 200
_STEP = re.compile(r"(\w+)(?:\[(\d{1,4})\])?")
_NUMBERED = re.compile(r"([a-z_]+?)_?(\d{1,3})")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its name there, its place in the context, and what stands there (`text`, `date` …)."""

    name: str
    place: Place
    kind: str

    def read(self, text: str, currency: str) -> object:
        """The cell's value in the JSON form of a context. Raises `UnreadableCellError`."""
        if self.kind == "date":
            return day_of(text).isoformat()
        if self.kind == "amount":
            return to_text(amount(text, Options(currency=currency)), currency)
        if self.kind == "int":
            if not re.fullmatch(r"[0-9]{1,6}", text):
                raise UnreadableCellError(msg("This is not a whole number."))
            return int(text)
        if self.kind == "bool":
            if text.lower() not in _TRUTH:
                raise UnreadableCellError(msg("“{value}” is not one of {known}.", value=text, known="true, false"))
            return _TRUTH[text.lower()]
        return text


_TRUTH = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}


def columns_of(header: Sequence[str], needed: Sequence[str], common: Mapping[str, object]) -> list[Column]:
    """What each column of the file is. `needed` are the template's values, `common` what all letters share.

    Raises one `InputError` that names every column that is unknown, stands there twice or is missing.
    """
    found: list[Column] = []
    unknown: list[str] = []
    for name in header:
        column = _column(name) if name else None
        if column is not None:
            found.append(column)
        elif name:
            unknown.append(name)
    places = [column.place for column in found]
    doubled = [column.name for at, column in enumerate(found) if column.place in places[:at]]
    lacking = [name for name in needed if not _has(name, found, common)]
    if unknown or doubled or lacking:
        raise InputError(_wrong(unknown, doubled, lacking), code="wrong_columns", field="csv")
    return found


def _wrong(unknown: Sequence[str], doubled: Sequence[str], lacking: Sequence[str]) -> Message:
    parts = []
    if unknown:
        parts.append(msg("Unknown columns: {names}.", names=", ".join(map(_with_guess, unknown))))
    if doubled:
        parts.append(msg("Columns that say the same as another: {names}.", names=", ".join(doubled)))
    if lacking:
        parts.append(msg("The template needs columns that are missing: {names}.", names=", ".join(lacking)))
    whole = parts[0]
    for part in parts[1:]:
        whole = msg("{list} {item}", list=whole, item=part)
    return whole


def _with_guess(name: str) -> str:
    near = difflib.get_close_matches(name, known_columns(), 1, 0.75)
    return f"{name} ({near[0]}?)" if near else name


def known_columns() -> list[str]:
    """The short names and every dotted path, with `[0]` for the first of several."""
    return [*FLAT, *FLAT_ACCOUNT, *_paths(LetterContext, "")]


def _column(name: str) -> Column | None:
    for path in (FLAT.get(name), _flat_account(name), name):
        place = _place(path) if path else None
        kind = _kind(place) if place else None
        if place is not None and kind is not None:
            return Column(name, place, kind)
    return None


def _flat_account(name: str) -> str | None:
    if name in FLAT_ACCOUNT:
        return f"accounts[0].{FLAT_ACCOUNT[name]}"
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None or numbered[1] not in FLAT_ACCOUNT or not 1 <= int(numbered[2]) <= MOST_ACCOUNTS:
        return None
    return f"accounts[{int(numbered[2]) - 1}].{FLAT_ACCOUNT[numbered[1]]}"


def _place(path: str) -> Place | None:
    place: list[str | int] = []
    for step in path.split("."):
        told = _STEP.fullmatch(step)
        if told is None:
            return None
        place.append(told[1])
        if told[2] is not None:
            place.append(int(told[2]))
    return tuple(place)


def _kind(place: Place) -> str | None:
    """What stands at a place of the context; `None` when there is no such place or it holds more than one value."""
    shape: Any = LetterContext
    for step in place:
        shape = _inner(shape)
        if isinstance(step, int):
            if typing.get_origin(shape) is not tuple:
                return None
            shape = typing.get_args(shape)[0]
        elif isinstance(shape, type) and issubclass(shape, msgspec.Struct) and step in _hints(shape):
            shape = _hints(shape)[step]
        else:
            return None
    return _leaf(shape)


def _leaf(shape: Any) -> str | None:
    bare = _inner(shape, keep=True)
    if typing.get_origin(bare) is typing.Annotated:
        longest = [meta.max_length for meta in typing.get_args(bare)[1:] if isinstance(meta, msgspec.Meta)]
        bare = typing.get_args(bare)[0]
        if bare is str and longest == [_AMOUNT]:
            return "amount"
    if typing.get_origin(bare) is typing.Literal:
        return "text"
    return {str: "text", datetime.date: "date", int: "int", bool: "bool"}.get(bare)


_AMOUNT = 26  # the length by which an `Amount` of a context is known


def _inner(shape: Any, *, keep: bool = False) -> Any:
    """The type without `| None` and, unless `keep`, without its bounds."""
    if typing.get_origin(shape) in {typing.Union, types.UnionType}:
        shape = next(part for part in typing.get_args(shape) if part is not type(None))
    if not keep and typing.get_origin(shape) is typing.Annotated:
        shape = typing.get_args(shape)[0]
    return shape


@cache
def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape, include_extras=True)


def _paths(shape: type, before: str) -> list[str]:
    found = []
    for name, inner in _hints(shape).items():
        path, bare = f"{before}{name}", _inner(inner)
        if typing.get_origin(bare) is tuple:
            path, bare = f"{path}[0]", _inner(typing.get_args(bare)[0])
        if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            found += _paths(bare, f"{path}.")
        elif _leaf(inner) is not None:
            found.append(path)
    return found


def _has(name: str, columns: Sequence[Column], common: Mapping[str, object]) -> bool:
    """Is there a column, or something common, at `name` or inside it?"""
    wanted = tuple(name.split("."))
    if any(
        tuple(step for step in column.place if isinstance(step, str))[: len(wanted)] == wanted for column in columns
    ):
        return True
    value: object = common
    for step in wanted:
        value = value.get(step) if isinstance(value, Mapping) else None
    return bool(value)
