"""The grid of outcomes: nine with digits, the rest behind `more`, a link the form places beside its caption."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.look import Look
from ui.widgets.basic import button, down, label
from workstation.desk.views import OutcomeChoice

COLUMNS = 3
FIRST = 9
ROOM = 372  # pixels across the panel


class OutcomeButton(QPushButton):
    """A label and its key."""

    def __init__(self, choice: OutcomeChoice) -> None:
        super().__init__()
        self.choice = choice
        self.setObjectName(f"outcome_{choice.id}")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("role", "choice")
        self._key = label(choice.digit.upper(), "key")
        self._key.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        inner = QHBoxLayout()
        inner.setContentsMargins(0, 0, 7, 0)
        inner.addStretch(1)
        inner.addWidget(self._key)
        self.setLayout(inner)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text = ""

    def show_text(self, text: str) -> None:
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def wanted_width(self) -> int:
        bold = QFont(self.font())
        bold.setBold(True)
        return QFontMetrics(bold).horizontalAdvance(self._text) + self._key.sizeHint().width() + 28

    def _elide(self) -> None:
        room = self.width() - self._key.sizeHint().width() - 24
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, max(20, room)))


class OutcomeGrid(QWidget):
    """`chosen` carries the outcome's id."""

    chosen = Signal(str)

    def __init__(self, look: Look, choices: tuple[OutcomeChoice, ...]) -> None:
        super().__init__()
        self._look = look
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons = {choice.id: OutcomeButton(choice) for choice in choices}
        self._keys = {choice.digit: choice.id for choice in choices if choice.digit}
        self._more_box = QWidget()
        self._grids = (QGridLayout(), QGridLayout())
        for grid in self._grids:
            grid.setSpacing(6)
            grid.setContentsMargins(0, 0, 0, 0)
        for made in self._buttons.values():
            self._group.addButton(made)
        first, more = self._grids
        self._more_box.setLayout(more)
        self._more_box.hide()
        self.more = button(role="link", clicked=self.toggle_more)
        self.setLayout(down(first, self._more_box, spacing=6))
        self._group.buttonClicked.connect(self._clicked)
        self.retranslate()

    def retranslate(self) -> None:
        for identity, made in self._buttons.items():
            made.show_text(self._look.label("outcome", identity))
        self._lay_out()
        self.more.setText(
            self._look.tr("More outcomes …") if self._more_box.isHidden() else self._look.tr("Fewer outcomes")
        )

    def _lay_out(self) -> None:
        """Three columns where every label fits whole, else two."""
        made = list(self._buttons.values())
        for grid, part in zip(self._grids, (made[:FIRST], made[FIRST:]), strict=True):
            widest = max((one.wanted_width() for one in part), default=0)
            columns = COLUMNS if widest * COLUMNS + 12 <= ROOM else COLUMNS - 1
            for place, one in enumerate(part):
                grid.addWidget(one, place // columns, place % columns)
            for column in range(COLUMNS):
                grid.setColumnStretch(column, 1 if column < columns else 0)

    def toggle_more(self) -> None:
        self._more_box.setVisible(self._more_box.isHidden())
        self.retranslate()

    def show_outcome(self, identity: str) -> None:
        """Mark one, or none, without telling."""
        self._group.setExclusive(False)
        for known, made in self._buttons.items():
            made.setChecked(known == identity)
        self._group.setExclusive(True)
        if identity and self._buttons[identity].parentWidget() is self._more_box and self._more_box.isHidden():
            self.toggle_more()

    def take_key(self, event: QKeyEvent) -> bool:
        """Choose by key; False when the key names no outcome."""
        identity = self._keys.get(event.text().lower())
        if not event.text() or identity is None:
            return False
        self.show_outcome(identity)
        self.chosen.emit(identity)
        return True

    def _clicked(self, made: QAbstractButton) -> None:
        if isinstance(made, OutcomeButton):
            self.chosen.emit(made.choice.id)
