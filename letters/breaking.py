"""Setting text in lines: mixed Chinese and Latin, the rules for line starts and ends (禁则), narrowed punctuation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate, compress, count
from operator import ne
from typing import Any, NamedTuple, cast

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


def same(text: str) -> Span:
    """A text that many letters have."""
    return Span(text, False, True)


@dataclass(slots=True)
class Setting:
    """How text is turned into cells, and what could not be set."""

    faces: Faces
    narrow_quotes: bool
    layout: Layout = CURRENT
    missing: dict[str, None] = field(default_factory=dict)  # in order of first appearance
    _fixed: dict[int, set[frozenset[int]]] = field(default_factory=dict)
    _own: dict[tuple[Span, ...], SetText] = field(default_factory=dict)  # texts that other letters do not have

    def text(self, spans: tuple[Span, ...]) -> SetText:
        """The spans as cells; what stands in many letters is set once."""
        if is_same(spans):
            found = _known(self.faces, self.narrow_quotes, self.layout, spans)
            self.note(found)
            return found
        own = self._own.get(spans)
        if own is None:
            own = self._own[spans] = _set(self.faces, self.narrow_quotes, self.layout, spans)
            self.note(own)
        return own

    def cells(self, spans: Iterable[Span]) -> Kept:
        return self.text(tuple(spans)).cells

    def lines(self, spans: Iterable[Span], measure: float, size: float) -> list[Line]:
        """The spans in lines of at most `measure` points."""
        return lines(self.text(tuple(spans)), measure, size, self.layout)

    def line(self, span: Span) -> Line:
        """All of it on one line, however long."""
        found = self.text((span,))
        return _trimmed(found, 0, len(found.cells))

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Points that `text` takes on one line."""
        return self.text((Span(text, bold),)).advance * size / 1000

    def note(self, text: SetText) -> None:
        """It stands in this letter."""
        for char in text.missing:
            self.missing[char] = None
        for face, characters in text.fixed:
            self._fixed.setdefault(face, set()).add(characters)

    @property
    def fixed(self) -> dict[int, frozenset[int]]:
        """By face the characters of what is the same in many letters."""
        return {face: _together(frozenset(parts)) for face, parts in self._fixed.items()}


