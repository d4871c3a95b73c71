"""A pen that writes the pages' own language (ISO 32000-1, 8 and 9): the same strokes as on a canvas, at a fraction of
its cost. Lines that many letters share keep how they are divided into runs."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from letters.breaking import Kept
from letters.fonts import Cell, Faces
from letters.pen import HAIR, INK, TINT, Colour, Pen

if TYPE_CHECKING:
    from letters.seal import SealImage

_LEVEL = 6
_LIGHT = bytes.maketrans(b"\0\1", b"10")  # dark modules are the picture's nought
_ROUND = 0.5522847498  # of a radius: handles of the four curves of a circle


class Codes(Protocol):
    """Turns characters into the codes of a document's fonts."""

    def run(self, face: int, text: str) -> bytes:
        """`text` in two-byte codes of the font of that face, as it stands in a string."""
        ...


class Run(NamedTuple):
    """Characters set one after another: the face, what lies before them (thousandths of an em, stretched gaps)."""

    face: int
    offset: float
    gaps: int
    text: str


def image_name(image: SealImage) -> bytes:
    """What the image is called on a page: the same on every page of every letter."""
    return b"I" + image.sha256[:12].encode()


class PagePen(Pen):
    """Draws pages into `pages`, each the compressed content stream. `images` are those used, in order."""

    def __init__(self, faces: Faces, codes: Codes) -> None:
        self._faces = faces
        self._codes = codes
        self.pages: list[bytes] = []
        self.images: list[SealImage] = []
        self._begin()

    def _begin(self) -> None:
        self._shapes: list[bytes] = []
        self._texts: list[bytes] = []
        self._font: tuple[int, float] = (-1, 0.0)
        self._colour: Colour | None = None
        self._stretch = 0.0

    def turn(self) -> None:
        content = b"\n".join([*self._shapes, b"BT", *self._texts, b"ET"])
        self.pages.append(zlib.compress(content, _LEVEL))
        self._begin()

    def text(
        self, cells: Sequence[Cell], x: float, y: float, size: float, colour: Colour = INK, stretch: float = 0.0
    ) -> None:
        if not cells:
            return
        add = self._texts.append
        if colour != self._colour:
            add(b"%.3g %.3g %.3g rg" % colour)
            self._colour = colour
        if stretch != self._stretch:
            add(b"%.3f Tc" % stretch)
            self._stretch = stretch
        em = size / 1000
        for run in self._runs(cells):
            if (run.face, size) != self._font:
                add(b"/F%d %.2f Tf" % (run.face, size))
                self._font = (run.face, size)
            place = x + run.offset * em + run.gaps * stretch
            add(b"1 0 0 1 %.2f %.2f Tm(%s)Tj" % (place, y, self._codes.run(run.face, run.text)))

    def _runs(self, cells: Sequence[Cell]) -> list[Run]:
        if not isinstance(cells, Kept):
            return self._divided(cells)
        runs: list[Run] | None = cells.runs
        if runs is None:
            runs = cells.runs = self._divided(cells)
        return runs

    def _divided(self, cells: Sequence[Cell]) -> list[Run]:
        """A run ends where the face changes, before a cell that is shifted, and after one that is not as wide as its
        character."""
        fonts = self._faces.fonts
        found: list[Run] = []
        begins = 0
        offset, gaps = 0.0, 0
        last = len(cells) - 1
        for at, (char, face, advance, shift, _) in enumerate(cells):
            if at == begins:
                widths = fonts[face].widths
            wide = shift or advance != widths[ord(char)]
            if wide or at == last or cells[at + 1].face != face or cells[at + 1].shift:
                run = cells[begins : at + 1]
                found.append(Run(face, offset + run[0].shift, gaps, "".join([cell.char for cell in run])))
                offset += sum([cell.advance for cell in run])
                gaps += sum([not cell.gap for cell in run])
                begins = at + 1
        return found

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.5, colour: Colour = HAIR) -> None:
        self._shapes.append(b"%.3g %.3g %.3g RG %.2f w %.2f %.2f m %.2f %.2f l S" % (*colour, width, x1, y1, x2, y2))

    def stroke(self, points: Sequence[tuple[float, float]], width: float, colour: Colour = INK) -> None:
        (x, y), *rest = points
        path = b" ".join(b"%.2f %.2f l" % point for point in rest or [(x, y)])
        self._shapes.append(b"q 1 J 1 j %.3g %.3g %.3g RG %.2f w %.2f %.2f m %s S Q" % (*colour, width, x, y, path))

    def box(self, x: float, y: float, width: float, height: float, line: float, colour: Colour) -> None:
        self._shapes.append(b"%.3g %.3g %.3g RG %.2f w %.2f %.2f %.2f %.2f re S" % (*colour, line, x, y, width, height))

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour = TINT) -> None:
        self._shapes.append(b"%.3g %.3g %.3g rg %.2f %.2f %.2f %.2f re f" % (*colour, x, y, width, height))

    def squares(self, x: float, y: float, size: float, rows: Sequence[Sequence[bool]]) -> None:
        """As one picture of a bit a square: no seams between them, and a tenth of the bytes of rectangles."""
        across, down = len(rows[0]), len(rows)
        wide = (across + 7) // 8
        light = b"".join(
            int(bytes(row).translate(_LIGHT).ljust(wide * 8, b"1"), 2).to_bytes(wide, "big") for row in rows
        )
        self._shapes.append(
            b"q 0 0 0 rg %.4f 0 0 %.4f %.2f %.2f cm BI/W %d/H %d/IM true/BPC 1/F/AHx ID %s> EI Q"
            % (across * size, down * size, x, y - down * size, across, down, light.hex().encode())
        )

    def image(self, image: SealImage, x: float, y: float, width: float, height: float) -> None:
        if image not in self.images:
            self.images.append(image)
        place = (width, height, x, y, image_name(image))
        self._shapes.append(b"q %.2f 0 0 %.2f %.2f %.2f cm /%s Do Q" % place)

    def ring(self, x: float, y: float, radius: float, colour: Colour = HAIR) -> None:
        reach = radius * _ROUND
        curves = b"".join(
            b" %.2f %.2f %.2f %.2f %.2f %.2f c"
            % (
                x + radius * ax + reach * bx,
                y + radius * ay + reach * by,
                x + radius * bx + reach * ax,
                y + radius * by + reach * ay,
                x + radius * bx,
                y + radius * by,
            )
            for (ax, ay), (bx, by) in (((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0)))
        )
        self._shapes.append(
            b"q %.3g %.3g %.3g RG 0.7 w [3 3] 0 d %.2f %.2f m%s h S Q" % (*colour, x + radius, y, curves)
        )
