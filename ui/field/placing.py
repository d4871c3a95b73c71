"""The line under the map: says where the current address is not known, and takes its place from the map or as typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.field.map import DayMap
from ui.field.work import FieldWork
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.field import EntryField
from workstation.desk.field_places import read_place
from workstation.desk.views import Reading
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.route import Place


class Placing(QWidget):
    """`ends` is called with `start` or `end` and the place chosen for it."""

    def __init__(self, look: Look, work: FieldWork, picture: DayMap, ends: Callable[[str, Place], None]) -> None:
        super().__init__()
        self.setObjectName("field_placing")
        self._look, self._work, self._map, self._ends = look, work, picture, ends
        self._case_id = self._end = ""
        self.told = label(role="caption", wrap=True)
        self.told.setObjectName("field_placing_told")
        self.typed = EntryField(look, _L("Coordinates"), _L("30.2741, 120.1551"), name="field_place")
        self.typed.changed.connect(self._read)
        self.typed.edit.returnPressed.connect(self._take_typed)
        self.on_map = button(role="chip", clicked=lambda: self.begin(self._case_id))
        self.on_map.setObjectName("field_on_map")
        row = across(self.typed, self.on_map, spacing=8)
        row.setStretch(0, 1)
        row.setAlignment(self.on_map, Qt.AlignmentFlag.AlignBottom)
        self.setLayout(down(self.told, row, spacing=2, margins=(12, 0, 12, 8)))
        picture.placed.connect(self._placed)
        picture.given_up.connect(self.give_up)
        self.retranslate()

    def retranslate(self) -> None:
        self.on_map.setText(with_key(self._look.tr("Place on the map"), "Ctrl M"))
        self.typed.retranslate()
        self._show()

    def show_case(self, case_id: str) -> None:
        if not self._map.placing and case_id != self._case_id:
            self._case_id = case_id
            self.typed.set_text("")
        self._show()

    def begin(self, case_id: str) -> None:
        """Look for the place of this case's address on the map."""
        address = self._work.address(case_id)
        if address is None:
            return
        self._case_id, self._end = case_id, ""
        self._map.look_for_place(address.place)
        self._show()

    def choose_end(self, which: str) -> None:
        """Look for the start or the end of the day."""
        self._end = which
        day = self._work.planned
        self._map.look_for_place(None if day is None else day.start if which == "start" else day.end)
        self._show()

    def give_up(self) -> None:
        self._map.stop_placing()
        self._end = ""
        self._show()

    def _placed(self, where: Place) -> None:
        end, self._end = self._end, ""
        address = self._work.address(self._case_id)
        if end:
            self._ends(end, where)
        elif address is not None:
            self._work.place(self._case_id, address.point, where, "map")
        self._show()

    def _read(self) -> Place | None:
        if not self.typed.text().strip():
            self.typed.show_reading(None)
            return None
        try:
            where = read_place(self.typed.text())
        except InputError as error:
            self.typed.show_reading(Reading("place", None, None, error.message))
            return None
        self.typed.show_reading(Reading("place", None, msg("Enter records it")))
        return where

    def _take_typed(self) -> None:
        where, address = self._read(), self._work.address(self._case_id)
        if where is not None and address is not None:
            self.typed.set_text("")
            self._work.place(self._case_id, address.point, where, "typed")

    def _show(self) -> None:
        look = self._look
        row, address = self._work.candidate(self._case_id), self._work.address(self._case_id)
        placing, asked = self._map.placing, address is not None
        if placing:
            self.told.setText(
                look.tr("Move the cross with the arrows (Shift: finely) or the pointer; Enter takes it, Esc gives up.")
            )
        elif row is not None and address is not None and address.place is None:
            self.told.setText(
                look.tr("{name}: nobody knows yet where {address} lies.", name=row.name, address=address.shown)
            )
        elif row is not None and address is not None:
            self.told.setText(f"{row.name} · {address.shown}")
        else:
            self.told.setText(
                look.tr(
                    "Arrows go from stop to stop, + and − change the scale, 0 shows all, Shift and arrows move the map."
                )
            )
        self.on_map.setVisible(asked and not placing)
        self.typed.setVisible(asked and not placing)
