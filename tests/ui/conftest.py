"""The window of one person over a real store with the sample book."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.closing import close_for_good
from tests.ui.sample_book import WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps
from ui.app import application
from ui.look import Look
from ui.shell.window import MainWindow

OpenWindow = Callable[..., Steps]


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return application()


@pytest.fixture
def open_window(qapp: QApplication, tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens the window in a language, theme, scale and size; a second call finds the same store, as after a crash."""
    opened: list[MainWindow] = []

    def make(
        language: str = "zh_CN",
        theme: str = "light",
        scale: int = 100,
        size: tuple[int, int] = (1440, 900),
        *,
        case_id: str | None = WANG.id,
        empty: bool = False,
        at: time = time(10, 24),
        role: str = "collector",
    ) -> Steps:
        look = Look(language, theme, scale)
        look.apply()
        window = MainWindow(look, open_desk(tmp_path / "seat", at=at, empty=empty, role=role))
        opened.append(window)
        window.resize(*size)
        window.show()
        if case_id is not None and not empty:
            window.open_case(case_id)
        return Steps(window)

    yield make
    for window in opened:
        close_for_good(window)
    qapp.processEvents()
