"""Coaching: which contacts are reviewed, and how a review is scored. The form is data, `resources/coaching/*.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from resources import resource
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

LANGUAGES = ("en", "zh_CN")
WHOLE = 1000  # a score is in thousandths


class CoachingFormError(WorkstationError):
    """The form is malformed; the message names what."""

    code = "bad_coaching_form"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is looked at: 0 to `most` points, weighing `weight` beside the others."""

    id: str
    weight: int
    most: int
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fatal:
    """What alone makes the whole score nought."""

    id: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    id: str
    version: str
    criteria: tuple[Criterion, ...]
    fatal: tuple[Fatal, ...]


@dataclass(frozen=True, slots=True)
class Contacted:
    """A contact that may be reviewed; the stratum is its outcome and whether anything was found about it."""

    id: str
    outcome: str
    found: bool


def score(form: Form, points: Mapping[str, int], fatal: Collection[str] = ()) -> int:
    """In thousandths of all points by weight, rounded half up; a fatal item makes it nought. Every line is asked."""
    for one in form.criteria:
        given = points.get(one.id)
        if given is None:
            raise InputError(msg("Give points for every line of the form."), field=one.id)
        if not 0 <= given <= one.most:
            raise InputError(msg("Give from 0 to {most} points.", most=one.most), field=one.id)
    if set(fatal) - {one.id for one in form.fatal} or set(points) - {one.id for one in form.criteria}:
        raise InputError(msg("This is not on the form."))
    if fatal:
        return 0
    # On one denominator: the sum of weight × points ÷ most over the sum of weights, without a fraction on the way.
    common = 1
    for one in form.criteria:
        common *= one.most
    got = sum(one.weight * points[one.id] * (common // one.most) for one in form.criteria)
    whole = sum(one.weight for one in form.criteria) * common
    return (2 * got * WHOLE + whole) // (2 * whole)


def sample(contacts: Collection[Contacted], count: int, seed: str) -> tuple[str, ...]:
    """`count` of the contacts, by strata: each has its share of the places (largest remainders), those with findings
    first among equals. The same contacts and seed give the same sample, in whatever order they come."""
    strata: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for one in contacts:
        strata[(not one.found, one.outcome)].append(one.id)
    total = sum(map(len, strata.values()))
    wanted = min(max(count, 0), total)
    if not wanted:
        return ()
    shares = {key: divmod(len(ids) * wanted, total) for key, ids in strata.items()}
    places = {key: whole for key, (whole, _) in shares.items()}
    left = wanted - sum(places.values())
    for key in sorted(shares, key=lambda key: (-shares[key][1], key))[:left]:
        places[key] += 1
    return tuple(
        one for key in sorted(strata) for one in sorted(strata[key], key=lambda one: _place(seed, one))[: places[key]]
    )


def _place(seed: str, one: str) -> bytes:
    return hashlib.sha256(f"{seed}\x1f{one}".encode()).digest()


@lru_cache(maxsize=4)
def load(name: str = "call") -> Form:
    """The shipped form; `CoachingFormError` when it is faulty."""
    return parse(resource(f"coaching/{name}.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Form:
    """The form of TOML text: every line once, in both languages, with points and a weight."""
    try:
        table = tomllib.loads(text)
        criteria = tuple(map(_criterion, table["criterion"]))
        fatal = tuple(Fatal(str(row["id"]), _titles(row)) for row in table.get("fatal", ()))
        form = Form(str(table["id"]), str(table["version"]), criteria, fatal)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise _fault(str(error)) from error
    ids = [*(one.id for one in criteria), *(one.id for one in fatal)]
    if not criteria or len(set(ids)) != len(ids):
        raise _fault("every line needs an id of its own")
    return form


def _criterion(row: Mapping[str, object]) -> Criterion:
    weight, most = row["weight"], row["most"]
    if type(weight) is not int or type(most) is not int or not (1 <= weight <= 1000 and 1 <= most <= 9):
        raise ValueError("weight is 1 to 1000, most is 1 to 9")
    return Criterion(str(row["id"]), weight, most, _titles(row))


def _titles(row: Mapping[str, object]) -> dict[str, str]:
    titles = {language: str(row[language]).strip() for language in LANGUAGES}
    if not all(titles.values()):
        raise ValueError("every line is in both languages")
    return titles


def _fault(problem: str) -> CoachingFormError:
    return CoachingFormError(
        msg("The coaching form is faulty: {problem}. Put the shipped file back or correct it.", problem=problem)
    )
