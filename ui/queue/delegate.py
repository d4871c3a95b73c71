"""Paints one case of the queue: name and amount, stage, reason and days."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.case.header import MARKS, TONES
from ui.look import Look
from ui.models.rows import VALUE
from workstation.desk.views import QueueRow

ROW, BAND = 61, 24  # heights in pixels at 100 %: of a case, and of the line above those that are only similar
STAGE_TONES = {"M0": "good", "M1": "accent", "M2": "warn", "M3": "warn"}


class QueueDelegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.first_similar = ""  # the case above which a line says that from here on they are only like the search
        self._texts: dict[str, tuple[QueueRow, str, str, str]] = {}
        look.changed.connect(self._texts.clear)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        band = BAND if self._opens_similar(index) else 0
        return QSize(200, self._look.tokens.px(ROW + band))

    def _opens_similar(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return bool(self.first_similar) and index.data(VALUE).case_id == self.first_similar

    def asks_why(self, rect: QRect, at: QPoint) -> bool:
        """Is this pixel on the question mark of the row?"""
        return at.x() >= rect.right() - self._look.tokens.px(34) and at.y() >= rect.bottom() - self._look.tokens.px(34)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: QueueRow = index.data(VALUE)
        tokens = self._look.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if self._opens_similar(index):
            rect = self._band(painter, rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, tokens.colour("accent_soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), tokens.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, tokens.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.colour("border"))
        inner = rect.adjusted(16, tokens.px(8), -16, -tokens.px(8))
        half = inner.height() // 2
        top = QRect(inner.left(), inner.top(), inner.width(), half)
        below = QRect(inner.left(), inner.top() + half, inner.width(), half)
        faded = row.worked_today or row.verdict == "block" or row.gone
        asked = chosen or bool(state & QStyle.StateFlag.State_MouseOver)
        self._top_line(painter, row, top, faded)
        self._lower_line(painter, row, below, asked and not row.gone)
        painter.restore()

    def _band(self, painter: QPainter, rect: QRect) -> QRect:
        """The line above the first row that is only like the search; returns what is left for the row."""
        tokens = self._look.tokens
        band = QRect(rect.left(), rect.top(), rect.width(), tokens.px(BAND))
        painter.fillRect(band, tokens.colour("sunken"))
        painter.setFont(self._look.font("type_small"))
        painter.setPen(tokens.colour("muted"))
        painter.drawText(band.adjusted(16, 0, -16, 0), Qt.AlignmentFlag.AlignVCenter, self._look.tr("Similar:"))
        return rect.adjusted(0, band.height(), 0, 0)

    def _spelled(self, row: QueueRow) -> tuple[str, str, str]:
        """Amount, reason and days in the person's language; spelled once, however often the row is painted."""
        kept = self._texts.get(row.case_id)
        if kept is None or kept[0] is not row:
            look = self._look
            # A case that may not be called says so; of the others the reason to call matters more.
            why = look.say(row.reason)
            opens = row.light.opens_at
            if row.gone:
                why = look.tr("No longer at this desk")
            elif opens is not None:
                why = look.tr("Not before {when}", when=f"{opens.month}/{opens.day} {opens:%H:%M}")
            elif row.verdict == "block":
                why = look.say(row.light.phrase)
            kept = row, look.money(row.owed), why, look.tr("{n} d", n=row.days_past_due)
            self._texts[row.case_id] = kept
        return kept[1:]

    def _top_line(self, painter: QPainter, row: QueueRow, rect: QRect, faded: bool) -> None:
        tokens = self._look.tokens
        font = self._look.font("type", bold=True)
        font.setStrikeOut(row.gone)
        metrics = QFontMetrics(font)
        amount, _, _ = self._spelled(row)
        width = metrics.horizontalAdvance(amount)
        painter.setFont(font)
        painter.setPen(tokens.colour("muted" if faded else "text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, amount)
        name = ("✓ " if row.worked_today else "") + row.name
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.width() - width - 12)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _lower_line(self, painter: QPainter, row: QueueRow, rect: QRect, asked: bool) -> None:
        tokens = self._look.tokens
        small = self._look.font("type_small", bold=True)
        metrics = QFontMetrics(small)
        tone = STAGE_TONES.get(row.stage, "bad")
        badge = QRect(rect.left(), rect.center().y() - metrics.height() // 2 - 1, 0, metrics.height() + 3)
        badge.setWidth(metrics.horizontalAdvance(row.stage) + 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour(f"{tone}_soft"))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(tokens.colour(f"{tone}_ink"))
        painter.setFont(small)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, row.stage)
        font = self._look.font("type_small")
        metrics = QFontMetrics(font)
        _, why, days = self._spelled(row)
        if asked:
            days += "  ?"  # opens why the case stands here
        width = metrics.horizontalAdvance(days)
        painter.setFont(font)
        painter.setPen(tokens.colour("muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, days)
        mark = "" if row.gone else MARKS[row.verdict]
        left = rect.adjusted(badge.width() + 6, 0, -width - 8, 0)
        painter.setPen(tokens.colour(f"{TONES[row.verdict]}_ink"))
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, mark)
        left.adjust(metrics.horizontalAdvance(mark) + 5, 0, 0, 0)
        if row.verdict != "block" or row.gone:
            painter.setPen(tokens.colour("muted"))
        reason = metrics.elidedText(why, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, reason)
