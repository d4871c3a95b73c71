"""The pictures below the figures: who rolled where, when debtors are reached, and an indicator over the periods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.indicators import words
from ui.indicators.charts import HoursChart, RollMap
from ui.indicators.trend import TrendChart
from ui.look import _L, Look
from ui.sync.cards import Card
from ui.widgets.basic import across, button, down
from workstation.desk.indicators import Figure, Scorecard
from workstation.domain.errors import WorkstationError
from workstation.domain.indicator_case import Period

PERIODS = 6  # of the trend
Trend = Sequence[tuple[Period, Mapping[str, Figure]]]


class Pictures(QWidget):
    def __init__(self, look: Look, desk: Desk, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._desk, self._tell = look, desk, tell
        self.card: Scorecard | None = None
        self.chosen = ""
        self.people: Collection[str] | None = None
        self.trend: Trend = ()
        self.currency = "CNY"
        self._asked = 0
        self.rolls, self.hours, self.line = RollMap(look), HoursChart(look), TrendChart(look)
        self.by_cases = button(role="chip", clicked=lambda: self.weigh(by_amount=False))
        self.by_amount = button(role="chip", clicked=lambda: self.weigh(by_amount=True))
        group = QButtonGroup(self)
        for chip, name in ((self.by_cases, "rolls_by_cases"), (self.by_amount, "rolls_by_amount")):
            chip.setCheckable(True)
            chip.setObjectName(name)
            group.addButton(chip)
        self.by_cases.setChecked(True)
        self.rolling = Card(
            look, _L("From stage to stage"), _L("The bank gave no figures for the start of the period.")
        )
        self.rolling.head.addWidget(self.by_cases)
        self.rolling.head.addWidget(self.by_amount)
        self.rolling.body.addWidget(self.rolls)
        self.rolling.body.addStretch(1)
        self.reaching = Card(look, _L("When debtors are reached"), _L("Nobody was tried in the period."))
        self.reaching.body.addWidget(self.hours)
        self.reaching.body.addStretch(1)
        self.trending = Card(look, _L("Over time"), _L("Not counted yet."))
        self.ask = button(role="chip", clicked=self.count_trend)
        self.ask.setObjectName("count_trend")
        self.trending.head.addWidget(self.ask)
        self.trending.body.addWidget(self.line)
        self.side = across(self.rolling, self.reaching, spacing=12)
        for place in (0, 1):
            self.side.setStretch(place, 1)
        self.setLayout(down(self.trending, self.side, spacing=14))
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        for card in (self.rolling, self.reaching, self.trending):
            card.retranslate()
        self.rolls.setAccessibleName(tr("From stage to stage"))
        self.hours.setAccessibleName(tr("When debtors are reached"))
        self.line.setAccessibleName(tr("Over time"))
        self.by_cases.setText(tr("By cases"))
        self.by_amount.setText(tr("By amount"))
        self.ask.setText(tr("Count the periods before"))
        self._show_trend()

    def set_direction(self, direction: QBoxLayout.Direction) -> None:
        self.side.setDirection(direction)

    def weigh(self, *, by_amount: bool) -> None:
        """The heat map by the number of cases or by what was owed at the start."""
        (self.by_amount if by_amount else self.by_cases).setChecked(True)
        self.rolls.weigh(by_amount=by_amount)

    def show_card(self, card: Scorecard, currency: str, people: Collection[str] | None) -> None:
        if self.card is None or self.card.period != card.period or self.people != people:
            self.trend = ()
        self.card, self.currency, self.people = card, currency, people
        self.rolls.show_rolls(card.rolls, currency)
        self.rolls.setVisible(bool(card.rolls))
        self.rolling.show_count(sum(count for count, _ in card.rolls.values()))
        self.hours.show_hours(card.hours)
        self.hours.setVisible(bool(card.hours))
        self.reaching.show_count(sum(tried for tried, _ in card.hours.values()))
        self._show_trend()

    def choose(self, name: str) -> None:
        """Which indicator is shown over time."""
        self.chosen = name
        self._show_trend()

    def count_trend(self) -> None:
        """In the pool: the periods before are counted as this one was, here or at the centre."""
        card = self.card
        if card is None:
            return
        self._asked += 1
        asked, people, desk = self._asked, self.people, self._desk
        self.ask.setEnabled(False)

        def count() -> Trend:
            if card.central:
                return desk.central_indicators.trend(card.period, PERIODS, people)
            return desk.indicators.trend(card.period, PERIODS, people)

        def have(found: Trend) -> None:
            self.ask.setEnabled(True)
            if asked == self._asked and self.card is not None and self.card.period == card.period:
                self.trend = found
                self._show_trend()

        def failed(error: WorkstationError) -> None:
            self.ask.setEnabled(True)
            self._tell(self._look.say(error.message))

        run(self, count, have, failed)

    def _show_trend(self) -> None:
        rows = [(period, figures[self.chosen]) for period, figures in self.trend if self.chosen in figures]
        self.line.setVisible(bool(rows))
        self.trending.empty.setVisible(not rows)
        if rows:
            self.trending.title.setText(
                self._look.tr("Over time: {indicator}", indicator=self._look.tr(words.NAMES[self.chosen]))
            )
            self.line.show_trend(rows, self.currency)
