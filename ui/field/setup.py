"""When, from where and with whom a day is gone: hours, start and end, speed, the team by role."""

from __future__ import annotations

import re

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label
from ui.widgets.field import EntryField
from workstation.desk.field_day import Colleague, with_visitor
from workstation.desk.field_draft import DayDraft, Spot
from workstation.desk.field_places import read_place, written
from workstation.desk.views import Reading
from workstation.domain.errors import InputError
from workstation.domain.field_day import VisitRole
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.vocabulary import VISIT_ROLES

PAUSE_MS = 500  # after a key, before the day is planned anew
_CLOCK = re.compile(r"\s*(\d{1,2})(?:\s*[:：.点时h]?\s*(\d{2})?)?\s*分?\s*")
MOST_MINUTES, MOST_SPEED = 600, 130


class Setup(QWidget):
    """`changed` carries nothing: read `filled(draft)`. `place_wanted` carries which end is to be chosen on the map."""

    changed = Signal()
    place_wanted = Signal(str)  # start | end

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("field_setup")
        self._look = look
        self._filling = False
        self._colleagues: tuple[Colleague, ...] = ()
        self.begins = EntryField(look, _L("Sets out"), name="field_begins")
        self.ends = EntryField(look, _L("Back by"), name="field_ends")
        self.minutes = EntryField(look, _L("Minutes a visit"), name="field_minutes")
        self.speed = EntryField(look, _L("Kilometres an hour"), name="field_speed")
        self.start = EntryField(look, _L("Start"), _L("The office"), name="field_start")
        self.end = EntryField(look, _L("End"), _L("As the start"), name="field_end")
        self.pick_start = button("", "chip", lambda: self.place_wanted.emit("start"))
        self.pick_start.setObjectName("field_pick_start")
        self.pick_end = button("", "chip", lambda: self.place_wanted.emit("end"))
        self.pick_end.setObjectName("field_pick_end")
        self.captions: dict[str, QWidget] = {}
        self.team: dict[str, QComboBox] = {}
        boxes = []
        for role in VISIT_ROLES:
            caption, combo = label(role="caption"), QComboBox()
            combo.setObjectName(f"field_team_{role}")
            combo.setEditable(True)
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            combo.setMinimumWidth(40)
            combo.lineEdit().setObjectName(f"field_team_{role}_name")  # type: ignore[union-attr]
            combo.lineEdit().setMaxLength(100)  # type: ignore[union-attr]  # it is editable
            combo.activated.connect(self._tell)
            combo.lineEdit().editingFinished.connect(self._tell)  # type: ignore[union-attr]
            caption.setBuddy(combo)
            self.captions[role], self.team[role] = caption, combo
            box = QWidget()
            box.setLayout(down(caption, combo, spacing=4))
            boxes.append(box)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._tell)
        self.fields = (self.begins, self.ends, self.minutes, self.speed, self.start, self.end)
        for field in self.fields:
            field.changed.connect(self._typed)
            field.edit.editingFinished.connect(self._at_once)
        pairs = ((self.begins, self.ends), (self.minutes, self.speed), (boxes[0], boxes[1]), (boxes[2], boxes[3]))
        rows = []
        for one, other in pairs:
            row = across(one, other)
            row.setStretch(0, 1)
            row.setStretch(1, 1)
            rows.append(row)
        for field, pick in ((self.start, self.pick_start), (self.end, self.pick_end)):
            row = across(field, pick, spacing=8)
            row.setStretch(0, 1)
            rows.append(row)
        self.setLayout(down(*rows, spacing=8))
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        for field in self.fields:
            field.retranslate()
        for role, caption in self.captions.items():
            word = self._look.label("visit_role", role)
            caption.setText(word)  # type: ignore[attr-defined]  # a label
            self.team[role].setAccessibleName(word)
        self.pick_start.setText(tr("On the map"))
        self.pick_end.setText(tr("On the map"))
        self.pick_start.setAccessibleName(tr("Choose the start on the map"))
        self.pick_end.setAccessibleName(tr("Choose the end on the map"))

    # ---- showing ----

    def show_draft(self, draft: DayDraft, colleagues: tuple[Colleague, ...]) -> None:
        """What is being typed stays as it is typed."""
        self._filling = True
        typed = next((field for field in self.fields if field.edit.hasFocus()), None)
        for field, text in (
            (self.begins, draft.begins),
            (self.ends, draft.ends),
            (self.minutes, str(draft.minutes)),
            (self.speed, f"{draft.speed:g}"),
            (self.start, "" if draft.start is None else written(draft.start.place)),
            (self.end, "" if draft.end is None else written(draft.end.place)),
        ):
            if field is not typed:
                field.set_text(text)
                field.show_reading(None)
        if colleagues != self._colleagues:
            self._colleagues = colleagues
            for role, combo in self.team.items():
                combo.clear()
                combo.addItem("", "")
                for one in _suited(colleagues, role):
                    combo.addItem(one.name, one.person)
        for role, combo in self.team.items():
            visitor = next((one for one in draft.team if one.role == role), None)
            if combo.hasFocus() or combo.lineEdit().hasFocus():  # type: ignore[union-attr]
                continue
            at = combo.findData(visitor.person) if visitor is not None and visitor.person else -1
            combo.setCurrentIndex(at if at >= 0 else 0)
            if at < 0:
                combo.setEditText("" if visitor is None else visitor.name)
        self._filling = False

    # ---- reading ----

    def filled(self, draft: DayDraft) -> DayDraft:
        """The draft with what stands in the fields; what cannot be read leaves it as it was and says so."""
        values: dict[str, object] = {}
        for name, field in (("begins", self.begins), ("ends", self.ends)):
            self._take(values, name, field, lambda text: (read_clock(text), msg("{time}", time=read_clock(text))))
        self._take(values, "minutes", self.minutes, _minutes)
        self._take(values, "speed", self.speed, _speed)
        for name, field in (("start", self.start), ("end", self.end)):
            if field.text().strip():
                self._take(values, name, field, _spot)
            else:
                field.show_reading(None)
                values[name] = None
        before = str(values.get("begins", draft.begins))
        if str(values.get("ends", draft.ends)) <= before:
            values.pop("ends", None)
            values.pop("begins", None)
            problem = msg("The day has to end after it begins.")
            self.ends.show_reading(Reading("ends", None, None, problem))
        team = draft.team
        for role, combo in self.team.items():
            name = combo.currentText()
            at = combo.findText(name)
            team = with_visitor(team, _role(role), name, str(combo.itemData(at) or "") if at > 0 else "")
        return msgspec.structs.replace(draft, team=team, **values)

    def _take(self, values: dict[str, object], name: str, field: EntryField, read: object) -> None:
        try:
            value, shown = read(field.text())  # type: ignore[operator]
        except InputError as error:
            field.show_reading(Reading(name, None, None, error.message))
            return
        values[name] = value
        field.show_reading(Reading(name, None, shown) if field.edit.hasFocus() else None)

    def _typed(self) -> None:
        if not self._filling:
            self._later.start()

    def _at_once(self) -> None:
        if self._later.isActive():
            self._later.stop()
            self._tell()

    def flush(self) -> None:
        """What was typed a moment ago counts now: the page is left."""
        self._at_once()

    def _tell(self) -> None:
        if not self._filling:
            self.changed.emit()


