"""A line to the central server that a test can cut and mend, or make slow and brittle; its address stays the same."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass, field

_PIECES_A_SECOND = 20  # a slow line passes on that often
_BEHIND = 0.5  # seconds that a busy machine woke a line late are made good, so that its rate is what it says


@dataclass
class SlowLine:
    """So many bytes a second each way; after each `block` bytes sent, it breaks with this chance."""

    rate: int
    cuts: float = 0.0
    block: int = 16 * 1024
    seed: int = 1
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)


class _Clock:
    """Paces one direction of a slow line."""

    def __init__(self) -> None:
        self._due = 0.0

    def wait(self, seconds: float) -> None:
        """Until what takes so long has gone through after what went before."""
        now = time.monotonic()
        self._due = max(self._due, now - _BEHIND) + seconds
        if self._due > now:
            time.sleep(self._due - now)


class Forwarder:
    """Listens on the loopback and passes bytes on to `target`; `cut` refuses and breaks everything.

    `sent` and `received` count bytes as the near side sees them, and `breaks` the connections a `slow` line broke.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self.port = self.sent = self.received = self.breaks = 0
        self.slow: SlowLine | None = None
        self.mend()

    def mend(self) -> None:
        """Accept connections, at the port of before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        self._accepting.start()

    def cut(self) -> None:
        """Nothing is reachable any more, and what was connected breaks."""
        if self._listener is not None:
            with contextlib.suppress(OSError):  # already down
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        if self._accepting is not None:
            self._accepting.join()  # the port is free again only now
            self._accepting = None
        _hang_up(*self._sockets)
        self._sockets.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                threading.Thread(target=self._send_on, args=(near, far), daemon=True).start()
                threading.Thread(target=self._bring_back, args=(far, near), daemon=True).start()

    def _send_on(self, near: socket.socket, far: socket.socket) -> None:
        clock = _Clock()
        with contextlib.suppress(OSError):  # cut
            while data := near.recv(self._piece(near)):
                self.sent += len(data)
                slow = self.slow
                if slow is not None:
                    clock.wait(len(data) / slow.rate)
                    if slow.dice.random() < slow.cuts * len(data) / slow.block:
                        self.breaks += 1
                        far.sendall(data[: len(data) // 2])
                        _hang_up(near, far)
                        return
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _bring_back(self, far: socket.socket, near: socket.socket) -> None:
        clock = _Clock()
        with contextlib.suppress(OSError):  # cut
            while data := far.recv(self._piece(near)):
                self.received += len(data)
                if self.slow is not None:
                    clock.wait(len(data) / self.slow.rate)
                near.sendall(data)
            near.shutdown(socket.SHUT_WR)

    def _piece(self, near: socket.socket) -> int:
        """How much is passed on at once. On a slow line what is not passed on yet waits with who sends it."""
        if self.slow is None:
            return 65536
        piece = max(256, self.slow.rate // _PIECES_A_SECOND)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, piece)
        return piece


def _hang_up(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
