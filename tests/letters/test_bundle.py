"""Papers bound into one: the index tells the truth, every page has its number, what was sent stays as it was."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from letters.bundle import Bundle, Enclosure, NotBound, Words, bind
from letters.sheet import Section, Sheet, pdf_of
from letters.tables import Column, Table

WORDS = Words("Contents", "No.", "Paper", "Page", "{title} · page {page} of {pages} of the bundle")


def sheet(title: str, sections: list[Section]) -> Sheet:
    return Sheet(title, "about", sections, title, "Page {page} of {pages}", "Bank", date(2026, 11, 30), "en")


def section(heading: str, rows: int) -> Section:
    columns = [Column("No.", "left"), Column("What", "left", wraps=True)]
    return Section(heading, Table(columns, [[str(n), f"row {n} of {heading}"] for n in range(1, rows + 1)]), "nothing")


def enclosure(title: str, pages: int) -> Enclosure:
    return Enclosure(title, pdf_of(sheet(f"Letter {title}", [section(title, 40 * pages - 25)])))


def bundle(sections: list[int], enclosures: list[int]) -> Bundle:
    return Bundle(
        sheet("Front", [Section("What this is", Table([], []), texts=("A bundle.",))]),
        sheet("Papers", [section(f"Section {n}", rows) for n, rows in enumerate(sections)]),
        [enclosure(f"enclosure {n}", pages) for n, pages in enumerate(enclosures)],
        WORDS,
    )


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


@given(
    st.lists(st.integers(0, 120), min_size=1, max_size=6),
    st.lists(st.integers(1, 3), max_size=70),
)
@settings(max_examples=12)
def test_the_index_names_the_page_on_which_each_paper_begins(sections: list[int], enclosures: list[int]) -> None:
    made = bind(bundle(sections, enclosures))
    pages = texts(made.pdf)
    assert len(pages) == made.pages
    for title, page in made.index:
        assert title in pages[page - 1]
    front = "\n".join(pages[: made.index[0][1] - 1])
    for number, (title, page) in enumerate(made.index, 1):
        assert re.search(rf"{number}\s*{re.escape(title)}\s*{page}\b", front)


def test_every_page_has_its_number_in_the_bundle() -> None:
    made = bind(bundle([3, 100], [1, 2]))
    for number, text in enumerate(texts(made.pdf), 1):
        assert re.search(rf"[Pp]age {number} of {made.pages}(?!\d)", text)


def test_the_same_papers_make_the_same_bytes() -> None:
    assert bind(bundle([3], [1])).sha256 == bind(bundle([3], [1])).sha256


def test_what_was_sent_is_bound_as_it_was(tmp_path: Path) -> None:
    paper = enclosure("enclosure 0", 2)
    made = bind(bundle([1], [2]))
    first = dict(made.index)["enclosure 0"]
    sent, bound = texts(paper.pdf), texts(made.pdf)[first - 1 :]
    for before, after in zip(sent, bound, strict=True):
        assert before in after  # the number stands beside it
    # Another program finds nothing wrong with the file either.
    file = tmp_path / "bundle.pdf"
    file.write_bytes(made.pdf)
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True)
    assert f"Pages:           {made.pages}" in told.stdout
    assert not told.stderr


def test_outlines_lead_to_the_papers() -> None:
    made = bind(bundle([1, 1], [1]))
    reader = PdfReader(BytesIO(made.pdf))
    led = [(item.title, reader.get_destination_page_number(item) + 1) for item in reader.outline]
    assert led == list(made.index)


@pytest.mark.parametrize("pdf", [b"", b"no PDF at all", b"%PDF-1.4\n%%EOF\n"], ids=["empty", "text", "headless"])
def test_a_paper_that_cannot_be_read_is_named(pdf: bytes) -> None:
    broken = Bundle(*(getattr(bundle([1], [1]), part) for part in ("front", "papers")), [Enclosure("this", pdf)], WORDS)
    with pytest.raises(NotBound, match="“this”"):
        bind(broken)


def test_a_paper_cut_short_is_named() -> None:
    whole = enclosure("this", 3).pdf
    broken = Bundle(
        *(getattr(bundle([1], [1]), part) for part in ("front", "papers")), [Enclosure("this", whole[:-900])], WORDS
    )
    with pytest.raises(NotBound, match="“this”"):
        bind(broken)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    bind(bundle([1], [1, 1, 1]), lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
