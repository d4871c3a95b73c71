"""A quiet list beside the history: a day at the left, a line and what belongs to it, a word at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.look import Look
from ui.models.rows import VALUE, RowsModel
from ui.widgets.uncopied import uncopied

Index = QModelIndex | QPersistentModelIndex
EDGE, GAP = 24, 8  # pixels
WHEN = 120  # pixels at 100 % that the days may take at most
TOP, HEADING = 9, 34  # heights in pixels at 100 %
TALLEST = 100_000  # pixels, for measuring
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_WRAP = _LEFT | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    when: str = ""
    below: str = ""
    right: str = ""
    tone: str = "muted"  # of the word at the right: the name of a colour
    struck: bool = False
    heading: bool = False
    opens: str = ""  # what Enter on the line opens


class LineDelegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.width = 300  # of the list
        self.when = 0  # width of the days; 0: no line has one

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(VALUE)
        if line.heading:
            return QSize(80, self._look.tokens.px(HEADING))
        ends = (place.bottom() for place in (self._day(line), *self._places(line)))
        return QSize(80, max(ends) + 1 + self._look.tokens.px(TOP))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(VALUE)
        tokens, rect = self._look.tokens, option.rect
        painter.save()
        if line.heading:
            painter.setFont(self._look.font("type_small", bold=True))
            painter.setPen(tokens.colour("muted"))
            place = rect.adjusted(EDGE, 0, -EDGE, -tokens.px(6))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, line.title)
        else:
            self._paint_line(painter, option, line)
        painter.fillRect(QRect(rect.left() + EDGE, rect.bottom(), rect.width() - 2 * EDGE, 1), tokens.colour("border"))
        painter.restore()

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, line: Line) -> None:
        look, tokens, rect = self._look, self._look.tokens, option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.colour("hover"))
            if state & QStyle.StateFlag.State_HasFocus:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), tokens.colour("accent"))
        title, below = (place.translated(rect.topLeft()) for place in self._places(line))
        painter.setFont(look.font("type"))
        painter.setPen(tokens.colour("muted"))
        painter.drawText(self._day(line).translated(rect.topLeft()), _WRAP, line.when)
        painter.setPen(tokens.colour(line.tone))
        painter.drawText(QRect(title.right(), title.top(), rect.right() - EDGE - title.right(), title.height()),
                         _RIGHT, line.right)  # fmt: skip
        font = look.font("type")
        font.setStrikeOut(line.struck)
        painter.setFont(font)
        painter.setPen(tokens.colour("faint" if line.struck else "text"))
        painter.drawText(title, _WRAP, line.title)
        painter.setFont(look.font("type_small"))
        painter.setPen(tokens.colour("muted"))
        painter.drawText(below, _WRAP, line.below)

    def make_room(self, lines: Sequence[Line]) -> None:
        """As much for the days as the longest one takes."""
        metrics = QFontMetrics(self._look.font("type"))
        widest = max((metrics.horizontalAdvance(line.when) for line in lines), default=0)
        self.when = min(widest + 2 * GAP, self._look.tokens.px(WHEN)) if widest else 0

    def _day(self, line: Line) -> QRect:
        return _wrapped(line.when, self._look.font("type"), QRect(EDGE, self._look.tokens.px(TOP), self.when - GAP, 0))

    def _places(self, line: Line) -> tuple[QRect, QRect]:
        """Of the title and of what is below it, in a line at the list's left upper corner."""
        px, look = self._look.tokens.px, self._look
        left = EDGE + self.when
        right = self.width - EDGE
        aside = QFontMetrics(look.font("type")).horizontalAdvance(line.right) + 2 * GAP if line.right else 0
        title = _wrapped(line.title, look.font("type"), QRect(left, px(TOP), max(px(80), right - left - aside), 0))
        below = QRect(left, title.bottom() + 1, max(px(80), right - left), 0)
        if not line.below:
            return title, below
        return title, _wrapped(line.below, look.font("type_small"), below.translated(0, px(3)))


class LineList(QListView):
    """`opened` carries what a chosen line opens."""

    opened = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        uncopied(self)
        self.setObjectName(name)
        self.setProperty("role", "sunken")
        self._lines = _Lines()
        self.delegate = LineDelegate(look)
        self.setModel(self._lines)
        self.setItemDelegate(self.delegate)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.activated.connect(self._open)
        self.clicked.connect(self._open)

    def lines(self) -> Sequence[Line]:
        return self._lines.rows()

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.delegate.make_room(lines)
        self._lines.set_rows(lines)
        self.scheduleDelayedItemsLayout()  # equally many lines may need other heights

    def take_focus(self) -> None:
        """To the line one was at, or the first one."""
        self.setFocus()
        first = next((place for place, line in enumerate(self.lines()) if not line.heading), None)
        if first is not None and not self.currentIndex().isValid():
            self.setCurrentIndex(self._lines.index(first))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.delegate.width = self.viewport().width()
        super().resizeEvent(event)

    def _open(self, index: QModelIndex) -> None:
        line: Line = index.data(VALUE)
        if line.opens:
            self.opened.emit(line.opens)


class _Lines(RowsModel[Line]):
    """Headings are read, and the keyboard passes them by."""

    def __init__(self) -> None:
        super().__init__(spoken)

    def flags(self, index: Index) -> Qt.ItemFlag:
        line: Line | None = index.data(VALUE)
        return Qt.ItemFlag.NoItemFlags if line is not None and line.heading else super().flags(index)


def spoken(line: Line) -> str:
    return ", ".join(part for part in (line.when, line.title, line.below.replace("\n", ", "), line.right) if part)


def _wrapped(text: str, font: QFont, room: QRect) -> QRect:
    """The room with the height that the text takes in it; one line at least."""
    metrics = QFontMetrics(font)
    needed = metrics.boundingRect(QRect(0, 0, room.width(), TALLEST), _WRAP, text).height()
    return QRect(room.left(), room.top(), room.width(), max(metrics.height(), needed))
