"""Font programs cut to a document's characters, the greater part of it prepared once and used for thousands of letters.

A letter's characters are those of its template and bank, which all letters of a batch share, and those of its debtor.
The outlines of the first are cut, checked and compressed once per process (`prepared`); a letter adds its few own ones
behind them. A Flate stream may consist of blocks compressed apart (RFC 1951), so the prepared block is copied as it is.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any

from letters import cff
from letters.outlines import OutlineFace
from letters.pdf_file import escaped

_LEVEL = 6  # of compression; outlines give little more at 9
_EM = 1000  # the width that a font's entry gives to what it does not name
_ONCE = 9  # of what is compressed once
_TAG = bytes(65 + byte % 26 for byte in range(256))
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


def stream_of(first: bytes, prepared: Piece, last: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """The zlib stream (RFC 1950) of the three after one another, the last compressed by zlib's `strategy`."""
    pack = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
    end = pack.compress(last) + pack.flush()
    stored = struct.pack("<BHH", 0, len(first), len(first) ^ 0xFFFF) + first if first else b""
    check = zlib.adler32(last, zlib.adler32(prepared.plain, zlib.adler32(first)))
    return b"\x78\x9c" + stored + prepared.packed + end + struct.pack(">L", check)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The characters that many documents share: code n is the n-th of them."""

    codes: dict[int, str]  # code point → code as it stands in a string
    places: tuple[int, ...]  # where each charstring begins, that of the missing character first, and the last one's end
    piece: Piece  # the charstrings
    to_unicode: Piece
    widths: bytes  # of a PDF's W array
    told: Any  # an MD5 begun with which characters they are


@lru_cache(maxsize=64)
def prepared(face: OutlineFace, characters: frozenset[int]) -> Prepared:
    """Cut and compressed once; the same characters give the same bytes."""
    chosen = sorted(characters)
    codes = {char: _coded(code) for code, char in enumerate(chosen, 1)}
    charstrings = [cff.MISSING, *face.charstrings(chosen)]
    return Prepared(
        codes,
        tuple(accumulate(map(len, charstrings), initial=0)),
        Piece.of(b"".join(charstrings)),
        Piece.of(_CMAP_HEAD + _following(chosen, 1)),
        _widths(face, chosen, 1),
        hashlib.md5(repr(chosen).encode(), usedforsecurity=False),
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
    name = _tagged(face, hashlib.md5(repr(list(codes)).encode(), usedforsecurity=False).digest())
    cids, count = list(codes.values()), max(codes.values(), default=0) + 1
    places = list(accumulate(map(len, charstrings), initial=0))
    first = cff.head(name, face.facts, cff.listed(cids), count, places)
    present = bytearray(-(-count // 8))
    for code in (0, *cids):
        present[code // 8] |= 0x80 >> code % 8
    return Whole(
        zlib.compress(first + b"".join(charstrings), _ONCE),
        bytes(present),
        b"".join(b"%d[%d]" % (code, face.widths[char]) for char, code in codes.items() if face.widths[char] != 1000),
        zlib.compress(_CMAP_HEAD + _entries(codes.items()) + _CMAP_END, _ONCE),
        name,
    )


class Cut:
    """One document's use of a face: its codes, given out as characters come, and at the end its program."""

    def __init__(self, face: OutlineFace, shared: Prepared) -> None:
        self._face, self._shared = face, shared
        self.codes = _Codes(shared.codes)

    def run(self, text: str) -> bytes:
        """The text in codes, as it stands in a string of a page."""
        return text.translate(self.codes).encode("latin-1")

    def whole(self) -> Whole:
        """The font of everything that was asked for."""
        shared, new = self._shared, self.codes.new
        digest = shared.told.copy()
        digest.update(repr(new).encode())
        name = _tagged(self._face, digest.digest())
        own = self._face.charstrings(new)
        places = [*shared.places[:-1], *accumulate(map(len, own), initial=shared.places[-1])]
        count = len(places) - 1
        first = cff.head(name, self._face.facts, cff.one_after_another(count), count, places)
        following = len(shared.codes) + 1
        return Whole(
            # Outlines hardly repeat: half the time for a fiftieth more bytes.
            stream_of(first, shared.piece, b"".join(own), zlib.Z_HUFFMAN_ONLY),
            b"\xff" * (count // 8) + bytes([0xFF << 8 - count % 8 & 0xFF] if count % 8 else []),
            shared.widths + _widths(self._face, new, following),
            stream_of(b"", shared.to_unicode, _following(new, following) + _CMAP_END),
            name,
        )


def _tagged(face: OutlineFace, digest: bytes) -> str:
    """The face's name with the tag that tells one subset from another (ISO 32000-1, 9.6.4)."""
    return digest[:6].translate(_TAG).decode("ascii") + "+" + face.facts.name


class _Codes(dict[int, str]):
    """Code point → code as it stands in a string, for `str.translate`; what is not among the shared gets the next."""

    def __init__(self, shared: dict[int, str]) -> None:
        super().__init__(shared)
        self.new: list[int] = []

    def __missing__(self, char: int) -> str:
        code = self[char] = _coded(len(self) + 1)
        self.new.append(char)
        return code


@cache
def _coded(code: int) -> str:
    return escaped(code.to_bytes(2)).decode("latin-1")


def _entries(codes: Iterable[tuple[int, int]]) -> bytes:
    """Characters and their codes, ascending, as UTF-16: ranges of codes that follow one another and share their first
    byte, a hundred ranges to a block (ISO 32000-1, 9.10.3)."""
    ranges: list[tuple[int, list[str]]] = []
    after = -1
    for char, code in codes:
        if code != after or not code & 0xFF:
            ranges.append((code, []))
        ranges[-1][1].append(_UTF16[char])
        after = code + 1
    return _told(ranges)


def _following(characters: Sequence[int], first: int) -> bytes:
    """The same of characters whose codes follow one another from `first`."""
    told = [*map(_UTF16.__getitem__, characters)]
    begins = [0, *range(256 - first % 256, len(told), 256)] if told else []
    return _told([(first + at, told[at:until]) for at, until in zip(begins, [*begins[1:], None], strict=False)])


def _told(ranges: Sequence[tuple[int, Sequence[str]]]) -> bytes:
    told = [f"<{first:04X}> <{first + len(them) - 1:04X}> [{''.join(them)}]" for first, them in ranges]
    blocks = [told[start : start + 100] for start in range(0, len(told), 100)]
    return "".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange\n" for block in blocks).encode()


class _Utf16(dict[int, str]):
    def __missing__(self, char: int) -> str:
        found = self[char] = f"<{chr(char).encode('utf-16-be').hex().upper()}>"
        return found


_UTF16 = _Utf16()


def _widths(face: OutlineFace, characters: Iterable[int], first: int) -> bytes:
    """Entries of a W array for what is not a whole em wide; the characters' codes follow one another from `first`."""
    widths = [*map(face.widths.__getitem__, characters)]
    if widths.count(_EM) == len(widths):
        return b""
    return b"".join([b"%d[%d]" % entry for entry in enumerate(widths, first) if entry[1] != _EM])
