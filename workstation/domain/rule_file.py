"""A rule file: read from TOML, checked whole, and asked which of its rules are in force on a date.

A rule may stand in several versions whose periods do not overlap. Every fault names the file, the line and the rule.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple, cast, get_args

from workstation.domain import rule_lines
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg
from workstation.domain.rule_forms import FORMS

Strength = Literal["law", "guideline", "house"]

_FIELDS = frozenset({"id", "value", "title", "article", "effective", "until", "strength", "note"})
_DAY = timedelta(days=1)

_HOUSE = re.compile(r"[\w.-]+")


class RulePackError(WorkstationError):
    """A rule file is missing, malformed or incomplete; the message names the file, the line and the rule."""

    code = "bad_rule_pack"


def fault(file: str, line: int, rule_id: str, problem: str) -> RulePackError:
    return RulePackError(
        msg(
            "Rule pack {file}, line {line}, rule {rule}: {problem}. Put the shipped file back or correct it.",
            file=file,
            line=line,
            rule=rule_id or "-",
            problem=problem,
        )
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with where it comes from and how strong it is. `value` is typed by the rule's id (see `FORMS`).

    It is in force from `effective` to `until`, both included; without `until` it has no end.
    """

    id: str
    value: object
    title: str
    article: str
    effective: date
    strength: Strength
    note: str = ""
    until: date | None = None
    line: int = 1  # of its [[rule]] in the file

    @property
    def source(self) -> str:
        return f"{self.title} {self.article}".strip()

    def in_force(self, on: date) -> bool:
        return self.effective <= on and (self.until is None or on <= self.until)


class RuleFile(NamedTuple):
    """Every version of every rule of one file, oldest first."""

    name: str
    jurisdiction: str
    house: str  # empty: a shipped pack
    versions: Mapping[str, tuple[Rule, ...]]
    changes: tuple[date, ...]  # the days from which on other rules are in force than the day before
    newest: date

    def version(self, on: date | None) -> date:
        """The last change not after `on`, or else the first one; None stands for the newest version."""
        return self.changes[max(bisect_right(self.changes, self.newest if on is None else on) - 1, 0)]

    def in_force(self, on: date) -> dict[str, Rule]:
        """The rules in force on that date, by id."""
        rules = (rule for versions in self.versions.values() for rule in versions)
        return {rule.id: rule for rule in rules if rule.in_force(on)}

    def binding(self, on: date) -> dict[str, Rule]:
        """The rules in force, and the first version of those that begin later: being too young opens no door."""
        first = {versions[0].id: versions[0] for versions in self.versions.values()}
        return {**{rule.id: rule for rule in first.values() if rule.effective > on}, **self.in_force(on)}


def read_file(
    text: str, name: str, jurisdiction: str, required: Sequence[str] = (), *, house: bool = False
) -> RuleFile:
    """The file of that text, or `RulePackError`. With `house` it is an overlay: its head names the house, and its rules
    are all of that strength."""
    try:
        data = rule_lines.parse(text)
    except rule_lines.NotToml as error:
        raise fault(name, error.line, error.rule, f"not valid TOML, {error}") from None
    version, owner = _head(data, name, jurisdiction, house=house)
    rows = data.get("rule")
    if not isinstance(rows, list) or not rows:
        raise fault(name, 1, "-", "there is no [[rule]]")
    versions: dict[str, list[Rule]] = {}
    for line, row in zip(rule_lines.row_lines(text, rows), rows, strict=True):
        rule = _read(name, line, row)
        if house and rule.strength != "house":
            raise fault(name, line, rule.id, "an overlay holds rules of strength house only")
        versions.setdefault(rule.id, []).append(rule)
    ordered = {rule_id: tuple(sorted(found, key=lambda rule: rule.effective)) for rule_id, found in versions.items()}
    for rule_id, periods in ordered.items():
        _check_periods(name, periods, gapless=rule_id in required)
    for missing in (rule_id for rule_id in required if rule_id not in ordered):
        raise fault(name, 1, missing, "the rule is required and missing")
    newest = max(periods[-1].effective for periods in ordered.values())
    if version != newest.isoformat():
        raise fault(name, 1, "-", f"the head's version must be the newest effective date, {newest}")
    return RuleFile(name, jurisdiction, owner, ordered, tuple(sorted(set(_changes(ordered)))), newest)


def _head(data: Mapping[str, object], name: str, jurisdiction: str, *, house: bool) -> tuple[str, str]:
    """The version and the house."""
    version, owner = data.get("version"), data.get("house", "")
    version = version.isoformat() if type(version) is date else version
    if data.get("jurisdiction") != jurisdiction or not isinstance(version, str):
        raise fault(name, 1, "-", f"the head must state the jurisdiction {jurisdiction} and a version")
    if not isinstance(owner, str) or (house and not _HOUSE.fullmatch(owner)):
        raise fault(name, 1, "-", "the head must name the house, in letters, digits, points and hyphens")
    known = {"jurisdiction", "version", "rule", *(("house",) if house else ())}
    if unknown := set(data) - known:
        raise fault(name, 1, "-", f"unknown field {', '.join(sorted(unknown))}")
    return version, owner


def _read(name: str, line: int, row: object) -> Rule:
    if not isinstance(row, dict):
        raise fault(name, line, "-", "the row is not a table")
    rule_id = row.get("id")
    if not isinstance(rule_id, str):
        raise fault(name, line, "-", "the rule has no id")
    form = FORMS.get(rule_id)
    if form is None:
        raise fault(name, line, rule_id, "the program knows no rule of this id")
    if unknown := set(row) - _FIELDS:
        raise fault(name, line, rule_id, f"unknown field {', '.join(sorted(unknown))}")
    strength, effective, until = row.get("strength"), row.get("effective"), row.get("until")
    if strength not in get_args(Strength):
        raise fault(name, line, rule_id, "strength must be law, guideline or house")
    if type(effective) is not date or not (until is None or type(until) is date):
        raise fault(name, line, rule_id, "effective must be a date, and until where it is given")
    if until is not None and until < effective:
        raise fault(name, line, rule_id, "until lies before effective")
    texts = [row.get(field, "") for field in ("title", "article", "note")]
    if not all(isinstance(text, str) for text in texts):
        raise fault(name, line, rule_id, "title, article and note must be texts")
    title, article, note = texts
    if not title.strip() or (strength == "law" and not article.strip()):
        raise fault(name, line, rule_id, "the source needs a title, and a law an article")
    try:
        value = form.read(row.get("value"))
    except ValueError as error:
        raise fault(name, line, rule_id, str(error)) from None
    return Rule(rule_id, value, title, article, effective, cast(Strength, strength), note, until, line)


def _check_periods(name: str, versions: Sequence[Rule], *, gapless: bool) -> None:
    for older, newer in pairwise(versions):
        if older.until is None or older.until >= newer.effective:
            raise fault(
                name,
                newer.line,
                newer.id,
                f"the rule is there twice on {newer.effective}: end the one of line {older.line} the day before",
            )
        if gapless and older.until + _DAY != newer.effective:
            raise fault(name, newer.line, newer.id, f"the rule is required, and missing from {older.until + _DAY} on")
    last = versions[-1]
    if gapless and last.until is not None:
        raise fault(name, last.line, last.id, f"the rule is required, and has no version after {last.until}")


def _changes(versions: Mapping[str, Sequence[Rule]]) -> Iterator[date]:
    for found in versions.values():
        for rule in found:
            yield rule.effective
            if rule.until is not None and rule.until < date.max:
                yield rule.until + _DAY
