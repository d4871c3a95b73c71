"""The debtor's budget: a form as typed, what it leaves for this case each month and why, recorded as an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from workstation.desk import budget_summary, standing
from workstation.desk.budget_views import (
    SECTIONS,
    BudgetForm,
    BudgetLineView,
    BudgetRow,
    BudgetView,
    CreditorRow,
    CreditorView,
    Flag,
)
from workstation.desk.entry_reading import Readings
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat
from workstation.domain import budget as domain
from workstation.domain.affordability import (
    A_MONTH,
    MOST_LINES,
    Budget,
    BudgetLine,
    Per,
    assess,
    half_up,
)
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Budget as BudgetTaken
from workstation.domain.events import BudgetEntry, CreditorEntry, NextAction
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.money import decimals, to_text
from workstation.domain.reference_spending import flags
from workstation.domain.vocabulary import BUDGET_INCOME, BUDGET_SPENDING, PRIORITY_DEBTS

KINDS = {"income": BUDGET_INCOME, "spending": BUDGET_SPENDING, "priority_debts": PRIORITY_DEBTS}
# Rows that stand ready where no budget is known yet: what everybody has, and is asked for.
FIRST_ROWS = {
    "income": ("salary",),
    "spending": ("food", "housing", "utilities", "transport", "health"),
    "priority_debts": (),
}


class BudgetDesk:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def start(self, case_id: str) -> BudgetForm:
        """The last recorded budget, to be gone through anew; else rows that everybody has."""
        known = self._seat.file(case_id).state.budget
        if known is None:
            rows = {name: [BudgetRow(kind) for kind in kinds] for name, kinds in FIRST_ROWS.items()}
            return BudgetForm(rows["income"], rows["spending"], rows["priority_debts"])
        told = known.budget

        def rows_of(entries: Iterable[BudgetEntry]) -> list[BudgetRow]:
            return [BudgetRow(row.kind, _typed(row.amount, told.currency), row.per, row.reason) for row in entries]

        return BudgetForm(
            rows_of(told.income),
            rows_of(told.spending),
            rows_of(told.priority_debts),
            [
                CreditorRow(
                    row.name,
                    _typed(row.balance, told.currency) if row.balance or row.agreed is None else "",
                    "" if row.agreed is None else _typed(row.agreed, told.currency),
                )
                for row in told.other_creditors
            ],
            adults=str(told.adults),
            children=str(told.children),
            note=told.note,
        )

    def assess(self, case_id: str, form: BudgetForm) -> BudgetView:
        """How it stands as typed; what cannot be read comes back as the reading of its field."""
        file = self._seat.file(case_id)
        currency, jurisdiction = file.book.currency, file.book.jurisdiction
        today = self._seat.clock.today()
        read = _Read(form, currency, Readings(today))
        told = BudgetView(lines=read.views, creditors=read.creditor_views, readings=read.readings.by_field)
        if read.error is not None:
            return replace(told, error=read.error)
        budget = read.budget()
        owed = standing.owed(file, today).total.total
        month = assess(budget, owed, rules_for_figures(jurisdiction).safety_share)
        whole = bool(budget.income and budget.spending)  # before, everything would be missing
        found = flags(budget, jurisdiction, currency, today, whole=whole)
        return replace(
            told,
            summary=budget_summary.lines(budget, month, currency),
            available=Money(month.available, currency),
            state=budget_summary.state(budget, month, currency),
            flags=tuple(
                Flag(read.field_of(flag.index, flag.kind), flag.message, flag.reference.source, flag.reason)
                for flag in found
            ),
            findings=domain.findings(budget, month, jurisdiction, currency, today, whole=whole),
            budget=budget,
            month=month,
        )

    def budget_of(self, case_id: str, form: BudgetForm) -> Budget:
        """What a plan's affordability is judged by. `InputError` names the field that cannot be read."""
        return self._read(case_id, form).budget()

    def request_of(self, case_id: str, form: BudgetForm) -> dict[str, Any] | None:
        """The `budget` of a plan request in its JSON form; None while no figure is typed."""
        read = self._read(case_id, form)
        if read.empty:
            return None
        currency = read.currency
        return {
            **{
                name: [
                    {"kind": row.kind, "amount": to_text(row.amount, currency), "per": row.per}
                    | ({"reason": row.reason} if row.reason else {})
                    for row in read.lines[name]
                ]
                for name in SECTIONS
            },
            "other_creditors": [
                {"balance": to_text(row.balance, currency)}
                if row.agreed is None
                else {"balance": to_text(row.balance, currency), "agreed": to_text(row.agreed, currency)}
                for row in read.creditors
            ],
            "adults": read.adults,
            "children": read.children,
        }

    def record(self, case_id: str, form: BudgetForm) -> Changes:
        """Record the budget. `InputError` names the field; a flag without a reason is recorded all the same."""
        read = self._read(case_id, form)
        if read.empty:
            raise InputError(msg("Nothing to record yet: type an income or a spending first."), field="income.0.amount")
        state = self._seat.file(case_id).state
        then = None
        if state.next_action is None:  # every open case has one
            then = NextAction(action="propose_plan", due=next_business_day(self._seat.clock.today()))
        body = BudgetTaken(
            currency=read.currency,
            **{name: tuple(_entry(line) for line in read.lines[name]) for name in SECTIONS},
            other_creditors=tuple(read.creditors),
            adults=read.adults,
            children=read.children,
            note=form.note.strip(),
            next_action=then,
        )
        self._seat.record(case_id, body)
        return Changes(frozenset({"event", "budget"}), frozenset({case_id}))

    def _read(self, case_id: str, form: BudgetForm) -> _Read:
        read = _Read(form, self._seat.file(case_id).book.currency, Readings(self._seat.clock.today()))
        if read.error is not None:
            raise InputError(read.error, field=read.wrong)
        return read


