"""The payment's QR code in a letter: beside the lines that say how to pay, or by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from letters.breaking import Setting, same
from letters.flow import Strip, Type, glue, paragraph
from letters.language import Language
from letters.pen import SOFT, Pen
from letters.qr import QUIET, modules, side
from letters.templates import Row

_GAP = 10.0  # between the text and the code's white border
_CAPTION = Type(8, 11, colour=SOFT, align="centre")


def code_beside(
    code: str,
    rows: Sequence[Row],
    set_: Callable[[Sequence[Row], float, float], list[Strip]],
    measure: float,
    above: float,
    speech: Language,
    setting: Setting,
) -> list[Strip]:
    """The rows, as many of them narrow as the code is high; those and the code stand on one page."""
    block = _code(code, speech, setting)
    width = side(modules(code))
    narrow: list[Strip] = []
    count = 0
    while count < len(rows) and _height(narrow) < block.height:
        count += 1
        narrow = set_(rows[:count], measure - width - _GAP, 0.0)
    if narrow:
        first = narrow[0]

        def draw(pen: Pen, x: float, y: float) -> None:
            first.draw(pen, x, y)
            block.draw(pen, x + measure - width, y)

        narrow[0] = first._replace(draw=draw, above=above)
    short = block.height - _height(narrow)
    if short > 0:
        narrow.append(Strip(short, _blank))
    return glue(narrow) + set_(rows[count:], measure, 3.0)


def code_alone(code: str, speech: Language, setting: Setting, body: Type) -> list[Strip]:
    """The code at the left margin with its caption below."""
    return [_code(code, speech, setting)._replace(above=body.leading * 0.5)]


def _code(code: str, speech: Language, setting: Setting) -> Strip:
    rows = modules(code)
    width = side(rows)
    module = width / (len(rows) + 2 * QUIET)
    caption = paragraph([same(speech.words["pay_code"])], width, _CAPTION, setting)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.squares(x + QUIET * module, y - QUIET * module, module, rows)
        below = width
        for strip in caption:
            strip.draw(pen, x, y - below)
            below += strip.height

    return Strip(width + sum(strip.height for strip in caption), draw)


def _height(strips: Sequence[Strip]) -> float:
    return sum(strip.height + strip.above for strip in strips)


def _blank(pen: Pen, x: float, y: float) -> None:
    """Room that the code needs beside fewer lines."""
