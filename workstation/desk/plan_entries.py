"""Reads a plan's conditions as typed and makes the `plan` command's request of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.entry_reading import Readings
from workstation.desk.plan_solving import WAIVABLE
from workstation.desk.plan_views import WAIVERS, WITHOUT_INTEREST, PlanForm, fields_of, rarer_fields_of
from workstation.desk.standing import AccountOwed
from workstation.domain.due_dates import nominal_due
from workstation.domain.message import msg
from workstation.domain.money import Balance, Component, to_text
from workstation.domain.plan_values import PlanRequest

DISCOUNT_RATE = "0.06"  # what the bank's present value is reckoned with, until a book says otherwise
MOST_PERIODS = 600


@dataclass(frozen=True, slots=True)
class Basis:
    """What every plan of a case is calculated from: taken once, while somebody types."""

    file: CaseFile
    today: date
    accounts: tuple[AccountOwed, ...]  # oldest due first

    @classmethod
    def of(cls, file: CaseFile, today: date) -> Basis:
        return cls(file, today, standing.owed(file, today).accounts)

    @property
    def currency(self) -> str:
        return self.file.book.currency

    def taken(self, form: PlanForm) -> tuple[AccountOwed, ...]:
        """The accounts the plan pays: all, unless some are taken out; never none."""
        kept = tuple(account for account in self.accounts if account.id not in form.without)
        return kept or self.accounts


def request_of(
    basis: Basis, form: PlanForm, readings: Readings, role: str, budget: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The request in the form of the `plan` command. What could not be read stands in `readings`."""
    request = _Reader(basis, form, readings).request(role)
    return request if budget is None else {**request, "budget": budget}


class _Reader:
    def __init__(self, basis: Basis, form: PlanForm, readings: Readings) -> None:
        self._basis, self._form, self._readings = basis, form, readings
        self._currency = basis.currency
        self._asked = {*fields_of(form.method), *rarer_fields_of(form.method)}

    def request(self, role: str) -> dict[str, Any]:
        basis, form = self._basis, self._form
        accounts = basis.taken(form)
        balance = sum((account.balance for account in accounts), Balance())
        body: dict[str, Any] = {
            "as_of": basis.today.isoformat(),
            "jurisdiction": basis.file.book.jurisdiction,
            "currency": self._currency,
            "days_past_due": max((account.days_past_due for account in accounts), default=0),
            "balance": self._parts(balance),
            "method": form.method,
            # The field is not shown for these, and what was typed before the method changed means nothing to them.
            "annual_rate": "0"
            if form.method in WITHOUT_INTEREST or form.unknown == "annual_rate"
            else self._readings.rate("annual_rate", form.annual_rate) or "0",
            "frequency": form.frequency or "monthly",
            "business_days": form.business_days or "none",
            "clock": form.clock or "running",
            "role": role,
            "discount_rate": DISCOUNT_RATE,
        }
        if len(basis.accounts) > 1:  # one of several, too, by its name
            body["accounts"] = [
                {"id": account.id, "balance": self._parts(account.balance), "days_past_due": account.days_past_due}
                for account in accounts
            ]
        if form.accrue and form.method != "custom":
            body["accrue"] = self._accrual(accounts[0])
        waive = self._waivers(balance)
        if form.unknown == "waive" and form.method != "custom":
            body["solve"], body["waive_limit"] = "waive", self._parts(self._waive_limit(balance, waive))
        else:
            if waive.total:
                body["waive"] = self._parts(waive)
            if form.unknown and form.method != "custom":
                body["solve"] = form.unknown
        self._lump(body)
        if form.method == "custom":
            body["custom"] = self._readings.custom("custom", form.custom, self._currency)
        else:
            self._dates_and_amounts(body)
        if form.method == "stepped":
            body["step"] = self._step()
        if form.method == "balloon" and (balloon := self._amount("balloon")) is not None:
            body["balloon"] = to_text(balloon, self._currency)
        return body

    def _parts(self, balance: Balance) -> dict[str, str]:
        return {name: to_text(part, self._currency) for name, part in balance.parts().items()}

    def _amount(self, field: str) -> int | None:
        return self._readings.amount(field, getattr(self._form, field), self._currency)

    def _waivers(self, balance: Balance) -> Balance:
        parts: dict[Component, int] = {}
        for field in WAIVERS:
            name: Component = field.removeprefix("waive_")  # type: ignore[assignment]  # each names its component
            whole = balance.part(name)
            parts[name] = self._readings.waiver(field, getattr(self._form, field), whole, self._currency) or 0
        return Balance(**parts)

    def _accrual(self, account: AccountOwed) -> dict[str, Any]:
        book = self._basis.file.book
        day = next((row.statement_day for row in self._basis.file.accounts if row.id == account.id), None)
        compound = {"statement_day": day} if book.compound and day is not None else {}
        return {"daily_rate": book.daily_rate, "to": self._form.accrue, **compound}

    def _waive_limit(self, balance: Balance, typed: Balance) -> Balance:
        """What was typed limits what is found; without, interest and charges may go, the principal not."""
        if typed.total:
            return typed
        return Balance(**{name: balance.part(name) for name in WAIVABLE})  # type: ignore[arg-type]

    def _lump(self, body: dict[str, Any]) -> None:
        if "down_payment" not in self._asked or self._form.unknown == "down_payment":
            return
        if lump := self._amount("down_payment"):
            body["down_payment"] = to_text(lump, self._currency)
            if (day := self._readings.day("down_payment_on", self._form.down_payment_on)) is not None:
                body["down_payment_on"] = day.isoformat()

    def _dates_and_amounts(self, body: dict[str, Any]) -> None:
        form, settling = self._form, self._form.method == "settlement"
        first = self._readings.day("first_due", form.first_due)
        if first is not None:
            body["first_due"] = first.isoformat()
        amount = self._amount("amount")
        if amount is not None:  # what settles the debt in all, in however many parts; else what is paid each time
            body["settlement_amount" if settling else "instalment_amount"] = to_text(amount, self._currency)
        if amount is not None and not settling and not form.unknown:
            return
        count = self._readings.count("instalments", form.instalments)
        if count is None and first is not None and (last := self._readings.day("last_due", form.last_due)) is not None:
            count = self._count_until(first, last)
        if count is not None:
            body["instalments"] = count

    def _count_until(self, first: date, last: date) -> int | None:
        """How many due dates there are from the first to the last."""
        if last < first:
            self._readings.refuse("last_due", msg("The last day cannot come before the first, {first}.", first=first))
            return None
        frequency = self._form.frequency or "monthly"
        count = 1
        while count < MOST_PERIODS and nominal_due(first, count, frequency) <= last:  # type: ignore[arg-type]
            count += 1
        return count

    def _step(self) -> dict[str, Any]:
        every = self._readings.count("step_every", self._form.step_every) or 1
        return {"every": every, **self._readings.step("step", self._form.step, self._currency)}


