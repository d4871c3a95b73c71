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
from functools import lru_cache

from letters.embedding import EmbeddedFont, renumbered, signed_bearings, with_ushort
from letters.pdf_file import escaped

_LEVEL = 6  # of compression; outlines give little more at 9
_ONCE = 9  # of what is compressed once
_COPIED = (b"cvt ", b"fpgm", b"prep")
_MOST_RUNS = 1024  # kept for a set of characters
_MAGIC = 0xB1B0AFBA
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
class Outlines:
    """Glyphs one after another: where each begins (and the last ends), their metrics, and which glyph is which part."""

    data: bytes
    places: tuple[int, ...]
    metrics: tuple[int, ...]
    parts: dict[int, int]  # glyph of the face → its number here, of parts of composite glyphs
    total: int  # as a sum of 32-bit numbers


@dataclass(frozen=True, slots=True)
class Prepared:
    """The characters that many documents share: code n is the n-th of them, glyphs of parts follow."""

    codes: dict[int, int]  # code point → code
    outlines: Outlines
    piece: Piece
    to_unicode: Piece
    widths: bytes  # of a PDF's W array
    told: bytes  # which characters they are
    runs: dict[str, bytes]  # texts of these characters only, as they stand in a string of a page


@lru_cache(maxsize=64)
def prepared(font: EmbeddedFont, characters: frozenset[int]) -> Prepared:
    """Cut and compressed once; the same characters give the same bytes."""
    chosen = sorted(characters)
    outlines = _outlines(font, [0, *(font.glyphs[char] for char in chosen)], 0, {})
    codes = {char: code for code, char in enumerate(chosen, 1)}
    to_unicode = Piece.of(_CMAP_HEAD + _entries(codes.items()))
    return Prepared(
        codes, outlines, Piece.of(outlines.data), to_unicode, _widths(font, codes), repr(chosen).encode(), {}
    )


@dataclass(frozen=True, slots=True)
class Whole:
    """A font for a file of many letters, whose codes are the face's own glyph numbers."""

    program: bytes  # compressed
    length: int
    cid_set: bytes
    widths: bytes
    to_unicode: bytes
    to_glyph: bytes  # the program's glyph for each code, two bytes each, compressed
    name: str


