"""Rows of a book of cases: debtors, accounts, balances and contact points, checked, as the central tables want them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from workstation.desk.demo.book import CONTACT, MONTHS, AccountSeed, Rows, book_rows
from workstation.desk.importing.cells import Cells, amount, whole
from workstation.desk.importing.mapping import COMPONENT_FIELDS, Mapping
from workstation.desk.importing.reading import Row, RowError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg
from workstation.domain.money import decimals
from workstation.domain.vocabulary import STAGES

RELATIONS = ("spouse", "parent", "child", "sibling", "colleague", "friend", "guarantor")
SEXES = ("male", "female")
# Our field, what it reaches, and the label it is shown with; in the order they are tried.
_OWN_POINTS = (
    ("mobile", "phone", "mobile"),
    ("work_phone", "phone", "work"),
    ("home_phone", "phone", "home"),
    ("email", "email", "home"),
    ("address", "address", "home"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a book goes: its day, its name, and whom overdue cases are dealt out to."""

    as_of: date
    book: str
    team_id: str | None = None
    assign_to: Sequence[str] = ()


def book_tables(source: Iterable[Row | RowError], mapping: Mapping, target: Target, errors: list[RowError]) -> Rows:
    """Rows by table; every cell that cannot be read is added to `errors` and its row left out."""
    if mapping.options.identities == "seeded":
        return book_rows(
            _seeds(source, mapping, errors),
            as_of=target.as_of,
            team_id=target.team_id,
            collectors=target.assign_to,
            name=target.book,
        )
    return _Book(mapping, target, errors).tables(source)


def _seeds(source: Iterable[Row | RowError], mapping: Mapping, errors: list[RowError]) -> Iterator[AccountSeed]:
    """Accounts of a file without identities (UCI): months past due, bills and payments by month, newest first."""
    options = mapping.options
    month = partial(whole, least=-9, most=99)
    bill, paid = partial(amount, options=options, negative=True), partial(amount, options=options)
    unit = 10 ** decimals(options.currency)
    seen: dict[int, int] = {}
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        number = cells.whole("number", required=True, least=1, most=999_999)
        limit, age = cells.amount("credit_limit"), cells.whole("age", least=18, most=110)
        sex = cells.choice("sex", SEXES)
        late = cells.months("months", month, least=-9, most=99)
        bills = cells.months("bills", bill, unit=unit, least=-(10**8))
        payments = cells.months("paid", paid, unit=unit)
        if number in seen:
            cells.fail("number", msg("The same account stands in row {row}.", row=seen[number]))
        elif not cells.failed and not MONTHS == len(late) == len(bills) == len(payments):
            cells.fail("number", msg("{n} months are expected.", n=MONTHS))
        if cells.failed or number is None:
            continue
        seen[number] = row.number
        yield AccountSeed(number, limit, late, bills, payments, sex, age)


@dataclass(slots=True)
class _Case:
    """One debtor while the rows that name the same reference are gathered."""

    id: str
    row: int  # where it stood first
    person: tuple[object, ...]  # what must be the same in every row
    opened: date
    overdue: bool = False
    points: int = 0


