"""Pictures of every screen in both themes, both languages and three sizes: `python tests/ui/screens.py [OUT]`.

Whoever changes a screen looks at them. They go to out/screens, which git ignores.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")
sys.path.insert(0, str(ROOT))

from PySide6.QtTest import QTest  # noqa: E402  # the platform is chosen above
from PySide6.QtWidgets import QApplication  # noqa: E402

from tests.ui.closing import close_for_good  # noqa: E402
from tests.ui.sample_book import WANG  # noqa: E402
from tests.ui.sample_desk import open_desk  # noqa: E402
from tests.ui.steps import Steps, fill_promise  # noqa: E402
from ui.app import application  # noqa: E402
from ui.facts.panel import FactsPanel  # noqa: E402
from ui.look import Look  # noqa: E402
from ui.shell.window import MainWindow  # noqa: E402
from ui.signin.doors import Doors  # noqa: E402
from ui.signin.page import SignInPage  # noqa: E402
from workstation.domain.message import msg  # noqa: E402
from workstation.entry import SignInError  # noqa: E402
from workstation.session import Desk  # noqa: E402
from workstation.settings import ServerAddress, Settings  # noqa: E402

SIZES = ((1440, 900), (1100, 700), (1920, 1080))


def settle(milliseconds: int = 120) -> None:
    QTest.qWait(milliseconds)


def wait(holds: Callable[[], bool]) -> None:
    """For what comes back from the pool; a picture without it is still a picture."""
    for _ in range(600):
        if holds():
            return
        settle(50)


def shoot(window: MainWindow, out: Path, name: str) -> None:
    settle()
    window.grab().save(str(out / f"{name}.png"))


def one_round(out: Path, theme: str, language: str, size: tuple[int, int], scale: int = 100) -> None:
    """Every screen once, on a fresh desk."""
    with tempfile.TemporaryDirectory() as folder:
        look = Look(language, theme, scale)
        look.apply()
        window = MainWindow(look, open_desk(Path(folder)))
        window.resize(*size)
        window.show()
        window.open_case(WANG.id)
        suffix = f"{theme}-{language}-{size[0]}x{size[1]}" + (f"-{scale}" if scale != 100 else "")
        shoot(window, out, f"1-call-{suffix}")
        fill_promise(Steps(window))
        shoot(window, out, f"2-promise-{suffix}")
        window.show_tab("plan")
        shoot(window, out, f"3-plan-{suffix}")
        window.show_plan_page()
        shoot(window, out, f"3-plan-page-{suffix}")
        window.show_tab("letter")
        wait(lambda: getattr(window.current, "made", None) is not None)
        shoot(window, out, f"4-letter-{suffix}")
        window.show_tab("facts")
        facts = window.current
        assert isinstance(facts, FactsPanel)
        facts.new_point.open.click()
        shoot(window, out, f"5-facts-{suffix}")
        facts.circumstances.open.click()
        facts.circumstances.what.set_text("breathing_space")
        settle()
        facts.area.verticalScrollBar().setValue(facts.area.verticalScrollBar().maximum())
        shoot(window, out, f"5-circumstances-{suffix}")
        window.show_tab("call")
        window.palette_box.open()
        shoot(window, out, f"6-palette-{suffix}")
        window.palette_box.hide()
        window.show_page("settings")
        shoot(window, out, f"7-settings-{suffix}")
        window.show_page("sync")
        shoot(window, out, f"8-sync-{suffix}")
        close_for_good(window)


def sign_in_page(out: Path, theme: str, language: str) -> None:
    """The first thing anybody sees, with what it says when the password is wrong."""
    look = Look(language, theme)
    look.apply()

    class Refusing(Doors):
        def sign_in(self, *_what: object) -> Desk:
            raise SignInError(msg("The login or the password is wrong. Nothing was changed."), field="password")

    known = Settings(server=ServerAddress(host="db.example.org"), last_login="chenjing")
    page = SignInPage(look, known, Refusing())
    page.show()
    page.go()
    wait(lambda: bool(page.problem.text()))
    settle()
    page.grab().save(str(out / f"0-signin-{theme}-{language}.png"))
    page.close()


def main(out: Path, quick: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    application()
    sizes = SIZES[:1] if quick else SIZES
    for theme in ("light", "dark"):
        for language in ("zh_CN", "en"):
            sign_in_page(out, theme, language)
            for size in sizes:
                one_round(out, theme, language, size)
    one_round(out, "light", "zh_CN", SIZES[0], 150)
    one_round(out, "light", "en", SIZES[2], 200)
    QApplication.quit()


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    main(Path(arguments[0]) if arguments else ROOT / "out" / "screens", "--quick" in sys.argv)
