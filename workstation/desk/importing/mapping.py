"""Saved column mappings: which column of a bank's file holds what, as TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.settings import home

Kind = Literal["book", "payments", "balances"]
_NAME = re.compile(r"[\w-]{1,60}")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file does not say itself. `identities = "seeded"` makes people up from the account number."""

    bank: str = "示例银行"
    book: str = ""  # the file's name when left out
    currency: str = "CNY"
    jurisdiction: str = "zh-CN"
    daily_rate: str = "0.0005"
    date_format: str = "%Y-%m-%d"
    identities: Literal["file", "seeded"] = "file"
    language: str = "zh_CN"
    time_zone: str = "Asia/Shanghai"


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of file: our field → their column, or columns, newest month first. `codes` translate their values."""

    columns: dict[str, str | list[str]]
    codes: dict[str, dict[str, str]] = {}


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
    return Mapping(name, file.options, file.contact, sheet)
