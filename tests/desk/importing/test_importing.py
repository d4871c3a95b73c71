"""A bank's files into a real central database: encodings, errors row by row, all or nothing, safe to run twice."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from tests.central.server import CentralDatabase
from workstation.desk import importing
from workstation.desk.importing import UnreadableFileError
from workstation.domain.errors import InputError

AS_OF = date(2026, 11, 23)
HEADER = "reference,name,sex,account_number,principal,interest,penalty,as_of,stage,mobile,address\n"
GOOD = (
    "R1,王晓明,male,6228480000000017,41280.00,5102.44,2230.83,2026-11-01,M3,13800006620,杭州市西湖区文一路1号\n"
    "R1,王晓明,male,6228480000000025,100.00,0,0,2026-11-01,M1,13800006620,杭州市西湖区文一路1号\n"
    "R2,𬀩龘,female,6228480000000033,8330.52,0,0,2026-11-01,M1,13800006621,北京市朝阳区\n"
)


def _file(folder: Path, text: str, name: str = "book.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _run(
    central: CentralDatabase, path: Path, kind: importing.Kind = "book", **options: object
) -> importing.ImportResult:
    with central.connect("admin") as conn:
        return importing.run(path, kind, "standard", conn, as_of=AS_OF, **options)  # type: ignore[arg-type]


def _count(central: CentralDatabase, table: str) -> int:
    with central.connect() as conn:
        row = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_book_loads_in_every_encoding(central: CentralDatabase, tmp_path: Path, encoding: str) -> None:
    result = _run(central, _file(tmp_path, HEADER + GOOD, encoding=encoding))
    assert result.errors == ()
    assert (result.counts["cases"].inserted, result.counts["account"].inserted) == (2, 3)
    with central.connect() as conn:
        names = {row[0] for row in conn.execute("SELECT name FROM debtor")}
        owed = conn.execute("SELECT sum(principal + interest + penalty) FROM balance_snapshot").fetchone()
    assert names == {"王晓明", "𬀩龘"}
    assert owed == (4_861_327 + 10_000 + 833_052,)


def test_the_same_file_twice_changes_nothing(central: CentralDatabase, tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + GOOD)
    _run(central, path)
    again = _run(central, path)
    assert all(count.inserted == count.updated == 0 for count in again.counts.values())


def test_an_excel_book_loads_like_a_csv_one(central: CentralDatabase, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        for row, line in enumerate([HEADER, *GOOD.splitlines()]):
            sheet.write_row(row, 0, line.strip().split(","))
    result = _run(central, path)
    assert result.errors == ()
    assert result.counts["account"].inserted == 3


BAD_ROWS = {
    "a formula": ("R9,=cmd|' /C calc'!A0,male,6228480000000041,1,0,0,2026-11-01,M1,,", "name", "formula"),
    "a formula as amount": ("R9,张三,male,6228480000000041,=1+1,0,0,2026-11-01,M1,,", "principal", "formula"),
    "a double account": ("R9,张三,male,6228480000000017,1,0,0,2026-11-01,M1,,", "account_number", "same account"),
    "a negative amount": ("R9,张三,male,6228480000000041,-5,0,0,2026-11-01,M1,,", "principal", "negative"),
    "an absurd amount": ("R9,张三,male,6228480000000041,99999999999999,0,0,2026-11-01,M1,,", "principal", "absurd"),
    "an impossible day": ("R9,张三,male,6228480000000041,1,0,0,2026-02-30,M1,,", "as_of", "no such day"),
    "an unknown stage": ("R9,张三,male,6228480000000041,1,0,0,2026-11-01,M9,,", "stage", "not one of"),
    "a missing name": ("R9,,male,6228480000000041,1,0,0,2026-11-01,M1,,", "name", "needed"),
    "too many decimals": ("R9,张三,male,6228480000000041,1.005,0,0,2026-11-01,M1,,", "principal", "decimals"),
    "too few fields": ("R9,张三", "", "fields"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named_and_nothing_changes(central: CentralDatabase, tmp_path: Path, case: str) -> None:
    line, column, word = BAD_ROWS[case]
    path = _file(tmp_path, HEADER + GOOD + line + "\n")
    result = _run(central, path)
    assert [(error.row, error.column) for error in result.errors] == [(5, column)]
    assert word in result.errors[0].reason.plain()
    assert result.counts == {}
    assert _count(central, "cases") == 0
    assert result.errors_file == tmp_path / "book.errors.csv"
    with result.errors_file.open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.DictReader(written))
    assert rows[0]["row"] == "5"
    assert rows[0]["column"] == column
    assert not rows[0]["value"].startswith(("=", "+", "-", "@"))


def test_the_good_rows_are_kept_only_when_asked(central: CentralDatabase, tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + GOOD + BAD_ROWS["an impossible day"][0] + "\n")
    result = _run(central, path, keep_good=True)
    assert len(result.errors) == 1
    assert result.counts["account"].inserted == 3
    _file(tmp_path, HEADER + GOOD)
    _run(central, path)
    assert not (tmp_path / "book.errors.csv").exists()


def test_sql_and_html_in_a_name_are_text(central: CentralDatabase, tmp_path: Path) -> None:
    name = "<b>张</b>'); DROP TABLE debtor;--"
    path = _file(tmp_path, HEADER + f"R1,{name},male,6228480000000017,1,0,0,2026-11-01,M1,,\n")
    assert _run(central, path).errors == ()
    with central.connect() as conn:
        assert conn.execute("SELECT name FROM debtor").fetchone() == (name,)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b'reference,name,account_number,principal\nR1,"never closed,6228,1\n', "broken"),
        (b"\xff\xfe\x00\x01 nonsense \x00", "not a text file"),
        (b"reference,name\n\x81\x20\xff\xff,x\n", "neither UTF-8 nor GB18030"),
        (b"", "empty"),
        (b"name,name\na,b\n", "two columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(
    central: CentralDatabase, tmp_path: Path, raw: bytes, word: str
) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(raw)
    with pytest.raises(UnreadableFileError, match=word):
        _run(central, path)
    assert _count(central, "cases") == 0


def test_a_column_the_mapping_needs_is_named(central: CentralDatabase, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="principal"):
        _run(central, _file(tmp_path, "reference,name,account_number\nR1,a,6228480000000017\n"))


def test_payments_find_their_accounts_and_are_taken_back(central: CentralDatabase, tmp_path: Path) -> None:
    _run(central, _file(tmp_path, HEADER + GOOD))
    head = "account_number,value_date,amount,method,reference,reverses\n"
    paid = "6228480000000017,2026-11-10,1500.00,transfer,P1,\n6228480000000017,2026-11-12,-1500.00,transfer,P2,P1\n"
    result = _run(central, _file(tmp_path, head + paid, "payments.csv"), "payments")
    assert result.counts["payment"].inserted == 2
    again = _run(central, _file(tmp_path, head + paid, "payments.csv"), "payments")
    assert again.counts["payment"].unchanged == 2
    unknown = _run(central, _file(tmp_path, head + "9999,2026-11-10,1,,P3,\n", "payments.csv"), "payments")
    assert "no such account" in unknown.errors[0].reason.plain()


def test_balances_add_a_snapshot(central: CentralDatabase, tmp_path: Path) -> None:
    _run(central, _file(tmp_path, HEADER + GOOD))
    text = "account_number,as_of,principal,interest\n6228480000000017,2026-11-20,40000.00,5500.00\n"
    result = _run(central, _file(tmp_path, text, "balances.csv"), "balances")
    assert result.counts["balance_snapshot"].inserted == 1
    assert _count(central, "balance_snapshot") == 4


def test_a_preview_needs_no_database_and_names_errors(tmp_path: Path) -> None:
    path = _file(tmp_path, HEADER + GOOD + BAD_ROWS["an unknown stage"][0] + "\n")
    read = importing.preview(path, "book", "standard", as_of=AS_OF)
    assert read.counts["account"] == 3
    assert [error.column for error in read.errors] == ["stage"]
    assert not (tmp_path / "book.errors.csv").exists()


def test_a_cancelled_import_loads_nothing(central: CentralDatabase, tmp_path: Path) -> None:
    rows = "".join(f"R{n},张三,male,{6228480000000000 + n},1,0,0,2026-11-01,M1,,\n" for n in range(1200))
    with pytest.raises(InputError, match="cancelled"):
        _run(central, _file(tmp_path, HEADER + rows), cancel=lambda: True)
    assert _count(central, "cases") == 0


def _uci() -> Path | None:
    named = os.environ.get("WORKSTATION_UCI")
    known = Path(__file__).parents[4] / "shared" / "data" / "uci-credit-card" / "UCI_Credit_Card.csv"
    path = Path(named) if named else known
    return path if path.is_file() else None


@pytest.mark.skipif(_uci() is None, reason="the UCI credit-card file is not beside the project")
def test_the_real_accounts_load_with_made_up_identities(central: CentralDatabase, tmp_path: Path) -> None:
    source = _uci()
    assert source is not None
    lines = source.read_text("utf-8").splitlines(keepends=True)[:1001]
    path = _file(tmp_path, "".join(lines))
    with central.connect("admin") as conn:
        result = importing.run(
            path, "book", "uci-credit-card", conn, as_of=AS_OF,
            assign_to=[central.people["li.na"]], team_id=central.teams["north"],
        )  # fmt: skip
        again = importing.run(
            path, "book", "uci-credit-card", conn, as_of=AS_OF,
            assign_to=[central.people["li.na"]], team_id=central.teams["north"],
        )  # fmt: skip
    assert result.errors == ()
    assert result.counts["cases"].inserted == 1000
    assert all(count.inserted == count.updated == 0 for count in again.counts.values())
    cells = [line.split(",") for line in lines[1:]]
    overdue = sum(1 for row in cells if int(row[6]) > 0 and int(row[12]) > 0)
    with central.connect() as conn:
        assigned = conn.execute("SELECT count(*) FROM cases WHERE assignee_id IS NOT NULL").fetchone()
        bills = conn.execute("SELECT sum(principal + interest + penalty) FROM balance_snapshot").fetchone()
    assert assigned == (overdue,)
    expected = sum(max(0, int(bill)) * 100 for line in lines[1:] for bill in line.split(",")[12:18])
    assert bills == (expected,)
