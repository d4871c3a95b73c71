"""A labelled field with its reading beside it: what was understood, or why it was not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.look import Look
from ui.widgets.basic import across, down, grow, label, set_property
from ui.widgets.elided import ElidedLabel
from ui.widgets.keyed import InnerWord
from workstation.desk.views import Reading

DIGITS = tuple("123456789")


class EntryField(QWidget):
    """A line as people type it. `changed` carries nothing: read `text()`."""

    changed = Signal()

    def __init__(self, look: Look, caption: str, placeholder: str = "", *, name: str = "") -> None:
        super().__init__()
        self._look = look
        self._reading: Reading | None = None
        self._caption, self._placeholder = caption, placeholder
        self.caption = label(role="caption")
        self.reading = ElidedLabel("reading")
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        self.edit.setMaxLength(500)
        self._inside = InnerWord(self.edit, "reading")
        self.caption.setBuddy(self.edit)
        self.edit.textChanged.connect(self._tell)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit.setMinimumWidth(40)
        top = across(self.caption, self.reading)
        top.setStretch(1, 1)
        self.setLayout(down(top, self.edit, spacing=4))
        grow(self)
        self.retranslate()

    def retranslate(self) -> None:
        self.caption.setText(self._look.tr(self._caption))
        self.edit.setAccessibleName(self._look.tr(self._caption))
        self.edit.setPlaceholderText(self._look.tr(self._placeholder) if self._placeholder else "")

    def _tell(self) -> None:
        self.changed.emit()

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        if self.edit.text() != text:
            self.edit.setText(text)

    def show_reading(self, reading: Reading | None) -> None:
        """Inside the field where there is room after what is typed, else above it; an error always above."""
        if reading is None and self._reading is None:
            return
        self._reading = reading
        error = reading.error if reading is not None else None
        text = self._look.say(error or (reading.shown if reading is not None else None))
        inside = error is None and self._inside.fits(text)
        self._inside.show_text(text if inside else "")
        set_property(self.reading, "role", "error" if error else "reading")
        self.reading.show_text("" if inside else text)
        set_property(self.edit, "wrong", "true" if error else "false")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_reading(self._reading)


class _Numbered(QStyledItemDelegate):
    """The lines of an open list with the digit that picks each."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if 1 <= index.row() <= 9:
            option.text = f"{index.row()}   {option.text}"


class ChoiceField(QWidget):
    """One of a vocabulary, shown by its translated labels; the first line means nothing chosen.

    A digit picks a line, open or not.
    """

    changed = Signal()

    def __init__(self, look: Look, caption: str, vocabulary: str, ids: Sequence[str], *, name: str = "") -> None:
        super().__init__()
        self._look, self._caption, self._vocabulary, self._ids = look, caption, vocabulary, ("", *ids)
        self.caption = label(role="caption")
        self.combo = QComboBox()
        self.combo.setObjectName(name)
        self.combo.addItems(self._words())
        self.caption.setBuddy(self.combo)
        self.combo.currentIndexChanged.connect(self._tell)
        self.combo.setMinimumWidth(40)
        self.combo.setItemDelegate(_Numbered(self.combo))
        self.combo.installEventFilter(self)
        self.combo.view().installEventFilter(self)
        self.setLayout(down(self.caption, self.combo, spacing=4))
        grow(self)
        self.retranslate()

    def retranslate(self) -> None:
        self.caption.setText(self._look.tr(self._caption))
        self.combo.setAccessibleName(self._look.tr(self._caption))
        words = self._words()
        if [self.combo.itemText(place) for place in range(len(words))] != words:
            for place, text in enumerate(words):
                self.combo.setItemText(place, text)

    def _words(self) -> list[str]:
        return [self._look.label(self._vocabulary, identity) if identity else "—" for identity in self._ids]

    def _tell(self) -> None:
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.text() in DIGITS:
            place = int(event.text())
            if place < len(self._ids):
                self.combo.hidePopup()
                self.combo.setCurrentIndex(place)
                return True
        return super().eventFilter(watched, event)

    def offer(self, ids: Sequence[str]) -> None:
        """Other ids of the vocabulary to choose from; nothing is chosen."""
        self._ids = ("", *ids)
        self.combo.clear()
        self.combo.addItems(self._words())

    def text(self) -> str:
        return self._ids[max(0, self.combo.currentIndex())]

    def set_text(self, identity: str) -> None:
        if identity in self._ids:
            self.combo.setCurrentIndex(self._ids.index(identity))
