"""What one account owed over time, each component as a small line of its own with its first and its last figure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import _L, Look
from workstation.desk.history_views import AccountHistory, BalancePoint
from workstation.domain.message import Money

ROW, FOOT = 30, 22  # heights in pixels at 100 %
NARROW = 440  # below this width in pixels at 100 % the first figures are left out
AIR, GAP, DOT = 6, 12, 3  # pixels above and below a line, and beside it; the radius of a mark

SERIES: tuple[tuple[str, Callable[[BalancePoint], int]], ...] = (
    (_L("Total"), lambda point: point.principal + point.interest + point.charges),
    (_L("Principal"), lambda point: point.principal),
    (_L("Interest"), lambda point: point.interest),
    (_L("Penalty and fees"), lambda point: point.charges),
)


class BalanceChart(QWidget):
    """Left and Right go from figure to figure; the day and its figures are shown and read. Dashed: calculated here."""

    def __init__(self, look: Look, account: AccountHistory) -> None:
        super().__init__()
        self.setObjectName("balance_chart")
        self._look, self._currency = look, account.currency
        self.points = account.points
        self.at = len(self.points) - 1  # which point the right column shows
        self._series = [(name, [of(point) for point in self.points]) for name, of in SERIES]
        self._series = [(name, values) for name, values in self._series if any(values)]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(look.tr("Balance over time, card {card}", card=account.card_masked))
        self._tell()

    def sizeHint(self) -> QSize:
        return QSize(300, self._look.tokens.px(ROW) * len(self._series) + self._look.tokens.px(FOOT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        self.at = max(0, min(len(self.points) - 1, self.at + by))
        self._tell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.at = len(self.points) - 1
        self._tell()

    def sentence(self) -> str:
        """The day that is shown and whose figures they are."""
        point = self.points[self.at]
        day = self._look.translator.day(point.day, "long")
        if point.carried:
            return self._look.tr("{day}: calculated here", day=day)
        return self._look.tr("{day}: the bank's figures", day=day)

    def _tell(self) -> None:
        figures = [f"{self._look.tr(name)} {self._money(values[self.at])}" for name, values in self._series]
        self.setAccessibleDescription(", ".join((self.sentence(), *figures)))
        self.update()

    def _money(self, minor: int) -> str:
        return self._look.money(Money(minor, self._currency))

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        px, tokens = self._look.tokens.px, self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small, bold = self._look.font("type_small"), self._look.font("type_small", bold=True)
        metrics = QFontMetrics(bold)
        names = max(metrics.horizontalAdvance(self._look.tr(name)) for name, _ in self._series) + GAP
        figures = max(metrics.horizontalAdvance(self._money(value)) for _, values in self._series for value in values)
        first = figures if self.width() >= px(NARROW) else 0
        for place, (name, values) in enumerate(self._series):
            row = QRect(0, place * px(ROW), self.width(), px(ROW))
            font = bold if place == 0 else small
            self._text(painter, row, self._look.tr(name), font, "muted")
            if first:
                self._text(painter, row.adjusted(0, 0, names + first - row.width(), 0), self._money(values[0]),
                           small, "muted", right=True)  # fmt: skip
            area = QRectF(row).adjusted(names + first + GAP, AIR, -figures - GAP, -AIR)
            self._line(painter, area, values, "accent" if place == 0 else "muted")
            self._text(painter, row, self._money(values[self.at]), font, "text", right=True)
        foot = QRect(0, px(ROW) * len(self._series), self.width(), px(FOOT))
        colour = "accent_ink" if self.hasFocus() else "muted"
        self._text(painter, foot, self.sentence(), self._look.font("type_small"), colour, right=True)
        painter.setPen(QPen(tokens.colour("border"), 1))
        painter.drawLine(foot.topLeft(), foot.topRight())
        painter.end()

    def _line(self, painter: QPainter, area: QRectF, values: list[int], colour: str) -> None:
        """Between its own least and most, so that a small component shows its movement; the figures tell its size."""
        tokens, least, span = self._look.tokens, min(values), max(values) - min(values)
        begin = self.points[0].day
        days = max(1, (self.points[-1].day - begin).days)
        spots = [
            QPointF(
                area.left() + area.width() * (point.day - begin).days / days,
                area.bottom() - area.height() * (value - least) / span if span else area.center().y(),
            )
            for point, value in zip(self.points, values, strict=True)
        ]
        bank = sum(not point.carried for point in self.points)
        painter.setPen(QPen(tokens.colour(colour), 1.5))
        painter.drawPolyline(QPolygonF(spots[:bank]))
        painter.setPen(QPen(tokens.colour(colour), 1.5, Qt.PenStyle.DotLine))
        painter.drawPolyline(QPolygonF(spots[max(0, bank - 1) :]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("accent" if self.hasFocus() else colour))
        painter.drawEllipse(spots[self.at], DOT, DOT)

    def _text(
        self, painter: QPainter, room: QRect, text: str, font: QFont, colour: str, *, right: bool = False
    ) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(self._look.tokens.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
