"""Starts Qt, signs in, shows the window. Nothing heavy is imported before the first one is painted."""

from __future__ import annotations

import locale
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from ui import clipboard, traces
from ui.collecting import Collector
from ui.look import Look
from workstation import settings

if TYPE_CHECKING:
    from ui.shell.window import MainWindow
    from workstation.session import Desk


_FURNISHED = "furnished"


def application() -> QApplication:
    """The one QApplication, made when there is none; one that somebody else made is furnished as ours."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    if app.property(_FURNISHED):
        return app
    app.setProperty(_FURNISHED, True)
    app.setApplicationName("collector-workstation")
    app.setStyle("Fusion")
    Collector(app)
    clipboard.watch()
    traces.leave_none(app)
    return app


def make_look(known: settings.Settings) -> Look:
    """The look this person chose, or the system's language and theme."""
    look = Look(known.language or system_language(), known.theme, known.text_scale, large=known.large_targets)
    look.apply()
    return look


def system_language() -> str:
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    named = named or (locale.getlocale()[0] or "")
    return "zh_CN" if named.lower().startswith(("zh", "chinese")) else "en"


def watch(look: Look) -> None:
    """From here on there is a log, and what nobody foresaw is told to the person in a sentence."""
    from ui.faults import Faults
    from workstation.security import logs

    logs.begin()
    Faults(look)


def build_window(look: Look, desk: Desk, *, wants_pin: bool = False) -> MainWindow:
    """The signed-in window, shown and given its first synchronisation.

    With `wants_pin` a seat that has none gets one first; a seat opened by the centre gets a new one in any case.
    """
    from ui.shell.window import MainWindow

    window = MainWindow(look, desk)
    if desk.guard.pin_to_choose or (wants_pin and desk.guard.keeps and not desk.guard.has_pin):
        window.locking.choose_pin()
    window.show()
    desk.sync.sync_now()
    return window


def run_signed_in(desk: Desk) -> int:
    """The window of somebody who is already signed in (the demo)."""
    app = application()
    look = make_look(settings.load())
    watch(look)
    window = build_window(look, desk)
    window.signed_out.connect(lambda _sentence: window.close())
    code = app.exec()
    window.deleteLater()
    return code


def run() -> int:
    """Sign in, then work."""
    app = application()
    known, problem = settings.load_explained()
    look = make_look(known)
    watch(look)
    from ui.signin.doors import Doors
    from ui.signin.page import SignInPage

    doors = Doors()
    page = SignInPage(look, known, doors)
    windows: list[MainWindow] = []

    def left(sentence: str) -> None:
        """Signed out: the window goes, and whoever comes next signs in."""
        page.start_again(sentence)
        page.show()
        windows.pop().close()

    def entered(desk: Desk) -> None:
        window = build_window(look, desk, wants_pin=True)
        window.signed_out.connect(left)
        windows.append(window)
        page.close()
        for sentence in dict.fromkeys(look.say(notice) for notice in doors.notices):
            window.toast.say(sentence)
        doors.notices.clear()

    page.signed_in.connect(entered)
    if problem is not None:
        page.show_problem(look.say(problem))
    page.show()
    return app.exec()
