"""The A4 page: what stands around a letter's text on its first page and on those that follow.

Where the address stands is the envelope's matter, `letters.envelopes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from letters.breaking import Setting, Span, same
from letters.filling import Filling
from letters.flow import Placed, Strip, Type, paginate, paragraph
from letters.language import Language
from letters.pen import SOFT, Pen
from letters.templates import Template

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 25 * MM, 20 * MM
MEASURE = WIDTH - LEFT - RIGHT
BOTTOM = 22 * MM
_LATER_TOP = 28 * MM
PUNCH = 148.5 * MM
_LITTLE = 0.3  # of a page
_CLOSER = (0.8, 0.6, 0.45)  # of the air between paragraphs


@dataclass(frozen=True, slots=True)
class Furniture:
    """Everything on a letter's pages that is not its text."""

    first_top: float  # where the text begins on page one, from the page's top
    first: Sequence[tuple[float, float, Strip]]  # x, distance from the top, strip
    running: str
    foot: str
    marks: Sequence[float]  # fold, punch, fold: distance from the top


def furnish(template: Template, filling: Filling, speech: Language, setting: Setting, envelope: str = "") -> Furniture:
    """What the envelope wants on page one, title and salutation; the text begins below whatever reaches lowest."""
    from letters.envelopes import FRONTS

    front = FRONTS[envelope]
    found: list[tuple[float, float, Strip]] = []
    start = front.furnish(found, filling, speech, setting)
    heading = Type(16, 23, bold=True)
    start = stack(found, LEFT, start, paragraph([same(template.title)], MEASURE, heading, setting)) + 2
    if front.reference is not None:
        start = stack(found, LEFT, start + 2, front.reference(filling, speech, setting)) + 4
    opening = Type(speech.body.size, speech.body.leading)
    if template.salutation and filling.has("salutation"):
        spans = filling.spans("{salutation}")
        start = stack(found, LEFT, start + 6, paragraph(spans, MEASURE, opening, setting)) + 4
    values = filling.values
    running = " · ".join(part for part in (values["bank.name"], template.title, values["case_number"]) if part)
    foot = " · ".join(values[key] for key in ("bank.name", "bank.phone", "bank.website") if values[key])
    return Furniture(start, found, running, foot, front.marks)


def pages_of(strips: Sequence[Strip], furniture: Furniture, *, close: bool = False) -> list[list[Placed]]:
    """`close`: paragraphs move closer together where that saves a last page with little on it."""
    first, later = HEIGHT - furniture.first_top - BOTTOM, HEIGHT - _LATER_TOP - BOTTOM
    pages = paginate(strips, first, later)
    if not close or len(pages) == 1 or pages[-1][-1].end > _LITTLE * later:
        return pages
    for share in _CLOSER:
        tried = paginate([strip._replace(above=strip.above * share) for strip in strips], first, later)
        if len(tried) < len(pages):
            return tried
    return pages


def draw(pen: Pen, pages: Sequence[Sequence[Placed]], furniture: Furniture, speech: Language, setting: Setting) -> None:
    """Draw all pages, each with its number out of how many."""
    for number, page in enumerate(pages, 1):
        top = furniture.first_top if number == 1 else _LATER_TOP
        if number == 1:
            for x, below, strip in furniture.first:
                strip.draw(pen, x, HEIGHT - below)
            for mark in furniture.marks:
                pen.line(4 * MM, HEIGHT - mark, (10 if mark == PUNCH else 8) * MM, HEIGHT - mark, 0.4)
        else:
            _fitted(pen, furniture.running, LEFT, HEIGHT - 17 * MM, MEASURE, setting)
            pen.line(LEFT, HEIGHT - 20 * MM, LEFT + MEASURE, HEIGHT - 20 * MM)
        for strip, below in ((placed.strip, placed.top) for placed in page):
            strip.draw(pen, LEFT, HEIGHT - top - below)
        pen.line(LEFT, 17 * MM, LEFT + MEASURE, 17 * MM)
        count = speech.words["page"].format(page=number, pages=len(pages))
        width = setting.width(count, 8)
        pen.text(setting.cells([Span(count)]), LEFT + MEASURE - width, 12 * MM, 8, SOFT)
        _fitted(pen, furniture.foot, LEFT, 12 * MM, MEASURE - width - 16, setting)
        pen.turn()


def stack(found: list[tuple[float, float, Strip]], x: float, top: float, strips: Sequence[Strip]) -> float:
    for strip in strips:
        top += strip.above
        found.append((x, top, strip))
        top += strip.height
    return top


def _fitted(pen: Pen, text: str, x: float, y: float, room: float, setting: Setting) -> None:
    """One line of furniture in 8 points, or as small as it must be."""
    width = setting.width(text, 1.0) or 1.0
    pen.text(setting.cells([Span(text)]), x, y, min(8.0, room / width), SOFT)
