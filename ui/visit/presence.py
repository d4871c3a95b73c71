"""When one was there, and who went along: times typed or taken now, colleagues by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, grow, label, with_key
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.field_day import Colleague
from workstation.desk.visit_views import VisitCheck, VisitForm, VisitorRow

ROLES = ("second", "legal", "lead", "collector")
ROWS = 2  # beside whoever writes
ARRIVE_KEY, LEAVE_KEY = "Alt+A", "Alt+L"


class _Companion(QWidget):
    """One who went along: a colleague chosen, or anybody's name typed."""

    changed = Signal()

    def __init__(self, look: Look, place: int) -> None:
        super().__init__()
        self._look, self._place = look, place
        self.caption = label(role="caption")
        self.name = QComboBox()
        self.name.setObjectName("visit_colleague" if place == 0 else f"visit_colleague_{place + 1}")
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.name.setMinimumWidth(60)
        line = self.name.lineEdit()
        if line is not None:
            line.setObjectName(self.name.objectName())
            line.setMaxLength(100)
        self.caption.setBuddy(self.name)
        self.role = ChoiceField(look, _L("As"), "visitor_role", ROLES, name="visit_role")
        self.name.currentTextChanged.connect(self._tell)
        self.role.changed.connect(self._tell)
        who = QWidget()
        who.setLayout(down(self.caption, self.name, spacing=4))
        grow(who)
        row = across(who, self.role, spacing=10)
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        self.setLayout(row)

    def _tell(self) -> None:
        self.changed.emit()

    def retranslate(self) -> None:
        text = self._look.tr("Second person") if self._place == 0 else self._look.tr("Third person along")
        self.caption.setText(text)
        self.name.setAccessibleName(text)
        line = self.name.lineEdit()
        if line is not None:
            line.setAccessibleName(text)
        self.role.retranslate()

    def offer(self, colleagues: Sequence[Colleague]) -> None:
        kept = self.name.currentText()
        self.name.clear()
        for one in colleagues:
            self.name.addItem(one.name, one.person)
        self.name.setCurrentIndex(-1)
        self.name.setEditText(kept)

    def show_row(self, row: VisitorRow) -> None:
        self.name.setEditText(row.name)
        self.role.set_text(row.role)

    def row(self) -> VisitorRow:
        name = self.name.currentText().strip()
        at = self.name.findText(name)
        person = self.name.itemData(at) if at >= 0 else ""
        return VisitorRow(name, person or "", self.role.text() or "second")


class Presence(QWidget):
    """`changed` carries nothing. `arrive_wanted` and `leave_wanted`: take this minute."""

    changed = Signal()
    arrive_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.offered = False  # colleagues are known
        self.arrived = EntryField(look, _L("Arrived"), _L("14:05, yesterday 14:05"), name="visit_arrived")
        self.left = EntryField(look, _L("Left"), _L("14:30"), name="visit_left")
        self.here = button(clicked=self.arrive_wanted.emit)
        self.here.setObjectName("visit_here")
        self.gone = button(clicked=self.leave_wanted.emit)
        self.gone.setObjectName("visit_gone")
        self.companions = [_Companion(look, place) for place in range(ROWS)]
        for field in (self.arrived, self.left):
            field.changed.connect(self._tell)
        for companion in self.companions:
            companion.changed.connect(self._tell)
        times = across(down(self.arrived, self.here, spacing=4), down(self.left, self.gone, spacing=4), spacing=10)
        times.setStretch(0, 1)
        times.setStretch(1, 1)
        self.setLayout(down(times, *self.companions, spacing=8))

    def retranslate(self) -> None:
        self.here.setText(with_key(self._look.tr("Here now"), ARRIVE_KEY.replace("+", " ")))
        self.gone.setText(with_key(self._look.tr("Leaving now"), LEAVE_KEY.replace("+", " ")))
        for field in (self.arrived, self.left):
            field.retranslate()
        for companion in self.companions:
            companion.retranslate()

    def offer(self, colleagues: Sequence[Colleague]) -> None:
        self.offered = True
        for companion in self.companions:
            companion.offer(colleagues)

    def show_form(self, form: VisitForm) -> None:
        self.arrived.set_text(form.arrived)
        self.left.set_text(form.left)
        for place, companion in enumerate(self.companions):
            companion.show_row(form.team[place] if place < len(form.team) else VisitorRow())
        self._show_rows()

    def fill(self, form: VisitForm) -> None:
        form.arrived, form.left = self.arrived.text(), self.left.text()
        rows = [companion.row() for companion in self.companions]
        form.team = [row for row in rows if row.name]
        self._show_rows()

    def show_check(self, check: VisitCheck) -> None:
        self.arrived.show_reading(check.readings.get("arrived"))
        self.left.show_reading(check.readings.get("left"))

    def _show_rows(self) -> None:
        """A third is asked for once there is a second."""
        self.companions[1].setVisible(bool(self.companions[0].row().name or self.companions[1].row().name))

    def _tell(self) -> None:
        self.changed.emit()
