"""One day of the week: its heading with the sum due, and what is agreed and due as a list of cards."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.look import Look
from ui.models.rows import VALUE, RowsModel
from ui.widgets.basic import down, label, panel, set_property
from ui.widgets.uncopied import uncopied
from workstation.desk.agenda import Day, Item
from workstation.desk.work_plan import owed, spelled
from workstation.domain.message import msg, nmsg

CARD = 62  # height in pixels at 100 %
GAP = 6  # between what stands left and right in a line; a case number without room is left to the tip
ASIDE = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ItemDelegate(QStyledItemDelegate):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self._look.tokens.px(CARD))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item: Item = index.data(VALUE)
        look, tokens, px = self._look, self._look.tokens, self._look.tokens.px
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect.adjusted(4, 2, -4, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.colour("border"))
        ground = "accent_soft" if state & QStyle.StateFlag.State_Selected else "panel"
        if ground == "panel" and state & QStyle.StateFlag.State_MouseOver:
            ground = "hover"
        painter.setBrush(tokens.colour(ground))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("faint" if item.tone == "neutral" else item.tone))
        painter.drawRoundedRect(QRect(rect.left() + 4, rect.top() + 6, 3, rect.height() - 12), 1, 1)
        inner = rect.adjusted(14, px(5), -8, -px(5))
        third = inner.height() // 3
        amount = "" if item.amount is None else look.money(item.amount)
        when = "" if item.at is None else f"{item.at:%H:%M}"
        ink, small = "text" if item.open else "muted", look.font("type_small")
        spoken = spelled(look.translator, item)
        lines = (
            (look.font("type", bold=item.open), ink, item.name, when),
            (small, ink, amount or spoken, ""),
            (small, "muted", spoken if amount else item.number, item.number if amount else ""),
        )
        for place, (font, colour, text, right) in enumerate(lines):
            line = QRect(inner.left(), inner.top() + place * third, inner.width(), third)
            metrics = QFontMetrics(font)
            painter.setFont(font)
            room = line.width()
            beside = metrics.horizontalAdvance(right) + GAP
            if right and (right == when or metrics.horizontalAdvance(text) + beside <= room):
                painter.setPen(tokens.colour("text" if right == when else "muted"))
                painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
                room -= beside
            painter.setPen(tokens.colour(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class _List(QListView):
    aside = Signal(int)  # to the day before (-1) or after (1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = ASIDE.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.aside.emit(by)
            return
        super().keyPressEvent(event)


class DayColumn(QWidget):
    """`opened` carries the id of a case, `aside` the way to the neighbouring day."""

    opened = Signal(str)
    aside = Signal(int)

    def __init__(self, look: Look, place: int) -> None:
        super().__init__()
        self._look = look
        self._day: Day | None = None
        self.title, self.due = label(role="strong"), label(role="caption", wrap=True)
        self.model: RowsModel[Item] = RowsModel(self._spoken)
        self.list = _List()
        uncopied(self.list)
        self.list.setObjectName(f"agenda_day_{place}")
        self.list.setAccessibleName(look.tr("Day"))  # until it is known which
        self.list.setProperty("role", "sunken")
        self.list.setModel(self.model)
        self._delegate = ItemDelegate(look)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(96)
        self.list.activated.connect(self._open)
        self.list.clicked.connect(self._open)
        self.list.aside.connect(self.aside)
        self._head = panel("sunken")
        self._head.setLayout(down(self.title, self.due, spacing=2, margins=(8, 6, 8, 6)))
        self.setLayout(down(self._head, self.list, spacing=0))

    def show_day(self, day: Day, today: date) -> None:
        look = self._look
        self._day = day
        heading = look.translator.day(day.day)
        is_today = day.day == today
        self.title.setText(look.tr("Today · {day}", day=heading) if is_today else heading)
        set_property(self.title, "tone", "accent" if is_today else "")
        asked = sum(item.open for item in day.items)
        due, others = look.say(owed(day)), asked - day.owing
        more = look.say(nmsg("{n} more", "{n} more", others) if due else nmsg("{n} open", "{n} open", others))
        parts = [part for part in (due, more if others else "") if part] or ["—"]
        self.due.setText("\n".join(parts) + "\n" * (2 - len(parts)))  # two lines: the lists begin side by side
        self.due.setToolTip(look.tr("Open on this day, and what is due"))
        self.model.set_rows(day.items)
        spoken = f" · {due}" if due else ""
        self.list.setAccessibleName(look.say(msg("{day}: {n} open{due}", day=heading, n=asked, due=spoken)))

    def take_focus(self) -> None:
        """Its first line, unless another one was chosen before."""
        if self.model.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        self.list.setFocus()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.rows()[index.row()].case_id)

    def _spoken(self, item: Item) -> str:
        look = self._look
        when = "" if item.at is None else f"{item.at:%H:%M}"
        amount = "" if item.amount is None else look.money(item.amount)
        return ", ".join(
            part for part in (when, item.name, item.number, amount, spelled(look.translator, item)) if part
        )
