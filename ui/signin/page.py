"""The sign-in window. Password and PIN go to the database and the keyring, nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.background import run
from ui.lock.pin_form import secret_field
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, panel, show_if
from ui.widgets.field import EntryField
from ui.widgets.tall import TallArea
from workstation import settings
from workstation.domain.errors import WorkstationError

if TYPE_CHECKING:
    from ui.signin.doors import Doors


class SignInPage(QWidget):
    """`signed_in` carries the desk. A seat with a PIN asks for that alone; the password is one link away."""

    signed_in = Signal(object)

    def __init__(self, look: Look, known: settings.Settings, doors: Doors) -> None:
        super().__init__()
        self.setObjectName("signin")
        self._look, self._known, self._doors = look, known, doors
        self._pin_here = self._by_pin = self._with_password = False
        self._must_change = self._lost = False
        self.setWindowTitle("Collector's workstation")
        self.title, self.word = label(role="title"), label(role="muted", wrap=True)
        self.host = EntryField(look, _L("Server"), "db.example.org", name="signin_host")
        self.port = EntryField(look, _L("Port"), name="signin_port")
        self.database = EntryField(look, _L("Database"), name="signin_database")
        self.login = EntryField(look, _L("Login"), name="signin_login")
        self.pin = secret_field(look, _L("PIN"), "signin_pin")
        self.password = secret_field(look, _L("Password"), "signin_password")
        self.fresh = secret_field(look, _L("New password"), "signin_new")
        self.fresh_again = secret_field(look, _L("The same password again"), "signin_new_again")
        self.host.set_text(known.server.host)
        self.port.set_text(str(known.server.port))
        self.database.set_text(known.server.database)
        self.login.set_text(known.last_login)
        self.problem = label(role="error", wrap=True)
        self.enter = button(role="primary", clicked=self.go)
        self.enter.setObjectName("signin_enter")
        self.enter.setDefault(True)
        self.other = button(role="link", clicked=self._change_way)
        self.other.setObjectName("signin_other")
        self.anew = button(role="link", clicked=self._begin_anew)
        self.anew.setObjectName("signin_anew")
        fields = (self.host, self.port, self.database, self.login)
        for field in (*fields, self.pin, self.password, self.fresh, self.fresh_again):
            field.edit.returnPressed.connect(self.go)
        self._seat = ("", "", "", "")
        for field in fields:
            field.edit.editingFinished.connect(self._whose)
        card = QFrame()
        card.setObjectName("signin_card")
        card.setProperty("role", "card")
        card.setFixedWidth(look.tokens.px(400))
        where = across(self.host, self.port, spacing=10)
        where.setStretch(0, 3)
        where.setStretch(1, 1)
        card.setLayout(
            down(
                self.title,
                self.word,
                4,
                where,
                self.database,
                self.login,
                self.pin,
                self.password,
                self.fresh,
                self.fresh_again,
                self.problem,
                self.enter,
                across(self.other, None),
                across(self.anew, None),
                spacing=10,
                margins=(28, 26, 28, 22),
            )
        )
        page = panel("sunken")
        page.setLayout(down(None, across(None, card, None), None))
        self.setLayout(down(TallArea(page), spacing=0))
        self.resize(max(760, look.tokens.px(400) + 120), max(660, look.tokens.px(500)))  # the card fits large text
        self._whose()
        self._take_focus()

    # ---- showing ----

    def _texts(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Collector's workstation"))
        if self._must_change:
            self.word.setText(tr("The centre wants a new password before anything else. Nothing is lost."))
        elif self._by_pin:
            self.word.setText(tr("Type your PIN. It opens this device's store together with the system's keyring."))
        else:
            self.word.setText(tr("Sign in with your own database login. Later your PIN opens this workstation."))
        self.enter.setText(tr("Sign in"))
        self.other.setText(tr("PIN forgotten? Sign in with the password") if self._by_pin else tr("Use the PIN"))
        self.anew.setText(tr("Begin anew; what was not sent is lost"))
        show_if(self.pin, self._by_pin)
        show_if(self.password, not self._by_pin or self._with_password)
        for field in (self.fresh, self.fresh_again):
            show_if(field, self._must_change)
        show_if(self.other, self._pin_here)
        show_if(self.anew, self._lost)

    def _whose(self) -> None:
        """Somebody else's login, or another centre: does a PIN open that seat?"""
        seat = (self.host.text(), self.port.text(), self.database.text(), self.login.text())
        if seat == self._seat:
            return
        self._seat = seat
        self._pin_here = self._doors.has_pin(self._address(), self.login.text().strip())
        self._by_pin, self._with_password, self._must_change, self._lost = self._pin_here, False, False, False
        self.problem.hide()
        self._texts()

    def _take_focus(self) -> None:
        if not self.host.text():
            self.host.edit.setFocus()
        elif not self.login.text():
            self.login.edit.setFocus()
        else:
            (self.pin if self._by_pin else self.password).edit.setFocus()

    def _change_way(self) -> None:
        self._by_pin, self._with_password = not self._by_pin, False
        self.problem.hide()
        self._texts()
        self._take_focus()

    def start_again(self, sentence: str) -> None:
        """After signing out."""
        self._clear()
        self._seat = ("", "", "", "")
        self._whose()
        self.show_problem(sentence)
        self._take_focus()

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignLeft)

    # ---- signing in ----

    def _address(self) -> settings.ServerAddress:
        port = self.port.text().strip()
        return msgspec.structs.replace(
            self._known.server,
            host=self.host.text().strip(),
            port=int(port) if port.isdecimal() and 1 <= int(port) <= 65535 else 5432,
            database=self.database.text().strip() or "workstation",
        )

    def go(self) -> None:
        """Sign in in the pool; the page stays usable and says what went wrong."""
        if not self.enter.isEnabled():
            return
        tr = self._look.tr
        port = self.port.text().strip()
        if not port.isdecimal() or not 1 <= int(port) <= 65535:
            self.show_problem(tr("The port is a number from 1 to 65535; PostgreSQL's own is 5432."))
            return
        if not self.host.text().strip() or not self.login.text().strip():
            self.show_problem(tr("The server and your login are needed."))
            return
        address, login = self._address(), self.login.text().strip()
        password = (self.password.text() or None) if not self._by_pin or self._with_password else None
        pin = (self.pin.text() or None) if self._by_pin else None
        fresh = self.fresh.text() if self._must_change else ""
        if self._must_change and fresh != self.fresh_again.text():
            self.show_problem(tr("The two are not the same. Type it once more."))
            return
        self.enter.setEnabled(False)
        self.enter.setText(tr("Signing in …"))
        doors = self._doors

        def work() -> object:
            if fresh and password:
                doors.change_password(address, login, password, fresh)
            return doors.sign_in(address, login, fresh or password, pin)

        run(self, work, self._done, self._refused)

    def _clear(self) -> None:
        for field in (self.pin, self.password, self.fresh, self.fresh_again):
            field.edit.clear()
        self.enter.setEnabled(True)
        self.enter.setText(self._look.tr("Sign in"))

    def _done(self, desk: object) -> None:
        self._clear()
        self.signed_in.emit(desk)

    def _refused(self, error: WorkstationError) -> None:
        self.enter.setEnabled(True)
        if error.code == "password_must_change":
            self._must_change = self._with_password = True
        elif error.code == "pin_used_up":
            self._by_pin = self._pin_here = False
        elif error.code == "no_way_back":
            self._lost = True
            self._by_pin = self._pin_here = bool(getattr(error, "tries", False))
        elif error.field == "password" and self._by_pin:
            self._with_password = True  # signed out here: both are asked for
        self._texts()
        self.show_problem(self._look.say(error.message))
        if self._must_change:
            (self.fresh if self.password.text() else self.password).edit.setFocus()
            return
        field = {"pin": self.pin, "password": self.password}.get(error.field or "")
        if error.field == "pin":
            self.pin.edit.clear()
        if field is not None and not field.isHidden():
            field.edit.selectAll()
            field.edit.setFocus()

    def _begin_anew(self) -> None:
        address, login = self._address(), self.login.text().strip()
        told = self._look.tr("The closed store is gone. Sign in with your password: it is filled anew.")
        run(
            self,
            lambda: self._doors.begin_anew(address, login),
            lambda _: self.start_again(told),
            self._refused,
        )
