"""A telephone system on this machine: real HTTP in a thread, calls that a test moves on, faults that a test sets."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a-long-secret-of-the-house"


class Pbx:
    """`calls` is id → state; `seconds` what is said beside it; `asked` every question whole."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.calls: dict[str, str] = {}
        self.dialled: list[dict[str, Any]] = []
        self.hung_up: list[str] = []
        self.asked: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.seconds = 0.0
        self.status = 0  # answered to everything instead of what is right
        self.body: bytes | None = None  # likewise
        self.location = ""
        self.hold: threading.Event | None = None  # no answer before it is set
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self.hold is not None:
            self.hold.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, object]:
        if headers.get("authorization") != f"Bearer {SECRET}":
            return 401, {}
        if method == "POST" and path == "/api/calls":
            return self._dial(headers, body)
        identity = path.removeprefix("/api/calls/")
        if identity not in self.calls:
            return 404, {}
        if method == "DELETE":
            self.hung_up.append(identity)
            self.calls[identity] = "ended"
            return 204, None
        return 200, {"state": self.calls[identity], "seconds": self.seconds, "trunk": "not our affair"}

    def _dial(self, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, object]:
        if body.get("dry_run"):
            return 200, {"dry_run": True}
        identity = body["id"]
        if headers.get("idempotency-key") != identity:
            return 400, {}
        if identity not in self.calls:
            self.calls[identity] = "ringing"
            self.dialled.append(body)
        return 201, {"state": self.calls[identity]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pbx = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                headers = {name.lower(): value for name, value in self.headers.items()}
                pbx.asked.append((self.command, self.path, headers, body))
                status, said = pbx.answer(self.command, self.path, headers, body)
                if pbx.hold is not None:
                    pbx.hold.wait(30)
                content = b"" if said is None else json.dumps(said).encode()
                content = content if pbx.body is None else pbx.body
                try:
                    self.send_response(pbx.status or status)
                    if pbx.location:
                        self.send_header("Location", pbx.location)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # whoever asked has gone

            do_GET = do_POST = do_DELETE = _any  # http.server's own names

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
