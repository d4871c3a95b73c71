"""What nobody foresaw, in the window: it is logged without its text, and the person is told what it means for them."""

from __future__ import annotations

import logging
import re

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from ui.background import in_window
from ui.look import Look
from workstation.security import logs

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_FUNCTION = re.compile(r"Q[A-Z][a-z][A-Za-z]{1,16}(?=::|:|\()")


class Faults:
    """Installed once, when the program starts; one box at a time, however much goes wrong."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._shown = False
        qInstallMessageHandler(qt_message)
        in_window(lambda: None)  # so that the way into the window's thread is made in it
        logs.on_uncaught(lambda error: in_window(lambda: self.show(type(error).__name__)))

    def show(self, kind: str) -> None:
        if self._shown:
            return
        self._shown = True
        try:
            self.box(kind).exec()
        finally:
            self._shown = False

    def box(self, kind: str) -> QMessageBox:
        """The sentence and what can be done; named by its kind, so that it can be told on the telephone."""
        tr = self._look.tr
        box = QMessageBox(QApplication.activeWindow())
        box.setObjectName("fault_box")
        box.setWindowTitle(tr("Something went wrong"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(tr("The program met a fault it does not know ({kind}). What was saved is kept.", kind=kind))
        box.setInformativeText(
            tr(
                "You can go on. If it comes back, close the program and start it again: what was being typed is kept. "
                "The log, which holds nothing of any case, says where it was: Settings, Support bundle."
            )
        )
        box.addButton(tr("Go on"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(tr("Close the program"), QMessageBox.ButtonRole.DestructiveRole)
        leave.clicked.connect(QApplication.closeAllWindows)
        return box


def qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own messages: which of its functions complained, for the rest may be what is on the screen."""
    found = _FUNCTION.match(text)
    category = context.category if isinstance(context.category, str) else ""
    level = _LEVELS.get(kind, logging.WARNING)
    log.log(level, "Qt: %s %s", found[0].lower() if found else "unknown", category.replace(".", "_"))
