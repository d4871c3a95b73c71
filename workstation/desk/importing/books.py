"""Rows of a book of cases: debtors, accounts, balances and contact points, checked, as the central tables want them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workstation.desk.demo.book import CONTACT, MONTHS, AccountSeed, Rows, book_rows
from workstation.desk.importing.cells import Cells, UnreadableCellError, amount
from workstation.desk.importing.mapping import Mapping
from workstation.desk.importing.reading import Row, RowError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg
from workstation.domain.vocabulary import STAGES

RELATIONS = ("spouse", "parent", "child", "sibling", "colleague", "friend", "guarantor")
COMPONENT_FIELDS = ("principal", "interest", "penalty", "fees", "costs")


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
        seeds = _seeds(source, mapping, errors)
        return book_rows(
            seeds, as_of=target.as_of, team_id=target.team_id, collectors=target.assign_to, name=target.book
        )
    return _Book(mapping, target, errors).tables(source)


def _seeds(source: Iterable[Row | RowError], mapping: Mapping, errors: list[RowError]) -> Iterable[AccountSeed]:
    """Accounts of a file without identities (UCI): months past due, bills and payments by month, newest first."""
    late, bills, paid = (mapping.columns(name) for name in ("months_past_due", "bills", "paid"))
    codes = mapping.sheet.codes.get("sex", {})
    seen: dict[int, int] = {}
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        number = cells.whole("number", least=1, most=999_999)
        if number is None:
            if not cells.failed:
                cells.fail("number", msg("This is needed and is empty."))
            continue
        if number in seen:
            cells.fail("number", msg("The same account stands in row {row}.", row=seen[number]))
            continue
        seen[number] = row.number
        limit, age = cells.amount("credit_limit"), cells.whole("age", least=16, most=110)
        try:
            seed = AccountSeed(
                number,
                limit,
                tuple(min(8, int(row.cells[name])) for name in late),
                tuple(amount(row.cells[name], mapping.options.currency, negative=True) for name in bills),
                tuple(amount(row.cells[name], mapping.options.currency) for name in paid),
                codes.get(row.cells.get(mapping.column("sex") or "", ""), None),
                age,
            )
        except (UnreadableCellError, ValueError, KeyError) as error:
            reason = error.reason if isinstance(error, UnreadableCellError) else msg("A month's figure is no number.")
            errors.append(RowError(row.number, "", str(number), reason))
            continue
        if len(seed.months) != MONTHS or len(seed.bills) != MONTHS or len(seed.paid) != MONTHS:
            errors.append(RowError(row.number, "", str(number), msg("Six months are expected.")))
            continue
        if not cells.failed:
            yield seed


class _Book:
    """A bank's own book: rows with the same debtor reference make one case with several accounts."""

    def __init__(self, mapping: Mapping, target: Target, errors: list[RowError]) -> None:
        self._mapping, self._target, self._errors = mapping, target, errors
        self._rows: Rows = defaultdict(list)
        self._accounts: dict[str, int] = {}  # number → row
        self._cases: set[str] = set()
        self._dealt = 0

    def tables(self, source: Iterable[Row | RowError]) -> Rows:
        options, target = self._mapping.options, self._target
        book = bank_id(options.bank, target.book)
        contact = json.dumps(self._mapping.contact or CONTACT, ensure_ascii=False)
        self._rows["book"].append(
            (
                book,
                options.bank,
                target.book,
                options.currency,
                options.jurisdiction,
                target.as_of,
                options.daily_rate,
                False,
                contact,
            )
        )
        for row in source:
            if isinstance(row, RowError):
                self._errors.append(row)
            else:
                self._row(Cells(row, self._mapping, self._errors), book)
        return self._rows

    def _row(self, cells: Cells, book: str) -> None:
        reference, number = cells.text("reference", required=True), cells.text("account_number", required=True)
        name = cells.text("name", required=True, longest=100)
        parts = [cells.amount(field, required=field == "principal") for field in COMPONENT_FIELDS]
        as_of = cells.day("as_of") or self._target.as_of
        first_unpaid, months = self._lateness(cells, as_of)
        debtor = (
            cells.choice("sex", ("male", "female")),
            cells.day("birth_date"),
            cells.text("id_number", longest=30) or None,
        )
        limit, opened = cells.amount("credit_limit"), cells.day("opened_on")
        statement_day = cells.whole("statement_day", least=1, most=31)
        place = (cells.text("city") or None, cells.text("employer") or None)
        contacts = self._contacts(cells)
        if number and number in self._accounts:
            cells.fail("account_number", msg("The same account stands in row {row}.", row=self._accounts[number]))
        if cells.failed:
            return
        self._accounts[number] = cells.number
        bank = self._mapping.options.bank
        case, account = bank_id(bank, reference, "case"), bank_id(bank, number, "account")
        if case not in self._cases:
            self._cases.add(case)
            self._case(case, book, reference, overdue=first_unpaid is not None, opened=as_of)
            self._rows["debtor"].append(
                (
                    bank_id(bank, reference, "debtor"),
                    case,
                    reference,
                    name,
                    *debtor,
                    self._mapping.options.language,
                    *place,
                )
            )
            self._points(case, reference, contacts)
        self._rows["account"].append((account, case, number, limit or None, opened, statement_day, first_unpaid))
        self._rows["balance_snapshot"].append(
            (bank_id(bank, number, "balance", as_of.isoformat()), case, account, as_of, *parts, months)
        )

    def _case(self, case: str, book: str, reference: str, *, overdue: bool, opened: date) -> None:
        holders = self._target.assign_to
        assignee = None
        if overdue and holders:
            assignee = holders[self._dealt % len(holders)]
            self._dealt += 1
        team = self._target.team_id if assignee else None
        self._rows["cases"].append((case, book, f"C{reference}", opened, None, assignee, team, 1))

    def _lateness(self, cells: Cells, as_of: date) -> tuple[date | None, int]:
        """First unpaid due day and months past due, from whichever of day, days or stage the file has."""
        due = cells.day("first_unpaid_due")
        days = cells.whole("days_past_due", most=36_500)
        stage = cells.choice("stage", STAGES)
        if due is not None:
            days = max(0, (as_of - due).days)
        elif days is None and stage is not None:
            days = max(0, STAGES.index(stage) * 30 - 15)
        if not days:
            return None, 0
        return due or as_of - timedelta(days=days), min(99, (days + 29) // 30)

    def _contacts(self, cells: Cells) -> dict[str, Any]:
        texts = {
            field: cells.text(field, longest=300)
            for field in ("mobile", "work_phone", "home_phone", "email", "address", "relative_name", "relative_phone")
        }
        place = (cells.number_in("latitude"), cells.number_in("longitude"))
        return {**texts, "place": place, "relation": cells.choice("relation", RELATIONS) or "friend"}

    def _points(self, case: str, reference: str, contacts: dict[str, Any]) -> None:
        bank, zone = self._mapping.options.bank, self._mapping.options.time_zone
        relative = None
        if contacts["relative_name"]:
            relative = bank_id(bank, reference, "relative")
            liable = contacts["relation"] == "guarantor"
            self._rows["related_person"].append(
                (relative, case, contacts["relative_name"], contacts["relation"], liable)
            )
        known = (
            ("mobile", None, "phone", "mobile"),
            ("work_phone", None, "phone", "work"),
            ("home_phone", None, "phone", "home"),
            ("email", None, "email", "home"),
            ("address", None, "address", "home"),
            ("relative_phone", relative, "phone", "mobile"),
        )
        for rank, (field, person, kind, label) in enumerate(known):
            value = contacts[field]
            if not value or (field == "relative_phone" and relative is None):
                continue
            where = contacts["place"] if kind == "address" else (None, None)
            self._rows["contact_point"].append(
                (bank_id(bank, reference, field), case, person, kind, label, value, zone, *where, "contract", rank)
            )
