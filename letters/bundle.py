"""Many papers bound into one PDF: an index in front, own pages, then papers as they were sent, every page numbered.

What was sent is bound as it is: only its number in the bundle is added, above its own head.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from letters.archive_file import write_archival
from letters.breaking import Setting, Span
from letters.document import CREATOR, About
from letters.fonts import faces
from letters.language import language
from letters.page import MM
from letters.pen import SOFT, Pen
from letters.sheet import Numbering, Section, Sheet, pdf_of, starts_of
from letters.tables import Column, Table
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

_NUMBER_SIZE = 8.0
_NUMBER_AT = 6 * MM  # from the upper and the right edge


class NotBound(WorkstationError):
    """A paper that is to be bound cannot be read; nothing was made."""

    code = "not_bound"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A finished PDF, and what the index calls it."""

    title: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Words:
    """The index in the reader's language; `numbered` has the places {page}, {pages} and {title}."""

    index: str
    number: str
    paper: str
    page: str
    numbered: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """`front` stands before the index (what this is, whose, by whom); `papers` are the sections made here."""

    front: Sheet
    papers: Sheet
    enclosures: Sequence[Enclosure]
    words: Words


@dataclass(frozen=True, slots=True)
class Bound:
    """The bundle as one PDF. `index`: what begins on which page, from 1."""

    pdf: bytes
    pages: int
    sha256: str
    index: tuple[tuple[str, int], ...]


def bind(bundle: Bundle, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Bound:
    """One PDF, the same bytes from the same papers. Raises `NotBound` naming an enclosure that cannot be read.

    `progress` is told how many enclosures of how many are in.
    """
    from pypdf import PdfReader, PdfWriter

    enclosed = [_read(paper) for paper in bundle.enclosures]
    starts, own = starts_of(bundle.papers)
    titles = [*(section.heading for section in bundle.papers.sections), *(paper.title for paper in bundle.enclosures)]
    lengths = [len(reader.pages) for reader in enclosed]
    before = 1
    while (index := _index(titles, starts, own, lengths, before)) and (
        taken := starts_of(_with_index(bundle, index))[1]
    ) != before:
        before = max(before + 1, taken)  # the index itself takes pages; it only ever grows with their numbers
    total = before + own + sum(lengths)
    writer = PdfWriter(clone_from=BytesIO(pdf_of(_with_index(bundle, index), Numbering(1, total))))
    for page in PdfReader(BytesIO(pdf_of(bundle.papers, Numbering(before + 1, total)))).pages:
        writer.add_page(page)
    for done, (paper, reader) in enumerate(zip(bundle.enclosures, enclosed, strict=True), 1):
        _enclose(writer, paper, reader, len(writer.pages), total, bundle)
        progress(done, len(enclosed))
    for title, first in index:
        writer.add_outline_item(title=title, page_number=first - 1)
    pdf = _bytes(writer)
    return Bound(pdf, total, hashlib.sha256(pdf).hexdigest(), tuple(index))


def _index(
    titles: Sequence[str], starts: Sequence[int], own: int, lengths: Sequence[int], before: int
) -> list[tuple[str, int]]:
    """What begins on which page when `before` pages of front and index stand before everything."""
    pages = [before + start + 1 for start in starts]
    at = before + own + 1
    for length in lengths:
        pages.append(at)
        at += length
    return list(zip(titles, pages, strict=True))


def _with_index(bundle: Bundle, index: Sequence[tuple[str, int]]) -> Sheet:
    words = bundle.words
    columns = [Column(words.number, "left"), Column(words.paper, "left", wraps=True), Column(words.page)]
    rows = [[str(n), title, str(page)] for n, (title, page) in enumerate(index, 1)]
    return replace(bundle.front, sections=(*bundle.front.sections, Section(words.index, Table(columns, rows))))


def _read(paper: Enclosure) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(paper.pdf), strict=True)
        if not len(reader.pages):
            raise NotBound(msg("“{title}” has no pages, so that it cannot be bound.", title=paper.title))
    except (PyPdfError, ValueError, KeyError) as error:
        raise NotBound(
            msg(
                "“{title}” is not a readable PDF, so that nothing was bound. Open it, or leave it out.",
                title=paper.title,
            )
        ) from error
    return reader


def _enclose(writer: PdfWriter, paper: Enclosure, reader: PdfReader, before: int, total: int, bundle: Bundle) -> None:
    from pypdf import PdfReader

    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages]
    numbers = PdfReader(BytesIO(_numbers(paper, sizes, before, total, bundle)))
    for page, number in zip(reader.pages, numbers.pages, strict=True):
        bound = writer.add_page(page)
        bound.merge_page(number)


def _numbers(paper: Enclosure, sizes: Sequence[tuple[float, float]], before: int, total: int, bundle: Bundle) -> bytes:
    """One page for each of the enclosure's, with nothing on it but its number in the bundle."""
    setting = Setting(faces(), language(bundle.front.language).narrow_quotes)

    def draw(pen: Pen) -> None:
        for at, (width, height) in enumerate(sizes, 1):
            text = bundle.words.numbered.format(page=before + at, pages=total, title=paper.title)
            wide = setting.width(text, _NUMBER_SIZE)
            size = _NUMBER_SIZE * min(1.0, (width - 2 * _NUMBER_AT) / wide)
            cells = setting.cells([Span(text)])
            pen.text(cells, width - _NUMBER_AT - setting.width(text, size), height - _NUMBER_AT - size, size, SOFT)
            pen.turn()

    about = About(f"{paper.title} {before} {total}", paper.title, "", "", language(bundle.front.language).pdf)
    return write_archival(about, sizes[0], setting.faces, draw, {})


def _bytes(writer: Any) -> bytes:
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    writer.add_metadata({"/Producer": CREATOR})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
