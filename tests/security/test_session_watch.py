"""Sleep and the session's lock are heard from logind on a real message bus, and sleep waits until the keys are gone."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workstation.security.session_watch import SessionWatch

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None or not sys.platform.startswith("linux"), reason="dbus-daemon is not installed"
)


class Logind:
    """The pretended logind, and what it said."""

    def __init__(self, address: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fake_logind.py"))],
            env={**os.environ, "BUS": address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.said.get(timeout=20) == "here"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.put(line.strip())

    def tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert bus.stdout is not None
    address = bus.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    made = Logind(address)
    yield made
    made.stop()
    bus.kill()
    bus.wait()


Heard = queue.Queue[tuple[str, Callable[[], None]]]


@pytest.fixture
def heard(logind: Logind) -> Iterator[Heard]:
    told: Heard = queue.Queue()
    watch = SessionWatch(lambda reason, done: told.put((reason, done)))
    watch.start()
    assert watch.ready.wait(20)
    assert watch.listens
    yield told
    watch.close()


def test_sleep_waits_until_the_keys_are_gone(logind: Logind, heard: Heard) -> None:
    for _ in range(2):  # it is asked to wait again after waking
        logind.tell("sleep")
        reason, done = heard.get(timeout=20)
        assert reason == "sleep"
        with pytest.raises(queue.Empty):
            logind.said.get(timeout=0.3)
        done()
        assert logind.said.get(timeout=20) == "released"
        logind.tell("wake")


@pytest.mark.parametrize("word", ["lock", "hint"])
def test_the_sessions_own_lock_is_heard(logind: Logind, heard: Heard, word: str) -> None:
    logind.tell(word)
    assert heard.get(timeout=20)[0] == "session"


def test_without_logind_nothing_is_heard_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")
    watch = SessionWatch(lambda _reason, _done: None)
    watch.start()
    assert watch.ready.wait(20)
    assert not watch.listens
    watch.close()
