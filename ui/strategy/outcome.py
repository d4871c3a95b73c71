"""What a strategy tried on the book would change: cases per treatment before and after, and the cases themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.look import _L, Look
from ui.models.rows import Column
from ui.strategy.words import reason, spoken
from ui.sync.cards import TableCard
from ui.widgets.basic import down, label, show_if
from workstation.desk.strategy_editing import ArmRow, ChangedRow, CountRow, DryRun
from workstation.desk.views import TreatmentView
from workstation.domain.message import Percent, msg, nmsg

LINES, MOST_SHOWN = 12, 300  # before a list scrolls; cases shown at once


class Outcome(QWidget):
    """`open_case` is called with the id of the case of a chosen row."""

    def __init__(self, look: Look, open_case: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._run: DryRun | None = None
        self._stale = False
        self.summary = label(role="strong", wrap=True)
        self.summary.setObjectName("strategy_summary")
        self.hint = label(role="muted", wrap=True)
        self.counts = TableCard(
            look,
            _L("Cases per treatment"),
            _L("No case is open here."),
            [
                Column[CountRow](_L("Treatment"), lambda row: spoken(look, row.parts), stretch=True),
                Column[CountRow](_L("Now"), lambda row: f"{row.before:,}", right=True),
                Column[CountRow](_L("Then"), lambda row: f"{row.after:,}", right=True),
                Column[CountRow](_L("Difference"), _difference, right=True),
            ],
            "strategy_counts",
            most=LINES,
        )
        self.changed = TableCard(
            look,
            _L("Cases whose treatment changes"),
            _L("No case's treatment would change."),
            [
                Column[ChangedRow](_L("Case"), lambda row: row.number),
                Column[ChangedRow](_L("Name"), lambda row: row.name),
                Column[ChangedRow](_L("Stage"), lambda row: look.label("stage", row.stage)),
                Column[ChangedRow](_L("Now"), lambda row: self._whole(row.old), stretch=True),
                Column[ChangedRow](_L("Then"), lambda row: self._whole(row.new), stretch=True),
            ],
            "strategy_changed",
            most=LINES,
        )
        self.arms = TableCard(
            look,
            _L("Cases by arm of a split"),
            _L("This strategy splits no treatment."),
            [
                Column[ArmRow](_L("Split"), lambda row: row.split),
                Column[ArmRow](_L("Arm"), lambda row: row.arm),
                Column[ArmRow](_L("Treatment"), lambda row: spoken(look, row.parts), stretch=True),
                Column[ArmRow](_L("Cases"), lambda row: f"{row.cases:,}", right=True),
                Column[ArmRow](_L("Share meant"), lambda row: look.say(msg("{share}", share=Percent(row.wanted, 0))),
                               right=True),
            ],
            "strategy_arms",
            most=LINES,
        )  # fmt: skip
        self.changed.opened.connect(open_case)
        self.counts.table.selectionModel().currentRowChanged.connect(self._show_changed)
        self.setLayout(down(self.summary, self.arms, self.counts, self.hint, self.changed, spacing=12))

    def show_run(self, run: DryRun) -> None:
        self._run, self._stale = run, False
        self.counts.table.setCurrentIndex(self.counts.table.model().index(-1, -1))
        self.retranslate()

    def show_stale(self, stale: bool) -> None:
        """Say whether the text has changed since."""
        if stale != self._stale:
            self._stale = stale
            self._say_summary()

    def retranslate(self) -> None:
        for card in (self.arms, self.counts, self.changed):
            card.retranslate()
        self.hint.setText(
            self._look.tr("Choose a treatment above to see only its cases. Enter opens a case; nothing was changed.")
        )
        run = self._run
        if run is None:
            return
        self._say_summary()
        self.arms.show_rows(run.arms)
        show_if(self.arms, bool(run.arms))
        self.counts.show_rows(run.counts)
        self._show_changed()

    def _say_summary(self) -> None:
        if self._run is None:
            return
        text = self._look.say(
            nmsg(
                "{n} of {cases} open cases would be treated otherwise.",
                "{n} of {cases} open cases would be treated otherwise.",
                len(self._run.changed),
                cases=self._run.cases,
            )
        )
        if self._stale:
            text += " " + self._look.tr("The text has changed since: try it again.")
        self.summary.setText(text)

    def _show_changed(self) -> None:
        if self._run is None:
            return
        place = self.counts.table.currentIndex().row()
        rows = list(self._run.changed)
        if 0 <= place < len(self._run.counts):
            chosen = self._run.counts[place].parts
            rows = [row for row in rows if chosen in (row.old.parts, row.new.parts)]
        self.changed.show_rows(rows[:MOST_SHOWN], max(0, len(rows) - MOST_SHOWN))

    def _whole(self, treatment: TreatmentView) -> str:
        return f"{spoken(self._look, treatment)}\n{reason(self._look, treatment)}"


def _difference(row: CountRow) -> str:
    return f"{row.after - row.before:+,}".replace("-", "−") if row.after != row.before else "—"
