"""Where the device says it is, where there is a part of Qt that can ask it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

WAIT_MS = 20_000  # for a first fix under the open sky


def offered() -> bool:
    """Is there a part of Qt that knows of positions? PySide6-Essentials brings none; a build with it may."""
    return find_spec("PySide6.QtPositioning") is not None


class DevicePosition(QObject):
    """Asks once. `found` gets latitude, longitude, metres (None when not known) and the moment in ISO form; `failed`
    nothing: there is no receiver, it is switched off, or it found nothing in time."""

    def __init__(
        self, found: Callable[[float, float, float | None, str], None], failed: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._found, self._failed = found, failed
        self._source: Any = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(WAIT_MS)
        self._late.timeout.connect(self._end)

    def ask(self) -> None:
        if not offered():
            self._failed()
            return
        module = import_module("PySide6.QtPositioning")
        self._source = module.QGeoPositionInfoSource.createDefaultSource(self)
        if self._source is None:
            self._failed()
            return
        self._accuracy = module.QGeoPositionInfo.Attribute.HorizontalAccuracy
        self._source.positionUpdated.connect(self._take)
        self._source.errorOccurred.connect(lambda _error: self._end())
        self._late.start()
        self._source.requestUpdate(WAIT_MS)

    def _take(self, info: Any) -> None:
        if not info.isValid():
            return
        self._late.stop()
        source, self._source = self._source, None
        if source is None:
            return
        where, exact = info.coordinate(), info.hasAttribute(self._accuracy)
        self._found(
            where.latitude(),
            where.longitude(),
            info.attribute(self._accuracy) if exact else None,
            info.timestamp().toUTC().toString(Qt.DateFormat.ISODate),
        )

    def _end(self) -> None:
        self._late.stop()
        if self._source is not None:
            self._source = None
            self._failed()
