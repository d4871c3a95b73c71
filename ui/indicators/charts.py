"""Two pictures of the indicators: how cases rolled from stage to stage, and when in the day somebody is reached."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.look import Look
from workstation.domain.message import Money, msg, nmsg
from workstation.domain.vocabulary import STAGES

ROW, BAR_ROOM, FOOT, GAP = 26, 120, 20, 2  # pixels at 100 %


class Picture(QWidget):
    """Painted; what a cell or bar says is its tooltip, and all of it what a screen reader reads."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._look = look
        self._told: list[tuple[QRect, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            said = next((text for room, text in self._told if room.contains(event.pos())), "")
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def _text(
        self, painter: QPainter, room: QRect, text: str, colour: QColor, align: Qt.AlignmentFlag, *, bold: bool = False
    ) -> None:
        font = self._look.font("type_small", bold=bold)
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align | Qt.AlignmentFlag.AlignVCenter, shown)


class RollMap(Picture):
    """Stage at the start (down) to stage at the end (across); the share of each row, stronger the larger."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "roll_map")
        self._rolls: Mapping[tuple[str, str], tuple[int, int]] = {}
        self._currency = "CNY"
        self.by_amount = False

    def weigh(self, *, by_amount: bool) -> None:
        """Shares of what was owed at the start instead of shares of cases."""
        self.by_amount = by_amount
        self._tell()
        self.update()

    def show_rolls(self, rolls: Mapping[tuple[str, str], tuple[int, int]], currency: str) -> None:
        self._rolls, self._currency = rolls, currency
        self._tell()
        self.updateGeometry()
        self.update()

    @property
    def rows(self) -> list[str]:
        """The stages in which something began."""
        return [stage for stage in STAGES if any(before == stage for before, _ in self._rolls)]

    def cell(self, before: str, after: str) -> tuple[int, Decimal, int]:
        """Cases, their share of those that began in the stage, by number or amount, and their amount."""
        cases, amount = self._rolls.get((before, after), (0, 0))
        weight = 1 if self.by_amount else 0
        whole = sum(cell[weight] for (began, _), cell in self._rolls.items() if began == before)
        return cases, Decimal((cases, amount)[weight]) / whole if whole else Decimal(0), amount

    def sizeHint(self) -> QSize:
        return QSize(420, self._look.tokens.px(ROW) * (len(self.rows) + 1))

    def _tell(self) -> None:
        lines = [self._said(before, after) for before in self.rows for after in STAGES if self.cell(before, after)[0]]
        self.setAccessibleDescription("; ".join(lines))

    def _said(self, before: str, after: str) -> str:
        cases, share, amount = self.cell(before, after)
        return self._look.say(
            nmsg(
                "{before} to {after}: {n} case, {share} of the stage, {amount} at the start",
                "{before} to {after}: {n} cases, {share} of the stage, {amount} at the start",
                cases,
                before=before,
                after=after,
                share=self._look.translator.percent(share, 1),
                amount=Money(amount, self._currency),
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, px = self._look.tokens, self._look.tokens.px
        painter = QPainter(self)
        self._told = []
        rows, height = self.rows, px(ROW)
        left = px(48)
        wide = max(1, (self.width() - left) // len(STAGES))
        centre, muted, text = Qt.AlignmentFlag.AlignHCenter, tokens.colour("muted"), tokens.colour("text")
        for at, stage in enumerate(STAGES):
            self._text(painter, QRect(left + at * wide, 0, wide, height), stage, muted, centre)
        for down, before in enumerate(rows, 1):
            self._text(painter, QRect(0, down * height, left, height), before, muted, Qt.AlignmentFlag.AlignLeft)
            for at, after in enumerate(STAGES):
                room = QRect(left + at * wide, down * height, wide, height).adjusted(GAP, GAP, -GAP, -GAP)
                cases, share, _ = self.cell(before, after)
                ground = QColor(tokens.colour(self._tone(before, after)))
                ground.setAlphaF(0.12 + 0.6 * float(share) if cases else 0.0)
                painter.fillRect(room, ground if cases else tokens.colour("sunken"))
                if cases:
                    self._text(painter, room, self._look.translator.percent(share, 0), text, centre)
                    self._told.append((room, self._said(before, after)))
        painter.end()

    @staticmethod
    def _tone(before: str, after: str) -> str:
        if before == after:
            return "muted"
        return "good" if STAGES.index(after) < STAGES.index(before) else "bad"


class HoursChart(Picture):
    """Attempts by the hour, and within each how often the debtor was spoken to."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "hours_chart")
        self._hours: Mapping[int, tuple[int, int]] = {}

    def show_hours(self, hours: Mapping[int, tuple[int, int]]) -> None:
        self._hours = hours
        self.setAccessibleDescription("; ".join(self._said(hour) for hour in sorted(hours)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self._look.tokens.px(BAR_ROOM + FOOT))

    def _said(self, hour: int) -> str:
        tried, reached = self._hours[hour]
        share = self._look.translator.percent(Decimal(reached) / tried if tried else Decimal(0), 1)
        return self._look.say(
            msg(
                "{from_hour}–{to_hour}: {tried} attempts, {reached} right-party contacts, {share}",
                from_hour=f"{hour}:00",
                to_hour=f"{hour + 1}:00",
                tried=tried,
                reached=reached,
                share=share,
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, px = self._look.tokens, self._look.tokens.px
        painter = QPainter(self)
        self._told = []
        first, last = min(self._hours, default=8), max(self._hours, default=20)
        hours = range(min(first, 8), max(last, 20) + 1)
        most = max((tried for tried, _ in self._hours.values()), default=0) or 1
        wide = max(1, self.width() // len(hours))
        floor = self.height() - px(FOOT)
        room = floor - px(18)
        for at, hour in enumerate(hours):
            tried, reached = self._hours.get(hour, (0, 0))
            column = QRect(at * wide, 0, wide, self.height())
            high, inner = round(room * tried / most), round(room * reached / most)
            bar = column.adjusted(GAP, 0, -GAP, 0)
            painter.fillRect(QRect(bar.left(), floor - high, bar.width(), high), tokens.colour("accent_soft"))
            painter.fillRect(QRect(bar.left(), floor - inner, bar.width(), inner), tokens.colour("accent"))
            foot = QRect(QPoint(column.left(), floor), QSize(wide, px(FOOT)))
            self._text(painter, foot, str(hour), tokens.colour("muted"), Qt.AlignmentFlag.AlignHCenter)
            if tried:
                head = QRect(column.left(), floor - high - px(16), wide, px(16))
                share = self._look.translator.percent(Decimal(reached) / tried, 0)
                self._text(painter, head, share, tokens.colour("text"), Qt.AlignmentFlag.AlignHCenter)
                self._told.append((column, self._said(hour)))
        painter.end()
