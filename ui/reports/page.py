"""The report of a day or a week: its figures, what happened, and the words it is handed in with, as PDF and Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QPlainTextEdit, QWidget

from ui.background import run
from ui.clipboard import copy
from ui.desk_port import Desk
from ui.excel import ExcelButton, WorkbookMade
from ui.indicators import words
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.papers import Paper, PaperButtons, PaperMade
from ui.reports.handed_in import HandedInCard
from ui.reports.indicators import ReportIndicators
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel, with_key
from ui.widgets.drafting import Drafting
from ui.widgets.figures import FigureGrid
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk import day_words
from workstation.desk.report import Done, Happened, Report, ReportWanted, Span
from workstation.desk.report_paper import DONE, PERSONAL, TITLES, ReportPaper
from workstation.desk.report_workbook import sheets
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

KEY = "Shift+F11"
LINES, WORDS_HIGH = 14, 110
SPANS: tuple[tuple[Span, str], ...] = (("daily", _L("One day")), ("weekly", _L("One week")))
_COUNTS = {
    "cases": _L("Cases worked"),
    "attempts": _L("Attempts"),
    "right_party": _L("Reached"),
    "promises": _L("Promises"),
}
TEAM = ""  # what the list of people says for everybody


class ReportsPage(Page):
    """`open_case` is called with the id of the case of a chosen row, `tell` with what was done or went wrong."""

    read = Signal()  # the report wanted last is shown

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("reports_page")
        self._look, self._desk, self._tell = look, desk, tell
        self.span: Span = "daily"
        self.day = desk.today()
        self.report: Report | None = None
        self._asked, self._filling = 0, False
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self.chips = {name: button(role="chip") for name, _ in SPANS}
        group = QButtonGroup(self)
        for name, chip in self.chips.items():
            chip.setCheckable(True)
            chip.setObjectName(f"reports_{name}")
            chip.clicked.connect(lambda _=False, to=name: self.choose(span=to))
            group.addButton(chip)
        self.chips[self.span].setChecked(True)
        self.earlier, self.later = button(clicked=lambda: self.turn(-1)), button(clicked=lambda: self.turn(1))
        self.earlier.setObjectName("reports_earlier")
        self.later.setObjectName("reports_later")
        for keys, step in (("Alt+Left", -1), ("Alt+Right", 1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda by=step: self.turn(by))
        self.who = QComboBox()
        self.who.setObjectName("reports_who")
        self.who.currentIndexChanged.connect(self._chose)
        self.words_title, self.words = label(role="strong"), QPlainTextEdit()
        self.words.setObjectName("report_words")
        self.words.setTabChangesFocus(True)
        self._drafting = Drafting(desk, "report", self._draft)
        self.words.textChanged.connect(self._typed)
        self.anew = button(role="link", clicked=self.draft_anew)
        self.copying = button(role="link", clicked=self.copy_words)
        self.hand = button(role="primary", clicked=self.hand_in)
        self.hand.setObjectName("reports_hand_in")
        written = QFrame()
        written.setProperty("role", "card")
        written.setLayout(
            down(
                across(self.words_title, None, self.anew, self.copying, spacing=12),
                self.words,
                across(None, self.hand),
                spacing=8,
                margins=(16, 12, 16, 14),
            )
        )
        self.handed = HandedInCard(look, desk)
        self.done_title, self._figures = label(role="strong"), FigureGrid()
        done = QFrame()
        done.setProperty("role", "card")
        done.setLayout(down(self.done_title, self._figures, spacing=10, margins=(16, 12, 16, 14)))
        empty = _L("Nothing that needs a line of its own.")
        self.happened = TableCard[Happened](
            look, _L("What happened"), empty, self._happened_columns(), "reports_happened", most=LINES
        )
        self.happened.opened.connect(open_case)
        self.people = TableCard[Done](
            look, _L("People"), _L("Nobody holds a case."), self._people_columns(), "reports_people", most=LINES
        )
        self.fair = label(role="caption", wrap=True)
        self.people.body.addWidget(self.fair)
        self.indicators = ReportIndicators(look, desk, open_case)
        self.papers = PaperButtons(look, desk, (Paper(_L("Report"), "report.pdf", "report", self._paper),), tell)
        self.excel = ExcelButton(look, desk, "report.xlsx", "report", self._workbook, tell)
        leaving, flow = QWidget(), FlowLayout(spacing=8)
        flow.addWidget(self.papers)
        flow.addWidget(self.excel)
        leaving.setLayout(flow)
        head = across(self.title, None, *self.chips.values(), self.earlier, self.later, self.who, spacing=8)
        body = panel("sunken")
        body.setLayout(
            down(
                head, self.about, leaving, written, self.handed, done, self.people, self.happened, self.indicators,
                None, spacing=14, margins=(24, 20, 24, 20),
            )
        )  # fmt: skip
        self.area = TallArea(body)
        self.area.setProperty("role", "sunken")
        self.indicators.entered.connect(lambda: self.area.show_whole(self.indicators.cases))
        self.setLayout(down(self.area, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- columns ----

    def _happened_columns(self) -> list[Column[Happened]]:
        look = self._look
        return [
            Column[Happened](_L("When"), self._when),
            Column[Happened](_L("Case"), lambda row: row.number),
            Column[Happened](_L("Name"), lambda row: self._desk.seat.masks.name(row.name)),
            Column[Happened](_L("What"), lambda row: look.say(row.title), stretch=True),
            Column[Happened](_L("By"), lambda row: row.author),
        ]

    def _when(self, row: Happened) -> str:
        local = row.at.astimezone(self._desk.seat.clock.zone)
        return f"{local:%H:%M}" if self.span == "daily" else f"{self._look.translator.day(local.date())} {local:%H:%M}"

    def _people_columns(self) -> list[Column[Done]]:
        look = self._look

        def figure(name: str) -> Callable[[Done], str]:
            return lambda row: words.figure(look, row.card.figures[name], self._currency)

        def count(name: str) -> Callable[[Done], str]:
            return lambda row: str(row.figures[name])

        return [
            Column[Done](_L("Name"), lambda row: row.name, stretch=True),
            *(Column[Done](_COUNTS[name], count(name), right=True, narrow=True) for name in DONE),
            *(Column[Done](words.NAMES[name], figure(name), right=True, narrow=True) for name in PERSONAL),
        ]

    @property
    def _currency(self) -> str:
        return "CNY" if self.report is None else self.report.currency

    # ---- words ----

    def retranslate(self) -> None:
        tr = self._look.tr
        for name, text in SPANS:
            self.chips[name].setText(tr(text))
        self.earlier.setText("‹  Alt ←")
        self.later.setText("Alt →  ›")
        self.earlier.setAccessibleName(tr("Earlier"))
        self.later.setAccessibleName(tr("Later"))
        self.who.setAccessibleName(tr("Whose report"))
        self.words_title.setText(tr("In words"))
        self.words.setAccessibleName(tr("In words"))
        self.words.setFixedHeight(self._look.tokens.px(WORDS_HIGH))
        self.anew.setText(tr("Draft anew from the records"))
        self.copying.setText(tr("Copy"))
        self.done_title.setText(tr("Done"))
        self.fair.setText(tr("By name, never by money."))
        self.hand.setText(with_key(tr("Hand in"), "Ctrl ↵"))
        self.hand.setToolTip(tr("Your lead reads these words and the figures, as they are now."))
        for card in (self.happened, self.people, self.indicators, self.handed):
            card.retranslate()
        self.papers.retranslate()
        self.excel.retranslate()
        self._fill()
        self._show()

    def _fill(self) -> None:
        """The people whose reports may be had, the team first where there is one."""
        chosen, self._filling = self.who.currentData(), True
        self.who.clear()
        if self._desk.reports.leads:
            self.who.addItem(self._look.tr("The team"), TEAM)
        for identity, name in self._desk.reports.people().items():
            self.who.addItem(name, identity)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))
        self.who.setVisible(self.who.count() > 1)
        self._filling = False

    # ---- which report ----

    def wanted(self) -> ReportWanted:
        person = self.who.currentData()
        return ReportWanted(self.span, self.day, None if person == TEAM else person)

    def choose(self, *, span: Span | None = None, day: date | None = None) -> None:
        self.span, self.day = span or self.span, day or self.day
        self.chips[self.span].setChecked(True)
        self.look_again()

    def turn(self, by: int) -> None:
        """A day or a week on, not beyond today."""
        day = self.day + timedelta(days=by * (1 if self.span == "daily" else 7))
        self.choose(day=min(day, self._desk.today()))

    def _chose(self, _place: int) -> None:
        if not self._filling:
            self.look_again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()
        self.look_again()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and (changes.case_ids or changes.everything):
            self.look_again()

    def look_again(self) -> None:
        """Counted in the pool; only the answer to the newest question is shown."""
        self._drafting.flush()
        self._asked += 1
        asked, wanted = self._asked, self.wanted()
        self.about.setText(self._look.tr("Counting …"))
        run(
            self,
            lambda: self._desk.reports.report(wanted),
            lambda report: self._have(asked, report),
            lambda error: self._failed(asked, error),
        )

    def _have(self, asked: int, report: Report) -> None:
        if asked != self._asked:
            return
        self.report = report
        kept = self._drafting.open(f"{self.span} {report.wanted.period.first} {report.wanted.person or TEAM}")
        self._set_words(kept if kept is not None else self._sentences())
        self._show()
        self.handed.ask(report.wanted)
        self.read.emit()

    def _failed(self, asked: int, error: WorkstationError) -> None:
        if asked == self._asked:
            self.about.setText("")
            self._tell(self._look.say(error.message))
            self.read.emit()

    # ---- the words it is handed in with ----

    def _sentences(self) -> str:
        report = self.report
        return "" if report is None else "\n".join(self._look.say(sentence) for sentence in report.draft)

    def _set_words(self, text: str) -> None:
        if text == self.words.toPlainText():
            return  # whoever is writing while others' records arrive keeps the place
        self.words.blockSignals(True)
        self.words.setPlainText(text)
        self.words.blockSignals(False)

    def _typed(self) -> None:
        self._drafting.touch()

    def _draft(self) -> str:
        """Nothing is kept of what the records say anyhow."""
        typed = self.words.toPlainText()
        return "" if typed == self._sentences() else typed

    def draft_anew(self) -> None:
        """What was typed can be had back with the field's own Ctrl Z."""
        self.words.selectAll()
        self.words.insertPlainText(self._sentences())

    def commit(self) -> None:
        """`Ctrl Enter` on this page."""
        if self.hand.isVisible():
            self.hand_in()

    def hand_in(self) -> None:
        """To whoever leads; what was written stays here whatever comes of it."""
        report, said = self.report, self.words.toPlainText()
        if report is None or not self.hand.isEnabled():
            return
        self.hand.setEnabled(False)
        run(
            self,
            lambda: self._desk.report_handing.hand_in(report, said),
            lambda sentence: self._tell(self._look.say(sentence)),
            lambda error: self._tell(self._look.say(error.message)),
            self._handed_in,
        )

    def _handed_in(self) -> None:
        self.hand.setEnabled(True)
        self.handed.ask(self.wanted())

    def copy_words(self) -> None:
        copy(self.words.toPlainText())
        self._tell(self._look.tr("Copied."))

    # ---- showing ----

    def _show(self) -> None:
        report = self.report
        if report is None:
            self.title.setText(self._look.say(TITLES[self.span, False]))
            return
        paper = self._on_paper(report, in_full=False)
        self.title.setText(self._look.say(paper.title))
        self.about.setText(" · ".join(self._look.say(part) for part in paper.about))
        self.hand.setVisible(self._desk.report_handing.offered(report))
        self.later.setEnabled(report.wanted.period.last < self._desk.today())
        self.people.setVisible(bool(report.people))
        self.people.show_rows(report.people)
        self.happened.show_rows(report.happened)
        self.indicators.show_report(report)
        self._figures.show_figures(day_words.figures(self._look.translator, report.done, report.promised))

    # ---- leaving the program ----

    def _on_paper(self, report: Report, *, in_full: bool) -> ReportPaper:
        desk = self._desk
        words_ = self.words.toPlainText()
        return ReportPaper(report, desk.seat, self._look.translator, words_, in_full=in_full, practice=desk.practice)

    def _paper(self, in_full: bool) -> Callable[[], PaperMade]:
        wanted, desk, said = self.wanted(), self._desk, self.words.toPlainText()
        translator = self._look.translator

        def make() -> PaperMade:
            report = desk.reports.report(wanted)
            paper = ReportPaper(report, desk.seat, translator, said, in_full=in_full, practice=desk.practice)
            return PaperMade(paper.pdf(), paper.paper_cases, paper.fields)

        return make

    def _workbook(self) -> Callable[[], WorkbookMade] | None:
        report = self.report
        if report is None:
            return None
        paper = self._on_paper(report, in_full=False)
        return lambda: WorkbookMade(sheets(paper), paper.workbook_cases, paper.fields)
