"""The `plan` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from workstation.domain.affordability import Budget, BudgetLine, Per, check_figure
from workstation.domain.due_dates import BusinessDays, Frequency
from workstation.domain.errors import InputError
from workstation.domain.forms import (
    BalanceForm,
    Form,
    check_currency,
    money,
    number,
    read_balance,
    read_form,
)
from workstation.domain.message import msg
from workstation.domain.plan import calculate
from workstation.domain.plan_answer import answer
from workstation.domain.plan_unknown import Solved, solve_for
from workstation.domain.plan_unknown_form import solved_answer
from workstation.domain.plan_values import (
    Accrual,
    Clock,
    CustomPart,
    Method,
    PlanAccount,
    PlanRequest,
    Step,
    Unknown,
)

__all__ = ["answer", "read_request", "run_plan", "solve_request"]

MOST_LINES = 500  # rows of any list in a request

MOST_ACCOUNTS = 100
FIRST_DUE = "first_due"  # `accrue.to`: the first due date, whatever it is

T = TypeVar("T")
Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
Kind = Annotated[str, msgspec.Meta(max_length=40)]
Count = Annotated[int, msgspec.Meta(le=10_000)]  # that it is 1 or more, `plan_check` says in its own words
Lines = Annotated[tuple["_Line", ...], msgspec.Meta(max_length=MOST_LINES)]
PerWord = Literal["week", "fortnight", "month", "year", "weekly", "fortnightly", "monthly", "yearly"]

_PER: dict[str, Per] = {"weekly": "week", "fortnightly": "fortnight", "monthly": "month", "yearly": "year"}


class _Step(Form, frozen=True):
    every: Count
    percent: str | None = None
    amount: str | None = None


class _Custom(Form, frozen=True):
    due: date
    amount: str


class _Line(Form, frozen=True):
    amount: str
    kind: Kind = ""
    per: PerWord = "month"
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class _Creditor(Form, frozen=True):
    balance: str | None = None
    kind: Kind = ""
    agreed: str | None = None  # a month; then the balance takes no share


class _Budget(Form, frozen=True):
    income: Lines = ()
    spending: Lines = ()
    priority_debts: Lines = ()
    other_creditors: Annotated[tuple[_Creditor, ...], msgspec.Meta(max_length=MOST_LINES)] = ()
    adults: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    children: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


class _Account(Form, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    balance: BalanceForm
    days_past_due: Days
    waive: BalanceForm = BalanceForm()


class _Accrual(Form, frozen=True):
    daily_rate: str
    to: str = FIRST_DUE
    statement_day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None


class _Request(Form, frozen=True):
    as_of: date
    jurisdiction: str
    currency: str
    method: Method
    days_past_due: Days | None = None
    balance: BalanceForm | None = None
    accounts: Annotated[tuple[_Account, ...], msgspec.Meta(max_length=MOST_ACCOUNTS)] = ()
    accrue: _Accrual | None = None
    first_due: date | None = None
    waive: BalanceForm = BalanceForm()
    annual_rate: str = "0"
    instalments: Count | None = None
    instalment_amount: str | None = None
    frequency: Frequency = "monthly"
    business_days: BusinessDays = "none"
    clock: Clock = "running"
    down_payment: str | None = None
    down_payment_on: date | None = None
    step: _Step | None = None
    balloon: str | None = None
    settlement_amount: str | None = None
    custom: Annotated[tuple[_Custom, ...], msgspec.Meta(max_length=MOST_LINES)] = ()
    role: Literal["collector", "field", "lead", "auditor", "admin"] = "collector"
    discount_rate: str | None = None
    budget: _Budget | None = None
    charged_since: date | None = None
    solve: Unknown | None = None
    waive_limit: BalanceForm | None = None
    last_due: date | None = None


def run_plan(request: Mapping[str, object]) -> dict[str, Any]:
    """The plan as JSON values. `InputError` and `NoSolution` name the field, the latter the nearest that works."""
    solved = solve_request(request)
    if solved is None:
        return answer(calculate(read_request(request)))
    return {**answer(solved.result), "solved": solved_answer(solved)}


def solve_request(request: Mapping[str, object]) -> Solved | None:
    """The unknown that the request asks for with `solve`; None when it asks for none."""
    form = read_form(request, _Request)
    if form.solve is None:
        for field in ("waive_limit", "last_due"):
            if getattr(form, field) is not None:
                raise InputError(msg("{field} belongs to solving for an unknown.", field=field), field=field)
        return None
    typed = _typed(form)
    limit = None if form.waive_limit is None else read_balance(form.waive_limit, form.currency, "waive_limit")
    return solve_for(typed, form.solve, last_due=form.last_due, waive_limit=limit)


def read_request(request: Mapping[str, object]) -> PlanRequest:
    """The typed request of the JSON form; `InputError` names the field that cannot be read."""
    return _typed(read_form(request, _Request))


def _typed(form: _Request) -> PlanRequest:
    currency = form.currency
    check_currency(currency)

    def amount(text: str | None, field: str) -> int | None:
        return None if text is None else money(text, currency, field)

    return PlanRequest(
        as_of=form.as_of,
        jurisdiction=form.jurisdiction,
        currency=currency,
        days_past_due=_days(form),
        balance=read_balance(_own("balance", form.balance, form) or BalanceForm(), currency, "balance"),
        accounts=tuple(
            PlanAccount(
                account.id,
                read_balance(account.balance, currency, f"accounts[{index}].balance"),
                account.days_past_due,
                read_balance(account.waive, currency, f"accounts[{index}].waive"),
            )
            for index, account in enumerate(form.accounts)
        ),
        accrual=_read_accrual(form.accrue),
        method=form.method,
        first_due=form.first_due,
        waive=read_balance(form.waive, currency, "waive"),
        annual_rate=number(form.annual_rate, "annual_rate"),
        instalments=form.instalments,
        instalment_amount=amount(form.instalment_amount, "instalment_amount"),
        frequency=form.frequency,
        business_days=form.business_days,
        clock=form.clock,
        down_payment=amount(form.down_payment, "down_payment") or 0,
        down_payment_on=form.down_payment_on,
        step=_read_step(form.step, currency),
        balloon=amount(form.balloon, "balloon"),
        settlement_amount=amount(form.settlement_amount, "settlement_amount"),
        custom=tuple(
            CustomPart(part.due, money(part.amount, currency, f"custom[{index}].amount"))
            for index, part in enumerate(form.custom)
        ),
        role=form.role,
        discount_rate=None if form.discount_rate is None else number(form.discount_rate, "discount_rate"),
        budget=_read_budget(form.budget, currency),
        charged_since=form.charged_since,
    )


def _own(field: str, given: T | None, form: _Request) -> T | None:
    """What a request without accounts must state itself."""
    if given is None and not form.accounts:
        raise InputError(msg("Give {field}, or the accounts with theirs.", field=field), field=field)
    return given


def _days(form: _Request) -> int:
    days = _own("days_past_due", form.days_past_due, form)
    oldest = max((account.days_past_due for account in form.accounts), default=days)
    if days is None or oldest is None or days == oldest:
        return oldest or 0
    raise InputError(
        msg("The days past due are those of the oldest account, {days}; leave them out.", days=oldest),
        field="days_past_due",
    )


def _read_accrual(form: _Accrual | None) -> Accrual | None:
    if form is None:
        return None
    try:
        to = None if form.to == FIRST_DUE else date.fromisoformat(form.to)
    except ValueError:
        raise InputError(
            msg("“{value}” is no day; write it like 2026-11-30, or first_due.", value=form.to[:40]), field="accrue.to"
        ) from None
    return Accrual(number(form.daily_rate, "accrue.daily_rate"), to, form.statement_day)


def _read_step(form: _Step | None, currency: str) -> Step | None:
    if form is None:
        return None
    return Step(
        form.every,
        None if form.percent is None else number(form.percent, "step.percent"),
        None if form.amount is None else money(form.amount, currency, "step.amount"),
    )


def _read_budget(form: _Budget | None, currency: str) -> Budget | None:
    if form is None:
        return None

    def figure(text: str, field: str) -> int:
        minor = money(text, currency, f"budget.{field}")
        check_figure(minor, f"budget.{field}")
        return minor

    def lines(name: str) -> tuple[BudgetLine, ...]:
        return tuple(
            BudgetLine(line.kind, figure(line.amount, f"{name}[{index}].amount"), _per(line.per), line.reason)
            for index, line in enumerate(getattr(form, name))
        )

    balances, agreed = [], []
    for index, creditor in enumerate(form.other_creditors):
        field = f"other_creditors[{index}]"
        balance = None if creditor.balance is None else figure(creditor.balance, f"{field}.balance")
        if creditor.agreed is not None:
            agreed.append(figure(creditor.agreed, f"{field}.agreed"))
        elif balance is not None:
            balances.append(balance)
        else:
            raise InputError(
                msg("Give another creditor's balance, or what was agreed a month."), field=f"budget.{field}.balance"
            )
    return Budget(
        lines("income"),
        lines("spending"),
        lines("priority_debts"),
        tuple(balances),
        tuple(agreed),
        form.adults,
        form.children,
    )


def _per(word: PerWord) -> Per:
    return _PER.get(word) or word  # type: ignore[return-value]  # what is not in the table is a Per already
