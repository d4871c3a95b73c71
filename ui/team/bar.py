"""Paints how many cases of a person stand in each stage; the late ones are counted in words beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.look import Look
from ui.models.rows import VALUE
from workstation.desk.caseload import BoardRow
from workstation.domain.vocabulary import STAGES

# Token and strength of each stage's colour: what is fresh is light, what is late is strong.
_INKS = {
    "M0": ("good", 0.55),
    "M1": ("accent", 0.45),
    "M2": ("accent", 0.7),
    "M3": ("accent", 1.0),
    "M4": ("warn", 0.7),
    "M5": ("warn", 1.0),
    "M6": ("bad", 0.7),
    "M7+": ("bad", 1.0),
}
LATE = frozenset({"M5", "M6", "M7+"})  # counted in words
BAR, LEAST = 9, 2  # pixels at 100 %: its height, and the least width of a stage with a case


def ink(look: Look, stage: str) -> QColor:
    name, strength = _INKS[stage]
    colour, ground = look.tokens.colour(name), look.tokens.colour("panel")
    parts = (round(a * strength + b * (1 - strength)) for a, b in zip(_rgb(colour), _rgb(ground), strict=True))
    return QColor(*parts)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


class StageBar(QStyledItemDelegate):
    """The longest bar is that of whoever holds most."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.most = 1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._look.tokens.px(200), self._look.tokens.px(30))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: BoardRow = index.data(VALUE)
        tokens, look = self._look.tokens, self._look
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.colour("accent_soft"))
        elif index.data(Qt.ItemDataRole.BackgroundRole) is not None:
            painter.fillRect(rect, tokens.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.colour("border"))
        font = look.font("type_small")
        painter.setFont(font)
        late = sum(share.cases for share in row.stages if share.stage in LATE)
        said = look.tr("late {n}", n=late) if late else ""
        words = QFontMetrics(font).horizontalAdvance(look.tr("late {n}", n="8888")) + 8
        inner = rect.adjusted(6, 0, -6, 0)
        room = max(tokens.px(20), inner.width() - words)
        whole = round(room * row.cases / max(1, self.most))
        left, top = inner.left(), inner.center().y() - tokens.px(BAR) // 2
        shares = [share for share in row.stages if share.cases]
        done = 0
        for share in shares:
            done += share.cases
            right = inner.left() + max(left - inner.left() + LEAST, round(whole * done / max(1, row.cases)))
            painter.fillRect(QRect(left, top, right - left, tokens.px(BAR)), ink(look, share.stage))
            left = right
        painter.setPen(tokens.colour("bad_ink" if late else "muted"))
        painter.drawText(
            QRect(left + 6, inner.top(), inner.right() - left, inner.height()), Qt.AlignmentFlag.AlignVCenter, said
        )
        painter.restore()


def spoken(look: Look, row: BoardRow) -> str:
    """The bar in words, for a tooltip and a screen reader."""
    return " · ".join(
        look.tr("{stage}: {n}", stage=share.stage, n=share.cases) for share in row.stages if share.cases
    ) or look.tr("No case")


class Legend(QWidget):
    """Which colour is which stage."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(look.tokens.px(22))

    def retranslate(self) -> None:
        self.setFixedHeight(self._look.tokens.px(22))
        self.setAccessibleName(", ".join(STAGES))
        self.update()

    def paintEvent(self, _event: object) -> None:
        painter, tokens = QPainter(self), self._look.tokens
        font = self._look.font("type_small")
        painter.setFont(font)
        metrics, side, left = QFontMetrics(font), tokens.px(9), 0
        for stage in STAGES:
            painter.fillRect(QRect(left, (self.height() - side) // 2, side, side), ink(self._look, stage))
            painter.setPen(tokens.colour("muted"))
            width = metrics.horizontalAdvance(stage)
            painter.drawText(QRect(left + side + 4, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, stage)
            left += side + width + tokens.px(14)
        painter.end()
