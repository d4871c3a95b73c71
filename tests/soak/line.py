"""A line to the centre with one fault in it: what the nth request or its answer meets on the way."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Literal, Self

Fault = Literal[
    "request lost",  # the centre never hears it
    "request torn",  # half of it arrives
    "answer lost",  # the centre did it and says so to nobody
    "stalled",  # it waits until `go_on`
    "met",  # `meet` is called first, the line itself holds
]


class Line:
    """Listens on the loopback for one connection and passes on to `target`, but for the fault at request `n`."""

    def __init__(self, target: tuple[str, int], fault: Fault, n: int, meet: Callable[[], None] = lambda: None) -> None:
        self._target, self._fault, self._n, self._meet = target, fault, n, meet
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.struck = threading.Event()  # the fault happened
        self.over = threading.Event()  # the connection ended, or nobody will come any more
        self._free = threading.Event()
        self._asked = 0  # requests passed on
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def go_on(self) -> None:
        self._free.set()

    def close(self) -> None:
        self._free.set()
        with contextlib.suppress(OSError):  # nobody came, or it is closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._hang_up()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        try:
            near, _ = self._listener.accept()
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far = socket.create_connection(self._target)
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self.over.set()
            return
        self._sockets += [near, far]
        back = threading.Thread(target=self._answers, args=(far, near), daemon=True)
        self._threads.append(back)
        back.start()
        with contextlib.suppress(OSError):  # one side hung up
            self._requests(near, far)
        self._hang_up()
        self.over.set()

    def _requests(self, near: socket.socket, far: socket.socket) -> None:
        while data := near.recv(1 << 20):
            if self._asked == self._n:
                if self._fault == "stalled":
                    self.struck.set()
                    self._free.wait()
                elif self._fault == "met":
                    self.struck.set()
                    self._meet()
                elif self._fault != "answer lost":
                    self.struck.set()
                    if self._fault == "request torn":
                        far.sendall(data[: len(data) // 2])
                    return
            self._asked += 1
            far.sendall(data)

    def _answers(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):  # one side hung up
            while data := far.recv(1 << 20):
                if self._fault == "answer lost" and self._asked == self._n + 1:
                    self.struck.set()
                    break
                near.sendall(data)
        self._hang_up()

    def _hang_up(self) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):  # down already
                one.shutdown(socket.SHUT_RDWR)
            one.close()
