"""Rows of payments and balances files: they name accounts that the centre must already know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as Known
from datetime import date

from workstation.desk.demo.book import Rows
from workstation.desk.importing.books import COMPONENT_FIELDS
from workstation.desk.importing.cells import Cells
from workstation.desk.importing.mapping import Mapping
from workstation.desk.importing.reading import Row, RowError
from workstation.domain.ids import bank_id
from workstation.domain.message import msg

Accounts = Known[str, tuple[str, str]]  # number → account id, case id


def payment_tables(
    source: Iterable[Row | RowError], mapping: Mapping, accounts: Accounts, errors: list[RowError]
) -> Rows:
    """A payment is known by its reference; a negative one takes back the payment that `reverses` names."""
    rows: Rows = defaultdict(list)
    bank, seen = mapping.options.bank, dict[str, int]()
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        reference = cells.text("reference", required=True)
        reverses = cells.text("reverses")
        paid = cells.amount("amount", required=True, negative=bool(reverses))
        day = cells.day("value_date", required=True)
        method = cells.text("method") or None
        known = _account(cells, accounts)
        if reference in seen:
            cells.fail("reference", msg("The same reference stands in row {row}.", row=seen[reference]))
        if cells.failed or known is None:
            continue
        seen[reference] = row.number
        taken_back = bank_id(bank, reverses, "payment") if reverses else None
        rows["payment"].append(
            (bank_id(bank, reference, "payment"), known[1], known[0], day, paid, method, reference, taken_back)
        )
    return rows


def balance_tables(
    source: Iterable[Row | RowError], mapping: Mapping, accounts: Accounts, as_of: date, errors: list[RowError]
) -> Rows:
    """One snapshot an account and day; a second one of the same day replaces it."""
    rows: Rows = defaultdict(list)
    bank, seen = mapping.options.bank, dict[tuple[str, date], int]()
    for row in source:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        cells = Cells(row, mapping, errors)
        day = cells.day("as_of") or as_of
        parts = [cells.amount(field, required=field == "principal") for field in COMPONENT_FIELDS]
        months = cells.whole("months_past_due", most=99) or 0
        known = _account(cells, accounts)
        number = cells.raw("account_number")
        if (number, day) in seen:
            cells.fail("account_number", msg("The same account and day stand in row {row}.", row=seen[number, day]))
        if cells.failed or known is None:
            continue
        seen[number, day] = row.number
        key = bank_id(bank, number, "balance", day.isoformat())
        rows["balance_snapshot"].append((key, known[1], known[0], day, *parts, months))
    return rows


def _account(cells: Cells, accounts: Accounts) -> tuple[str, str] | None:
    number = cells.text("account_number", required=True)
    known = accounts.get(number)
    if number and known is None:
        cells.fail("account_number", msg("The centre knows no such account. Load its book first."))
    return known
