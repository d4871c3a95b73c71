"""QR symbols read back by an independent reader, in every size and with both degrees of repair."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
import zxingcpp

from letters.qr_symbol import symbol


def read(rows: Iterable[Iterable[int]]) -> bytes | None:
    light = 1 - np.pad(np.array([*map(list, rows)], dtype=np.uint8), 4)
    found = zxingcpp.read_barcodes((np.kron(light, np.ones((4, 4), dtype=np.uint8)) * 255).astype(np.uint8))
    return bytes(found[0].bytes) if found else None


@pytest.mark.parametrize("repair", ["L", "M"])
@pytest.mark.parametrize(
    "length", [1, 14, 15, 26, 42, 43, 62, 84, 106, 122, 152, 180, 181, 213, 251, 331, 450, 620, 1000, 1500, 2331]
)
def test_every_size_is_read_back(length, repair):
    told = random.Random(length).randbytes(length)
    text = "".join(chr(33 + byte % 94) for byte in told).encode()
    found = symbol(text, repair)
    assert found is not None
    assert len(found) == len(found[0])
    assert read(found) == text


def test_sizes_are_the_smallest_that_hold_the_data():
    """Table 7 of the standard: bytes of versions 1, 9, 10 and 40."""
    for repair, rooms in {"L": {1: 17, 9: 230, 10: 271, 40: 2953}, "M": {1: 14, 9: 180, 10: 213, 40: 2331}}.items():
        for version, room in rooms.items():
            found = symbol(b"x" * room, repair)
            assert found is not None
            assert len(found) == 17 + 4 * version
        assert symbol(b"x" * (rooms[40] + 1), repair) is None


def test_a_damaged_symbol_is_still_read():
    text = b"https://pay.bank.example/card?case=JN-2026-000001&amount=128445.23"
    rows = [list(row) for row in symbol(text, "M") or ()]
    for at in range(12, 18):  # a stain of six by four modules
        for down in range(14, 18):
            rows[down][at] = 1
    assert read(rows) == text
