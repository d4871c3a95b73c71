"""Font programs cut to a document's characters, the greater part of it prepared once and used for thousands of letters.

A letter's characters are those of its template and bank, which all letters of a batch share, and those of its debtor.
The outlines of the first are cut, checked and compressed once per process (`prepared`); a letter adds its few own ones
behind them. A Flate stream may consist of blocks compressed apart (RFC 1951), so the prepared block is copied as it is.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from letters import cff
from letters.outlines import OutlineFace
from letters.pdf_file import escaped

_LEVEL = 6  # of compression; outlines give little more at 9
_ONCE = 9  # of what is compressed once
_MOST_RUNS = 1024  # kept for a set of characters
_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_END = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes and their compressed block, which ends at a byte and needs nothing before it."""

    plain: bytes
    packed: bytes

    @classmethod
    def of(cls, plain: bytes, level: int = _ONCE) -> Piece:
        pack = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, pack.compress(plain) + pack.flush(zlib.Z_FULL_FLUSH))


def stream_of(first: bytes, prepared: Piece, last: bytes) -> bytes:
    """The zlib stream (RFC 1950) of the three after one another."""
    pack = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = pack.compress(last) + pack.flush()
    stored = struct.pack("<BHH", 0, len(first), len(first) ^ 0xFFFF) + first if first else b""
    check = zlib.adler32(last, zlib.adler32(prepared.plain, zlib.adler32(first)))
    return b"\x78\x9c" + stored + prepared.packed + end + struct.pack(">L", check)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The characters that many documents share: code n is the n-th of them."""

    codes: dict[int, int]  # code point → code
    places: tuple[int, ...]  # where each charstring begins, that of the missing character first, and the last one's end
    piece: Piece  # the charstrings
    to_unicode: Piece
    widths: bytes  # of a PDF's W array
    told: bytes  # which characters they are
    runs: dict[str, bytes]  # texts of these characters only, as they stand in a string of a page


@lru_cache(maxsize=64)
def prepared(face: OutlineFace, characters: frozenset[int]) -> Prepared:
    """Cut and compressed once; the same characters give the same bytes."""
    chosen = sorted(characters)
    codes = {char: code for code, char in enumerate(chosen, 1)}
    charstrings = [cff.MISSING, *face.charstrings(chosen)]
    return Prepared(
        codes,
        tuple(accumulate(map(len, charstrings), initial=0)),
        Piece.of(b"".join(charstrings)),
        Piece.of(_CMAP_HEAD + _entries(codes.items())),
        _widths(face, codes),
        repr(chosen).encode(),
        {},
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """A font for a file of many letters, whose codes are the face's own numbers of characters."""

    program: bytes  # compressed
    cid_set: bytes
    widths: bytes
    to_unicode: bytes
    name: str


def whole(face: OutlineFace, characters: Iterable[str]) -> Whole:
    """The font of these characters."""
    codes = {char: face.glyphs[char] for char in sorted(map(ord, characters))}
    charstrings = [cff.MISSING, *face.charstrings(codes)]
    name = _tagged(face, repr(list(codes)).encode())
    cids, count = list(codes.values()), max(codes.values(), default=0) + 1
    places = list(accumulate(map(len, charstrings), initial=0))
    first = cff.head(name, face.facts, cff.listed(cids), count, places)
    present = bytearray(-(-count // 8))
    for code in (0, *cids):
        present[code // 8] |= 0x80 >> code % 8
    return Whole(
        zlib.compress(first + b"".join(charstrings), _ONCE),
        bytes(present),
        _widths(face, codes),
        zlib.compress(_CMAP_HEAD + _entries(codes.items()) + _CMAP_END, _ONCE),
        name,
    )


class Cut:
    """One document's use of a face: its codes, given out as characters come, and at the end its program."""

    def __init__(self, face: OutlineFace, shared: Prepared) -> None:
        self._face, self._shared = face, shared
        self.codes = _Codes(shared.codes, len(shared.codes) + 1)

    def run(self, text: str) -> bytes:
        """The text in codes, as it stands in a string of a page."""
        known = self._shared.runs.get(text)
        if known is not None:
            return known
        found = escaped(text.translate(self.codes).encode("utf-16-be"))
        if len(self._shared.runs) < _MOST_RUNS and self._shared.codes.keys() >= set(map(ord, text)):
            self._shared.runs[text] = found
        return found

    def program(self) -> tuple[bytes, int]:
        """The compressed CFF program of everything that was asked for, and how many glyphs it has."""
        shared = self._shared
        own = self._face.charstrings(self.codes.new)
        places = [*shared.places[:-1], *accumulate(map(len, own), initial=shared.places[-1])]
        count = len(places) - 1
        first = cff.head(self.name(), self._face.facts, cff.one_after_another(count), count, places)
        return stream_of(first, shared.piece, b"".join(own)), count

    def to_unicode(self) -> bytes:
        return stream_of(b"", self._shared.to_unicode, _entries(self.codes.new.items()) + _CMAP_END)

    def widths(self) -> bytes:
        return self._shared.widths + _widths(self._face, self.codes.new)

    def name(self) -> str:
        return _tagged(self._face, self._shared.told + repr(list(self.codes.new)).encode())


def _tagged(face: OutlineFace, told: bytes) -> str:
    """The face's name with the tag that tells one subset from another (ISO 32000-1, 9.6.4)."""
    digest = hashlib.md5(told, usedforsecurity=False).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.facts.name


class _Codes(dict[int, int]):
    """Code point → code for `str.translate`: what is not among the shared gets the next number."""

    def __init__(self, shared: dict[int, int], following: int) -> None:
        super().__init__(shared)
        self.new: dict[int, int] = {}
        self._following = following

    def __missing__(self, char: int) -> int:
        code = self[char] = self.new[char] = self._following + len(self.new)
        return code


def _entries(codes: Iterable[tuple[int, int]]) -> bytes:
    """Characters and their codes, ascending, as UTF-16: ranges of codes that follow one another and share their first
    byte, a hundred ranges to a block (ISO 32000-1, 9.10.3)."""
    ranges: list[tuple[int, list[str]]] = []
    after = -1
    for char, code in codes:
        if code != after or not code & 0xFF:
            ranges.append((code, []))
        ranges[-1][1].append(_utf16(char))
        after = code + 1
    told = [f"<{first:04X}> <{first + len(them) - 1:04X}> [{''.join(them)}]" for first, them in ranges]
    blocks = [told[start : start + 100] for start in range(0, len(told), 100)]
    return "".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange\n" for block in blocks).encode()


@cache
def _utf16(char: int) -> str:
    return f"<{chr(char).encode('utf-16-be').hex().upper()}>"


def _widths(face: OutlineFace, codes: dict[int, int]) -> bytes:
    """Entries of a W array for what is not a whole em wide."""
    widths = ((code, face.widths[char]) for char, code in codes.items())
    return b"".join(b"%d[%d]" % entry for entry in widths if entry[1] != 1000)
