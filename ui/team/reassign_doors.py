"""How one comes from the team's table to sharing out: three buttons, each with its key in the table and in the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.team.page import TeamPage
from ui.team.reassign import Reassign
from ui.widgets.basic import button, with_key

SIDE = "reassign"
DOORS = (("chosen", _L("Reassign"), "R"), ("leave", _L("Leave"), "L"), ("even", _L("Make even"), "B"))


class ReassignDoors(QObject):
    """Mounts the right side `reassign` on the page, for whoever may move cases."""

    def __init__(
        self, page: TeamPage, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]
    ) -> None:
        super().__init__(page)
        self._page, self._look = page, look
        self.work = Reassign(look, desk, open_case, tell)
        page.mount(SIDE, self.work)
        acts = {"chosen": self.of_chosen, "leave": self.leave, "even": self.even}
        self._buttons: dict[str, QPushButton] = {}
        for name, _text, key in DOORS:
            made = button(clicked=acts[name])
            made.setObjectName(f"team_{name}")
            page.tools.addWidget(made)
            self._buttons[name] = made
            for table in (page.table, page.cases.table):
                shortcut = QShortcut(QKeySequence(key), table)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(acts[name])
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        for name, text, key in DOORS:
            self._buttons[name].setText(with_key(self._look.tr(text), key))

    def of_chosen(self) -> None:
        """The cases chosen one by one, else all of the people chosen."""
        self.of_cases(self._page.chosen_cases())

    def of_cases(self, case_ids: Sequence[str]) -> None:
        self._page.show_side(SIDE)
        self.work.choose_cases(case_ids)

    def leave(self) -> None:
        """All cases of the first person chosen."""
        chosen = self._page.chosen()
        self._page.show_side(SIDE)
        self.work.choose_person(chosen[0] if chosen else "")

    def even(self) -> None:
        self._page.show_side(SIDE)
        self.work.rebalance()
