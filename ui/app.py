"""Starts Qt, signs in, shows the window. Nothing heavy is imported before the first one is painted."""

from __future__ import annotations

import locale
import os
import sys
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QApplication

from ui.collecting import Collector
from ui.look import Look
from workstation import settings

if TYPE_CHECKING:
    from ui.shell.window import MainWindow
    from workstation.domain.message import Message
    from workstation.session import Desk


def application() -> QApplication:
    """The one QApplication; makes it when there is none."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    app = QApplication(sys.argv[:1])
    app.setApplicationName("collector-workstation")
    app.setStyle("Fusion")
    Collector(app)
    return app


def make_look(known: settings.Settings) -> Look:
    """The look this person chose, or the system's language and theme."""
    look = Look(known.language or system_language(), known.theme, known.text_scale)
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


def build_window(look: Look, desk: Desk) -> MainWindow:
    """The signed-in window, shown and given its first synchronisation."""
    from ui.shell.window import MainWindow

    window = MainWindow(look, desk)
    window.show()
    desk.sync.sync_now()
    return window


def run_signed_in(desk: Desk) -> int:
    """The window of somebody who is already signed in (the demo)."""
    app = application()
    look = make_look(settings.load())
    watch(look)
    window = build_window(look, desk)
    code = app.exec()
    window.deleteLater()
    return code


def run() -> int:
    """Sign in, then work."""
    app = application()
    known, problem = settings.load_explained()
    look = make_look(known)
    watch(look)
    from ui.signin.page import SignInPage

    def sign_in(address: settings.ServerAddress, login: str, password: str | None) -> Desk:
        from workstation.security.credentials import Credentials
        from workstation.session import server_of, sign_in

        credentials = Credentials()
        desk = sign_in(server_of(address), login, password, credentials=credentials)
        notices.extend(credentials.notices)
        settings.save(msgspec.structs.replace(settings.load(), server=address, last_login=login))
        return desk

    page = SignInPage(look, known, sign_in)
    windows: list[MainWindow] = []
    notices: list[Message] = []  # a secret was moved from another keyring

    def entered(desk: Desk) -> None:
        windows.append(build_window(look, desk))
        page.close()
        for sentence in dict.fromkeys(look.say(notice) for notice in notices):
            windows[-1].toast.say(sentence)

    page.signed_in.connect(entered)
    if problem is not None:
        page.show_problem(look.say(problem))
    page.show()
    return app.exec()
