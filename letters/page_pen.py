"""A pen that writes the pages' own language (ISO 32000-1, 8 and 9): the same strokes as on a canvas, at a fraction of
its cost. Lines that many letters share keep how they are divided into runs."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

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

    @property
    def shared(self) -> object:
        """What the codes of fixed texts follow from: equal for two documents that have the same ones. `None` where
        that is not known."""
        ...

    def use(self, faces: Collection[int]) -> None:
        """A text that was coded earlier stands in this document too, in these faces."""
        ...


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
        if not isinstance(cells, Kept):
            raise TypeError("what a page's pen draws has been set")
        kept = cells
        before = (self._codes.shared, self._font, self._colour, self._stretch, x, y, size, colour, stretch)
        if kept.fixed and kept.drawn is not None and kept.drawn[0] == before:
            _, content, faces, self._font = kept.drawn
            self._codes.use(faces)
        else:
            content = self._content(kept, x, y, size, colour, stretch)
            if kept.fixed and before[0] is not None:
                faces = {run.face for run in kept.runs}
                kept.drawn = (before, content, faces, self._font)
        self._colour, self._stretch = colour, stretch
        self._texts.append(content)

    def _content(self, cells: Kept, x: float, y: float, size: float, colour: Colour, stretch: float) -> bytes:
        found: list[bytes] = []
        if colour != self._colour:
            found.append(b"%.3g %.3g %.3g rg" % colour)
        if stretch != self._stretch:
            found.append(b"%.3f Tc" % stretch)
        em, font, code = size / 1000, self._font, self._codes.run
        for face, offset, gaps, text in cells.runs:
            if (face, size) != font:
                font = (face, size)
                found.append(b"/F%d %.2f Tf" % font)
            place = x + offset * em + gaps * stretch
            found.append(b"1 0 0 1 %.2f %.2f Tm(%s)Tj" % (place, y, code(face, text)))
        self._font = font
        return b"\n".join(found)

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

    def squares(self, x: float, y: float, size: float, rows: Sequence[Sequence[int]]) -> None:
        """As one picture of a bit a square: no seams between them, and a tenth of the bytes of rectangles."""
        across, down = len(rows[0]), len(rows)
        wide = (across + 7) // 8
        bits = b"".join([bytes(row).translate(_LIGHT).ljust(wide * 8, b"1") for row in rows])
        light = int(bits, 2).to_bytes(wide * down)
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
