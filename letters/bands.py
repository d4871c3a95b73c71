"""Bands that blocks are put together from: columns of unlike strips, lines to write on, a line to cut along."""

from __future__ import annotations

from collections.abc import Sequence

from letters.flow import Drawing, Strip
from letters.pen import SOFT, Pen
from workstation.domain.signature import HEIGHT, WIDTH, read_strokes

_DASH = 3.0  # points drawn and points left free
SIGNED_HEIGHT = 62.0  # points of the band with a signature and its line
_INK_WIDTH = 1.1


def side_by_side(left: Sequence[Strip], right: Sequence[Strip], at: float) -> list[Strip]:
    """Two columns of unlike strips as one band."""

    def draw(pen: Pen, x: float, y: float) -> None:
        for offset, column in ((0.0, left), (at, right)):
            top = y
            for strip in column:
                top -= strip.above
                strip.draw(pen, x + offset, top)
                top -= strip.height

    return [Strip(max(sum(strip.height + strip.above for strip in column) for column in (left, right)), draw)]


def nothing(pen: Pen, x: float, y: float) -> None:
    """An empty band."""


def handwriting(strokes: str, width: float) -> Drawing:
    """A signature as it was drawn, on the line where one signs."""
    scale = min(width / WIDTH, (SIGNED_HEIGHT - 6) / HEIGHT)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y - SIGNED_HEIGHT + 3, x + width, y - SIGNED_HEIGHT + 3, 0.5, SOFT)
        for stroke in read_strokes(strokes):
            pen.stroke([(x + across * scale, y - down * scale) for across, down in stroke], _INK_WIDTH)

    return draw


def rule(width: float) -> Drawing:
    """A line to write on."""

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y - 24, x + width, y - 24, 0.5, SOFT)

    return draw


def cut(width: float) -> Drawing:
    """A dashed line to cut or tear along."""

    def draw(pen: Pen, x: float, y: float) -> None:
        at = 0.0
        while at < width:
            pen.line(x + at, y - 6, x + min(at + _DASH, width), y - 6, 0.7, SOFT)
            at += 2 * _DASH

    return draw