def read_clock(text: str) -> str:
    """`9`, `9:30`, `0930`, `9点`: as `HH:MM`."""
    typed = text.strip()
    if re.fullmatch(r"\d{4}", typed):
        typed = f"{typed[:2]}:{typed[2:]}"
    found = _CLOCK.fullmatch(typed)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise InputError(msg("Type a time such as 9, 9:30 or 18:00."), field="time")
    return f"{int(found[1]):02}:{int(found[2] or 0):02}"


def _whole(text: str, most: int) -> int:
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 4 and 1 <= int(typed) <= most):
        raise InputError(msg("Type a whole number from 1 to {most}.", most=most))
    return int(typed)


def _minutes(text: str) -> tuple[int, Message]:
    found = _whole(text, MOST_MINUTES)
    return found, nmsg("{n} minute", "{n} minutes", found)


def _speed(text: str) -> tuple[float, Message]:
    found = _whole(text, MOST_SPEED)
    return float(found), msg("{n} km/h", n=found)


def _spot(text: str) -> tuple[Spot, Message]:
    place = read_place(text)
    return Spot(place.latitude, place.longitude), msg("{place}", place=written(place))


def _role(text: str) -> VisitRole:
    roles: dict[str, VisitRole] = {"visitor": "visitor", "companion": "companion", "legal": "legal", "lead": "lead"}
    return roles[text]


def _suited(colleagues: tuple[Colleague, ...], role: str) -> tuple[Colleague, ...]:
    """Leads alone for the lead's place; everybody else for the others."""
    return tuple(one for one in colleagues if role != "lead" or one.role == "lead")
