"""Workbooks are read back by another library: real numbers and days, headings in sight, no text a formula."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from letters.form import NotWritten
from workstation.desk import excel
from workstation.desk.excel import Cell, ExcelCancelled, Head, Sheet, write_workbook
from workstation.domain.errors import InputError
from workstation.domain.message import Money, msg
from workstation.i18n import Translator

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
HEADS = (
    Head(msg("Name")), Head(msg("Count"), "count"), Head(msg("Amount"), "money"), Head(msg("Share"), "share"),
    Head(msg("Day"), "day"), Head(msg("When"), "moment"), Head(msg("Duration"), "length"),
)  # fmt: skip
ROW = ("王晓明", 3, Money(4862527, "CNY"), Decimal("0.314"), date(2026, 12, 3), AT, 90)
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "http://x.example", "{=1}", "123"]


def written(path: Path, rows: Iterator[tuple[Cell, ...]] | list[tuple[Cell, ...]], **more: object) -> Path:
    write_workbook(path, [Sheet(msg("Cases"), HEADS, rows)], Translator("en"), zone=ZONE, at=AT, **more)  # type: ignore[arg-type]
    return path


def read(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_cells_have_their_own_types(tmp_path: Path) -> None:
    head, row = read(written(tmp_path / "a.xlsx", [ROW]))
    assert head == ["Name", "Count", "Amount", "Share", "Day", "When", "Duration"]
    assert row[:4] == ["王晓明", 3.0, 48625.27, 0.314]
    assert row[4] == date(2026, 12, 3)
    assert row[5] == AT.astimezone(ZONE).replace(tzinfo=None), "at the seat's time"
    assert row[6] == timedelta(seconds=90)
    with ZipFile(tmp_path / "a.xlsx") as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        styles = file.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert 'ySplit="1"' in sheet
    assert "<autoFilter" in sheet
    assert "#,##0.00 &quot;CNY&quot;" in styles


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.xlsx", [(text, None, None, None, None, None, None)])
    with ZipFile(path) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert 'r="A2" t="inlineStr"' in sheet
    assert str(read(path)[1][0]).strip() == text.strip()


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(-(10**12), 10**12)), max_size=30))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]]) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    heads = (Head("N", "count"), Head(msg("Amount"), "money"))
    cells = [(at, Money(minor, "CNY")) for at, (_, minor) in enumerate(rows)]
    write_workbook(path, [Sheet("S", heads, cells)], Translator("en"), zone=ZONE, at=AT)
    back = read(path)[1:]
    assert [round(Decimal(str(row[1])) * 100) for row in back] == [minor for _, minor in rows]


def test_nothing_is_left_of_what_was_cancelled(tmp_path: Path) -> None:
    seen: list[int] = []
    rows = iter([ROW] * 5_000)
    with pytest.raises(ExcelCancelled):
        written(tmp_path / "a.xlsx", rows, progress=seen.append, cancelled=lambda: len(seen) > 1)
    assert seen == [1_000, 2_000]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_stood_there_stays_when_the_new_one_fails(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", [ROW])
    before = path.read_bytes()

    def broken() -> Iterator[tuple[Cell, ...]]:
        yield ROW
        raise InputError(msg("No."))

    with pytest.raises(InputError):
        written(path, broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="could not be written"):
        written(tmp_path / "gone" / "a.xlsx", [ROW])


def test_a_disk_that_takes_no_more_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(NotWritten, match=r"a\.xlsx could not be written"):
            written(tmp_path / "a.xlsx", [ROW] * 2_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_excel_takes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 10)
    with pytest.raises(InputError, match="takes 10 rows"):
        written(tmp_path / "a.xlsx", [ROW] * 11)
    assert list(tmp_path.iterdir()) == []


def test_two_sheets_of_one_name_and_of_any_name(tmp_path: Path) -> None:
    heads = (Head("A"),)
    sheets = [Sheet(title, heads, [("x",)]) for title in ("a/b*c?[d]:e" * 5, "'quoted'", "")]
    write_workbook(tmp_path / "a.xlsx", sheets, Translator("en"), zone=ZONE, at=AT)
    assert len(CalamineWorkbook.from_path(tmp_path / "a.xlsx").sheet_names) == 3
