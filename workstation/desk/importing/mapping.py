"""Saved column mappings: which column of a bank's file holds what, as TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import available_timezones

import msgspec

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.money import DECIMALS
from workstation.settings import home

Kind = Literal["book", "payments", "balances"]
_NAME = re.compile(r"[\w-]{1,60}")
_RATE = re.compile(r"0(\.\d{1,12})?")

COMPONENT_FIELDS = ("principal", "interest", "penalty", "fees", "costs")
LATENESS_FIELDS = ("first_unpaid_due", "days_past_due", "months_past_due", "stage")
MONTHLY = ("months", "bills", "paid")  # one column a month, newest first
SEEDED_FIELDS = ("number", "credit_limit", "sex", "age", *MONTHLY)
FIELDS: dict[Kind, tuple[str, ...]] = {
    "book": (
        "reference", "name", "sex", "birth_date", "id_number", "city", "employer", "account_number", "credit_limit",
        "opened_on", "statement_day", "as_of", *COMPONENT_FIELDS, *LATENESS_FIELDS, "mobile", "work_phone",
        "home_phone", "email", "address", "latitude", "longitude", "relative_name", "relation", "relative_phone",
    ),
    "payments": ("account_number", "value_date", "amount", "method", "reference", "reverses"),
    "balances": ("account_number", "as_of", *COMPONENT_FIELDS, *LATENESS_FIELDS),
}  # fmt: skip


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file does not say itself. `identities = "seeded"` makes people up from the account number."""

    bank: str = "示例银行"
    book: str = ""  # the file's name when left out
    currency: str = "CNY"
    jurisdiction: str = "zh-CN"
    daily_rate: str = "0.0005"
    case_prefix: str = "C"  # before the debtor's reference: case numbers are unique over all banks
    date_format: str = ""  # as strptime reads it, e.g. "%d.%m.%Y"; ISO, 2026/11/23, 20261123 and 年月日 are read anyway
    decimal: Literal[".", ","] = "."
    grouping: Literal[",", ".", " ", "'", ""] = ","
    identities: Literal["file", "seeded"] = "file"
    language: str = "zh_CN"
    time_zone: str = "Asia/Shanghai"


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of file: our field → their column, or columns, newest month first.

    `codes` translate their values, `constants` say what no column says.
    """

    columns: dict[str, str | list[str]]
    codes: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    options: Options = Options()
    contact: dict[str, str] = {}
    book: Sheet | None = None
    payments: Sheet | None = None
    balances: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping for one kind of file."""

    name: str
    options: Options
    contact: dict[str, str]
    sheet: Sheet

    def column(self, field: str) -> str | None:
        found = self.sheet.columns.get(field)
        return found if isinstance(found, str) else None

    def columns(self, field: str) -> list[str]:
        found = self.sheet.columns.get(field, [])
        return [found] if isinstance(found, str) else found


def load_mapping(name: str, kind: Kind) -> Mapping:
    """A mapping of the person's own folder, else one that ships. Raises `InputError` naming what is wrong."""
    if not _NAME.fullmatch(name):
        raise InputError(msg("“{name}” is not the name of a mapping.", name=name), field="mapping")
    own = home() / "mappings" / f"{name}.toml"
    source = own if own.is_file() else resource(f"mappings/{name}.toml")
    if not source.is_file():
        raise InputError(
            msg("There is no mapping “{name}”. Put one into {folder}.", name=name, folder=str(own.parent)),
            field="mapping",
        )
    try:
        raw: dict[str, Any] = tomllib.loads(source.read_text("utf-8"))
        file = msgspec.convert(raw, _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(
            msg("The mapping “{name}” cannot be read: {reason}", name=name, reason=str(error)), field="mapping"
        ) from error
    sheet: Sheet | None = getattr(file, kind)
    if sheet is None:
        raise InputError(msg("The mapping “{name}” has no part for {kind}.", name=name, kind=kind), field="mapping")
    mapping = Mapping(name, file.options, file.contact, sheet)
    _check(mapping, kind)
    return mapping


def _check(mapping: Mapping, kind: Kind) -> None:
    """A slip in a mapping is named here, not by thirty thousand rows."""
    options, sheet = mapping.options, mapping.sheet
    seeded = kind == "book" and options.identities == "seeded"
    known = SEEDED_FIELDS if seeded else FIELDS[kind]
    for field in (*sheet.columns, *sheet.codes, *sheet.constants):
        if field not in known:
            raise _wrong(mapping.name, msg("there is no field “{field}”", field=field))
    for field, column in sheet.columns.items():
        if isinstance(column, list) != (field in MONTHLY):
            raise _wrong(mapping.name, msg("“{field}” needs one column for each of its values", field=field))
    if options.currency not in DECIMALS:
        raise _wrong(mapping.name, msg("the currency “{currency}” is not supported", currency=options.currency))
    if options.decimal == options.grouping:
        raise _wrong(mapping.name, msg("decimal and grouping are the same character"))
    if not _RATE.fullmatch(options.daily_rate):
        raise _wrong(mapping.name, msg("the daily rate is not a decimal number"))
    if options.time_zone not in available_timezones():
        raise _wrong(mapping.name, msg("there is no time zone “{name}”", name=options.time_zone))


def _wrong(name: str, reason: Message) -> InputError:
    return InputError(msg("The mapping “{name}” cannot be read: {reason}", name=name, reason=reason), field="mapping")
