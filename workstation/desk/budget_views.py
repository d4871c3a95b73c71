"""The budget as typed, and as it reads: what the editor on the plan page shows and the statement prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workstation.desk.views import Badge, Reading
from workstation.domain.affordability import Affordability, Budget
from workstation.domain.message import Label, Message, Money
from workstation.domain.plan_values import Finding

SECTIONS = {"income": "income", "spending": "spending", "priority_debts": "priority_debt"}  # and their vocabularies


@dataclass(slots=True)
class BudgetRow:
    """One line as typed; `per` is a key of affordability.A_MONTH."""

    kind: str = ""
    amount: str = ""
    per: str = "month"
    reason: str = ""


@dataclass(slots=True)
class CreditorRow:
    """Another unsecured creditor as typed: the balance, or what was agreed a month."""

    name: str = ""
    balance: str = ""
    agreed: str = ""


@dataclass(slots=True)
class BudgetForm:
    """The budget as typed. Kept as a draft."""

    income: list[BudgetRow] = field(default_factory=list)
    spending: list[BudgetRow] = field(default_factory=list)
    priority_debts: list[BudgetRow] = field(default_factory=list)
    other_creditors: list[CreditorRow] = field(default_factory=list)
    adults: str = "1"
    children: str = "0"
    note: str = ""


@dataclass(frozen=True, slots=True)
class BudgetLineView:
    """A line of the statement: the kind in words, what was said, a month of it."""

    field: str  # of the form, e.g. `spending.0`
    what: Label
    amount: Money
    per: Label
    monthly: Money
    reason: str = ""
    alone: str = ""  # the amount as typed without the period that was typed with it


@dataclass(frozen=True, slots=True)
class CreditorView:
    name: str
    balance: Money
    agreed: Money | None


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the summary; what goes out is negative, and the lines add up to what is available."""

    label: Message
    amount: Money
    detail: Message | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A line below or above the reference figures: why, by which source, and whether a word of reason was given."""

    field: str  # of the form, e.g. `spending.0`; `spending.food` for one that is left out
    message: Message
    source: Message
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BudgetView:
    """How the budget stands, `state` in a word. `budget` and `month` are None until every figure can be read."""

    summary: tuple[SummaryLine, ...] = ()
    available: Money | None = None  # a month, to this case
    state: Badge | None = None
    lines: Mapping[str, tuple[BudgetLineView, ...]] = field(default_factory=dict)  # by section
    creditors: tuple[CreditorView, ...] = ()
    flags: tuple[Flag, ...] = ()
    findings: tuple[Finding, ...] = ()  # the same, as a plan carries them
    readings: Mapping[str, Reading] = field(default_factory=dict)  # by field, e.g. `income.0.amount`
    error: Message | None = None
    budget: Budget | None = None
    month: Affordability | None = None