def whole(font: EmbeddedFont, characters: Iterable[str]) -> Whole:
    """Two characters of one glyph are read back as the more usual one."""
    chosen = sorted(map(ord, characters))
    cut = Cut(font, prepared(font, frozenset(chosen)))
    program, length, _ = cut.program()
    by_code: dict[int, int] = {}
    for char in sorted(chosen, key=_unusual):
        by_code.setdefault(font.glyphs[char], char)
    top = max(by_code, default=0) + 1
    glyphs, present = bytearray(2 * top), bytearray(-(-top // 8))
    present[0] |= 0x80
    for code, char in by_code.items():
        glyphs[2 * code : 2 * code + 2] = cut.codes[char].to_bytes(2, "big")
        present[code // 8] |= 0x80 >> code % 8
    codes = {char: code for code, char in sorted(by_code.items())}
    return Whole(
        program,
        length,
        bytes(present),
        _widths(font, codes),
        zlib.compress(_CMAP_HEAD + _entries(codes.items()) + _CMAP_END, _ONCE),
        zlib.compress(bytes(glyphs), _ONCE),
        cut.name(),
    )


def _unusual(char: int) -> tuple[bool, int]:
    """Radicals and compatibility ideographs after the characters that they look like."""
    return 0x2E80 <= char < 0x2FE0 or 0xF900 <= char < 0xFB00 or char >= 0x2F800, char


class Cut:
    """One document's use of a face: its codes, given out as characters come, and at the end its program."""

    def __init__(self, font: EmbeddedFont, shared: Prepared) -> None:
        self._font, self._shared = font, shared
        self.codes = _Codes(shared.codes, len(shared.outlines.places) - 1)

    def run(self, text: str) -> bytes:
        """The text in codes, as it stands in a string of a page."""
        known = self._shared.runs.get(text)
        if known is not None:
            return known
        found = escaped(text.translate(self.codes).encode("utf-16-be"))
        if len(self._shared.runs) < _MOST_RUNS and self._shared.codes.keys() >= set(map(ord, text)):
            self._shared.runs[text] = found
        return found

    def program(self) -> tuple[bytes, int, int]:
        """The compressed TrueType file of everything that was asked for, its length before, and how many glyphs."""
        font, shared = self._font, self._shared
        new = list(self.codes.new)
        own = _outlines(
            font, [font.glyphs[char] for char in new], len(shared.outlines.places) - 1, shared.outlines.parts
        )
        return _file(font, shared, own)

    def to_unicode(self) -> bytes:
        return stream_of(b"", self._shared.to_unicode, _entries(self.codes.new.items()) + _CMAP_END)

    def widths(self) -> bytes:
        return self._shared.widths + _widths(self._font, self.codes.new)

    def name(self) -> str:
        """With the tag that tells one subset from another (ISO 32000-1, 9.6.4)."""
        told = self._shared.told + repr(list(self.codes.new)).encode()
        digest = hashlib.md5(told, usedforsecurity=False).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + str(self._font.face.name.decode("ascii"))


class _Codes(dict[int, int]):
    """Code point → code for `str.translate`: what is not among the shared gets the next number."""

    def __init__(self, shared: dict[int, int], following: int) -> None:
        super().__init__(shared)
        self.new: dict[int, int] = {}
        self._following = following

    def __missing__(self, char: int) -> int:
        code = self[char] = self.new[char] = self._following + len(self.new)
        return code


def _outlines(font: EmbeddedFont, sources: list[int], before: int, known: dict[int, int]) -> Outlines:
    """The glyphs of `sources`, the first of which has the number `before`; parts of composite ones follow."""
    outlines: list[bytes] = []
    metrics: list[int] = []
    places = [0]
    parts = dict(known)
    numbered = _Offset(sources, before)
    total = 0
    for source in sources:  # grows while composite glyphs name their parts
        glyph = font.glyph(source)
        outline = glyph.outline
        if glyph.composite:
            outline = renumbered(outline, numbered, parts)
            total += _sum(outline)
        else:
            total += glyph.total
        outlines.append(outline)
        metrics += glyph.metric
        places.append(places[-1] + len(outline))
    return Outlines(b"".join(outlines), tuple(places), tuple(metrics), parts, total & 0xFFFFFFFF)


class _Offset:
    """A list of sources that counts from another list's end."""

    def __init__(self, sources: list[int], before: int) -> None:
        self._sources, self._before = sources, before

    def __len__(self) -> int:
        return len(self._sources) + self._before

    def append(self, source: int) -> None:
        self._sources.append(source)


def _file(font: EmbeddedFont, shared: Prepared, own: Outlines) -> tuple[bytes, int, int]:
    """A TrueType file: small tables, the shared outlines, the own ones, then where they stand and their metrics."""
    face, first = font.face, shared.outlines
    end = first.places[-1]
    places = [*first.places, *(end + place for place in own.places[1:])]
    count = len(places) - 1
    long_places = places[-1] > 0x1FFFE
    loca = (
        struct.pack(f">{count + 1}L", *places)
        if long_places
        else struct.pack(f">{count + 1}H", *(place // 2 for place in places))
    )
    hmtx = struct.pack(">" + "Hh" * count, *signed_bearings([*first.metrics, *own.metrics]))
    head = with_ushort(face.get_table("head"), 50, int(long_places))
    head = head[:8] + b"\0\0\0\0" + head[12:]
    before = {tag: bytes(face.get_table(tag.decode())) for tag in _COPIED if tag.decode() in face.table}
    before[b"head"] = head
    before[b"hhea"] = with_ushort(face.get_table("hhea"), 34, count)
    before[b"maxp"] = with_ushort(face.get_table("maxp"), 4, count)
    after = {b"hmtx": hmtx, b"loca": loca}
    start = 12 + 16 * (len(before) + 3)
    entries: list[tuple[bytes, int, int, int]] = []
    at, body, total = start, b"", 0
    for tag, table in before.items():
        padded = _padded(table)
        entries.append((tag, _sum(padded), at, len(table)))
        at, body = at + len(padded), body + padded
    glyf = places[-1]
    entries.append((b"glyf", (first.total + own.total) & 0xFFFFFFFF, at, glyf))
    at, last = at + glyf, own.data
    for tag, table in after.items():
        padded = _padded(table)
        entries.append((tag, _sum(padded), at, len(table)))
        at, last = at + len(padded), last + padded
    directory = _directory(sorted(entries))
    total = _sum(directory) + sum(entry[1] for entry in entries)
    adjusted = struct.pack(">L", (_MAGIC - total) & 0xFFFFFFFF)
    place = next(entry[2] for entry in entries if entry[0] == b"head") - start + 8
    small = directory + body[:place] + adjusted + body[place + 4 :]
    return stream_of(small, shared.piece, last), at, count


def _directory(entries: Sequence[tuple[bytes, int, int, int]]) -> bytes:
    count = len(entries)
    power = count.bit_length() - 1
    head = struct.pack(">LHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    return head + b"".join(struct.pack(">4sLLL", *entry) for entry in entries)


def _padded(table: bytes) -> bytes:
    return table + b"\0" * (-len(table) % 4)


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}L", data)
    return sum(words) & 0xFFFFFFFF


def _entries(codes: Iterable[tuple[int, int]]) -> bytes:
    """Code → UTF-16, a hundred entries to a block as the format demands (ISO 32000-1, 9.10.3)."""
    told = [f"<{code:04X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for char, code in codes]
    blocks = [told[start : start + 100] for start in range(0, len(told), 100)]
    return "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks).encode()


def _widths(font: EmbeddedFont, codes: dict[int, int]) -> bytes:
    """Entries of a W array for what is not a whole em wide."""
    widths = ((code, round(font.widths[char])) for char, code in codes.items())
    return b"".join(b"%d[%d]" % entry for entry in widths if entry[1] != 1000)
