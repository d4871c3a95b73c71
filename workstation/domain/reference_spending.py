"""What households usually spend, from `resources/budgets/*.toml`: by it a budget is flagged, never refused.

Domain rules, "Affordability". The figures are the house's; where they start from statistics, the source says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import msgspec

from resources import resource
from workstation.domain.affordability import A_MONTH, Budget, BudgetLine, half_up, month
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.money import to_minor
from workstation.domain.rule_file import Strength
from workstation.domain.rulepack import JURISDICTIONS
from workstation.domain.vocabulary import BUDGET_SPENDING

RULE = "reference_spending"  # what a finding names

_SOURCES: dict[str, Callable[[int], Message]] = {
    "nbs": lambda year: msg(
        "National Bureau of Statistics, consumption per head in {year}; range set by the house", year=f"{year}"
    ),
    "house": lambda _: msg("House reference, to be set by the organisation"),
}


class ReferenceFileError(WorkstationError):
    """A file of reference figures cannot be used; the sentence names the file and what is wrong with it."""

    code = "bad_reference"


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[str, ...]  # counted together
    amount: str
    per: Literal["week", "fortnight", "month", "year"]
    further_adult: Decimal
    child: Decimal
    low: Decimal
    high: Decimal
    effective: date
    source: str
    strength: Strength
    year: int = 0

    def household(self, adults: int, children: int) -> Fraction:
        """How many first adults the household is."""
        return 1 + (adults - 1) * Fraction(self.further_adult) + children * Fraction(self.child)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    jurisdiction: str
    currency: str
    reference: tuple[_Row, ...]

    def on(self, day: date) -> dict[str, _Row]:
        """The row in force for each kind; the first one where all begin later."""
        found: dict[str, _Row] = {}
        for row in sorted(self.reference, key=lambda row: row.effective):
            for kind in row.kinds:
                if row.effective <= day or kind not in found:
                    found[kind] = row
        return found


@dataclass(frozen=True, slots=True)
class Reference:
    """The usual spending of a household on these kinds together, in minor units a month; with `low` 0 nothing is too
    little."""

    kinds: tuple[str, ...]
    low: int
    high: int
    currency: str
    source: Message
    strength: Strength


@dataclass(frozen=True, slots=True)
class SpendingFlag:
    """Spending outside the reference: it asks for a word of reason. `index` is its line, None for one left out."""

    kind: str
    index: int | None
    message: Message
    reference: Reference
    reason: str = ""


def reference_spending(jurisdiction: str, on: date, kind: str, adults: int = 1, children: int = 0) -> Reference | None:
    """For a household of that size; None where the jurisdiction has no figure for the kind."""
    file = _load(jurisdiction)
    row = file.on(on).get(kind)
    if row is None:
        return None
    usual = to_minor(row.amount, file.currency) * A_MONTH[row.per] * row.household(adults, children)
    return Reference(
        kinds=row.kinds,
        low=half_up(usual * Fraction(row.low)),
        high=half_up(usual * Fraction(row.high)),
        currency=file.currency,
        source=_SOURCES[row.source](row.year),
        strength=row.strength,
    )


def flags(
    budget: Budget, jurisdiction: str, currency: str, on: date, *, whole: bool = False
) -> tuple[SpendingFlag, ...]:
    """Spending below or above the reference. With `whole` the budget claims to be complete: what is left out of it is
    below. A book in another currency than the figures' is not measured by them."""
    return tuple(_flags(budget, jurisdiction, currency, on, whole=whole))


def _flags(budget: Budget, jurisdiction: str, currency: str, on: date, *, whole: bool) -> Iterator[SpendingFlag]:
    told = {kind for line in budget.spending if (kind := line.kind) in BUDGET_SPENDING}
    done: set[str] = set()
    for kind in BUDGET_SPENDING:
        if kind in done or not (whole or kind in told):
            continue
        reference = reference_spending(jurisdiction, on, kind, budget.adults, budget.children)
        if reference is None or reference.currency != currency:
            continue
        done.update(reference.kinds)
        lines = [(index, line) for index, line in enumerate(budget.spending) if line.kind in reference.kinds]
        if whole or told.issuperset(reference.kinds) or half_up(month(line for _, line in lines)) > reference.high:
            yield from _flag(lines, kind, reference)


def _flag(lines: list[tuple[int, BudgetLine]], kind: str, reference: Reference) -> Iterator[SpendingFlag]:
    spent = half_up(month(line for _, line in lines))
    if reference.low <= spent <= reference.high:
        return
    index, first = lines[0] if lines else (None, None)
    what = Label("spending", first.kind if first is not None else kind)
    figures = {
        "amount": Money(spent, reference.currency),
        "low": Money(reference.low, reference.currency),
        "high": Money(reference.high, reference.currency),
    }
    together = len(reference.kinds) > 1
    if not lines:
        message = msg("{what} is not in the budget; {low} a month is the least usual.", what=what, **figures)
    elif spent < reference.low:
        message = (
            msg("{what}, with what belongs to it: {amount} a month, less than the usual {low}.", what=what, **figures)
            if together
            else msg("{what}: {amount} a month, less than the usual {low}.", what=what, **figures)
        )
    else:
        message = (
            msg("{what}, with what belongs to it: {amount} a month, more than the usual {high}.", what=what, **figures)
            if together
            else msg("{what}: {amount} a month, more than the usual {high}.", what=what, **figures)
        )
    reason = next((line.reason for _, line in lines if line.reason.strip()), "")
    yield SpendingFlag(kind if first is None else first.kind, index, message, reference, reason)


@lru_cache(maxsize=len(JURISDICTIONS))
def _load(jurisdiction: str) -> _File:
    name = f"{jurisdiction}.toml"
    return parse(resource(f"budgets/{name}").read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> _File:
    """The figures of that text; `ReferenceFileError` names the file."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File, strict=False)
        for row in file.reference:
            to_minor(row.amount, file.currency)
            _sound(row)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise ReferenceFileError(msg("{file}: {why}", file=name, why=str(error))) from error
    return file


def _sound(row: _Row) -> None:
    if unknown := set(row.kinds) - set(BUDGET_SPENDING):
        raise ValueError(f"{min(unknown)} is no kind of spending")
    if row.source not in _SOURCES:
        raise ValueError(f"the source {row.source} is not known")
    if not (0 <= row.low < row.high and row.further_adult >= 0 and row.child >= 0):
        raise ValueError(f"the range of {row.kinds[0]} is empty")
