"""Setting text in lines: mixed Chinese and Latin, the rules for line starts and ends (禁则), narrowed punctuation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from letters.fonts import GETA, Cell, Faces, composed, printable
from letters.layouts import CURRENT, Layout
from workstation.domain.money import DECIMALS

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
# The same for the layouts that follow CLREQ (W3C, Requirements for Chinese Text Layout, 3.1.4) in full.
_NO_START_EITHER = _NO_START | frozenset("〗〞＂＇／＼｝｠｡､･﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞゛゜々〻ー¢°′″℉½¼¾»›™®©²³")
_NO_END_EITHER = _NO_END | frozenset("〝｟﹙﹛﹝«‹§№#＃")
_COUNTED = _UNITS | frozenset("万亿千百个天岁户笔张次项倍页折")
_GAP = 95.0  # a tenth of an em: text extractors take a wider one for a blank that was written
STRETCH = 0.07  # of an em between two characters, at most, to bring a Chinese line to the full measure


class Span(NamedTuple):
    """A run of text in one weight; `text` is never markup."""

    text: str
    bold: bool = False
    fixed: bool = False  # of the template or the bank: the same in many letters


@dataclass(slots=True)
class Setting:
    """How text is turned into cells, and what could not be set."""

    faces: Faces
    narrow_quotes: bool
    layout: Layout = CURRENT
    missing: dict[str, None] = field(default_factory=dict)  # in order of first appearance
    fixed: dict[int, set[int]] = field(default_factory=dict)  # face → characters of what is the same in many letters

    def cells(self, spans: Iterable[Span]) -> Kept:
        return self._noted(_set(self.faces, self.narrow_quotes, self.layout, tuple(spans)))

    def lines(self, spans: Iterable[Span], measure: float, size: float) -> Broken:
        """The spans in lines of at most `measure` points; what stands in many letters is broken once."""
        set_, found = _broken(self.faces, self.narrow_quotes, self.layout, tuple(spans), measure, size)
        self._noted(set_)
        return found

    def _noted(self, set_: _Set) -> Kept:
        for char in set_.missing:
            self.missing[char] = None
        for face, characters in set_.fixed:
            self.fixed.setdefault(face, set()).update(characters)
        return set_.cells

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Points that `text` takes on one line."""
        set_ = _set(self.faces, self.narrow_quotes, self.layout, (Span(text, bold),))
        self._noted(set_)
        return set_.advance * size / 1000


class Kept(tuple[Cell, ...]):
    """Cells that will be drawn again: a pen may note here what it found out about them."""

    runs: Any = None


class Broken(tuple["Line", ...]):
    """Lines that will be asked for again; two are the same only when they are one."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class _Set(NamedTuple):
    """Spans as cells. `fixed`: by face the characters of the spans that are fixed."""

    cells: Kept
    advance: float  # thousandths of an em
    missing: Sequence[str]
    fixed: Sequence[tuple[int, frozenset[int]]]


@lru_cache(maxsize=2048)
def _set(faces: Faces, narrow_quotes: bool, layout: Layout, spans: tuple[Span, ...]) -> _Set:
    found: list[Cell] = []
    missing: dict[str, None] = {}
    fixed: dict[int, set[int]] = {}
    for text, bold, same in spans:
        begins, cells = len(found), faces.cells(bold, narrow_quotes)
        for char in printable(composed(text) if layout.spaced else text):
            cell = cells[char]
            if cell is None:
                missing[char] = None
                cell = cells[GETA] or found[-1]
            found.append(cell)
        if same:
            for cell in found[begins:]:
                fixed.setdefault(cell.face, set()).add(ord(cell.char))
    found = _spaced(_narrowed(found)) if layout.spaced else _narrowed(found)
    known = tuple((face, frozenset(characters)) for face, characters in fixed.items())
    return _Set(Kept(found), sum(cell.advance for cell in found), tuple(missing), known)


@lru_cache(maxsize=1024)
def _broken(
    faces: Faces, narrow_quotes: bool, layout: Layout, spans: tuple[Span, ...], measure: float, size: float
) -> tuple[_Set, Broken]:
    set_ = _set(faces, narrow_quotes, layout, spans)
    return set_, Broken(lines(set_.cells, measure, size, layout))


class Line(NamedTuple):
    cells: Sequence[Cell]
    width: float  # thousandths of an em, trailing blanks not counted
    last: bool  # ends its paragraph

    def stretch(self, measure: float, size: float) -> float:
        """Points to add after each character so that the line fills `measure`; 0 where it should stay ragged."""
        if self.last:
            return 0.0
        places = sum(1 for cell in self.cells[:-1] if not cell.gap)
        if not places:
            return 0.0
        each = (measure - self.width * size / 1000) / places
        return each if 0 < each <= STRETCH * size else 0.0


def lines(cells: Sequence[Cell], measure: float, size: float, layout: Layout = CURRENT) -> list[Line]:
    """The cells broken into lines of at most `measure` points; a word too long for a line is broken inside."""
    limit = measure * 1000 / size
    may_break = _may_break_by_clreq if layout.spaced else _may_break
    found: list[Line] = []
    start, count = 0, len(cells)
    while start < count:
        end = _line_end(cells, start, limit, may_break)
        if layout.spaced and end < count:
            if not may_break(cells, end):
                end = _least_bad(cells, start, end)
            elif _one_left(cells, end):
                end = _earlier(cells, start, end, may_break)
        found.append(_trimmed(cells, start, end, end >= count))
        start = end
        while start < count and cells[start].char == " ":
            start += 1
    return found or [Line((), 0.0, True)]


def _line_end(cells: Sequence[Cell], start: int, limit: float, may_break: Callable[[Sequence[Cell], int], bool]) -> int:
    width, good = 0.0, start
    for at in range(start, len(cells)):
        cell = cells[at]
        if at > start and may_break(cells, at):
            good = at
        width += cell.advance
        spare = _HALF if cell.char in _CLOSING and cell.advance > _HALF else cell.gap
        if width - spare > limit + 0.5 and cell.char != " ":
            return good if good > start else max(at, start + 1)
    return len(cells)


def _least_bad(cells: Sequence[Cell], start: int, end: int) -> int:
    """Where to cut what has no place to break: as late as no mark is left at the wrong side, not inside a figure."""
    for inside in (False, True):
        for at in range(end, start, -1):
            before, after = cells[at - 1].char, cells[at].char
            apart = inside or not (after.isdigit() and (before.isdigit() or before in ".,"))
            if apart and after not in _NO_START_EITHER and before not in _NO_END_EITHER:
                return at
    return end


def _one_left(cells: Sequence[Cell], end: int) -> bool:
    """Would the paragraph's last line hold one Chinese character only, marks not counted?"""
    if len(cells) - end > 4:
        return False
    left = [cell.char for cell in cells[end:] if cell.char not in _NO_START_EITHER and cell.char != " "]
    return len(left) == 1 and _chinese(left[0])


