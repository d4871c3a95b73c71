"""Rows of payments and balances files: they name accounts that the centre must already know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as Known
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

from workstation.desk.demo.book import Rows
from workstation.desk.importing.books import lateness
from workstation.desk.importing.cells import Cells
from workstation.desk.importing.mapping import COMPONENT_FIELDS, LATENESS_FIELDS, Mapping
from workstation.desk.importing.reading import Row, RowError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg

_FIRST_UNPAID = 6  # its place in a row of `account`


@dataclass(frozen=True, slots=True)
class Centre:
    """What the centre knows of what a file names: accounts by number, their newest balance, payments by id."""

    accounts: Known[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    newest: Known[str, date] = field(default_factory=dict)  # account id → day
    payments: Known[str, str] = field(default_factory=dict)  # payment id → account id


def look_up(conn: psycopg.Connection[Any], mapping: Mapping, rows: Iterable[Row | RowError]) -> Centre:
    """Ask the centre for this bank's accounts and payments that the rows name."""
    bank, read = mapping.options.bank, [row for row in rows if isinstance(row, Row)]
    numbers = _named(mapping, read, "account_number")
    found = conn.execute(
        "SELECT a.id::text, a.case_id::text, a.number, a.credit_limit, a.opened_on, a.statement_day,"
        " a.first_unpaid_due,"
        " (SELECT max(s.as_of) FROM balance_snapshot s WHERE s.case_id = a.case_id AND s.account_id = a.id)"
        " FROM account a JOIN cases c ON c.id = a.case_id JOIN book b ON b.id = c.book_id"
        " WHERE a.number = ANY (%s) AND b.bank = %s",
        [numbers, bank],
    ).fetchall()
    accounts: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        accounts[row[2]].append(row[:7])
    taken_back = [bank_id(bank, name, "payment") for name in _named(mapping, read, "reverses")]
    payments = conn.execute(
        "SELECT id::text, account_id::text FROM payment WHERE id = ANY (%s::uuid[])", [taken_back]
    ).fetchall()
    return Centre(accounts, {row[0]: row[7] for row in found if row[7] is not None}, dict(payments))


def _named(mapping: Mapping, rows: Iterable[Row], name: str) -> list[str]:
    column = mapping.column(name)
    return sorted({row.cells[column] for row in rows if row.cells.get(column)} if column is not None else ())


def payment_tables(
    source: Iterable[Row | RowError], mapping: Mapping, centre: Centre, today: date, errors: list[RowError]
) -> Rows:
    """A payment is known by its reference; a negative one takes back the payment that `reverses` names."""
    rows: Rows = defaultdict(list)
    bank, seen = mapping.options.bank, dict[str, int]()
    known = dict(centre.payments)  # and those of rows above
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        reference = cells.text("reference", required=True, longest=80)
        reverses = cells.text("reverses", longest=80)
        paid = cells.amount("amount", required=True, negative=bool(reverses))
        day = cells.day("value_date", required=True, last=today)
        method = cells.text("method", longest=40) or None
        account = _account(cells, centre)
        taken_back = bank_id(bank, reverses, "payment") if reverses else None
        if reference in seen:
            cells.fail("reference", msg("The same reference stands in row {row}.", row=seen[reference]))
        if not cells.failed and paid == 0:
            cells.fail("amount", msg("Nothing was paid here."))
        if not cells.failed and reverses and paid > 0:
            cells.fail("amount", msg("A payment taken back has a negative amount."))
        if not cells.failed and taken_back is not None and known.get(taken_back) != (account or ("",))[0]:
            cells.fail("reverses", msg("There is no payment “{reference}” on this account.", reference=reverses[:40]))
        if cells.failed or account is None:
            continue
        seen[reference] = row.number
        id_ = bank_id(bank, reference, "payment")
        known[id_] = account[0]
        rows["payment"].append((id_, account[1], account[0], day, paid, method, reference, taken_back))
    return rows


def balance_tables(
    source: Iterable[Row | RowError], mapping: Mapping, centre: Centre, today: date, errors: list[RowError]
) -> Rows:
    """One snapshot an account and day; a second one of the same day replaces it.

    When the file also says how late the account is, and nothing newer is known, the account's first unpaid due day
    follows: a cured account is no longer overdue.
    """
    rows: Rows = defaultdict(list)
    bank, seen = mapping.options.bank, dict[tuple[str, date], int]()
    newest, accounts = dict(centre.newest), dict[str, tuple[Any, ...]]()
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        day = cells.day("as_of", last=today) or today
        parts = [cells.amount(name, required=name == "principal") for name in COMPONENT_FIELDS]
        first_unpaid, months = lateness(cells, day)
        account = _account(cells, centre)
        number = cells.raw("account_number")
        if (number, day) in seen:
            cells.fail("account_number", msg("The same account and day stand in row {row}.", row=seen[number, day]))
        if cells.failed or account is None:
            continue
        seen[number, day] = row.number
        id_, case = account[0], account[1]
        key = bank_id(bank, number, "balance", day.isoformat())
        rows["balance_snapshot"].append((key, case, id_, day, *parts, months))
        if any(cells.raw(name) for name in LATENESS_FIELDS) and newest.get(id_, day) <= day:
            newest[id_] = day
            accounts[id_] = (*account[:_FIRST_UNPAID], first_unpaid)
    rows["account"] = list(accounts.values())
    return rows


def _account(cells: Cells, centre: Centre) -> tuple[Any, ...] | None:
    number = cells.text("account_number", required=True, longest=40)
    known = centre.accounts.get(number, [])
    if number and not known:
        cells.fail("account_number", msg("The centre knows no such account. Load its book first."))
    elif len(known) > 1:
        cells.fail("account_number", msg("Several accounts of this bank have this number."))
    return known[0] if len(known) == 1 else None
