#!/usr/bin/env python3
"""Makes resources/fonts/RareHan.outlines.xz: the characters of names that Noto Sans SC lacks, from the Hanazono mincho.

Usage: tools/rare_font.py HANAMIN_FOLDER UNIHAN_FOLDER OUT. The sources are in Debian: fonts-hanazono
(/usr/share/fonts/truetype/hanazono) and unicode-data (/usr/share/unicode). Taken are characters which Unihan knows a
Mandarin reading of, those of Hong Kong's and Japan's printers, those whose source is a register of persons, places or
surnames, and all compatibility ideographs. All 60,000 would be 14 MB. The same sources give the same file.
"""

from __future__ import annotations

import bz2
import re
import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from letter_outlines import outlines, packed

FONTS = Path(__file__).resolve().parents[1] / "resources" / "fonts"
NAME = "RareHan"
# Sources of UAX #38: the identity cards of China's Ministry of Public Security, place names, surnames, the standard
# dictionary and its tables; the plane of Taiwan's CNS 11643 that holds the names in its household registers.
REGISTERS = frozenset(
    {"GIDC", "GCY", "GCYY", "GFZ", "GGH", "GKJ", "GZA", "GDM", "GXM", "GGFZ", "GTZ", "GFC", "GWZ", "TF"}
)
COMPATIBILITY = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
UNIFIED = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2EE5D), (0x30000, 0x323AF))


def unihan(folder: Path, part: str, key: str) -> dict[int, str]:
    found: dict[int, str] = {}
    with bz2.open(folder / f"Unihan_{part}.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("U+"):
                code, name, value = line.rstrip("\n").split("\t")
                if name == key:
                    found[int(code[2:], 16)] = value
    return found


def within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def wanted(folder: Path) -> set[int]:
    """Code points worth having that the program's own face has not."""
    own = set(TTFont(FONTS / "NotoSansSC-Regular.ttf", lazy=True).getBestCmap())
    taken = set(unihan(folder, "Readings", "kMandarin"))
    taken |= set(unihan(folder, "IRGSources", "kIRG_HSource"))
    taken |= set(unihan(folder, "RadicalStrokeCounts", "kRSAdobe_Japan1_6"))
    for key in ("kIRG_GSource", "kIRG_TSource"):
        sources = unihan(folder, "IRGSources", key).items()
        taken |= {code for code, source in sources if re.sub(r"\d+$", "", source.partition("-")[0]) in REGISTERS}
    taken = {code for code in taken if within(code, UNIFIED)}
    for first, last in COMPATIBILITY:
        taken.update(range(first, last + 1))
    return taken - own


def part_of(path: Path, codes: set[int]) -> tuple[BytesIO, set[int]]:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = []
    options.drop_tables += ["vhea", "vmtx", "VORG", "GSUB", "GPOS", "GDEF", "BASE", "gasp"]
    font = subset.load_font(str(path), options)
    found = codes & set(font.getBestCmap())
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(found))
    cutter.subset(font)
    out = BytesIO()
    font.save(out)
    out.seek(0)
    return out, found


def main(hanazono: Path, folder: Path, out: Path) -> None:
    codes = wanted(folder)
    second, in_second = part_of(hanazono / "HanaMinB.ttf", codes)
    first, in_first = part_of(hanazono / "HanaMinA.ttf", codes - in_second)
    font = Merger().merge([first, second])
    for record in list(font["name"].names):
        font["name"].removeNames(record.nameID)
    for number, text in ((1, NAME), (2, "Regular"), (4, NAME), (6, NAME), (13, "Hanazono Font License")):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].created = font["head"].modified = 3600000000
    font.recalcTimestamp = False
    whole = BytesIO()
    font.save(whole, reorderTables=True)
    out.write_bytes(packed(outlines(NAME, whole.getvalue(), in_first | in_second)))
    print(f"{len(in_first) + len(in_second)} characters, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
