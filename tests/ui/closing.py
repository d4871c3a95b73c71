"""Windows of a test go for good before the next one opens."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


def close_for_good(window: QWidget) -> None:
    """Closed and deleted now, and with it the fields that a form keeps for another outcome, which have no window.

    Whatever stays alive is styled anew with every window that follows: seconds each, after a few hundred tests."""
    window.close()
    for widget in [window, *QApplication.topLevelWidgets()]:
        if widget is window or not widget.isVisible():
            widget.deleteLater()
    _delete_what_waits()


def delete_now(made: QObject) -> None:
    made.deleteLater()
    _delete_what_waits()


def _delete_what_waits() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
