"""A text editor with line numbers, and the line of a fault in its colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ui.look import Look

GAP = 10  # pixels beside the numbers at 100 %
MOST = 200_000  # characters: what the reader of strategies takes


class NumberedEdit(QPlainTextEdit):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._fault = 0  # line; 0: none
        self._numbers = _Numbers(self)
        self.setTabChangesFocus(True)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        look.changed.connect(self.show_look)
        self.show_look()

    def show_look(self) -> None:
        """Theme and scale have changed."""
        self._make_room()
        self._mark()
        self._numbers.update()

    def show_fault(self, line: int) -> None:
        """Mark that line, counted from 1; 0 for none."""
        self._fault = line
        self._mark()
        self._numbers.update()

    def go_to_fault(self) -> None:
        block = self.document().findBlockByNumber(self._fault - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
        self.setFocus()

    def numbers_width(self) -> int:
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 2 * self._look.tokens.px(GAP)

    def paint_numbers(self, event: QPaintEvent) -> None:
        colours = self._look.tokens.colours
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), QColor(colours["sunken"]))
        painter.setFont(self.font())
        height, right = self.fontMetrics().height(), self._numbers.width() - self._look.tokens.px(GAP)
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            faulty = block.blockNumber() + 1 == self._fault
            painter.setPen(QColor(colours["bad_ink" if faulty else "muted"]))
            place = QRect(0, round(top), right, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._make_room()

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)
        self._place()

    def _place(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.numbers_width(), inside.height()))

    def _scrolled(self, rect: QRect, down: int) -> None:
        if down:
            self._numbers.scroll(0, down)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def _mark(self) -> None:
        block = self.document().findBlockByNumber(self._fault - 1)
        marks = []
        if self._fault and block.isValid():
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(self._look.tokens.colours["bad_soft"]))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(block)
            marks.append(mark)
        self.setExtraSelections(marks)


class _Numbers(QWidget):
    """The strip of numbers; the editor knows where its lines stand and paints it."""

    def __init__(self, editor: NumberedEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_numbers(event)
