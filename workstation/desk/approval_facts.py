"""What a lead needs to see to decide about a plan: its figures calculated anew, what is waived, how the debtor is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from local_db.queries import CaseFile
from workstation.desk import budget_summary, standing
from workstation.desk.follow_views import Choice
from workstation.desk.rules import rules_for_figures
from workstation.domain import budget as budgets
from workstation.domain.affordability import assess
from workstation.domain.case_values import PlanMade
from workstation.domain.errors import WorkstationError
from workstation.domain.events import PlanProposed
from workstation.domain.message import Label, Message, Money, Percent, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan import calculate
from workstation.domain.plan_form import answer, read_request
from workstation.domain.plan_values import PlanRequest, PlanResult

Fact = tuple[Message, Message | Money]
PLAN = Label("approval", "plan")


@dataclass(frozen=True, slots=True)
class WaivedRow:
    """What is given up of one component, and how much of it that is."""

    component: Label
    amount: Money
    share: Percent


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, with all that is needed to decide it. `barred` says why this person may not."""

    kind: Literal["proposal", "breach", "request"]
    id: str  # of the proposal or request
    case_id: str
    number: str
    name: str
    asked_by: str
    at: datetime
    title: Message
    why: Message  # in one line
    circumstances: str  # in the words of who asks
    facts: tuple[Fact, ...]
    waived: tuple[WaivedRow, ...]
    reasons: tuple[Message, ...]  # why it is above the authority of who asks
    warnings: tuple[Message, ...]  # what changed since, or does not fit together
    barred: Message | None
    choices: tuple[Choice, ...] = ()  # after a breach
    seen: int = 0  # how often the schedule had been moved on
    what: Label = PLAN
    until: date | None = None  # of a request: the last day on which a yes would hold
    late: bool = False  # it waits longer than the house lets it
    steps: tuple[tuple[Label, bool], ...] = ()  # of a referral: what comes before it, and whether the record shows it


def title(plan: PlanMade) -> Message:
    return nmsg(
        "{method} · {n} instalment", "{method} · {n} instalments", len(plan.instalments),
        method=Label("plan_method", plan.method),
    )  # fmt: skip


def recalculated(body: PlanProposed) -> tuple[PlanRequest | None, PlanResult | None, tuple[Message, ...]]:
    """The plan calculated here from its request: a seat's word for the result is not enough to approve it."""
    try:
        request = read_request(body.request)
        result = calculate(request)
    except WorkstationError as error:
        return (
            None,
            None,
            (msg("The plan cannot be calculated here ({why}); do not approve it unseen.", why=error.message),),
        )
    own = answer(result)
    same = all(own[name] == body.result.get(name) for name in ("schedule", "down_payment", "waived"))
    if same:
        return request, result, ()
    return request, result, (msg("The schedule that was sent is not what its conditions lead to. Do not approve it."),)


def plan_facts(request: PlanRequest | None, result: PlanResult | None) -> Iterator[Fact]:
    if request is None or result is None:
        return
    currency = request.currency
    owed = request.balance.total
    yield msg("Owed when proposed"), Money(owed, currency)
    first = result.schedule[0]
    yield (
        msg("Instalments"),
        nmsg(
            "{amount} in {n} instalment", "{amount} × {n} instalments", result.instalments,
            amount=Money(first.amount, currency),
        ),
    )  # fmt: skip
    yield msg("Paid off"), msg("{day}", day=result.payoff)
    yield msg("Total paid"), Money(result.totals.paid, currency)
    if result.present_value is not None and owed:
        value = Money(result.present_value, currency)
        share = Percent(Decimal(result.present_value) / owed)
        yield msg("Present value to the bank"), msg("{amount}, {share} of the balance", amount=value, share=share)
    if result.affordable is not None:
        yield msg("Affordable by the budget"), msg("yes") if result.affordable else msg("no")


def waived(request: PlanRequest, result: PlanResult) -> Iterator[WaivedRow]:
    given: Balance = result.waived
    for name in COMPONENTS:
        if given.part(name):
            whole = request.balance.part(name)
            share = Percent(Decimal(given.part(name)) / whole if whole else Decimal(1))
            yield WaivedRow(Label("component", name), Money(given.part(name), request.currency), share)


def person(file: CaseFile, today: date) -> Iterator[Fact]:
    """Of the debtor: why they are behind, hardship, and what the budget leaves."""
    state = file.state
    if state.reason is not None:
        yield msg("Reason for arrears"), msg("{reason}", reason=Label("reason", state.reason))
    if state.hardship:
        yield msg("Hardship"), msg("{state}", state=Label("hardship_state", state.hardship))
    kept = standing.judgement(file, today)
    if kept.kept or kept.broken:
        yield msg("Promises"), msg("{kept} kept, {broken} broken", kept=kept.kept, broken=kept.broken)
    if state.budget is None:
        yield msg("Budget"), msg("none recorded")
        return
    try:
        told = budgets.as_told(state.budget.budget)
        month = assess(
            told, standing.owed(file, today).total.total, rules_for_figures(file.book.jurisdiction).safety_share
        )
    except (WorkstationError, ValueError, InvalidOperation):
        yield msg("Budget"), msg("cannot be read here")
        return
    currency = state.budget.budget.currency
    yield msg("Budget of {day}", day=state.budget.taken_on), budget_summary.state(told, month, currency).text
    yield msg("Left for this debt each month"), Money(month.available, currency)
