"""The repayment-plan tab: a form as typed in, a calculated plan out, proposed as an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workstation.desk import standing
from workstation.desk.entry_reading import Readings
from workstation.desk.plan_follow import replaced_by_another
from workstation.desk.seat import Seat
from workstation.desk.views import Badge, PlanForm, PlanRow, PlanView
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.events import NextAction, PlanProposed
from workstation.domain.message import Label, Message, Money, Percent, msg, nmsg
from workstation.domain.money import to_minor, to_text
from workstation.domain.plan import calculate
from workstation.domain.plan_form import answer, read_request, run_plan

DISCOUNT_RATE = "0.06"  # what the bank's present value is reckoned with, until a book says otherwise
WITHOUT_INTEREST = frozenset({"interest_free", "settlement"})


class PlanDesk:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def start(self) -> PlanForm:
        """A form with sensible defaults: twelve parts, the first one in a week on a business day."""
        today = self._seat.clock.today()
        first = next_business_day(today + timedelta(days=7))
        return PlanForm(instalments="12", first_due=first.isoformat())

    def calculate(self, case_id: str, form: PlanForm) -> PlanView:
        """The plan as it stands; an entry that cannot be read, or no solution, comes back as the view's error."""
        readings = Readings(self._seat.clock.today())
        try:
            request = self._request(case_id, form, readings)
            if readings.failed:
                return PlanView(error=readings.first_error, readings=readings.by_field)
            result = calculate(read_request(request))
            return _view(request, answer(result), readings, tuple(finding.message for finding in result.findings))
        except WorkstationError as error:
            return PlanView(error=error.message, readings=readings.by_field)

    def propose(self, case_id: str, form: PlanForm) -> Changes:
        """Record the plan as proposed; above one's authority it waits for a lead."""
        readings = Readings(self._seat.clock.today())
        request = self._request(case_id, form, readings)
        if readings.first_error is not None:
            raise InputError(readings.first_error)
        result = run_plan(request)
        waits = bool(result["approval"]["needed"])
        first = result["schedule"][0]
        body = PlanProposed(
            request=request,
            result=result,
            needs_approval=waits,
            replaces=replaced_by_another(self._seat.file(case_id).state),
            next_action=NextAction(
                action="await_approval" if waits else "propose_plan", due=next_business_day(self._seat.clock.today())
            ),
        )
        amount = to_minor(first["amount"], request["currency"])
        self._seat.record(case_id, body, amount=amount, due_on=date.fromisoformat(first["due"]))
        return Changes(frozenset({"event", "plan"}), frozenset({case_id}))

    def _request(self, case_id: str, form: PlanForm, readings: Readings) -> dict[str, Any]:
        file = self._seat.file(case_id)
        today = self._seat.clock.today()
        owed = standing.owed(file, today)
        currency = file.book.currency
        request: dict[str, Any] = {
            "as_of": today.isoformat(),
            "jurisdiction": file.book.jurisdiction,
            "currency": currency,
            "days_past_due": owed.days_past_due,
            "balance": {name: to_text(part, currency) for name, part in owed.total.parts().items()},
            "method": form.method,
            # The field is not shown for these, and what was typed before the method changed means nothing to them.
            "annual_rate": "0"
            if form.method in WITHOUT_INTEREST
            else readings.rate("annual_rate", form.annual_rate) or "0",
            "frequency": form.frequency,
            "business_days": form.business_days,
            "role": "lead" if self._seat.person.role == "lead" else "collector",
            "discount_rate": DISCOUNT_RATE,
        }
        waive = {
            name: to_text(amount, currency)
            for name, text in (("interest", form.waive_interest), ("penalty", form.waive_penalty))
            if (amount := readings.amount(f"waive_{name}", text, currency))
        }
        if waive:
            request["waive"] = waive
        if (first := readings.day("first_due", form.first_due)) is not None:
            request["first_due"] = first.isoformat()
        amount = readings.amount("amount", form.amount, currency)
        if amount is not None:  # what settles the debt in all, in however many parts; else what is paid each time
            settling = form.method == "settlement"
            request["settlement_amount" if settling else "instalment_amount"] = to_text(amount, currency)
        if amount is None or form.method == "settlement":
            count = readings.count("instalments", form.instalments)
            if count is not None:
                request["instalments"] = count
        return request


