"""A new contact point: what it is, whose, and where it lawfully comes from."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, set_property, show_if
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.points import NewPoint, PointKind
from workstation.desk.views import Reading
from workstation.domain.errors import WorkstationError

KINDS = ("phone", "email", "address")
TYPING_MS = 600  # a number half typed is not wrong yet


class NewPointForm(QFrame):
    """One button until it is asked for. `added` carries nothing: the case has one more contact point."""

    added = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case_id = ""
        self.open = button("", "link")
        self.open.setObjectName("new_point")
        self.open.clicked.connect(lambda: self._unfold(True))
        self.kind = ChoiceField(look, _L("Kind"), "point_kind", KINDS, name="new_point_kind")
        self.value = EntryField(look, _L("Number or address"), name="new_point_value")
        self.source = ChoiceField(look, _L("Where it comes from"), "point_source", (), name="new_point_source")
        self.whose_caption = label(role="caption")
        self.whose = QComboBox()
        self.whose.setObjectName("new_point_whose")
        self.whose_caption.setBuddy(self.whose)
        self.problem = label(role="error", wrap=True)
        self.cancel = button("", "")
        self.cancel.clicked.connect(lambda: self._unfold(False))
        self.record = button("", "primary")
        self.record.setObjectName("new_point_save")
        self.record.clicked.connect(self.save)
        self.value.edit.returnPressed.connect(self.save)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_MS)
        self._pause.timeout.connect(self._say_what_is_wrong)
        self.value.changed.connect(self._read)
        self.kind.changed.connect(self._read)
        self.fields = QWidget()
        whose = QWidget()
        whose.setLayout(down(self.whose_caption, self.whose, spacing=4))
        first = across(self.kind, whose, spacing=10)
        first.setStretch(0, 1)
        first.setStretch(1, 1)
        buttons = across(None, self.cancel, self.record, spacing=8)
        self.fields.setLayout(down(first, self.value, self.problem, self.source, buttons, spacing=8))
        self.setLayout(down(across(self.open, None), self.fields, spacing=6))
        look.changed.connect(self.retranslate)
        self.retranslate()
        self._unfold(False)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.open.setText(tr("Add a contact point"))
        self.cancel.setText(tr("Cancel"))
        self.record.setText(tr("Add"))
        self.whose_caption.setText(tr("Whose"))
        self.whose.setAccessibleName(tr("Whose"))
        for field in (self.kind, self.value, self.source):
            field.retranslate()
        describe(self._look, self)
        if self.whose.count():
            self.whose.setItemText(0, tr("Debtor"))

    def show_case(self, case_id: str) -> None:
        """What was typed for another case is not taken along."""
        if case_id != self._case_id:
            self._case_id = case_id
            self._unfold(False)

    def _unfold(self, shown: bool) -> None:
        self.open.setVisible(not shown)
        self.fields.setVisible(shown)
        self.problem.hide()
        if not shown:
            self.value.set_text("")
            self._pause.stop()
            return
        self.kind.set_text("phone")
        self.source.offer(self._desk.points.sources(self._case_id))
        self.whose.clear()
        self.whose.addItem(self._look.tr("Debtor"), "")
        for person, name, relation in self._desk.points.persons(self._case_id):
            self.whose.addItem(f"{name} · {self._look.translator.label(relation)}", person)
        self.value.edit.setFocus()

    @property
    def _kind(self) -> PointKind:
        return cast(PointKind, self.kind.text() or "phone")

    def _reading(self) -> Reading | None:
        return self._desk.points.read(self._kind, self.value.text())

    def _read(self) -> None:
        """What was understood at once; what is wrong only when the typing stops."""
        reading = self._reading()
        understood = reading is not None and reading.error is None
        self.value.show_reading(reading if understood else None)
        set_property(self.value.edit, "wrong", "false")
        self.problem.hide()
        self._pause.start()

    def _say_what_is_wrong(self) -> None:
        reading = self._reading()
        error = None if reading is None else reading.error
        set_property(self.value.edit, "wrong", "true" if error is not None else "false")
        self.problem.setText(self._look.say(error))
        show_if(self.problem, error is not None)

    def save(self) -> None:
        self._pause.stop()
        typed = NewPoint(
            kind=self._kind,
            value=self.value.text(),
            source=self.source.text(),
            person=self.whose.currentData() or "",
        )
        try:
            changes = self._desk.points.add(self._case_id, typed)
        except WorkstationError as error:
            self.problem.setText(self._look.say(error.message))
            self.problem.show()
            wrong = {"source": self.source.combo, "person": self.whose}.get(error.field or "", self.value.edit)
            wrong.setFocus()
            return
        self._unfold(False)
        self._desk.announce(changes)
        self.added.emit()
