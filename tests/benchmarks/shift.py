"""Run as a program: a shift of calls in the window on the store given; says the memory in use on the way, in KiB."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.benchmarks.seat import open_desk
from tests.benchmarks.watch import rest
from ui.app import application
from ui.look import Look
from ui.shell.window import MainWindow

EVERY = 10  # calls between two looks at the memory, in which every tab and the search are used once
PAUSE_MS = 60  # after each key: timers, frames and what is made ready ahead have their turn


def resident() -> int:
    """What the system counts for this process, after what nobody holds was let go."""
    gc.collect()
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def call(window: MainWindow, number: int) -> None:
    """A call like most: dialled by hand, an outcome, a note, saved; every third ends in a promise."""
    window.call.setFocus()
    window.call.timer.step()
    promised = number % 3 == 0
    QTest.keyClick(window.call, Qt.Key.Key_3 if promised else Qt.Key.Key_1)
    window.call.note.setPlainText("已说明，月底前再联系。")
    if promised:
        for name, text in (("amount", "300"), ("due", "+5"), ("reason", "income_lost"), ("method", "online_banking")):
            window.call.fields[name].set_text(text)
        for name in ("full_name", "card_tail"):
            window.call.identity.chips[name].setChecked(True)
    window.call.override.set_text("约定的回电")
    rest(PAUSE_MS)
    QTest.keyClick(window.call, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rest(PAUSE_MS)


def look_around(window: MainWindow) -> None:
    """Every tab at the right, the search, and a few cases passed through."""
    for tab in ("plan", "letter", "message", "facts", "call"):
        window.show_tab(tab)
        rest(4 * PAUSE_MS)
    for text in ("wang", "13", ""):
        window.queue.search.setText(text)
        rest(PAUSE_MS)
    for _ in range(5):
        window.queue.step(1)
        rest(PAUSE_MS)


def main(store: Path, calls: int) -> None:
    application()
    look = Look("zh_CN", "light", 100)
    look.apply()
    window = MainWindow(look, open_desk(store))
    window.show()
    window.activateWindow()
    saved: list[object] = []
    window.call.saved.connect(saved.append)
    rest(PAUSE_MS)
    look_around(window)  # what is loaded when first used is no growth
    for number in range(calls):
        call(window, number)
        if number % EVERY == EVERY - 1:
            look_around(window)
            print(len(saved), resident(), flush=True)
            window.open_next()
    window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
