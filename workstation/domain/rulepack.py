"""Rule packs: the rules of one jurisdiction, read from `resources/rules/*.toml` and checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeVar, cast, get_args

from resources import resource
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg
from workstation.domain.money import to_minor
from workstation.domain.rule_forms import FORMS, Effect, PaymentOrder, QuietHours

Strength = Literal["law", "guideline", "house"]
JURISDICTIONS = ("zh-CN", "en-US", "en-GB")

T = TypeVar("T")


class RulePackError(WorkstationError):
    """A rule pack is missing, malformed or incomplete; the message names the file and the rule."""

    code = "bad_rule_pack"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with where it comes from and how strong it is. `value` is typed by the rule's id (see `FORMS`)."""

    id: str
    value: object
    title: str
    article: str
    effective: date
    strength: Strength
    note: str = ""

    @property
    def source(self) -> str:
        return f"{self.title} {self.article}".strip()


# Without these no case of the jurisdiction can be worked.
REQUIRED = (
    "quiet_hours",
    "default_zones",
    "collect_from",
    "third_person",
    "out_of_contact",
    "plan_in_force",
    "dispute_open",
    "ceased",
    "represented",
    "letter_contents",
    "dispute_answer_days",
    "complaint_answer_days",
    "plan_longest_months",
    "payment_order",
    "settlement_parts",
    "safety_share",
    "grace_days",
    "tolerance",
    "limitation_years",
    "visit_people",
)


@dataclass(frozen=True, slots=True)
class RulePack:
    """The rules of one jurisdiction. `name` is what a verdict stores, e.g. `zh-CN@2026-01-30`."""

    jurisdiction: str
    version: str
    rules: Mapping[str, Rule]

    @property
    def name(self) -> str:
        return f"{self.jurisdiction}@{self.version}"

    def has(self, rule_id: str) -> bool:
        return rule_id in self.rules

    def rule(self, rule_id: str) -> Rule:
        """The rule; `RulePackError` when this jurisdiction has none of that id."""
        try:
            return self.rules[rule_id]
        except KeyError:
            raise _fault(self.jurisdiction, rule_id, "the pack has no such rule") from None

    def value(self, rule_id: str, kind: type[T]) -> T:
        """The rule's value, of the type its form gives; `RulePackError` when it is absent or of another type."""
        value = self.rule(rule_id).value
        if not isinstance(value, kind):
            raise _fault(self.jurisdiction, rule_id, f"the value is not a {kind.__name__}")
        return value

    def texts(self, rule_id: str) -> tuple[str, ...]:
        """A rule whose value is a list of ids, e.g. `letter_contents`, `plan_clauses`."""
        return cast("tuple[str, ...]", self.value(rule_id, tuple))

    @property
    def quiet_hours(self) -> QuietHours:
        return self.value("quiet_hours", QuietHours)

    @property
    def payment_order(self) -> PaymentOrder:
        return self.value("payment_order", PaymentOrder)

    @property
    def letter_contents(self) -> tuple[str, ...]:
        return self.texts("letter_contents")

    @property
    def grace_days(self) -> int:
        return self.value("grace_days", int)

    def tolerance(self, currency: str) -> int:
        """How much may be missing for a payment to count as made, in minor units of `currency` (容差)."""
        return to_minor(f"{self.value('tolerance', Decimal):f}", currency)

    @property
    def plan_longest_months(self) -> int:
        return self.value("plan_longest_months", int)

    @property
    def settlement_parts(self) -> int:
        return self.value("settlement_parts", int)

    @property
    def safety_share(self) -> Decimal:
        return self.value("safety_share", Decimal)

    @property
    def limitation_years(self) -> int:
        return self.value("limitation_years", int)

    @property
    def high_cost_rate(self) -> Decimal | None:
        """Yearly rate of all charges together above which a warning is due; None where no rule sets one."""
        return self.value("high_cost_rate", Decimal) if self.has("high_cost_rate") else None


