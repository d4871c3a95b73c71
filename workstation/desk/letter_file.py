"""A file of letters to be made: each row of a CSV or Excel file as a letter's context."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from letters.batch import Refused, Report, Result, Stop, Wanted, check, run
from letters.batch_folder import begun
from letters.templates import find
from workstation.desk.importing.cells import UnreadableCellError
from workstation.desk.importing.errors_file import remove_errors, write_errors
from workstation.desk.importing.reading import Row, RowError, read_table
from workstation.desk.letter_columns import Column, columns_of
from workstation.desk.letter_usual import PAY_BY_DAYS
from workstation.domain.calendar import next_business_day
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

_UNNEEDED = frozenset({"template", "language", "jurisdiction", "total", "cards"})  # given otherwise, or reckoned


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file read as letters. `rows()` can be asked for again and again; `identity` changes with anything in them."""

    path: Path
    columns: Sequence[Column]
    common: Mapping[str, object]
    total: int
    identity: str

    def rows(self) -> Iterator[Wanted | Refused]:
        """Each row as its context, or as the reason why it cannot be read; the place is the file's row number."""
        for row in read_table(self.path).rows:
            yield _unreadable(row) if isinstance(row, RowError) else self._wanted(row)

    def _wanted(self, row: Row) -> Wanted | Refused:
        context: dict[str, Any] = copy.deepcopy(dict(self.common))
        currency = str(context.get("currency") or "CNY")
        for column in self.columns:
            if column.place == ("currency",) and row.cells[column.name]:
                currency = row.cells[column.name]
        for column in self.columns:
            text = row.cells[column.name]
            try:
                if fault := row.faults.get(column.name):
                    return _refused(row, column.name, text, fault, context)
                if text:
                    _put(context, column.place, column.read(text, currency))
            except (UnreadableCellError, KeyError) as error:
                reason = error.reason if isinstance(error, UnreadableCellError) else _UNKNOWN_CURRENCY
                return _refused(row, column.name, text, reason, context)
        return Wanted(row.number, _without_empty(context))

    def errors_file(self, refused: Sequence[Refused], say: Callable[[Message], str]) -> Path | None:
        """Write what cannot be made beside the file, for whoever mends it; remove an earlier one when all is well."""
        if not refused:
            remove_errors(self.path)
            return None
        by_place = {".".join(map(str, column.place)): column.name for column in self.columns}
        told = [
            RowError(each.place, by_place.get(_dotted(each.field), each.field or ""), each.value, each.reason)
            for each in sorted(refused, key=lambda each: each.place)
        ]
        return write_errors(self.path, told, say)


_LANGUAGES = {"zh-CN": "zh_CN"}
_UNKNOWN_CURRENCY = msg("This currency is not supported.")


def open_file(path: Path, common: Mapping[str, object]) -> LetterFile:
    """Look a file through: its columns against the template that `common` names, its rows counted.

    Raises `UnreadableFileError`, `UnknownTemplate` and one `InputError` naming every wrong or missing column.
    """
    table = read_table(path)
    names = {column for column in table.header if column}
    needed: list[str] = []
    if not names & {"template", "language", "jurisdiction"}:
        template = find(*(str(common.get(key, "")) for key in ("template", "language", "jurisdiction")))
        needed = [name for name in template.needs if name not in _UNNEEDED]
        if any(block.kind == "accounts" for block in template.blocks):
            needed.append("accounts")
    columns = columns_of(table.header, needed, common)
    total = sum(1 for _ in table.rows)
    if not total:
        raise InputError(msg("{file} has no rows.", file=path.name), field="csv")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(json.dumps(common, sort_keys=True, ensure_ascii=False).encode())
    return LetterFile(path, columns, common, total, digest.hexdigest())


def common_of(
    path: Path | None, template: str, language: str | None, day: date, pay_by: date | None
) -> dict[str, object]:
    """What all the letters share: of a JSON file, and what the command says. Raises `InputError`."""
    common: dict[str, object] = {}
    if path is not None:
        try:
            told = json.loads(path.read_text("utf-8-sig"))
        except (OSError, ValueError) as error:
            raise InputError(
                msg("{file} is not JSON: {reason}.", file=path.name, reason=str(error)), field="common"
            ) from error
        if not isinstance(told, dict):
            raise InputError(msg("{file} must hold one JSON object.", file=path.name), field="common")
        common = told
    common = {"jurisdiction": "zh-CN", **common, "template": template}
    common["language"] = language or common.get("language") or _LANGUAGES.get(str(common["jurisdiction"]), "en")
    common.setdefault("date", day.isoformat())
    if pay_by is not None:
        common["pay_by"] = pay_by.isoformat()
    common.setdefault("pay_by", next_business_day(day + timedelta(days=PAY_BY_DAYS)).isoformat())
    return common


def begun_on(folder: Path) -> date | None:
    """The date of the letters that the folder's batch was begun with: it goes on with the same tomorrow."""
    told = begun(folder)
    return date.fromisoformat(str(told["day"])) if told is not None and "day" in told else None


def check_file(file: LetterFile, jobs: int, progress: Report, cancel: Stop) -> tuple[Refused, ...]:
    """A dry run over the file."""
    return check(file.rows, file.total, jobs=jobs, progress=progress, cancel=cancel)


def make_letters(
    file: LetterFile,
    folder: Path,
    day: date,
    one_file: bool,
    keep_good: bool,
    jobs: int,
    progress: Report,
    cancel: Stop,
    say: Callable[[Message], str],
) -> Result:
    """Make or go on making the file's letters into `folder`; the rows that are refused stand in the errors file."""
    result = run(
        file.rows,
        file.total,
        folder,
        {"data": file.identity, "day": day.isoformat()},
        one_file=one_file,
        keep_good=keep_good,
        jobs=jobs,
        progress=progress,
        cancel=cancel,
        say=say,
    )
    if result.refused or result.state == "done":
        file.errors_file(result.refused, say)
    return result


def _put(context: dict[str, Any], place: Sequence[str | int], value: object) -> None:
    at: Any = context
    for step, after in zip(place, [*place[1:], None], strict=True):
        if isinstance(step, int):
            while len(at) <= step:
                at.append({})
        if after is None:
            at[step] = value
            return
        if isinstance(step, str) and not isinstance(at.get(step), (dict, list)):
            at[step] = [] if isinstance(after, int) else {}
        at = at[step]


def _without_empty(value: Any) -> Any:
    """Rows may have fewer accounts, instalments … than there are columns for: the empty ones of a list go."""
    if isinstance(value, dict):
        return {name: _without_empty(part) for name, part in value.items()}
    if isinstance(value, list):
        return [part for part in map(_without_empty, value) if part != {}]
    return value


def _unreadable(row: RowError) -> Refused:
    return Refused(row.row, "", row.reason, field=row.column or None, value=row.value)


def _refused(row: Row, column: str, value: str, reason: Message, context: Mapping[str, object]) -> Refused:
    return Refused(row.number, str(context.get("case_number", "")), reason, field=column, value=value[:200])


def _dotted(field: str | None) -> str:
    """`accounts[0].balance` as `accounts.0.balance`."""
    return (field or "").replace("[", ".").replace("]", "")
