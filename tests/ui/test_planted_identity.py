"""A planted identity stands on no screen, in no tooltip, title, list, paper or export unless the table lets it.

Every page, every panel at the right, every view of the case and every entry of its history is looked at, as each role.
A screen that shows personal data past the masking table fails here.
"""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from tests.ui.conftest import OpenWindow
from tests.ui.planted import NAMES, ON_RECORD, WRITTEN, everything_readable, leaks, plant
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from ui.case.page import VIEWS
from ui.shell.commands import TABS
from ui.shell.rail import PAGES as RAIL

BESIDE_THE_RAIL = ("day", "knowledge", "plan", "reports")
PAGES = (*(name for name, _ in RAIL if name != "cases"), *BESIDE_THE_RAIL, "cases")
SECRETS = ON_RECORD + WRITTEN


def walk(steps: Steps, secrets: tuple[str, ...]) -> set[tuple[str, str]]:
    """Everything once; what leaked, with the screen where it did."""
    window = steps.window
    found: set[tuple[str, str]] = set()

    def look(screen: str) -> None:
        steps.settle()
        found.update((f"{screen}: {where}", secret) for where, secret in leaks(everything_readable(window), secrets))

    for name, _, _ in TABS:
        window.show_tab(name)
        steps.settle()
    look("panels")  # what was shown stays in the window's tree, and is read there
    for name, _, _ in VIEWS:
        window.show_view(name)
        steps.settle()
    look("views")
    window.show_view("history")
    history = window.case.timeline
    entries = next(made for made in history.findChildren(QListView) if made.model().rowCount() > 10)
    for row in range(entries.model().rowCount()):
        entries.setCurrentIndex(entries.model().index(row, 0))
        steps.key("Return") if entries.hasFocus() else entries.activated.emit(entries.currentIndex())
    look("history opened")
    for name in PAGES:
        window.show_page(name)
        steps.settle()
    look("pages")
    window.palette_box.open()
    window.palette_box.findChildren(type(window.queue.search))[0].setText("王")
    look("palette")
    window.palette_box.hide()
    window.covers.draw_curtain()
    look("curtain")
    window.covers.draw_curtain()
    return found


@pytest.mark.parametrize(
    ("role", "language"), [("collector", "zh_CN"), ("field", "en"), ("lead", "zh_CN"), ("auditor", "en")]
)
def test_no_screen_shows_a_planted_number_or_address(open_window: OpenWindow, role: str, language: str) -> None:
    steps = open_window(language, role=role)
    plant(steps.window.desk)
    steps.window.open_case(WANG.id)
    assert walk(steps, SECRETS) == set()


def test_an_administrator_sees_no_name_either(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", role="admin")
    plant(steps.window.desk)
    steps.window.open_case(WANG.id)
    assert walk(steps, SECRETS + NAMES) == set()


def test_the_walk_finds_what_is_shown_past_the_table(open_window: OpenWindow) -> None:
    """It would be worth nothing if it found nothing: a tooltip, a list and a title with a number in them are found."""
    steps = open_window("en")
    steps.window.call.note.setToolTip("138 0000-6620")
    steps.window.setWindowTitle("xm.wang@example.org")
    found = leaks(everything_readable(steps.window), SECRETS)
    assert {secret for _, secret in found} == {"13800006620", "xm.wang@example.org"}
    steps.window.setWindowTitle("")


@pytest.mark.parametrize("role", ["collector", "lead"])
def test_no_paper_or_export_carries_it(open_window: OpenWindow, tmp_path: Path, role: str) -> None:
    steps = open_window("zh_CN", role=role)
    plant(steps.window.desk)
    steps.window.open_case(WANG.id)
    texts: list[tuple[str, str]] = []
    for key, names in (("F10", ("day.pdf", "week.pdf")), ("F11", ("shift.pdf",))):
        steps.key(key)
        steps.settle()
        for place, name in enumerate(names):
            path = tmp_path / name
            steps.window.pages.currentWidget().papers.save(place, path)  # type: ignore[union-attr]
            steps.until(path.exists, f"{name} is written")
            pdf = pypdf.PdfReader(path)
            texts += [(name, page.extract_text()) for page in pdf.pages]
            texts.append((name, repr(pdf.metadata)))
    assert leaks(iter(texts), SECRETS + NAMES) == set()
    assert any("XYK-2026-0001" in text for _, text in texts), "the case itself stands there"


def test_nothing_of_it_is_on_the_clipboard_after_select_all(open_window: OpenWindow) -> None:
    """Ctrl A, Ctrl C in every list and field of the facts and the history."""
    from PySide6.QtGui import QKeySequence
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    steps = open_window("en")
    plant(steps.window.desk)
    steps.window.open_case(WANG.id)
    QApplication.clipboard().clear()
    for name in ("facts", "call"):
        steps.window.show_tab(name)
        steps.settle()
        for made in steps.window.findChildren(QWidget):
            if made.isVisible() and made.focusPolicy() != Qt.FocusPolicy.NoFocus:
                made.setFocus()
                QTest.keySequence(made, QKeySequence(QKeySequence.StandardKey.SelectAll))
                QTest.keySequence(made, QKeySequence(QKeySequence.StandardKey.Copy))
                assert leaks(iter([("clipboard", QApplication.clipboard().text())]), SECRETS) == set()


def test_no_page_gives_a_name_to_the_clipboard_without_a_record(open_window: OpenWindow) -> None:
    """A lead reads names on lists; what is copied is recorded, and what is not recorded cannot be copied."""
    from PySide6.QtGui import QKeySequence
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QTextEdit, QWidget

    steps = open_window("en", role="lead")
    plant(steps.window.desk)
    for name in PAGES:
        steps.window.show_page(name)
        steps.settle()
        QApplication.clipboard().clear()
        for made in steps.window.pages.currentWidget().findChildren(QWidget):
            if made.isVisible() and made.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(made, QTextEdit):
                made.setFocus()
                QTest.keySequence(made, QKeySequence(QKeySequence.StandardKey.SelectAll))
                QTest.keySequence(made, QKeySequence(QKeySequence.StandardKey.Copy))
                found = leaks(iter([(name, QApplication.clipboard().text())]), SECRETS + NAMES)
                assert found == set(), (name, made.objectName())
