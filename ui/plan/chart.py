"""What remains of the debt over the plan's dates, drawn small."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.look import Look

LINES = 4


class RemainingChart(QWidget):
    """A falling line from the debt today to nothing; the ends carry their dates."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._points: tuple[tuple[date, int], ...] = ()
        self.setMinimumHeight(look.tokens.px(92))

    def sizeHint(self) -> QSize:
        return QSize(300, self._look.tokens.px(104))

    def show_points(self, points: tuple[tuple[date, int], ...]) -> None:
        """Dates with what is owed after each, minor units."""
        self._points = points
        self.setVisible(len(points) > 1)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._points) < 2:
            return
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = tokens.px(18)
        area = QRectF(4, 4, self.width() - 8, self.height() - 8 - text)
        painter.setPen(QPen(tokens.colour("border"), 1))
        for place in range(LINES):
            y = area.top() + area.height() * place / (LINES - 1)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        first, last = self._points[0][0], self._points[-1][0]
        span = max(1, (last - first).days)
        most = max(1, *(owed for _, owed in self._points))
        line = QPolygonF(
            [
                QPointF(
                    area.left() + area.width() * (day - first).days / span, area.bottom() - area.height() * owed / most
                )
                for day, owed in self._points
            ]
        )
        painter.setPen(QPen(tokens.colour("accent"), 2))
        painter.drawPolyline(line)
        painter.setFont(self._look.font("type_small"))
        painter.setPen(tokens.colour("muted"))
        foot = QRectF(4, area.bottom() + 4, self.width() - 8, text)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, self._look.translator.day(first, "long"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, self._look.translator.day(last, "long"))
