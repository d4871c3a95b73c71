"""The sentence to read aloud, large enough to read from, in the debtor's language or another."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.look import Look
from ui.widgets.basic import across, button, with_key

KEY = "Alt L"


class Words(QWidget):
    """Wrapped text that asks for more height only when it needs it, so that a letter typed lays out nothing anew."""

    def __init__(self, look: Look, size: str = "type_large", colour: str = "text") -> None:
        super().__init__()
        self._look, self._size, self._colour, self._text = look, size, colour, ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._fit()
            self.update()

    def _needed(self) -> int:
        metrics = QFontMetrics(self._look.font(self._size))
        room = metrics.boundingRect(QRect(0, 0, max(60, self.width()), 10_000), Qt.TextFlag.TextWordWrap, self._text)
        return max(room.height(), metrics.lineSpacing()) + 2

    def _fit(self) -> None:
        """While there is nothing to say its place is kept: there soon is again."""
        needed = self._needed()
        if self._text and needed != self.minimumHeight():
            self.setFixedHeight(needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self._needed())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._look.font(self._size))
        painter.setPen(self._look.tokens.colour("accent_ink" if self.hasFocus() else self._colour))
        painter.drawText(self.rect(), int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter), self._text)
        painter.end()


class Aloud(QFrame):
    """`turned`: the other language is wanted."""

    turned = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "box")
        self._look = look
        self.spoken = Words(look)
        self.spoken.setObjectName("plan_sentence")
        self.spoken.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.language = button(role="link", clicked=self.turned.emit)
        self.language.setObjectName("plan_language")
        inside = across(self.spoken, self.language, spacing=12, margins=(12, 8, 8, 8))
        inside.setStretch(0, 1)
        self.setLayout(inside)

    def show_sentence(self, text: str, other: str) -> None:
        """`other` names the language that the button turns to."""
        self.spoken.say(text)
        named = with_key(other, KEY)
        if self.language.text() != named:
            self.language.setText(named)
