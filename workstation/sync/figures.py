"""The indicators as the centre tells them: of every case one may see there, whatever this seat holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from workstation.domain.indicator_case import Period
from workstation.domain.indicators import Pair
from workstation.domain.message import msg
from workstation.domain.strategy_trial import ArmOutcome, arm_outcome
from workstation.domain.vocabulary import STAGES
from workstation.sync.link import TELLS_FIGURES, TELLS_TRIALS, CentreTooOld, sensible, typed

Link = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Figures of one currency, or of all that is no money. `cases`: how many bear on each indicator."""

    pairs: Mapping[str, Pair]
    cases: Mapping[str, int]
    rolls: Mapping[tuple[str, str], tuple[int, int]]
    hours: Mapping[int, tuple[int, int]]
    currency: str  # empty: of several books' currencies, whose amounts cannot be added up
    as_of: datetime
    zone: str  # days are told by it


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case behind a figure; the debtor's name as the centre has it."""

    case_id: str
    number: str
    name: str
    holder: str
    pair: Pair


def figures(link: Link, period: Period, people: Collection[str] | None) -> Told:
    """Of the cases these persons hold and what they did; of all one may see with None. Raises link errors."""
    asked = [period.first, period.last, None if people is None else sorted(people)]
    try:
        with link.transaction():
            _require(link, TELLS_FIGURES)
            [(answer,)] = link.execute("SELECT app.figures(%s, %s, %s::uuid[])", asked).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        return _read(answer)


def _read(answer: Mapping[str, Any]) -> Told:
    pairs: dict[str, list[int]] = {}
    cases: dict[str, int] = {}
    for of_currency in answer["pairs"].values():
        for name, (numerator, denominator, bearing) in of_currency.items():
            sums = pairs.setdefault(name, [0, 0])
            sums[0] += int(numerator)
            sums[1] += int(denominator)
            cases[name] = cases.get(name, 0) + int(bearing)
    rolls: dict[tuple[str, str], tuple[int, int]] = {}
    for _, before, after, count, amount in answer["rolls"]:
        known = rolls.get((STAGES[before], STAGES[after]), (0, 0))
        rolls[STAGES[before], STAGES[after]] = (known[0] + int(count), known[1] + int(amount))
    return Told(
        pairs={name: Pair(*sums) for name, sums in pairs.items()},
        cases=cases,
        rolls=rolls,
        hours={int(hour): (int(tried), int(met)) for hour, tried, met in answer["hours"]},
        currency=next(iter(answer["pairs"])) if len(answer["pairs"]) == 1 else "",
        as_of=datetime.fromisoformat(answer["as_of"]),
        zone=str(answer["zone"]),
    )


def cases(link: Link, name: str, period: Period, people: Collection[str] | None, most: int) -> list[ToldCase]:
    """The cases behind an indicator, the largest shares first. Raises link errors."""
    asked = [name, period.first, period.last, None if people is None else sorted(people), most]
    try:
        with link.transaction():
            _require(link, TELLS_FIGURES)
            rows = link.execute(
                "SELECT case_id::text, number, debtor, holder, numerator, denominator"
                " FROM app.figure_cases(%s, %s, %s, %s::uuid[], %s)",
                asked,
            ).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        return [_case(*row) for row in rows]


def _case(case_id: str, number: str, name: str, holder: str | None, numerator: int, denominator: int) -> ToldCase:
    return ToldCase(case_id, str(number), str(name), str(holder or ""), Pair(int(numerator), int(denominator)))


def trials(link: Link, since: datetime) -> tuple[ArmOutcome, ...]:
    """What came of the splits, of all cases one may see, in contacts since then. Raises link errors."""
    try:
        with link.transaction():
            _require(link, TELLS_TRIALS)
            rows = link.execute("SELECT * FROM app.trial_outcomes(%s)", [since]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        return tuple(arm_outcome(str(tested), *map(int, counts)) for tested, *counts in rows)


def _require(link: Link, schema: str) -> None:
    [(version,)] = link.execute("SELECT schema_version FROM central_meta").fetchall()
    if version < schema:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}; it tells indicators from {ours} on. The administrator has to upgrade "
                "it (workstation central migrate).",
                theirs=version,
                ours=schema,
            )
        )
