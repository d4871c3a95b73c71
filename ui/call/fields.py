"""The fields of the call-notes form: only those stand there that the outcome chosen asks for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout

from ui.look import _L, Look
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.views import CallForm
from workstation.domain.vocabulary import ARREARS_REASONS, PAYMENT_METHODS

NUMBERS = frozenset({"ability", "willingness", "satisfaction"})
LEVELS = ("1", "2", "3", "4", "5")
ABOVE = ("amount", "due", "reason", "method", "callback", "person_name")  # the others stand below the note


class OutcomeFields:
    """`above` and `below` are their places in the form; `changed` is called when something was typed."""

    def __init__(self, look: Look, changed: Callable[[], None], panel: str = "call") -> None:
        p = panel
        self.all: dict[str, EntryField | ChoiceField] = {
            "amount": EntryField(look, _L("Promised amount"), _L("3k, 3000.50"), name=f"{p}_amount"),
            "due": EntryField(look, _L("Promised day"), _L("28, +5, next friday"), name=f"{p}_due"),
            "reason": ChoiceField(look, _L("Reason for arrears"), "reason", ARREARS_REASONS, name=f"{p}_reason"),
            "method": ChoiceField(look, _L("Payment method"), "payment_method", PAYMENT_METHODS, name=f"{p}_method"),
            "callback": EntryField(look, _L("Call back at"), _L("15:30, +1 10:30"), name=f"{p}_callback"),
            "person_name": EntryField(look, _L("Who answered"), name=f"{p}_person"),
            "ability": ChoiceField(look, _L("Ability to pay"), "level", LEVELS, name=f"{p}_ability"),
            "willingness": ChoiceField(look, _L("Willingness"), "level", LEVELS, name=f"{p}_willingness"),
            "evidence": EntryField(look, _L("Evidence for both"), name=f"{p}_evidence"),
            "recording": EntryField(look, _L("Recording reference"), name=f"{p}_recording"),
            "satisfaction": ChoiceField(look, _L("Satisfaction, if asked"), "level", LEVELS, name=f"{p}_satisfaction"),
        }
        self.above, self.below = _two_columns(), _two_columns()
        self._wanted: tuple[str, ...] | None = None  # the fields that are shown
        for field in self.all.values():
            field.changed.connect(changed)

    def show(self, wanted: tuple[str, ...]) -> None:
        """These, in the order of the form, and no others."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for grid, above in ((self.above, True), (self.below, False)):
            while grid.count():
                grid.takeAt(0)
            shown = [name for name in self.all if name in wanted and (name in ABOVE) is above]
            for place, name in enumerate(shown):
                # Into the form before it is shown: a field without a parent would open as a window and take the focus.
                grid.addWidget(self.all[name], place // 2, place % 2)
        for name, field in self.all.items():
            field.setVisible(name in wanted)

    def show_form(self, form: CallForm) -> None:
        for name, field in self.all.items():
            value = getattr(form, name)
            field.set_text(str(value) if value else "")

    def fill(self, form: CallForm) -> None:
        """Put what is typed into the form."""
        for name, field in self.all.items():
            text = field.text()
            setattr(form, name, int(text or 0) if name in NUMBERS else text)


def _two_columns() -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(10)
    grid.setContentsMargins(0, 0, 0, 0)
    for column in (0, 1):
        grid.setColumnStretch(column, 1)
    return grid