class _Read:
    """A form read once: the lines that carry a figure, and where in the form each of them stands."""

    def __init__(self, form: BudgetForm, currency: str, readings: Readings) -> None:
        self.form, self.currency, self.readings = form, currency, readings
        self.lines: dict[str, tuple[BudgetLine, ...]] = {}
        self.views: dict[str, tuple[BudgetLineView, ...]] = {}
        self.places: dict[str, tuple[int, ...]] = {}  # of the lines, in the form
        self._crowded: Message | None = None
        self._crowd = ""
        for name in SECTIONS:
            self._section(name, getattr(form, name))
        self.creditors, self.creditor_views = self._others(form.other_creditors)
        self.adults = readings.people("adults", form.adults, 1) or 1
        self.children = readings.people("children", form.children, 0) or 0

    @property
    def error(self) -> Message | None:
        return self._crowded or self.readings.first_error

    @property
    def wrong(self) -> str | None:
        """The field of the first error."""
        failed = (name for name, reading in self.readings.by_field.items() if reading.error is not None)
        return self._crowd or next(failed, None)

    @property
    def empty(self) -> bool:
        return not any(self.lines.values()) and not self.creditors

    def budget(self) -> Budget:
        return Budget(
            self.lines["income"],
            self.lines["spending"],
            self.lines["priority_debts"],
            other_creditors=tuple(row.balance for row in self.creditors if row.agreed is None),
            agreed=tuple(row.agreed for row in self.creditors if row.agreed is not None),
            adults=self.adults,
            children=self.children,
        )

    def field_of(self, line: int | None, kind: str) -> str:
        """Where in the form a line of spending stands; of a kind left out, its empty row, or the kind alone."""
        if line is not None:
            return f"spending.{self.places['spending'][line]}"
        bare = (place for place, row in enumerate(self.form.spending) if row.kind == kind)
        return f"spending.{next(bare, kind)}"

    def _section(self, name: str, rows: Sequence[BudgetRow]) -> None:
        self._count(name, len(rows))
        found = list(self._told(name, rows[:MOST_LINES]))
        self.places[name] = tuple(place for place, _, _ in found)
        self.lines[name] = tuple(line for _, line, _ in found)
        self.views[name] = tuple(view for _, _, view in found)

    def _told(self, name: str, rows: Sequence[BudgetRow]) -> Iterator[tuple[int, BudgetLine, BudgetLineView]]:
        for place, row in enumerate(rows):
            field = f"{name}.{place}"
            per = _per(row.per)
            found = self.readings.periodic(f"{field}.amount", row.amount, self.currency, per)
            reason = row.reason.strip()
            if found is None and f"{field}.amount" not in self.readings.by_field and reason:
                found = (0, per, False)  # spent nothing, and said why
            if found is None:
                continue
            if row.kind not in KINDS[name]:
                self.readings.fail(f"{field}.kind", msg("Choose what this amount is for."))
                continue
            line = BudgetLine(row.kind, found[0], found[1], reason)
            alone = _typed(line.amount, self.currency) if found[2] else ""
            monthly = Money(half_up(line.amount * A_MONTH[line.per]), self.currency)
            what, often = Label(SECTIONS[name], line.kind), Label("per", line.per)
            yield (
                place,
                line,
                BudgetLineView(field, what, Money(line.amount, self.currency), often, monthly, reason, alone),
            )

    def _others(self, rows: Sequence[CreditorRow]) -> tuple[list[CreditorEntry], tuple[CreditorView, ...]]:
        self._count("other_creditors", len(rows))
        entries = []
        for place, row in enumerate(rows[:MOST_LINES]):
            field = f"other_creditors.{place}"
            balance = self.readings.amount(f"{field}.balance", row.balance, self.currency)
            agreed = self.readings.periodic(f"{field}.agreed", row.agreed, self.currency, "month")
            if balance is None and agreed is None:
                continue
            monthly = None if agreed is None else half_up(agreed[0] * A_MONTH[agreed[1]])
            entries.append(CreditorEntry(name=row.name.strip(), balance=balance or 0, agreed=monthly))
        return entries, tuple(
            CreditorView(
                entry.name,
                Money(entry.balance, self.currency),
                None if entry.agreed is None else Money(entry.agreed, self.currency),
            )
            for entry in entries
        )

    def _count(self, name: str, count: int) -> None:
        if count > MOST_LINES and self._crowded is None:
            self._crowded = msg("A budget has at most {most} lines of a kind.", most=MOST_LINES)
            self._crowd = f"{name}.{MOST_LINES}"


def _entry(line: BudgetLine) -> BudgetEntry:
    return BudgetEntry(kind=line.kind, amount=line.amount, per=line.per, reason=line.reason)


def _per(word: str) -> Per:
    return next((per for per in A_MONTH if per == word), "month")


def _typed(minor: int, currency: str) -> str:
    """As a person would type it: whole amounts without their decimals."""
    whole, cents = divmod(minor, 10 ** decimals(currency))
    return str(whole) if not cents else to_text(minor, currency)
