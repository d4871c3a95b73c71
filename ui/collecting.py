"""Python's cyclic garbage is collected in the window's thread alone.

By itself the collector runs in whichever thread allocates next. In a worker it would delete widgets there, and Qt
crashes: windows belong to the thread of the application.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class Collector(QObject):
    """Does what the collector would have done, between two events. One for the application."""

    def __init__(self, application: QObject) -> None:
        super().__init__(application)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(self.turn)
        timer.start(EVERY_MS)

    def turn(self) -> None:
        """The oldest generation that is due. What lives after the first whole collection (modules, rules, the window)
        lives on, until a window closes: it is not looked through again, which would hold a key for 40 ms.

        A library may have switched the collector on again meanwhile: it is switched off."""
        gc.disable()
        due = [place for place, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
               if count > most]  # fmt: skip
        if not due:
            return
        gc.collect(max(due))
        if max(due) == 2 and not gc.get_freeze_count():
            gc.freeze()


def thaw() -> None:
    """A window has closed: what was frozen with it, its desk and the cases it showed, may be collected."""
    gc.unfreeze()
