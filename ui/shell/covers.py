"""What may lie over the whole window: the privacy curtain, a break, the lock. Under each no key but its own works."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QToolTip, QWidget

from ui.call.panel import CallPanel
from ui.desk_port import Desk
from ui.look import Look
from ui.shell.break_screen import KEY as BREAK_KEY
from ui.shell.break_screen import BreakScreen
from ui.shell.curtain import KEY as CURTAIN_KEY
from ui.shell.curtain import Curtain

LOCKED = "locked"  # the name of no key


class Covers(QStackedWidget):
    """`work` is what is covered; `case_open` tells which case lies there, `urgent` how many became urgent."""

    covering = Signal(str)  # the one key that works from now on; empty when all is shown again
    uncovered = Signal()  # the work is in front again: the focus goes back to it
    resting = Signal()  # a break begins: what is typed is to be kept
    told = Signal(str)

    def __init__(
        self,
        look: Look,
        desk: Desk,
        work: QWidget,
        call: CallPanel,
        case_open: Callable[[], str],
        urgent: Callable[[], int],
    ) -> None:
        super().__init__()
        self._look, self._desk, self._call, self._case_open = look, desk, call, case_open
        self._work = work
        self._behind = ""  # the case that was open when the curtain was drawn
        self._behind_break = False  # was it drawn when the break began?
        self.curtain = Curtain(look, self._record_behind, self.draw_curtain)
        self.rest = BreakScreen(look, desk, self.take_break, urgent)
        for made in (work, self.curtain, self.rest):
            self.addWidget(made)
        self._front: QWidget = work  # what was in front when the lock came

    @property
    def covered(self) -> bool:
        return self.currentWidget() is not self._work

    @property
    def curtained(self) -> bool:
        return self.currentWidget() is self.curtain

    def lock_up(self, screen: QWidget) -> None:
        """Put the lock screen before everything; no key but those in it works."""
        if self.indexOf(screen) < 0:
            self.addWidget(screen)
        self._front = self.currentWidget() or self._work
        self._cover(screen, LOCKED)

    def open_up(self) -> None:
        """What was in front before the lock is in front again: the work, the curtain, a break."""
        if self._front is self._work:
            self._cover(None, "")
        else:
            self._cover(self._front, CURTAIN_KEY if self._front is self.curtain else BREAK_KEY)
            self._front.setFocus()

    def draw_curtain(self) -> None:
        """Hide everything about any case in every window, or show it again."""
        windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
        every = [covers for window in windows for covers in window.findChildren(Covers)]
        drawn = not any(covers.curtained for covers in every)
        for covers in every:
            if not covers._desk.breaks.running:  # all is hidden there
                covers._hide_cases(drawn)

    def _hide_cases(self, drawn: bool) -> None:
        self._cover(self.curtain if drawn else None, CURTAIN_KEY)
        if drawn:
            self._behind = self._case_open()
            self.curtain.draw(case_open=bool(self._behind))

    def _record_behind(self, outcome: str) -> bool:
        """Only on the case that was seen last: a synchronisation may have brought another one, unseen."""
        return self._case_open() == self._behind and self._call.record_outcome(outcome)

    def take_break(self) -> None:
        """Begin a break, or go on with the work: nothing of any case is shown meanwhile, nothing typed is lost."""
        if self._desk.breaks.running:
            self.rest.end()
            self._call.pause(round(self._desk.breaks.end().total_seconds()))
            self._cover(None, BREAK_KEY)
            if self._behind_break:
                self._hide_cases(True)
        elif self._call.timer.part in {"ring", "talk"}:
            self.told.emit(self._look.tr("A call is running. End it first (Ctrl D), then take the break."))
        else:
            self.resting.emit()
            self._desk.breaks.begin()
            self._behind_break = self.curtained  # whoever looked over the shoulder may still be there afterwards
            self._cover(self.rest, BREAK_KEY)
            self.rest.begin()

    def _cover(self, cover: QWidget | None, key: str) -> None:
        """Put `cover` before everything, so that `key` alone works; None shows everything again."""
        self.covering.emit("" if cover is None else key)
        QToolTip.hideText()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self.setCurrentWidget(cover or self._work)
        if cover is None:
            self.uncovered.emit()
