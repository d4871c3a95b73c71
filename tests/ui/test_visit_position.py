"""The position the device gives: what a real source did (Qt's NMEA plugin on a socket), made again by one of ours.

PySide6-Essentials brings no QtPositioning, so its part is played; what the plugin was seen to do is in each test.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PySide6.QtCore import QDateTime, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from ui.visit import position
from ui.visit.position import DevicePosition

AT = "2026-11-30T17:43:59Z"


class _Info:
    def __init__(self, accuracy: float | None, *, valid: bool = True) -> None:
        self._accuracy, self._valid = accuracy, valid

    def isValid(self) -> bool:
        return self._valid

    def hasAttribute(self, _which: object) -> bool:
        return self._accuracy is not None

    def attribute(self, _which: object) -> float | None:
        return self._accuracy

    def coordinate(self) -> SimpleNamespace:
        return SimpleNamespace(latitude=lambda: 31.2304, longitude=lambda: 121.4737)

    def timestamp(self) -> QDateTime:
        return QDateTime.fromString(AT, Qt.DateFormat.ISODate)


class _Source(QObject):
    positionUpdated, errorOccurred = Signal(object), Signal(int)
    made: ClassVar[list[_Source]] = []

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stopped = False
        self.made.append(self)

    def requestUpdate(self, _milliseconds: int) -> None:
        """Answers later, or never."""

    def stopUpdates(self) -> None:
        self.stopped = True


@pytest.fixture
def asked(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> tuple[DevicePosition, list[tuple[object, ...]]]:
    info = SimpleNamespace(Attribute=SimpleNamespace(HorizontalAccuracy=1))
    module = SimpleNamespace(QGeoPositionInfoSource=SimpleNamespace(createDefaultSource=_Source), QGeoPositionInfo=info)
    monkeypatch.setattr(position, "offered", lambda: True)
    monkeypatch.setattr(position, "import_module", lambda _name: module)
    _Source.made.clear()
    told: list[tuple[object, ...]] = []
    device = DevicePosition(lambda *where: told.append(where), lambda: told.append(()), qapp)
    device.ask()
    return device, told


@pytest.mark.parametrize(
    ("said", "metres"), [(None, None), (math.nan, None), (math.inf, None), (-1.0, None), (12.4, 12.4)]
)
def test_an_accuracy_that_is_no_number_is_none(
    asked: tuple[DevicePosition, list[tuple[object, ...]]], said: float | None, metres: float | None
) -> None:
    _, told = asked
    _Source.made[0].positionUpdated.emit(_Info(None, valid=False))
    assert told == []
    _Source.made[0].positionUpdated.emit(_Info(said))
    assert told == [(31.2304, 121.4737, metres, AT)]
    assert _Source.made[0].stopped


def test_what_an_earlier_asking_still_says_is_not_heard(
    qapp: QApplication, asked: tuple[DevicePosition, list[tuple[object, ...]]]
) -> None:
    device, told = asked
    first = _Source.made[0]
    first.positionUpdated.emit(_Info(5.0))
    device.ask()
    first.errorOccurred.emit(4)
    first.positionUpdated.emit(_Info(7.0))
    assert len(told) == 1, "the second asking goes on"
    _Source.made[1].errorOccurred.emit(4)
    assert told[1:] == [()]
    assert all(source.stopped for source in _Source.made)
    qapp.sendPostedEvents(None, 52)  # DeferredDelete
    assert device.findChildren(_Source) == []
