"""What is agreed about one stop: between when, and how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from ui.field.setup import MOST_MINUTES, PAUSE_MS, read_clock
from ui.field.work import FieldWork
from ui.look import _L, Look
from ui.widgets.basic import across, down, label
from ui.widgets.field import EntryField
from workstation.desk.field_draft import StopDraft, changed
from workstation.desk.views import Reading
from workstation.domain.errors import InputError
from workstation.domain.message import msg

STACKED_FROM = 150  # percent of text size: from there on one under the other


class StopFields(QWidget):
    def __init__(self, look: Look, work: FieldWork) -> None:
        super().__init__()
        self.setObjectName("field_stop")
        self._look, self._work = look, work
        self._case_id = ""
        self._filling = False
        self.opens = EntryField(look, _L("Not earlier than"), name="field_opens")
        self.closes = EntryField(look, _L("Not later than"), name="field_closes")
        self.minutes = EntryField(look, _L("Minutes here"), name="field_stop_minutes")
        self.fields = {"opens": self.opens, "closes": self.closes, "minutes": self.minutes}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._take)
        for field in self.fields.values():
            field.changed.connect(self._typed)
            field.edit.editingFinished.connect(self.flush)
        self.address_caption, self.address = label(role="caption"), QComboBox()
        self.address.setObjectName("field_address")
        self.address.setMinimumWidth(40)
        self.address_caption.setBuddy(self.address)
        self.address.currentIndexChanged.connect(self._take_address)
        self.which = QWidget()
        self.which.setLayout(down(self.address_caption, self.address, spacing=4))
        self._row = across(*self.fields.values(), spacing=8)
        for place in range(3):
            self._row.setStretch(place, 1)
        self.setLayout(down(self.which, self._row, spacing=8))
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        beside = self._look.scale < STACKED_FROM
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        for field in self.fields.values():
            field.retranslate()
        self.address_caption.setText(self._look.tr("Address"))
        self.address.setAccessibleName(self._look.tr("Address"))

    def show_stop(self, case_id: str) -> None:
        """Empty hides it. What is being typed for the same stop stays."""
        stop = next((known for known in self._work.draft.stops if known.case_id == case_id), None)
        self.setVisible(stop is not None)
        if stop is None:
            self._case_id = ""
            return
        same = case_id == self._case_id
        if not same:
            self.flush()
        self._case_id = case_id
        self._filling = True
        for name, text in _texts(stop).items():
            if not (same and self.fields[name].edit.hasFocus()):
                self.fields[name].set_text(text)
                self.fields[name].show_reading(None)
        self._show_addresses(stop)
        self._filling = False

    def _show_addresses(self, stop: StopDraft) -> None:
        """Nothing to choose while there is only one."""
        row = self._work.candidate(stop.case_id)
        known = () if row is None else row.addresses
        self.which.setVisible(len(known) > 1)
        self.address.clear()
        for one in known:
            whose = f" · {self._look.label('relation', one.whose)}" if one.whose else ""
            self.address.addItem(f"{one.shown}{whose}", one.point)
        self.address.setCurrentIndex(max(0, self.address.findData(stop.point)) if known else -1)

    def _take_address(self, _place: int) -> None:
        if not self._filling and self._case_id:
            point = str(self.address.currentData() or "")
            self._work.change(changed(self._work.draft, self._case_id, point=point))

    def flush(self) -> None:
        """What was typed a moment ago counts now."""
        if self._later.isActive():
            self._later.stop()
            self._take()

    def _typed(self) -> None:
        if not self._filling:
            self._later.start()

    def _take(self) -> None:
        if not self._case_id:
            return
        values: dict[str, object] = {}
        for name, field in self.fields.items():
            typed = field.text().strip()
            try:
                values[name] = _read(name, typed)
            except InputError as error:
                field.show_reading(Reading(name, None, None, error.message))
                continue
            field.show_reading(None)
        if values.get("opens") and values.get("closes") and str(values["opens"]) > str(values["closes"]):
            problem = msg("The hours have to end after they begin.")
            self.closes.show_reading(Reading("closes", None, None, problem))
            values.pop("closes")
        self._work.change(changed(self._work.draft, self._case_id, **values))


def _texts(stop: StopDraft) -> dict[str, str]:
    return {"opens": stop.opens, "closes": stop.closes, "minutes": str(stop.minutes or "")}


def _read(name: str, typed: str) -> object:
    if name != "minutes":
        return read_clock(typed) if typed else ""
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3 and 1 <= int(typed) <= MOST_MINUTES):
        raise InputError(msg("Type a whole number from 1 to {most}.", most=MOST_MINUTES))
    return int(typed)
