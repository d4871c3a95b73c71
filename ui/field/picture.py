"""What the map of a day is painted of, and the painting: grid, districts, the way, stops, start and end, a scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from ui.field.projection import Projection, round_step
from ui.look import Look
from workstation.domain.route import Place

DOT, RING, SCALE, GRID = 4, 11, 110, 120  # pixels at 100 %: a candidate, a stop, the scale and the grid at most
BESIDE = 40  # pixels outside the picture in which a mark is still painted


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the map. `number` 0: a candidate that is not on the day. `tone`: accent, bad or muted."""

    case_id: str
    place: Place
    said: str  # its tooltip, and what a screen reader reads
    number: int = 0
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is painted: the marks, the line of the way, named points, and the middle of each district."""

    marks: tuple[Mark, ...] = ()
    way: tuple[Place, ...] = ()
    named: tuple[tuple[str, Place], ...] = ()  # start and end
    districts: tuple[tuple[str, Place], ...] = ()
    told: str = ""  # a sentence over it, where there is little to see

    @property
    def places(self) -> tuple[Place, ...]:
        """What the picture is fitted to: the day, or the candidates while nobody is on it."""
        going = tuple(mark.place for mark in self.marks if mark.number)
        return (*going, *self.way) or tuple(mark.place for mark in self.marks)


class MapPainter:
    """One painting of a picture as `view` shows it."""

    def __init__(self, look: Look, view: Projection, painter: QPainter) -> None:
        self._look, self._view, self._painter = look, view, painter
        self._written: list[QRect] = []  # where words stand already

    def paint(self, picture: Picture, current: str) -> None:
        """`current` is the case that is chosen: it lies on top."""
        self._grid()
        self._way(picture.way)
        for mark in sorted(picture.marks, key=lambda mark: (mark.number > 0, mark.case_id == current)):
            self._mark(mark, current=mark.case_id == current)
        for name, place in picture.named:
            self._named(name, place)
        for name, middle in picture.districts:
            self._word(middle, name, "muted", lift=self._look.tokens.px(18))
        self._scale()
        self._tell(picture.told)

    def _near(self, spot: QPointF) -> bool:
        return -BESIDE <= spot.x() <= self._view.width + BESIDE and -BESIDE <= spot.y() <= self._view.height + BESIDE

    def _step(self) -> tuple[float, float]:
        """Metres between two lines of the grid, and pixels."""
        metres = round_step(self._view.metres * self._look.tokens.px(GRID))
        return metres, metres / self._view.metres

    def _grid(self) -> None:
        self._painter.setPen(QPen(self._look.tokens.colour("border"), 1))
        _, apart = self._step()
        anchor_x, anchor_y = self._view.spot(
            Place(round(self._view.middle.latitude, 1), round(self._view.middle.longitude, 1))
        )
        x = anchor_x % apart
        while x < self._view.width:
            self._painter.drawLine(QPointF(x, 0), QPointF(x, self._view.height))
            x += apart
        y = anchor_y % apart
        while y < self._view.height:
            self._painter.drawLine(QPointF(0, y), QPointF(self._view.width, y))
            y += apart

    def _way(self, way: Sequence[Place]) -> None:
        line = [QPointF(*self._view.spot(place)) for place in way]
        if len(line) < 2:
            return
        colour = self._look.tokens.colour("accent")
        self._painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPolyline(QPolygonF(line))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        for one, other in pairwise(line):
            self._arrow_head(one, other)

    def _arrow_head(self, one: QPointF, other: QPointF) -> None:
        """Half-way, where there is room for it."""
        along = other - one
        length = (along.x() ** 2 + along.y() ** 2) ** 0.5
        size = self._look.tokens.px(5)
        if length < 6 * size:
            return
        ahead = QPointF(along.x() / length, along.y() / length)
        aside = QPointF(-ahead.y(), ahead.x())
        tip = one + along / 2 + ahead * size
        self._painter.drawPolygon(
            QPolygonF([tip, tip - ahead * 2 * size + aside * size, tip - ahead * 2 * size - aside * size])
        )

    def _mark(self, mark: Mark, *, current: bool) -> None:
        tokens, px = self._look.tokens, self._look.tokens.px
        spot = QPointF(*self._view.spot(mark.place))
        if not self._near(spot):
            return
        radius = px(RING) if mark.number else px(DOT)
        if current:
            self._painter.setPen(QPen(tokens.colour("text"), 2))
            self._painter.setBrush(tokens.colour("panel"))
            self._painter.drawEllipse(spot, radius + 4, radius + 4)
        if not mark.number:
            self._painter.setPen(QPen(tokens.colour("muted"), 1.5))
            self._painter.setBrush(tokens.colour("panel"))
            self._painter.drawEllipse(spot, radius, radius)
            return
        self._painter.setPen(QPen(tokens.colour("panel"), 1.5))
        self._painter.setBrush(tokens.colour(mark.tone))
        self._painter.drawEllipse(spot, radius, radius)
        self._painter.setPen(tokens.colour("accent_text" if mark.tone == "accent" else "panel"))
        self._painter.setFont(self._look.font("type_small", bold=True))
        room = QRectF(spot.x() - 2 * radius, spot.y() - radius, 4 * radius, 2 * radius)
        self._painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(mark.number))

    def _named(self, name: str, place: Place) -> None:
        px = self._look.tokens.px
        spot = QPointF(*self._view.spot(place))
        size = px(6)
        self._painter.setPen(QPen(self._look.tokens.colour("panel"), 1.5))
        self._painter.setBrush(self._look.tokens.colour("text"))
        self._painter.drawRect(QRectF(spot.x() - size, spot.y() - size, 2 * size, 2 * size))
        self._word(place, name, "text", lift=px(18), bold=True)

    def _word(self, place: Place, text: str, colour: str, *, lift: int, bold: bool = False) -> None:
        font = self._look.font("type_small", bold=bold)
        metrics = QFontMetrics(font)
        x, y = self._view.spot(place)
        wide = metrics.horizontalAdvance(text) + 8
        room = QRect(round(x - wide / 2), round(y - lift - metrics.height() / 2), wide, metrics.height())
        if any(room.intersects(other) for other in self._written):
            return  # better no name than two over one another
        self._written.append(room)
        if bold:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(self._look.tokens.colour("panel"))
            self._painter.drawRoundedRect(room, 3, 3)
        self._painter.setFont(font)
        self._painter.setPen(self._look.tokens.colour(colour))
        self._painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def _tell(self, text: str) -> None:
        """At the top, on a ground of its own."""
        if not text:
            return
        font, px = self._look.font("type"), self._look.tokens.px
        wide = self._view.width - 2 * px(24)
        wrap = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignHCenter)
        needed = QFontMetrics(font).boundingRect(QRect(0, 0, wide, 1000), wrap, text)
        room = QRect((self._view.width - needed.width()) // 2, px(16), needed.width(), needed.height())
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._look.tokens.colour("panel"))
        self._painter.drawRoundedRect(room.adjusted(-10, -6, 10, 6), 6, 6)
        self._painter.setFont(font)
        self._painter.setPen(self._look.tokens.colour("muted"))
        self._painter.drawText(room, wrap, text)

    def _scale(self) -> None:
        """A bar of a round length at the lower left, with its length."""
        tokens, px = self._look.tokens, self._look.tokens.px
        metres = round_step(self._view.metres * px(SCALE))
        wide = metres / self._view.metres
        text = distance_words(self._look.tr, metres)
        font = self._look.font("type_small")
        high = QFontMetrics(font).height()
        left, bottom = px(12), self._view.height - px(12)
        room = QRectF(left - 6, bottom - high - 10, wide + 12, high + 16)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(tokens.colour("sunken"))
        self._painter.drawRect(room)
        self._painter.setPen(QPen(tokens.colour("text"), 1.5))
        self._painter.drawPolyline(
            QPolygonF([QPointF(left, bottom - 5), QPointF(left, bottom), QPointF(left + wide, bottom),
                       QPointF(left + wide, bottom - 5)])
        )  # fmt: skip
        self._painter.setFont(font)
        self._painter.drawText(QRectF(left, bottom - high - 6, wide, high), Qt.AlignmentFlag.AlignCenter, text)


def distance_words(tr: Callable[..., str], metres: float) -> str:
    """Metres below a kilometre, above it kilometres with one decimal where it says something."""
    if metres < 1000:
        return tr("{n} m", n=round(metres))
    kilometres = metres / 1000
    return tr(
        "{n} km", n=f"{kilometres:.0f}" if kilometres >= 20 or kilometres == int(kilometres) else f"{kilometres:.1f}"
    )
