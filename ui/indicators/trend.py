"""An indicator over the periods before: a bar for each, with its figure above and its days below."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from ui.indicators import words
from ui.indicators.charts import BAR_ROOM, FOOT, GAP, Picture
from ui.look import Look
from workstation.desk.indicators import Figure
from workstation.domain.indicator_case import Period
from workstation.domain.message import msg

HEAD = 18  # pixels at 100 %, for the figure above its bar


class TrendChart(Picture):
    def __init__(self, look: Look) -> None:
        super().__init__(look, "trend_chart")
        self._rows: Sequence[tuple[Period, Figure]] = ()
        self._currency = "CNY"

    def show_trend(self, rows: Sequence[tuple[Period, Figure]], currency: str) -> None:
        self._rows, self._currency = rows, currency
        self.setAccessibleDescription("; ".join(self._said(period, figure) for period, figure in rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self._look.tokens.px(BAR_ROOM + FOOT))

    def _said(self, period: Period, figure: Figure) -> str:
        return self._look.say(
            msg(
                "{first} – {last}: {figure}",
                first=period.first,
                last=period.last,
                figure=words.figure(self._look, figure, self._currency),
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        tokens, px = self._look.tokens, self._look.tokens.px
        painter = QPainter(self)
        self._told = []
        most = max((abs(figure.value or Decimal(0)) for _, figure in self._rows), default=Decimal(0)) or Decimal(1)
        wide = max(1, self.width() // len(self._rows))
        floor = self.height() - px(FOOT)
        room = floor - px(HEAD)
        centre = Qt.AlignmentFlag.AlignHCenter
        for at, (period, figure) in enumerate(self._rows):
            column = QRect(at * wide, 0, wide, self.height())
            last = at == len(self._rows) - 1
            high = round(room * float(abs(figure.value or Decimal(0)) / most))
            side = max(GAP, wide // 5)
            bar = QRect(column.left() + side, floor - high, wide - 2 * side, high)
            painter.fillRect(bar, tokens.colour("accent" if last else "accent_soft"))
            head = QRect(column.left(), floor - high - px(HEAD), wide, px(HEAD))
            shown = words.figure(self._look, figure, self._currency)
            self._text(painter, head, shown, tokens.colour("text"), centre, bold=last)
            foot = QRect(column.left(), floor, wide, px(FOOT))
            self._text(painter, foot, self._look.translator.day(period.first), tokens.colour("muted"), centre)
            self._told.append((column, self._said(period, figure)))
        painter.end()
