"""Payments and balances against a real central database: they find their accounts, or say which row does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.central.server import CentralDatabase
from workstation.central.loading import TableCount
from workstation.desk import importing
from workstation.desk.importing import ImportCancelled, ImportResult, errors_file
from workstation.settings import home

AS_OF = date(2026, 11, 23)
CARD, OTHER = "6228480000000017", "6228480000000025"
BOOK = (
    "reference,name,account_number,principal,as_of,days_past_due\n"
    f"R1,王晓明,{CARD},41280.00,2026-11-01,60\n"
    f"R2,李秀英,{OTHER},100.00,2026-11-01,5\n"
)
PAYMENTS = "account_number,value_date,amount,method,reference,reverses\n"
Loader = Callable[..., ImportResult]


@pytest.fixture
def loads(central: CentralDatabase, tmp_path: Path) -> Loader:
    """Loads text as a file of a kind, the administrator signed in; the book is there already."""

    def load(kind: importing.Kind, text: str, **options: object) -> ImportResult:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, "utf-8")
        with central.connect("admin") as conn:
            return importing.run(path, kind, "standard", conn, as_of=AS_OF, **options)  # type: ignore[arg-type]

    assert load("book", BOOK).errors == ()
    return load


def _one(central: CentralDatabase, query: str) -> object:
    with central.connect() as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("9999,2026-11-10,1,,P1,", "account_number", "no such account"),
        (f"{CARD},2026-11-24,1,,P1,", "value_date", "lies after"),
        (f"{CARD},2026-11-10,0,,P1,", "amount", "Nothing was paid"),
        (f"{CARD},2026-11-10,-5,,P1,", "amount", "negative"),
        (f"{CARD},2026-11-10,5,,P1,P0", "amount", "negative amount"),
        (f"{CARD},2026-11-10,-5,,P1,P0", "reverses", "no payment"),
        (f"{CARD},2026-11-10,5,,,", "reference", "needed"),
    ],
)
def test_a_payment_that_cannot_be_is_named_and_nothing_changes(
    loads: Loader, central: CentralDatabase, line: str, column: str, word: str
) -> None:
    result = loads("payments", PAYMENTS + f"{OTHER},2026-11-09,1,,P9,\n{line}\n")
    assert [(error.row, error.column) for error in result.errors] == [(3, column)]
    assert word in result.errors[0].reason.plain()
    assert _one(central, "SELECT count(*) FROM payment") == 0


def test_a_payment_is_taken_back_in_a_later_file_but_only_on_its_own_account(loads: Loader) -> None:
    assert loads("payments", PAYMENTS + f"{CARD},2026-11-10,5,,P1,\n").errors == ()
    wrong = loads("payments", PAYMENTS + f"{OTHER},2026-11-12,-5,,P2,P1\n")
    assert [error.column for error in wrong.errors] == ["reverses"]
    right = loads("payments", PAYMENTS + f"{CARD},2026-11-12,-5,,P2,P1\n")
    assert right.counts["payment"] == TableCount(inserted=1)


def test_the_same_reference_twice_is_refused(loads: Loader) -> None:
    result = loads("payments", PAYMENTS + f"{CARD},2026-11-10,5,,P1,\n{CARD},2026-11-11,6,,P1,\n")
    assert "row 2" in result.errors[0].reason.plain()


def test_an_account_of_another_bank_is_not_found(loads: Loader, workstation_home: Path, tmp_path: Path) -> None:
    folder = workstation_home / "mappings"
    folder.mkdir(parents=True)
    text = '[options]\nbank = "华东商业银行"\n[payments.columns]\n' + "".join(
        f'{name} = "{name}"\n' for name in ("account_number", "value_date", "amount", "reference")
    )
    (folder / "standard.toml").write_text(text, "utf-8")
    result = loads("payments", PAYMENTS + f"{CARD},2026-11-10,5,,P1,\n")
    assert "no such account" in result.errors[0].reason.plain()


def test_a_cured_account_is_no_longer_overdue_and_an_old_balance_changes_no_lateness(
    loads: Loader, central: CentralDatabase
) -> None:
    head = "account_number,as_of,principal,days_past_due\n"
    query = f"SELECT first_unpaid_due FROM account WHERE number = '{CARD}'"
    before = _one(central, query)
    assert loads("balances", head + f"{CARD},2026-10-01,50000,30\n").counts["balance_snapshot"].inserted == 1
    assert _one(central, query) == before == date(2026, 9, 2)
    cured = loads("balances", head + f"{CARD},2026-11-20,0,0\n")
    assert cured.counts["account"] == TableCount(updated=1)
    assert _one(central, query) is None
    again = loads("balances", head + f"{CARD},2026-11-20,0,0\n")
    assert all(count.updated == count.inserted == 0 for count in again.counts.values())


def test_balances_without_lateness_leave_the_accounts_alone(loads: Loader) -> None:
    result = loads("balances", f"account_number,as_of,principal\n{CARD},2026-11-20,40000\n")
    assert result.counts == {"balance_snapshot": TableCount(inserted=1)}


def test_errors_go_among_our_own_data_when_the_folder_is_closed(loads: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions do not hold for root, who may run these tests: the folder is closed in the one function that writes.
    written = errors_file._written

    def closed(path: Path, *rest: object) -> Path:
        if path.parent != home() / "imports":
            raise PermissionError(13, "Permission denied", str(path))
        return written(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(errors_file, "_written", closed)
    result = loads("payments", PAYMENTS + "9999,2026-11-10,1,,P1,\n")
    assert result.errors_file == home() / "imports" / "payments.errors.csv"
    assert "9999" in result.errors_file.read_text("utf-8-sig")


def test_an_import_cancelled_while_it_loads_changes_nothing(loads: Loader, central: CentralDatabase) -> None:
    asked = iter([False] * 4 + [True] * 9)  # the reading of 600 rows asks once, the loading goes on asking
    lines = "".join(f"{CARD},2026-11-10,1,,P{n},\n" for n in range(600))
    with pytest.raises(ImportCancelled):
        loads("payments", PAYMENTS + lines * 3, cancel=lambda: next(asked), keep_good=True)
    assert _one(central, "SELECT count(*) FROM payment") == 0


def test_a_card_number_that_excel_rounded_reaches_nobody(central: CentralDatabase, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row("A1", ["reference", "name", "account_number", "principal"])
        sheet.write_row("A2", ["R1", "王晓明", 6228480000000017, 41280.5])
    with central.connect("admin") as conn:
        result = importing.run(path, "book", "standard", conn, as_of=AS_OF)
    assert [(error.row, error.column) for error in result.errors] == [(2, "account_number")]
    assert result.counts == {}
