"""Hides the window while another program's is in front, for whoever wants that: beside a visitor, in a shared room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.look import Look
from ui.widgets.basic import across, down, label, panel
from workstation import settings


class Unfocused(QObject):
    """Lies over `window` from the moment the program loses the front until it has it again, if the settings say so."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._window = look, window
        self.cover = panel("sunken", name="unfocused_cover")
        self.cover.setParent(window)
        self.word = label(role="muted")
        self.cover.setLayout(down(None, across(None, self.word, None), None))
        self.cover.hide()
        window.installEventFilter(self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self.state_changed)

    def state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive or not settings.load().cover_unfocused:
            self.cover.hide()
            return
        self.word.setText(self._look.tr("Covered while another program is in front."))
        self.cover.setGeometry(self._window.rect())
        self.cover.show()
        self.cover.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.cover.isVisible():
            self.cover.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)
