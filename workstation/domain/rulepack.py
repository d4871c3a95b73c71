"""Rule packs: the rules of one jurisdiction on a date, from `resources/rules/*.toml`, tightened by a house's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar, cast

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import to_minor
from workstation.domain.rule_file import Rule, RuleFile, RulePackError, Strength, fault, read_file
from workstation.domain.rule_forms import FORMS, PaymentOrder, QuietHours

__all__ = ["JURISDICTIONS", "REQUIRED", "Rule", "RulePack", "RulePackError", "Strength", "load", "overlay", "parse"]

JURISDICTIONS = ("zh-CN", "en-US", "en-GB")

T = TypeVar("T")
_DOSSIER_DAYS = 3

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
    "promise_longest_days",
    "settlement_parts",
    "safety_share",
    "grace_days",
    "tolerance",
    "limitation_years",
    "visit_people",
)


@dataclass(frozen=True, slots=True)
class RulePack:
    """The rules of one jurisdiction. `version` is the day from which on these very rules are in force."""

    jurisdiction: str
    version: str
    rules: Mapping[str, Rule]
    houses: tuple[str, ...] = ()  # what tightened them, each as `house@version`

    @property
    def name(self) -> str:
        """What a verdict stores, e.g. `zh-CN@2026-01-30` or `zh-CN@2026-01-30+bank@2026-03-01`."""
        return "+".join((f"{self.jurisdiction}@{self.version}", *self.houses))

    def has(self, rule_id: str) -> bool:
        return rule_id in self.rules

    def rule(self, rule_id: str) -> Rule:
        """The rule; `RulePackError` when this jurisdiction has none of that id."""
        try:
            return self.rules[rule_id]
        except KeyError:
            raise fault(_file_name(self.jurisdiction), 1, rule_id, "the pack has no such rule") from None

    def value(self, rule_id: str, kind: type[T]) -> T:
        """The rule's value, of the type its form gives; `RulePackError` when it is absent or of another type."""
        rule = self.rule(rule_id)
        value = rule.value
        if not isinstance(value, kind):
            raise fault(_file_name(self.jurisdiction), rule.line, rule_id, f"the value is not a {kind.__name__}")
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
    def promise_longest_days(self) -> int:
        return self.value("promise_longest_days", int)

    @property
    def settlement_parts(self) -> int:
        return self.value("settlement_parts", int)

    @property
    def safety_share(self) -> Decimal:
        return self.value("safety_share", Decimal)

    @property
    def dossier_days(self) -> int:
        """How long after the day of the visit a dossier on paper holds; the house's three where no rule says."""
        return self.value("dossier_days", int) if self.has("dossier_days") else _DOSSIER_DAYS

    @property
    def limitation_years(self) -> int:
        return self.value("limitation_years", int)

    @property
    def high_cost_rate(self) -> Decimal | None:
        """Yearly rate of all charges together above which a warning is due; None where no rule sets one."""
        return self.value("high_cost_rate", Decimal) if self.has("high_cost_rate") else None


def load(jurisdiction: str, on: date | None = None) -> RulePack:
    """The shipped rules in force on that date; None stands for the newest.

    A rule that began later than `on` binds in its first version all the same; one that has ended does not.
    `InputError` for an unknown jurisdiction, `RulePackError` for a faulty file.
    """
    return _version(jurisdiction, _shipped(jurisdiction).version(on))


@lru_cache(maxsize=64)
def _version(jurisdiction: str, version: date) -> RulePack:
    return _chosen(_shipped(jurisdiction), version)


@lru_cache(maxsize=8)
def _shipped(jurisdiction: str) -> RuleFile:
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
    name = _file_name(jurisdiction)
    try:
        text = resource(f"rules/{name}").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise fault(name, 1, "-", "the file is missing") from None
    except UnicodeDecodeError as error:
        raise fault(name, error.object.count(b"\n", 0, error.start) + 1, "-", "the file is not UTF-8") from None
    return read_file(text, name, jurisdiction, REQUIRED)


def parse(text: str, jurisdiction: str, on: date | None = None) -> RulePack:
    """A pack from TOML text, as `load` chooses it. The whole text is checked, also what is not in force."""
    file = read_file(text, _file_name(jurisdiction), jurisdiction, REQUIRED)
    return _chosen(file, file.version(on))


def overlay(pack: RulePack, text: str, name: str, on: date | None = None) -> RulePack:
    """The pack tightened by a house's own rules: TOML text of the file `name` with `jurisdiction`, `version` and
    `house` in its head. Only those in force on `on` bind (None: the newest); with none of them the pack stays as it is.

    `RulePackError` for a rule that loosens the pack's, or is not for a house to set.
    """
    file = read_file(text, name, pack.jurisdiction, house=True)
    version = file.version(on)
    rules = file.in_force(version if on is None else on)
    for rule in rules.values():
        if problem := _loosens(rule, pack):
            raise fault(name, rule.line, rule.id, problem)
    if not rules:
        return pack
    houses = (*pack.houses, f"{file.house}@{version}")
    return replace(pack, rules={**pack.rules, **rules}, houses=houses)


def _loosens(house: Rule, pack: RulePack) -> str:
    """Why the house may not set this rule over the pack's; empty when it may."""
    form = FORMS[house.id]
    if form.stricter is None:
        return "a house cannot change this rule"
    if not pack.has(house.id):
        return "" if form.limit else "the pack has no such rule, and a house cannot add it"
    if not form.stricter(house.value, pack.rules[house.id].value):
        return "a house rule may tighten, never loosen"
    return ""


def _chosen(file: RuleFile, version: date) -> RulePack:
    return RulePack(file.jurisdiction, version.isoformat(), file.binding(version))


def _file_name(jurisdiction: str) -> str:
    return f"{jurisdiction}.toml"
