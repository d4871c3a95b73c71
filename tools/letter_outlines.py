#!/usr/bin/env python3
"""Makes the outlines that letters are printed with (resources/fonts/*.outlines) from TrueType faces.

Usage: tools/letter_outlines.py. A letter is three quarters outlines; as the compact charstrings of CFF on a grid of
1/500 em they take a fifth less than TrueType's, and are copied into a font program as they are. A curve keeps within
1.5/1000 em of the face's, a fiftieth of a point at 12 points. The form of the files is told in letters/outlines.py.
The same face gives the same file.
"""

from __future__ import annotations

import json
import lzma
import struct
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "resources" / "fonts"
GRID = 500  # units of an em
OFF = 1.5  # thousandths of an em that a curve may lie beside the face's
QUOTES = "‘’“”"  # a Chinese face draws them a whole em wide
SIDE = 60  # thousandths of an em left free beside a narrow one
FACES = ("NotoSansSC-Regular", "NotoSansSC-Bold")


def main() -> int:
    for name in FACES:
        data = (FONTS / f"{name}.ttf").read_bytes()
        face = TTFont(BytesIO(data), lazy=True)
        write(FONTS / f"{name}.outlines", outlines(name, data, face.getBestCmap()))
        write(FONTS / f"{name}-Quotes.outlines", quotes(f"{name}-Quotes", data))
    return 0


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    print(f"{path}: {len(content)} bytes")


def outlines(name: str, data: bytes, codes: Iterable[int]) -> bytes:
    """The file of these characters of a face."""
    chosen = sorted(codes)
    pieces = [chosen[start : start + 500] for start in range(0, len(chosen), 500)]
    with ProcessPoolExecutor() as pool:
        drawn = [glyph for piece in pool.map(_some, [data] * len(pieces), pieces) for glyph in piece]
    return _file(name, TTFont(BytesIO(data), lazy=True), dict(zip(chosen, drawn, strict=True)))


def quotes(name: str, data: bytes) -> bytes:
    """Quotation marks as wide as their ink and a little air: between Latin letters a text extractor sees one word."""
    face = TTFont(BytesIO(data))
    drawn = {}
    for code in sorted(map(ord, QUOTES)):
        box = face["glyf"][face.getBestCmap()[code]]
        side = round(SIDE * face["head"].unitsPerEm / 1000)
        drawn[code] = _charstring(face, code, side - box.xMin, box.xMax - box.xMin + 2 * side)
    return _file(name, face, drawn)


def packed(content: bytes) -> bytes:
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


@cache
def _opened(data: bytes) -> TTFont:
    return TTFont(BytesIO(data))


def _some(data: bytes, codes: list[int]) -> list[tuple[bytes, int]]:
    return [_charstring(_opened(data), code) for code in codes]


def _charstring(face: Any, code: int, move: int = 0, advance: int | None = None) -> tuple[bytes, int]:
    """Type 2 charstring, and the advance in thousandths of an em. `move` and `advance` in the face's units."""
    em = face["head"].unitsPerEm
    name, glyphs = face.getBestCmap()[code], face.getGlyphSet()
    width = face["hmtx"][name][0] if advance is None else advance
    pen = T2CharStringPen(None, glyphs)
    scale = GRID / em
    onto = TransformPen(pen, (scale, 0, 0, scale, move * scale, 0))
    glyphs[name].draw(DecomposingFilterPen(Qu2CuPen(onto, OFF * em / 1000, all_cubic=True), glyphs))
    made = pen.getCharString(optimize=True)
    if width * scale != GRID:
        made.program.insert(0, int(width * scale) if (width * scale).is_integer() else width * scale)
    made.compile()
    return made.bytecode, round(width * 1000 / em)


def _file(name: str, face: TTFont, drawn: Mapping[int, tuple[bytes, int]]) -> bytes:
    scale = 1000 / face["head"].unitsPerEm
    head, os2 = face["head"], face["OS/2"]
    facts = {
        "name": name,
        "grid": GRID,
        "bbox": [round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(os2.sTypoAscender * scale),
        "descent": round(os2.sTypoDescender * scale),
        "cap_height": round(getattr(os2, "sCapHeight", os2.sTypoAscender) * scale),
        "stem": 50 + round((os2.usWeightClass / 65) ** 2),
    }
    told = json.dumps(facts, sort_keys=True).encode()
    told += b" " * (-(len(told) + 12) % 4)
    places = [0]
    for charstring, _ in drawn.values():
        places.append(places[-1] + len(charstring))
    count = len(drawn)
    return b"".join(
        (
            struct.pack("<4sLL", b"OUT1", len(told), count),
            told,
            struct.pack(f"<{count}L", *drawn),
            struct.pack(f"<{count + 1}L", *places),
            struct.pack(f"<{count}H", *(advance for _, advance in drawn.values())),
            *(charstring for charstring, _ in drawn.values()),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
