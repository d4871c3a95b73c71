"""What holds on the case: each circumstance with its evidence, a form to record one, and a word to end one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QVBoxLayout, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, clear, down, label
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.circumstances import OFFERED, NewCircumstance
from workstation.desk.views import CaseView, CircumstanceRow
from workstation.domain.errors import WorkstationError
from workstation.domain.gate_values import CHANNELS
from workstation.domain.vocabulary import CIRCUMSTANCES


class CircumstancesBox(QFrame):
    """The list, and one button until something is to be recorded. `recorded` carries nothing."""

    recorded = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._ending: CircumstanceRow | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.open = button("", "link")
        self.open.setObjectName("new_circumstance")
        self.open.clicked.connect(lambda: self._unfold(True))
        self.about = label(role="strong", wrap=True)
        self.what = ChoiceField(look, _L("What holds"), "circumstance", CIRCUMSTANCES, name="circumstance_what")
        self.what.changed.connect(self._ask)
        self.since = EntryField(look, _L("Since"), name="circumstance_since")
        self.until = EntryField(look, _L("Until"), name="circumstance_until")
        self.channel = ChoiceField(
            look, _L("Means of contact"), "channel", sorted(CHANNELS), name="circumstance_channel"
        )
        self.calls = EntryField(look, _L("Further calls a day"), name="circumstance_calls")
        self.point_caption = label(role="caption")
        self.point = QComboBox()
        self.point.setObjectName("circumstance_point")
        self.point.setMinimumWidth(40)
        self.point_caption.setBuddy(self.point)
        self.place = QWidget()
        self.place.setLayout(down(self.point_caption, self.point, spacing=4))
        self.evidence = EntryField(look, _L("Evidence"), name="circumstance_evidence")
        self._asked: dict[str, QWidget] = {
            "since": self.since,
            "until": self.until,
            "channel": self.channel,
            "calls": self.calls,
            "point": self.place,
        }
        self.problem = label(role="error", wrap=True)
        self.cancel = button("", "")
        self.cancel.clicked.connect(lambda: self._unfold(False))
        self.record = button("", "primary")
        self.record.setObjectName("circumstance_save")
        self.record.clicked.connect(self.save)
        for field in (self.since, self.until, self.calls, self.evidence):
            field.edit.returnPressed.connect(self.save)
        self.fields = QWidget()
        days = across(self.since, self.until, spacing=10)
        days.setStretch(0, 1)
        days.setStretch(1, 1)
        self.fields.setLayout(
            down(
                self.about,
                self.what,
                days,
                self.channel,
                self.place,
                self.calls,
                self.evidence,
                self.problem,
                across(None, self.cancel, self.record, spacing=8),
                spacing=8,
            )
        )
        self.setLayout(down(self._list, across(self.open, None), self.fields, spacing=6))
        look.changed.connect(self.retranslate)
        self.retranslate()
        self._unfold(False)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.open.setText(tr("Record a circumstance"))
        self.cancel.setText(tr("Cancel"))
        self.record.setText(tr("Record"))
        self.point_caption.setText(tr("Contact point"))
        self.point.setAccessibleName(tr("Contact point"))
        for field in (self.what, self.since, self.until, self.channel, self.calls, self.evidence):
            field.retranslate()
        describe(self._look, self)

    def show_case(self, case: CaseView) -> None:
        """What was typed for another case is not taken along."""
        other = self._case is None or case.case_id != self._case.case_id
        self._case = case
        clear(self._list)
        for row in case.circumstances:
            self._list.addWidget(self._card(row))
        if other:
            self._unfold(False)

    def _card(self, row: CircumstanceRow) -> QFrame:
        card = QFrame()
        card.setProperty("role", "box")
        end = button(self._look.tr("Ended"), "link")
        end.setObjectName("circumstance_end")
        end.setAccessibleName(self._look.tr("This no longer holds"))
        end.clicked.connect(lambda: self._unfold(True, row))
        detail = " · ".join(self._look.say(part) for part in row.detail)
        card.setLayout(
            down(
                across(label(self._look.translator.label(row.what), "strong", wrap=True), None, end),
                label(detail, "caption", wrap=True),
                label(row.evidence, "caption", wrap=True),
                spacing=4,
                margins=(12, 10, 12, 10),
            )
        )
        return card

    def _unfold(self, shown: bool, ending: CircumstanceRow | None = None) -> None:
        self._ending = ending
        self.open.setVisible(not shown)
        self.fields.setVisible(shown)
        self.problem.hide()
        for field in (self.since, self.until, self.calls, self.evidence):
            field.set_text("")
        if not shown or self._case is None:
            return
        self.about.setVisible(ending is not None)
        self.what.setVisible(ending is None)
        if ending is not None:
            what = self._look.translator.label(ending.what)
            self.about.setText(self._look.tr("No longer: {what}", what=what))
        self.what.combo.setCurrentIndex(0)
        self.channel.combo.setCurrentIndex(0)
        self.point.clear()
        for point in self._case.points:
            self.point.addItem(point.masked, point.id)
        self._ask()
        (self.evidence.edit if ending is not None else self.what.combo).setFocus()

    def _ask(self) -> None:
        """Only what this circumstance needs."""
        asked = () if self._ending is not None else OFFERED.get(self.what.text(), ())
        for name, widget in self._asked.items():
            widget.setVisible(name in asked)

    def save(self) -> None:
        if self._case is None:
            return
        try:
            if self._ending is not None:
                changes = self._desk.circumstances.end(self._case.case_id, self._ending.id, self.evidence.text())
            else:
                changes = self._desk.circumstances.add(self._case.case_id, self._typed())
        except WorkstationError as error:
            self.problem.setText(self._look.say(error.message))
            self.problem.show()
            wrong: dict[str, QWidget] = {
                "what": self.what.combo,
                "since": self.since.edit,
                "until": self.until.edit,
                "channel": self.channel.combo,
                "calls": self.calls.edit,
                "point": self.point,
            }
            wrong.get(error.field or "", self.evidence.edit).setFocus()
            return
        self._unfold(False)
        self._desk.announce(changes)
        self.recorded.emit()

    def _typed(self) -> NewCircumstance:
        return NewCircumstance(
            what=self.what.text(),
            since=self.since.text(),
            until=self.until.text(),
            channel=self.channel.text(),
            point=self.point.currentData() or "",
            calls=self.calls.text(),
            evidence=self.evidence.text(),
        )
