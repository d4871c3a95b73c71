"""E-mail over SMTP, step by step, so that after any fault it is known whether the message can have been taken."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime

from workstation.domain.message import Message, msg
from workstation.gateway.outgoing import LOOPBACK, NotNow, Outgoing, Refused, Unsure, WayClosed, reference
from workstation.settings import MailServer

SECONDS = 30.0  # for one answer of the server
# One plain address: no name, no second address, nothing a server could take for a command.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_QUEUED = re.compile(rb"queued as ([\x21-\x7e]{1,80})", re.IGNORECASE)
_LONGEST_ADDRESS = 254
_OK, _FORWARDED, _GO_ON = 250, 251, 354

# What can break while we talk: the line, TLS, the other side's manners, a password that is not ASCII.
_BROKEN = (OSError, UnicodeError, smtplib.SMTPException)


class Smtp:
    """`password` is asked for when the server wants one. Raises `WayClosed` when the settings cannot be used."""

    def __init__(self, server: MailServer, password: Callable[[], str | None], *, seconds: float = SECONDS) -> None:
        if server.security == "none" and server.host not in LOOPBACK:
            raise _closed(
                msg("Mail leaves over TLS only: set the security of {host} to starttls or tls.", host=server.host)
            )
        if not is_address(server.sender) or _CONTROL.search(server.sender_name):
            raise _closed(msg("Set the address that mail is sent from."))
        self._server, self._password, self._seconds = server, password, seconds
        self._line: smtplib.SMTP | None = None

    def ready(self) -> None:
        self._open()

    def send(self, message: Outgoing) -> str:
        letter = self._letter(message)
        line = self._open()
        try:
            code, _ = line.mail(self._server.sender)
            if code != _OK:
                raise _not_taken(code, sender=True)
            code, _ = line.rcpt(message.address)
            if code not in {_OK, _FORWARDED}:
                raise _not_taken(code)
            code, _ = line.docmd("DATA")
            if code != _GO_ON:
                raise _not_taken(code)
        except _BROKEN as error:  # the text had not left yet
            self.close()
            raise NotNow("connection_lost") from error
        try:
            line.send(re.sub(rb"(?m)^\.", b"..", letter) + b".\r\n")
            code, said = line.getreply()
        except _BROKEN as error:
            self.close()
            raise Unsure("connection_lost") from error
        if code != _OK:
            raise _not_taken(code)
        queued = _QUEUED.search(said)
        return reference(queued[1].decode("ascii")) if queued else ""

    def became(self, message_id: str) -> str:  # noqa: ARG002  # a mail server says no more than that it took it
        return "sent"

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open(self) -> smtplib.SMTP:
        """The line, cleared for the next message; a new one where the server ended it meanwhile."""
        if self._line is not None:
            try:
                if self._line.rset()[0] == _OK:
                    return self._line
            except _BROKEN:
                pass
            self.close()
        self._line = self._connected()
        return self._line

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        line: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                context = ssl.create_default_context()
                line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._seconds, context=context)
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
            if server.security == "starttls":
                line.starttls(context=ssl.create_default_context())
            line.ehlo_or_helo_if_needed()
            if server.login:
                line.login(server.login, self._password() or "")
        except _BROKEN as error:
            if line is not None:
                line.close()
            raise _closed(_why(error, server.host)) from error
        return line

    def _letter(self, message: Outgoing) -> bytes:
        """The message as bytes for the wire. What could add a header or a recipient is refused, never cleaned."""
        if not is_address(message.address):
            raise Refused("bad_address")
        if _CONTROL.search(message.subject) or re.search(r"[\x00\ud800-\udfff]", message.text):
            raise Refused("bad_text")
        try:
            return self._written(message)
        except ValueError as error:  # what Python's library does not write as a header
            raise Refused("bad_text") from error

    def _written(self, message: Outgoing) -> bytes:
        letter = EmailMessage(policy=WIRE)
        sender = self._server.sender
        letter["From"] = Address(self._server.sender_name, addr_spec=sender)
        letter["To"] = Address(addr_spec=message.address)
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(datetime.now(UTC))
        letter["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers it
        letter.set_content(message.text, cte="base64")
        if message.attachment is not None:
            letter.add_attachment(
                message.attachment.pdf, maintype="application", subtype="pdf", filename=message.attachment.name
            )
        return letter.as_bytes()


def is_address(text: str) -> bool:
    """One address in plain ASCII, as a mail server takes it everywhere."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _not_taken(code: int, *, sender: bool = False) -> Exception:
    """4xx is not now, 5xx is never; a sender that is refused is refused for every message."""
    if 400 <= code < 500:
        return NotNow(f"smtp_{code}")
    if sender:
        return _closed(msg("The mail server does not let this login send from the address that is set."))
    return Refused(f"smtp_{code}" if 500 <= code < 600 else "smtp_nonsense")


def _closed(message: Message) -> WayClosed:
    return WayClosed(message, field="mail")


def _why(error: Exception, host: str) -> Message:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return msg("The mail server {host} refused the login or its password. Nothing was sent.", host=host)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return msg("The mail server {host} offers no TLS, or no way to sign in over it. Nothing was sent.", host=host)
    if isinstance(error, ssl.SSLError):
        return msg("The certificate of {host} is not one this computer trusts. Nothing was sent.", host=host)
    return msg("The mail server {host} cannot be reached. Nothing was sent.", host=host)
