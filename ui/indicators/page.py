"""The indicators: figures with their change, scorecards, who rolled where, when one is reached, and the cases.

No list of people is ordered by money: recovery, quality, contact and conduct stand side by side
(《商业银行信用卡业务监督管理办法》第六十六条).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QComboBox, QSizePolicy, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.excel import ExcelButton, WorkbookMade
from ui.indicators import words
from ui.indicators.cards import TOP, FigureStrip, Person, Row, open_figure
from ui.indicators.columns import all_columns, case_columns, person_columns
from ui.indicators.month import MonthCard
from ui.indicators.periods import PERIODS
from ui.indicators.pictures import Pictures
from ui.look import _L, Look
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.indicator_sheet import sheets
from workstation.desk.indicators import CaseFigure, Figure, Scorecard
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.indicators import DEFINITIONS, PER_TIME
from workstation.domain.message import msg

LINES, MOST_CASES = 30, 200
WIDE = 1150  # pixels at 100 % from which lists stand side by side


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted in the pool."""

    card: Scorecard
    people: list[Person]
    currency: str
    as_of: datetime | None


class IndicatorsPage(Page):
    """`open_case` is called with the id of a chosen case, `tell` with what went wrong."""

    read = Signal()  # the figures are up to date

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("indicators_page")
        self._look, self._desk, self._tell = look, desk, tell
        self.period = "month"
        self.chosen = TOP[0]
        self.card: Scorecard | None = None
        self.currency = "CNY"
        self._as_of: datetime | None = None
        self._people: list[Person] = []
        self._asked = 0
        self._filling = self._counting = self._drilling = False
        self.title, self.span = label(role="title"), label(role="muted")
        self.state = label(role="muted", wrap=True)
        self._chips = {name: button(role="chip") for name, _, _ in PERIODS}
        group = QButtonGroup(self)
        for name, chip in self._chips.items():
            chip.setCheckable(True)
            chip.setObjectName(f"indicators_{name}")
            chip.clicked.connect(lambda _=False, to=name: self.choose_period(to))
            group.addButton(chip)
        self._chips[self.period].setChecked(True)
        self.who = QComboBox()
        self.who.setObjectName("indicators_who")
        self.who.currentIndexChanged.connect(self._chose_person)
        self.centre = button(role="chip", clicked=self.look_again)
        self.centre.setObjectName("indicators_centre")
        self.centre.setCheckable(True)
        self.centre.setChecked(desk.central_indicators.usual and not desk.practice)
        if desk.practice:  # with made-up debtors there is no centre
            self.centre.hide()
        self.excel = ExcelButton(look, desk, "indicators.xlsx", "indicator_list", self._workbook, tell)
        self._top = FigureStrip(look, self.drill)
        self.figures = self._top.cards
        self.all = TableCard[Row](
            look,
            _L("All indicators"),
            _L("Nothing to count yet."),
            all_columns(look, lambda: self.currency),
            "indicators_all",
            most=LINES,
        )
        self.all.table.selectionModel().currentChanged.connect(self._choose)
        self.all.table.activated.connect(self._explain_row)
        self.all.body.addStretch(1)
        self.cases = TableCard[CaseFigure](
            look,
            _L("The cases behind it"),
            _L("No case bears on it."),
            case_columns(look, lambda: self.currency, lambda: self.chosen),
            "indicators_cases",
            most=LINES,
        )
        self.cases.opened.connect(open_case)
        self.says = label(role="muted", wrap=True)
        self.says.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.cases.body.insertWidget(0, self.says)
        self.cases.body.addStretch(1)
        self.people = TableCard[Person](
            look,
            _L("People"),
            _L("Nobody holds a case."),
            person_columns(look, lambda: self.currency),
            "indicators_people",
            most=LINES,
        )
        self.people.table.activated.connect(self._open_person)
        self.fair = label(role="caption", wrap=True)
        self.people.body.addWidget(self.fair)
        self.pictures = Pictures(look, desk, tell)
        self.month = MonthCard(look, desk, open_case, tell)
        self.lists = across(self.all, self.cases, spacing=12)
        for place in (0, 1):
            self.lists.setStretch(place, 1)
        offered, flow = QWidget(), FlowLayout(spacing=8)
        for each in (*self._chips.values(), self.who, self.centre, self.excel):
            flow.addWidget(each)
        offered.setLayout(flow)
        head = across(self.title, self.span, None, offered, spacing=8)
        body = panel("sunken")
        body.setLayout(
            down(
                head,
                self.state,
                self._top,
                self.lists,
                self.people,
                self.pictures,
                self.month,
                None,
                spacing=14,
                margins=(24, 20, 24, 20),
            )
        )
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.setLayout(down(self.area, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- words ----

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Indicators"))
        for name, text, _ in PERIODS:
            self._chips[name].setText(tr(text))
        self.who.setAccessibleName(tr("Whose figures"))
        for card in (self.all, self.cases, self.people, self.pictures, self.month):
            card.retranslate()
        self.excel.retranslate()
        self.centre.setText(tr("Counted at the centre"))
        self.centre.setToolTip(tr("Counted at the centre, of every case you may see there."))
        self.fair.setText(
            tr(
                "By name, never by money: the bank may not assess collectors by a recovered amount alone "
                "(Measures for the Supervision of Credit Card Business, article 66)."
            )
        )
        if self.who.count():
            self.who.setItemText(0, tr("Everybody"))
        self._show()

    def _fill_people(self, known: Mapping[str, str]) -> None:
        chosen = self.who.currentData()
        self._filling = True
        self.who.clear()
        self.who.addItem(self._look.tr("Everybody"), None)
        for identity, name in known.items():
            self.who.addItem(name, identity)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))
        self.who.setVisible(len(known) > 1)
        self._filling = False

    # ---- reading ----

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill_people(self._desk.indicators.people())
        self.look_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room for it."""
        super().resizeEvent(event)
        across_ = event.size().width() >= self._look.tokens.px(WIDE)
        direction = QBoxLayout.Direction.LeftToRight if across_ else QBoxLayout.Direction.TopToBottom
        self.lists.setDirection(direction)
        self.pictures.set_direction(direction)

    def choose_period(self, name: str) -> None:
        self.period = name
        self._chips[name].setChecked(True)
        self.look_again()

    def _whose(self) -> set[str] | None:
        person = self.who.currentData()
        return None if person is None else {person}

    def _chose_person(self, _place: int) -> None:
        if not self._filling:
            self.look_again()

    def _changed(self, changes: Changes) -> None:
        self._desk.indicators.refresh(changes)
        if self.isVisible() and (changes.case_ids or changes.everything):
            self.look_again()

    def look_again(self) -> None:
        """Counted in the pool; only the answer to the newest question is shown."""
        self._asked += 1
        self._counting = True
        asked, today = self._asked, self._desk.today()
        period = next(of for name, _, of in PERIODS if name == self.period)(today)
        person = self.who.currentData()
        self.span.setText(self._look.say(msg("{first} – {last}", first=period.first, last=period.last)))
        self.state.setText(self._look.tr("Counting …"))
        desk = self._desk.indicators
        central = self.centre.isChecked()
        of = self._desk.central_indicators.scorecard if central else desk.scorecard
        others = {} if person or central else desk.people()
        whose = self._whose()
        if self.month.people != whose or not self.month.lines:
            self.month.people = whose
            self.month.look_again()

        def count() -> _Counted:
            card = of(period, whose)
            people = [Person(one, name, of(period, {one})) for one, name in others.items()]
            return _Counted(card, people if len(people) > 1 else [], desk.currency or "CNY", card.as_of)

        run(self, count, lambda found: self._have(asked, found), lambda error: self._failed(asked, error))

    def _have(self, asked: int, found: _Counted) -> None:
        if asked != self._asked:
            return
        self.card, self._people, self.currency, self._as_of = found.card, found.people, found.currency, found.as_of
        self._counting = False
        self._show()
        if self._drilling:
            self._go_in()
        self.read.emit()

    def _failed(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self._counting = self._drilling = False
            self.state.setText("")
            self._tell(self._look.say(error.message))
            if self.centre.isChecked():  # not to be reached: counted here instead
                self.centre.setChecked(False)
                self.look_again()
            else:
                self.read.emit()

    def _show(self) -> None:
        card = self.card
        if card is None:
            return
        self.state.setText(self._known())
        self._top.show_card(card, self.currency)
        shown = [name for name in card.figures if name not in PER_TIME]
        self.all.show_rows([Row(card.figures[name], card.before[name]) for name in shown])
        self.people.setVisible(bool(self._people))
        self.people.show_rows(self._people)
        self.pictures.show_card(card, self.currency, self._whose())
        self._show_cases()

    def _known(self) -> str:
        """As of when the figures are, and by whose count."""
        if self._as_of is None or self.card is None:
            return self._look.tr("Nothing was synchronised yet: only what was recorded here is counted.")
        zone, today = self._desk.seat.clock.zone, self._desk.today()
        at = self._look.translator.moment(self._as_of.astimezone(zone), today=today)
        if self.card.central:
            return self._look.tr("As the centre counts them, as of {at}.", at=at)
        return self._look.tr("From the records at this desk, as of {at}.", at=at)

    # ---- drilling down ----

    def drill(self, name: str) -> None:
        """The keyboard goes into the cases behind an indicator, as soon as they are counted."""
        self.chosen, self._drilling = name, True
        if not self._counting:
            self._go_in()

    def _go_in(self) -> None:
        self._drilling = False
        places = [row.now.definition.id for row in self.all.table.rows]
        if self.chosen in places:
            self.all.table.setCurrentIndex(self.all.table.model().index(places.index(self.chosen), 0))
        self.pictures.choose(self.chosen)
        self._show_cases()
        (self.cases if self.cases.table.rows else self.all).table.setFocus()
        self.area.show_whole(self.cases.title)

    def _choose(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.all.table.rows):
            self.chosen = self.all.table.rows[index.row()].now.definition.id
            self.pictures.choose(self.chosen)
            self._show_cases()

    def _show_cases(self) -> None:
        """The cases of the indicator the keyboard is on."""
        if self.card is None:
            return
        figure = self.card.figures[self.chosen]
        self.cases.title.setText(
            self._look.tr("The cases behind it: {indicator}", indicator=self._look.tr(words.NAMES[self.chosen]))
        )
        self.says.setText(self._look.say(DEFINITIONS[self.chosen].text))
        if not self.card.central:
            self._have_cases(figure, self._desk.indicators.cases(figure))
            return
        card, name, whose, desk = self.card, self.chosen, self._whose(), self._desk.central_indicators
        self.cases.show_rows([], figure.count)

        def have(rows: list[CaseFigure]) -> None:
            if self.card is card and self.chosen == name:
                self._have_cases(figure, rows)

        run(
            self,
            lambda: desk.cases(name, card.period, whose),
            have,
            lambda error: self._tell(self._look.say(error.message)),
        )

    def _have_cases(self, figure: Figure, rows: list[CaseFigure]) -> None:
        self.cases.show_rows(rows[:MOST_CASES], max(0, figure.count - len(rows[:MOST_CASES])))

    def _workbook(self) -> Callable[[], WorkbookMade] | None:
        """The figures, and the cases behind the one the keyboard is on."""
        card, chosen, currency, rows = self.card, self.chosen, self.currency, list(self.cases.table.rows)
        if card is None:
            return None
        return lambda: WorkbookMade(sheets(card, chosen, rows, currency), [row.case_id for row in rows])

    def _explain_row(self, index: QModelIndex) -> None:
        if self.card is not None and 0 <= index.row() < len(self.all.table.rows):
            name = self.all.table.rows[index.row()].now.definition.id
            open_figure(self._look, self.card, name, self.currency, self.all.table, self.drill)

    def _open_person(self, index: QModelIndex) -> None:
        place = self.who.findData(self.people.table.rows[index.row()].id)
        self.who.setCurrentIndex(place)
