"""A visitor's dossier: an index and the day's route, then each stop's pages, then its forms; a number on every page.

Every page says that it is confidential, whose number it has and until when it holds, which stop and which page it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from letters.archive_file import write_archival
from letters.bands import rule
from letters.breaking import Setting, Span
from letters.document import About
from letters.dossier_forms import FormPaper, form_strips
from letters.flow import Placed, Strip, Type, beside, paginate, paragraph
from letters.fonts import faces
from letters.language import language
from letters.page import HEIGHT, MM, WIDTH
from letters.pen import ACCENT, SOFT, Pen
from letters.route_picture import RoutePicture, picture_strip
from letters.sheet import MEASURE, SIDE, Section, head_strips, section_strips

TOP, BOTTOM = 20 * MM, 17 * MM
_BAND = 12 * MM  # of the upper edge: where the number stands
_SMALL = 8.0
_RULED = 25.0  # a line to write on
_SIZE, _LEADING = 9.0, 12.5  # of what is read at the door


class Cancelled(Exception):  # not an error: whoever waited has gone
    """Nobody waits for the dossier any more; nothing was made."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Short lines below a heading, each after its label, dash or box; `ruled`: with a line to write on below each."""

    heading: str
    rows: Sequence[tuple[str, str]]
    texts: Sequence[str] = ()
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class StopPapers:
    """One stop: `label` stands at the foot of its pages; `forms` each begin a page and are the debtor's to sign."""

    label: str
    title: str
    about: str
    sections: Sequence[Section | Lines]
    forms: Sequence[FormPaper] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """`page` has the places {page} and {pages}."""

    confidential: str
    number: str  # with the number and the day to be back by
    page: str


@dataclass(frozen=True, slots=True)
class DossierSheet:
    """Everything in the reader's language, the forms in the debtor's. `front` says what it is and which stops; without
    it the stops stand alone."""

    title: str
    about: str
    front: Sequence[Section]
    route: RoutePicture | None
    after_route: Sequence[Section]
    stops: Sequence[StopPapers]
    words: Words
    author: str
    day: date
    language: str  # zh_CN or en


@dataclass(frozen=True, slots=True)
class DossierPdf:
    """`starts`: each stop's first page, from 1. `missing_glyphs`: characters that no face has, printed as 〓."""

    pdf: bytes
    pages: int
    sha256: str
    starts: tuple[int, ...]
    missing_glyphs: tuple[str, ...]


def dossier_pdf(
    sheet: DossierSheet,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> DossierPdf:
    """The dossier as PDF/A; the same sheet gives the same bytes. The faces are cut once for all of it.

    Raises `Cancelled` when `cancelled` says so between two stops.
    """
    setting = Setting(faces(), language(sheet.language).narrow_quotes)
    parts: list[tuple[str, list[list[Placed]]]] = []
    if sheet.front:
        parts.append((sheet.title, _pages(_front(sheet, setting))))
    starts: list[int] = []
    count = sum(len(pages) for _, pages in parts)
    for done, stop in enumerate(sheet.stops, 1):
        if cancelled():
            raise Cancelled
        starts.append(count + 1)
        pages = _pages(_of_stop(stop, setting))
        for form in stop.forms:
            pages += _pages(form_strips(form, MEASURE, setting))
        parts.append((stop.label, pages))
        count += len(pages)
        progress(done, len(sheet.stops))

    def draw(pen: Pen) -> None:
        at = 0
        for label, pages in parts:
            for page in pages:
                at += 1
                _draw(pen, page, sheet.words, label, sheet.words.page.format(page=at, pages=count), setting)

    about = About(repr(sheet), sheet.title, sheet.author, sheet.title, language(sheet.language).pdf, sheet.day)
    pdf = write_archival(about, (WIDTH, HEIGHT), setting.faces, draw, setting.fixed)
    return DossierPdf(pdf, count, hashlib.sha256(pdf).hexdigest(), tuple(starts), tuple(setting.missing))


def _pages(strips: Sequence[Strip]) -> list[list[Placed]]:
    room = HEIGHT - TOP - BOTTOM
    return paginate(strips, room, room)


def _front(sheet: DossierSheet, setting: Setting) -> list[Strip]:
    found = head_strips(sheet.title, sheet.about, setting)
    for section in sheet.front:
        found += section_strips(section, setting)
    if sheet.route is not None:
        found.append(picture_strip(sheet.route, MEASURE, setting))
    for section in sheet.after_route:
        found += section_strips(section, setting)
    return found


def _of_stop(stop: StopPapers, setting: Setting) -> list[Strip]:
    found = head_strips(stop.title, stop.about, setting)
    for section in stop.sections:
        found += _lines(section, setting) if isinstance(section, Lines) else section_strips(section, setting)
    return found


def _lines(section: Lines, setting: Setting) -> list[Strip]:
    plain, soft = Type(_SIZE, _LEADING), Type(_SIZE, _LEADING, colour=SOFT)
    found = paragraph([Span(section.heading)], MEASURE, Type(11, 15, bold=True), setting, above=11, glued=True)
    for text in section.texts:
        found += paragraph([Span(text)], MEASURE, plain, setting, above=2, glued=section.ruled)
    widest = max((setting.width(label, _SIZE) for label, _ in section.rows), default=0.0)
    hang = min(widest + 8, MEASURE * 0.3)
    for at, (label, text) in enumerate(section.rows):
        left = paragraph([Span(label)], hang - 6, soft, setting)
        right = paragraph([Span(text)], MEASURE - hang, plain, setting)
        found += beside([(0.0, left), (hang, right)], above=2.0 if section.ruled else 1.0, glued=at == 0)
        if section.ruled:
            found[-1] = found[-1]._replace(glued=True)
            found.append(Strip(_RULED, rule(MEASURE), glued=at + 1 < len(section.rows)))
    return found


def _draw(pen: Pen, page: Sequence[Placed], words: Words, label: str, count: str, setting: Setting) -> None:
    for placed in page:
        placed.strip.draw(pen, SIDE, HEIGHT - TOP - placed.top)
    over = HEIGHT - _BAND
    pen.fill(SIDE, over - 2.5 * MM, MEASURE, 7 * MM)
    bold = setting.cells([Span(words.confidential, bold=True)])
    pen.text(bold, SIDE + 2 * MM, over, _SMALL, ACCENT)
    taken = setting.width(words.confidential, _SMALL, bold=True) + 6 * MM
    _right(pen, words.number, over, taken, ACCENT, setting, bold=True)
    pen.line(SIDE, 14 * MM, SIDE + MEASURE, 14 * MM)
    width = _right(pen, count, 9.5 * MM, 0.0, SOFT, setting)
    room = MEASURE - width - 16
    size = min(_SMALL, room / (setting.width(label, 1.0) or 1.0))
    pen.text(setting.cells([Span(label)]), SIDE, 9.5 * MM, size, SOFT)
    pen.turn()


def _right(
    pen: Pen,
    text: str,
    y: float,
    taken: float,
    colour: tuple[float, float, float],
    setting: Setting,
    *,
    bold: bool = False,
) -> float:
    """The text at the right edge, smaller where `taken` leaves less room; its width."""
    one = setting.width(text, 1.0, bold) or 1.0
    size = min(_SMALL, (MEASURE - taken - 2 * MM) / one)
    pen.text(setting.cells([Span(text, bold)]), SIDE + MEASURE - 2 * MM - one * size, y, size, colour)
    return one * size
