"""Takes an extract of the audit: the certificate, where to, how far it is, and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, down, label
from workstation.desk.audit import AuditFilter
from workstation.desk.audit_extract import Extract
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg, nmsg
from workstation.security import signing
from workstation.security.signing import NoSignature


class ExtractCard(QFrame):
    """`asked` gives the filter as it stands; what was written stays said here after the file dialog is gone."""

    counted = Signal(int)

    def __init__(self, look: Look, desk: Desk, asked: Callable[[], AuditFilter]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("audit_extract")
        self._look, self._desk, self._asked = look, desk, asked
        self._stop = threading.Event()
        self._said: object = ""
        self.title, self.about = label(role="strong"), label(role="muted", wrap=True)
        self.take = button(clicked=self.ask)
        self.take.setObjectName("audit_take")
        self.stop = button(role="link", clicked=self._stop.set)
        self.stop.setObjectName("audit_stop")
        self.said = label(wrap=True)
        self.said.setObjectName("audit_said")
        self.choose = button(clicked=self._choose_certificate)
        self.choose.setObjectName("audit_certificate")
        self.password = QLineEdit()
        self.password.setObjectName("audit_certificate_password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(200)
        self.password.setMinimumWidth(180)
        self.counted.connect(self._count)
        row = across(self.take, self.stop, None, self.password, self.choose, spacing=8)
        self.setLayout(down(self.title, self.about, row, self.said, spacing=8, margins=(16, 12, 16, 12)))
        self.stop.hide()
        if not desk.audit.exports:
            self.hide()  # never shown before it is in its page: it would be a window of its own for a moment

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Signed extract"))
        self.about.setText(
            tr(
                "Everything the filter finds as CSV and JSON, with a manifest that the organisation's certificate "
                "signs. Own words are masked. The centre records that it was taken; openssl alone can check it."
            )
        )
        self.take.setText(tr("Take an extract …"))
        self.stop.setText(tr("Stop"))
        self.choose.setText(tr("Certificate (PKCS#12) …"))
        self.password.setPlaceholderText(tr("Password of the certificate"))
        self.password.setAccessibleName(tr("Password of the certificate"))
        self._show_said()

    def ask(self) -> None:
        """Where to; the name says nothing of whom it is about."""
        chosen, _ = QFileDialog.getSaveFileName(self, self._look.tr("Take an extract …"), "audit.zip", "ZIP (*.zip)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Make it in the pool, whole or not at all."""
        try:
            asked = self._asked()
            signer = signing.kept(self._desk.open_keyring())
        except NoSignature as error:
            self._tell(error.message)
            self.password.setFocus()
            return
        except WorkstationError as error:
            self._tell(error.message)
            return
        self._stop.clear()
        self._running(True)
        extracts, say = self._desk.extracts, self._look.say
        run(
            self,
            lambda: extracts.make(path, asked, signer, say, self.counted.emit, self._stop.is_set),
            self._made,
            lambda error: self._tell(error.message),
            lambda: self._running(False),
        )

    def keep_certificate(self, path: Path) -> None:
        """Into the keyring, once it could be read with the password typed."""
        try:
            data = path.read_bytes()
        except OSError as error:
            self._tell(msg("The file could not be read: {reason}", reason=error.strerror or ""))
            return
        try:
            signer = signing.keep(self._desk.open_keyring(), data, self.password.text())
        except InputError as error:
            self._tell(error.message)
            self.password.setFocus()
            return
        except WorkstationError as error:
            self._tell(error.message)
            return
        self.password.clear()
        self._tell(msg("Extracts are signed by {name}, until {day}.", name=signer.name, day=signer.until.date()))

    def _choose_certificate(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self._look.tr("Certificate (PKCS#12) …"), "", "PKCS#12 (*.p12 *.pfx)"
        )
        if chosen:
            self.keep_certificate(Path(chosen))

    def _made(self, made: Extract) -> None:
        said = nmsg(
            "{n} record in {file}. SHA-256 of its manifest: {digest}",
            "{n} records in {file}. SHA-256 of its manifest: {digest}",
            made.records,
            file=made.path.name,
            digest=made.digest,
        )
        if not made.complete:
            said = msg("{said} The filter finds more: take the rest in parts of the period.", said=said)
        self._tell(said)

    def _count(self, records: int) -> None:
        if self._stop.is_set() or self.take.isEnabled():
            return
        self._tell(nmsg("{n} record so far …", "{n} records so far …", records))

    def _running(self, running: bool) -> None:
        self.take.setEnabled(not running)
        self.stop.setVisible(running)

    def _tell(self, said: object) -> None:
        self._said = said
        self._show_said()

    def _show_said(self) -> None:
        text = self._look.say(self._said)  # type: ignore[arg-type]  # a message, or nothing yet
        self.said.setText(text)
        self.said.setVisible(bool(text))
