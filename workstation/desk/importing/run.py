"""One import from file to database, or its preview; rows that cannot be read are written beside the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from workstation.central.loading import TableCount, load
from workstation.desk.demo.book import Rows
from workstation.desk.importing.books import Target, book_tables
from workstation.desk.importing.errors_file import remove_errors, write_errors
from workstation.desk.importing.mapping import MONTHLY, Kind, load_mapping
from workstation.desk.importing.mapping import Mapping as Columns
from workstation.desk.importing.reading import Row, RowError, read_table
from workstation.desk.importing.refusals import ImportCancelled
from workstation.desk.importing.updates import balance_tables, look_up, payment_tables
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

PREVIEW_ROWS = 5
PROGRESS_EVERY = 500
# Without these columns no row of the kind can be read; the others may be absent.
_NEEDED: dict[Kind, tuple[str, ...]] = {
    "book": ("number", "reference", "name", "account_number", "principal", *MONTHLY),
    "payments": ("account_number", "value_date", "amount", "reference"),
    "balances": ("account_number", "principal"),
}

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What happened. `counts` is empty when nothing was loaded; `errors_file` stands beside the file."""

    counts: Mapping[str, TableCount] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    errors_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file reads: rows by table that it would make, the first ones, and everything that is wrong.

    `ignored` are columns of the file that the mapping does not use, `absent` those it names and the file has not.
    """

    counts: Mapping[str, int]
    first: Mapping[str, Sequence[tuple[Any, ...]]]
    errors: tuple[RowError, ...]
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def preview(path: Path, kind: Kind, mapping: str, *, as_of: date) -> Preview:
    """Read a book without a database. Payments and balances need the centre's accounts, so their rows are not made."""
    columns, errors = load_mapping(mapping, kind), list[RowError]()
    table = read_table(path)
    ignored, absent = _compare(path, table.header, columns, kind)
    if kind == "book":
        target = Target(as_of, columns.options.book or path.stem)
        rows = book_tables(table.rows, columns, target, errors)
    else:
        rows = {kind: []}
        for row in table.rows:
            if isinstance(row, Row):
                rows[kind].append(tuple(row.cells.values()))
            else:
                errors.append(row)
    return Preview(
        counts={name: len(made) for name, made in rows.items()},
        first={name: made[:PREVIEW_ROWS] for name, made in rows.items()},
        errors=tuple(sorted(errors, key=lambda error: error.row)),
        ignored=ignored,
        absent=absent,
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
    table = read_table(path)
    _compare(path, table.header, columns, kind)
    source = _counted(table.rows, progress, cancel)
    rows: Rows
    if kind == "book":
        target = Target(as_of, columns.options.book or path.stem, team_id, assign_to)
        rows = book_tables(source, columns, target, errors)
    else:
        read = list(source)
        centre = look_up(conn, columns, read)
        make = payment_tables if kind == "payments" else balance_tables
        rows = make(read, columns, centre, as_of, errors)
    errors.sort(key=lambda error: error.row)
    if not errors:
        remove_errors(path)
        return ImportResult(_loaded(conn, rows, cancel))
    errors_file = write_errors(path, errors, say)
    counts = _loaded(conn, rows, cancel) if keep_good else {}
    return ImportResult(counts, tuple(errors), errors_file)


def _loaded(conn: psycopg.Connection[Any], rows: Rows, cancel: Callable[[], bool]) -> Mapping[str, TableCount]:
    _stop_if(cancel)
    return load(conn, {name: _watched(made, cancel) for name, made in rows.items() if made}).tables


def _watched(rows: Sequence[tuple[Any, ...]], cancel: Callable[[], bool]) -> Iterator[tuple[Any, ...]]:
    """The rows while nobody cancels; a load that is broken off changes nothing."""
    for start in range(0, len(rows), PROGRESS_EVERY):
        _stop_if(cancel)
        yield from rows[start : start + PROGRESS_EVERY]


def _stop_if(cancel: Callable[[], bool]) -> None:
    if cancel():
        raise ImportCancelled(msg("The import was cancelled; nothing was loaded."))


def _compare(
    path: Path, header: Sequence[str], columns: Columns, kind: Kind
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns of the file that nobody reads, and mapped ones it has not; `InputError` when a needed one is missing."""
    named = {name: field_name for field_name in columns.sheet.columns for name in columns.columns(field_name)}
    absent = [name for name in named if name not in header]
    needed = [name for name in absent if named[name] in _NEEDED[kind] and named[name] not in columns.sheet.constants]
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
    return tuple(name for name in header if name and name not in named), tuple(absent)


def _counted(
    source: Iterable[Row | RowError], progress: Progress, cancel: Callable[[], bool]
) -> Iterator[Row | RowError]:
    for number, row in enumerate(source, start=1):
        if number % PROGRESS_EVERY == 0:
            progress(number)
            _stop_if(cancel)
        yield row
