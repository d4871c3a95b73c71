"""Why this case now, and why not next: the parts of its score with their points, over the queue, by one key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui.look import Look
from ui.widgets.basic import button, clear, down, label, line
from ui.widgets.tall import TallArea
from workstation.desk.views import WhyNow
from workstation.domain.message import nmsg

KEY = "Ctrl+I"
_CLOSES = {Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Question, Qt.Key.Key_Return, Qt.Key.Key_Enter}
EDGE, FRAME = 8, 6  # pixels between the box and the panel it lies over, and what its own frame takes


class WhyBox(QFrame):
    """Lies over `over`. A screen reader is given the whole as the name of the box."""

    def __init__(self, over: QWidget, look: Look) -> None:
        super().__init__(over)
        self.setObjectName("why")
        self.setProperty("role", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._over, self._look = over, look
        self._back: QWidget | None = None
        inside = QWidget()
        self._lines = down(spacing=6, margins=(14, 12, 14, 12))
        inside.setLayout(self._lines)
        self.area = TallArea(inside)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(down(self.area, spacing=0, margins=(2, 2, 2, 2)))
        over.installEventFilter(self)
        look.changed.connect(self.hide)
        self.hide()

    def open(self, why: WhyNow, below: int, back: QWidget | None) -> None:
        """Show it under the pixel row `below` where there is room; the focus goes `back` when it is closed."""
        if back is not self:
            self._back = back
        self.hide()  # what is put into a visible box has no height yet
        said = self._fill(why)
        self.setAccessibleName(". ".join(said))
        self.show()
        self._place(below)
        self.raise_()
        self.setFocus()

    def close_box(self) -> None:
        back, self._back = self._back, None
        self.hide()
        if back is not None and back.isVisible():
            back.setFocus()

    def _fill(self, why: WhyNow) -> list[str]:
        tr, say = self._look.tr, self._look.say
        clear(self._lines)
        row = why.row
        title = label(f"{row.name} · {say(row.reason)}", "strong", wrap=True)
        said = [title.text()]
        self._lines.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        parts = [*((say(message), points) for message, points in row.parts), (tr("Together"), row.score)]
        for place, (text, points) in enumerate(parts):
            whole = place == len(row.parts)
            figure = f"{points:+,.0f}".replace("-", "−").replace("+", "" if whole else "+")
            grid.addWidget(label(text, "strong" if whole else "", wrap=True), place, 0)
            number = label(figure, "strong" if whole else "muted")
            grid.addWidget(number, place, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            said.append(f"{text} {figure}")
        self._lines.addLayout(grid)
        self._lines.addWidget(line())
        for text, role in self._not_next(why):
            self._lines.addWidget(label(text, role, wrap=True))
            said.append(text)
        close = button(tr("Close"), "link", self.close_box)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        return said

    def _not_next(self, why: WhyNow) -> list[tuple[str, str]]:
        """Lines with their roles."""
        tr, say = self._look.tr, self._look.say
        if why.first is None and not why.sunk:
            return [(tr("This is the next case."), "strong")]
        lines = [(tr("Why not next?"), "strong")]
        for message, source in why.sunk:
            lines.append((say(message), ""))
            if source:
                lines.append((source, "caption"))
        if why.opens_at is not None:
            lines.append((tr("Opens {when}", when=self._look.translator.moment(why.opens_at)), "strong"))
        if why.first is not None:
            count = say(nmsg("{n} case comes first", "{n} cases come first", why.before))
            lines.append((f"{count} · {why.first.name}: {say(why.first.reason)}", "muted"))
        return lines

    def _place(self, below: int) -> None:
        over = self._over
        width = over.width() - 2 * EDGE
        self.setFixedWidth(width)
        for made in self.findChildren(QWidget):
            made.ensurePolished()  # the height is that of the fonts as they will be painted
        inside = self.area.widget()
        layout = None if inside is None else inside.layout()
        wanted = 120 if layout is None else layout.totalHeightForWidth(width - FRAME) + FRAME
        height = min(wanted, over.height() - 2 * EDGE)
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if wanted <= height else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.area.setVerticalScrollBarPolicy(bar)
        self.setFixedHeight(height)
        self.move(EDGE, max(EDGE, min(below, over.height() - height - EDGE)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _CLOSES:
            event.accept()  # not the window's step back
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _CLOSES:
            self.close_box()
            return
        bar = self.area.verticalScrollBar()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
            Qt.Key(event.key())
        )
        if step is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + step * 24)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place(self.y())
        return super().eventFilter(watched, event)
