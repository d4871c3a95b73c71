"""One case in the middle: header over history."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.case.timeline import Timeline
from ui.desk_port import Desk
from ui.look import Look
from ui.strategy.words import reason, spoken
from ui.widgets.basic import across, as_written, button, down, label, panel, set_property
from workstation.desk.history_views import Fact
from workstation.desk.views import CaseView, TreatmentView
from workstation.domain.errors import WorkstationError


class CasePage(QWidget):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.case: CaseView | None = None
        self.timeline = Timeline(look, desk.today(), self._facts)
        self.next = label(role="muted")
        foot = panel(edge="top")
        self.next.setObjectName("next_action")
        self.treatment = label(role="muted", wrap=True)
        self.treatment.setObjectName("treatment")
        foot.setLayout(down(self.next, self.treatment, spacing=4, margins=(24, 8, 24, 8)))
        self.late = label(role="strong", wrap=True)
        self.seen = button(role="link", clicked=self._seen)
        self.notice = panel(edge="bottom")
        self.notice.setObjectName("late_notice")
        row = across(self.late, self.seen, spacing=16, margins=(24, 8, 24, 8))
        row.setStretch(0, 1)
        self.notice.setLayout(row)
        self.since = label(role="small", wrap=True)
        self.since.setObjectName("since_last_look")
        self.since.setContentsMargins(24, 8, 24, 0)
        body = panel("sunken")
        body.setLayout(down(self.notice, self.since, self.timeline, foot, spacing=0))
        self.setLayout(down(body, spacing=0))
        look.changed.connect(self._repaint)

    def show_case(self, case: CaseView) -> None:
        self.case = case
        self.timeline.painter.today = self._desk.today()
        self.timeline.show_entries(case.case_id, case.timeline, len(case.accounts))
        self.next.setText(self._look.say(case.next_action))
        set_property(self.next, "role", "muted")
        self._show_treatment(case.treatment)
        self.since.setText(" · ".join(self._look.say(part) for part in case.since))
        self.since.setVisible(bool(case.since))
        self.notice.setVisible(case.flagged is not None)
        if case.flagged is not None:
            self.late.setText("⚑ " + self._look.say(case.flagged))
            self.seen.setText(self._look.tr("Seen"))
            self.seen.setToolTip(self._look.tr("Take the marks off these records"))

    def _show_treatment(self, treatment: TreatmentView) -> None:
        """What the strategy says; which of its conditions held is the tooltip."""
        look = self._look
        text = look.tr("Treatment: {what}. {why}", what=spoken(look, treatment), why=reason(look, treatment))
        told = [look.tr("Rule {rule}", rule=treatment.rule), *map(look.say, treatment.held)]
        if treatment.fault is not None:
            text += " ⚑ " + look.tr("The house's own strategy has a fault; this is the shipped one's.")
            told.append(look.say(treatment.fault))
        self.treatment.setText(text)
        self.treatment.setToolTip(as_written("\n".join(told)))
        self.treatment.setAccessibleDescription("\n".join(told))  # what a tooltip says to a hand, to an ear

    def _facts(self, entry_id: str) -> tuple[Fact, ...]:
        try:
            return () if self.case is None else self._desk.casefile.facts(self.case.case_id, entry_id)
        except WorkstationError:
            return ()  # the case left the desk a moment ago; the window is about to say so

    def _seen(self) -> None:
        if self.case is not None:
            self._desk.announce(self._desk.casefile.seen(self.case.case_id))

    def _repaint(self) -> None:
        self.timeline.retranslate()
        if self.case is not None:
            self.show_case(self.case)
