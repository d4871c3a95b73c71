"""One import from file to database, or its preview; rows that cannot be read are written beside the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from workstation.central.loading import TableCount, load
from workstation.desk.demo.book import Rows
from workstation.desk.importing.books import Target, book_tables
from workstation.desk.importing.cells import FORMULA_STARTS
from workstation.desk.importing.mapping import Kind, load_mapping
from workstation.desk.importing.mapping import Mapping as Columns
from workstation.desk.importing.reading import Row, RowError, read_rows
from workstation.desk.importing.updates import balance_tables, payment_tables
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

PREVIEW_ROWS = 5
PROGRESS_EVERY = 500

Progress = Callable[[int], None]


class ImportCancelled(InputError):  # asked for by the person, no fault
    code = "cancelled"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What happened. `counts` is empty when nothing was loaded; `errors_file` stands beside the file."""

    counts: Mapping[str, TableCount] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    errors_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file reads: rows by table that it would make, the first ones, and everything that is wrong."""

    counts: Mapping[str, int]
    first: Mapping[str, Sequence[tuple[Any, ...]]]
    errors: tuple[RowError, ...]


def preview(path: Path, kind: Kind, mapping: str, *, as_of: date) -> Preview:
    """Read a book without a database. Payments and balances need the centre's accounts, so their rows are not made."""
    columns, errors = load_mapping(mapping, kind), list[RowError]()
    source = _checked(path, columns)
    if kind == "book":
        rows = book_tables(source, columns, Target(as_of, columns.options.book or path.stem), errors)
    else:
        rows = {kind: [tuple(row.cells.values()) for row in source if isinstance(row, Row)]}
    return Preview(
        counts={name: len(made) for name, made in rows.items()},
        first={name: made[:PREVIEW_ROWS] for name, made in rows.items()},
        errors=tuple(errors),
    )


def run(
    path: Path,
    kind: Kind,
    mapping: str,
    conn: psycopg.Connection[Any],
    *,
    as_of: date,
    keep_good: bool = False,
    assign_to: Sequence[str] = (),
    team_id: str | None = None,
    progress: Progress = lambda _rows: None,
    cancel: Callable[[], bool] = lambda: False,
    say: Callable[[Message], str] = Message.plain,
) -> ImportResult:
    """Load a file in the caller's transaction, or in one of its own. With an error nothing changes unless `keep_good`.

    `progress` is told the rows read so far; `say` words the reasons in the errors file. Raises `UnreadableFileError`,
    `InputError` (mapping), `ImportCancelled` and `CentralRefusedError`; each leaves the database as it was.
    """
    columns, errors = load_mapping(mapping, kind), list[RowError]()
    source = _counted(_checked(path, columns), progress, cancel)
    target = Target(as_of, columns.options.book or path.stem, team_id, assign_to)
    rows: Rows
    if kind == "book":
        rows = book_tables(source, columns, target, errors)
    else:
        read = list(source)
        accounts = _accounts(conn, columns, read)
        rows = (
            payment_tables(read, columns, accounts, errors)
            if kind == "payments"
            else balance_tables(read, columns, accounts, as_of, errors)
        )
    errors.sort(key=lambda error: error.row)
    errors_file = path.with_name(f"{path.stem}.errors.csv")
    if errors:
        _write_errors(errors_file, errors, say)
    else:
        errors_file.unlink(missing_ok=True)  # of an earlier run; this one has none
    if errors and not keep_good:
        return ImportResult({}, tuple(errors), errors_file)
    loaded = load(conn, {name: made for name, made in rows.items() if made})
    return ImportResult(loaded.tables, tuple(errors), errors_file if errors else None)


def _checked(path: Path, columns: Columns) -> Iterator[Row | RowError]:
    """The file's rows, once its header has every column the mapping names."""
    first = True
    for row in read_rows(path):
        if first and isinstance(row, Row):
            first = False
            named = [name for field_name in columns.sheet.columns for name in columns.columns(field_name)]
            missing = [name for name in named if name not in row.cells]
            needed = [name for name in missing if name in _needed(columns)]
            if needed:
                raise InputError(
                    msg(
                        "{file} has no column “{column}”, which the mapping “{mapping}” needs.",
                        file=path.name,
                        column=needed[0],
                        mapping=columns.name,
                    ),
                    field="mapping",
                )
        yield row


def _needed(columns: Columns) -> set[str]:
    """Columns without which no row can be read; the others may be absent. A list of months is needed whole."""
    fields = {"number", "account_number", "principal", "reference", "amount"}
    fields |= {name for name, column in columns.sheet.columns.items() if isinstance(column, list)}
    return {name for field_name in fields for name in columns.columns(field_name)}


def _counted(
    source: Iterable[Row | RowError], progress: Progress, cancel: Callable[[], bool]
) -> Iterator[Row | RowError]:
    for number, row in enumerate(source, start=1):
        if number % PROGRESS_EVERY == 0:
            progress(number)
            if cancel():
                raise ImportCancelled(msg("The import was cancelled; nothing was loaded."))
        yield row


def _accounts(
    conn: psycopg.Connection[Any], columns: Columns, rows: Sequence[Row | RowError]
) -> dict[str, tuple[str, str]]:
    column = columns.column("account_number") or ""
    numbers = sorted({row.cells.get(column, "") for row in rows if isinstance(row, Row)})
    found = conn.execute(
        "SELECT number, id::text, case_id::text FROM account WHERE number = ANY (%s)", [numbers]
    ).fetchall()
    return {number: (account, case) for number, account, case in found}


def _write_errors(path: Path, errors: Sequence[RowError], say: Callable[[Message], str]) -> None:
    """Whole or not at all; a cell that a spreadsheet would take for a formula is quoted."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["row", "column", "value", "reason"])
    for error in errors:
        writer.writerow([error.row, *map(_harmless, (error.column, error.value, say(error.reason)))])
    partial = path.with_name(path.name + ".part")
    partial.write_text(text.getvalue(), "utf-8-sig", newline="")
    partial.replace(path)


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(FORMULA_STARTS) else text
