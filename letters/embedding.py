"""A TrueType face embedded as one small Type 0 font per document, as letters of the first layout have it: two-byte
codes, only the glyphs used.

reportlab's own subsetting copies ten megabytes of outlines per letter and writes a broken ToUnicode entry for
characters beyond the basic plane; names with such characters must still be found and copied from the PDF.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from functools import cached_property
from io import BytesIO
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.ttfonts import TTEncoding, TTFontFace, TTFontMaker

_SYMBOLIC = 4
_COPIED_TABLES = ("cvt ", "fpgm", "prep")
_COMPOSITE_MORE, _COMPOSITE_WORDS, _COMPOSITE_OFFSETS = 0x20, 0x01, 0x02
_COMPOSITE_SCALES = ((0x08, 2), (0x40, 4), (0x80, 8))


class EmbeddedFont:
    """What reportlab's canvas asks of a dynamic font. One object serves any number of documents at once."""

    _dynamicFont = 1
    _multiByte = 1
    shapable = False

    def __init__(self, name: str, load: Callable[[], bytes]) -> None:
        """`load` gives a whole TrueType file with `glyf` outlines; it is called when the font is first looked into."""
        self.fontName = name
        self.encoding = TTEncoding()
        self._load = load
        self._used: WeakKeyDictionary[Any, dict[int, int]] = WeakKeyDictionary()

    @cached_property
    def face(self) -> Any:
        return TTFontFace(BytesIO(self._load()))

    @cached_property
    def glyphs(self) -> dict[int, int]:
        """Code point → glyph."""
        found: dict[int, int] = self.face.charToGlyph
        return found

    @cached_property
    def widths(self) -> dict[int, float]:
        """Code point → advance in thousandths of an em."""
        found: dict[int, float] = self.face.charWidths
        return found

    @cached_property
    def _outlines(self) -> memoryview:
        return memoryview(self.face._ttf_data)[self.face.get_table_pos("glyf")[0] :]

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002  # reportlab's call
        widths = self.widths
        return sum(widths[ord(char)] for char in text) * size / 1000

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: ARG002
        """The codes of `text` in `doc`, numbered in order of first use; code 0 stays the missing glyph."""
        used = self._used.get(doc)
        if used is None:
            used = self._used[doc] = {}
        codes = [used.setdefault(ord(char), len(used) + 1) for char in text]
        return [(0, struct.pack(f">{len(codes)}H", *codes))]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: ARG002
        name: str | None = doc.fontMapping.get(self.fontName)
        if name is None:
            name = doc.fontMapping[self.fontName] = f"/F{len(doc.fontMapping) + 1}"
            doc.delayedFonts.append(self)
        return name

    def ink(self, code: int) -> tuple[float, float]:
        """Left and right edge of the glyph's ink, thousandths of an em from its origin."""
        start = self.face.glyphPos[self.glyphs[code]]
        left, right = struct.unpack_from(">h2xh", self._outlines, start + 2)
        scale = 1000 / self.face.unitsPerEm
        return left * scale, right * scale

    def addObjects(self, doc: Any) -> None:
        """Write the font, its outlines and its way back to Unicode into the finished document."""
        characters = list(self._used.pop(doc, {}))
        internal = doc.fontMapping[self.fontName][1:]
        digest = hashlib.md5(repr(characters).encode(), usedforsecurity=False).digest()
        base = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + self.face.name.decode("ascii")
        outlines = _stream(doc, self._subset(characters))
        outlines.dictionary["Length1"] = len(outlines.content)
        face = self.face
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": pdfdoc.PDFName(base),
                "Flags": _SYMBOLIC,
                "FontBBox": pdfdoc.PDFArray(face.bbox),
                "ItalicAngle": face.italicAngle,
                "Ascent": face.ascent,
                "Descent": face.descent,
                "CapHeight": face.capHeight,
                "StemV": face.stemV,
                "FontFile2": doc.Reference(outlines, f"outlines:{internal}"),
            }
        )
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": pdfdoc.PDFName(base),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "FontDescriptor": doc.Reference(descriptor, f"descriptor:{internal}"),
                "DW": 1000,
                "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray([round(self.widths[code]) for code in characters])]),
                "CIDToGIDMap": "/Identity",
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": pdfdoc.PDFName(base),
                "Encoding": "/Identity-H",
                "DescendantFonts": pdfdoc.PDFArray([doc.Reference(descendant, f"descendant:{internal}")]),
                "ToUnicode": doc.Reference(_stream(doc, _to_unicode(characters)), f"unicode:{internal}"),
            }
        )
        doc.idToObject["BasicFonts"].dict[internal] = doc.Reference(font, internal)

    def outline(self, glyph: int) -> bytes:
        """The glyph's entry in `glyf`; empty for a blank."""
        return bytes(self._outlines[self.face.glyphPos[glyph] : self.face.glyphPos[glyph + 1]])

    def metric(self, glyph: int) -> tuple[int, int]:
        """Advance and left bearing in the font's units. reportlab keeps the advances after the last one in thousandths
        of an em."""
        full = int.from_bytes(self.face.get_table("hhea")[34:36])
        advance = self.face.hmetrics[min(glyph, full - 1)][0]
        return int(advance), int(self.face.hmetrics[min(glyph, len(self.face.hmetrics) - 1)][1])

    def _subset(self, characters: Sequence[int]) -> bytes:
        """A TrueType file whose glyph n+1 is the n-th character; parts of composite glyphs follow after them."""
        face = self.face
        sources = [0, *(self.glyphs[code] for code in characters)]
        parts: dict[int, int] = {}
        outlines: list[bytes] = []
        for source in sources:  # grows while composite glyphs name their parts
            outline = self.outline(source)
            if outline[:1] >= b"\x80":
                outline = renumbered(outline, sources, parts)
            outlines.append(outline + b"\0" * (-len(outline) % 4))
        offsets: list[int] = []
        position = 0
        for outline in outlines:
            offsets.append(position)
            position += len(outline)
        offsets.append(position)
        count = len(sources)
        maker = TTFontMaker()
        for tag in _COPIED_TABLES:
            if tag in face.table:
                maker.add(tag, face.get_table(tag))
        metrics = [value for source in sources for value in self.metric(source)]
        maker.add("hmtx", struct.pack(">" + "Hh" * count, *signed_bearings(metrics)))
        maker.add("hhea", with_ushort(face.get_table("hhea"), 34, count))
        maker.add("maxp", with_ushort(face.get_table("maxp"), 4, count))
        maker.add("glyf", b"".join(outlines))
        maker.add("loca", struct.pack(f">{count + 1}L", *offsets))
        maker.add("head", with_ushort(face.get_table("head"), 50, 1))
        return bytes(maker.makeStream())


