"""Run as a program: the desk's window on the store given as argument; says when it is painted with a case open."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    from tests.benchmarks.seat import open_desk
    from tests.benchmarks.watch import Painted, turn
    from ui.app import application, build_window, make_look
    from workstation import settings

    application()
    window = build_window(make_look(settings.Settings(language="zh_CN", theme="light")), open_desk(Path(sys.argv[1])))
    painted = Painted(window.case.timeline.list.viewport(), window.queue.list.viewport())
    while not painted.all():
        turn()
    print("painted" if window.case.case is not None else "no case", flush=True)
    print("\n".join(sorted(sys.modules)), flush=True)
    window.close()


main()
