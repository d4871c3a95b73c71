"""The day-close check: what is still open, each case one key away, and the day's figures on one page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.papers import Paper, PaperButtons, PaperMade, paper_of
from ui.sync.cards import TableCard
from ui.widgets.basic import across, down, label, panel
from ui.widgets.figures import FigureGrid
from ui.widgets.tall import TallArea
from workstation.desk import day_words
from workstation.desk.day_close import DayClosed, OpenItem
from workstation.desk.work_plan import Papers
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

LINES = 14


class DayPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what went wrong."""

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("day_page")
        self._look, self._desk, self._tell = look, desk, tell
        self.closed: DayClosed | None = None
        self._reading = self._again = False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        columns = [
            Column[OpenItem](_L("Case"), lambda row: row.number or "—"),
            Column[OpenItem](_L("Name"), lambda row: row.name or "—"),
            Column[OpenItem](_L("Still open"), lambda row: look.say(row.what), stretch=True),
        ]
        empty = _L("Nothing is left open. Good evening.")
        self.open = TableCard(look, _L("Still open"), empty, columns, "day_open", most=LINES)
        self.open.opened.connect(open_case)
        self.figures_title = label(role="strong")
        self._figures = FigureGrid()
        card = QFrame()
        card.setProperty("role", "card")
        card.setLayout(down(self.figures_title, self._figures, spacing=10, margins=(16, 12, 16, 14)))
        self.papers = PaperButtons(
            look, desk, (Paper(_L("Shift report"), "shift-report.pdf", "shift_report", self._report),), tell
        )
        body = panel("sunken")
        body.setLayout(
            down(
                self.title, self.about, self.open, across(card), self.papers, None, spacing=16, margins=(32, 28, 32, 28)
            )
        )
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.setLayout(down(self.area, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Close the day"))
        self.figures_title.setText(tr("Today, recorded by you at this desk"))
        self.open.retranslate()
        self.papers.retranslate()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()

    def look_again(self) -> None:
        """In the pool: every case is judged."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        run(self, self._desk.day_close.check, self._have, self._failed, self._read)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self.look_again()

    def _read(self) -> None:
        self._reading = False

    def _have(self, closed: DayClosed) -> None:
        self.closed = closed
        self._show()
        if self._again:
            self._again = False
            self.look_again()

    def _failed(self, error: WorkstationError) -> None:
        self._again = False
        self._tell(self._look.say(error.message))

    def _show(self) -> None:
        tr = self._look.tr
        if self.closed is None:
            self._figures.show_figures(())
            self.about.setText(tr("Every case is being looked through …"))
            return
        self.about.setText(tr("What should not be left as it is overnight. Enter opens the case."))
        self.open.show_rows(self.closed.open)
        self._figures.show_figures(day_words.figures(self._look.translator, self.closed.figures, self.closed.promised))

    def _report(self, in_full: bool) -> Callable[[], PaperMade]:
        desk = self._desk
        papers = Papers(
            desk.seat.person, desk.seat.clock, self._look.translator, practice=desk.practice, in_full=in_full
        )
        sync = desk.synchronising.head(desk.sync.status())
        return lambda: paper_of(papers, papers.shift_report(desk.day_close.check(), sync))
