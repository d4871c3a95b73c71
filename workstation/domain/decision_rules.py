"""What one person alone does not decide, and from which amount two leads do: `resources/authority/decisions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from resources import resource
from workstation.domain.authority import AuthorityTableError
from workstation.domain.message import msg
from workstation.domain.money import DECIMALS, to_minor

DECIDED = ("plan", "legal_referral", "third_party", "override")
_FIELDS = {"what", "valid_days", "remind_hours", "four_eyes"}
_LONGEST_DAYS, _LONGEST_HOURS = 3660, 24 * 365


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """`valid_days` 0: a yes does not end. `four_eyes`: by currency, minor units from which two leads decide."""

    what: str
    valid_days: int
    remind_hours: int
    four_eyes: Mapping[str, int]

    def needs_two(self, amount: int, currency: str) -> bool:
        least = self.four_eyes.get(currency)
        return least is not None and amount >= least


@lru_cache(maxsize=1)
def load() -> Mapping[str, DecisionRule]:
    """The shipped table by what is decided; `AuthorityTableError` when it is faulty."""
    return parse(resource("authority/decisions.toml").read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, DecisionRule]:
    """The table of TOML text: everything that is decided, once."""
    try:
        rows = [_rule(row) for row in tomllib.loads(text)["decision"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _fault(str(error)) from error
    if sorted(rule.what for rule in rows) != sorted(DECIDED):
        raise _fault("it has to name each decision once")
    return {rule.what: rule for rule in rows}


def _rule(row: Mapping[str, object]) -> DecisionRule:
    if wrong := set(row) ^ _FIELDS:
        raise ValueError(f"unknown or missing field {', '.join(sorted(wrong))}")
    amounts = row["four_eyes"]
    if not isinstance(amounts, dict) or set(amounts) - set(DECIMALS):
        raise ValueError("four_eyes must name known currencies")
    four_eyes = {currency: to_minor(str(text), currency) for currency, text in amounts.items()}
    if any(minor < 0 for minor in four_eyes.values()):
        raise ValueError("an amount cannot be negative")
    return DecisionRule(
        str(row["what"]),
        _whole(row, "valid_days", _LONGEST_DAYS),
        _whole(row, "remind_hours", _LONGEST_HOURS),
        four_eyes,
    )


def _whole(row: Mapping[str, object], name: str, most: int) -> int:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{name} must be a whole number up to {most}")
    return value


def _fault(problem: str) -> AuthorityTableError:
    return AuthorityTableError(
        msg("The table of decisions is faulty: {problem}. Put the shipped file back or correct it.", problem=problem)
    )
