"""The number that is called: the case's telephones, whose each is, and whether it still works."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from ui.look import Look
from workstation.desk.views import CaseView, PointRow


class NumberChoice(QComboBox):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("call_point")
        self.setMinimumWidth(100)

    def show_case(self, case: CaseView, chosen: str) -> str:
        """Its telephones with the one of that id chosen, else the first that works; returns the id of that one."""
        phones = [point for point in case.points if point.kind == "phone"]
        self.clear()
        for point in phones:
            self.addItem(self._words(point), point.id)
        known = [point.id for point in phones]
        if chosen not in known:
            chosen = next((point.id for point in phones if point.state == "alive"), "")
        self.setCurrentIndex(known.index(chosen) if chosen in known else -1)
        return chosen

    def _words(self, point: PointRow) -> str:
        look = self._look
        owner = look.say(point.owner)
        who = owner if point.relation is None else f"{owner} ({look.translator.label(point.relation)})"
        state = "" if point.state == "alive" else f" · {look.label('point_state', point.state)}"
        return f"{point.masked} · {who}{state}"
