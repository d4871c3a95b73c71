"""What this program puts into the clipboard leaves it again: after half a minute, at the lock, at the end.

Only what is still there and still ours is cleared. Clipboard managers are asked, each in its own way, not to keep it.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

CLEARED_MS = 30_000

# How a program says "this is a secret": KDE's Klipper and GNOME's extensions, Windows, macOS. As KeePassXC does.
_HINTS = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\x00\x00\x00\x00",
    "application/x-nspasteboard-concealed-type": b"text",
}
_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


class ClipboardWatch(QObject):
    """One for the program, made with the application. Sees every copy, also those by Ctrl C in a field."""

    def __init__(self, clipboard: QClipboard, cleared_ms: int = CLEARED_MS) -> None:
        super().__init__()
        self._clipboard = clipboard
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(cleared_ms)
        self._timer.timeout.connect(self.clear)
        self._ours = False
        self._marking = False
        clipboard.dataChanged.connect(self._changed)
        clipboard.selectionChanged.connect(self._changed)

    def copy(self, text: str) -> None:
        self._clipboard.setMimeData(_marked(text))

    def clear(self) -> None:
        """Take out what is still there of ours; what another program put there meanwhile stays."""
        self._timer.stop()
        if not self._ours:
            return
        self._ours = False
        for mode in _MODES:
            if self._supported(mode) and self._owns(mode):
                self._clipboard.clear(mode)
        self._ours = False

    def _changed(self) -> None:
        ours = any(self._supported(mode) and self._owns(mode) for mode in _MODES)
        self._ours = ours
        if not ours:
            self._timer.stop()
            return
        self._mark()
        self._timer.start()

    def _mark(self) -> None:
        """A copy by Ctrl C carries no hint: put the same text there with it."""
        data = self._clipboard.mimeData()
        if self._marking or not self._owns(QClipboard.Mode.Clipboard) or data is None or not data.hasText():
            return
        if data.hasFormat(next(iter(_HINTS))):
            return
        self._marking = True
        try:
            self._clipboard.setMimeData(_marked(data.text()))
        finally:
            self._marking = False

    def _supported(self, mode: QClipboard.Mode) -> bool:
        return mode is QClipboard.Mode.Clipboard or self._clipboard.supportsSelection()

    def _owns(self, mode: QClipboard.Mode) -> bool:
        if QGuiApplication.platformName() in {"offscreen", "minimal"}:  # a clipboard of this process alone
            return True
        return self._clipboard.ownsClipboard() if mode is QClipboard.Mode.Clipboard else self._clipboard.ownsSelection()


_watches: list[ClipboardWatch] = []


def watch() -> ClipboardWatch:
    """The program's one; made when first asked for."""
    if not _watches:
        made = ClipboardWatch(QGuiApplication.clipboard())
        app = QGuiApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(made.clear)
        _watches.append(made)
    return _watches[0]


def copy(text: str) -> None:
    """Put `text` there for half a minute."""
    watch().copy(text)


def _marked(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    for kind, value in _HINTS.items():
        data.setData(kind, QByteArray(value))
    return data
