"""The indicators of a report, each opened into its calculation and the cases behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QWidget

from ui.desk_port import Desk
from ui.indicators import words
from ui.indicators.cards import open_figure
from ui.indicators.columns import case_columns
from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.widgets.basic import down
from workstation.desk.indicators import CaseFigure, Figure
from workstation.desk.report import Report
from workstation.domain.indicators import PER_TIME

LINES, CASE_LINES, MOST_CASES = 24, 12, 200

Pair = tuple[Figure, Figure]  # now, and in the period before


class ReportIndicators(QWidget):
    """`open_case` is called with the id of a chosen case; `entered` says that the keyboard is in the cases."""

    entered = Signal()

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None]) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._report: Report | None = None
        self.all = TableCard[Pair](
            look, _L("Indicators"), _L("Nothing to count yet."), self._columns(), "reports_indicators", most=LINES
        )
        self.all.table.activated.connect(self._explain)
        self.all.table.selectionModel().currentChanged.connect(self._show_cases)
        self.cases = TableCard[CaseFigure](
            look,
            _L("The cases behind it"),
            _L("No case bears on it."),
            case_columns(look, lambda: self._currency, lambda: self.chosen),
            "reports_cases",
            most=CASE_LINES,
        )
        self.cases.opened.connect(open_case)
        self.cases.hide()  # until an indicator is chosen
        self.setLayout(down(self.all, self.cases, spacing=14))

    def _columns(self) -> list[Column[Pair]]:
        look = self._look
        return [
            Column[Pair](_L("Indicator"), lambda row: look.tr(words.NAMES[row[0].definition.id]), stretch=True),
            Column[Pair](_L("Value"), lambda row: words.figure(look, row[0], self._currency), right=True),
            Column[Pair](_L("Before"), lambda row: words.figure(look, row[1], self._currency), right=True),
            Column[Pair](_L("Change"), lambda row: words.change(look, *row, self._currency)[0], right=True),
        ]

    @property
    def _currency(self) -> str:
        return "CNY" if self._report is None else self._report.currency

    @property
    def chosen(self) -> str:
        """The indicator the keyboard is on, or nothing."""
        rows, place = self.all.table.rows, self.all.table.currentIndex().row()
        return rows[place][0].definition.id if 0 <= place < len(rows) else ""

    def retranslate(self) -> None:
        self.all.retranslate()
        self.cases.retranslate()
        self._show_cases()

    def show_report(self, report: Report) -> None:
        self._report, card = report, report.card
        shown = [name for name, now in card.figures.items() if name not in PER_TIME or now.pair.denominator]
        self.all.show_rows([(card.figures[name], card.before[name]) for name in shown])
        self._show_cases()

    def _show_cases(self) -> None:
        report, name = self._report, self.chosen
        self.cases.setVisible(bool(name))
        if report is None or not name:
            return
        said = self._look.tr(words.NAMES[name])
        self.cases.title.setText(self._look.tr("The cases behind it: {indicator}", indicator=said))
        figure = report.card.figures[name]
        rows = self._desk.indicators.cases(figure)[:MOST_CASES]
        self.cases.show_rows(rows, max(0, figure.count - len(rows)))

    def _explain(self, _index: QModelIndex) -> None:
        if self._report is not None and self.chosen:
            open_figure(
                self._look, self._report.card, self.chosen, self._currency, self.all.table, lambda _: self._into_cases()
            )

    def _into_cases(self) -> None:
        self.cases.table.setFocus()
        self.entered.emit()
