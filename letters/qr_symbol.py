"""A QR symbol from bytes (ISO/IEC 18004, byte mode), fast enough for thousands of letters.

Everything that a size's symbols share is laid out once. The symbol is one long whole number, a bit a module and a blank
column at the right, so that a rule over all modules is a few shifts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any, Literal

Rows = tuple[bytes, ...]  # a byte a module: 1 is dark
Repair = Literal["L", "M"]  # 7 % and 15 % of the code words

_LEVELS = {"L": 1, "M": 0}  # as the format information has them
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
_MODULE = bytes.maketrans(b"01", b"\0\1")
_FINDER_LIKE = ("10111010000", "00001011101")  # 7.8.3.1, feature 3


def symbol(data: bytes, repair: Repair) -> Rows | None:
    """The smallest symbol that holds the data; `None` when none does."""
    version = next((size for size in range(1, 41) if len(data) <= _room(size, repair)), None)
    return None if version is None else _drawn(data, _size(version, repair))


def _room(version: int, repair: Repair) -> int:
    """Bytes that a version holds: its data words without mode, length and end."""
    words = sum(block[1] for block in _blocks(version, repair))
    return (words * 8 - 4 - _length_bits(version)) // 8


def _length_bits(version: int) -> int:
    return 8 if version < 10 else 16


@dataclass(frozen=True)
class _Size:
    """What all symbols of a version and repair share."""

    side: int
    stride: int
    blocks: tuple[tuple[int, int], ...]  # words in all, words of data
    length_bits: int
    pick: Any  # from the bits of the words, and a 0 after them, those of the whole symbol from its first module
    patterns: int  # dark modules of finders, timing, alignment, version
    masks: tuple[int, ...]
    formats: tuple[int, ...]  # by mask


def _drawn(data: bytes, size: _Size) -> Rows:
    bits = _words(data, size)
    placed = int("".join(size.pick(bits + "0")), 2) | size.patterns
    tried = (placed ^ mask | format_ for mask, format_ in zip(size.masks, size.formats, strict=True))
    best = min(tried, key=lambda whole: _penalty(whole, size.side, size.stride))
    told = f"{best:0{size.side * size.stride}b}".encode().translate(_MODULE)
    return tuple([told[start : start + size.side] for start in range(0, len(told), size.stride)])


def _words(data: bytes, size: _Size) -> str:
    """Data and repair words, interleaved, as bits."""
    room = sum(count for _, count in size.blocks)
    told = 0b0100 << size.length_bits | len(data)
    told = int.from_bytes(told.to_bytes(4) + data) << 4  # mode, length, data, end
    long = 4 + size.length_bits + 8 * len(data) + 4
    whole = (told << (-long % 8)).to_bytes((long + 7) // 8 + 4)[-((long + 7) // 8) :][:room]
    whole += (b"\xec\x11" * room)[: room - len(whole)]
    parts: list[bytes] = []
    checks: list[bytes] = []
    at = 0
    for total, count in size.blocks:
        parts.append(whole[at : at + count])
        checks.append(_repair(whole[at : at + count], total - count))
        at += count
    mixed = bytes(word for row in zip_longest(*parts) for word in row if word is not None)
    mixed += bytes(word for row in zip(*checks, strict=True) for word in row)
    return f"{int.from_bytes(mixed):0{8 * len(mixed)}b}"


def _repair(words: bytes, count: int) -> bytes:
    """The remainder by the generator of Reed and Solomon, a whole word a step."""
    table, top, rest = _steps(count), 8 * (count - 1), 0
    low = (1 << top) - 1
    for word in words:
        rest = (rest & low) << 8 ^ table[(rest >> top) ^ word]
    return rest.to_bytes(count)


@cache
def _steps(count: int) -> tuple[int, ...]:
    """The generator of `count` repair words times each of the 256 values, as whole numbers."""
    power, log = _field()
    generator = [1]
    for root in range(count):
        shifted = [*generator, 0]
        for at, value in enumerate(generator):
            if value:
                shifted[at + 1] ^= power[(log[value] + root) % 255]
        generator = shifted
    found = [0]
    for factor in range(1, 256):
        found.append(
            int.from_bytes(bytes(power[(log[value] + log[factor]) % 255] if value else 0 for value in generator[1:]))
        )
    return tuple(found)


@cache
def _field() -> tuple[list[int], list[int]]:
    """Powers and logarithms of the field of 256 by x⁸ + x⁴ + x³ + x² + 1."""
    power, log, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        power[exponent], log[value] = value, exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return power, log


def _penalty(dark: int, side: int, stride: int) -> int:
    """How ill the symbol can be read (7.8.3.1); the mask with the least is taken."""
    light = _all(side, stride) ^ dark
    found = 0
    for step in (1, stride):
        for colour in (dark, light):
            five = colour & colour >> step & colour >> 2 * step & colour >> 3 * step & colour >> 4 * step
            found += five.bit_count() + 2 * (five & ~(five >> step)).bit_count()
        for pattern in _FINDER_LIKE:
            like = -1
            for at, module in enumerate(pattern):
                like &= (dark if module == "1" else light) >> at * step
            found += 40 * like.bit_count()
    for colour in (dark, light):
        found += 3 * (colour & colour >> 1 & colour >> stride & colour >> stride + 1).bit_count()
    share = dark.bit_count() * 100 / (side * side)
    return found + 10 * int(abs(share - 50) / 5)


@cache
def _all(side: int, stride: int) -> int:
    row = (1 << side) - 1 << 1
    return sum(row << stride * at for at in range(side))


@cache
def _blocks(version: int, repair: Repair) -> tuple[tuple[int, int], ...]:
    from reportlab.graphics.barcode.qrencoder import QRErrorCorrectLevel, QRRSBlock

    level = QRErrorCorrectLevel.M if repair == "M" else QRErrorCorrectLevel.L
    return tuple((block.totalCount, block.dataCount) for block in QRRSBlock.getRSBlocks(version, level))


@lru_cache(maxsize=16)
def _size(version: int, repair: Repair) -> _Size:
    side = 17 + 4 * version
    stride = side + 1
    dark = _patterns(version, side)
    formats = [_format(mask, repair, side) for mask in range(8)]
    taken = {*dark, *formats[0]}
    free = [place for place in _way(side) if place not in taken]
    blocks = _blocks(version, repair)
    bits = 8 * sum(total for total, _ in blocks)
    order = {place: at for at, place in enumerate(free[:bits])}
    pick = itemgetter(*(order.get((row, column), bits) for row in range(side) for column in range(stride)))

    def whole(places: Sequence[tuple[int, int]]) -> int:
        return sum(1 << (side * stride - 1 - row * stride - column) for row, column in places)

    masks = tuple(whole([place for place in free if rule(*place)]) for rule in _MASKS)
    told = tuple(whole([place for place, on in format_.items() if on]) for format_ in formats)
    patterns = whole([place for place, on in dark.items() if on])
    return _Size(side, stride, blocks, _length_bits(version), pick, patterns, masks, told)


def _patterns(version: int, side: int) -> dict[tuple[int, int], bool]:
    """The modules that say where a symbol is and how large: dark or light."""
    from reportlab.graphics.barcode.qrencoder import QRUtil

    found: dict[tuple[int, int], bool] = {}
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for row in range(max(0, top - 1), min(side, top + 8)):
            for column in range(max(0, left - 1), min(side, left + 8)):
                ring = max(abs(row - top - 3), abs(column - left - 3))
                found[row, column] = ring in {0, 1, 3}
    for at in range(8, side - 8):
        found[6, at] = found[at, 6] = at % 2 == 0
    centres = QRUtil.getPatternPosition(version)
    for middle in centres:
        for across in centres:
            if (middle, across) in {(6, 6), (6, side - 7), (side - 7, 6)}:
                continue
            for row in range(middle - 2, middle + 3):
                for column in range(across - 2, across + 3):
                    found[row, column] = max(abs(row - middle), abs(column - across)) != 1
    if version >= 7:
        told = QRUtil.getBCHTypeNumber(version)
        for at in range(18):
            place = (at // 3, at % 3 + side - 11)
            found[place] = found[place[1], place[0]] = bool(told >> at & 1)
    found[side - 8, 8] = True
    return found


def _format(mask: int, repair: Repair, side: int) -> dict[tuple[int, int], bool]:
    """Repair and mask, written twice around the finders."""
    from reportlab.graphics.barcode.qrencoder import QRUtil

    told = QRUtil.getBCHTypeInfo(_LEVELS[repair] << 3 | mask)
    found: dict[tuple[int, int], bool] = {}
    for at in range(15):
        on = bool(told >> at & 1)
        down = at if at < 6 else at + 1 if at < 8 else side - 15 + at
        found[down, 8] = on
        across = side - at - 1 if at < 8 else 15 - at if at < 9 else 14 - at
        found[8, across] = on
    return found


def _way(side: int) -> list[tuple[int, int]]:
    """The order in which modules take bits: pairs of columns from the right, up and down in turn."""
    found: list[tuple[int, int]] = []
    up = True
    for right in [*range(side - 1, 6, -2), *range(5, 0, -2)]:
        rows = range(side - 1, -1, -1) if up else range(side)
        found += [(row, column) for row in rows for column in (right, right - 1)]
        up = not up
    return found
