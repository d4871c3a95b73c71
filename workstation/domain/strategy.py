"""Strategy (处置策略): ordered rules that say what to do with a case next. The first rule whose conditions hold is it.

The rules are data, read by `strategy_file`; domain rules, "Strategy as data".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple, get_args

from workstation.domain.message import Money
from workstation.domain.money import decimals
from workstation.domain.stage import stage_of
from workstation.domain.vocabulary import OUTCOMES, STAGES

Channel = Literal["call", "sms", "email", "letter", "visit", "in_app", "none"]
Tone = Literal["service", "friendly", "firm", "formal"]
VisitTeam = Literal["pair", "pair_and_legal", "pair_and_lead"]
Referral = Literal["lead", "legal", "disputes", "complaints", "hardship"]
Quadrant = Literal["able_willing", "unable_willing", "able_unwilling", "unable_unwilling", "unknown"]
Flag = Literal[
    "dispute_open",
    "complaint_open",
    "hardship",
    "out_of_contact",
    "plan_in_force",
    "plan_waiting",
    "request_waiting",
    "promise_open",
    "ceased",
    "represented",
    "deceased",
    "incarcerated",
    "breathing_space",
    "legal_step_taken",
    "time_barred",
]
Choice = Literal["stage", "quadrant", "last_outcome"]
Amount = Literal[
    "balance",
    "days_past_due",
    "case_age",
    "days_since_reached",
    "attempts",
    "promises_kept",
    "promises_broken",
    "limitation_left",
]

UNKNOWN: Quadrant = "unknown"
NO_OUTCOME = "none"  # nothing was tried yet
MOST_KINDS = 2_000  # of cases, by stage and flags, whose rules are kept at hand
FLAGS: tuple[Flag, ...] = get_args(Flag)
AMOUNTS: tuple[Amount, ...] = get_args(Amount)
CHOICES: Mapping[Choice, tuple[str, ...]] = {
    "stage": STAGES,
    "quadrant": get_args(Quadrant),
    "last_outcome": (*OUTCOMES, NO_OUTCOME),
}


@dataclass(frozen=True, slots=True)
class StrategyFacts:
    """What a strategy may ask about a case. Days are whole days; a None is not known, and no range holds for it."""

    balance: Money
    days_past_due: int
    quadrant: Quadrant = UNKNOWN
    last_outcome: str = NO_OUTCOME
    case_age: int = 0  # days since the case was opened
    days_since_reached: int | None = None  # since the debtor was last spoken to
    attempts: int = 0
    promises_kept: int = 0
    promises_broken: int = 0  # with those partly kept
    limitation_left: int | None = None  # days; negative once it has run out
    flags: frozenset[Flag] = frozenset()

    @property
    def stage(self) -> str:
        return stage_of(self.days_past_due)

    def amount(self, name: Amount) -> Decimal | int | None:
        """The balance in units of its currency, anything else in its own."""
        if name == "balance":
            return Decimal(self.balance.minor).scaleb(-decimals(self.balance.currency))
        found: int | None = getattr(self, name)
        return found


class OneOf(NamedTuple):
    """The fact is one of these."""

    fact: Choice
    values: frozenset[str]

    def holds(self, facts: StrategyFacts) -> bool:
        return getattr(facts, self.fact) in self.values


class Within(NamedTuple):
    """The figure is known and lies between the bounds, both included; None leaves a side open."""

    fact: Amount
    least: Decimal | int | None = None
    most: Decimal | int | None = None

    def holds(self, facts: StrategyFacts) -> bool:
        return self.admits(facts.amount(self.fact))

    def admits(self, figure: Decimal | int | None) -> bool:
        return (
            figure is not None
            and (self.least is None or self.least <= figure)
            and (self.most is None or figure <= self.most)
        )


class Flagged(NamedTuple):
    """The flag holds or, where it is not `wanted`, does not."""

    flag: Flag
    wanted: bool = True

    def holds(self, facts: StrategyFacts) -> bool:
        return (self.flag in facts.flags) == self.wanted


Condition = OneOf | Within | Flagged


class PlanOffer(NamedTuple):
    """A repayment plan of so many months may be offered."""

    least: int
    most: int


class SettlementOffer(NamedTuple):
    """So large a share of the balance may be waived for payment of the rest; who approves is the authority table's."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Treatment:
    """What to do next (处置措施). It opens no contact: the light decides whether one is lawful now."""

    channel: Channel
    tone: Tone
    letter: str = ""  # a letter template
    offer: PlanOffer | SettlementOffer | None = None
    visit: VisitTeam | None = None
    referral: Referral | None = None
    wait: int = 0  # days to leave before the next contact


class Split(NamedTuple):
    """A second treatment on trial: the share of the rule's cases that get it, by a hash of the case's id."""

    id: str
    share: Decimal  # of arm B
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class StrategyRule:
    id: str
    conditions: tuple[Condition, ...]
    treatment: Treatment
    reason: Mapping[str, str]  # by language
    line: int = 1  # of its [[rule]] in the file
    split: Split | None = None

    def holds(self, facts: StrategyFacts) -> bool:
        return all(condition.holds(facts) for condition in self.conditions)

    def arm(self, case_id: str) -> str:
        """`id:A` or `id:B` of the split that this case is in; empty without one."""
        return "" if self.split is None else f"{self.split.id}:{arm_of(case_id, self.split)}"

    def for_case(self, case_id: str) -> Treatment:
        """The treatment of this case: the rule's own, or the one on trial where the case falls into arm B."""
        if self.split is not None and arm_of(case_id, self.split) == "B":
            return self.split.treatment
        return self.treatment


def arm_of(case_id: str, split: Split) -> Literal["A", "B"]:
    """Always the same for a case and a split, at every seat; a larger share keeps who was in arm B already."""
    digest = hashlib.sha256(f"{split.id}\x1f{case_id}".encode()).digest()
    return "B" if int.from_bytes(digest[:8]) < split.share * (1 << 64) else "A"


Candidates = tuple[tuple[StrategyRule, tuple[Condition, ...]], ...]


@dataclass(frozen=True)
class Strategy:
    """The rules in their order; the last has no conditions, so that every case has a treatment."""

    name: str  # e.g. default@1
    rules: tuple[StrategyRule, ...]

    @cached_property
    def _candidates(self) -> dict[tuple[str, frozenset[Flag]], Candidates]:
        return {}

    def candidates(self, facts: StrategyFacts) -> Candidates:
        """The rules that a case of this stage with these flags may meet, with what is left to ask of each.

        Found once: a book has few such kinds of cases.
        """
        kind = facts.stage, facts.flags
        found = self._candidates.get(kind)
        if found is None:
            found = tuple(self._fitting(facts))
            if len(self._candidates) >= MOST_KINDS:
                self._candidates.clear()
            self._candidates[kind] = found
        return found

    def _fitting(self, facts: StrategyFacts) -> Iterator[tuple[StrategyRule, tuple[Condition, ...]]]:
        for rule in self.rules:
            of_kind = [asked for asked in rule.conditions if isinstance(asked, Flagged) or asked.fact == "stage"]
            if all(asked.holds(facts) for asked in of_kind):
                yield rule, tuple(asked for asked in rule.conditions if asked not in of_kind)


def treat(facts: StrategyFacts, strategy: Strategy) -> StrategyRule:
    """The first rule that holds: its treatment, its reason and its id."""
    for rule, conditions in strategy.candidates(facts):
        for condition in conditions:
            if not condition.holds(facts):
                break
        else:
            return rule
    raise AssertionError("a strategy's last rule has no conditions: strategy_file sees to it")
