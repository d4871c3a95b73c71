"""A CFF font program (Adobe Technical Note 5176) of some characters of a face, keyed by CID.

Everything but the charstrings comes first, so that those of many letters may be copied as one compressed block.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache

from letters.outlines import Facts

MISSING = b"\x0e"  # the charstring of the missing character: blank, as wide as an em
_ROS, _FONT_MATRIX, _CID_COUNT, _FD_ARRAY, _FD_SELECT = b"\x0c\x1e", b"\x0c\x07", b"\x0c\x22", b"\x0c\x24", b"\x0c\x25"
_FONT_BBOX, _CHARSET, _CHARSTRINGS, _PRIVATE, _DEFAULT_WIDTH = b"\x05", b"\x0f", b"\x11", b"\x12", b"\x14"
_FIRST_STRING = 391  # numbers below are the standard strings
_NIBBLES = {**{str(n): n for n in range(10)}, ".": 10}
_SHORT = 0xFFFF


def head(name: str, facts: Facts, charset: bytes, cids: int, places: Sequence[int]) -> bytes:
    """The program up to its charstrings, the first of which is `MISSING`.

    `places`: where each charstring begins, and the last one's end. `charset` as `one_after_another` or `listed` give
    it; `cids` is one more than the largest CID.
    """
    count = len(places) - 1
    constant = _constant(facts)
    start = (
        b"\1\0\4\4" + _index([name.encode("ascii")]),
        _index([b"Adobe", b"Identity"]) + _index([]),  # strings, and no subroutines
    )
    select = struct.pack(">BHHBH", 3, 1, 0, 0, count)
    width = _number(facts.grid) + _DEFAULT_WIDTH

    def top(charset_at: int, select_at: int, fonts_at: int, charstrings_at: int) -> bytes:
        return _index(
            [
                constant
                + _number(cids) + _CID_COUNT + _number(charset_at) + _CHARSET + _number(select_at) + _FD_SELECT
                + _number(fonts_at) + _FD_ARRAY + _number(charstrings_at) + _CHARSTRINGS
            ]
        )  # fmt: skip

    charset_at = len(start[0]) + len(top(0, 0, 0, 0)) + len(start[1])
    select_at = charset_at + len(charset)
    private_at = select_at + len(select)
    fonts = _index([_number(len(width)) + _number(private_at) + _PRIVATE])
    fonts_at = private_at + len(width)
    charstrings_at = fonts_at + len(fonts)
    return b"".join(
        (
            start[0],
            top(charset_at, select_at, fonts_at, charstrings_at),
            start[1],
            charset,
            select,
            width,
            fonts,
            struct.pack(">H", count),
            _offsets(places),
        )
    )


@cache
def _constant(facts: Facts) -> bytes:
    """What the top of every program of a face begins with."""
    return (
        _number(_FIRST_STRING) + _number(_FIRST_STRING + 1) + _number(0) + _ROS
        + _scale(facts.grid) + _FONT_MATRIX
        + b"".join(_number(round(value * facts.grid / 1000)) for value in facts.bbox) + _FONT_BBOX
    )  # fmt: skip


def one_after_another(count: int) -> bytes:
    """The charset in which a glyph's number is its CID; `count` with the missing character."""
    return struct.pack(">BHH", 2, 1, count - 2) if count > 1 else b"\0"


def listed(cids: Sequence[int]) -> bytes:
    """The charset of glyphs with these CIDs, that of the missing character left out."""
    return struct.pack(f">B{len(cids)}H", 0, *cids)


def _offsets(places: Sequence[int]) -> bytes:
    """An index's offsets count from the byte before its data."""
    if places[-1] < _SHORT:
        return struct.pack(f">B{len(places)}H", 2, *[place + 1 for place in places])
    return b"\4" + struct.pack(f">{len(places)}L", *[place + 1 for place in places])


def _index(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return b"\0\0"
    places = [0]
    for entry in entries:
        places.append(places[-1] + len(entry))
    return struct.pack(">H", len(entries)) + _offsets(places) + b"".join(entries)


def _number(value: int) -> bytes:
    """Five bytes whatever the value, so that a place is known before what it points to."""
    return struct.pack(">Bl", 29, value)


def _scale(grid: int) -> bytes:
    """The font's matrix: one unit is 1/grid of an em."""
    nibbles = [_NIBBLES[char] for char in f"{1 / grid:.6f}".rstrip("0").lstrip("0")] + [15]
    nibbles += [15] * (len(nibbles) % 2)
    real = b"\x1e" + bytes(nibbles[at] << 4 | nibbles[at + 1] for at in range(0, len(nibbles), 2))
    return real + _number(0) + _number(0) + real + _number(0) + _number(0)
