"""A short word at the foot of the window: what was done, with a way to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.basic import across, button, label

UNDO_SECONDS = 30
NOTICE_SECONDS = 6


class Toast(QFrame):
    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("toast")
        self.setProperty("role", "toast")
        self._text = label(wrap=True)
        self._undo = button()
        self._action: Callable[[], None] | None = None
        self._undo.clicked.connect(self._take_back)
        self._back: tuple[str, str, Callable[[], None] | None] | None = None  # said while kept back
        self._kept_back = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setLayout(across(self._text, self._undo, margins=(14, 8, 10, 8)))
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str, undo: str = "", action: Callable[[], None] | None = None) -> None:
        """Show `text`; with an action also the button `undo`, for as long as it may be taken back."""
        if self._kept_back:
            self._back = text, undo, action
            return
        self._text.setText(text)
        self._undo.setText(undo)
        self._undo.setVisible(action is not None)
        self._action = action
        self._timer.start((UNDO_SECONDS if action is not None else NOTICE_SECONDS) * 1000)
        self.show()
        self._place()
        self.raise_()

    @property
    def offered(self) -> Callable[[], None] | None:
        """What its button does, while it is shown."""
        return self._action if self.isVisible() else None

    def keep_back(self, kept_back: bool) -> None:
        """Show nothing, for it may name somebody; what was said last meanwhile is shown afterwards."""
        self._kept_back = kept_back
        if kept_back:
            self.hide()
        elif self._back is not None:
            said, self._back = self._back, None
            self.say(*said)

    def _take_back(self) -> None:
        action, self._action = self._action, None
        self.hide()
        if action is not None:
            action()

    def _place(self) -> None:
        over = self._over
        self._text.setMaximumWidth(max(200, over.width() // 2))
        self.adjustSize()
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - 44)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
