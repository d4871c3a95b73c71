"""What was seen: whether the address is right, what is there, and where it is, with how exact that is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.look import _L, Look
from ui.visit.position import DevicePosition, offered
from ui.widgets.basic import across, button, down, label, show_if
from ui.widgets.field import ChoiceField, EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.visit_views import PhotoRow, VisitCheck, VisitForm

STATES = ("lives_here", "works_here", "moved_away", "unoccupied", "not_found")


class Surroundings(QWidget):
    """`changed` carries nothing."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._source, self._at = "typed", ""
        self._placed: PhotoRow | None = None  # the last photo that says where it was taken
        self._filling = False
        self.state = ChoiceField(look, _L("The address"), "address_is", STATES, name="visit_address_is")
        self.note = EntryField(look, _L("Seen of the address"), name="visit_address_note")
        self.assets = EntryField(look, _L("Assets seen"), name="visit_assets")
        self.position = EntryField(look, _L("Position"), _L("31.2304, 121.4737"), name="visit_position")
        self.accuracy = EntryField(look, _L("Exact to metres"), _L("20"), name="visit_accuracy")
        self.from_device = button(role="link", clicked=self._ask_device)
        self.from_device.setObjectName("visit_position_device")
        self.from_photo = button(role="link", clicked=self._take_photo)
        self.from_photo.setObjectName("visit_position_photo")
        self.told = label(role="caption", wrap=True)
        for field in (self.state, self.note, self.assets, self.accuracy):
            field.changed.connect(self.changed.emit)
        self.position.changed.connect(self._typed)
        self._device = DevicePosition(self._fixed, self._no_fix, self)
        self.device = offered()
        links = FlowLayout(spacing=8)
        for link in (self.from_device, self.from_photo):
            links.addWidget(link)
        above, below = across(self.state, self.note, spacing=10), across(self.position, self.accuracy, spacing=10)
        for row, shares in ((above, (1, 1)), (below, (2, 1))):
            for place, share in enumerate(shares):
                row.setStretch(place, share)
        self.setLayout(down(above, self.assets, below, links, self.told, spacing=8))
        show_if(self.told, False)

    def retranslate(self) -> None:
        for field in (self.state, self.note, self.assets, self.position, self.accuracy):
            field.retranslate()
        self.from_device.setText(self._look.tr("From the device"))
        self.from_photo.setText(self._look.tr("From the last photo"))
        self._show_links()

    def show_form(self, form: VisitForm) -> None:
        self._filling = True
        self.state.set_text(form.address_is)
        self.note.set_text(form.address_note)
        self.assets.set_text(form.assets)
        self.position.set_text(form.position)
        self.accuracy.set_text(form.accuracy)
        self._source, self._at = form.position_source, form.position_at
        self._filling = False
        self.show_photos(form)

    def show_photos(self, form: VisitForm) -> None:
        """The last photo with a place of its own may give the report's."""
        self._placed = next((row for row in reversed(form.photos) if row.place), None)
        self._show_links()

    def fill(self, form: VisitForm) -> None:
        form.address_is, form.address_note, form.assets = self.state.text(), self.note.text(), self.assets.text()
        form.position, form.accuracy = self.position.text(), self.accuracy.text()
        form.position_source, form.position_at = self._source, self._at

    def show_check(self, check: VisitCheck) -> None:
        self.position.show_reading(check.readings.get("position"))
        self.accuracy.show_reading(check.readings.get("accuracy"))

    def _show_links(self) -> None:
        show_if(self.from_device, self.device)
        show_if(self.from_photo, self._placed is not None and self._placed.place != self.position.text())

    def _typed(self) -> None:
        """What a hand changed is typed, whatever it was before."""
        if not self._filling:
            self._source, self._at = "typed", ""
            self._show_links()
        self.changed.emit()

    def _put(self, text: str, metres: float | None, source: str, at: str) -> None:
        self._filling = True
        self.position.set_text(text)
        self.accuracy.set_text("" if metres is None else f"{metres:.0f}")
        self._filling = False
        self._source, self._at = source, at
        show_if(self.told, False)
        self._show_links()
        self.changed.emit()

    def _take_photo(self) -> None:
        row = self._placed
        if row is not None:
            self._put(row.place, row.accuracy, "photo", row.taken_at)

    def _ask_device(self) -> None:
        self.told.setText(self._look.tr("Asking the device …"))
        show_if(self.told, True)
        self._device.ask()

    def _fixed(self, latitude: float, longitude: float, metres: float | None, at: str) -> None:
        self._put(f"{latitude:.6f}, {longitude:.6f}", metres, "device", at)

    def _no_fix(self) -> None:
        self.told.setText(self._look.tr("The device gives no position. Type it, or take it from a photo."))
        show_if(self.told, True)
