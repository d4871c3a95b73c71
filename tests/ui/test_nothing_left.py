"""After a window has closed for good nothing of its desk is alive, though the look lives on for the next one.

A desk holds the store, its key and the cases it has shown: what keeps it keeps them in memory after signing out, and
the next change of language calls dead widgets. In the tests it was a gigabyte.
"""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.closing import close_for_good
from tests.ui.sample_book import WANG
from tests.ui.sample_desk import open_desk
from ui.background import finish
from ui.case.page import VIEWS
from ui.look import Look
from ui.shell.commands import TABS
from ui.shell.window import MainWindow

PAGES = ("agenda", "approvals", "audit", "coaching", "day", "indicators", "knowledge", "reports", "settings", "sync")
LEADS = ("approvals", "batch", "conduct", "strategy", "team")


@pytest.mark.parametrize(("role", "pages"), [("collector", PAGES), ("lead", LEADS), ("field", ("field",))])
def test_nothing_of_a_closed_window_is_alive(
    qapp: QApplication, tmp_path: Path, role: str, pages: tuple[str, ...]
) -> None:
    look = Look("en", "light", 100)
    look.apply()
    desk = open_desk(tmp_path / "seat", role=role)
    window = MainWindow(look, desk)
    window.show()
    window.open_case(WANG.id)
    for view, *_ in VIEWS:
        window.show_view(view)
    for tab, *_ in TABS:
        window.show_tab(tab)
    for page in pages:
        window.show_page(page)
        qapp.processEvents()
    window.show_plan_page()
    window.show_guide()
    window.covers.take_break()
    look.choose(language="zh_CN")
    alive = weakref.ref(desk)
    close_for_good(window)
    finish()
    qapp.processEvents()
    del window, desk
    gc.collect()
    assert alive() is None
    look.choose(language="en")  # calls nobody