@lru_cache(maxsize=8)
def load(jurisdiction: str) -> RulePack:
    """The shipped pack. `InputError` for an unknown jurisdiction, `RulePackError` for a faulty file."""
    if jurisdiction not in JURISDICTIONS:
        raise InputError(
            msg(
                "There are no rules for {jurisdiction}. Choose one of {known}.",
                jurisdiction=jurisdiction,
                known=", ".join(JURISDICTIONS),
            ),
            code="unknown_jurisdiction",
            field="jurisdiction",
        )
    file = resource(f"rules/{jurisdiction}.toml")
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _fault(jurisdiction, "-", "the file is missing") from None
    return parse(text, jurisdiction)


def parse(text: str, jurisdiction: str) -> RulePack:
    """A pack from TOML text. Where a house rule has the id of another rule, it wins, and must be the stricter one."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(jurisdiction, "-", f"not valid TOML, {error}") from None
    version = data.get("version")
    if data.get("jurisdiction") != jurisdiction or not isinstance(version, str):
        raise _fault(jurisdiction, "-", "the head must state this jurisdiction and a version")
    rows = data.get("rule")
    if not isinstance(rows, list):
        raise _fault(jurisdiction, "-", "there is no [[rule]]")
    rules = _merged(jurisdiction, (_read(jurisdiction, row) for row in rows))
    for missing in (rule_id for rule_id in REQUIRED if rule_id not in rules):
        raise _fault(jurisdiction, missing, "the rule is required and missing")
    return RulePack(jurisdiction, version, rules)


def _read(jurisdiction: str, row: object) -> Rule:
    if not isinstance(row, dict):
        raise _fault(jurisdiction, "-", f"{row!r} is not a rule")
    rule_id = str(row.get("id", "-"))
    form = FORMS.get(rule_id)
    if form is None:
        raise _fault(jurisdiction, rule_id, "the program knows no rule of this id")
    unknown = set(row) - {"id", "value", "title", "article", "effective", "strength", "note"}
    if unknown:
        raise _fault(jurisdiction, rule_id, f"unknown field {', '.join(sorted(unknown))}")
    strength, effective = row.get("strength"), row.get("effective")
    if strength not in get_args(Strength):
        raise _fault(jurisdiction, rule_id, "strength must be law, guideline or house")
    if type(effective) is not date:
        raise _fault(jurisdiction, rule_id, "effective must be a date")
    title, article = str(row.get("title", "")), str(row.get("article", ""))
    if not title or (strength == "law" and not article):
        raise _fault(jurisdiction, rule_id, "the source needs a title, and a law an article")
    try:
        value = form.read(row.get("value"))
    except ValueError as error:
        raise _fault(jurisdiction, rule_id, str(error)) from None
    return Rule(rule_id, value, title, article, effective, cast(Strength, strength), str(row.get("note", "")))


def _merged(jurisdiction: str, rules: Iterable[Rule]) -> dict[str, Rule]:
    merged: dict[str, Rule] = {}
    for rule in rules:
        other = merged.get(rule.id)
        if other is not None:
            if rule.strength != "house" or other.strength == "house":
                raise _fault(jurisdiction, rule.id, "the rule is there twice")
            if not _tightens(rule, other):
                raise _fault(jurisdiction, rule.id, "a house rule may tighten, never loosen")
        merged[rule.id] = rule
    return merged


def _tightens(house: Rule, other: Rule) -> bool:
    direction = FORMS[house.id].stricter
    new, old = house.value, other.value
    if isinstance(new, int | Decimal) and isinstance(old, int | Decimal) and direction:
        return new <= old if direction == "less" else new >= old
    if house.value in get_args(Effect):
        return house.value == "block" or other.value == "warn"
    return False


def _fault(jurisdiction: str, rule_id: str, problem: str) -> RulePackError:
    return RulePackError(
        msg(
            "Rule pack {file}, rule {rule}: {problem}. Put the shipped file back or correct it.",
            file=f"{jurisdiction}.toml",
            rule=rule_id,
            problem=problem,
        )
    )
