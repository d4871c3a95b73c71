"""Types a note into the real window until it is killed: says each key, and what the store had kept when it was told."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.ui.sample_book import WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps
from ui.app import application
from ui.look import Look
from ui.shell.window import MainWindow

TEXT = "客户说上月停发工资，先还三百，月底再谈分期。Paid 300 first; calls back on Friday. " * 40


def main(folder: Path) -> None:
    application()
    look = Look("zh_CN", "light")
    look.apply()
    desk = open_desk(folder)
    save = desk.drafts.save

    def kept(case_id: str, panel: str, body: str) -> None:
        save(case_id, panel, body)
        print(f"kept {len(window.call.note.toPlainText())}", flush=True)

    desk.drafts.save = kept  # type: ignore[method-assign]  # the real one, and then it says so
    window = MainWindow(look, desk)
    window.show()
    window.open_case(WANG.id)
    steps = Steps(window)
    steps.key("2")
    window.call.note.setFocus()
    for count, character in enumerate(TEXT, 1):
        steps.type(character)
        print(f"typed {count}", flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
