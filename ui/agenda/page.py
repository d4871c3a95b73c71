"""The week: what was missed on top, then seven days side by side; prints the work plan of the day and of the week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.agenda.day_list import DayColumn
from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.papers import Paper, PaperButtons, PaperMade, paper_of
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel
from workstation.desk.agenda import DAYS, Item, Week, monday
from workstation.desk.work_plan import Papers, spelled
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

KEY = "F10"
MISSED_LINES = 5
BEFORE, AFTER, NOW = ("PgUp", "Ctrl+Left"), ("PgDown", "Ctrl+Right"), ("Home",)


class AgendaPage(Page):
    """`open_case` is called with the id of the case of a chosen entry, `tell` with what went wrong or was done."""

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("agenda_page")
        self._look, self._desk, self._tell = look, desk, tell
        self.first: date = monday(desk.today())
        self.week: Week | None = None
        self._asked = 0
        self._settled = False  # the focus has found its place in what is shown
        self.title, self.span = label(role="title"), label(role="muted")
        self.before, self.now, self.after = (button(role="chip", clicked=act) for act in self._moves())
        for made, name, keys in (
            (self.before, "before", BEFORE),
            (self.now, "now", NOW),
            (self.after, "after", AFTER),
        ):
            made.setObjectName(f"agenda_{name}")
            for key in keys:  # a list would keep these keys to itself
                QShortcut(QKeySequence(key), self, made.click, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.empty = label(role="muted", wrap=True)
        self.empty.setObjectName("agenda_empty")
        self.empty.hide()  # until it is known
        self.papers = PaperButtons(
            look,
            desk,
            (
                Paper(_L("Work plan for the day"), "work-plan-day.pdf", "work_plan_day", self._day_plan),
                Paper(_L("Work plan for the week"), "work-plan-week.pdf", "work_plan_week", self._week_plan),
            ),
            tell,
        )
        columns = [
            Column[Item](_L("Day"), lambda item: look.translator.day(item.day)),
            Column[Item](_L("Case"), lambda item: item.number),
            Column[Item](_L("Name"), lambda item: item.name),
            Column[Item](_L("What"), lambda item: spelled(look.translator, item), stretch=True),
            Column[Item](_L("Sum"), lambda item: "" if item.amount is None else look.money(item.amount), right=True),
        ]
        self.missed = TableCard(
            look, _L("Past their day"), _L("Nothing was missed."), columns, "agenda_missed", most=MISSED_LINES
        )
        self.missed.opened.connect(open_case)
        self.days = [DayColumn(look, place) for place in range(DAYS)]
        for place, day in enumerate(self.days):
            day.opened.connect(open_case)
            day.aside.connect(lambda by, at=place: self._focus(at + by))
        grid = across(*self.days, spacing=6)
        for place in range(DAYS):
            grid.setStretch(place, 1)
        week = QWidget()
        week.setLayout(grid)
        head = across(self.title, self.span, None, self.before, self.now, self.after, spacing=10)
        body = panel("sunken")
        column = down(head, self.papers, self.missed, self.empty, week, spacing=12, margins=(24, 20, 24, 16))
        column.setStretch(4, 1)
        body.setLayout(column)
        self.setLayout(down(body, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _moves(self) -> tuple[Callable[[], None], Callable[[], None], Callable[[], None]]:
        return (lambda: self.turn(-DAYS)), self.turn_to_today, (lambda: self.turn(DAYS))

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("The week"))
        self.before.setText(tr("‹ Week before"))
        self.now.setText(tr("This week"))
        self.after.setText(tr("Week after ›"))
        for made, key in ((self.before, "PgUp · Ctrl ←"), (self.after, "PgDn · Ctrl →"), (self.now, "Home")):
            made.setToolTip(key)
        self.empty.setText(
            tr("Nothing is agreed or due in this week. Promises, callbacks and deadlines appear by themselves.")
        )
        self.missed.retranslate()
        self.papers.retranslate()
        self._show()

    # ---- reading ----

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settled = False
        self.look_again()

    def turn(self, days: int) -> None:
        """So many days on; 0 reads the same week again."""
        self.first += timedelta(days=days)
        self.look_again()

    def turn_to_today(self) -> None:
        self.first = monday(self._desk.today())
        self.look_again()

    def look_again(self) -> None:
        """In the pool; only the answer to the newest question is shown."""
        self._asked += 1
        asked, first = self._asked, self.first
        run(self, lambda: self._desk.agenda.week(first), lambda week: self._have(asked, week), self._failed)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self.look_again()

    def _have(self, asked: int, week: Week) -> None:
        if asked != self._asked:
            return
        self.week = week
        self._show()
        if not self._settled and self.isVisible():
            self._settled = True
            today = next((place for place, day in enumerate(week.days) if day.day == week.today), 0)
            self._focus(today)
        else:
            self._focus(next((place for place, day in enumerate(self.days) if day.list.hasFocus()), -1))

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))

    def _show(self) -> None:
        week = self.week
        if week is None:
            return
        first, last = (self._look.translator.day(week.days[place].day, "long") for place in (0, -1))
        self.span.setText(f"{first} – {last}")
        self.missed.setVisible(bool(week.missed))
        self.missed.show_rows(week.missed)
        self.empty.setVisible(not any(day.items for day in week.days))
        for column, day in zip(self.days, week.days, strict=True):
            column.show_day(day, week.today)

    # ---- keys ----

    def _focus(self, place: int) -> None:
        """Another day; beyond the ends of the week stays where it is."""
        if 0 <= place < len(self.days):
            self.days[place].take_focus()

    # ---- papers ----

    def _papers(self, in_full: bool) -> Papers:
        desk = self._desk
        return Papers(desk.seat.person, desk.seat.clock, self._look.translator, practice=desk.practice, in_full=in_full)

    def _day_plan(self, in_full: bool) -> Callable[[], PaperMade]:
        papers, queue = self._papers(in_full), self._desk.worklist.queue().rows
        first = monday(self._desk.today())
        return lambda: paper_of(papers, papers.day_plan(self._desk.agenda.week(first), queue))

    def _week_plan(self, in_full: bool) -> Callable[[], PaperMade]:
        papers, first = self._papers(in_full), self.first
        return lambda: paper_of(papers, papers.week_plan(self._desk.agenda.week(first)))
