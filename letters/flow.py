"""Strips of a letter and how they fall on pages: what must stay together stays, a heading never ends a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from letters.breaking import Line, SetText, Setting, Span, lines
from letters.layouts import Layout
from letters.pen import INK, Pen

_BLANK = 0.35  # of a page may be left blank to keep a table together


class Drawing(Protocol):
    """Draws a strip whose top edge is at `y`, left edge at `x` (points from the page's lower left corner)."""

    def __call__(self, pen: Pen, x: float, y: float) -> None: ...


class Strip(NamedTuple):
    """A horizontal band that is never divided."""

    height: float
    draw: Drawing
    above: float = 0.0  # free space before it, dropped at the top of a page
    glued: bool = False  # must stand on the same page as the next strip
    header: Strip | None = None  # drawn again above this strip when it begins a page
    footer: Strip | None = None  # drawn below this strip when what follows with a header goes to the next page
    loose: bool = False  # the glue holds only while no large part of a page is left blank for it


class Placed(NamedTuple):
    strip: Strip
    top: float  # distance of the strip's top edge below the top of the page's body

    @property
    def end(self) -> float:
        return self.top + self.strip.height


class Type(NamedTuple):
    """Size and line distance in points, weight and colour of a text."""

    size: float
    leading: float
    bold: bool = False
    colour: tuple[float, float, float] = INK
    justified: bool = False
    align: Literal["left", "right", "centre"] = "left"


def paragraph(
    spans: Sequence[Span],
    measure: float,
    style: Type,
    setting: Setting,
    *,
    above: float = 0.0,
    left: float = 0.0,
    glued: bool = False,
) -> list[Strip]:
    """Lines of text; the first two and the last two keep together, so that no line stands alone on a page."""
    if style.bold:
        spans = [Span(span.text, True, span.fixed) for span in spans]
    found = setting.text(tuple(spans))
    make = _known if found.cells.fixed else _strips
    return [*make(found, setting.layout, measure, style, above, left, glued)]


def _strips(
    text: SetText, layout: Layout, measure: float, style: Type, above: float, left: float, glued: bool
) -> Sequence[Strip]:
    found = lines(text, measure - left, style.size, layout)
    count = len(found)
    return [
        Strip(
            style.leading,
            line_drawing(line, style, measure - left, left, style.align),
            above if at == 0 else 0.0,
            (count > 1 and at in {0, count - 2}) or (glued and at >= count - 2),
        )
        for at, line in enumerate(found)
    ]


_known = lru_cache(maxsize=1024)(_strips)  # what stands in many letters is made into strips once


def line_drawing(line: Line, style: Type, measure: float, left: float = 0.0, align: str = "left") -> Drawing:
    """Draws one line on the baseline of a band of the style's leading."""
    drop = (style.leading + 0.74 * style.size) / 2  # capital height 733: the line sits in the middle of its band
    stretch = line.stretch(measure, style.size) if style.justified else 0.0
    indent = left
    if align == "right":
        indent += measure - line.width * style.size / 1000
    elif align == "centre":
        indent += (measure - line.width * style.size / 1000) / 2

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.text(line.cells, x + indent, y - drop, style.size, style.colour, stretch)

    return draw


def beside(columns: Sequence[tuple[float, Sequence[Strip]]], *, above: float, glued: bool = False) -> list[Strip]:
    """Columns of strips of the same leading set side by side, each at its own distance from the left."""
    rows = max(len(strips) for _, strips in columns)
    found = []
    for row in range(rows):
        cells = [(left, strips[row]) for left, strips in columns if row < len(strips)]
        found.append(
            Strip(
                max(strip.height for _, strip in cells),
                _row_drawing(cells),
                above if row == 0 else 0.0,
                (rows > 1 and row in {0, rows - 2}) or (glued and row == rows - 1),
            )
        )
    return found


def _row_drawing(cells: Sequence[tuple[float, Strip]]) -> Drawing:
    def draw(pen: Pen, x: float, y: float) -> None:
        for left, strip in cells:
            strip.draw(pen, x + left, y)

    return draw


def glue(strips: Sequence[Strip]) -> list[Strip]:
    """All of them on one page; the last one is left as it was."""
    return [*(strip if strip.glued else strip._replace(glued=True) for strip in strips[:-1]), *strips[-1:]]


def paginate(strips: Sequence[Strip], first: float, later: float) -> list[list[Placed]]:
    """Fill pages whose bodies are `first`, then `later` points high. What is glued but higher than a page is cut."""
    pages: list[list[Placed]] = [[]]
    used, room = 0.0, first
    for chunk in _chunks(strips):
        for piece in _pieces(chunk, used, room, later):
            needed = _height(piece) + (piece[-1].footer.height if piece[-1].footer else 0.0)
            if pages[-1] and used + needed > room + 0.01:
                last = pages[-1][-1].strip
                if last.footer is not None and piece[0].header is not None:
                    pages[-1].append(Placed(last.footer, used))
                pages.append([])
                used, room = 0.0, later
                if piece[0].header is not None:
                    pages[-1].append(Placed(piece[0].header, 0.0))
                    used = piece[0].header.height
            for strip in piece:
                if pages[-1]:
                    used += strip.above
                pages[-1].append(Placed(strip, used))
                used += strip.height
    return pages


def _pieces(chunk: list[Strip], used: float, room: float, later: float) -> list[list[Strip]]:
    """What of a chunk must not be divided: all of it, or less where it is higher than a page, or where keeping it
    whole would leave too much of this page blank."""
    header = chunk[0].header.height if chunk[0].header else 0.0
    whole = _height(chunk) - chunk[0].above + header
    too_high = whole > later or (not used and whole > room)
    loose = any(strip.loose for strip in chunk)
    if not too_high and not (loose and used + _height(chunk) > room and room - used > _BLANK * later):
        return [chunk]
    if not loose:
        return [[strip] for strip in chunk]
    found: list[list[Strip]] = [[]]
    for strip in chunk:
        found[-1].append(strip)
        if strip.loose:
            found.append([])
    return [piece for piece in found if piece]


def _height(strips: Sequence[Strip]) -> float:
    return sum(strip.height + strip.above for strip in strips)


def _chunks(strips: Sequence[Strip]) -> Iterator[list[Strip]]:
    chunk: list[Strip] = []
    for strip in strips:
        chunk.append(strip)
        if not strip.glued:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
