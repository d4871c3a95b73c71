"""Tables of figures: columns as wide as their content, figures to the right, a total row, the head on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from letters.breaking import Line, Setting, Span, lines
from letters.flow import Drawing, Strip, Type, glue, line_drawing
from letters.pen import ACCENT, HAIR, INK, SOFT, Pen

_GAP = 12.0  # between two columns
_PAD = 3.6  # above and below the text of a row
_SMALLEST = 5.5
_TOGETHER = 14  # rows that are kept on one page


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    align: Literal["left", "right", "centre"] = "right"
    wraps: bool = False  # may be broken into lines and gives way to the others
    parted: bool = False  # a line feed in its text begins a new line


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()
    strong: frozenset[int] = frozenset()  # rows in bold, e.g. sums of a part
    pad: float = _PAD


def table(content: Table, measure: float, size: float, setting: Setting, *, above: float) -> list[Strip]:
    """The table over the full measure. Figures are never broken: the type gets smaller until they fit."""
    size, widths = _widths(content, measure, size, setting)
    plain = Type(size, size * 1.45)
    head_type = Type(min(size, 8.5), size * 1.35, colour=SOFT)
    lefts = [sum(widths[:at]) + _GAP * at for at in range(len(widths))]
    head = _row([column.title for column in content.columns], content, widths, lefts, head_type, setting, wrap=True)
    header = Strip(head[0], _ruled(head[1], head[0], measure, 0.9, ACCENT), above)
    body = []
    for at, row in enumerate(content.rows):
        style = replace(plain, bold=True) if at in content.strong else plain
        height, draw = _row(row, content, widths, lefts, style, setting)
        body.append(Strip(height, _ruled(draw, height, measure, 0.4, HAIR), header=replace(header, above=0.0)))
    if content.total:
        bold = replace(plain, bold=True)
        height, draw = _row(content.total, content, widths, lefts, bold, setting)
        if body:
            body[-1] = replace(body[-1], glued=True)
        body.append(Strip(height, _ruled(draw, height, measure, 0.9, ACCENT), header=replace(header, above=0.0)))
    if len(body) <= _TOGETHER:
        return glue([replace(header, glued=True), *body])
    body[0] = replace(body[0], glued=True)
    body[-2] = replace(body[-2], glued=True)
    return [replace(header, glued=True), *body]


def _widths(content: Table, measure: float, size: float, setting: Setting) -> tuple[float, list[float]]:
    """Type size and column widths: natural ones, widened evenly, or smaller type where they do not fit."""
    gaps = _GAP * (len(content.columns) - 1)
    natural = [_natural(content, at, setting) for at in range(len(content.columns))]
    fixed = sum(width for width, column in zip(natural, content.columns, strict=True) if not column.wraps)
    flexible = sum(1 for column in content.columns if column.wraps)
    least = 40.0 * flexible
    size = max(_SMALLEST, min(size, (measure - gaps - least) / (fixed or 1.0)))
    scaled = [width * size for width in natural]
    spare = measure - gaps - sum(scaled)
    if spare >= 0:
        share = spare / len(scaled)
        return size, [width + share for width in scaled]
    room = measure - gaps - fixed * size
    wrapping = sum(width for width, column in zip(scaled, content.columns, strict=True) if column.wraps) or 1.0
    return size, [
        room * width / wrapping if column.wraps else width
        for width, column in zip(scaled, content.columns, strict=True)
    ]


def _natural(content: Table, at: int, setting: Setting) -> float:
    """Width of the column's widest entry at one point of type; a title may be broken in two."""
    entries = [(row[at], place in content.strong) for place, row in enumerate(content.rows)] + (
        [(content.total[at], True)] if content.total else []
    )
    title = setting.width(content.columns[at].title, 1.0)
    return max([title / 2, min(title, 4.5), *(setting.width(text, 1.0, bold) for text, bold in entries)])


def _row(
    texts: Sequence[str],
    content: Table,
    widths: Sequence[float],
    lefts: Sequence[float],
    style: Type,
    setting: Setting,
    *,
    wrap: bool = False,
) -> tuple[float, Drawing]:
    """Height and drawing of one row; every cell's lines begin at the top."""
    cells: list[tuple[float, list[Line], float, str]] = []
    for text, column, width, left in zip(texts, content.columns, widths, lefts, strict=True):
        wide = width if wrap or column.wraps else 1e6
        pieces = text.split("\n") if column.parted else [text]
        found = [line for piece in pieces for line in lines(setting.cells([Span(piece, style.bold)]), wide, style.size)]
        cells.append((left, found, width, column.align))
    deepest = max(len(found) for _, found, _, _ in cells)
    height = deepest * style.leading + 2 * content.pad
    drawings = [
        ((deepest - len(found) if wrap else 0) + at, line_drawing(line, style, width, left, align))
        for left, found, width, align in cells
        for at, line in enumerate(found)
    ]

    def draw(pen: Pen, x: float, y: float) -> None:
        for at, drawing in drawings:
            drawing(pen, x, y - content.pad - at * style.leading)

    return height, draw


def _ruled(
    draw: Drawing, height: float, measure: float, width: float, colour: tuple[float, float, float] = INK
) -> Drawing:
    def ruled(pen: Pen, x: float, y: float) -> None:
        draw(pen, x, y)
        pen.line(x, y - height, x + measure, y - height, width, colour)

    return ruled
