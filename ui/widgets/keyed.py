"""Things that show the key that does the same: a tab with its key cap, and a word inside the right end of a field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from ui.widgets.basic import label

GAP = 6


class TabButton(QPushButton):
    """A tab with its key beside the word; the key cap gives way where there is no room."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.setProperty("role", "tab")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self._key = label(key, "key")
        self._key.setParent(self)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setToolTip(key)

    def show_key(self, shown: bool) -> None:
        self._key.setVisible(shown)
        self.setStyleSheet(f"QPushButton {{ padding-right: {self._key.sizeHint().width() + GAP}px; }}" if shown else "")
        self._place()

    def width_with_key(self) -> int:
        return self.width_without_key() + self._key.sizeHint().width() + GAP

    def width_without_key(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text()) + 8

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        hint = self._key.sizeHint()
        self._key.setGeometry(
            self.width() - hint.width(), (self.height() - hint.height()) // 2, hint.width(), hint.height()
        )


class InnerWord(QLabel):
    """A quiet word inside the right end of a field: a key cap, a currency, how the entry was read."""

    def __init__(self, edit: QLineEdit, role: str) -> None:
        super().__init__(edit)
        self._edit = edit
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def fits(self, text: str) -> bool:
        """Is there room for `text` after what is typed?"""
        typed = self._edit.fontMetrics().horizontalAdvance(self._edit.text())
        return typed + self.fontMetrics().horizontalAdvance(text) + 36 <= self._edit.width()

    def show_text(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        hint: QSize = self.sizeHint()
        shown = not self.isHidden()
        self._edit.setTextMargins(0, 0, hint.width() + 4 if shown else 0, 0)
        self.setGeometry(
            self._edit.width() - hint.width() - 9,
            (self._edit.height() - hint.height()) // 2,
            hint.width(),
            hint.height(),
        )
