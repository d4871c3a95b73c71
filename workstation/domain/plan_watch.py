"""A plan that was agreed, held against the money that came in: each instalment, how the plan stands, what to do next.

《商业银行信用卡业务监督管理办法》第七十条: once agreed, collecting stops unless the plan is breached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workstation.domain.case_values import CaseState, Instalment, Judgement, PlanMade, PlanStage, number_of
from workstation.domain.due_dates import BusinessDays, Frequency, moved, nominal_due
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.promise import JudgedPromise, Payment

InstalmentState = Literal["coming", "due", "part_paid", "paid", "paid_early", "paid_late", "over_paid", "missed"]
SETTLED = frozenset({"paid", "paid_early", "paid_late", "over_paid"})
Next = Literal[
    "wait", "remind", "grace", "remind_missed", "wait_reminder", "report_breach", "decide", "complete", "none"
]

WAIT_DAYS = 3  # house habit: how long the one reminder of a missed instalment is given before it goes to the lead


@dataclass(frozen=True, slots=True)
class WatchedInstalment:
    """One instalment, minor units; `n` 0 is the down payment. `carried` is what a payment brought beyond it."""

    n: int
    due: date
    last_day: date  # due + grace
    amount: int
    paid: int
    state: InstalmentState
    paid_on: date | None = None  # when enough was there
    carried: int = 0

    @property
    def missing(self) -> int:
        return 0 if self.state in SETTLED else self.amount - self.paid


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done about the plan, and from which day on."""

    what: Next
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan on one day. `stage` is what was decided, made more exact by the payments:

    proposed → approved (where needed) → agreed, with the debtor's consent → active, from the first instalment's day or
    the first money on, whichever comes first → completed, when the last instalment is paid. It is in force from the
    consent on. A missed instalment does not end it: breached it is once somebody recorded that after the reminder.
    """

    plan: PlanMade
    stage: PlanStage
    rows: tuple[WatchedInstalment, ...]
    over: int  # paid beyond the last instalment
    step: NextStep

    @property
    def missed(self) -> tuple[WatchedInstalment, ...]:
        return tuple(row for row in self.rows if row.state == "missed")

    @property
    def paid(self) -> int:
        return sum(row.paid for row in self.rows)

    @property
    def left(self) -> int:
        """Still to be paid under the plan."""
        return sum(row.missing for row in self.rows)

    @property
    def behind(self) -> int:
        """Missing of what was missed."""
        return sum(row.missing for row in self.missed)

    @property
    def next(self) -> WatchedInstalment | None:
        """The first that is not settled and not missed."""
        return next((row for row in self.rows if row.state not in SETTLED and row.state != "missed"), None)


def standing(
    plan: PlanMade,
    judgement: Judgement,
    payments: Iterable[Payment],
    today: date,
    *,
    remind_from: date | None = None,
    reminded_on: date | None = None,
) -> PlanStanding:
    """How `plan` stands on `today`; `judgement` is that of its case (`judged`).

    `remind_from`: when the next instalment may be reminded of, None when it was or nobody is reminded.
    `reminded_on`: when the debtor was last reminded after an instalment was missed.
    """
    own = [row for row in judgement.instalments if row.promise.id.startswith(f"{plan.id}#")]
    if not own:
        rows = tuple(
            WatchedInstalment(number, part.due, part.due, part.amount, 0, "coming") for number, part in plan.numbered
        )
        return PlanStanding(plan, plan.stage, rows, 0, NextStep("none"))
    shared = _shared(own)
    rows = tuple(_row(row, today, shared.get(row.promise.id, 0)) for row in own)
    known = [
        row for row in payments if row.value_date <= today and row.value_date >= min(r.promise.made_on for r in own)
    ]
    older = sum(
        part.amount for made in judgement.promises for part in made.parts if _older(made, own[0], part.value_date)
    )
    settled = all(row.state in SETTLED for row in rows)
    over = max(0, sum(row.amount for row in known) - older - sum(row.paid for row in rows)) if settled else 0
    stage = _stage(plan, rows, today)
    return PlanStanding(plan, stage, rows, over, _step(plan, stage, rows, today, remind_from, reminded_on))


def _older(made: JudgedPromise, first: JudgedPromise, day: date) -> bool:
    """Did a promise made before the plan was agreed take this money?"""
    return made.promise.made_on <= first.promise.made_on <= day


def _shared(own: list[JudgedPromise]) -> dict[str, int]:
    """By instalment: what the payment that completed it also gave to later ones."""
    carried: dict[str, int] = {}
    for place, row in enumerate(own):
        if row.kept_on is not None:
            last = row.parts[-1].payment
            beyond = sum(part.amount for later in own[place + 1 :] for part in later.parts if part.payment == last)
            if beyond:
                carried[row.promise.id] = beyond
    return carried


def _row(row: JudgedPromise, today: date, carried: int) -> WatchedInstalment:
    return WatchedInstalment(
        n=number_of(row),
        due=row.promise.due,
        last_day=row.last_day,
        amount=row.promise.amount,
        paid=row.paid,
        state=_state(row, today, carried),
        paid_on=row.kept_on,
        carried=carried,
    )


def _state(row: JudgedPromise, today: date, carried: int) -> InstalmentState:
    due, kept_on = row.promise.due, row.kept_on
    if kept_on is not None:
        if kept_on > row.last_day:
            return "paid_late"
        if carried:
            return "over_paid"
        return "paid_early" if kept_on < due else "paid"
    if today > row.last_day:
        return "missed"
    if row.paid:
        return "part_paid"
    return "due" if today >= due else "coming"


def _stage(plan: PlanMade, rows: tuple[WatchedInstalment, ...], today: date) -> PlanStage:
    if all(row.state in SETTLED for row in rows):
        return "completed"
    if not plan.in_force:
        return plan.stage
    begun = today >= rows[0].due or any(row.paid for row in rows) or plan.re_aged
    return "active" if begun else "agreed"


def _step(
    plan: PlanMade,
    stage: PlanStage,
    rows: tuple[WatchedInstalment, ...],
    today: date,
    remind_from: date | None,
    reminded_on: date | None,
) -> NextStep:
    if stage == "completed":
        return NextStep("complete", today)
    if plan.stage == "breached":
        return NextStep("decide", today)
    if missed := [row for row in rows if row.state == "missed"]:
        return _after_a_miss(missed[0].last_day, today, reminded_on)
    coming = next(row for row in rows if row.state not in SETTLED)
    if today >= coming.due:
        return NextStep("grace", coming.last_day)
    if remind_from is not None and today >= remind_from:
        return NextStep("remind", remind_from)
    return NextStep("wait", remind_from or coming.due)


def _after_a_miss(last_day: date, today: date, reminded_on: date | None) -> NextStep:
    """One reminder, some days for it, then the lead."""
    if reminded_on is None or reminded_on <= last_day:
        return NextStep("remind_missed", last_day + timedelta(days=1))
    until = reminded_on + timedelta(days=WAIT_DAYS)
    return NextStep("wait_reminder" if today < until else "report_breach", until)


def chain(state: CaseState) -> tuple[PlanMade, ...]:
    """The plan that matters now and those whose place it took one after the other, the newest first."""
    by_id = {plan.id: plan for plan in state.plans}
    found: list[PlanMade] = []
    at = state.plan
    while at is not None and at not in found:
        found.append(at)
        at = by_id.get(at.replaces)
    return tuple(found)


def re_aged(
    standing: PlanStanding,
    first_due: date,
    frequency: Frequency,
    business_days: BusinessDays = "none",
    jurisdiction: str = "zh-CN",
) -> tuple[Instalment, ...]:
    """The plan's instalments with the unpaid ones moved on, from `first_due`: same amounts, same order, new days.

    What is paid keeps its day, so that a payment taken back later is missed where it was. `InputError` when nothing is
    left to move, or the new days would come before what is paid.
    """
    kept = [row for row in standing.rows if row.state in SETTLED]
    open_rows = [row for row in standing.rows if row.state not in SETTLED]
    if not open_rows:
        raise InputError(msg("Every instalment of this plan is paid: there is nothing to move on."))
    if kept and first_due <= kept[-1].due:
        raise InputError(
            msg("The first new day must come after {day}, the last instalment that was paid.", day=kept[-1].due),
            field="first_due",
        )
    days = (moved(nominal_due(first_due, k, frequency), business_days, jurisdiction).due for k in range(len(open_rows)))
    return (
        *(Instalment(due=row.due, amount=row.amount) for row in kept),
        *(Instalment(due=day, amount=row.amount) for row, day in zip(open_rows, days, strict=True)),
    )
