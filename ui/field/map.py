"""The picture of a day without a map service: stops with their numbers, the way, candidates, districts, a scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.field.projection import Projection, fitted, round_step
from ui.look import Look
from workstation.domain.message import nmsg
from workstation.domain.route import Place

DOT, RING, MARGIN, SCALE = 4, 11, 44, 110  # pixels at 100 %: a candidate, a stop, around all, the scale bar at most
LARGER, STEP = 1.25, 40  # a key's zoom, and pixels a key moves the cross or the picture
GRID = 120  # pixels between the lines of the grid at most
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


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

    @property
    def places(self) -> tuple[Place, ...]:
        """What the picture is fitted to: the day, or the candidates while nobody is on it."""
        going = tuple(mark.place for mark in self.marks if mark.number)
        return (*going, *self.way) or tuple(mark.place for mark in self.marks)


class DayMap(QWidget):
    """Arrows go from stop to stop, + and − make it larger and smaller, 0 shows all, Enter adds or takes off.

    While a place is looked for, the arrows or the pointer move a cross, Enter or a click takes what lies under it.
    """

    chosen = Signal(str)  # a case
    wanted = Signal(str)  # a case, onto the day or off it
    placed = Signal(object)  # a Place
    given_up = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("field_map")
        self._look = look
        self.picture = Picture()
        self.current = ""
        self._view: Projection | None = None
        self._own = False  # somebody moved it: it is not fitted anew
        self._dragged: QPoint | None = None
        self._cross: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 160)

    @property
    def placing(self) -> bool:
        return self._cross is not None

    @property
    def view(self) -> Projection:
        if self._view is None:
            margin = self._look.tokens.px(MARGIN)
            self._view = fitted(self.picture.places, self.width(), self.height(), margin)
        return self._view

    def show_picture(self, picture: Picture) -> None:
        moved = picture.places != self.picture.places
        self.picture = picture
        if moved and not self._own and not self.placing:
            self._view = None
        stops = [mark.said for mark in picture.marks if mark.number]
        others = len(picture.marks) - len(stops)
        more = [self._look.say(nmsg("{n} more case on the map", "{n} more cases on the map", others))] if others else []
        self.setAccessibleDescription("; ".join([*stops, *more]))
        self.update()

    def show_all(self) -> None:
        self._view, self._own = None, False
        self.update()

    def choose(self, case_id: str) -> None:
        """Mark one; told from the lists, so nothing is told back."""
        self.current = case_id
        self.update()

    # ---- placing ----

    def look_for_place(self, near: Place | None) -> None:
        """A cross to put somewhere; `near` is where it begins."""
        x, y = self.view.spot(near) if near is not None else (self.width() / 2, self.height() / 2)
        inside = 0 <= x <= self.width() and 0 <= y <= self.height()
        self._cross = QPointF(x, y) if inside else QPointF(self.width() / 2, self.height() / 2)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocus()
        self.update()

    def stop_placing(self) -> None:
        self._cross = None
        self.unsetCursor()
        self.update()

    def _take_place(self) -> None:
        if self._cross is not None:
            where = self.view.place(self._cross.x(), self._cross.y())
            self.stop_placing()
            self.placed.emit(where)

    # ---- hands ----

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self._at(event.pos())
            QToolTip.showText(event.globalPos(), "" if mark is None else mark.said, self)
            return True
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.placing
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # one step back is out of the placing, not out of the page
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.placing and key == Qt.Key.Key_Escape:
            self.stop_placing()
            self.given_up.emit()
        elif self.placing and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take_place()
        elif key in ARROWS:
            self._arrow(*ARROWS[key], fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self._zoom(LARGER)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / LARGER)
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.current:
            self.wanted.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _arrow(self, right: int, down: int, *, fine: bool) -> None:
        if self._cross is not None:
            by = 2 if fine else STEP // 2
            x = max(0.0, min(float(self.width()), self._cross.x() + right * by))
            y = max(0.0, min(float(self.height()), self._cross.y() + down * by))
            self._cross = QPointF(x, y)
        elif fine:
            self._view, self._own = self.view.moved(-right * STEP, -down * STEP), True
        else:
            stops = [mark for mark in self.picture.marks if mark.number]
            stops.sort(key=lambda mark: mark.number)
            at = next((place for place, mark in enumerate(stops) if mark.case_id == self.current), -1)
            to = max(0, min(len(stops) - 1, at + (right or down)))
            if stops:
                self.choose(stops[to].case_id)
                self.chosen.emit(self.current)
        self.update()

    def _zoom(self, times: float) -> None:
        self._view, self._own = self.view.nearer(times), True
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(LARGER if event.angleDelta().y() > 0 else 1 / LARGER)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.placing:
            self._cross = event.position()
            self._take_place()
            return
        mark = self._at(event.position().toPoint())
        if mark is not None:
            self.choose(mark.case_id)
            self.chosen.emit(mark.case_id)
        else:
            self._dragged = event.position().toPoint()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        mark = self._at(event.position().toPoint())
        if mark is not None and not self.placing:
            self.wanted.emit(mark.case_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.placing:
            self._cross = event.position()
            self.update()
        elif self._dragged is not None:
            by = event.position().toPoint() - self._dragged
            self._view, self._own = self.view.moved(by.x(), by.y()), True
            self._dragged = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._view = self._view.of_size(self.width(), self.height()) if self._own and self._view else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _at(self, point: QPoint) -> Mark | None:
        """The nearest mark under the pointer; stops before candidates."""
        px = self._look.tokens.px
        best: tuple[int, float] | None = None
        found = None
        for mark in self.picture.marks:
            x, y = self.view.spot(mark.place)
            away = (x - point.x()) ** 2 + (y - point.y()) ** 2
            reach = px(RING if mark.number else DOT + 3)
            if away <= reach**2 and (best is None or (not mark.number, away) < best):
                best, found = (not mark.number, away), mark
        return found

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.colour("sunken"))
        self._grid(painter)
        for name, middle in self.picture.districts:
            self._word(painter, middle, name, "faint", lift=tokens.px(18))
        self._paint_way(painter)
        for mark in sorted(self.picture.marks, key=lambda mark: (mark.number > 0, mark.case_id == self.current)):
            self._paint_mark(painter, mark)
        for name, place in self.picture.named:
            self._paint_named(painter, name, place)
        self._scale(painter)
        if self._cross is not None:
            painter.setPen(QPen(tokens.colour("accent"), 1.5))
            painter.drawLine(QPointF(0, self._cross.y()), QPointF(self.width(), self._cross.y()))
            painter.drawLine(QPointF(self._cross.x(), 0), QPointF(self._cross.x(), self.height()))
        edge = "accent" if self.hasFocus() else "border"
        painter.setPen(QPen(tokens.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1) if self.hasFocus() else self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _step(self) -> tuple[float, float]:
        """Metres between two lines of the grid, and pixels."""
        metres = round_step(self.view.metres * self._look.tokens.px(GRID))
        return metres, metres / self.view.metres

    def _grid(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._look.tokens.colour("border"), 1))
        _, apart = self._step()
        anchor_x, anchor_y = self.view.spot(
            Place(round(self.view.middle.latitude, 1), round(self.view.middle.longitude, 1))
        )
        x = anchor_x % apart
        while x < self.width():
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
            x += apart
        y = anchor_y % apart
        while y < self.height():
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
            y += apart

    def _paint_way(self, painter: QPainter) -> None:
        line = [QPointF(*self.view.spot(place)) for place in self.picture.way]
        if len(line) < 2:
            return
        colour = self._look.tokens.colour("accent")
        painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for one, other in pairwise(line):
            self._arrow_head(painter, one, other)

    def _arrow_head(self, painter: QPainter, one: QPointF, other: QPointF) -> None:
        """Half-way, where there is room for it."""
        along = other - one
        length = (along.x() ** 2 + along.y() ** 2) ** 0.5
        size = self._look.tokens.px(5)
        if length < 6 * size:
            return
        ahead = QPointF(along.x() / length, along.y() / length)
        aside = QPointF(-ahead.y(), ahead.x())
        tip = one + along / 2 + ahead * size
        painter.drawPolygon(
            QPolygonF([tip, tip - ahead * 2 * size + aside * size, tip - ahead * 2 * size - aside * size])
        )

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        tokens, px = self._look.tokens, self._look.tokens.px
        spot = QPointF(*self.view.spot(mark.place))
        if not self.rect().adjusted(-40, -40, 40, 40).contains(spot.toPoint()):
            return
        current = mark.case_id == self.current
        radius = px(RING) if mark.number else px(DOT)
        if current:
            painter.setPen(QPen(tokens.colour("text"), 2))
            painter.setBrush(tokens.colour("panel"))
            painter.drawEllipse(spot, radius + 4, radius + 4)
        if not mark.number:
            painter.setPen(QPen(tokens.colour("muted"), 1.5))
            painter.setBrush(tokens.colour("panel"))
            painter.drawEllipse(spot, radius, radius)
            return
        painter.setPen(QPen(tokens.colour("panel"), 1.5))
        painter.setBrush(tokens.colour(mark.tone))
        painter.drawEllipse(spot, radius, radius)
        painter.setPen(tokens.colour("accent_text" if mark.tone == "accent" else "panel"))
        painter.setFont(self._look.font("type_small", bold=True))
        room = QRectF(spot.x() - 2 * radius, spot.y() - radius, 4 * radius, 2 * radius)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(mark.number))

    def _paint_named(self, painter: QPainter, name: str, place: Place) -> None:
        px = self._look.tokens.px
        spot = QPointF(*self.view.spot(place))
        size = px(6)
        painter.setPen(QPen(self._look.tokens.colour("panel"), 1.5))
        painter.setBrush(self._look.tokens.colour("text"))
        painter.drawRect(QRectF(spot.x() - size, spot.y() - size, 2 * size, 2 * size))
        self._word(painter, place, name, "text", lift=px(18), bold=True)

    def _word(self, painter: QPainter, place: Place, text: str, colour: str, *, lift: int, bold: bool = False) -> None:
        font = self._look.font("type_small", bold=bold)
        metrics = QFontMetrics(font)
        x, y = self.view.spot(place)
        wide = metrics.horizontalAdvance(text) + 8
        room = QRect(round(x - wide / 2), round(y - lift - metrics.height() / 2), wide, metrics.height())
        if bold:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.tokens.colour("panel"))
            painter.drawRoundedRect(room, 3, 3)
        painter.setFont(font)
        painter.setPen(self._look.tokens.colour(colour))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def _scale(self, painter: QPainter) -> None:
        """A bar of a round length at the lower left, with its length."""
        tokens, px = self._look.tokens, self._look.tokens.px
        metres = round_step(self.view.metres * px(SCALE))
        wide = metres / self.view.metres
        text = distance_words(self._look.tr, metres)
        font = self._look.font("type_small")
        high = QFontMetrics(font).height()
        left, bottom = px(12), self.height() - px(12)
        room = QRectF(left - 6, bottom - high - 10, wide + 12, high + 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("sunken"))
        painter.drawRect(room)
        painter.setPen(QPen(tokens.colour("text"), 1.5))
        painter.drawPolyline(
            QPolygonF([QPointF(left, bottom - 5), QPointF(left, bottom), QPointF(left + wide, bottom),
                       QPointF(left + wide, bottom - 5)])
        )  # fmt: skip
        painter.setFont(font)
        painter.drawText(QRectF(left, bottom - high - 6, wide, high), Qt.AlignmentFlag.AlignCenter, text)


def distance_words(tr: Callable[..., str], metres: float) -> str:
    """Metres below a kilometre, above it kilometres with one decimal where it says something."""
    if metres < 1000:
        return tr("{n} m", n=round(metres))
    kilometres = metres / 1000
    return tr(
        "{n} km", n=f"{kilometres:.0f}" if kilometres >= 20 or kilometres == int(kilometres) else f"{kilometres:.1f}"
    )