class _Book:
    """A bank's own book: rows with the same debtor reference make one case with several accounts."""

    def __init__(self, mapping: Mapping, target: Target, errors: list[RowError]) -> None:
        self._mapping, self._target, self._errors = mapping, target, errors
        self._rows: Rows = defaultdict(list)
        self._accounts: dict[str, int] = {}  # number → row
        self._cases: dict[str, _Case] = {}  # reference → case
        self._known_points: set[str] = set()
        self._newest: date | None = None

    def tables(self, source: Iterable[Row | RowError]) -> Rows:
        for row in source:
            if isinstance(row, RowError):
                self._errors.append(row)
            else:
                self._row(Cells(row, self._mapping, self._errors))
        options, target = self._mapping.options, self._target
        book = bank_id(options.bank, target.book)
        contact = json.dumps(self._mapping.contact or CONTACT, ensure_ascii=False)
        day = self._newest or target.as_of
        terms = (options.currency, options.jurisdiction, day, options.daily_rate, False, contact)
        self._rows["book"].append((book, options.bank, target.book, *terms))
        self._deal(book)
        return self._rows

    def _row(self, cells: Cells) -> None:
        reference = cells.text("reference", required=True, longest=60)
        number = cells.text("account_number", required=True, longest=40)
        today = self._target.as_of
        parts = [cells.amount(field, required=field == "principal") for field in COMPONENT_FIELDS]
        as_of = cells.day("as_of", last=today) or today
        first_unpaid, months = lateness(cells, as_of)
        person = self._person(cells)
        account = (
            cells.amount("credit_limit") or None,
            cells.day("opened_on", last=today),
            cells.whole("statement_day", least=1, most=31),
        )
        points = [(kind, label, self._value(cells, field, kind)) for field, kind, label in _OWN_POINTS]
        place = (cells.degrees("latitude", 90), cells.degrees("longitude", 180))
        relative = (cells.text("relative_name", longest=100), cells.choice("relation", RELATIONS) or "friend")
        relative_phone = cells.phone("relative_phone")
        if number and number in self._accounts:
            cells.fail("account_number", msg("The same account stands in row {row}.", row=self._accounts[number]))
        known = self._cases.get(reference)
        if known is not None and known.person[:4] != person[:4]:
            cells.fail("reference", msg("Row {row} names another debtor under this reference.", row=known.row))
        if cells.failed:
            return
        self._accounts[number] = cells.number
        case = known or self._open(reference, cells.number, person, as_of)
        case.overdue = case.overdue or (first_unpaid is not None and sum(parts) > 0)
        self._newest = as_of if self._newest is None else max(self._newest, as_of)
        bank = self._mapping.options.bank
        id_ = bank_id(bank, number, "account")
        self._rows["account"].append((id_, case.id, number, *account, first_unpaid))
        snapshot = bank_id(bank, number, "balance", as_of.isoformat())
        self._rows["balance_snapshot"].append((snapshot, case.id, id_, as_of, *parts, months))
        for kind, label, value in points:
            self._point(case, reference, kind, label, value, place if kind == "address" else (None, None))
        if relative[0]:
            self._relative(case, reference, *relative, relative_phone)

    def _person(self, cells: Cells) -> tuple[object, ...]:
        return (
            cells.text("name", required=True, longest=100),
            cells.choice("sex", SEXES),
            cells.day("birth_date", last=self._target.as_of),
            cells.text("id_number", longest=30) or None,
            cells.text("city", longest=60) or None,
            cells.text("employer", longest=120) or None,
        )

    @staticmethod
    def _value(cells: Cells, field: str, kind: str) -> str:
        return cells.phone(field) if kind == "phone" else cells.text(field, longest=300)

    def _open(self, reference: str, row: int, person: tuple[object, ...], as_of: date) -> _Case:
        options = self._mapping.options
        case = self._cases[reference] = _Case(bank_id(options.bank, reference, "case"), row, person, as_of)
        name, sex, birth, id_number, city, employer = person
        debtor = bank_id(options.bank, reference, "debtor")
        self._rows["debtor"].append(
            (debtor, case.id, reference, name, sex, birth, id_number, options.language, city, employer)
        )
        return case

    def _point(
        self,
        case: _Case,
        reference: str,
        kind: str,
        label: str,
        value: str,
        place: tuple[float | None, float | None] = (None, None),
        person: str | None = None,
    ) -> None:
        """A number keeps its id while it is the same number, so that the calls made to it stay with it."""
        options = self._mapping.options
        id_ = bank_id(options.bank, reference, kind, person or "", value)
        if not value or id_ in self._known_points:
            return
        self._known_points.add(id_)
        self._rows["contact_point"].append(
            (id_, case.id, person, kind, label, value, options.time_zone, *place, "contract", case.points)
        )
        case.points += 1

    def _relative(self, case: _Case, reference: str, name: str, relation: str, phone: str) -> None:
        id_ = bank_id(self._mapping.options.bank, reference, "relative", name)
        if id_ not in self._known_points:
            self._known_points.add(id_)
            self._rows["related_person"].append((id_, case.id, name, relation, relation == "guarantor"))
        self._point(case, reference, "phone", "mobile", phone, person=id_)

    def _deal(self, book: str) -> None:
        """Cases with something overdue go to the collectors in turn; the others have no assignee."""
        holders, prefix = self._target.assign_to, self._mapping.options.case_prefix
        dealt = 0
        for reference, case in self._cases.items():
            assignee = team = None
            if case.overdue and holders:
                assignee, team = holders[dealt % len(holders)], self._target.team_id
                dealt += 1
            self._rows["cases"].append((case.id, book, f"{prefix}{reference}", case.opened, None, assignee, team, 1))


def lateness(cells: Cells, as_of: date) -> tuple[date | None, int]:
    """First unpaid due day and months past due, from whichever of day, days, months or stage the file has.

    Months or a stage alone leave thirty days open: the day in their middle is taken.
    """
    due = cells.day("first_unpaid_due", last=as_of)
    days = cells.whole("days_past_due", most=36_500)
    months = cells.whole("months_past_due", least=-9, most=99)
    stage = cells.choice("stage", STAGES)
    if due is None and days is None and (months is not None or stage is not None):
        entered = max(0, months) if months is not None else STAGES.index(stage or "M0")
        days = max(0, entered * 30 - 15)
    if due is not None:
        days = (as_of - due).days
    if not days:
        return None, 0
    return due or as_of - timedelta(days=days), min(99, months if months and months > 0 else (days + 29) // 30)
