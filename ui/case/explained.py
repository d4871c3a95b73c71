"""The calculation behind a figure, opened beside it: the bank's balance, what ran and was paid since, the rules."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.basic import across, button, down, label, line, with_key
from workstation.desk.history_views import Calculation, Part, Step

WIDTH = 440  # pixels at 100 %
MOST = 90  # percent of the window's width and height


class FigureButton(QPushButton):
    """A figure that opens its calculation, by a click, Space or Enter."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setAutoDefault(False)
        self.setProperty("role", role)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class Explained(QFrame):
    """Closes by Esc, Enter, a click elsewhere or when the focus leaves; it goes back to the figure.

    Part of the page and no window of its own, so that the curtain hides it and every key of the window still works.
    """

    turned = Signal(int)  # to the figure before or after this one

    def __init__(self, look: Look, anchor: QWidget) -> None:
        close_explained(anchor)
        page = _page(anchor)
        super().__init__(page)
        self.setObjectName("explained")
        self.setProperty("role", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look, self._anchor, self._page = look, anchor, page
        self._spoken: list[str] = []
        self._ways: dict[str, Callable[[], None]] = {}  # by letter
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._rows.setContentsMargins(16, 14, 16, 14)
        self._inside = QWidget()
        self._inside.setLayout(self._rows)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._inside)
        self.setLayout(down(self.area, margins=(1, 1, 1, 1)))

    def show_calculation(self, calculation: Calculation) -> None:
        look = self._look
        title, total = look.say(calculation.title), look.money(calculation.total)
        self._say(title, total)
        self._rows.addLayout(across(label(title, "strong"), None, label(total, "strong")))
        for section in calculation.sections:
            grid = QGridLayout()
            grid.setColumnStretch(0, 1)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            if len(calculation.sections) > 1:
                grid.addWidget(label(look.say(section.title), "strong"), 0, 0)
                self._say(look.say(section.title))
            for step in section.steps:
                self._step(grid, step)
            row = grid.rowCount()
            grid.addWidget(line(), row, 0, 1, 2)
            grid.addWidget(label("=", "muted"), row + 1, 0)
            grid.addWidget(_right(look.money(section.total), "strong"), row + 1, 1)
            self._say("=", look.money(section.total))
            self._rows.addLayout(grid)
        self._notes([look.say(rule) for rule in (*calculation.rules, calculation.as_of)])

    def show_sentences(self, title: str, value: str, sentences: list[str]) -> None:
        """Of a figure that is no sum."""
        self._say(title, value)
        self._rows.addLayout(across(label(title, "strong"), None, label(value, "strong")))
        self._notes(sentences)

    def offer(self, text: str, key: str, act: Callable[[], None]) -> None:
        """A way on from here, by a letter or a click; this closes."""

        def go() -> None:
            self.close()
            act()

        made = button(with_key(text, key), "link", go)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays here: leaving would close it
        self._rows.addLayout(across(made, None))
        self._ways[key] = go
        self._say(text, key)

    def open(self) -> None:
        """Below its figure, inside the window; what does not fit scrolls."""
        page = self._page
        self._rows.addStretch(1)
        width = min(self._look.tokens.px(WIDTH), page.width() * MOST // 100)
        layout = self._inside.layout()
        height = 0 if layout is None else layout.totalHeightForWidth(width - 2)
        self._inside.setMinimumHeight(height)
        self.resize(width, min(height + 6, page.height() * MOST // 100))
        corner = self._anchor.mapTo(page, QPoint(0, self._anchor.height() + 4))
        left = max(8, min(corner.x(), page.width() - self.width() - 8))
        self.move(left, max(8, min(corner.y(), page.height() - self.height() - 8)))
        self.setAccessibleName("\n".join(self._spoken))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def leave(self) -> None:
        """Close, with the focus back on the figure."""
        self._anchor.setFocus()
        self.close()

    def event(self, event: QEvent) -> bool:
        """Esc closes this, before the window takes it as a step back."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.MouseButtonPress or not isinstance(watched, QWidget):
            return False
        if watched is not self and not self.isAncestorOf(watched):
            self.close()
        return False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.close()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.area.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.leave()
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.turned.emit(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                bar.setValue(bar.value() + (1 if event.key() == Qt.Key.Key_Down else -1) * bar.singleStep())
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                bar.setValue(bar.value() + (1 if event.key() == Qt.Key.Key_PageDown else -1) * bar.pageStep())
            case _ if way := self._ways.get(event.text().upper()):
                way()
            case _:
                super().keyPressEvent(event)

    def _step(self, grid: QGridLayout, step: Step) -> None:
        look, row = self._look, grid.rowCount()
        text, amount = look.say(step.text), look.money(step.amount)
        grid.addWidget(label(text, wrap=True), row, 0)
        grid.addWidget(_right(amount), row, 1, Qt.AlignmentFlag.AlignTop)
        self._say(text, amount)
        below = [parts_text(look, step.parts)] if step.parts else []
        if step.note is not None:
            below.append(look.say(step.note))
        if below:
            grid.addWidget(label("\n".join(below), "caption", wrap=True), row + 1, 0)
            self._say(*below)

    def _notes(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self._rows.addWidget(label(sentence, "caption", wrap=True))
            self._say(sentence)

    def _say(self, *words: str) -> None:
        self._spoken.append(" ".join(words))


def parts_text(look: Look, parts: tuple[Part, ...]) -> str:
    return " · ".join(f"{look.translator.label(name)} {look.money(money)}" for name, money in parts)


def open_calculation(look: Look, calculation: Calculation, anchor: QWidget) -> Explained:
    made = Explained(look, anchor)
    made.show_calculation(calculation)
    made.open()
    return made


def close_explained(anchor: QWidget) -> None:
    """Close what is open in this window: another case is shown, or another figure asked for."""
    for known in _page(anchor).findChildren(Explained, options=Qt.FindChildOption.FindDirectChildrenOnly):
        known.close()


def _page(anchor: QWidget) -> QWidget:
    """What the curtain covers, or the window where there is no such page."""
    page = anchor.window().findChild(QWidget, "window")
    return page if isinstance(page, QWidget) else anchor.window()


def _right(text: str, role: str = "") -> QLabel:
    made = label(text, role)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    return made
