"""The sign-in window. The password goes to the database and the keyring, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from ui.background import run
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, panel
from ui.widgets.field import EntryField
from workstation import settings
from workstation.domain.errors import WorkstationError

if TYPE_CHECKING:
    from workstation.session import Desk

SignIn = Callable[[settings.ServerAddress, str, str | None], "Desk"]


class SignInPage(QWidget):
    """`signed_in` carries the desk."""

    signed_in = Signal(object)

    def __init__(self, look: Look, known: settings.Settings, sign_in: SignIn) -> None:
        super().__init__()
        self.setObjectName("signin")
        self._look, self._known, self._sign_in = look, known, sign_in
        self.setWindowTitle("Collector's workstation")
        self.title, self.word = label(role="title"), label(role="muted", wrap=True)
        self.host = EntryField(look, _L("Server"), "db.example.org", name="signin_host")
        self.port = EntryField(look, _L("Port"), name="signin_port")
        self.database = EntryField(look, _L("Database"), name="signin_database")
        self.login = EntryField(look, _L("Login"), name="signin_login")
        self.password = EntryField(look, _L("Password"), name="signin_password")
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.host.set_text(known.server.host)
        self.port.set_text(str(known.server.port))
        self.database.set_text(known.server.database)
        self.login.set_text(known.last_login)
        self.problem = label(role="error", wrap=True)
        self.enter = button(role="primary", clicked=self.go)
        self.enter.setObjectName("signin_enter")
        self.enter.setDefault(True)
        for field in (self.host, self.port, self.database, self.login, self.password):
            field.edit.returnPressed.connect(self.go)
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
                self.password,
                self.problem,
                self.enter,
                spacing=10,
                margins=(28, 26, 28, 26),
            )
        )
        page = panel("sunken")
        page.setLayout(down(None, across(None, card, None), None))
        self.setLayout(down(page, spacing=0))
        self.resize(760, 620)
        self._texts()
        (self.password if known.last_login else self.login if known.server.host else self.host).edit.setFocus()

    def _texts(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Collector's workstation"))
        self.word.setText(
            tr("Sign in with your own database login. Later the password may be left empty: it is in the keyring.")
        )
        self.enter.setText(tr("Sign in"))
        self.problem.hide()

    def go(self) -> None:
        """Sign in in the pool; the page stays usable and says what went wrong."""
        port = self.port.text().strip()
        if not port.isdecimal() or not 1 <= int(port) <= 65535:
            self.show_problem(self._look.tr("The port is a number from 1 to 65535; PostgreSQL's own is 5432."))
            return
        if not self.host.text().strip() or not self.login.text().strip():
            self.show_problem(self._look.tr("The server and your login are needed."))
            return
        address = settings.ServerAddress(
            host=self.host.text().strip(),
            port=int(port),
            database=self.database.text().strip() or "workstation",
            sslrootcert=self._known.server.sslrootcert,
        )
        login, password = self.login.text().strip(), self.password.text() or None
        self.enter.setEnabled(False)
        self.enter.setText(self._look.tr("Signing in …"))
        run(self, lambda: self._sign_in(address, login, password), self._done, self._refused)

    def _done(self, desk: Desk) -> None:
        self.password.edit.clear()
        self.enter.setEnabled(True)
        self.signed_in.emit(desk)

    def _refused(self, error: WorkstationError) -> None:
        self.enter.setEnabled(True)
        self.enter.setText(self._look.tr("Sign in"))
        self.show_problem(self._look.say(error.message))
        if error.field == "password":
            self.password.edit.selectAll()
            self.password.edit.setFocus()

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignLeft)