@lru_cache(maxsize=256)
def _together(parts: frozenset[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*parts)


class Run(NamedTuple):
    """Characters set one after another: the face, what lies before them (thousandths of an em, stretched gaps)."""

    face: int
    offset: float
    gaps: int
    text: str


class Kept(tuple[Cell, ...]):
    """Cells that will be drawn again, with what is known of them. A pen may note here what it drew."""

    fixed: bool  # of the template or the bank throughout
    runs: Sequence[Run]  # one ends where the face changes, before what is shifted, after what is not as wide as usual
    drawn: Any = None


@dataclass(slots=True, eq=False)
class SetText:
    """Spans as cells. `fixed`: by face the characters of the spans that are fixed."""

    cells: Kept
    text: str  # what the cells show
    places: Sequence[float]  # where each cell begins, and the last one's end; thousandths of an em
    ends: Sequence[int]  # cells that end a run, ascending; the last one may be missing
    missing: Sequence[str]
    fixed: Sequence[tuple[int, frozenset[int]]]

    @property
    def advance(self) -> float:
        """Thousandths of an em."""
        return self.places[-1]

    def runs(self, start: int, end: int) -> list[Run]:
        found: list[Run] = []
        cells, places, ends = self.cells, self.places, self.ends
        begins, gaps, at = start, 0, bisect_left(ends, start)
        while begins < end:
            until = min(ends[at] + 1, end) if at < len(ends) else end
            cell = cells[begins]
            offset = places[begins] - places[start] + cell.shift
            found.append(Run(cell.face, offset, begins - start - gaps, self.text[begins:until]))
            gaps += bool(cells[until - 1].gap)
            begins, at = until, at + 1
        return found


class _Part(NamedTuple):
    """One span as cells."""

    cells: Sequence[Cell]
    text: str
    advances: Sequence[float]
    faces: bytes
    missing: Mapping[str, None]


def is_same(spans: Iterable[Span]) -> bool:
    """Have many letters all of it?"""
    return False not in [span.fixed for span in spans]


def _set(faces: Faces, narrow_quotes: bool, layout: Layout, spans: tuple[Span, ...]) -> SetText:
    cells: list[Cell] = []
    advances: list[float] = []
    missing: dict[str, None] = {}
    fixed: list[tuple[int, frozenset[int]]] = []
    text, of_faces = "", b""
    for said, bold, same in spans:
        if same:
            part, characters = _same(faces, narrow_quotes, layout, said, bold)
            fixed += characters
        else:
            part = _part(faces, narrow_quotes, layout, said, bold)
        cells += part.cells
        text += part.text
        advances += part.advances
        of_faces += part.faces
        missing.update(part.missing)
    ends = _narrow(cells, text)
    if layout.spaced:
        ends |= _space(cells, text)
    for at in ends:
        advances[at] = cells[at].advance
    ends |= {at - 1 for at in ends if at and cells[at].shift}
    if of_faces.count(of_faces[:1]) != len(of_faces):
        ends.update(compress(count(), map(ne, of_faces, of_faces[1:])))
    kept = Kept(cells)
    kept.fixed = is_same(spans)
    found = SetText(kept, text, [*accumulate(advances, initial=0.0)], sorted(ends), tuple(missing), fixed)
    kept.runs = found.runs(0, len(cells))
    return found


_known = lru_cache(maxsize=2048)(_set)


def _part(faces: Faces, narrow_quotes: bool, layout: Layout, text: str, bold: bool) -> _Part:
    known = faces.cells(bold, narrow_quotes)
    text = printable(composed(text) if layout.spaced else text)
    found = [*map(known.__getitem__, text)]
    missing: dict[str, None] = {}
    if None in found:
        missing = {char: None for char, cell in zip(text, found, strict=True) if cell is None}
        found = [known[char if cell else GETA] for char, cell in zip(text, found, strict=True)]
        text = "".join([GETA if char in missing else char for char in text])
    cells = cast("list[Cell]", found)
    return _Part(cells, text, [cell[2] for cell in cells], bytes([cell[1] for cell in cells]), missing)


@lru_cache(maxsize=2048)
def _same(
    faces: Faces, narrow_quotes: bool, layout: Layout, text: str, bold: bool
) -> tuple[_Part, Sequence[tuple[int, frozenset[int]]]]:
    """A text that stands in many letters, and by face its characters."""
    part = _part(faces, narrow_quotes, layout, text, bold)
    fixed: dict[int, set[int]] = {}
    for cell in part.cells:
        fixed.setdefault(cell.face, set()).add(ord(cell.char))
    return part, [(face, frozenset(characters)) for face, characters in fixed.items()]


class Line(NamedTuple):
    cells: Kept
    width: float  # thousandths of an em, trailing blanks not counted
    last: bool  # ends its paragraph
    joints: int = 0  # cells that something may be added after

    def stretch(self, measure: float, size: float) -> float:
        """Points to add after each character so that the line fills `measure`; 0 where it should stay ragged."""
        if self.last or not self.joints:
            return 0.0
        each = (measure - self.width * size / 1000) / self.joints
        return each if 0 < each <= STRETCH * size else 0.0


def lines(text: SetText, measure: float, size: float, layout: Layout = CURRENT) -> list[Line]:
    """The text broken into lines of at most `measure` points; a word too long for a line is broken inside."""
    limit = measure * 1000 / size
    may_break = _may_break_by_clreq if layout.spaced else _may_break
    found: list[Line] = []
    cells, places = text.cells, text.places
    start, count = 0, len(cells)
    while start < count:
        end = _line_end(cells, places, start, limit, may_break)
        if layout.spaced and end < count:
            if not may_break(cells, end):
                end = _least_bad(cells, start, end)
            elif _one_left(cells, end):
                end = _earlier(cells, start, end, may_break)
        found.append(_trimmed(text, start, end))
        start = end
        while start < count and cells[start].char == " ":
            start += 1
    return found or [_trimmed(text, 0, 0)]


def _line_end(
    cells: Sequence[Cell],
    places: Sequence[float],
    start: int,
    limit: float,
    may_break: Callable[[Sequence[Cell], int], bool],
) -> int:
    begins = places[start]
    for at in range(max(start, bisect_right(places, begins + limit, start) - 1), len(cells)):
        cell = cells[at]
        spare = _HALF if cell.char in _CLOSING and cell.advance > _HALF else cell.gap
        if places[at + 1] - begins - spare > limit + 0.5 and cell.char != " ":
            return next((end for end in range(at, start, -1) if may_break(cells, end)), max(at, start + 1))
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


def _trimmed(text: SetText, start: int, end: int) -> Line:
    cells, last = text.cells, end >= len(text.cells)
    while end > start and cells[end - 1].char == " ":
        end -= 1
    taken, width = cells[start:end], text.places[end] - text.places[start]
    if taken:
        char, face, advance, shift, gap = taken[-1]
        spare = _HALF if char in _CLOSING and advance > _HALF else gap
        if spare:
            taken = (*taken[:-1], Cell(char, face, advance - spare, shift, 0.0 if spare == gap else gap))
            width -= spare
    kept = Kept(taken)
    kept.fixed = cells.fixed
    kept.runs = text.runs(start, end)
    joints = 0 if last else sum([not cell.gap for cell in taken[:-1]])
    return Line(kept, width, last, joints)


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


def _narrow(cells: list[Cell], text: str) -> set[int]:
    """Drop the white half between two full-width marks: 整），明 is set as in a book. Which cells were changed."""
    changed: set[int] = set()
    if not _MARKS.search(text):
        return changed
    for at in range(1, len(cells)):
        before, cell = cells[at - 1], cells[at]
        if before.char in _CLOSING and (cell.char in _CLOSING or cell.char in _OPENING) and before.advance > _HALF:
            cells[at - 1] = before._replace(advance=before.advance - _HALF)
            changed.add(at - 1)
        elif before.char in _OPENING and cell.char in _OPENING and cell.advance > _HALF:
            cells[at] = cell._replace(advance=cell.advance - _HALF, shift=cell.shift - _HALF)
            changed.add(at)
    return changed


def _space(cells: list[Cell], text: str) -> set[int]:
    """A little air between a Chinese character and a Latin letter or figure; no blank is written there. Which cells
    were changed."""
    changed = {found.start() for found in _BOTH.finditer(text.translate(_SCRIPTS))}
    for at in changed:
        char, face, advance, shift, _ = cells[at]
        cells[at] = Cell(char, face, advance + _GAP, shift, _GAP)
    return changed


_MARKS = re.compile(f"[{''.join(map(re.escape, _CLOSING | _OPENING))}]{{2}}")
_BOTH = re.compile("h(?=l)|l(?=h)")  # an ideograph and a letter or figure, in either order


class _Scripts(dict[int, str]):
    """Code point → `h` for an ideograph, `l` for a letter or figure, a blank for others."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        letter = char.isalpha() if _chinese(char) else char.isalnum()
        found = self[code] = ("h" if _chinese(char) else "l") if letter else " "
        return found


_SCRIPTS = _Scripts()
