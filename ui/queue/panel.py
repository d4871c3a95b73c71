"""The queue at the left: search, filters, views, cases in order. What comes in never moves the row under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QLineEdit, QListView, QProgressBar, QSizePolicy, QWidget

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.message.reminders import ReminderBox, ReminderWatch
from ui.models.rows import RowsModel
from ui.queue.delegate import QueueDelegate
from ui.queue.notice import Notice
from ui.queue.shown import ShownOrder
from ui.queue.viewbar import ViewBar
from ui.queue.why import WhyBox
from ui.widgets.basic import across, button, down, label, panel, with_key
from ui.widgets.elided import ElidedLabel
from ui.widgets.flow import FlowLayout
from ui.widgets.keyed import InnerWord
from ui.widgets.uncopied import uncopied
from workstation.desk.views import Queue, QueueFilter, QueueRow

FILTERS: tuple[tuple[QueueFilter, str], ...] = (
    ("all", _L("All")),
    ("promise", _L("Promises")),
    ("callback", _L("Callbacks")),
    ("new", _L("New")),
    ("plan", _L("Plans")),
    ("dispute", _L("Disputes")),
    ("field", _L("Field")),
)
ALWAYS = {"all", "promise", "callback", "new"}  # filters that are offered also when nothing is in them
SEARCH_MS = 0  # once the keys that wait are handled: a burst is one search, a single key waits for nothing
REFRESH_MS = 30_000  # scores are renewed bit by bit all the time, and shown twice a minute
ORDER_KEY = "Ctrl+R"


class QueuePanel(QWidget):
    """`chosen` carries the id of the case to open; `told` a sentence, with a word and a way to take it back."""

    chosen = Signal(str)
    told = Signal(str, str, object)
    moved = Signal()  # the cursor, to another row
    decide = Signal()  # what waits for a lead is wanted

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("queue")
        self._look, self._desk = look, desk
        self._current = ""
        self._order = ShownOrder(desk.worklist.rows)
        self._asked: tuple[object, str] | None = None  # what the order shown was taken for: choice and search
        self.title, self.progress = ElidedLabel("heading"), label(role="muted")
        self.meter = QProgressBar()
        self.meter.setObjectName("queue_meter")
        self.meter.setTextVisible(False)
        self.search = QLineEdit()
        self.search.setObjectName("queue_search")
        self.search.setProperty("role", "search")
        self.search.setClearButtonEnabled(True)
        self._search_key = InnerWord(self.search, "key")
        self.search.setMaxLength(60)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_MS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(self._typing.start)
        self.search.textChanged.connect(self._show_search_key)
        self.search.returnPressed.connect(self.open_first)
        self._chips = QButtonGroup(self)
        self._chips.setExclusive(True)
        for place, (name, _) in enumerate(FILTERS):
            chip = button(role="chip")
            chip.setCheckable(True)
            chip.setChecked(name == "all")
            self._chips.addButton(chip, place)
        self.views = ViewBar(look, desk)
        self._chips.idClicked.connect(lambda place: self.views.set_filter(FILTERS[place][0]))
        self.views.chosen.connect(self._view_chosen)
        self.views.told.connect(self.told)
        self.model: RowsModel[QueueRow] = RowsModel(self._spoken)
        self.list = QListView()
        self.list.setObjectName("queue_list")
        uncopied(self.list)
        self.list.setModel(self.model)
        self._delegate = QueueDelegate(look)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._opened)
        self.list.activated.connect(self._opened)
        self.list.selectionModel().currentChanged.connect(self.moved)
        self.list.installEventFilter(self)
        self.list.viewport().installEventFilter(self)
        self.empty = label(role="muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(24)
        self.urgent = Notice(self._open_urgent, "queue_urgent")
        self.reorder = Notice(self.take_order, "queue_reorder")
        self.remind = Notice(self.open_reminders, "queue_reminders")
        self.overdue = Notice(self._open_overdue, "queue_overdue")
        self.moves = Notice(self.put_moves_away, "queue_moves")
        # Under the list: a line that comes there moves no row.
        self._foot = panel(edge="top")
        self._foot.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        )  # the list gives way, not words
        self._foot.setLayout(down(*self._notices(), spacing=0, margins=(12, 4, 12, 4)))
        head = panel(edge="bottom")
        top = across(self.title, self.views.button, self.progress)
        top.setStretch(0, 1)
        head.setLayout(
            down(
                down(top, self.meter, spacing=4),
                self.search,
                self._chip_box(),
                self.views,
                spacing=10,
                margins=(16, 16, 16, 12),
            )
        )
        self.setLayout(down(head, self.list, self.empty, self._foot, spacing=0))
        self.why = WhyBox(self, look)
        self.reminders, self._watch = ReminderBox(self, look, desk), ReminderWatch(self, desk)
        self.reminders.told.connect(self.told)
        self._watch.changed.connect(self._show_notices)
        self._ticks, self._again = QTimer(self), QTimer(self)
        self._ticks.timeout.connect(self.tick)
        self._ticks.start(0)
        self._again.timeout.connect(self._renew)
        self._again.start(REFRESH_MS)
        look.changed.connect(self._retranslate)
        self.refresh()

    def _show_search_key(self) -> None:
        self._search_key.show_text("" if self.search.text() else "Ctrl K")

    def _chip_box(self) -> QWidget:
        box, flow = QWidget(), FlowLayout(spacing=6)
        for chip in self._chips.buttons():
            flow.addWidget(chip)
        box.setLayout(flow)
        return box

    # ---- what is shown ----

    def refresh(self) -> None:
        """Show the queue as it is now; rows on the screen keep their places until another order is asked for."""
        asked = self.views.choice, self.search.text().strip()
        queue = self._desk.worklist.queue(*asked)
        found = (*queue.rows, *queue.similar)
        known = found[0].owed.currency if found else "CNY"
        self.views.know(self.search.text(), known, max(160, self.height() * 11 // 20))
        if asked == self._asked:
            self.model.set_rows(self._order.keep(found, self._current))
            self._texts(queue)
        else:
            self._asked = asked
            cursor = self._under_cursor() if self.list.hasFocus() else self._current
            self._delegate.first_similar = queue.similar[0].case_id if queue.similar else ""
            self.list.setUniformItemSizes(not queue.similar)
            self.model.set_rows(self._order.take(found))
            self._mark(cursor)
            self._texts(queue)
            for place, (name, _) in enumerate(FILTERS):  # only now: a chip that comes or goes may move the list
                self._chips.button(place).setVisible(name in ALWAYS or queue.counts.get(name, 0) > 0)
        self._show_notices()
        self.list.setVisible(bool(self.model.rows()))
        self.empty.setVisible(not self.model.rows())

    def take_order(self) -> None:
        """Show the order as it is now: at the next case, at another filter, or when asked to."""
        self._asked = None
        self.refresh()
        self._scroll()

    def tick(self) -> None:
        """Score a few cases again, and say when the next few are due. The store of a closed window is left alone."""
        if not self.window().isVisible():
            return
        self._desk.worklist.tick()
        self._ticks.setInterval(round(self._desk.worklist.tick_seconds() * 1000))

    def _renew(self) -> None:
        if self.window().isVisible():
            self.refresh()

    def _view_chosen(self) -> None:
        for place, (name, _) in enumerate(FILTERS):
            self._chips.button(place).setChecked(name == self.views.choice.filter)
        self._asked = None
        self.search.clear()
        self.refresh()
        self.list.scrollToTop()

    def _show_notices(self) -> None:
        tr, say, before = self._look.tr, self._look.say, self.urgent.accessibleName()
        urgent = self._order.urgent
        text = f"{urgent[0].name}{_and_more(urgent)} · {say(urgent[0].reason)}" if urgent else ""
        self.urgent.show_text(tr("Now: {what}", what=text) if urgent else "")
        changed = with_key(tr("The order has changed · Refresh"), ORDER_KEY.replace("+", " "))
        self.reorder.show_text(changed if self._order.changed else "")
        remind = self.reminders.notice
        self.remind.show_text(tr("{what} · Look", what=remind) if remind else "")
        late = self._desk.worklist.overdue()
        waits = f"{late[0].name}{_and_more(late)} · {say(late[0].overdue.what)}" if late and late[0].overdue else ""
        self.overdue.show_text(waits)
        moves = self._desk.reassigning.told.unseen()
        self.moves.show_text(tr("{what} · Seen", what=f"{say(moves[0])}{_and_more(moves)}") if moves else "")
        self._foot.setVisible(any(notice.accessibleName() for notice in self._notices()))
        # Not behind the curtain or on a break: the words name a debtor.
        if urgent and self.isVisible() and self.urgent.accessibleName() != before and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.urgent.accessibleName()))

    def _notices(self) -> tuple[Notice, ...]:
        return self.urgent, self.reorder, self.remind, self.overdue, self.moves

    def _open_overdue(self) -> None:
        """To who decides the list of what waits; to who asked, the case."""
        late = self._desk.worklist.overdue()
        if self._desk.approvals.decides:
            self.decide.emit()
        elif late:
            self.chosen.emit(late[0].case_id)

    def put_moves_away(self) -> None:
        """Who gave and took cases was read."""
        self._desk.reassigning.told.put_away()
        self._show_notices()

    def open_reminders(self) -> None:
        """What is to be reminded of, with its words; one key queues it."""
        self.reminders.open(QApplication.focusWidget())

    @property
    def urgent_now(self) -> tuple[QueueRow, ...]:
        """Cases that became urgent since the order was taken."""
        return self._order.urgent

    def _open_urgent(self) -> None:
        if self._order.urgent:
            self.chosen.emit(self._order.urgent[0].case_id)

    def show_current(self, case_id: str) -> None:
        self._current = case_id
        self.why.hide()
        self._mark(case_id)
        self._scroll()

    def _scroll(self) -> None:
        """The open case in view. When it leaves the view it comes to the middle: what follows it is seen too."""
        index = self.list.currentIndex()
        if index.isValid() and not self.list.viewport().rect().contains(self.list.visualRect(index)):
            self.list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    # ---- doing ----

    def step(self, by: int) -> None:
        """Open the next (1) or previous (-1) case of the list as shown."""
        there = self._beside(by)
        if there:
            self.chosen.emit(there)

    def _beside(self, by: int) -> str:
        here_now = [row.case_id for row in self.model.rows() if not row.gone]
        if not here_now:
            return ""
        if self._current not in here_now:
            return here_now[0]
        return here_now[min(max(here_now.index(self._current) + by, 0), len(here_now) - 1)]

    def in_view(self) -> list[str]:
        """The cases of the list as it is filtered now, in its order."""
        return [row.case_id for row in self.model.rows() if not row.gone]

    def likely(self) -> list[str]:
        """The cases that one key would open now, the likeliest first."""
        best = self._desk.worklist.next_after(self._current or None)
        found = dict.fromkeys((best, self._beside(1), self._under_cursor(), self._beside(-1)))
        return [case_id for case_id in found if case_id and case_id != self._current]

    def open_first(self) -> None:
        self._typing.stop()
        self.refresh()
        self._open(next((row for row in self.model.rows() if not row.gone), None))

    def explain(self, case_id: str = "") -> None:
        """Why the case stands where it does: the one given, else the one that is open."""
        why = self._desk.worklist.why(case_id or self._current)
        if why is None:
            return
        place = next((n for n, row in enumerate(self.model.rows()) if row.case_id == why.row.case_id), None)
        below = self.list.y()
        if place is not None:
            rect = self.list.visualRect(self.model.index(place))
            below = self.list.mapTo(self, QPoint(0, max(0, rect.bottom()))).y()
        self.why.open(why, below, QApplication.focusWidget())

    def back(self) -> bool:
        """Close what lies open over the queue; False when nothing did."""
        return self.views.back()

    def _under_cursor(self) -> str:
        index = self.list.currentIndex()
        return self.model.rows()[index.row()].case_id if index.isValid() else self._current

    def _mark(self, case_id: str) -> None:
        place = next((n for n, row in enumerate(self.model.rows()) if row.case_id == case_id), None)
        if place is None:
            self.list.setCurrentIndex(QModelIndex())
        elif self.list.currentIndex().row() != place:
            self.list.setAutoScroll(False)  # `_scroll` knows better where to
            self.list.setCurrentIndex(self.model.index(place))
            self.list.setAutoScroll(True)

    def _opened(self, index: QModelIndex) -> None:
        self._open(self.model.rows()[index.row()])

    def _open(self, row: QueueRow | None) -> None:
        if row is not None and not row.gone:
            self.chosen.emit(row.case_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space, a question mark, or a click on the one in the row: why."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            index = self.list.currentIndex()
            if (event.key() == Qt.Key.Key_Space or event.text() in {"?", "？"}) and index.isValid():
                self.explain(self.model.rows()[index.row()].case_id)
                return True
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            index = self.list.indexAt(event.position().toPoint())
            if index.isValid() and self._delegate.asks_why(self.list.visualRect(index), event.position().toPoint()):
                self.explain(self.model.rows()[index.row()].case_id)
                return True
        return super().eventFilter(watched, event)

    # ---- words ----

    def _retranslate(self) -> None:
        self.views.retranslate()
        self.refresh()

    def _texts(self, queue: Queue) -> None:
        tr = self._look.tr
        self.title.show_text(self.views.title() or tr("Today's queue"))
        self.progress.setText(f"{queue.worked_today} / {queue.total}")
        self.progress.setToolTip(tr("Cases worked today, of all cases on this desk"))
        self.meter.setRange(0, max(1, queue.total))
        self.meter.setValue(queue.worked_today)
        self.meter.setAccessibleName(tr("Cases worked today, of all cases on this desk"))
        self.search.setPlaceholderText(tr("Name, pinyin, card tail, phone"))
        self._show_search_key()
        self.search.setAccessibleName(tr("Search cases"))
        self.list.setAccessibleName(self.views.title() or tr("Today's queue"))
        for place, (name, caption) in enumerate(FILTERS):
            count = queue.counts.get(name, 0)
            chip = self._chips.button(place)
            chip.setText(tr(caption) if name == "all" else f"{tr(caption)} {count}")
        if self.search.text().strip():
            self.empty.setText(tr("Nothing found. Try fewer letters, or the card's last four digits."))
        elif queue.total == 0:
            self.empty.setText(tr("No cases are assigned to you yet. They appear here after the next synchronisation."))
        else:
            self.empty.setText(tr("No case matches this filter."))

    def _spoken(self, row: QueueRow) -> str:
        say, owed = self._look.say, self._look.money(row.owed)
        if row.gone:
            return f"{row.name}, {self._look.tr('No longer at this desk')}"
        said = f"{row.name}, {owed}, {row.stage}, {say(row.reason)}, {say(row.light.phrase)}"
        return f"{self._look.tr('Similar:')} {said}" if row.case_id == self._delegate.first_similar else said


def _and_more(found: Sequence[object]) -> str:
    return f" (+{len(found) - 1})" if len(found) > 1 else ""
