"""The A4 page: letterhead, the address where a window envelope shows it, reference column, folds and page numbers.

Address window after DIN 5008 form B (45 to 90 mm from the top, 20 mm from the left): it also shows through the
window of the Chinese DL envelope (GB/T 1416, 110 × 220 mm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from letters.breaking import Setting, Span
from letters.filling import Filling
from letters.flow import Placed, Strip, Type, paginate, paragraph
from letters.language import Language
from letters.pen import ACCENT, INK, SOFT, Pen
from letters.templates import Template

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 25 * MM, 20 * MM
MEASURE = WIDTH - LEFT - RIGHT
BOTTOM = 22 * MM
_LATER_TOP = 28 * MM
_ADDRESS_TOP, _ADDRESS_BOTTOM = 53 * MM, 90 * MM
_ADDRESS_WIDTH = 80 * MM
_INFO_LEFT = 125 * MM
_FOLDS = (105 * MM, 148.5 * MM, 210 * MM)  # fold, punch, fold


@dataclass(frozen=True, slots=True)
class Furniture:
    """Everything on a letter's pages that is not its text."""

    first_top: float  # where the text begins on page one, from the page's top
    first: Sequence[tuple[float, float, Strip]]  # x, distance from the top, strip
    running: str
    foot: str


def furnish(template: Template, filling: Filling, speech: Language, setting: Setting) -> Furniture:
    """Letterhead, address block and reference column; the text begins below whatever of them reaches lowest."""
    found: list[tuple[float, float, Strip]] = []
    top = _stack(found, LEFT, 16 * MM, _letterhead(filling, setting))
    top = _stack(found, LEFT, max(46 * MM, top + 4), _sender(filling, setting))
    top = max(_ADDRESS_TOP, top + 4)
    address_end = _stack(found, LEFT, top, _address(filling, speech, setting, _ADDRESS_BOTTOM - top))
    info_end = _stack(found, _INFO_LEFT, 50 * MM, _info(filling, speech, setting))
    start = max(_ADDRESS_BOTTOM + 6 * MM, address_end + 6 * MM, info_end + 6 * MM)
    heading = Type(16, 23, bold=True)
    start = _stack(found, LEFT, start, paragraph([Span(template.title)], MEASURE, heading, setting)) + 2
    opening = Type(speech.body.size, speech.body.leading)
    if template.salutation and filling.has("salutation"):
        spans = filling.spans("{salutation}")
        start = _stack(found, LEFT, start + 6, paragraph(spans, MEASURE, opening, setting)) + 4
    values = filling.values
    running = " · ".join(part for part in (values["bank.name"], template.title, values["case_number"]) if part)
    foot = " · ".join(values[key] for key in ("bank.name", "bank.phone", "bank.website") if values[key])
    return Furniture(start, found, running, foot)


def pages_of(strips: Sequence[Strip], furniture: Furniture) -> list[list[Placed]]:
    return paginate(strips, HEIGHT - furniture.first_top - BOTTOM, HEIGHT - _LATER_TOP - BOTTOM)


def draw(pen: Pen, pages: Sequence[Sequence[Placed]], furniture: Furniture, speech: Language, setting: Setting) -> None:
    """Draw all pages, each with its number out of how many."""
    for number, page in enumerate(pages, 1):
        top = furniture.first_top if number == 1 else _LATER_TOP
        if number == 1:
            for x, below, strip in furniture.first:
                strip.draw(pen, x, HEIGHT - below)
            for fold in _FOLDS:
                pen.line(4 * MM, HEIGHT - fold, (10 if fold == _FOLDS[1] else 8) * MM, HEIGHT - fold, 0.4)
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


def _stack(found: list[tuple[float, float, Strip]], x: float, top: float, strips: Sequence[Strip]) -> float:
    for strip in strips:
        top += strip.above
        found.append((x, top, strip))
        top += strip.height
    return top


def _letterhead(filling: Filling, setting: Setting) -> list[Strip]:
    """The bank's name and department, in the largest type that leaves the address its place."""
    strips: list[Strip] = []
    for size in (15.0, 12.0, 10.0, 8.0):
        name = Type(size, size * 1.35, bold=True, colour=ACCENT)
        strips = paragraph(filling.spans("{bank.name}"), MEASURE, name, setting)
        if filling.has("bank.department"):
            under = Type(min(9.0, size), 13, colour=SOFT)
            strips += paragraph(filling.spans("{bank.department}"), MEASURE, under, setting)
        if sum(strip.height for strip in strips) <= 28 * MM:
            break
    return strips


def _sender(filling: Filling, setting: Setting) -> list[Strip]:
    """Where the letter goes back to, small above the receiver; the name alone when the address takes too much room."""
    style = Type(7, 9, colour=SOFT)
    whole = paragraph(filling.spans("{bank.name}<< · {bank.address}>>"), _ADDRESS_WIDTH, style, setting)
    return whole if len(whole) <= 2 else paragraph(filling.spans("{bank.name}"), _ADDRESS_WIDTH, style, setting)[:2]


def _address(filling: Filling, speech: Language, setting: Setting, room: float) -> list[Strip]:
    """The receiver, in the largest type that stays inside the window."""
    patterns = [spans for pattern in speech.address if (spans := _quiet(filling, pattern))]
    strips: list[Strip] = []
    for size in (10.5, 9.5, 8.5, 7.5):
        style = Type(size, size * 1.42)
        strips = [strip for spans in patterns for strip in paragraph(spans, _ADDRESS_WIDTH, style, setting)]
        if sum(strip.height for strip in strips) <= room:
            break
    return strips


def _quiet(filling: Filling, pattern: str) -> list[Span]:
    """The line, or nothing when a value in it is missing and the text does not need it."""
    needed = any(name in pattern for name in ("{debtor.name}", "{debtor.address}"))
    return filling.spans(pattern if needed else f"<<{pattern}>>")


def _info(filling: Filling, speech: Language, setting: Setting) -> list[Strip]:
    """Date, reference and whom to ask: label over value."""
    label, value = Type(7.5, 11, colour=SOFT), Type(9.5, 13.5, colour=INK)
    width = WIDTH - RIGHT - _INFO_LEFT
    found: list[Strip] = []
    for word, name in (
        ("date", "date"),
        ("reference", "case_number"),
        ("handler", "bank.handler"),
        ("phone", "bank.phone"),
        ("hours", "bank.hours"),
    ):
        if filling.has(name):
            found += paragraph([Span(speech.words[word])], width, label, setting, above=3)
            found += paragraph([Span(filling.values[name])], width, value, setting)
    return found


def _fitted(pen: Pen, text: str, x: float, y: float, room: float, setting: Setting) -> None:
    """One line of furniture in 8 points, or as small as it must be."""
    width = setting.width(text, 1.0) or 1.0
    pen.text(setting.cells([Span(text)]), x, y, min(8.0, room / width), SOFT)
