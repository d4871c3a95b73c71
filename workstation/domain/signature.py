"""A signature drawn with pen, finger or mouse: its strokes as text, so that it can be printed sharply and hashed.

`120,300 124,310;200,280 …`: points of a stroke divided by blanks, strokes by semicolons, each point in whole units of a
field `WIDTH` wide and `HEIGHT` high, from the upper left corner.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from workstation.domain.errors import InputError
from workstation.domain.message import msg

WIDTH, HEIGHT = 1000, 360
MEDIA = "text/x-signature-strokes"
LONGEST = 24_000  # characters: some three thousand points
SHORTEST = 80  # units of ink in all: less is a slip of the pen
_NEAR = 3.0  # units between two points that are worth keeping
_FORM = re.compile(r"(?:\d{1,4},\d{1,3})(?:[ ;]\d{1,4},\d{1,3})*", re.ASCII)

Point = tuple[int, int]
Strokes = tuple[tuple[Point, ...], ...]


def strokes_text(strokes: Iterable[Sequence[tuple[float, float]]]) -> str:
    """The text of strokes in units of the field; points outside lie on its edge, points too near are left out."""
    found = [_thinned(stroke) for stroke in strokes]
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in found if stroke)


def read_strokes(text: str) -> Strokes:
    """The strokes of a text. `InputError` for what is none, and for what is too short or too long to be a signature."""
    if len(text) > LONGEST:
        raise _refused()
    if not _FORM.fullmatch(text):
        raise _refused()
    found = tuple(
        tuple((int(x), int(y)) for x, _, y in (point.partition(",") for point in stroke.split(" ")))
        for stroke in text.split(";")
    )
    if any(x > WIDTH or y > HEIGHT for stroke in found for x, y in stroke):
        raise _refused()
    if ink(found) < SHORTEST:
        raise InputError(
            msg("That is too little for a signature. Have it signed once more."),
            code="bad_signature",
            field="signature",
        )
    return found


def ink(strokes: Iterable[Sequence[tuple[float, float]]]) -> float:
    """The length of all strokes, in units."""
    return sum(math.dist(one, other) for stroke in strokes for one, other in pairwise(stroke))


def strokes_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _thinned(stroke: Sequence[tuple[float, float]]) -> list[Point]:
    kept: list[Point] = []
    for at, (x, y) in enumerate(stroke):
        point = (round(min(max(x, 0), WIDTH)), round(min(max(y, 0), HEIGHT)))
        last = at == len(stroke) - 1
        if not kept or math.dist(kept[-1], point) >= _NEAR or (last and point != kept[-1]):
            kept.append(point)
    return kept


def _refused() -> InputError:
    return InputError(
        msg("This signature cannot be read. Have it signed once more."), code="bad_signature", field="signature"
    )
