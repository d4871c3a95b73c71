"""Ctrl K: find a case or a command by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.desk_port import Desk
from ui.look import Look
from ui.models.rows import VALUE, RowsModel
from ui.widgets.basic import down
from ui.widgets.uncopied import uncopied
from workstation.desk.views import QueueRow

MOST = 12


@dataclass(frozen=True)
class Command:
    """Something the palette can do. `text` is already translated."""

    text: str
    key: str
    run: Callable[[], None]


class _Delegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, self._look.tokens.px(34))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(VALUE)
        rect: QRect = option.rect
        tokens = self._look.tokens
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.colour("accent_soft"))
        inner = rect.adjusted(14, 0, -14, 0)
        painter.setFont(self._look.font("type_small"))
        painter.setPen(tokens.colour("muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, command.key)
        width = painter.fontMetrics().horizontalAdvance(command.key)
        painter.setFont(self._look.font("type"))
        painter.setPen(tokens.colour("text"))
        text = painter.fontMetrics().elidedText(command.text, Qt.TextElideMode.ElideRight, inner.width() - width - 12)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class Palette(QFrame):
    """`commands` are asked for at each opening, so that they are in the language of the moment."""

    def __init__(
        self,
        over: QWidget,
        look: Look,
        desk: Desk,
        commands: Callable[[], Sequence[Command]],
        open_case: Callable[[str], None],
    ) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("palette")
        self.setProperty("role", "palette")
        self._look, self._desk, self._commands, self._open_case = look, desk, commands, open_case
        self.entry = QLineEdit()
        self.entry.setObjectName("palette_entry")
        self.entry.setMaxLength(60)
        self.entry.installEventFilter(self)
        self.model: RowsModel[Command] = RowsModel(lambda command: f"{command.text} {command.key}")
        self.list = QListView()
        uncopied(self.list)
        self.list.setModel(self.model)
        self._delegate = _Delegate(look)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(30)
        self._typing.timeout.connect(self._search)
        self.entry.textChanged.connect(self._typing.start)
        self.setLayout(down(self.entry, self.list, margins=(10, 10, 10, 10)))
        over.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        self.entry.setPlaceholderText(self._look.tr("A case, a command, a setting …"))
        self.entry.setAccessibleName(self._look.tr("Find"))
        self.list.setAccessibleName(self._look.tr("Found"))
        self.entry.clear()
        self._search()
        self._place()
        self.show()
        self.raise_()
        self.entry.setFocus()

    def _search(self) -> None:
        text = self.entry.text().strip()
        wanted = text.lower()
        found = [
            command for command in self._commands() if wanted in command.text.lower() or wanted in command.key.lower()
        ]
        if text:
            queue = self._desk.worklist.queue("all", text)
            found = [*self._cases(queue.rows), *found, *self._cases(queue.similar)]
        self.model.set_rows(found[:MOST])
        if found:
            self.list.setCurrentIndex(self.model.index(0))

    def _cases(self, rows: Sequence[QueueRow]) -> list[Command]:
        money = self._look.money
        return [
            Command(f"{row.name} · {row.number} · {money(row.owed)}", row.stage, self._opener(row.case_id))
            for row in rows[:MOST]
        ]

    def _opener(self, case_id: str) -> Callable[[], None]:
        return lambda: self._open_case(case_id)

    def _run(self, place: int) -> None:
        rows = self.model.rows()
        self.hide()
        if 0 <= place < len(rows):
            rows[place].run()

    def _place(self) -> None:
        over = self._over
        width = min(620, over.width() - 80)
        self.setGeometry((over.width() - width) // 2, 70, width, self._look.tokens.px(34) * MOST + 76)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.entry and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row = self.list.currentIndex().row()
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                there = min(max(row + by, 0), self.model.rowCount() - 1)
                self.list.setCurrentIndex(self.model.index(there))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if self._typing.isActive():
                    self._typing.stop()
                    self._search()
                    row = 0
                self._run(max(row, 0))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
