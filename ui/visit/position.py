"""Where the device says it is, where there is a part of Qt that can ask it."""

from __future__ import annotations

import math
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
        self._late.timeout.connect(lambda: self._end(self._source))

    def ask(self) -> None:
        self._put_away()
        if not offered():
            self._failed()
            return
        module = import_module("PySide6.QtPositioning")
        source = module.QGeoPositionInfoSource.createDefaultSource(self)
        if source is None:
            self._failed()
            return
        self._source = source
        self._accuracy = module.QGeoPositionInfo.Attribute.HorizontalAccuracy
        source.positionUpdated.connect(lambda info: self._take(source, info))
        source.errorOccurred.connect(lambda _error: self._end(source))
        self._late.start()
        source.requestUpdate(WAIT_MS)

    def _take(self, source: Any, info: Any) -> None:
        if source is not self._source or not info.isValid():
            return
        self._put_away()
        where = info.coordinate()
        # A receiver that tells no accuracy may have the attribute all the same, with no number in it.
        metres = info.attribute(self._accuracy) if info.hasAttribute(self._accuracy) else math.nan
        self._found(
            where.latitude(),
            where.longitude(),
            metres if math.isfinite(metres) and metres >= 0 else None,
            info.timestamp().toUTC().toString(Qt.DateFormat.ISODate),
        )

    def _end(self, source: Any) -> None:
        """One that was put away may still report that it found nothing."""
        if source is self._source:
            self._put_away()
            self._failed()

    def _put_away(self) -> None:
        """The receiver is let go: it takes power, and others want it."""
        self._late.stop()
        source, self._source = self._source, None
        if source is not None:
            source.stopUpdates()
            source.deleteLater()
