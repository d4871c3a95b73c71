"""Bands that blocks are put together from: columns of unlike strips, lines to write on, a line to cut along."""

from __future__ import annotations

from collections.abc import Sequence

from letters.flow import Drawing, Strip
from letters.pen import SOFT, Pen

_DASH = 3.0  # points drawn and points left free


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
