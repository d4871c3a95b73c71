"""What the plan screen types and is shown: the conditions, one calculated plan, and the cards side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from workstation.desk.views import Badge, Reading
from workstation.domain.message import Label, Message, Money

MOST_CARDS = 4  # plans side by side: more cannot be read while somebody is on the phone
LETTERS = "ABCD"

METHODS = (
    "interest_free",
    "equal_instalment",
    "equal_principal",
    "stepped",
    "down_payment",
    "balloon",
    "settlement",
    "custom",
)
WITHOUT_INTEREST = frozenset({"interest_free", "settlement"})

_COUNTED = ("amount", "instalments", "first_due", "frequency")
# What each method asks for, in the order in which it is said on the telephone.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "interest_free": _COUNTED,
    "equal_instalment": (*_COUNTED, "annual_rate"),
    "equal_principal": (*_COUNTED, "annual_rate"),
    "stepped": (*_COUNTED, "step_every", "step", "annual_rate"),
    "down_payment": ("down_payment", "down_payment_on", *_COUNTED, "annual_rate"),
    "balloon": ("balloon", *_COUNTED, "annual_rate"),
    "settlement": _COUNTED,
    "custom": ("custom", "annual_rate"),
}
WAIVERS = ("waive_interest", "waive_penalty", "waive_fees", "waive_costs", "waive_principal")
_RARER = ("unknown", "last_due", "business_days", "clock", "accrue")
_LUMP = ("down_payment", "down_payment_on")


def fields_of(method: str) -> tuple[str, ...]:
    """What is asked for at once: the method's own fields and the two waivers that are talked about most."""
    return (*FIELDS[method], *WAIVERS[:2])


def rarer_fields_of(method: str) -> tuple[str, ...]:
    """What may be given besides."""
    lump = () if method in {"down_payment", "custom"} else _LUMP
    left_out = {"unknown", "last_due", "accrue"} if method == "custom" else set()
    return (*lump, *(name for name in _RARER if name not in left_out), *WAIVERS[2:])


@dataclass(slots=True)
class PlanForm:
    """The conditions as typed; texts are the human entry. A field that the method does not ask for means nothing."""

    method: str = "interest_free"
    amount: str = ""  # each instalment; a stepped plan's first one; what settles the debt in all
    instalments: str = ""
    first_due: str = ""
    frequency: str = "monthly"
    annual_rate: str = "0"
    waive_interest: str = ""  # an amount, or a share such as 50%
    waive_penalty: str = ""
    waive_fees: str = ""
    waive_costs: str = ""
    waive_principal: str = ""
    business_days: str = "following"
    recording: str = ""  # of the debtor's oral consent
    signed_on: str = ""  # the day of the signature; today when left empty
    last_due: str = ""  # paid off by then: the number follows
    down_payment: str = ""
    down_payment_on: str = ""
    step_every: str = "6"
    step: str = "10%"  # a share, or an amount
    balloon: str = ""
    custom: str = ""  # a line for each day and amount
    clock: str = "running"
    accrue: str = ""  # first_due: interest runs on to the first due date
    unknown: str = ""  # what is worked out although amount and number are given: plan_values.Unknown
    without: list[str] = field(default_factory=list)  # accounts taken out, by id
    circumstances: str = ""  # why, for whoever must approve


@dataclass(frozen=True, slots=True)
class PlanAccountChoice:
    """An account of the case that the plan may pay."""

    id: str
    shown: Message
    taken: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    n: int
    due: date
    amount: Money
    principal: Money
    interest: Money  # old interest and plan interest
    charges: Money  # penalty, fees, costs
    balance: Money
    note: Message | None


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One of the plans side by side. `error` instead of the figures where there is no plan."""

    title: Message
    amount: Money | None = None
    per: Message | None = None
    badge: Badge | None = None
    facts: tuple[tuple[Message, Money | Message], ...] = ()
    remaining: tuple[tuple[date, int], ...] = ()  # for the chart: what is owed after each day, minor units
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A calculated plan; `error` instead of rows when there is no solution, `wrong` the field to look at."""

    card: PlanCard
    rows: tuple[PlanRow, ...] = ()
    headline: Message | None = None
    authority: Badge | None = None
    needs_approval: bool = False
    sentence: Message | None = None  # to read aloud
    findings: tuple[Message, ...] = ()
    error: Message | None = None
    wrong: str = ""
    found: Mapping[str, Message] = field(default_factory=dict)  # what was left empty, by field
    readings: Mapping[str, Reading] = field(default_factory=dict)
    accounts: tuple[PlanAccountChoice, ...] = ()  # more than one, or none
    proof: Message | None = None  # why what was found is the best there is
    request: Mapping[str, object] | None = None  # in the form of the `plan` command

    @property
    def facts(self) -> tuple[tuple[Message, Money | Message], ...]:
        return self.card.facts

    @property
    def remaining(self) -> tuple[tuple[date, int], ...]:
        return self.card.remaining


@dataclass(frozen=True, slots=True)
class PlanSuggested:
    """Conditions that are suggested, and why."""

    form: PlanForm
    why: tuple[Message, ...]


Where = Literal["new", "waits", "agree", "in_force"]


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """How the newest plan of a case stands, and what is to be done about it on this screen."""

    where: Where
    sentence: Message | None = None
    method: Label | None = None
