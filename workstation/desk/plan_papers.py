"""A plan taken along: its schedule as a workbook, its due days for a calendar."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from workstation.desk.seat import Seat
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.money import COMPONENTS, decimals
from workstation.domain.plan import calculate
from workstation.domain.plan_form import read_request
from workstation.domain.plan_values import PlanResult
from workstation.i18n import Translator

REMIND_BEFORE = timedelta(hours=-15)  # of the day it falls due: at nine the morning before
_HEADS: Mapping[str, Message] = {
    "n": msg("No."),
    "due": msg("Due"),
    "amount": msg("Amount"),
    "plan_interest": msg("Plan interest"),
    "balance": msg("Remaining"),
}


class PlanPapers:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def schedule_xlsx(self, request: Mapping[str, Any], language: str) -> bytes:
        """The schedule of a plan (in the form of the `plan` command) as a workbook, in one of i18n.LANGUAGES.

        Amounts are numbers and days are days, sums are formulas that hold our own figures until Excel reckons them.
        Neither a name nor a card stands in it.
        """
        return workbook(calculate(read_request(request)), Translator(language))

    def calendar_ics(self, case_id: str, request: Mapping[str, Any], language: str) -> bytes:
        """A day for each payment, reminded of the morning before. It says nothing of a debt, a bank or a name."""
        result = calculate(read_request(request))
        return calendar(result, Translator(language), case_id, self._seat.clock.now())


def workbook(result: PlanResult, say: Translator) -> bytes:
    from xlsxwriter import Workbook

    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    start = result.request.as_of
    book.set_properties({"created": datetime(start.year, start.month, start.day, tzinfo=UTC).replace(tzinfo=None)})
    currency = result.request.currency
    digits = decimals(currency)
    figures = "#,##0" + ("." + "0" * digits if digits else "")
    head = book.add_format({"bold": True, "bottom": 2, "align": "right", "text_wrap": True})
    plain, day = book.add_format({"num_format": figures}), book.add_format({"num_format": "yyyy-mm-dd"})
    total = book.add_format({"num_format": figures, "bold": True, "top": 1})

    shown = [name for name in COMPONENTS if result.totals.applied.part(name)]
    interest = ["plan_interest"] if result.totals.plan_interest else []
    columns = ["n", "due", "amount", *interest, *shown, "balance"]
    sheet = book.add_worksheet(say.say(msg("Schedule")))
    for at, name in enumerate(columns):
        sheet.write_string(
            0, at, say.say(_HEADS[name]) if name in _HEADS else say.label(Label("component", name)), head
        )
    rows = [_cells(result, at, columns) for at in range(-1 if result.down_payment else 0, len(result.schedule))]
    for line, cells in enumerate(rows, start=1):
        sheet.write_number(line, 0, cells[0])
        sheet.write_datetime(line, 1, datetime.combine(cells[1], datetime.min.time()), day)
        for at, minor in enumerate(cells[2:], start=2):
            sheet.write_number(line, at, minor / 10**digits, plain)
    sheet.write_string(len(rows) + 1, 0, say.say(msg("Total")), total)
    sheet.write_blank(len(rows) + 1, 1, None, total)
    for at in range(2, len(columns) - 1):
        letter = chr(ord("A") + at)
        summed = sum(cells[at] for cells in rows)
        sheet.write_formula(len(rows) + 1, at, f"=SUM({letter}2:{letter}{len(rows) + 1})", total, summed / 10**digits)
    sheet.write_blank(len(rows) + 1, len(columns) - 1, None, total)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, len(columns) - 1, 14)
    _conditions(book, result, say)
    book.close()
    return made.getvalue()


def _cells(result: PlanResult, at: int, columns: list[str]) -> list[Any]:
    """One payment; `at` −1 is the down payment, numbered 0."""
    known: dict[str, Any]
    if at < 0 and result.down_payment is not None:
        first = result.down_payment
        known, applied = {"n": 0, "due": first.on, "plan_interest": 0}, first.applied
        known.update(amount=first.amount, balance=first.balance)
    else:
        row = result.schedule[at]
        known, applied = {"n": row.n, "due": row.due, "plan_interest": row.plan_interest}, row.applied
        known.update(amount=row.amount, balance=row.balance)
    for name in COMPONENTS:
        known[name] = applied.part(name)
    return [known[name] for name in columns]


def _conditions(book: Any, result: PlanResult, say: Translator) -> None:
    """What the schedule was calculated from, on a second sheet."""
    request, currency = result.request, result.request.currency
    sheet = book.add_worksheet(say.say(msg("Conditions")))
    rate = result.effective_annual_rate
    facts: list[tuple[Message, str]] = [
        (msg("Method"), say.label(Label("plan_method", request.method))),
        (msg("As of"), request.as_of.isoformat()),
        (msg("Currency"), currency),
        (msg("Owed"), say.money(Money(request.balance.total, currency))),
        (msg("Waived"), say.money(Money(result.waived.total, currency))),
        (msg("Total paid"), say.money(Money(result.totals.paid, currency))),
        (msg("Frequency"), say.label(Label("frequency", request.frequency))),
        (msg("Yearly rate"), say.percent(request.annual_rate)),
        (msg("Effective annual rate"), "—" if rate is None else say.percent(rate)),
        (msg("Paid off"), result.payoff.isoformat()),
    ]
    for line, (caption, value) in enumerate(facts):
        sheet.write_string(line, 0, say.say(caption))
        sheet.write_string(line, 1, value)
    sheet.set_column(0, 1, 24)


def calendar(result: PlanResult, say: Translator, case_id: str, now: datetime) -> bytes:
    from icalendar import Alarm, Calendar, Event

    made = Calendar()
    made.add("prodid", "-//Collector's workstation//plan//")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    payments = [(row.due, row.amount) for row in result.schedule]
    if result.down_payment is not None:
        payments.insert(0, (result.down_payment.on, result.down_payment.amount))
    for n, (due, amount) in enumerate(payments, start=1):
        money = Money(amount, result.request.currency)
        title = say.say(msg("Payment {k} of {count}: {amount}", k=n, count=len(payments), amount=money))
        event = Event()
        # The same plan exported again moves its own days and adds none.
        event.add("uid", str(uuid5(NAMESPACE_URL, f"plan/{case_id}/{payments[0][0].isoformat()}/{n}")))
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        event.add("summary", title)
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", REMIND_BEFORE)
        event.add_component(alarm)
        made.add_component(event)
    return bytes(made.to_ical())