def form_of(request: PlanRequest, form: PlanForm) -> PlanForm:
    """The conditions that give this request, over what else stands in the form."""
    currency = request.currency

    def typed(minor: int | None) -> str:
        return "" if not minor else to_text(minor, currency)

    waived = {f"waive_{name}": typed(part) for name, part in request.waive.parts().items()}
    amount = request.settlement_amount if request.method == "settlement" else request.instalment_amount
    return replace(
        form,
        method=request.method,
        amount=typed(amount),
        instalments="" if request.instalments is None else str(request.instalments),
        first_due=form.first_due if request.first_due is None else request.first_due.isoformat(),
        last_due="",
        unknown="",
        without=list(form.without),
        **waived,
    )


def form_again(request: PlanRequest, form: PlanForm, accounts: Iterable[str]) -> PlanForm:
    """All conditions of a request as they would be typed, over what no request holds; `accounts` are the case's ids."""
    currency, step = request.currency, request.step
    taken = {account.id for account in request.accounts}
    grown = form.step
    if step is not None:
        grown = f"{_plainly(step.percent)}%" if step.percent is not None else to_text(step.amount or 0, currency)
    accrual = request.accrual
    return replace(
        form_of(request, form),
        frequency=request.frequency,
        annual_rate=f"{_plainly(request.annual_rate * 100)}%",
        business_days=request.business_days,
        clock=request.clock,
        down_payment=to_text(request.down_payment, currency) if request.down_payment else "",
        down_payment_on="" if request.down_payment_on is None else request.down_payment_on.isoformat(),
        step_every=form.step_every if step is None else str(step.every),
        step=grown,
        balloon="" if request.balloon is None else to_text(request.balloon, currency),
        custom="\n".join(f"{part.due.isoformat()} {to_text(part.amount, currency)}" for part in request.custom),
        accrue="" if accrual is None else "first_due" if accrual.to is None else accrual.to.isoformat(),
        without=[each for each in accounts if taken and each not in taken],
    )


def _plainly(value: Decimal) -> str:
    """Without idle zeros, and never as a power of ten."""
    return f"{value.normalize():f}"
