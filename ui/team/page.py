"""The team: indicators on top, everybody's caseload at the left, and at the right what is done about it.

The right side is a stack. Whoever adds a page calls `mount`, offers it by a button in `tools`, and asks `chosen` and
`chosen_cases` what it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QStackedWidget, QWidget

from ui.background import in_window, run
from ui.desk_port import Desk
from ui.excel import ExcelButton, WorkbookMade
from ui.indicators.cards import FigureStrip
from ui.knowledge.help import describe
from ui.look import Look
from ui.page import Page
from ui.team.about import About
from ui.team.board import BoardHalf
from ui.team.cases import CaseList
from ui.team.staff_form import StaffForm
from ui.team.waiting import WaitingCard
from ui.widgets.basic import across, button, down, label, panel, show_if, with_key
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.caseload import Board, Filter, kept_period
from workstation.desk.caseload_sheet import sheets
from workstation.desk.indicators import Scorecard
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg, nmsg

WIDE = 1120  # pixels at 100 % from which table and side stand beside each other
MANY = 200  # cases
OFFLINE = frozenset({"offline", "failed"})


@dataclass(frozen=True, slots=True)
class _Figures:
    card: Scorecard
    currency: str


class TeamPage(Page):
    """`open_case` is called with a case's id, `tell` with what was done or went wrong, `decide` shows the approvals,
    `drill` the cases behind an indicator."""

    read = Signal()  # the board is up to date
    chosen_changed = Signal()

    def __init__(
        self,
        look: Look,
        desk: Desk,
        open_case: Callable[[str], None],
        tell: Callable[[str], None],
        decide: Callable[[], None],
        drill: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.setObjectName("team_page")
        self._look, self._desk, self._tell, self._open_case = look, desk, tell, open_case
        self.board: Board | None = None
        self.reading = self._again = self._counting = False
        self._figures: _Figures | None = None
        self.title, self.sums, self.state = label(role="title"), label(role="muted"), label(role="muted", wrap=True)
        self.offline = label(role="banner", wrap=True)
        self.offline.hide()
        self.tools = FlowLayout(spacing=8)
        offered = QWidget()
        offered.setLayout(self.tools)
        self.excel = ExcelButton(look, desk, "caseload.xlsx", "caseload_list", self._workbook, tell)
        self.tools.addWidget(self.excel)
        top = FigureStrip(look, drill)
        self.figures = top.cards
        self._top = top
        self.left = BoardHalf(look)
        self.table, self.filter, self.order, self.empty = (
            self.left.table,
            self.left.filter,
            self.left.order,
            self.left.empty,
        )
        self.table.activated.connect(self._drill)
        self.left.chosen.connect(self._chose)
        self.about, self.cases, self.staff = About(look), CaseList(look), StaffForm(look, desk)
        self.cases.opened.connect(open_case)
        self.cases.chosen_changed.connect(self.chosen_changed)
        self.staff.saved.connect(tell)
        self.staff.left.connect(self._to_about)
        self.side = QStackedWidget()
        self._sides: dict[str, QWidget] = {}
        for name, widget in (("about", self.about), ("cases", self.cases), ("staff", self.staff)):
            self.mount(name, widget)
        self.to_about = button(role="link", clicked=lambda: self.show_side("about"))
        self.to_cases = button(role="link", clicked=self.show_cases)
        self.to_staff = button(role="link", clicked=self.edit)
        self.waiting = WaitingCard(look, desk, decide, tell)
        self.waiting.opened.connect(open_case)
        self.right = self._card(across(self.to_about, self.to_cases, self.to_staff, None), self.side)
        side = QWidget()
        side.setLayout(down(self.right, self.waiting, spacing=12))
        side.layout().setStretch(0, 1)  # type: ignore[union-attr]
        self.halves = across(self.left, side, spacing=14)
        self.halves.setStretch(0, 6)
        self.halves.setStretch(1, 5)
        head = across(self.title, self.sums, None, offered, spacing=10)
        body = panel("sunken")
        body.setLayout(down(head, self.state, self.offline, top, self.halves, spacing=12, margins=(24, 20, 24, 20)))
        body.layout().setStretch(4, 1)  # type: ignore[union-attr]
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.setLayout(down(self.area, spacing=0))
        for key, act in (("E", self.edit), ("P", lambda: self.show_side("about"))):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _card(self, *parts: QWidget | QBoxLayout) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        card.setLayout(down(*parts, spacing=8, margins=(14, 12, 14, 12)))
        return card

    def retranslate(self) -> None:
        tr = self._look.tr
        team = self._desk.team_name
        self.title.setText(self._look.say(msg("{team} · Caseload", team=team)) if team else tr("Caseload"))
        self.to_about.setText(with_key(tr("Person"), "P"))
        self.to_cases.setText(with_key(tr("Cases"), "↵"))
        self.to_staff.setText(with_key(tr("Capacity, skills, leave"), "E"))
        self.offline.setText(
            tr("No line to the centre: what stands here is what was last seen. Decisions wait until it is back.")
        )
        self.left.retranslate()
        self.cases.retranslate()
        self.staff.retranslate()
        self.waiting.retranslate()
        self.excel.retranslate()
        describe(self._look, self)
        self._show()

    # ---- for those who mount a page at the right ----

    def mount(self, name: str, widget: QWidget) -> None:
        """A page of the right side; shown by `show_side`."""
        self._sides[name] = widget
        self.side.addWidget(widget)

    def show_side(self, name: str) -> None:
        self.side.setCurrentWidget(self._sides[name])
        if self.halves.direction() == QBoxLayout.Direction.TopToBottom:  # it stands below what is in view
            self.area.show_whole(self.right)

    def chosen(self) -> tuple[str, ...]:
        """The ids of the people chosen, in the order shown; "" stands for what nobody holds."""
        return tuple(row.person_id for row in self.table.chosen_rows())

    def chosen_cases(self) -> tuple[str, ...]:
        """The cases chosen one by one in the list; without any, all of the people chosen."""
        if self.side.currentWidget() is self.cases and (one_by_one := self.cases.chosen()):
            return one_by_one
        return tuple(row.case_id for row in self._desk.caseload.cases(self.chosen()))

    def _workbook(self) -> Callable[[], WorkbookMade] | None:
        """The team, with the cases of those chosen; of everybody when nobody was chosen with the space bar."""
        board, names = self.board, self._names
        if board is None or not board.rows:
            return None
        several = self.table.selectionModel().hasSelection()
        people = self.chosen() if several else tuple(row.person_id for row in board.rows)
        desk = self._desk.caseload

        def made() -> WorkbookMade:
            cases = desk.cases(people)
            return WorkbookMade(sheets(board, cases, names), [case.case_id for case in cases])

        return made

    # ---- reading ----

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= self._look.tokens.px(WIDE)
        self.halves.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self.left.stand(beside=beside)

    def look_again(self) -> None:
        """Counted in the pool; what changes meanwhile is counted right after."""
        show_if(self.offline, self._desk.sync.status().state in OFFLINE)
        if self.reading:
            self._again = True
            return
        self.reading = True
        desk = self._desk.caseload

        def progress(done: int, of: int) -> None:
            in_window(lambda: self._say_progress(done, of))

        if self.board is None:  # the first look of a day counts every case: meanwhile, what was kept of the last
            run(self, desk.as_left, self._have_left, self._failed)
        run(self, lambda: desk.board(progress), self._have, self._failed, over=self._over)
        self.waiting.look_again()

    def _over(self) -> None:
        self.reading = False

    def _have_left(self, board: Board) -> None:
        if self.board is None and board.cases:
            self.board = board
            self._show()
            self.state.setText(self._look.tr("Counting …"))

    def _have(self, board: Board) -> None:
        self.board = board
        self._show()
        if self._again:
            self._again = False
            self.look_again()
            return
        self._count()
        for answer in self._desk.staffing.answered():
            self._tell(self._look.say(answer))
        self.read.emit()

    def _failed(self, error: WorkstationError) -> None:
        self.state.setText(self._look.say(error.message))
        self.read.emit()

    def _say_progress(self, done: int, of: int) -> None:
        if self.reading and of > MANY:  # what is done in a moment needs no word
            self.state.setText(self._look.tr("Counting: {done} of {of} cases …", done=done, of=of))

    def _count(self) -> None:
        """The indicators on top follow the board: they take longer, and nobody waits for them."""
        if self._counting:
            return
        self._counting = True
        desk, period = self._desk.indicators, kept_period(self._desk.today())

        def counted() -> None:
            self._counting = False

        run(
            self,
            lambda: _Figures(desk.scorecard(period), desk.currency or "CNY"),
            self._have_figures,
            self._failed,
            over=counted,
        )

    def _have_figures(self, found: _Figures) -> None:
        self._figures = found
        self._top.show_card(found.card, found.currency)

    def _changed(self, changes: Changes) -> None:
        self._desk.indicators.refresh(changes)
        if self.isVisible() and changes:
            self.look_again()

    # ---- showing ----

    def _show(self) -> None:
        board, look = self.board, self._look
        if board is None:
            self.state.setText(look.tr("Counting …"))
            return
        people = look.say(nmsg("{n} person", "{n} people", board.people))
        cases = look.say(nmsg("{n} case", "{n} cases", board.cases))
        self.sums.setText(
            look.say(msg("{people} · {cases}", people=people, cases=cases))
            if board.amount is None
            else look.say(
                msg(
                    "{people} · {cases} · {amount}",
                    people=people,
                    cases=cases,
                    amount=look.translator.short_money(board.amount),
                )
            )
        )
        period = kept_period(board.day)
        known = (
            msg("Nothing was synchronised yet: only what is here is counted.")
            if board.as_of is None
            else msg("As of {at}.", at=look.translator.moment(board.as_of, today=None))
        )
        counted = msg("Indicators and kept promises: {first} – {last}.", first=period.first, last=period.last)
        self.state.setText(look.say(known) + " " + look.say(counted))
        if self._figures is not None:
            self._have_figures(self._figures)
        self.left.show_board(board)

    def choose_filter(self, which: Filter) -> None:
        self.left.choose_filter(which)

    @property
    def _names(self) -> dict[str, str]:
        return {} if self.board is None else {row.person_id: row.name for row in self.board.rows if row.member}

    def _chose(self) -> None:
        if self.board is not None:
            self.about.show_rows(self.table.chosen_rows(), self._names, self.board.day)
            if self.side.currentWidget() is self.cases:
                self._read_cases()
        self.chosen_changed.emit()

    # ---- the right side ----

    def _drill(self, _index: QModelIndex) -> None:
        self.show_cases()

    def show_cases(self) -> None:
        """The cases of the chosen people, and the keyboard in them."""
        self.show_side("cases")
        self._read_cases()
        self.cases.table.setFocus()

    def _read_cases(self) -> None:
        people, names = self.chosen(), self._names
        run(
            self,
            lambda: self._desk.caseload.cases(people),
            lambda rows: self.cases.show_cases(rows, names),
            self._failed,
        )

    def edit(self) -> None:
        """The form of the current person, for those who may change it."""
        row = self.table.current_row()
        if row is None or row.member is None or self.board is None:
            return
        if not self._desk.staffing.changeable:
            self._tell(self._look.tr("A team lead changes this."))
            return
        if not row.member.active:
            self._tell(self._look.tr("{name} was revoked: there is nothing to plan.", name=row.name))
            return
        self.staff.open(row.member, [other.member for other in self.board.rows if other.member is not None])
        self.show_side("staff")

    def _to_about(self) -> None:
        self.show_side("about")
        self.table.setFocus()

    def commit(self) -> None:
        """What the page at the right holds, with the key that saves everywhere."""
        side = self.side.currentWidget()
        if isinstance(side, Page):
            side.commit()

    def take_back(self) -> bool:
        """What was changed here last: by the page at the right, else somebody's place in the plan."""
        side = self.side.currentWidget()
        if isinstance(side, Page) and side.take_back():
            return True
        staffing = self._desk.staffing
        run(
            self,
            staffing.undo,
            lambda changed: self._tell(self._look.say(changed.sentence)),
            lambda error: self._tell(self._look.say(error.message)),
        )
        return True
