"""The history: one list, filtered by kind, searched by text; a long entry opens when chosen."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.look import _L, Look
from ui.models.rows import VALUE, RowsModel
from ui.widgets.basic import across, button, down, label
from ui.widgets.flow import FlowLayout
from workstation.desk.views import TimelineEntry
from workstation.domain.message import nmsg

GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (_L("All"), frozenset()),
    (_L("Calls"), frozenset({"contact"})),
    (_L("Promises"), frozenset({"promise", "plan"})),
    (_L("Payments"), frozenset({"payment", "balance"})),
    (_L("Letters"), frozenset({"letter"})),
    (_L("Visits"), frozenset({"visit"})),
)
TAB_GAP = 16
WHEN, AUTHOR = 92, 74  # widths of the outer columns in pixels at 100 %
NARROW = 470  # below this width in pixels the author is left out


class TimelineDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, today: date) -> None:
        super().__init__()
        self._look = look
        self.today = today
        self.opened: set[str] = set()  # ids of the entries shown whole
        self.width = 0  # of the list

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        entry: TimelineEntry = index.data(VALUE)
        px = self._look.tokens.px
        height = px(56) if entry.detail else px(38)
        if entry.id in self.opened and entry.detail:
            line = QFontMetrics(self._look.font("type_small")).lineSpacing()
            height += max(0, self._whole(entry, self.room()).height() - line)
        return QSize(200, height)

    def room(self) -> int:
        """How wide the lines below a title may be."""
        px = self._look.tokens.px
        return max(px(120), self.width - 24 - px(WHEN) - 2 - px(22) - 8 - 24)

    def _whole(self, entry: TimelineEntry, width: int) -> QRect:
        metrics = QFontMetrics(self._look.font("type_small"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        return metrics.boundingRect(QRect(0, 0, width, 100_000), flags, self._look.say(entry.detail))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: TimelineEntry = index.data(VALUE)
        look, tokens = self._look, self._look.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.colour("hover"))
        painter.fillRect(QRect(rect.left() + 24, rect.bottom(), rect.width() - 48, 1), tokens.colour("border"))
        font = look.font("type")
        if entry.set_aside:
            font.setStrikeOut(True)
        metrics = QFontMetrics(font)
        height = metrics.height()
        top = rect.top() + tokens.px(9)
        when = QRect(rect.left() + 24, top, tokens.px(WHEN), height)
        # In a narrow list the outcome matters more than who wrote it, which the tooltip still tells.
        wide = rect.width() >= tokens.px(NARROW)
        names = tokens.px(AUTHOR) if wide else 0
        author = QRect(rect.right() - 24 - names, top, names, height)
        glyph = QRect(when.right() + 2, top, tokens.px(22), height)
        left = glyph.right() + 8
        body = QRect(left, top, author.left() - 8 - left, height)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font("type"))
        painter.setPen(tokens.colour("muted"))
        painter.drawText(when, align, look.translator.moment(entry.at, today=self.today))
        if wide:
            name = metrics.elidedText(look.say(entry.author), Qt.TextElideMode.ElideRight, author.width())
            painter.drawText(author, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        self._glyph(painter, entry, glyph)
        painter.setFont(font)
        painter.setPen(tokens.colour("faint" if entry.set_aside else "text"))
        marked = f"⚑ {look.say(entry.title)}" if entry.late else look.say(entry.title)
        title = metrics.elidedText(marked, Qt.TextElideMode.ElideRight, body.width())
        painter.drawText(body, align, title)
        if entry.detail:
            small = look.font("type_small")
            painter.setFont(small)
            painter.setPen(tokens.colour("muted"))
            metrics = QFontMetrics(small)
            line = QRect(left, top + height + tokens.px(3), self.room(), height)
            if entry.id in self.opened:
                line.setHeight(self._whole(entry, line.width()).height() + 2)
                flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
                painter.drawText(line, flags, look.say(entry.detail))
            else:
                text = look.say(entry.detail).replace("\n", " ")
                painter.drawText(line, align, metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width()))
        painter.restore()

    def _glyph(self, painter: QPainter, entry: TimelineEntry, rect: QRect) -> None:
        tokens = self._look.tokens
        size = min(rect.width(), tokens.px(20))
        circle = QRect(rect.left(), rect.center().y() - size // 2 + 1, size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("border"))
        painter.drawEllipse(circle)
        painter.setFont(self._look.font("type_small"))
        painter.setPen(tokens.colour("text"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, self._look.label("glyph", entry.glyph)[:1])


class Timeline(QWidget):
    def __init__(self, look: Look, today: date) -> None:
        super().__init__()
        self._look = look
        self._entries: tuple[TimelineEntry, ...] = ()
        self._group = 0
        self._tabs = QButtonGroup(self)
        for place in range(len(GROUPS)):
            tab = button(role="tab")
            tab.setCheckable(True)
            tab.setChecked(place == 0)
            self._tabs.addButton(tab, place)
        self._tabs.idClicked.connect(self._choose)
        self.count = label(role="muted")
        self.model: RowsModel[TimelineEntry] = RowsModel(self._spoken)
        self.delegate = TimelineDelegate(look, today)
        self.list = QListView()
        self.list.setObjectName("timeline")
        self.list.setProperty("role", "sunken")
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.activated.connect(self._open)
        self.list.clicked.connect(self._open)
        self.search = QLineEdit()
        self.search.setObjectName("timeline_find")
        self.search.setProperty("role", "search")
        self.search.setMaxLength(60)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        self.search.hide()
        self.empty = label(role="muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tabs, flow = QWidget(), FlowLayout(spacing=TAB_GAP, lines=0)
        for made in self._tabs.buttons():
            flow.addWidget(made)
        tabs.setLayout(flow)
        head = across(tabs, self.count, spacing=16, margins=(24, 6, 24, 0))
        head.setStretch(0, 1)
        found = across(self.search, margins=(24, 2, 24, 4))
        self.setLayout(down(head, found, self.list, self.empty, spacing=4))
        self.retranslate()

    def show_entries(self, entries: tuple[TimelineEntry, ...], accounts: int) -> None:
        """Another case's history begins closed and unsearched; the same one's stays as it is."""
        if not {entry.id for entry in entries[-1:]} & {entry.id for entry in self._entries[-1:]}:
            self.delegate.opened.clear()
            self.search.clear()
            self.search.hide()
        self._entries = entries
        count = nmsg("{n} entry", "{n} entries", len(entries))
        held = nmsg("{n} account", "{n} accounts", accounts)
        self.count.setText(f"{self._look.say(count)} · {self._look.say(held)}")
        self._show()

    def retranslate(self) -> None:
        for place, (caption, _) in enumerate(GROUPS):
            self._tabs.button(place).setText(self._look.tr(caption))
        self.list.setAccessibleName(self._look.tr("History"))
        self.search.setAccessibleName(self._look.tr("Find in the history"))
        self.search.setPlaceholderText(self._look.tr("Find in the history"))
        self.empty.setText(self._look.tr("Nothing of this kind is on record."))
        self._show_count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_count()
        self.delegate.width = self.list.viewport().width()
        if self.delegate.opened:
            self.list.scheduleDelayedItemsLayout()

    def look_for(self) -> None:
        """The search field of the history, to type in at once."""
        self.search.show()
        self.search.setFocus()
        self.search.selectAll()

    def leave_search(self) -> bool:
        """Close the search field; False when it was closed."""
        if self.search.isHidden():
            return False
        self.search.clear()
        self.search.hide()
        self.list.setFocus()
        return True

    def _open(self, index: QModelIndex) -> None:
        """Show a long entry whole, or in one line again."""
        entry: TimelineEntry = index.data(VALUE)
        if entry.detail:
            self.delegate.width = self.list.viewport().width()
            self.delegate.opened ^= {entry.id}
            self.delegate.sizeHintChanged.emit(index)
            self.list.viewport().update()

    def _show_count(self) -> None:
        """The count gives way to the filters."""
        tabs = sum(tab.sizeHint().width() + TAB_GAP for tab in self._tabs.buttons())
        self.count.setVisible(tabs + self.count.sizeHint().width() + 64 <= self.width())

    def _choose(self, place: int) -> None:
        self._group = place
        self._show()

    def _show(self) -> None:
        wanted, words = GROUPS[self._group][1], self.search.text().lower().split()
        shown = [entry for entry in self._entries if not wanted or entry.group in wanted]
        if words:
            spoken = ((entry, self._spoken(entry).lower()) for entry in shown)
            shown = [entry for entry, text in spoken if all(word in text for word in words)]
        self.model.set_rows(shown)
        self.list.doItemsLayout()
        self.list.setVisible(bool(shown))
        self.empty.setVisible(not shown)

    def _spoken(self, entry: TimelineEntry) -> str:
        say = self._look.say
        return f"{self._look.translator.moment(entry.at)}, {say(entry.title)}, {say(entry.detail)}, {say(entry.author)}"
