"""The rules that bind at this desk: the shipped ones in force on a day, tightened by the house's own file, if any."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from workstation.domain.message import msg
from workstation.domain.rulepack import RulePack, RulePackError, load, overlay
from workstation.settings import home


def house_file(jurisdiction: str) -> Path:
    """Where a bank puts its own, stricter rules."""
    return _house_file(home(), jurisdiction)


@lru_cache(maxsize=64)
def _house_file(folder: Path, jurisdiction: str) -> Path:
    return folder / "rules" / f"{jurisdiction}.toml"


def rules_on(jurisdiction: str, on: date | None = None) -> RulePack:
    """The pack of that day; None stands for the newest. `RulePackError` for a file that cannot be read, or loosens.

    A house file that is there and cannot be used never falls back to the looser pack.
    """
    pack = load(jurisdiction, on)
    path = house_file(jurisdiction)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return pack
    return _tightened(pack.jurisdiction, pack.version, on, path, stat.st_mtime_ns)


def rules_for_figures(jurisdiction: str) -> RulePack:
    """As `rules_on`, for what is owed and due: shown by the shipped pack while the house's file cannot be used.

    Never for the contact light.
    """
    try:
        return rules_on(jurisdiction)
    except RulePackError:
        return load(jurisdiction)


@lru_cache(maxsize=64)
def _tightened(jurisdiction: str, _version: str, on: date | None, path: Path, _changed: int) -> RulePack:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulePackError(
            msg(
                "The house's rules {file} cannot be read ({why}). No contact is opened until they can; ask your "
                "administrator.",
                file=path.name,
                why=getattr(error, "strerror", None) or "UTF-8",
            )
        ) from error
    return overlay(load(jurisdiction, on), text, path.name, on)
