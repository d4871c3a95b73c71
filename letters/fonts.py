"""The faces letters are set in, loaded once per process: which one has a character, and how wide it is there."""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from letters.layouts import CURRENT, Layout
from letters.outlines import OutlineFace
from resources import resource

if TYPE_CHECKING:
    from letters.embedding import EmbeddedFont

REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
RARE = "RareHan"  # unpacked when a character needs it, about a second
GETA = "〓"  # the compositor's mark for a character that is not in the case
_QUOTES = "‘’“”"  # drawn a whole em wide by a Chinese face; narrow between Latin letters
_QUOTE_SIDE = 60  # thousandths of an em left free beside a narrow quote, by the first layout

_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]+")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_loading = Lock()


class Cell(NamedTuple):
    """One character to be set: what is drawn, by which face (index into `Faces.fonts`), its advance and shift.

    Advance, shift and gap are thousandths of an em; the glyph is drawn `shift` to the right of the pen.
    """

    char: str
    face: int
    advance: float
    shift: float = 0.0
    gap: float = 0.0  # part of the advance: air before what follows, which is never stretched


@dataclass(frozen=True, eq=False)
class Faces:
    """Regular, bold, then those that are asked when neither has a character; `narrow`: the places of the faces of
    narrow quotes, regular and bold, which are asked for those alone."""

    fonts: tuple[EmbeddedFont | OutlineFace, ...]
    narrow: tuple[int, int] | None = None

    def outlines(self, face: int) -> OutlineFace:
        """The face of that place, of a layout that prints with outlines."""
        font = self.fonts[face]
        if not isinstance(font, OutlineFace):
            raise TypeError("the first layout's faces are whole TrueType files")
        return font

    def cells(self, bold: bool, narrow_quotes: bool) -> Mapping[str, Cell | None]:
        """How each character is set, in the wanted weight where possible; `None` where no face has it."""
        return _cells(self, bold, narrow_quotes)

    def cell(self, char: str, bold: bool, narrow_quotes: bool) -> Cell | None:
        return self.cells(bold, narrow_quotes)[char]

    def holds(self, char: str) -> bool:
        return any(ord(char) in font.glyphs for at, font in enumerate(self.fonts) if at not in (self.narrow or ()))


@lru_cache(maxsize=4096)  # a letter asks for the bank's texts as often as the one before
def printable(text: str) -> str:
    """`text` without what has no place on paper: control, direction and other invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    spaced = "".join(" " if char in "\t\n\r\v\f\x85\u2028\u2029\xa0" else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


def composed(text: str) -> str:
    """`text` with letters and their loose accents as one character, and without variation selectors.

    Nothing else is normalised: a compatibility ideograph in a name stays the one that it is.
    """
    if text.isascii():
        return text
    return _SELECTORS.sub("", _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text))


class _Cells(dict[str, Cell | None]):
    """The cells of one weight, each found when its character is first asked for."""

    def __init__(self, faces: Faces, bold: bool, narrow_quotes: bool) -> None:
        super().__init__()
        wanted = 1 if bold else 0
        others = (at for at in range(2, len(faces.fonts)) if at not in (faces.narrow or ()))
        self._fonts, self._order = faces.fonts, (wanted, 1 - wanted, *others)
        self._narrow = narrow_quotes
        self._quotes = faces.narrow[wanted] if faces.narrow is not None and narrow_quotes else None

    def __missing__(self, char: str) -> Cell | None:
        found = self[char] = self._cell(char)
        return found

    def _cell(self, char: str) -> Cell | None:
        code = ord(char)
        if self._quotes is not None and char in _QUOTES:
            return Cell(char, self._quotes, self._fonts[self._quotes].widths[code])
        for index in self._order:
            font = self._fonts[index]
            if code in font.glyphs:
                if self._narrow and char in _QUOTES:
                    return _narrow(font, char, index)
                return Cell(char, index, font.widths[code])
        return None


_cells = cache(_Cells)


def _narrow(font: EmbeddedFont | OutlineFace, char: str, index: int) -> Cell:
    """As the first layout has it: the wide quote drawn over its neighbours' room."""
    if isinstance(font, OutlineFace):
        return Cell(char, index, font.widths[ord(char)])
    left, right = font.ink(ord(char))
    return Cell(char, index, right - left + 2 * _QUOTE_SIDE, _QUOTE_SIDE - left)


def faces(layout: Layout = CURRENT) -> Faces:
    """The faces of a layout, read on the first call (about a tenth of a second) and kept."""
    with _loading:
        return _load(layout)


@cache
def _load(layout: Layout) -> Faces:
    if not layout.outlines:
        return Faces((_embedded(REGULAR), _embedded(BOLD)))
    names = (REGULAR, BOLD, RARE, f"{REGULAR}-Quotes", f"{BOLD}-Quotes")
    return Faces(tuple(OutlineFace(partial(_outlines, name)) for name in names), narrow=(3, 4))


def _outlines(name: str) -> bytes:
    """The face's file; a seldom used one is kept packed."""
    packed = resource(f"fonts/{name}.outlines.xz")
    if packed.is_file():
        return lzma.decompress(packed.read_bytes())
    return resource(f"fonts/{name}.outlines").read_bytes()


def _embedded(name: str) -> EmbeddedFont:
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics

    from letters.embedding import EmbeddedFont

    rl_config.useA85 = 0  # page text compressed only, not spelled out in letters as well
    font = EmbeddedFont(name, resource(f"fonts/{name}.ttf").read_bytes)
    pdfmetrics._fonts[name] = font  # `registerFont` would look into it, and so unpack it
    return font
