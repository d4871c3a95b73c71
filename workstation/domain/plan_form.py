"""The `plan` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from workstation.domain.affordability import Budget, BudgetLine, Per, check_figure
from workstation.domain.due_dates import BusinessDays, Frequency
from workstation.domain.errors import InputError
from workstation.domain.forms import (
    BalanceForm,
    Form,
    balance_texts,
    check_currency,
    fixed,
    money,
    number,
    read_balance,
    read_form,
)
from workstation.domain.message import msg
from workstation.domain.money import to_text
from workstation.domain.plan import calculate
from workstation.domain.plan_unknown import Solved, solve_for
from workstation.domain.plan_unknown_form import solved_answer
from workstation.domain.plan_values import (
    Clock,
    CustomPart,
    Instalment,
    Method,
    PlanRequest,
    PlanResult,
    Step,
    Unknown,
)

MOST_LINES = 500  # rows of any list in a request

Kind = Annotated[str, msgspec.Meta(max_length=40)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
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


class _Request(Form, frozen=True):
    as_of: date
    jurisdiction: str
    currency: str
    days_past_due: Annotated[int, msgspec.Meta(ge=0, le=36_500)]
    balance: BalanceForm
    method: Method
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
    limit = None if form.waive_limit is None else read_balance(form.waive_limit, form.currency, "waive_limit")
    return solve_for(_typed(form), form.solve, last_due=form.last_due, waive_limit=limit)


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
        days_past_due=form.days_past_due,
        balance=read_balance(form.balance, currency, "balance"),
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
    )


def answer(result: PlanResult) -> dict[str, Any]:
    """A result in the JSON form. `affordability` is there when a budget was given."""
    currency = result.request.currency

    def text(minor: int) -> str:
        return to_text(minor, currency)

    rate, value, down = result.effective_annual_rate, result.present_value, result.down_payment
    found = result.affordability
    body: dict[str, Any] = {
        "schedule": [_row(row, currency) for row in result.schedule],
        "totals": {
            "paid": text(result.totals.paid),
            "plan_interest": text(result.totals.plan_interest),
            **balance_texts(result.totals.applied, currency),
        },
        "down_payment": None
        if down is None
        else {
            "due": down.on.isoformat(),
            "amount": text(down.amount),
            **balance_texts(down.applied, currency),
            "balance": text(down.balance),
        },
        "waived": {"amount": text(result.waived.total), "share": fixed(result.waived_share, 4)},
        "instalments": result.instalments,
        "payoff": result.payoff.isoformat(),
        "effective_annual_rate": None if rate is None else fixed(rate, 6),
        "present_value": None if value is None else text(value),
        "disposable": None if found is None else text(found.disposable),
        "affordable": result.affordable,
        "approval": {
            "needed": result.approval.needed,
            "by": result.approval.by,
            "reason": None if result.approval.reason is None else result.approval.reason.plain(),
        },
        "findings": [
            {"rule": item.rule, "level": item.level, "message": item.message.plain(), "source": item.source}
            for item in result.findings
        ],
    }
    if found is not None:
        body["affordability"] = {
            "income": text(found.income),
            "spending": text(found.spending),
            "priority_debts": text(found.priority_debts),
            "available": text(found.available),
            "safety_share": fixed(found.safety_share, 4),
            "creditor_share": fixed(found.creditor_share, 4),
            "margin": text(found.margin),
            "to_others": text(found.to_others),
        }
    return body


def _row(row: Instalment, currency: str) -> dict[str, Any]:
    return {
        "n": row.n,
        "nominal_due": row.nominal_due.isoformat(),
        "due": row.due.isoformat(),
        "amount": to_text(row.amount, currency),
        "plan_interest": to_text(row.plan_interest, currency),
        **balance_texts(row.applied, currency),
        "balance": to_text(row.balance, currency),
    }


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
