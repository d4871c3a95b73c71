"""What is done with a planned day: its dossier and the look before leaving, each in the day's place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLayout, QStackedWidget, QWidget

from ui.desk_port import Desk
from ui.field.dossier import DossierPane
from ui.field.leaving import LeavingPane
from ui.look import Look
from ui.widgets.basic import button, with_key
from workstation.domain.field_day import PlannedDay

DOSSIER_KEY, LEAVING_KEY = "Ctrl+P", "Ctrl+Shift+G"


class Panes(QStackedWidget):
    """The day first; `tools` takes the two buttons. `place` begins placing a case's address, `settings` opens them."""

    def __init__(
        self,
        look: Look,
        desk: Desk,
        day: QWidget,
        tools: QLayout,
        planned: Callable[[], PlannedDay | None],
        first: Callable[[], date],
        place: Callable[[str], None],
        open_case: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._look, self._desk, self._place, self._open_case, self._tell = look, desk, place, open_case, tell
        self.dossier = DossierPane(look, desk, planned, tell)
        self.leaving = LeavingPane(look, desk, first, tell)
        self._day = day
        for each in (day, self.dossier, self.leaving):
            self.addWidget(each)
        self.to_dossier = button(clicked=self.show_dossier)
        self.to_dossier.setObjectName("field_to_dossier")
        self.to_leaving = button(clicked=self.show_leaving)
        self.to_leaving.setObjectName("field_to_leaving")
        for each in (self.to_dossier, self.to_leaving):
            tools.addWidget(each)
        for pane in (self.dossier, self.leaving):
            pane.left.connect(self.show_day)
        self.leaving.helped.connect(self._help)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(DOSSIER_KEY), self, self.show_dossier, context=inside)
        QShortcut(QKeySequence(LEAVING_KEY), self, self.show_leaving, context=inside)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.to_dossier.setText(with_key(tr("Dossier …"), "Ctrl P"))
        self.to_leaving.setText(with_key(tr("Before leaving …"), "Ctrl Shift G"))

    def show_day(self) -> None:
        self._to(self._day)

    def show_dossier(self) -> None:
        self._to(self.dossier)

    def show_leaving(self) -> None:
        self._to(self.leaving)

    def step_back(self) -> bool:
        """From a pane to the day; False when the day is shown."""
        if self.currentWidget() is self._day:
            return False
        self.show_day()
        return True

    def _to(self, pane: QWidget) -> None:
        self.setCurrentWidget(pane)
        pane.setFocus()

    def _help(self, action: str, case_id: str) -> None:
        """What helps with one finding of the look before leaving."""
        if action == "sync":
            self._desk.sync.sync_now()
            self._tell(self._look.tr("Synchronising; the list follows when it is done."))
        elif action == "case":
            self._open_case(case_id)
        elif action == "dossier":
            self.show_dossier()
        elif action == "pin":
            self._tell(self._look.tr("Settings, Security: choose a PIN there."))
        else:
            self.show_day()
            if action == "place":
                self._place(case_id)
