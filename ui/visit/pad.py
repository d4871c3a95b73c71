"""The field to sign in: with a pen, a finger or a mouse; the last stroke can be taken back, all of it cleared."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from workstation.domain.signature import HEIGHT, WIDTH, ink

_INK = 3.2  # units of the field


class SignaturePad(QWidget):
    """Strokes are kept in units of the field (`domain.signature`), whatever the size on screen. `changed`: one more
    or less."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self.setObjectName("signature_pad")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(200)

    def sizeHint(self) -> QSize:
        return QSize(380, self.heightForWidth(380))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * HEIGHT // WIDTH

    @property
    def ink(self) -> float:
        return ink(self.strokes)

    def undo(self) -> None:
        """The last stroke goes."""
        if self.strokes:
            self.strokes.pop()
            self._told()

    def clear(self) -> None:
        self.strokes.clear()
        self._told()

    # ---- drawing ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end(event.position())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen tells more points than the mouse that would be made of it."""
        event.accept()
        if event.type() == QEvent.Type.TabletPress:
            self._begin(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(event.position())
        else:
            self._end(event.position())

    def _begin(self, at: QPointF) -> None:
        self._drawing = True
        self.strokes.append([self._units(at)])
        self.setFocus()
        self.update()

    def _go_on(self, at: QPointF) -> None:
        if self._drawing:
            self.strokes[-1].append(self._units(at))
            self.update()

    def _end(self, at: QPointF) -> None:
        if self._drawing:
            self._go_on(at)
            self._drawing = False
            self._told()

    def _units(self, at: QPointF) -> tuple[float, float]:
        scale = WIDTH / max(1, self.width())
        return min(max(at.x() * scale, 0.0), float(WIDTH)), min(max(at.y() * scale, 0.0), float(HEIGHT))

    def _told(self) -> None:
        self.update()
        self.changed.emit()

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, radius = self._look.tokens.colour, self._look.tokens.px("radius")
        painter.setPen(QPen(colours("accent" if self.hasFocus() else "field_border"), 2 if self.hasFocus() else 1))
        painter.setBrush(colours("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        scale = self.width() / WIDTH
        base = HEIGHT * 0.78 * scale
        painter.setPen(QPen(colours("border"), 1))
        painter.drawLine(QPointF(self.width() * 0.06, base), QPointF(self.width() * 0.94, base))
        pen = QPen(colours("text"), max(1.5, _INK * scale * 2))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self.strokes:
            points = [QPointF(x * scale, y * scale) for x, y in stroke]
            if len(points) == 1:
                painter.drawPoint(points[0])
                continue
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            painter.drawPath(path)
        painter.end()
