"""Locks the window and opens it again exactly as it was: what is behind keeps still, the store is closed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from ui import background, clipboard
from ui.lock.idle import IdleWatch
from ui.lock.screen import LockScreen
from ui.look import Look
from ui.shell.bridge import Bridge
from ui.shell.unfocused import Unfocused
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message
from workstation.security.session_watch import SessionWatch

if TYPE_CHECKING:
    from ui.shell.window import MainWindow
    from workstation.guard import Guard, Why
    from workstation.sync.link import DeviceRevoked

log = logging.getLogger(__name__)

KEY = "Ctrl+Alt+L"
LEASE_MS = 30_000


class Locking(QObject):
    """`window` is what is locked; `end` closes it for good."""

    def __init__(self, look: Look, guard: Guard, window: MainWindow, name: str, login: str) -> None:
        super().__init__(window)
        self._look, self._guard, self._window = look, guard, window
        self.screen = LockScreen(look, guard, name, login)
        self.screen.opened.connect(self._opened)
        self.screen.leave.connect(window.close)
        self.locked = False
        self._stopped: list[QTimer] = []
        self._hidden: list[QWidget] = []
        self._focus: QWidget | None = None
        self._own = Bridge(self)  # not held back with what the desk says
        # A child: a watch without a parent and the lambdas below would hold each other, and the window, for good.
        self.idle = IdleWatch(self._idle_seconds, lambda: window.call.timer.part in {"ring", "talk"})
        self.idle.setParent(self)
        self.idle.left_alone.connect(lambda: self.lock("idle"))
        self.idle.slept.connect(lambda: self.lock("sleep", at_once=True))
        self._watch: SessionWatch | None = None
        self.unfocused = Unfocused(look, window)
        self._lease = QTimer(self)
        self._lease.setInterval(LEASE_MS)
        self._lease.timeout.connect(self.look_at_lease)

    def start(self) -> None:
        """Once the window is shown. Where there is no vault (practice) there is nothing to watch."""
        if not self._guard.keeps or self._watch is not None:
            return
        self._guard.revoked = lambda error: self._own.post(lambda: self._revoked(error))
        self._watch = SessionWatch(self._system_says)
        self._watch.start()
        self.idle.start()
        self._lease.start()

    def close(self) -> None:
        self.idle.stop()
        self._lease.stop()
        if self._watch is not None:
            self._watch.close()

    def _idle_seconds(self) -> float:
        """Without a PIN there is nothing to lock with."""
        return float(self._guard.idle_seconds()) if self._guard.has_pin and not self.locked else float("inf")

    def _system_says(self, reason: str, done: Callable[[], None]) -> None:
        """In the watch's thread."""

        def act() -> None:
            try:
                self.lock("sleep" if reason == "sleep" else "session", at_once=reason == "sleep")
            finally:
                done()

        self._own.post(act)

    def look_at_lease(self) -> None:
        if self.locked:
            return
        try:
            self._guard.tick()
        except WorkstationError:
            self.lock("lease")

    # ---- locking ----

    def lock(self, why: Why = "key", *, at_once: bool = False) -> None:
        """Cover everything, keep what is typed, close the store. Without a PIN it is only said that one is needed."""
        if self.locked:
            if at_once and self._guard.has_pin:
                self._guard.lock(at_once=True)
            return
        if not self._guard.has_pin:
            if why == "key":
                from workstation.guard import NoPin

                self._window.toast.say(self._look.say(NoPin().message))
            return
        self._cover(why)
        try:
            self._guard.lock(at_once=at_once)
        except WorkstationError as error:  # the keyring is gone, say: covered it is all the same
            log.warning("the seat is covered but was not closed: %s", error.code)

    def choose_pin(self) -> None:
        """At the first sign-in, and after the centre opened the seat: before anything of a case is shown."""
        self._cover("start")

    def _cover(self, why: Why) -> None:
        self.locked = True
        window = self._window
        self._focus = QApplication.focusWidget()
        _close_dialogs()
        window.keep_drafts()
        self._hidden = [other for other in QApplication.topLevelWidgets() if other is not window and other.isVisible()]
        for other in self._hidden:
            other.hide()
        window.covers.lock_up(self.screen)
        clipboard.watch().clear()
        self.hold(True)
        self.screen.begin(why)

    def hold(self, held: bool) -> None:
        """Keep what is behind still: timers, answers from the pool, calls from other threads, the look."""
        window = self._window
        if held:
            own = {*self.screen.findChildren(QTimer), *self.findChildren(QTimer)}
            self._stopped = [timer for timer in window.findChildren(QTimer) if timer.isActive() and timer not in own]
            for timer in self._stopped:
                timer.stop()
        window.bridge.hold(held)
        background.hold(held)
        self._look.hold(held)
        if not held:
            for timer in self._stopped:
                if isValid(timer):
                    timer.start()
            self._stopped = []

    def _opened(self) -> None:
        window = self._window
        self.locked = False
        window.covers.open_up()
        for other in self._hidden:
            if isValid(other):
                other.show()
        self._hidden = []
        self.idle.start()
        self.hold(False)
        if self._focus is not None and isValid(self._focus) and self._focus.isVisible():
            self._focus.setFocus()
        window.status.refresh()
        window.desk.sync.sync_now()

    def while_closed(
        self,
        said: str,
        work: Callable[[], object],
        done: Callable[[], None],
        failed: Callable[[WorkstationError], None],
    ) -> None:
        """Something that needs the store closed: everything keeps still behind the screen, which says what is done."""
        self._cover("key")
        self.screen.show_busy(said)

        def refused(error: WorkstationError) -> None:
            self._opened()
            failed(error)

        def well(_: object) -> None:
            self._opened()
            done()

        background.run(self, work, well, refused, at_once=True)

    def sign_out(self, *, remove: bool, failed: Callable[[WorkstationError], None]) -> None:
        """Take the password away, with `remove` the cases too; the window says so and goes."""
        self._cover("key")
        self.screen.show_busy(self._look.tr("Signing out …"))

        def refused(error: WorkstationError) -> None:
            self._opened()
            failed(error)

        def gone(sentence: Message) -> None:
            self.screen.show_ended(self._look.say(sentence))
            self._window.signed_out.emit(self._look.say(sentence))

        background.run(self, lambda: self._guard.sign_out(remove=remove), gone, refused, at_once=True)

    # ---- losing the seat ----

    def _revoked(self, error: DeviceRevoked) -> None:
        """The centre said that this device is revoked: cover, hand over what is left to `Guard.leave`, say it."""
        if not self.locked:
            self._cover("lease")
        self.close()

        def told(gone: WorkstationError) -> None:
            self.screen.show_ended(self._look.say(gone.message))

        background.run(self, lambda: self._guard.leave(error), told, told, at_once=True)


def _close_dialogs() -> None:
    """What lies over everything with an event loop of its own: a file or print dialog, a menu."""
    popup = QApplication.activePopupWidget()
    while popup is not None:
        popup.close()
        following = QApplication.activePopupWidget()
        popup = following if following is not popup else None
    dialog = QApplication.activeModalWidget()
    while isinstance(dialog, QDialog):
        dialog.reject()
        following = QApplication.activeModalWidget()
        dialog = following if following is not dialog else None
