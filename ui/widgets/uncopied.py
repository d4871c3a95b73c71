"""A list gives nothing to the clipboard: what is copied is recorded first, and a list's own Ctrl C records nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView


class _Uncopied(QObject):
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        copies = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        return copies and event.matches(QKeySequence.StandardKey.Copy)  # type: ignore[attr-defined]


def uncopied(view: QAbstractItemView) -> None:
    view.installEventFilter(_Uncopied(view))
