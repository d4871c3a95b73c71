"""The queue at the left: search, filters with counts, cases in order. A sync never moves the row under the cursor."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QListView, QWidget

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import RowsModel
from ui.queue.delegate import QueueDelegate
from ui.widgets.basic import across, button, down, label, panel
from ui.widgets.flow import FlowLayout
from ui.widgets.keyed import InnerWord
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
SEARCH_MS = 0  # once the keys that wait are handled: a burst is one search, a single key waits for nothing


class QueuePanel(QWidget):
    """`chosen` carries the id of the case to open."""

    chosen = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("queue")
        self._look, self._desk = look, desk
        self._filter: QueueFilter = "all"
        self._current = ""
        self.title, self.progress = label(role="heading"), label(role="heading")
        self.progress.setProperty("role", "muted")
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
        self._chips.idClicked.connect(self._choose_filter)
        self.model: RowsModel[QueueRow] = RowsModel(self._spoken)
        self.list = QListView()
        self.list.setObjectName("queue_list")
        self.list.setModel(self.model)
        self._delegate = QueueDelegate(look)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._opened)
        self.list.activated.connect(self._opened)
        self.empty = label(role="muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(24)
        head = panel(edge="bottom")
        head.setLayout(
            down(
                across(self.title, None, self.progress),
                self.search,
                self._chip_box(),
                spacing=10,
                margins=(16, 16, 16, 12),
            )
        )
        self.setLayout(down(head, self.list, self.empty, spacing=0))
        look.changed.connect(self.refresh)
        self.refresh()

    def _show_search_key(self) -> None:
        self._search_key.show_text("" if self.search.text() else "Ctrl K")

    def _chip_box(self) -> QWidget:
        box, flow = QWidget(), FlowLayout(spacing=6)
        for chip in self._chips.buttons():
            flow.addWidget(chip)
        box.setLayout(flow)
        return box

    def refresh(self) -> None:
        """Show the queue as it is now; the open case keeps its place on screen."""
        queue = self._desk.worklist.queue(self._filter, self.search.text())
        self._texts(queue)
        self.model.set_rows(queue.rows)
        self.list.setVisible(bool(queue.rows))
        self.empty.setVisible(not queue.rows)
        self._mark()

    def show_current(self, case_id: str) -> None:
        self._current = case_id
        self._mark()
        index = self.list.currentIndex()
        if index.isValid():
            self.list.scrollTo(index)

    def step(self, by: int) -> None:
        """Open the next (1) or previous (-1) case of the list as shown."""
        rows = self.model.rows()
        if not rows:
            return
        here = next((place for place, row in enumerate(rows) if row.case_id == self._current), None)
        there = 0 if here is None else min(max(here + by, 0), len(rows) - 1)
        self.chosen.emit(rows[there].case_id)

    def open_first(self) -> None:
        self._typing.stop()
        self.refresh()
        rows = self.model.rows()
        if rows:
            self.chosen.emit(rows[0].case_id)

    def _mark(self) -> None:
        place = next((n for n, row in enumerate(self.model.rows()) if row.case_id == self._current), None)
        self.list.setCurrentIndex(QModelIndex() if place is None else self.model.index(place))

    def _opened(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.rows()[index.row()].case_id)

    def _choose_filter(self, place: int) -> None:
        self._filter = FILTERS[place][0]
        self.refresh()

    def _texts(self, queue: Queue) -> None:
        tr = self._look.tr
        self.title.setText(tr("Today's queue"))
        self.progress.setText(f"{queue.worked_today} / {queue.total}")
        self.progress.setToolTip(tr("Cases worked today, of all cases on this desk"))
        self.search.setPlaceholderText(tr("Name, pinyin, card tail, phone"))
        self._show_search_key()
        self.search.setAccessibleName(tr("Search cases"))
        self.list.setAccessibleName(tr("Today's queue"))
        for place, (name, caption) in enumerate(FILTERS):
            count = queue.counts.get(name, 0)
            chip = self._chips.button(place)
            chip.setText(tr(caption) if name == "all" else f"{tr(caption)} {count}")
            chip.setVisible(name in {"all", "promise", "callback", "new"} or count > 0)
        if self.search.text().strip():
            self.empty.setText(tr("Nothing found. Try fewer letters, or the card's last four digits."))
        elif queue.total == 0:
            self.empty.setText(tr("No cases are assigned to you yet. They appear here after the next synchronisation."))
        else:
            self.empty.setText(tr("No case matches this filter."))

    def _spoken(self, row: QueueRow) -> str:
        say, owed = self._look.say, self._look.money(row.owed)
        return f"{row.name}, {owed}, {row.stage}, {say(row.reason)}, {say(row.light.phrase)}"
