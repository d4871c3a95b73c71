"""What a screen reader is told: every control has a name, the lists say their rows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListView, QPlainTextEdit, QTableView, QWidget

from tests.ui.conftest import OpenWindow
from ui.background import finish
from ui.case.page import VIEWS

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QListView, QPlainTextEdit, QTableView)


def nameless(window: QWidget) -> list[str]:
    """Visible controls that take the focus and have neither a name nor a text."""
    found = []
    for control in window.findChildren(QWidget):
        if not isinstance(control, CONTROLS) or not control.isVisibleTo(window):
            continue
        if control.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(control.parent(), QComboBox):
            continue
        text = control.text() if isinstance(control, QAbstractButton) else ""
        if not (control.accessibleName() or text):
            found.append(f"{type(control).__name__} {control.objectName()}")
    return found


def test_every_control_has_a_name(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("3")
    found = nameless(steps.window)
    for tab in ("plan", "letter", "facts", "message"):
        steps.window.show_tab(tab)
        steps.settle()
        found += nameless(steps.window)
    steps.window.show_plan_page()
    steps.settle()
    found += nameless(steps.window)
    for view, _, _ in VIEWS:
        steps.window.show_view(view)
        steps.settle()
        found += nameless(steps.window)
    for page in ("sync", "settings", "day", "agenda", "knowledge"):
        steps.window.show_page(page)
        finish()  # the week comes from the pool
        steps.settle()
        found += nameless(steps.window)
    steps.window.palette_box.open()
    found += nameless(steps.window.palette_box)
    assert not sorted(set(found))


def test_a_row_of_the_queue_says_itself_in_one_sentence(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    listed = steps.widget("queue_list")
    assert isinstance(listed, QListView)
    spoken = listed.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "张建国, ¥156,220.00, M5, 昨日跳票 ¥5,000.00, 可以联系 · 今日还可 6 次 · 至 22:00"
