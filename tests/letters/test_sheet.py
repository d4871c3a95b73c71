"""A working paper: as many pages as it needs, each numbered, nothing over the edge, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.fonts import GETA
from letters.page import HEIGHT, WIDTH
from letters.sheet import BOX, SIDE, Section, Sheet, on_one_page, pdf_of
from letters.tables import Column, Table

COLUMNS = (Column("", "left"), Column("Case", "left"), Column("Name", "left", wraps=True), Column("Sum"))
LONG = "欧阳慕容·阿卜杜拉" * 20
HOSTILE = ("=CMD()|' /C calc'!A0", "<b>吴&敏</b>", "a\u202egnp.exe", "\x00\x07王\u200b明", "😀 王", "𬀩", "")


def sheet(rows: list[tuple[str, ...]], *, language: str = "zh_CN", remark: str = "", about: str = "陈静") -> Sheet:
    return Sheet(
        title="工作计划" if language == "zh_CN" else "Work plan",
        about=about,
        sections=[Section("Due", Table(COLUMNS, rows), "Nothing is due.", remark)],
        foot="Confidential",
        page="Page {page} of {pages}",
        author="陈静",
        day=date(2026, 11, 23),
        language=language,
    )


def row(number: int, name: str = "王晓明") -> tuple[str, ...]:
    return BOX, f"C{number:07}", name, "¥1,234.56"


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("count", "least", "most"), [(0, 1, 1), (1, 1, 1), (500, 10, 20)])
def test_every_page_has_its_number_and_its_head(language: str, count: int, least: int, most: int) -> None:
    pages = pages_of(pdf_of(sheet([row(n) for n in range(count)], language=language)))
    assert least <= len(pages) <= most
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert ("Case" in text) == bool(count)
    assert re.findall(r"C\d{7}", "".join(pages)) == [f"C{n:07}" for n in range(count)]
    assert sum(text.count(BOX) for text in pages) == count
    assert ("Nothing is due." in pages[0]) == (not count)


@pytest.mark.parametrize("rows", [[row(1, LONG)], [row(n, LONG) for n in range(60)], [row(1, "A" * 400)]])
def test_nothing_stands_over_the_edge(rows: list[tuple[str, ...]], poppler: Callable[..., str]) -> None:
    boxes = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">',
        poppler(pdf_of(sheet(rows)), "-bbox"),
    )
    assert len(boxes) > 10
    for left, top, right, bottom in (map(float, box) for box in boxes):
        assert SIDE - 1 <= left < right <= WIDTH - SIDE + 1
        assert 0 < top < bottom < HEIGHT


def test_names_are_printed_as_they_are_written() -> None:
    text = squeezed("".join(pages_of(pdf_of(sheet([row(n, name) for n, name in enumerate((*HOSTILE, LONG))])))))
    for name in ("=CMD()|'/Ccalc'!A0", "<b>吴&敏</b>", "agnp.exe", "王明", f"{GETA}王", "𬀩", LONG):
        assert name in text, name


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert pdf_of(sheet([row(1)])) == pdf_of(sheet([row(1)]))
    assert pdf_of(sheet([row(1)])) != pdf_of(sheet([row(2)]))


@given(names=st.lists(st.sampled_from(["王", "王晓明", LONG, "A" * 300, "😀"]), max_size=90))
@settings(max_examples=15, deadline=None)
def test_on_one_page_shows_as_many_as_fit_and_no_fewer(names: list[str]) -> None:
    def made(most: int) -> Sheet:
        rest = len(names) - most
        return sheet([row(n, name) for n, name in enumerate(names[:most])], remark=f"… and {rest} more" if rest else "")

    pages = pages_of(on_one_page(made, len(names)))
    assert len(pages) == 1
    shown = len(re.findall(r"C\d{7}", pages[0]))
    if shown < len(names):
        assert f"… and {len(names) - shown} more" in pages[0]
        assert len(pages_of(pdf_of(made(shown + 1)))) > 1
