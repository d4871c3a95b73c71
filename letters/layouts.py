"""How letters were laid out and written over time. A letter says its layout's number, and is made again by that one.

1 (until November 2026): two faces, tables cut without carried sums, plain PDF 1.3.
2: rare characters, air between Chinese and Latin, fuller rules for line starts and ends, carried sums, envelopes,
   QR code, seal image, PDF/A-2b with compact outlines.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a layout does. Code asks for the ability, never for the number."""

    number: int
    outlines: bool = False  # prints with outlines, those of rare characters among them
    spaced: bool = False  # the line rules of CLREQ: Han and Latin apart, no lone last character, amounts whole
    carried: bool = False  # long tables stay together where little is left blank, else carry their sums
    postal: bool = False  # the envelope of the context, its QR code and seal image
    archival: bool = False  # PDF/A-2b


_ALL = {
    1: Layout(1),
    2: Layout(2, outlines=True, spaced=True, carried=True, postal=True, archival=True),
}
CURRENT = _ALL[2]


def layout_of(version: str) -> Layout:
    """The layout of a letter's version (`text.language.layout`); the current one where it says none that is known."""
    number = version.rpartition(".")[2]
    return _ALL.get(int(number), CURRENT) if number.isascii() and number.isdecimal() else CURRENT
