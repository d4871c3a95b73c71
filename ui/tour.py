"""The main job through the real window without a display: numbered screenshots, the letter and `summary.json`.

Everything is real: an embedded PostgreSQL, sign-in by SCRAM through the sign-in page, encrypted stores, keys typed into
the window. The second seat is the team lead's.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEventLoop, QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ui.app import application, build_window, make_look
from ui.doing import Doing
from ui.letter.panel import LetterPanel
from ui.plan.panel import PlanPanel
from ui.sync.page import SyncPage
from workstation import demo, settings
from workstation.desk.seat import Clock
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.security.credentials import Credentials
from workstation.security.process_keyring import ProcessKeyring
from workstation.session import Desk, server_of, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.shell.window import MainWindow

P = TypeVar("P", bound=Doing)
ZONE = "Asia/Shanghai"
MORNING = time(10, 0)
WAIT_MS = 30_000
FRAME_MS = 60  # until what was just shown is laid out


class TourError(WorkstationError):
    """The window did not do what the tour expected; the message says at which step."""

    code = "tour"


class Tour:
    """Drives the window and keeps what it saw. `out` receives the files."""

    def __init__(self, out: Path, as_of: date, language: str, say: Callable[[Message], None]) -> None:
        self._out, self._as_of, self._language, self._say = out, as_of, language, say
        self._shots: list[str] = []
        self._seconds: dict[str, float] = {}
        self._summary: dict[str, Any] = {"as_of": as_of.isoformat(), "language": language}

    def run(self, *, book: Path | None, cases: int) -> dict[str, Any]:
        """The whole tour; returns the summary, which is also written to `summary.json`."""
        began = perf_counter()
        self._out.mkdir(parents=True, exist_ok=True)
        qInstallMessageHandler(_quietly)
        application()
        credentials = Credentials(ProcessKeyring())
        with self._timed("centre_and_book"):
            centre = demo.start(credentials, as_of=self._as_of, book=book, cases=cases, quick=True, say=self._say)
        try:
            with self._timed("sign_in_and_first_sync"):
                window = self._sign_in(centre, demo.DemoCentre.login_of("collector"))
            self._main_job(window)
            collector_events = self._events_of(window.desk, self._summary["case_id"])
            window.close()
            self._second_seat(centre, credentials, collector_events)
        finally:
            centre.stop()
        self._summary.update(
            screenshots=self._shots,
            seconds={name: round(value, 3) for name, value in self._seconds.items()},
            total_seconds=round(perf_counter() - began, 3),
        )
        partial = self._out / "summary.json.part"
        partial.write_text(json.dumps(self._summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
        partial.replace(self._out / "summary.json")
        return self._summary

    # ---- the steps ----

    def _sign_in(self, centre: demo.DemoCentre, login: str) -> MainWindow:
        """Through the sign-in page, with the password typed."""
        from ui.signin.doors import Doors
        from ui.signin.page import SignInPage

        address = settings.ServerAddress(host=centre.server.host, port=centre.server.port, database=demo.DATABASE)
        known = settings.Settings(language=self._language, theme="light", server=address, last_login=login)
        look = make_look(known)
        desks: list[Desk] = []
        clock = Clock.starting_at(self._as_of, MORNING, ZONE)

        class ByPassword(Doors):
            """A seat without a PIN, in a keyring of this process."""

            def sign_in(
                self, address: settings.ServerAddress, login: str, password: str | None, pin: str | None
            ) -> Desk:
                keyring = Credentials(ProcessKeyring())
                return sign_in(server_of(address), login, password, credentials=keyring, clock=clock, pin=pin)

        page = SignInPage(look, known, ByPassword())
        page.signed_in.connect(desks.append)
        page.show()
        self._shot(page, "sign-in")
        self._type(page, "signin_password", "not the password")
        page.go()
        self._until(lambda: bool(page.problem.text()), "a wrong password is refused")
        self._shot(page, "sign-in-refused")
        self._type(page, "signin_password", centre.credentials.password(centre.server.id, login) or "")
        page.go()
        self._until(lambda: bool(desks), "sign in")
        page.close()
        desks[0].sync.once()
        window = build_window(look, desks[0])
        self._until(lambda: desks[0].sync.status().state == "synced", "first synchronisation")
        return window

    def _main_job(self, window: MainWindow) -> None:
        desk = window.desk
        queue = desk.worklist.queue()
        self._summary["queue"] = {"cases": queue.total, **queue.counts}
        case_id = self._suitable(desk)
        window.open_case(case_id)
        self._summary["case_id"] = case_id
        self._shot(window, "queue-and-case")
        self._key(window.call, "Ctrl+D")
        with self._timed("promise"):
            self._promise(window)
        self._shot(window, "next-case-after-save")
        window.open_case(case_id)
        self._shot(window, "promise-on-the-timeline")
        self._plans(window)
        self._letter(window)
        self._key(window, "F5")
        self._wait(150)
        self._shot(window, "facts")
        self._key(window, "F2")
        with self._timed("sync"):
            asked = desk.sync.status().last_ok
            desk.sync.sync_now()
            self._until(lambda: desk.sync.status().last_ok != asked, "synchronise the day's work")
        self._shot(window, "synchronised")
        self._key(window, "F9")
        self._until(lambda: not self._child(window, SyncPage, "sync_page").reading, "the synchronisation page's lists")
        self._wait(100)
        self._shot(window, "synchronisation-page")
        self._key(window, "Esc")
        self._looks(window)

    def _suitable(self, desk: Desk) -> str:
        """The best case whose light is green and that carries no plan or dispute yet."""
        for row in desk.worklist.queue().rows:
            if row.verdict == "allow" and not row.filters & {"plan", "dispute"} and not row.worked_today:
                case = desk.casefile.open(row.case_id)
                if any(point.kind == "address" for point in case.points) and len(case.timeline) > 6:
                    return row.case_id
        raise TourError(msg("The book has no case that may be called now."))

    def _promise(self, window: MainWindow) -> None:
        """Right party, two identity checks, outcome by digit, amount and day as people say them, reason, note."""
        call = window.call
        for name in ("full_name", "card_tail"):
            QTest.mouseClick(call.identity.chips[name], Qt.MouseButton.LeftButton)
        call.setFocus()
        QTest.keyClick(call, Qt.Key.Key_3)
        self._type(call, "call_amount", "1.2k")
        self._type(call, "call_due", "+3")
        reason = self._child(call, QComboBox, "call_reason")
        reason.setCurrentIndex(1)
        self._child(call, QPlainTextEdit, "call_note").setPlainText(
            "公司上月停发工资，月底新单位入职；愿先还一部分，余款希望分期。"
            if self._language == "zh_CN"
            else "Wages stopped last month; a new job starts at the end of the month. Asks for instalments."
        )
        self._wait(200)
        self._shot(window, "call-notes-promise")
        before = self._summary["case_id"]
        self._key(call, "Ctrl+Return")
        self._until(lambda: window.case.case is not None and window.case.case.case_id != before, "save and next")

    def _plans(self, window: MainWindow) -> None:
        self._key(window, "F3")
        panel = self._panel(window, PlanPanel)
        results = {}
        for method, rate in (("equal_instalment", "6%"), ("interest_free", "0")):
            QTest.mouseClick(self._child(panel, QWidget, f"plan_{method}"), Qt.MouseButton.LeftButton)
            self._type(panel, "plan_instalments", "12")
            self._type(panel, "plan_annual_rate", rate)
            self._wait(300)
            view = panel.view
            if view.error is not None or not view.rows:
                raise TourError(msg("The plan was not calculated: {reason}", reason=view.error or ""))
            results[method] = {
                "instalments": len(view.rows),
                "first": view.rows[0].amount.minor,
                "last": view.rows[-1].amount.minor,
                "sum": sum(row.amount.minor for row in view.rows),
            }
            self._shot(window, f"plan-{method.replace('_', '-')}")
        self._summary["plans"] = results
        self._key(panel, "Alt+S")
        self._key(panel, "Shift+F3")
        self._wait(200)
        self._shot(window, "plan-page")
        self._key(window, "Esc")
        self._key(panel, "Ctrl+Return")
        self._wait(300)
        self._shot(window, "plan-proposed")

    def _letter(self, window: MainWindow) -> None:
        self._key(window, "F4")
        panel = self._panel(window, LetterPanel)
        with self._timed("letter"):
            self._until(lambda: panel.made is not None and panel.made.template == "demand", "preview the demand letter")
        self._wait(100)
        self._shot(window, "letter-preview")
        made = panel.made
        if made is None:
            raise TourError(msg("The letter was not rendered."))
        (self._out / "letter.pdf").write_bytes(made.pdf)
        self._summary["letter"] = {"file": "letter.pdf", "pages": made.pages, "sha256": made.sha256}
        self._key(panel, "Ctrl+Return")
        self._wait(200)

    def _looks(self, window: MainWindow) -> None:
        """Search, palette, dark, the other language, the settings."""
        window.toast.hide()
        self._type(window, "queue_search", "wang" if window.desk.worklist.queue("all", "wang").rows else "li")
        self._wait(200)
        self._shot(window, "search")
        self._type(window, "queue_search", "")
        self._key(window, "Ctrl+K")
        self._wait(100)
        self._shot(window, "palette")
        self._key(self._child(window, QLineEdit, "palette_entry"), "Esc")
        window.look.choose(theme="dark")
        self._wait(100)
        self._shot(window, "dark")
        other = "en" if self._language == "zh_CN" else "zh_CN"
        window.look.choose(theme="light", language=other)
        self._wait(100)
        self._shot(window, f"language-{other}")
        window.show_page("settings")
        self._wait(100)
        self._shot(window, "settings")
        window.show_page("cases")
        window.look.choose(language=self._language)

    def _second_seat(self, centre: demo.DemoCentre, credentials: Credentials, expected: set[str]) -> None:
        """The lead signs in at another seat and sees all of it."""
        login = demo.DemoCentre.login_of("lead")
        clock = Clock.starting_at(self._as_of, MORNING, ZONE)
        with self._timed("lead_first_sync"):
            lead = sign_in(centre.server, login, None, credentials=credentials, clock=clock)
            lead.sync.once()
        seen = self._events_of(lead, self._summary["case_id"])
        missing = expected - seen
        if missing:
            raise TourError(msg("{n} events did not reach the lead's seat.", n=len(missing)))
        window = build_window(make_look(settings.Settings(language=self._language, theme="light")), lead)
        window.open_case(self._summary["case_id"])
        self._wait(200)
        self._shot(window, "lead-sees-it")
        self._summary["lead"] = {"events_seen": len(seen), "events_expected": len(expected)}
        window.close()

    # ---- the hands and eyes ----

    def _panel(self, window: MainWindow, kind: type[P]) -> P:
        if not isinstance(window.current, kind):
            raise TourError(msg("The window did not open the panel {name}.", name=kind.__name__))
        return window.current

    def _events_of(self, desk: Desk, case_id: str) -> set[str]:
        return {entry.id for entry in desk.casefile.open(case_id).timeline}

    def _shot(self, widget: QWidget, name: str) -> None:
        file = f"{len(self._shots) + 1:02}-{name}.png"
        QTest.qWait(FRAME_MS)
        widget.grab().save(str(self._out / file))
        self._shots.append(file)

    def _key(self, widget: QWidget, keys: str) -> None:
        QTest.keySequence(widget, QKeySequence(keys))

    def _type(self, within: QWidget, name: str, text: str) -> None:
        edit = self._child(within, QLineEdit, name)
        edit.setFocus()
        edit.selectAll()
        if text:
            QTest.keyClicks(edit, text)
        else:
            edit.clear()

    def _child(self, within: QWidget, kind: Any, name: str) -> Any:
        found = within.findChild(kind, name)
        if found is None:
            raise TourError(msg("The window has no “{name}”.", name=name))
        return found

    def _wait(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _until(self, reached: Callable[[], bool], step: str) -> None:
        waited = 0
        while not reached():
            if waited > WAIT_MS:
                raise TourError(msg("The tour waited in vain at this step: {step}", step=step))
            self._wait(20)
            waited += 20

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self._seconds[name] = perf_counter() - began


def _quietly(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What Qt warns of goes to standard error, except what a screen-less platform says of every window."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(message + "\n")


def run(
    out: Path,
    *,
    as_of: date,
    language: str = "zh_CN",
    book: Path | None = None,
    cases: int = demo.CASES,
    say: Callable[[Message], None],
) -> dict[str, Any]:
    """The tour in a home of its own, which is gone afterwards."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = Path(tempfile.mkdtemp(prefix="workstation-tour-"))
    before = os.environ.get("WORKSTATION_HOME")
    os.environ["WORKSTATION_HOME"] = str(home)
    try:
        return Tour(out, as_of, language, say).run(book=book, cases=cases)
    finally:
        if before is None:
            del os.environ["WORKSTATION_HOME"]
        else:
            os.environ["WORKSTATION_HOME"] = before
        shutil.rmtree(home, ignore_errors=True)
