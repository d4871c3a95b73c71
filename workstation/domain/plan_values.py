"""The values of a repayment plan: what is asked, one instalment, the result, and the error when no plan exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from workstation.domain.affordability import Affordability, Budget
from workstation.domain.authority import Approval
from workstation.domain.due_dates import PERIODS, BusinessDays, Frequency
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message
from workstation.domain.money import Balance

Method = Literal[
    "equal_instalment",
    "equal_principal",
    "interest_free",
    "stepped",
    "down_payment",
    "balloon",
    "settlement",
    "custom",
]
Clock = Literal["running", "stopped"]
# What a plan can be solved for, the rest being given (`plan_unknown`).
Unknown = Literal[
    "instalments", "instalment_amount", "first_amount", "annual_rate", "waive", "down_payment", "last_due"
]

NOTHING = Balance()


class NoSolution(WorkstationError):
    """No plan fulfils the request. The message says why; `nearest` names the request's field and the closest value
    that works (money as decimal string), or is None when nothing near does."""

    code = "no_solution"

    def __init__(
        self, message: Message, *, field: str | None = None, nearest: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Step:
    """A stepped instalment grows every `every` periods by `percent` (10 means 10 %) or by `amount` minor units;
    either may be negative."""

    every: int
    percent: Decimal | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class CustomPart:
    """An instalment as agreed: nominal due date and minor units."""

    due: date
    amount: int


@dataclass(frozen=True, slots=True)
class PlanAccount:
    """One of several accounts in a plan, as owed on the day of the balance."""

    id: str
    balance: Balance
    days_past_due: int
    waive: Balance = NOTHING


@dataclass(frozen=True, slots=True)
class Accrual:
    """The old interest runs on from the day of the balance `to` a day, at the latest the first due date (None: that
    one); with `statement_day` unpaid interest bears interest itself, see `projection.project`."""

    daily_rate: Decimal
    to: date | None = None
    statement_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What a plan is calculated from, money in minor units of `currency`. Of `instalments` and `instalment_amount`
    one is given (custom: neither; settlement: neither means one part). With `accounts`, `balance` and `days_past_due`
    may be left out; `waive` is the sum of theirs or, where they have none, spread over them, the oldest due first."""

    as_of: date
    jurisdiction: str
    currency: str
    method: Method
    days_past_due: int = 0
    balance: Balance = NOTHING
    accounts: tuple[PlanAccount, ...] = ()
    accrual: Accrual | None = None
    first_due: date | None = None  # custom takes its dates from `custom`
    waive: Balance = NOTHING
    annual_rate: Decimal = Decimal(0)
    instalments: int | None = None
    instalment_amount: int | None = None
    frequency: Frequency = "monthly"
    business_days: BusinessDays = "none"
    clock: Clock = "running"
    down_payment: int = 0
    down_payment_on: date | None = None  # `as_of` unless stated
    step: Step | None = None
    balloon: int | None = None
    settlement_amount: int | None = None  # paid in all, a down payment included
    custom: tuple[CustomPart, ...] = ()
    role: str = "collector"
    discount_rate: Decimal | None = None
    budget: Budget | None = None
    charged_since: date | None = None  # since when the balance's interest, penalty and fees have been charged


@dataclass(frozen=True, slots=True)
class AccountShare:
    """What one payment of a plan over several accounts did to one of them, and what is left of it."""

    id: str
    applied: Balance
    left: int


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """One account over the whole plan: `applied` = its balance + `accrued` interest − `waived`."""

    id: str
    accrued: int
    waived: Balance
    applied: Balance


@dataclass(frozen=True, slots=True)
class Accrued:
    """The interest that runs on before the plan begins, and the day to which it does."""

    to: date
    interest: int


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of the schedule: `amount` = `plan_interest` + `applied`; `balance` is what is left of the base.
    `by_account`: every account of a plan over several, the oldest due first."""

    n: int
    nominal_due: date
    due: date
    amount: int
    plan_interest: int
    applied: Balance
    balance: int
    by_account: tuple[AccountShare, ...] = ()


@dataclass(frozen=True, slots=True)
class DownPayment:
    """The first lump, how it was spread, and the base it leaves to the instalments."""

    on: date
    amount: int
    applied: Balance
    balance: int
    by_account: tuple[AccountShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything paid, the down payment included; `paid` = `plan_interest` + `applied`."""

    paid: int
    plan_interest: int
    applied: Balance


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the plan that its reader should know, with the rule and its source."""

    rule: str
    level: Literal["info", "warn"]
    message: Message
    source: str


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A calculated plan; `request` as asked, with the sums of its accounts. `effective_annual_rate` is None where none
    exists (all paid on the first day); `present_value` without a discount rate, `affordability` and `affordable`
    without a budget."""

    request: PlanRequest
    schedule: tuple[Instalment, ...]
    down_payment: DownPayment | None
    waived: Balance
    waived_share: Decimal  # of the whole balance, the accrued interest included
    totals: Totals
    effective_annual_rate: Decimal | None
    present_value: int | None
    affordability: Affordability | None
    affordable: bool | None
    approval: Approval
    findings: tuple[Finding, ...]
    accrued: Accrued | None = None  # when the request lets the old interest run on
    accounts: tuple[AccountTotals, ...] = ()  # of a plan over several, the oldest due first

    @property
    def instalments(self) -> int:
        return len(self.schedule)

    @property
    def monthly(self) -> int:
        """The largest instalment by the month, half up; weekly and fortnightly ones convert by 52/12 and 26/12."""
        yearly = max(row.amount for row in self.schedule) * PERIODS[self.request.frequency]
        return (yearly + 6) // 12

    @property
    def disposable_share(self) -> Decimal | None:
        """Of what this person has left each month; None without a budget, or when there is nothing left."""
        return None if self.affordability is None else self.affordability.share_of_income(self.monthly)

    @property
    def payoff(self) -> date:
        return self.schedule[-1].due
