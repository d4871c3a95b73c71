"""A mail server and an SMS provider on this machine, real ones in threads, with faults that a test sets."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SECRET = "a-long-secret-of-the-house"
MAIL_LOGIN, MAIL_PASSWORD = "gateway@bank.example", "mail password"


class _AnyPort(Controller):
    """A controller that finds out which free port it was given before it looks whether it answers there."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailBox:
    """`taken` are the envelopes the server accepted. `say` gives another answer at a step: "MAIL", "RCPT" or "DATA"."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, must_sign_in: bool = False, starttls: bool = True) -> None:
        self.taken: list[Envelope] = []
        self.say: dict[str, str] = {}
        self.on_data: Callable[[], None] | None = None  # before the answer to a message
        self.keeps_line = True  # False: the server goes away after the message, without an answer
        options: dict[str, Any] = {}
        if tls is not None and starttls:
            options |= {"tls_context": tls, "require_starttls": True}
        if must_sign_in:
            options |= {
                "authenticator": self._sign_in,
                "auth_required": True,
                "auth_require_tls": tls is not None and starttls,
            }
        self._controller = _AnyPort(
            self, hostname="127.0.0.1", port=0, ssl_context=None if starttls else tls, server_hostname="mail", **options
        )
        self._controller.start()
        self.port: int = self._controller.port
        self._closed = False

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(bytes(taken.content), policy=WIRE) for taken in self.taken]  # type: ignore[misc]

    def close(self) -> None:
        """Also a second time, where a test took it away."""
        if not self._closed:
            self._closed = True
            self._controller.stop()

    def _sign_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: object) -> AuthResult:
        right = isinstance(said, LoginPassword) and (said.login, said.password) == (
            MAIL_LOGIN.encode(), MAIL_PASSWORD.encode(),
        )  # fmt: skip
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if "MAIL" in self.say:
            return self.say["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if "RCPT" in self.say:
            return self.say["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if "DATA" in self.say:
            return self.say["DATA"]
        self.taken.append(envelope)
        if self.on_data is not None:
            self.on_data()
        if not self.keeps_line:
            assert server.transport is not None
            server.transport.abort()
        return f"250 2.0.0 Ok: queued as Q{len(self.taken)}"


class SmsProvider:
    """`texts` are the messages it took, one for each id; `asked` every question. Faults are set as attributes."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.texts: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.became: dict[str, str] = {}
        self.status = 0  # answered instead, and nothing is taken
        self.body: bytes | None = None  # answered instead of what is right
        self.on_text: Callable[[], None] | None = None  # before the answer to a message
        self.silent = False  # takes the message and closes the line without an answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_port}/sms"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, object]:
        if headers.get("authorization") != f"Bearer {SECRET}":
            return 401, {}
        if self.status:
            return self.status, {"error": "as the test wants it"}
        if method == "POST" and path == "/sms/messages" and headers["idempotency-key"] == body["id"]:
            self.texts.setdefault(body["id"], body)
            if self.on_text is not None:
                self.on_text()
            return 202, {"reference": f"R-{len(self.texts)}", "cost": "not our affair"}
        identity = path.removeprefix("/sms/messages/")
        return (200, {"state": self.became.get(identity, "sent")}) if identity in self.texts else (404, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                headers = {name.lower(): value for name, value in self.headers.items()}
                provider.asked.append((self.command, self.path, headers, body))
                status, said = provider._answer(self.command, self.path, headers, body)
                if provider.silent:
                    self.close_connection = True
                    return
                content = json.dumps(said).encode() if provider.body is None else provider.body
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # whoever asked has gone

            do_GET = do_POST = _any  # http.server's own names

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
