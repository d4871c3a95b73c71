"""Drawing on a page: text in cells, hairlines, the seal's place. Points from the lower left corner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from letters.fonts import Cell, Faces

if TYPE_CHECKING:
    from letters.seal import SealImage

Colour = tuple[float, float, float]
INK: Colour = (0.11, 0.12, 0.14)
SOFT: Colour = (0.38, 0.41, 0.45)  # 6:1 on white
HAIR: Colour = (0.78, 0.80, 0.83)
ACCENT: Colour = (0.09, 0.23, 0.40)
TINT: Colour = (0.955, 0.963, 0.973)


class Pen:
    """One page of a reportlab canvas, as the first layout has it. Text is collected, written when the page turns."""

    def __init__(self, canvas: Any, faces: Faces) -> None:
        self._canvas = canvas
        from letters.embedding import EmbeddedFont

        self._names = [font.fontName for font in faces.fonts if isinstance(font, EmbeddedFont)]
        self._fonts = faces.fonts
        self._begin()

    def _begin(self) -> None:
        self._text = self._canvas.beginText()
        self._font: tuple[int, float] = (-1, 0.0)
        self._colour: Colour | None = None
        self._stretch = 0.0

    def turn(self) -> None:
        """Finish this page and begin the next."""
        self._canvas.drawText(self._text)
        self._canvas.showPage()
        self._begin()

    def text(
        self, cells: Sequence[Cell], x: float, y: float, size: float, colour: Colour = INK, stretch: float = 0.0
    ) -> None:
        """Set the cells on the baseline `y`; `stretch` points are added after each that has no gap."""
        if not cells:
            return
        text = self._text
        if colour != self._colour:
            text.setFillColorRGB(*colour)
            self._colour = colour
        if stretch != self._stretch:
            text.setCharSpace(stretch)
            self._stretch = stretch
        run: list[str] = []
        pen = start = x
        face = cells[0].face
        for cell in cells:
            if run and (cell.face != face or cell.shift):
                self._run(run, face, start, y, size)
                run = []
            if not run:
                start, face = pen + cell.shift * size / 1000, cell.face
            run.append(cell.char)
            pen += cell.advance * size / 1000 + (0.0 if cell.gap else stretch)
            if cell.shift or cell.advance != self._fonts[cell.face].widths[ord(cell.char)]:
                self._run(run, face, start, y, size)
                run = []
        if run:
            self._run(run, face, start, y, size)

    def _run(self, run: list[str], face: int, x: float, y: float, size: float) -> None:
        text = self._text
        text.setTextOrigin(x, y)
        if (face, size) != self._font:
            text.setFont(self._names[face], size, size)
            self._font = (face, size)
        text.textOut("".join(run))

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.5, colour: Colour = HAIR) -> None:
        canvas = self._canvas
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(width)
        canvas.line(x1, y1, x2, y2)

    def stroke(self, points: Sequence[tuple[float, float]], width: float, colour: Colour = INK) -> None:
        """A line with round ends through all the points: of one point, a dot."""
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(width)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        path = canvas.beginPath()
        (x, y), *rest = points
        path.moveTo(x, y)
        for point in rest or [(x, y)]:
            path.lineTo(*point)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()

    def box(self, x: float, y: float, width: float, height: float, line: float, colour: Colour) -> None:
        """The outline of a rectangle whose lower left corner is (x, y)."""
        canvas = self._canvas
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(line)
        canvas.rect(x, y, width, height, stroke=1, fill=0)

    def squares(self, x: float, y: float, size: float, rows: Sequence[Sequence[int]]) -> None:
        """Black squares of `size` points where `rows` has a 1, from the upper left corner (x, y) down: a QR code."""
        canvas = self._canvas
        path = canvas.beginPath()
        for down, row in enumerate(rows):
            at = 0
            while at < len(row):
                run = at
                while run < len(row) and row[run]:
                    run += 1
                if run > at:
                    path.rect(x + at * size, y - (down + 1) * size, (run - at) * size, size)
                at = run + 1
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawPath(path, stroke=0, fill=1)

    def image(self, image: SealImage, x: float, y: float, width: float, height: float) -> None:
        """An image with its transparency, its lower left corner at (x, y)."""
        from reportlab.lib.utils import ImageReader

        self._canvas.drawImage(ImageReader(image.picture()), x, y, width, height, mask="auto")

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour = TINT) -> None:
        self._canvas.setFillColorRGB(*colour)
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)

    def ring(self, x: float, y: float, radius: float, colour: Colour = HAIR) -> None:
        """A dashed circle around (x, y): where a seal goes."""
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(0.7)
        canvas.setDash(3, 3)
        canvas.circle(x, y, radius, stroke=1, fill=0)
        canvas.restoreState()
