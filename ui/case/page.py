"""One case in the middle: header over history."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.case.timeline import Timeline
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, down, label, panel, set_property
from workstation.desk.views import CaseView


class CasePage(QWidget):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.case: CaseView | None = None
        self.timeline = Timeline(look, desk.today())
        self.next = label(role="muted")
        foot = panel(edge="top")
        self.next.setObjectName("next_action")
        foot.setLayout(down(self.next, margins=(24, 8, 24, 8)))
        self.late = label(role="strong", wrap=True)
        self.seen = button(role="link", clicked=self._seen)
        self.notice = panel(edge="bottom")
        self.notice.setObjectName("late_notice")
        row = across(self.late, self.seen, spacing=16, margins=(24, 8, 24, 8))
        row.setStretch(0, 1)
        self.notice.setLayout(row)
        body = panel("sunken")
        body.setLayout(down(self.notice, self.timeline, foot, spacing=0))
        self.setLayout(down(body, spacing=0))
        look.changed.connect(self._repaint)

    def show_case(self, case: CaseView) -> None:
        self.case = case
        self.timeline.delegate.today = self._desk.today()
        self.timeline.show_entries(case.timeline, len(case.accounts))
        self.next.setText(
            self._look.say(case.next_action)
            if case.next_action
            else self._look.tr("No next action yet: the next entry will set one.")
        )
        set_property(self.next, "role", "muted")
        self.notice.setVisible(case.flagged is not None)
        if case.flagged is not None:
            self.late.setText("⚑ " + self._look.say(case.flagged))
            self.seen.setText(self._look.tr("Seen"))
            self.seen.setToolTip(self._look.tr("Take the marks off these records"))

    def _seen(self) -> None:
        if self.case is not None:
            self._desk.announce(self._desk.casefile.seen(self.case.case_id))

    def _repaint(self) -> None:
        self.timeline.retranslate()
        if self.case is not None:
            self.show_case(self.case)
