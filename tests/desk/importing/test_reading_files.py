"""Files as they come: encodings, separators, damage, spreadsheets that spoiled a cell."""

from __future__ import annotations

import contextlib
import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from workstation.desk.importing import RowError, UnreadableFileError, csv_files, excel_files, reading
from workstation.desk.importing.reading import Row, Table, read_table

TEXT = "reference,name\nR1,王晓明\nR2,㛃𬀩龘\n"


def _table(folder: Path, raw: bytes, name: str = "file.csv") -> Table:
    path = folder / name
    path.write_bytes(raw)
    return read_table(path)


def _rows(table: Table) -> list[Row | RowError]:
    return list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    table = _table(tmp_path, TEXT.encode(encoding))
    assert table.header == ["reference", "name"]
    assert [row.cells["name"] for row in table.rows if isinstance(row, Row)] == ["王晓明", "㛃𬀩龘"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_though_others_stand_in_quotation_marks(tmp_path: Path, separator: str) -> None:
    text = f'"a,;\t,;\t,;"{separator}b\n1{separator}"x,y;z\tw"\n'
    table = _table(tmp_path, text.encode())
    assert table.header == ["a,;\t,;\t,;", "b"]
    assert [row.cells["b"] for row in table.rows if isinstance(row, Row)] == ["x,y;z\tw"]


def test_rows_are_numbered_by_the_line_they_begin_on(tmp_path: Path) -> None:
    rows = _rows(_table(tmp_path, b'a,b\n1,"two\nlines"\n\n3,4\n5\n'))
    assert [(type(row), row.number if isinstance(row, Row) else row.row) for row in rows] == [
        (Row, 2),
        (Row, 5),
        (RowError, 6),
    ]


def test_a_few_damaged_bytes_do_not_turn_utf_8_into_another_encoding(tmp_path: Path) -> None:
    raw = TEXT.encode().replace("晓".encode(), b"\xe6\x99")
    rows = _rows(_table(tmp_path, raw))
    damaged, whole = rows
    assert isinstance(damaged, Row)
    assert "encoding" in damaged.faults["name"].plain()
    assert isinstance(whole, Row)
    assert (whole.cells["name"], whole.faults) == ("㛃𬀩龘", {})


def test_a_damaged_gb18030_file_names_the_cell(tmp_path: Path) -> None:
    lines = "".join(f"R{n},中华人民共和国上海市\n" for n in range(40))
    raw = ("reference,name\n" + lines).encode("gb18030") + b"R99,\xff\xff\n"
    rows = _rows(_table(tmp_path, raw))
    assert [row.number for row in rows if isinstance(row, Row) and row.faults] == [42]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_first_line(tmp_path: Path) -> None:
    table = _table(tmp_path, b'a,b\n1,2\n3,"open\n5,6\n')
    with pytest.raises(UnreadableFileError, match="broken at line 3"):
        _rows(table)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"a,a\n1,2\n", "two columns named"),
        (",".join(f"c{n}" for n in range(401)).encode(), "more than 400 columns"),
        ("a,b\n王,明\n".encode("utf-16"), "not a text file"),
        (b"a,b\n\x80\x81\xff,2\n", "neither UTF-8 nor GB18030"),
        (b"PK\x03\x04 but no spreadsheet", "cannot be opened as an Excel file"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFileError, match=word):
        _rows(_table(tmp_path, raw))


def test_a_file_beyond_the_bound_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 8)
    with pytest.raises(UnreadableFileError, match="Split it"):
        _table(tmp_path, b"reference,name\n")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    with contextlib.suppress(UnreadableFileError):
        rows = _rows(_table(tmp_path_factory.mktemp("any"), raw))
        assert all(isinstance(row, (Row, RowError)) for row in rows)


# ---- spreadsheets ----


def _workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        book.add_worksheet("another")
        sheet.write_row("B3", ["number", "name", "day", "sum"])
        sheet.write_row("B4", ["6228480000000017", "王晓明"])
        sheet.write_datetime("D4", datetime.date(2026, 11, 1), day)
        sheet.write_number("E4", 41280.5)
        sheet.write_number("B6", 6228480000000017)
        sheet.write_string("C6", "=HYPERLINK(1)")
        sheet.write_formula("E6", "=1+1", None, 2)
    return path


def test_a_sheet_reads_like_text_with_its_own_row_numbers(tmp_path: Path) -> None:
    table = read_table(_workbook(tmp_path / "book.xlsx"))
    rows = [row for row in table.rows if isinstance(row, Row)]
    assert table.header == ["number", "name", "day", "sum"]
    assert rows[0] == Row(
        4, {"number": "6228480000000017", "name": "王晓明", "day": "2026-11-01", "sum": "41280.5"}, {}
    )
    assert rows[1].number == 6


def test_what_excel_spoiled_is_pointed_out_cell_by_cell(tmp_path: Path) -> None:
    table = read_table(_workbook(tmp_path / "named-as-csv.csv"))  # known by its bytes, not by its name
    spoiled = list(table.rows)[1]
    assert isinstance(spoiled, Row)
    assert spoiled.faults == {"number": excel_files.ROUNDED, "sum": excel_files.FORMULA}


def test_a_sheet_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_files, "UNPACKED", 1000)
    with pytest.raises(UnreadableFileError, match="unpacks"):
        read_table(_workbook(tmp_path / "book.xlsx"))


def test_a_zip_without_a_sheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("anything", "else")
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        read_table(path)


def test_a_field_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "LONGEST_FIELD", 100)
    with pytest.raises(UnreadableFileError, match="broken at line 2"):
        _rows(_table(tmp_path, b"a,b\n1," + b"x" * 200 + b"\n"))
