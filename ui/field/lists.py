"""The two lists of a day: who might be visited, and the stops in their order, to be moved by key or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.look import Look
from ui.models.rows import VALUE, Index, RowsModel
from ui.widgets.uncopied import uncopied

ROW, SIDE, GAP = 52, 12, 8  # pixels at 100 %: a row's height, its margins, between what stands left and right
CARRIED = "application/x-field-stop"  # a dragged stop, by its row alone


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is painted: two lines, each with something at its right. `mark` stands in a circle before them."""

    case_id: str
    mark: str
    tone: str  # of the mark: accent, bad, muted
    first: str
    first_right: str
    second: str
    second_right: str = ""
    second_tone: str = "muted"

    @property
    def spoken(self) -> str:
        said = (self.mark, self.first, self.first_right, self.second, self.second_right)
        return ", ".join(part for part in said if part)


class LineDelegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, self._look.tokens.px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: Line = index.data(VALUE)
        tokens, px = self._look.tokens, self._look.tokens.px
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.colour("accent_soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), tokens.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, tokens.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.colour("border"))
        around = px(22)
        circle = QRect(rect.left() + SIDE, rect.center().y() - around // 2, around, around)
        self._mark(painter, circle, line)
        inner = rect.adjusted(SIDE + around + GAP, px(6), -SIDE, -px(6))
        half = inner.height() // 2
        top = QRect(inner.left(), inner.top(), inner.width(), half)
        self._pair(painter, top, line.first, line.first_right, "text", bold=True)
        below = QRect(inner.left(), inner.top() + half, inner.width(), half)
        self._pair(painter, below, line.second, line.second_right, line.second_tone)
        painter.restore()

    def _mark(self, painter: QPainter, circle: QRect, line: Line) -> None:
        tokens = self._look.tokens
        if line.tone == "muted":
            painter.setPen(tokens.colour("field_border"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.colour(line.tone))
        painter.drawEllipse(circle)
        if line.mark:
            painter.setPen(tokens.colour({"muted": "muted", "accent": "accent_text"}.get(line.tone, "panel")))
            painter.setFont(self._look.font("type_small", bold=True))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, line.mark)

    def _pair(self, painter: QPainter, room: QRect, left: str, right: str, colour: str, *, bold: bool = False) -> None:
        font = self._look.font("type" if bold else "type_small", bold=bold)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        beside = metrics.horizontalAdvance(right) + GAP if right else 0
        painter.setPen(self._look.tokens.colour("text" if bold else "muted"))
        if right:
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        painter.setPen(self._look.tokens.colour(colour))
        shown = metrics.elidedText(left, Qt.TextElideMode.ElideRight, max(0, room.width() - beside))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class LineList(QListView):
    """`chosen` carries the case that became the current one by hand, `wanted` the one that Enter or Space is for."""

    chosen = Signal(str)
    wanted = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        uncopied(self)
        self.setObjectName(name)
        self.model_: RowsModel[Line] = self._model()
        self.setModel(self.model_)
        self._delegate = LineDelegate(look)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._quiet = False
        self.selectionModel().currentChanged.connect(self._moved)
        self.doubleClicked.connect(lambda index: self.wanted.emit(self.model_.rows()[index.row()].case_id))

    def _model(self) -> RowsModel[Line]:
        return RowsModel(lambda line: line.spoken)

    @property
    def lines(self) -> Sequence[Line]:
        return self.model_.rows()

    @property
    def current(self) -> str:
        """The case of the current line; empty while there is none."""
        at = self.currentIndex().row()
        return self.lines[at].case_id if 0 <= at < len(self.lines) else ""

    def show_lines(self, lines: Sequence[Line]) -> None:
        """The current case stays the current one, wherever it is now."""
        case_id, at = self.current, self.currentIndex().row()
        self._quiet = True
        self.model_.set_rows(lines)
        self._go(case_id, otherwise=min(at, len(lines) - 1))
        self._quiet = False

    def choose(self, case_id: str) -> None:
        """Told from elsewhere, so nothing is told back."""
        self._quiet = True
        self._go(case_id, otherwise=-1)
        self._quiet = False

    def _go(self, case_id: str, *, otherwise: int) -> None:
        place = next((place for place, line in enumerate(self.lines) if line.case_id == case_id), otherwise)
        if place >= 0:
            self.setCurrentIndex(self.model_.index(place))
            self.scrollTo(self.model_.index(place))

    def take_focus(self) -> None:
        if self.lines and not self.currentIndex().isValid():
            self.setCurrentIndex(self.model_.index(0))
        self.setFocus()

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not self._quiet and index.isValid():
            self.chosen.emit(self.lines[index.row()].case_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.current:
            self.wanted.emit(self.current)
            return
        super().keyPressEvent(event)


class _StopsModel(RowsModel[Line]):
    """A dragged stop carries its row and nothing of the person."""

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [CARRIED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        carried = QMimeData()
        carried.setData(CARRIED, str(indexes[0].row() if indexes else -1).encode())
        return carried

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction


class StopList(LineList):
    """`moved` carries a case and how many places later it is to come, `dropped` a case and its new place."""

    moved = Signal(str, int)
    dropped = Signal(str, int)
    removed = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__(look, name)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    def _model(self) -> RowsModel[Line]:
        return _StopsModel(lambda line: line.spoken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier and self.current:
            self.moved.emit(self.current, by)
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.current:
            self.removed.emit(self.current)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Before the line whose upper half it was dropped on, after it below; nothing is removed by the view."""
        at = int(bytes(event.mimeData().data(CARRIED).data()) or b"-1")
        if not 0 <= at < len(self.lines) or event.source() is not self:
            event.ignore()
            return
        point = event.position().toPoint()
        index = self.indexAt(point)
        to = len(self.lines) if not index.isValid() else index.row()
        if index.isValid() and point.y() > self.visualRect(index).center().y():
            to += 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.dropped.emit(self.lines[at].case_id, to - (to > at))
