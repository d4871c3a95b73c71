"""Setting text in lines: mixed Chinese and Latin, the rules for line starts and ends (禁则), narrowed punctuation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from letters.fonts import GETA, Cell, Faces, printable

# GB/T 15834-2011, 5: these may not begin a line, those may not end one.
_NO_START = frozenset("、，。；：？！…—·‧～％‰℃）〕］｝》〉」』】〗”’,.;:?!)]}%°")
_NO_END = frozenset("（〔［｛《〈「『【〖“‘([{$£€¥￥＄")
_UNITS = frozenset("年月日号元角分条款期")  # stay with the figure before them
# A full-width mark is ink in one half and white in the other; next to another mark or at the line's end
# the white half is dropped.
_CLOSING = frozenset("、，。；：）〕］｝》〉」』】〗")
_OPENING = frozenset("（〔［｛《〈「『【〖")
_HALF = 500.0
_CHINESE_FROM = 0x2E80
STRETCH = 0.07  # of an em between two characters, at most, to bring a Chinese line to the full measure


class Span(NamedTuple):
    """A run of text in one weight; `text` is never markup."""

    text: str
    bold: bool = False


@dataclass(slots=True)
class Setting:
    """How text is turned into cells, and what could not be set."""

    faces: Faces
    narrow_quotes: bool
    missing: dict[str, None] = field(default_factory=dict)  # in order of first appearance

    def cells(self, spans: Iterable[Span]) -> list[Cell]:
        found: list[Cell] = []
        for text, bold in spans:
            for char in printable(text):
                cell = self.faces.cell(char, bold, self.narrow_quotes)
                if cell is None:
                    self.missing[char] = None
                    cell = self.faces.cell(GETA, bold, self.narrow_quotes) or found[-1]
                found.append(cell)
        return _narrowed(found)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Points that `text` takes on one line."""
        return sum(cell.advance for cell in self.cells([Span(text, bold)])) * size / 1000


class Line(NamedTuple):
    cells: Sequence[Cell]
    width: float  # thousandths of an em, trailing blanks not counted
    last: bool  # ends its paragraph

    def stretch(self, measure: float, size: float) -> float:
        """Points to add after each character so that the line fills `measure`; 0 where it should stay ragged."""
        if self.last or len(self.cells) < 2:
            return 0.0
        each = (measure - self.width * size / 1000) / (len(self.cells) - 1)
        return each if 0 < each <= STRETCH * size else 0.0


def lines(cells: Sequence[Cell], measure: float, size: float) -> list[Line]:
    """The cells broken into lines of at most `measure` points; a word too long for a line is broken inside."""
    limit = measure * 1000 / size
    found: list[Line] = []
    start, count = 0, len(cells)
    while start < count:
        end = _line_end(cells, start, limit)
        found.append(_trimmed(cells, start, end, end >= count))
        start = end
        while start < count and cells[start].char == " ":
            start += 1
    return found or [Line((), 0.0, True)]


def _line_end(cells: Sequence[Cell], start: int, limit: float) -> int:
    width, good = 0.0, start
    for at in range(start, len(cells)):
        cell = cells[at]
        if at > start and _may_break(cells[at - 1].char, cell.char):
            good = at
        width += cell.advance
        spare = _HALF if cell.char in _CLOSING and cell.advance > _HALF else 0.0
        if width - spare > limit + 0.5 and cell.char != " ":
            return good if good > start else max(at, start + 1)
    return len(cells)


def _trimmed(cells: Sequence[Cell], start: int, end: int, last: bool) -> Line:
    while end > start and cells[end - 1].char == " ":
        end -= 1
    taken = list(cells[start:end])
    if taken and taken[-1].char in _CLOSING and taken[-1].advance > _HALF:
        taken[-1] = taken[-1]._replace(advance=taken[-1].advance - _HALF)
    return Line(taken, sum(cell.advance for cell in taken), last)


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NO_START or before in _NO_END:
        return False
    if before == " ":
        return True
    if before.isdigit() and after in _UNITS:
        return False
    if _chinese(before) or _chinese(after):
        return True
    return before in "-/" and after.isalpha()


def _chinese(char: str) -> bool:
    return ord(char) >= _CHINESE_FROM


def _narrowed(cells: list[Cell]) -> list[Cell]:
    """Drop the white half between two full-width marks: 整），明 is set as in a book."""
    for at in range(1, len(cells)):
        before, cell = cells[at - 1], cells[at]
        if before.char in _CLOSING and (cell.char in _CLOSING or cell.char in _OPENING) and before.advance > _HALF:
            cells[at - 1] = before._replace(advance=before.advance - _HALF)
        elif before.char in _OPENING and cell.char in _OPENING and cell.advance > _HALF:
            cells[at] = cell._replace(advance=cell.advance - _HALF, shift=cell.shift - _HALF)
    return cells