def _earlier(cells: Sequence[Cell], start: int, end: int, may_break: Callable[[Sequence[Cell], int], bool]) -> int:
    """The place to break before `end`, when the line stays nearly full; else `end`."""
    for at in range(end - 1, max(start + 8, end - 4) - 1, -1):
        if may_break(cells, at):
            return at
    return end


def _trimmed(cells: Sequence[Cell], start: int, end: int, last: bool) -> Line:
    while end > start and cells[end - 1].char == " ":
        end -= 1
    taken = list(cells[start:end])
    if taken and taken[-1].char in _CLOSING and taken[-1].advance > _HALF:
        taken[-1] = taken[-1]._replace(advance=taken[-1].advance - _HALF)
    elif taken and taken[-1].gap:
        taken[-1] = taken[-1]._replace(advance=taken[-1].advance - taken[-1].gap, gap=0.0)
    return Line(Kept(taken), sum(cell.advance for cell in taken), last)


def _may_break(cells: Sequence[Cell], at: int) -> bool:
    """May a line end before the cell `at`? As the first layout has it."""
    before, after = cells[at - 1].char, cells[at].char
    if after == " " or after in _NO_START or before in _NO_END:
        return False
    if before == " ":
        return True
    if before.isdigit() and after in _UNITS:
        return False
    if _chinese(before) or _chinese(after):
        return True
    return before in "-/" and after.isalpha()


def _may_break_by_clreq(cells: Sequence[Cell], at: int) -> bool:
    """As CLREQ has it, and with words that are one thing kept whole."""
    before, after = cells[at - 1].char, cells[at].char
    if after == " " or after in _NO_START_EITHER or before in _NO_END_EITHER:
        return False
    if before == " ":
        return not _bound(cells, at)
    if _chinese(before) or _chinese(after):
        return not _one_thing(cells, at)
    return before in "-/" and after.isalpha()


def _one_thing(cells: Sequence[Cell], at: int) -> bool:
    """A figure with what it counts (29期) or with its sign, 人民币 with its amount."""
    before, after = cells[at - 1].char, cells[at].char
    if after.isdigit():
        return before in "-+−币"
    if before.isdigit():
        return after in _COUNTED
    following = cells[at + 1].char if at + 1 < len(cells) else ""
    return before + after == "民币" or before + after + following == "人民币"


def _bound(cells: Sequence[Cell], at: int) -> bool:
    """Does the blank before the cell `at` hold together what is one thing: CNY 1,600.00, § 1006, ( 5, 12 %?"""
    word: list[str] = []
    for cell in reversed(cells[max(0, at - 5) : at - 1]):
        if not cell.char.isascii() or not cell.char.isalpha():
            break
        word.insert(0, cell.char)
    if "".join(word) in DECIMALS and (cells[at].char.isdigit() or cells[at].char in "-−"):
        return True
    return at > 1 and cells[at - 2].char in _NO_END_EITHER


@cache
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


def _spaced(cells: list[Cell]) -> list[Cell]:
    """A little air between a Chinese character and a Latin letter or figure; no blank is written there."""
    kinds = "".join([_SCRIPTS[cell.char] for cell in cells])
    for found in _BOTH.finditer(kinds):
        char, face, advance, shift, _ = cells[found.start()]
        cells[found.start()] = Cell(char, face, advance + _GAP, shift, _GAP)
    return cells


_BOTH = re.compile("h(?=l)|l(?=h)")  # an ideograph and a letter or figure, in either order


class _Scripts(dict[str, str]):
    """`h` for an ideograph, `l` for a letter or figure, a blank for others."""

    def __missing__(self, char: str) -> str:
        letter = char.isalpha() if _chinese(char) else char.isalnum()
        found = self[char] = ("h" if _chinese(char) else "l") if letter else " "
        return found


_SCRIPTS = _Scripts()
