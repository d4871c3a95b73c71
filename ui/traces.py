"""No traces of what was opened or saved: the desktop's lists of recent files, and Qt's own memory of folders."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication


def leave_none(app: QApplication) -> None:
    """Qt's own file dialogs and not the desktop's, which note every file; and nowhere for them to note it themselves.

    On Windows Qt keeps the folder that was visited last in the registry; the names of files are in no list of its own.
    """
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    if sys.platform != "win32":
        nowhere = os.path.join(os.devnull, "none")  # noqa: PTH118  # a place where nothing can be written
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, nowhere)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, nowhere)
