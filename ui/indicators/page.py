"""The indicators: figures with their change, scorecards, who rolled where, when one is reached, and the cases.

No list of people is ordered by money: recovery, quality, contact and conduct stand side by side
(《商业银行信用卡业务监督管理办法》第六十六条).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QComboBox, QFrame, QScrollArea, QSizePolicy, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.indicators import words
from ui.indicators.charts import HoursChart, RollMap
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import Card, TableCard
from ui.widgets.basic import across, button, down, label, panel, set_property
from ui.widgets.flow import FlowLayout
from workstation.desk.indicators import CaseFigure, Figure, Scorecard
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.indicator_case import Period
from workstation.domain.indicators import DEFINITIONS, PER_TIME
from workstation.domain.message import msg

TOP = ("repayment_rate", "success_rate", "average_due", "average_dpd", "kept_rate", "complaint_rate", "satisfaction")
# On a person's scorecard: recovery, quality, contact and conduct together, or it would be a ranking by money.
PERSONAL = ("recovery_rate", "success_rate", "kept_rate", "right_party_rate", "coverage", "complaint_rate",
            "overridden_rate")  # fmt: skip
LINES, MOST_CASES = 30, 200
WIDE = 1150  # pixels at 100 % from which lists stand side by side


def _month_before(today: date) -> Period:
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


PERIODS: tuple[tuple[str, str, Callable[[date], Period]], ...] = (
    ("week", _L("This week"), lambda today: Period(today - timedelta(days=today.weekday()), today)),
    ("month", _L("This month"), lambda today: Period(today.replace(day=1), today)),
    ("last", _L("Last month"), _month_before),
    ("days", _L("30 days"), lambda today: Period(today - timedelta(days=29), today)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator now and in the period before."""

    now: Figure
    before: Figure


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's scorecard."""

    id: str
    name: str
    card: Scorecard


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted in the pool."""

    card: Scorecard
    people: list[Person]
    currency: str
    as_of: datetime | None


class FigureCard(QFrame):
    """One of the figures on top: its name, its value, and by how much it changed."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(f"indicator_{name}")
        self._look, self._name = look, name
        self.caption, self.value, self.change = label(role="caption"), label(role="title"), label(role="muted")
        self.change.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setLayout(
            down(self.caption, across(self.value, self.change, None, spacing=8), spacing=2, margins=(14, 10, 14, 10))
        )

    def show_figure(self, now: Figure, before: Figure, currency: str) -> None:
        look = self._look
        self.caption.setText(look.tr(words.NAMES[self._name]))
        self.value.setText(words.figure(look, now, currency))
        said, tone = words.change(look, now, before, currency)
        self.change.setText(said)
        set_property(self.change, "tone", tone)
        self.setToolTip(look.say(now.definition.text))
        self.setAccessibleName(f"{self.caption.text()} {self.value.text()} {said}")


