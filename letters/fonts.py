"""The faces letters are set in, loaded once per process: which one has a character, and how wide it is there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from resources import resource

if TYPE_CHECKING:
    from letters.embedding import EmbeddedFont

REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
GETA = "〓"  # the compositor's mark for a character that is not in the case
_QUOTES = "‘’“”"  # drawn a whole em wide by a Chinese face; narrow between Latin letters
_QUOTE_SIDE = 60  # thousandths of an em left free beside a narrow quote

_loading = Lock()


class Cell(NamedTuple):
    """One character to be set: what is drawn, by which face (index into `Faces.fonts`), its advance and shift.

    Advance and shift are thousandths of an em; the glyph is drawn `shift` to the right of the pen.
    """

    char: str
    face: int
    advance: float
    shift: float = 0.0


@dataclass(frozen=True)
class Faces:
    """Regular, bold, then every other face of `resources/fonts` as a fallback, in order of name."""

    fonts: tuple[EmbeddedFont, ...]

    def cell(self, char: str, bold: bool, narrow_quotes: bool) -> Cell | None:
        """How `char` is set, in the wanted weight where possible; `None` when no face has it."""
        return _cell(self, char, bold, narrow_quotes)

    def holds(self, char: str) -> bool:
        return any(ord(char) in font.glyphs for font in self.fonts)


def printable(text: str) -> str:
    """`text` without what has no place on paper: control, direction and other invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    spaced = "".join(" " if char in "\t\n\r\v\f\x85\u2028\u2029\xa0" else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


@cache
def _cell(faces: Faces, char: str, bold: bool, narrow_quotes: bool) -> Cell | None:
    wanted = 1 if bold else 0
    order = (wanted, 1 - wanted, *range(2, len(faces.fonts)))
    code = ord(char)
    for index in order:
        font = faces.fonts[index]
        if code in font.glyphs:
            if narrow_quotes and char in _QUOTES:
                return _narrow(font, char, index)
            return Cell(char, index, font.widths[code])
    return None


def _narrow(font: EmbeddedFont, char: str, index: int) -> Cell:
    left, right = font.ink(ord(char))
    return Cell(char, index, right - left + 2 * _QUOTE_SIDE, _QUOTE_SIDE - left)


def faces() -> Faces:
    """The faces, read on the first call (about a tenth of a second) and kept."""
    with _loading:
        return _load()


@cache
def _load() -> Faces:
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics

    from letters.embedding import EmbeddedFont

    rl_config.useA85 = 0  # page text compressed only, not spelled out in letters as well
    folder = resource("fonts")
    others = sorted(
        entry.name[:-4]
        for entry in folder.iterdir()
        if entry.name.endswith(".ttf") and entry.name[:-4] not in {REGULAR, BOLD}
    )
    fonts = tuple(EmbeddedFont(name, folder.joinpath(f"{name}.ttf").read_bytes()) for name in (REGULAR, BOLD, *others))
    for font in fonts:
        pdfmetrics.registerFont(font)
    return Faces(fonts)
