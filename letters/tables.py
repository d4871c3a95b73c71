"""Tables of figures: columns as wide as their content, figures to the right, a total row, the head on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from letters.breaking import Line, Setting, Span
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
class Carry:
    """What a table needs to carry its sums over a page's end: each row's figures in minor units, None where a column
    has no sum, how a figure is written, and the words before the sum."""

    figures: Sequence[Sequence[int | None]]
    say: Callable[[int], str]
    carried: str
    brought: str


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()
    strong: frozenset[int] = frozenset()  # rows in bold, e.g. sums of a part
    pad: float = _PAD
    carry: Carry | None = None


def table(content: Table, measure: float, size: float, setting: Setting, *, above: float) -> list[Strip]:
    """The table over the full measure. Figures are never broken: the type gets smaller until they fit."""
    size, widths = _widths(content, measure, size, setting)
    plain = Type(size, size * 1.45)
    head_type = Type(min(size, 8.5), size * 1.35, colour=SOFT)
    lefts = [sum(widths[:at]) + _GAP * at for at in range(len(widths))]
    head = _row([column.title for column in content.columns], content, widths, lefts, head_type, setting, wrap=True)
    header = Strip(head[0], _ruled(head[1], head[0], measure, 0.9, ACCENT), above)
    sums = _Sums(content, measure, widths, lefts, plain, header, setting) if setting.layout.carried else None
    again = header._replace(above=0.0)
    body = []
    for at, row in enumerate(content.rows):
        style = plain._replace(bold=True) if at in content.strong else plain
        height, draw = _row(row, content, widths, lefts, style, setting)
        strip = Strip(height, _ruled(draw, height, measure, 0.4, HAIR), header=again)
        body.append(sums.around(strip, at) if sums else strip)
    if content.total:
        bold = plain._replace(bold=True)
        height, draw = _row(content.total, content, widths, lefts, bold, setting)
        if body:
            body[-1] = body[-1]._replace(glued=True, footer=None)
        strip = Strip(height, _ruled(draw, height, measure, 0.9, ACCENT), header=again)
        body.append(strip._replace(header=sums.head(len(body))) if sums else strip)
    whole = [header._replace(glued=True), *body]
    if setting.layout.carried:
        return _kept(whole)
    if len(body) <= _TOGETHER:
        return glue(whole)
    body[0] = body[0]._replace(glued=True)
    body[-2] = body[-2]._replace(glued=True)
    return [header._replace(glued=True), *body]


def _kept(strips: Sequence[Strip]) -> list[Strip]:
    """The table in one piece; a long one may be cut, but not so that fewer than two rows stand before or after."""
    found = glue(strips)
    if len(found) <= _TOGETHER + 1:
        return found
    return [strip._replace(loose=2 <= at < len(found) - 3) for at, strip in enumerate(found)]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The carried sums of a table that may be cut: below a page's last row, and again under the next page's head."""

    content: Table
    measure: float
    widths: Sequence[float]
    lefts: Sequence[float]
    style: Type
    header: Strip
    setting: Setting

    def around(self, strip: Strip, at: int) -> Strip:
        """Row `at` with what it brings along when it begins or ends a page."""
        carry = self.content.carry
        footer = self._row(carry.carried, at + 1) if carry else None
        return strip._replace(header=self.head(at), footer=footer)

    def head(self, at: int) -> Strip:
        again, carry = self.header._replace(above=0.0), self.content.carry
        if carry is None or at == 0:
            return again
        brought = self._row(carry.brought, at)

        def draw(pen: Pen, x: float, y: float) -> None:
            again.draw(pen, x, y)
            brought.draw(pen, x, y - again.height)

        return Strip(again.height + brought.height, draw)

    def _row(self, label: str, count: int) -> Strip:
        """The sums of the first `count` rows; nothing is set before it is drawn, since most are never needed."""
        height = self.style.leading + 2 * self.content.pad

        def draw(pen: Pen, x: float, y: float) -> None:
            for drawing in self._drawings(label, count):
                drawing(pen, x, y - self.content.pad)
            pen.line(x, y - height, x + self.measure, y - height, 0.4, HAIR)

        return Strip(height, draw)

    def _drawings(self, label: str, count: int) -> list[Drawing]:
        carry, style, setting = self.content.carry, self.style, self.setting
        if carry is None:
            return []
        columns = [[row[at] for row in carry.figures[:count]] for at in range(len(self.widths))]
        first = next((at for at, figures in enumerate(columns) if None not in figures), len(columns))
        room = self.lefts[first] - _GAP if 0 < first < len(columns) else self.measure
        size = min(style.size, style.size * room / (setting.width(label, style.size) or 1.0))
        found = [line_drawing(setting.line(Span(label)), style._replace(size=size, colour=SOFT), room)]
        for figures, column, width, left in zip(columns, self.content.columns, self.widths, self.lefts, strict=True):
            known = [figure for figure in figures if figure is not None]
            if len(known) == count:
                line = setting.line(Span(carry.say(sum(known))))
                found.append(line_drawing(line, style, width, left, column.align))
        return found


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
    """Height and drawing of one row; every cell's lines begin at the top. `wrap`: the head, which many letters have."""
    cells: list[tuple[float, list[Line], float, str]] = []
    for text, column, width, left in zip(texts, content.columns, widths, lefts, strict=True):
        spans = [Span(piece, style.bold, wrap) for piece in (text.split("\n") if column.parted else [text])]
        if wrap or column.wraps:
            found = [line for span in spans for line in setting.lines([span], width, style.size)]
        else:
            found = [setting.line(span) for span in spans]
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