class IndicatorsPage(QWidget):
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
        self._filling = False
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
        self.figures = {name: FigureCard(look, name) for name in TOP}
        top = QWidget()
        flow = FlowLayout(spacing=10)
        for made in self.figures.values():
            flow.addWidget(made)
        top.setLayout(flow)
        self.all = TableCard[Row](
            look, _L("All indicators"), _L("Nothing to count yet."), self._columns(), "indicators_all", most=LINES
        )
        self.all.table.selectionModel().currentChanged.connect(self._choose)
        self.cases = TableCard[CaseFigure](
            look,
            _L("The cases behind it"),
            _L("No case bears on it."),
            self._case_columns(),
            "indicators_cases",
            most=LINES,
        )
        self.cases.opened.connect(open_case)
        self.says = label(role="muted", wrap=True)
        self.says.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.cases.body.insertWidget(0, self.says)
        self.cases.body.addStretch(1)
        self.people = TableCard[Person](
            look, _L("People"), _L("Nobody holds a case."), self._person_columns(), "indicators_people", most=LINES
        )
        self.people.table.activated.connect(self._open_person)
        self.fair = label(role="caption", wrap=True)
        self.people.body.addWidget(self.fair)
        self.rolls, self.hours = RollMap(look), HoursChart(look)
        self.rolling = Card(
            look, _L("From stage to stage"), _L("The bank gave no figures for the start of the period.")
        )
        self.rolling.body.addWidget(self.rolls)
        self.rolling.body.addStretch(1)
        self.reaching = Card(look, _L("When debtors are reached"), _L("Nobody was tried in the period."))
        self.reaching.body.addWidget(self.hours)
        self.reaching.body.addStretch(1)
        self.pictures = across(self.rolling, self.reaching, spacing=12)
        self.lists = across(self.all, self.cases, spacing=12)
        for place in (0, 1):
            self.pictures.setStretch(place, 1)
            self.lists.setStretch(place, 1)
        head = across(self.title, self.span, None, *self._chips.values(), self.who, spacing=8)
        body = panel("sunken")
        body.setLayout(
            down(
                head,
                self.state,
                top,
                self.lists,
                self.people,
                self.pictures,
                None,
                spacing=14,
                margins=(24, 20, 24, 20),
            )
        )
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(body)
        self.setLayout(down(self.area, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- columns ----

    def _columns(self) -> list[Column[Row]]:
        look = self._look
        return [
            Column[Row](_L("Indicator"), lambda row: look.tr(words.NAMES[row.now.definition.id]), stretch=True),
            Column[Row](_L("Value"), lambda row: words.figure(look, row.now, self.currency), right=True),
            Column[Row](_L("Before"), lambda row: words.figure(look, row.before, self.currency), right=True),
            Column[Row](
                _L("Change"), lambda row: words.change(look, row.now, row.before, self.currency)[0], right=True
            ),
            Column[Row](_L("Made of"), self._made_of, right=True),
        ]

    def _made_of(self, row: Row) -> str:
        if not row.now.pair.denominator or row.now.definition.id == "weighted_dpd":  # days times money tell nobody
            return ""
        return words.parts(self._look, row.now.pair, self.currency, row.now.definition.money)

    def _case_columns(self) -> list[Column[CaseFigure]]:
        look = self._look
        return [
            Column[CaseFigure](_L("Case"), lambda row: row.number),
            Column[CaseFigure](_L("Name"), lambda row: row.name, stretch=True),
            Column[CaseFigure](_L("With"), lambda row: row.holder or "—"),
            Column[CaseFigure](
                _L("Its share"),
                lambda row: words.parts(look, row.pair, self.currency, DEFINITIONS[self.chosen].money),
                right=True,
            ),
        ]

    def _person_columns(self) -> list[Column[Person]]:
        look = self._look

        def of(name: str) -> Callable[[Person], str]:
            return lambda person: words.figure(look, person.card.figures[name], self.currency)

        return [
            Column[Person](_L("Name"), lambda person: person.name, stretch=True),
            *(Column[Person](words.NAMES[name], of(name), right=True) for name in PERSONAL),
        ]

    # ---- words ----

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Indicators"))
        for name, text, _ in PERIODS:
            self._chips[name].setText(tr(text))
        self.who.setAccessibleName(tr("Whose figures"))
        for card in (self.all, self.cases, self.people, self.rolling, self.reaching):
            card.retranslate()
        self.rolls.setAccessibleName(tr("From stage to stage"))
        self.hours.setAccessibleName(tr("When debtors are reached"))
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
        for pair in (self.lists, self.pictures):
            pair.setDirection(QBoxLayout.Direction.LeftToRight if across_ else QBoxLayout.Direction.TopToBottom)

    def choose_period(self, name: str) -> None:
        self.period = name
        self._chips[name].setChecked(True)
        self.look_again()

    def _chose_person(self, _place: int) -> None:
        if not self._filling:
            self.look_again()

    def _changed(self, changes: Changes) -> None:
        self._desk.indicators.refresh(changes)
        if self.isVisible() and changes.case_ids:
            self.look_again()

    def look_again(self) -> None:
        """Counted in the pool; only the answer to the newest question is shown."""
        self._asked += 1
        asked, today = self._asked, self._desk.today()
        period = next(of for name, _, of in PERIODS if name == self.period)(today)
        person = self.who.currentData()
        self.span.setText(self._look.say(msg("{first} – {last}", first=period.first, last=period.last)))
        self.state.setText(self._look.tr("Counting …"))
        desk = self._desk.indicators
        others = {} if person else desk.people()

        def count() -> _Counted:
            card = desk.scorecard(period, None if person is None else {person})
            people = [Person(one, name, desk.scorecard(period, {one})) for one, name in others.items()]
            return _Counted(card, people if len(people) > 1 else [], desk.currency or "CNY", desk.as_of())

        run(self, count, lambda found: self._have(asked, found), lambda error: self._failed(asked, error))

    def _have(self, asked: int, found: _Counted) -> None:
        if asked != self._asked:
            return
        self.card, self._people, self.currency, self._as_of = found.card, found.people, found.currency, found.as_of
        self._show()
        self.read.emit()

    def _failed(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self.state.setText("")
            self._tell(self._look.say(error.message))
            self.read.emit()

    def _show(self) -> None:
        card = self.card
        if card is None:
            return
        as_of = self._as_of
        self.state.setText(
            self._look.tr("Nothing was synchronised yet: only what was recorded here is counted.")
            if as_of is None
            else self._look.tr(
                "From the records at this desk, as of {at}.",
                at=self._look.translator.moment(as_of.astimezone(self._desk.seat.clock.zone), today=self._desk.today()),
            )
        )
        for name, made in self.figures.items():
            made.show_figure(card.figures[name], card.before[name], self.currency)
        shown = [name for name in card.figures if name not in PER_TIME]
        self.all.show_rows([Row(card.figures[name], card.before[name]) for name in shown])
        self.people.setVisible(bool(self._people))
        self.people.show_rows(self._people)
        self.rolls.show_rolls(card.rolls, self.currency)
        self.rolls.setVisible(bool(card.rolls))
        self.rolling.show_count(sum(count for count, _ in card.rolls.values()))
        self.hours.show_hours(card.hours)
        self.hours.setVisible(bool(card.hours))
        self.reaching.show_count(sum(tried for tried, _ in card.hours.values()))
        self._show_cases()

    # ---- drilling down ----

    def _choose(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.all.table.rows):
            self.chosen = self.all.table.rows[index.row()].now.definition.id
            self._show_cases()

    def _show_cases(self) -> None:
        """The cases of the indicator the keyboard is on."""
        if self.card is None:
            return
        rows = self._desk.indicators.cases(self.card.figures[self.chosen])
        self.cases.title.setText(
            self._look.tr("The cases behind it: {indicator}", indicator=self._look.tr(words.NAMES[self.chosen]))
        )
        self.says.setText(self._look.say(DEFINITIONS[self.chosen].text))
        self.cases.show_rows(rows[:MOST_CASES], max(0, len(rows) - MOST_CASES))

    def _open_person(self, index: QModelIndex) -> None:
        place = self.who.findData(self.people.table.rows[index.row()].id)
        self.who.setCurrentIndex(place)
