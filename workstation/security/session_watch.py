"""Tells when the computer goes to sleep or the person's session is locked: from logind, over the system's message bus.

Linux only. logind is asked to wait a moment before sleeping (a "delay" inhibitor, five seconds at most by its default),
so that the keys are out of memory before it is written anywhere. Windows and macOS have no such door without a package
of their own; there a gap between two ticks of the clock tells on waking, before anything is done (`ui.lock.idle`).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

log = logging.getLogger(__name__)

Reason = Literal["sleep", "session"]
# `done` is called when the keys are gone; the computer sleeps no sooner, and waits no longer than logind allows.
Told = Callable[[Reason, Callable[[], None]], None]

_LOGIND, _MANAGER_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
_MANAGER, _SESSION = "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_PATIENCE = 5.0


class SessionWatch:
    """Listens in a thread of its own until it is closed. Where there is no logind it does nothing, and says so once."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._inhibitor: int | None = None
        self._guard = threading.Lock()
        self._connection: Any = None
        self._closed = threading.Event()
        self.ready = threading.Event()  # listening, or not able to
        self.listens = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if not sys.platform.startswith("linux"):
            self.ready.set()
            return
        self._thread = threading.Thread(target=self._run, name="session-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._let_sleep()
        connection = self._connection
        if connection is not None:
            with suppress(OSError):
                connection.sock.shutdown(2)
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    # ---- the thread ----

    def _run(self) -> None:
        from jeepney import DBusErrorResponse, MatchRule
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._connection = connection = open_dbus_connection(bus="SYSTEM", enable_fds=True)
            session = self._subscribe(connection)
        except (OSError, DBusErrorResponse, ValueError, KeyError, EOFError) as error:
            log.info("nothing tells of sleep and of the session's lock here: %s", type(error).__name__)
            self.ready.set()
            return
        self.listens = True
        # Kept while a question of ours waits for its answer: sleep may follow at once upon waking.
        signals: deque[Any] = deque()
        try:
            with connection.filter(MatchRule(type="signal"), queue=signals):
                self.ready.set()
                while not self._closed.is_set():
                    self._heard(connection, connection.recv_until_filtered(signals), session)
        except (OSError, EOFError, ConnectionError) as error:
            if not self._closed.is_set():
                log.warning("the system's message bus is gone: %s", type(error).__name__)
        finally:
            connection.close()

    def _subscribe(self, connection: Any) -> str:
        """The signals wanted, and the object path of this session."""
        from jeepney import DBusAddress, MatchRule, message_bus, new_method_call

        manager = DBusAddress(_MANAGER_PATH, _LOGIND, _MANAGER)
        for rule in (
            MatchRule(type="signal", interface=_MANAGER, member="PrepareForSleep"),
            MatchRule(type="signal", interface=_SESSION, member="Lock"),
            MatchRule(type="signal", interface=_PROPERTIES, member="PropertiesChanged", path_namespace=_MANAGER_PATH),
        ):
            connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=_PATIENCE)
        self._hold_sleep(connection)
        named = os.environ.get("XDG_SESSION_ID")
        asked = (
            new_method_call(manager, "GetSession", "s", (named,))
            if named
            else new_method_call(manager, "GetSessionByPID", "u", (os.getpid(),))
        )
        reply = connection.send_and_get_reply(asked, timeout=_PATIENCE)
        # Without a session of one's own (a service, a remote shell) any session's lock is taken for ours.
        return str(reply.body[0]) if reply.header.message_type.name == "method_return" else ""

    def _hold_sleep(self, connection: Any) -> None:
        from jeepney import DBusAddress, new_method_call

        manager = DBusAddress(_MANAGER_PATH, _LOGIND, _MANAGER)
        what = ("sleep", "Collector's workstation", "Forgets its keys first", "delay")
        reply = connection.send_and_get_reply(new_method_call(manager, "Inhibit", "ssss", what), timeout=_PATIENCE)
        if reply.header.message_type.name == "method_return":
            with self._guard:
                self._inhibitor = reply.body[0].to_raw_fd()

    def _let_sleep(self) -> None:
        with self._guard:
            held, self._inhibitor = self._inhibitor, None
        if held is not None:
            os.close(held)

    def _heard(self, connection: Any, message: Any, session: str) -> None:
        from jeepney import HeaderFields, MessageType

        if message.header.message_type is not MessageType.signal:
            return
        member = message.header.fields.get(HeaderFields.member)
        path = message.header.fields.get(HeaderFields.path)
        if member == "PrepareForSleep":
            if message.body[0]:
                self._told("sleep", self._let_sleep)
            else:
                self._hold_sleep(connection)
        elif member == "Lock" and session in {"", path}:
            self._told("session", lambda: None)
        elif member == "PropertiesChanged" and session in {"", path} and message.body[0] == _SESSION:
            hint = message.body[1].get("LockedHint")  # what GNOME and KDE set when their own screen locks
            if hint is not None and hint[1]:
                self._told("session", lambda: None)
