"""A working paper of the desk: heading, tables and page numbers. It has no letterhead and is sent to nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from letters.archive_file import write_archival
from letters.breaking import Setting, Span
from letters.document import About
from letters.flow import Placed, Strip, Type, paginate, paragraph
from letters.fonts import faces
from letters.language import language
from letters.page import HEIGHT, MM, WIDTH
from letters.pen import ACCENT, SOFT, Pen
from letters.tables import Table, table

SIDE, TOP, BOTTOM = 16 * MM, 16 * MM, 18 * MM
MEASURE = WIDTH - 2 * SIDE
BOX = "□"  # to be ticked by hand
_SIZE = 9.0  # of type, in points


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over paragraphs and a table, or over `empty` where the table has no rows; `remark` stands below."""

    heading: str
    table: Table
    empty: str = ""
    remark: str = ""
    texts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything already in the reader's language. `page` has the places {page} and {pages}."""

    title: str
    about: str
    sections: Sequence[Section]
    foot: str
    page: str
    author: str
    day: date
    language: str  # zh_CN or en


@dataclass(frozen=True, slots=True)
class Numbering:
    """Of a paper that is a part of a larger one: the number of its first page, and how many the whole has."""

    first: int
    pages: int


def pdf_of(sheet: Sheet, numbering: Numbering | None = None) -> bytes:
    """The paper on as many A4 pages as it needs; the same sheet gives the same bytes."""
    setting = _setting(sheet)
    pages = _pages(sheet, setting)
    numbers = numbering or Numbering(1, len(pages))
    identity = f"{sheet!r} {numbering!r}" if numbering else repr(sheet)
    about = About(identity, sheet.title, sheet.author, sheet.title, language(sheet.language).pdf, sheet.day)
    return write_archival(
        about, (WIDTH, HEIGHT), setting.faces, lambda pen: _draw(pen, pages, sheet, setting, numbers), {}
    )


def starts_of(sheet: Sheet) -> tuple[list[int], int]:
    """The page of the paper, from 0, on which each section begins, and how many pages there are."""
    setting = _setting(sheet)
    parts = [section_strips(section, setting) for section in sheet.sections]
    room = HEIGHT - TOP - BOTTOM
    pages = paginate(
        [*head_strips(sheet.title, sheet.about, setting), *(strip for part in parts for strip in part)], room, room
    )
    page_of = {id(placed.strip): number for number, page in enumerate(pages) for placed in page}
    return [page_of[id(part[0])] for part in parts], len(pages)


def on_one_page(make: Callable[[int], Sheet], most: int) -> bytes:
    """`make(n)` with the largest n up to `most` that leaves it on one page; with none when nothing helps."""
    fits, too_many = 0, most + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        sheet = make(middle)
        if len(_pages(sheet, _setting(sheet))) == 1:
            fits = middle
        else:
            too_many = middle
    return pdf_of(make(fits))


def _setting(sheet: Sheet) -> Setting:
    return Setting(faces(), language(sheet.language).narrow_quotes)


def _pages(sheet: Sheet, setting: Setting) -> list[list[Placed]]:
    room = HEIGHT - TOP - BOTTOM
    return paginate(list(_strips(sheet, setting)), room, room)


def _strips(sheet: Sheet, setting: Setting) -> list[Strip]:
    return [
        *head_strips(sheet.title, sheet.about, setting),
        *(strip for section in sheet.sections for strip in section_strips(section, setting)),
    ]


def head_strips(title: str, about: str, setting: Setting) -> list[Strip]:
    """What the paper is, and whose."""
    found = paragraph([Span(title)], MEASURE, Type(16, 22, bold=True, colour=ACCENT), setting)
    return found + paragraph([Span(about)], MEASURE, Type(_SIZE, 13, colour=SOFT), setting)


def section_strips(section: Section, setting: Setting) -> list[Strip]:
    """A heading, its paragraphs and its table over the sheet's measure."""
    plain, soft = Type(_SIZE, 13), Type(_SIZE, 13, colour=SOFT)
    found = paragraph([Span(section.heading)], MEASURE, Type(11, 15, bold=True), setting, above=14, glued=True)
    for text in section.texts:
        found += paragraph([Span(text)], MEASURE, plain, setting, above=3)
    if section.table.rows:
        found += table(section.table, MEASURE, _SIZE, setting, above=6 if section.texts else 2)
    elif section.empty:
        found += paragraph([Span(section.empty)], MEASURE, soft, setting, above=2)
    if section.remark:
        found += paragraph([Span(section.remark)], MEASURE, plain, setting, above=4)
    return found


def _draw(pen: Pen, pages: Sequence[Sequence[Placed]], sheet: Sheet, setting: Setting, numbering: Numbering) -> None:
    for number, page in enumerate(pages, numbering.first):
        for placed in page:
            placed.strip.draw(pen, SIDE, HEIGHT - TOP - placed.top)
        pen.line(SIDE, 14 * MM, SIDE + MEASURE, 14 * MM)
        count = sheet.page.format(page=number, pages=numbering.pages)
        width = setting.width(count, 8)
        pen.text(setting.cells([Span(count)]), SIDE + MEASURE - width, 9.5 * MM, 8, SOFT)
        foot = setting.width(sheet.foot, 1.0) or 1.0
        size = min(8.0, (MEASURE - width - 16) / foot)
        pen.text(setting.cells([Span(sheet.foot)]), SIDE, 9.5 * MM, size, SOFT)
        pen.turn()
