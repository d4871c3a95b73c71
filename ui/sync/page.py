"""The synchronisation page: what is going on between this seat and the centre, for the person who sits here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.page import Page
from ui.sync.cards import LogCard, RefusedCard, decided_card, waiting_card
from ui.sync.head import HeadCard
from ui.widgets.basic import across, down, label, panel
from workstation.desk.sync_views import SyncLists
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

TWO_COLUMNS = 1180  # pixels at 100 % from which the lists stand side by side
SECOND_MS = 1000


class SyncPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what went wrong."""

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("sync_page")
        self._look, self._desk, self._tell = look, desk, tell
        self._lists: SyncLists | None = None
        self.reading = self._again = False
        self.title = label(role="title")
        self.head = HeadCard(look, desk.sync.sync_now, desk.sync.cancel)
        self.refused = RefusedCard(look, desk, self._retry)
        self.waiting, self.decided, self.log = waiting_card(look, desk), decided_card(look, desk), LogCard(look, desk)
        for card in (self.waiting, self.decided, self.refused):
            card.opened.connect(open_case)
        left, right = QWidget(), QWidget()
        left.setLayout(down(self.refused, self.waiting, None, spacing=16))
        right.setLayout(down(self.decided, None, spacing=16))
        self._columns = across(left, right, spacing=16)
        self._columns.setStretch(0, 1)
        self._columns.setStretch(1, 1)
        body = panel("sunken")
        body.setLayout(down(self.title, self.head, self._columns, self.log, None, spacing=16, margins=(32, 28, 32, 28)))
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        self.setLayout(down(self.area, spacing=0))
        self.setFocusProxy(self.head)
        self._second = QTimer(self)
        self._second.setInterval(SECOND_MS)
        self._second.timeout.connect(self.show_head)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(self._look.tr("Synchronisation"))
        for part in (self.head, self.refused, self.waiting, self.decided, self.log):
            part.retranslate()
        self.area.setAccessibleName(self._look.tr("Synchronisation"))
        self.show_head()
        self._show_lists()

    def show_head(self) -> None:
        self.head.show_head(self._desk.synchronising.head(self._desk.sync.status()))

    def read_lists(self) -> None:
        """In the pool: a long history takes longer to look through than a frame lasts."""
        if self.reading:
            self._again = True
            return
        self.reading = True
        run(self, self._desk.synchronising.lists, self._have, self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()
        self.show_head()
        self.read_lists()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._look.tokens.px(TWO_COLUMNS)
        across_or_down = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(across_or_down)

    def _changed(self, changes: Changes) -> None:
        if not self.isVisible():
            return
        self.show_head()
        if self._desk.sync.status().state != "syncing" or changes.kinds != {"sync"}:
            self.read_lists()

    def _have(self, lists: SyncLists) -> None:
        self._lists = lists
        self._show_lists()
        self._read()

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))
        self._read()

    def _read(self) -> None:
        """What changed meanwhile is read once more."""
        self.reading = False
        if self._again:
            self._again = False
            self.read_lists()

    def _show_lists(self) -> None:
        lists = self._lists
        if lists is None:
            return
        self.waiting.show_rows(lists.waiting, lists.waiting_more)
        self.refused.show_rows(lists.refused)
        self.decided.show_rows(lists.decided)
        self.log.show_rows(lists.log)

    def _retry(self, ids: Sequence[str]) -> None:
        """They wait again, and go at once."""
        try:
            changes = self._desk.synchronising.retry(ids)
        except WorkstationError as error:
            self._tell(self._look.say(error.message))
            return
        self._desk.announce(changes)
        self._desk.sync.sync_now()
        self.setFocus()
