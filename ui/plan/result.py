"""What came of the conditions: cards, the sentence to read aloud, remarks, chart, schedule, and files to take along."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.knowledge.help import describe
from ui.plan.aloud import Aloud, Words
from ui.plan.cards import PlanCards
from ui.plan.chart import LEAST, TALL, RemainingChart
from ui.plan.schedule import Schedule
from ui.plan.taking import Taking
from ui.plan.work import PlanWork
from ui.widgets.basic import down
from workstation.i18n import LANGUAGES

LEAST_TABLE = 192  # pixels at 100 %


class Result(QWidget):
    def __init__(self, work: PlanWork, *, boxed: bool) -> None:
        """`boxed`: on a page, which puts `taking` where it stays in sight."""
        super().__init__()
        self._work, self._look = work, work.look
        self.cards = PlanCards(work.look, compact=not boxed)
        self.cards.chosen.connect(work.choose_card)
        self.findings = Words(work.look, "type_small", "muted")
        self.findings.setObjectName("plan_findings")
        self.aloud = Aloud(work.look)
        self.aloud.turned.connect(work.turn_language)
        self.chart = RemainingChart(work.look, TALL if boxed else LEAST)
        self.table = Schedule(work.look)
        self.table.setMinimumHeight(work.look.tokens.px(LEAST_TABLE))
        self.taking = Taking(work)
        inside = down(
            self.cards,
            self.findings,
            self.aloud,
            _card(self.chart, 10) if boxed else self.chart,
            _card(self.table, 4) if boxed else self.table,
            *([] if boxed else [self.taking]),
            spacing=12 if boxed else 8,
        )
        inside.setStretch(4, 1)
        self.setLayout(inside)
        work.shown.connect(self.show_view)
        work.spoken.connect(self.show_view)

    def retranslate(self) -> None:
        self.table.retranslate()
        self.chart.setAccessibleName(self._look.tr("Remaining debt"))
        self.cards.place()
        self.taking.retranslate()
        describe(self._look, self)
        self.show_view()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_view()

    def show_view(self) -> None:
        if not self.isVisible() or self._work.case is None:
            return
        work, view, say = self._work, self._work.view, self._look.say
        self.cards.show_cards(work.cards, work.active)
        lines = [f"→ {say(reason)}" for reason in work.why()]
        lines += [f"▲ {say(finding)}" for finding in view.findings]
        if work.proving and view.proof is not None:
            lines.append(f"= {say(view.proof)}")
        self.findings.say("\n".join(lines))
        self.aloud.show_sentence(work.sentence(), LANGUAGES[work.other_language])
        self.chart.show_cards(work.cards, work.active)
        self.table.show_rows(view.rows)
        self.taking.show_ready()


def _card(inside: QWidget, margin: int) -> QFrame:
    made = QFrame()
    made.setProperty("role", "card")
    made.setLayout(down(inside, margins=(margin, margin, margin, margin)))
    return made
