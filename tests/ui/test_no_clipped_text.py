"""No word is cut off: in both languages, at every size the window may have and every text scale it offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

from tests.ui.closing import close_for_good
from tests.ui.conftest import OpenWindow
from tests.ui.lead_pages import filled_pages, lead_desk
from tests.ui.steps import Steps, fill_promise
from ui.case.page import VIEWS
from ui.look import Look
from ui.shell.window import MainWindow
from ui.widgets.keyed import InnerWord

SHORTENED = "…"  # text that is shortened on purpose ends so and has the whole as its tooltip
SLACK = 1  # pixels of rounding


def too_small(widget: QWidget) -> str | None:
    """What is wrong with a widget that shows text, or None."""
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    if isinstance(widget, QComboBox | QLineEdit):
        lacking = widget.minimumSizeHint().height() - widget.height()
        return f"{lacking} px too low" if lacking > SLACK else None
    if isinstance(widget, InnerWord):
        typed = widget.fontMetrics().horizontalAdvance(widget.parentWidget().text())
        return f"{text!r} covers what is typed" if text and typed > widget.x() else None
    if not text or (text.endswith(SHORTENED) and widget.toolTip()):
        return None
    if isinstance(widget, QLabel) and widget.wordWrap():
        lacking = widget.heightForWidth(widget.width()) - widget.height()
        return f"{lacking} px too low for {text[:20]!r}" if lacking > SLACK else None
    wide = widget.sizeHint().width() - widget.width()
    high = widget.sizeHint().height() - widget.height()
    if wide > SLACK or high > SLACK:
        return f"{text[:24]!r} lacks {max(wide, 0)}x{max(high, 0)} px"
    return None


def faults(window: QWidget) -> list[str]:
    """Of everything visible that shows text, inside or outside a scroll area; and of forms wider than their area."""
    for _ in range(3):  # what was written a moment ago has its place only after this
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    found = [
        f"{type(area.parent()).__name__} is {wide} px too wide"
        for area in window.findChildren(QScrollArea)
        if area.isVisibleTo(window) and (wide := area.widget().width() - area.viewport().width()) > SLACK
    ]
    found += [
        f"{table.objectName()} is {wide} px too wide"
        for table in window.findChildren(QTableView)
        if table.isVisibleTo(window)
        and table.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        and (wide := table.horizontalHeader().length() - table.viewport().width()) > SLACK
    ]
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or isinstance(widget.parent(), QComboBox):
            continue
        problem = too_small(widget)
        if problem is not None:
            found.append(f"{type(widget).__name__} {widget.objectName()}: {problem}")
    return found


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("size", "scale"),
    [((1440, 900), 100), ((1100, 700), 100), ((1920, 1080), 100), ((1440, 900), 150), ((1920, 1080), 200)],
    ids=["1440", "1100", "1920", "1440-at-150", "1920-at-200"],
)
def test_every_word_fits(open_window: OpenWindow, language: str, size: tuple[int, int], scale: int) -> None:
    steps = open_window(language, scale=scale, size=size)
    window = steps.window
    steps.settle()
    found = {"call": faults(window)}
    fill_promise(steps)
    steps.until(lambda: not window.call._check_later.isActive(), "the form is read")
    steps.settle()
    found["promise"] = faults(window)
    for tab in ("plan", "facts", "message", "visit"):
        window.show_tab(tab)
        steps.settle()
        found[tab] = faults(window)
    window.show_tab("plan")
    window.show_plan_page()
    steps.settle()
    found["plan page"] = faults(window)
    for view, _, _ in VIEWS:
        window.show_view(view)
        steps.settle()
        found[view] = faults(window)
    for page in ("sync", "settings", "day", "agenda", "knowledge", "field"):
        window.show_page(page)
        steps.settle()
        found[page] = faults(window)
    assert not {screen: lines for screen, lines in found.items() if lines}


@pytest.mark.parametrize(
    ("language", "size", "scale"),
    [("zh_CN", (1440, 900), 100), ("en", (1100, 700), 100), ("zh_CN", (1440, 900), 125), ("en", (1920, 1080), 200)],
    ids=["1440", "1100", "1440-at-125", "1920-at-200"],
)
def test_every_word_of_a_lead_s_pages_fits(
    qapp: QApplication, tmp_path: Path, language: str, size: tuple[int, int], scale: int
) -> None:
    look = Look(language, "light", scale)
    look.apply()
    window = MainWindow(look, lead_desk(tmp_path))
    try:
        window.resize(*size)
        window.show()
        found = {screen: faults(window) for screen in filled_pages(Steps(window))}
    finally:
        close_for_good(window)
        qapp.processEvents()
    assert not {screen: lines for screen, lines in found.items() if lines}
