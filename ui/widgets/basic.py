"""Labels, buttons, lines and boxes with the roles the style sheet knows."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def label(text: str = "", role: str = "", *, tone: str = "", wrap: bool = False) -> QLabel:
    """Plain text always: a name with markup in it shows as it is written."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    return made


def button(text: str = "", role: str = "", clicked: Callable[[], object] | None = None) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def with_key(text: str, key: str) -> str:
    """A button's words with the key that does the same."""
    return f"{text}   {key}"


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet selects by, and repaint."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def show_if(widget: QWidget, wanted: bool) -> None:
    """Like `setVisible`, which lays out the whole form anew even when nothing changes."""
    if widget.isHidden() == wanted or not widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
        widget.setVisible(wanted)


def line(*, upright: bool = False) -> QFrame:
    made = QFrame()
    made.setProperty("role", "upright" if upright else "line")
    if upright:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def panel(role: str = "panel", edge: str = "", name: str = "") -> QWidget:
    made = QWidget()
    made.setProperty("role", role)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if edge:
        made.setProperty("edge", edge)
    if name:
        made.setObjectName(name)
    return made


Part = QWidget | QLayout | int | None


def _fill(box: QBoxLayout, parts: tuple[Part, ...], spacing: int, margins: tuple[int, int, int, int]) -> None:
    box.setSpacing(spacing)
    box.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(part)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)


def across(*parts: Part, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Side by side. `None` stretches, a number is a gap in pixels."""
    box = QHBoxLayout()
    _fill(box, parts, spacing, margins)
    return box


def down(*parts: Part, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """One under the other. `None` stretches, a number is a gap in pixels."""
    box = QVBoxLayout()
    _fill(box, parts, spacing, margins)
    return box


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def grow(widget: QWidget) -> QWidget:
    """Let a widget take the width that is left, and shrink below its text."""
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
    return widget


def as_written(text: str) -> str:
    """A tooltip's text as it stands: Qt would read a name such as `<b>` as markup."""
    return f"<p>{escape(text)}</p>" if "<" in text else text
