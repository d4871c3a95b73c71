"""The faces that letters are printed with: outlines of single characters, ready to be copied into a font program.

Made by `tools/letter_outlines.py`. A file holds, little-endian: `OUT1`, the length of the facts and the number of
characters (32 bits each); the facts as JSON, in thousandths of an em; code points, ascending (32 bits); where each
charstring begins, and the last one's end (32 bits); advances in thousandths of an em (16 bits); the charstrings,
Type 2 of Adobe's Technical Note 5177 on a grid of so many units an em.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec

_MAGIC = b"OUT1"
_HEAD = 12


class Facts(msgspec.Struct, frozen=True):
    """What a PDF says of a face. `grid`: units an em of the outlines; all others thousandths of an em."""

    name: str
    grid: int
    bbox: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    stem: int


class OutlineFace:
    """Characters are numbered from 1 in the order of their code points; 0 is the missing character."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        """`load` gives the file; it is called when the face is first looked into."""
        self._load = load

    @cached_property
    def _file(self) -> memoryview:
        data = memoryview(self._load())
        if bytes(data[:4]) != _MAGIC:
            raise ValueError("not a file of outlines")
        return data

    @cached_property
    def _counts(self) -> tuple[int, int]:
        facts, characters = self._file[4:_HEAD].cast("I")
        return int(facts), int(characters)

    def _numbers(self, at: int, count: int) -> memoryview[int]:
        return self._file[at : at + 4 * count].cast("I")

    @cached_property
    def _begins(self) -> tuple[int, int, int, int]:
        """Where code points, places, advances and charstrings begin."""
        facts, count = self._counts
        codes = _HEAD + facts
        places = codes + 4 * count
        advances = places + 4 * (count + 1)
        return codes, places, advances, advances + 2 * count

    @cached_property
    def facts(self) -> Facts:
        return msgspec.json.decode(bytes(self._file[_HEAD : _HEAD + self._counts[0]]), type=Facts)

    @cached_property
    def glyphs(self) -> dict[int, int]:
        """Code point → the character's number."""
        count = self._counts[1]
        return dict(zip(self._numbers(self._begins[0], count), range(1, count + 1), strict=True))

    @cached_property
    def widths(self) -> dict[int, float]:
        """Code point → advance in thousandths of an em."""
        start, end = self._begins[2:]
        return dict(zip(self.glyphs, self._file[start:end].cast("H"), strict=True))

    @cached_property
    def _places(self) -> memoryview[int]:
        return self._numbers(self._begins[1], self._counts[1] + 1)

    def charstrings(self, characters: Iterable[int]) -> list[bytes]:
        """The outlines of these code points, which the face has."""
        return [*map(self._cut.__getitem__, characters)]

    @cached_property
    def _cut(self) -> _Charstrings:
        return _Charstrings(self._file[self._begins[3] :], self._places, self.glyphs)


class _Charstrings(dict[int, bytes]):
    """Code point → charstring, kept once it was asked for: at most the face's own size."""

    def __init__(self, charstrings: memoryview, places: memoryview[int], glyphs: dict[int, int]) -> None:
        super().__init__()
        self._all, self._places, self._glyphs = charstrings, places, glyphs

    def __missing__(self, char: int) -> bytes:
        number = self._glyphs[char]
        found = self[char] = bytes(self._all[self._places[number - 1] : self._places[number]])
        return found