def renumbered(outline: bytes, sources: list[int], parts: dict[int, int]) -> bytes:
    """A composite outline whose parts point into the subset; unseen parts are appended to `sources`."""
    data = bytearray(outline)
    at, flags = 10, _COMPOSITE_MORE
    while flags & _COMPOSITE_MORE:
        flags, part = struct.unpack_from(">HH", data, at)
        if part not in parts:
            parts[part] = len(sources)
            sources.append(part)
        struct.pack_into(">H", data, at + 2, parts[part])
        at += 8 if flags & _COMPOSITE_WORDS else 6
        at += sum(size for flag, size in _COMPOSITE_SCALES if flags & flag)
    return bytes(data)


def signed_bearings(metrics: Sequence[int]) -> list[int]:
    """Advance, bearing, advance, bearing …; reportlab reads both as unsigned, bearings are signed."""
    return [value - 0x10000 if place % 2 and value > 0x7FFF else value for place, value in enumerate(metrics)]


def with_ushort(table: bytes, offset: int, value: int) -> bytes:
    return table[:offset] + struct.pack(">H", value) + table[offset + 2 :]


def _stream(doc: Any, content: bytes) -> Any:
    stream = pdfdoc.PDFStream()
    stream.content = content
    if doc.compression:
        stream.filters = [pdfdoc.PDFZCompress]
    return stream


def _to_unicode(characters: Sequence[int]) -> bytes:
    """Code → UTF-16, a hundred entries to a block as the format demands (ISO 32000-1, 9.10.3)."""
    entries = [f"<{n:04X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for n, code in enumerate(characters, 1)]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")
