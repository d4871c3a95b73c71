"""What remains of the debt under each plan, one line a card: told apart by colour, by dash and by letter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from workstation.desk.plan_views import LETTERS, PlanCard
from workstation.domain.message import Money

GRID, TALL, LEAST = 4, 168, 104  # lines across; pixels at 100 %
COLOURS = ("accent", "warn", "muted", "violet_ink")
DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


def pen(look: Look, place: int, *, thick: bool = False) -> QPen:
    """How the line of the card at `place` is drawn."""
    return QPen(look.tokens.colour(COLOURS[place]), 2.5 if thick else 1.75, DASHES[place])


class RemainingChart(QWidget):
    """Left and Right go from due day to due day; what is owed after it is shown and read."""

    def __init__(self, look: Look, height: int = LEAST) -> None:
        """`height` in pixels at 100 %."""
        super().__init__()
        self.setObjectName("plan_chart")
        self._look, self._height = look, height
        self._lines: list[tuple[int, tuple[tuple[date, int], ...]]] = []  # card and points
        self._currency, self._active = "", 0
        self._days: list[date] = []
        self._at: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_height(self, height: int) -> None:
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(300, self._look.tokens.px(self._height))

    def show_cards(self, cards: Sequence[PlanCard], active: int) -> None:
        self._lines = [(place, card.remaining) for place, card in enumerate(cards) if len(card.remaining) > 1]
        self._currency = next((card.amount.currency for card in cards if card.amount is not None), "")
        self._active = active
        self._days = sorted({day for _, points in self._lines for day, _ in points})
        if self._at is not None and self._at >= len(self._days):
            self._at = len(self._days) - 1 if self._days else None
        self._tell()

    # ---- reading it ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not self._days:
            super().keyPressEvent(event)
            return
        before = -1 if self._at is None else self._at
        self._at = max(0, min(len(self._days) - 1, before + by))
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._days:
            area = self._area()
            share = min(1.0, max(0.0, (event.position().x() - area.left()) / max(1.0, area.width())))
            day = self._days[0].toordinal() + share * self._span
            self._at = max(0, bisect_right([known.toordinal() for known in self._days], day) - 1)
            self._tell()

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]  # Qt's own event
        self._leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._leave()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _leave(self) -> None:
        self._at = None
        self._tell()

    def sentence(self) -> str:
        """What is owed after the day that is pointed at, by card; without one, when each is paid off."""
        if not self._days:
            return ""
        if self._at is None:
            return "   ".join(
                f"{LETTERS[place]} {self._look.translator.day(points[-1][0], 'long')}" for place, points in self._lines
            )
        day = self._days[self._at]
        owed = [
            f"{LETTERS[place]} {self._look.money(Money(_owed_on(points, day), self._currency), symbol=False)}"
            for place, points in self._lines
        ]
        return "   ".join([self._look.translator.day(day, "long"), *owed])

    def _tell(self) -> None:
        self.setAccessibleDescription(self.sentence())
        self.update()

    # ---- painting ----

    @property
    def _span(self) -> int:
        return max(1, (self._days[-1] - self._days[0]).days)

    def _area(self) -> QRectF:
        text = self._look.tokens.px(20)
        return QRectF(2, text + 4, self.width() - 4 - self._look.tokens.px(14), self.height() - 2 * text - 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, look = self._look.tokens, self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.setFont(look.font("type_small", bold=True))
        painter.setPen(tokens.colour("accent_ink" if self.hasFocus() else "muted"))
        head = QRectF(2, 0, self.width() - 4, area.top())
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, look.tr("Remaining debt"))
        painter.setFont(look.font("type_small"))
        painter.drawText(
            head, Qt.AlignmentFlag.AlignRight, self.sentence() if len(self._lines) > 1 or self._at is not None else ""
        )
        painter.setPen(QPen(tokens.colour("border"), 1))
        for place in range(GRID):
            y = area.top() + area.height() * place / (GRID - 1)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if self._days:
            self._paint_lines(painter, area)
            foot = QRectF(2, area.bottom() + 4, self.width() - 4, tokens.px(20))
            painter.setPen(tokens.colour("muted"))
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, look.translator.day(self._days[0], "long"))
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight, look.translator.day(self._days[-1], "long"))
        painter.end()

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        most = max(1, *(owed for _, points in self._lines for _, owed in points))

        def spot(day: date, owed: int) -> QPointF:
            x = area.left() + area.width() * (day - self._days[0]).days / self._span
            return QPointF(x, area.bottom() - area.height() * owed / most)

        if self._at is not None:
            painter.setPen(QPen(self._look.tokens.colour("faint"), 1))
            x = spot(self._days[self._at], 0).x()
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for place, points in sorted(self._lines, key=lambda line: line[0] == self._active):
            painter.setPen(pen(self._look, place, thick=place == self._active))
            painter.drawPolyline(QPolygonF([spot(day, owed) for day, owed in points]))
            if len(self._lines) > 1:
                self._letter(painter, place, spot(*points[-1]))
            if self._at is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._look.tokens.colour(COLOURS[place])))
                day = self._days[self._at]
                painter.drawEllipse(spot(day, _owed_on(points, day)), 3, 3)
                painter.setBrush(Qt.BrushStyle.NoBrush)

    def _letter(self, painter: QPainter, place: int, end: QPointF) -> None:
        painter.setPen(self._look.tokens.colour("text"))
        painter.drawText(QPointF(end.x() + 3, end.y() - 3), LETTERS[place])


def _owed_on(points: Sequence[tuple[date, int]], day: date) -> int:
    """What is owed after `day`, minor units."""
    return next((owed for known, owed in reversed(points) if known <= day), points[0][1])
