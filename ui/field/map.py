"""The picture of a day without a map service: stops with their numbers, the way, candidates, districts, a scale."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.field.picture import DOT, RING, MapPainter, Mark, Picture
from ui.field.projection import Projection, fitted
from ui.look import Look
from workstation.domain.message import nmsg
from workstation.domain.route import Place

MARGIN = 44  # pixels at 100 % around all
LARGER, STEP = 1.25, 40  # a key's zoom, and pixels a key moves the cross or the picture
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


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
        MapPainter(self._look, self.view, painter).paint(self.picture, self.current)
        if self._cross is not None:
            painter.setPen(QPen(tokens.colour("accent"), 1.5))
            painter.drawLine(QPointF(0, self._cross.y()), QPointF(self.width(), self._cross.y()))
            painter.drawLine(QPointF(self._cross.x(), 0), QPointF(self._cross.x(), self.height()))
        focused = self.hasFocus()
        painter.setPen(QPen(tokens.colour("accent" if focused else "border"), 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1) if focused else self.rect().adjusted(0, 0, -1, -1))
        painter.end()