def _view(
    request: Mapping[str, Any], result: Mapping[str, Any], readings: Readings, findings: tuple[Message, ...]
) -> PlanView:
    currency = request["currency"]

    def money(text: str) -> Money:
        return Money(to_minor(text, currency), currency)

    rows = tuple(_row(item, money, request, previous) for previous, item in _with_previous(result["schedule"]))
    first, count = rows[0], int(result["instalments"])
    totals = result["totals"]
    payoff = date.fromisoformat(result["payoff"])
    approval = result["approval"]
    return PlanView(
        rows=rows,
        headline=nmsg("{amount} in {n} instalment", "{amount} × {n} instalments", count, amount=first.amount),
        facts=(
            (msg("Paid off"), msg("{day}", day=payoff)),
            (msg("Total paid"), money(totals["paid"])),
            (msg("Waived"), money(result["waived"]["amount"])),
            (msg("Plan interest"), money(totals["plan_interest"])),
            (msg("Effective annual rate"), msg("{percent}", percent=Percent(Decimal(result["effective_annual_rate"])))),
            (msg("Present value to the bank"), money(result["present_value"])),
        ),
        authority=Badge(msg("Needs approval by {role}", role=Label("role", approval["by"])), "warn")
        if approval["needed"]
        else Badge(msg("Within your authority"), "good"),
        sentence=_sentence(first, rows[-1], count, payoff),
        remaining=tuple((row.due, row.balance.minor) for row in rows),
        findings=findings,
        readings=readings.by_field,
    )


def _with_previous(schedule: list[dict[str, Any]]) -> list[tuple[dict[str, Any] | None, dict[str, Any]]]:
    return list(zip([None, *schedule[:-1]], schedule, strict=True))


def _row(item: dict[str, Any], money: Any, request: Mapping[str, Any], previous: dict[str, Any] | None) -> PlanRow:
    due = date.fromisoformat(item["due"])
    zero = money("0")
    charges = sum((money(item[name]).minor for name in ("penalty", "fees", "costs")), zero.minor)
    interest = money(item["interest"]).minor + money(item["plan_interest"]).minor
    return PlanRow(
        n=item["n"],
        due=due,
        amount=money(item["amount"]),
        principal=money(item["principal"]),
        interest=Money(interest, zero.currency),
        charges=Money(charges, zero.currency),
        balance=money(item["balance"]),
        note=_note(item, due, request, previous),
    )


def _note(
    item: dict[str, Any], due: date, request: Mapping[str, Any], previous: dict[str, Any] | None
) -> Message | None:
    """Why this row is as it is: a moved date, or the payment order that changes on day 91."""
    nominal = date.fromisoformat(item["nominal_due"])
    if nominal != due:
        return msg("{day} is no business day, moved on", day=nominal)
    if request["jurisdiction"] != "zh-CN" or request.get("clock") == "stopped":
        return None
    start = date.fromisoformat(request["as_of"])
    days = request["days_past_due"] + (due - start).days
    before = -1 if previous is None else request["days_past_due"] + (date.fromisoformat(previous["due"]) - start).days
    if previous is None and days <= 90:
        return msg("{days} days past due: interest and fees first", days=days)
    if days > 90 >= before:
        return msg("Past day 91: principal first")
    return None


def _sentence(first: PlanRow, last: PlanRow, count: int, payoff: date) -> Message:
    if count == 1:
        return msg("You would pay {amount} once, on {due}.", amount=first.amount, due=first.due)
    if last.amount == first.amount:
        return msg(
            "You would pay {amount} {n} times, first on {due}, and be done on {payoff}.",
            amount=first.amount,
            n=count,
            due=first.due,
            payoff=payoff,
        )
    return msg(
        "You would pay {amount} {n} times, first on {due}, the last one {last} on {payoff}.",
        amount=first.amount,
        n=count,
        due=first.due,
        last=last.amount,
        payoff=payoff,
    )
