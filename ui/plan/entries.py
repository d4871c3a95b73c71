"""The fields of a plan's conditions: what is left empty shows what was found for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, down, grow, label, set_property, show_if
from ui.widgets.elided import ElidedLabel
from ui.widgets.field import ChoiceField, EntryField
from workstation.desk.views import Reading

CUSTOM_LINES = 5
BESIDE, EDGES = 10, 26  # pixels between two words, and at both ends inside a field


class PlanField(EntryField):
    """Where nothing is typed, the value that was found stands greyed in it, marked as found.

    What has no room in the field or beside its caption stands below it.
    """

    def __init__(self, look: Look, caption: str, placeholder: str = "", *, name: str = "") -> None:
        self._found = ""
        self._read: tuple[Reading | None, str, str] | None = None  # what the reading was shown for
        self._captions: dict[str, str] = {}
        self.below = label(role="reading", wrap=True)
        self.below.hide()
        super().__init__(look, caption, placeholder, name=name)
        self._plain_caption = caption
        self.layout().addWidget(self.below)  # type: ignore[union-attr]  # EntryField has one

    def call_it(self, caption: str) -> None:
        """Another method, another name for the same field."""
        caption = caption or self._plain_caption
        if caption != self._caption:
            self._caption, self._read = caption, None
            self.retranslate()

    def show_reading(self, reading: Reading | None) -> None:
        wanted = reading, self.edit.text(), self._look.language
        if wanted != self._read:
            self._read = wanted
            super().show_reading(reading)
            text = self.reading.whole
            if self._fits_above(text):
                self._say_below("")
                return
            self.reading.show_text("")
            self._say_below(text, "error" if reading is not None and reading.error is not None else "reading")

    def _fits_above(self, text: str) -> bool:
        taken = self.caption.sizeHint().width() + BESIDE
        return not text or taken + self.reading.fontMetrics().horizontalAdvance(text) <= self.width()

    def _say_below(self, text: str, role: str = "reading") -> None:
        """While something is typed an empty line keeps its place: nothing jumps from letter to letter."""
        if text != self.below.text():
            self.below.setText(text)
            set_property(self.below, "role", role)
        show_if(self.below, bool(text) or (bool(self.edit.text()) and not self.below.isHidden()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._read = None  # another width, another place for it
        super().resizeEvent(event)
        self.show_found(self._found)

    def show_found(self, text: str) -> None:
        """`auto` stands after it, or beside the caption where both have no room in the field, or in its place."""
        self._found = text
        word = self._look.tr("auto") if text else ""
        room = self.edit.width() - EDGES - self.edit.fontMetrics().horizontalAdvance(text)
        inside = room >= self._inside.fontMetrics().horizontalAdvance(word) + BESIDE
        shown = text if inside or room >= 0 else word
        shown = shown or (self._look.tr(self._placeholder) if self._placeholder else "")
        if self.edit.placeholderText() != shown:
            self.edit.setPlaceholderText(shown)
        if not self.edit.text():
            within, above = (word, "") if inside else ("", word if room >= 0 else "")
            if self._inside.text() != within:
                self._inside.show_text(within)
            if self.reading.whole != above:
                self.reading.show_text(above)
            self._say_below("" if shown != word else text)
            self.edit.setAccessibleName(
                f"{self._look.tr(self._caption)}, {word} {text}" if text else self._look.tr(self._caption)
            )

    def retranslate(self) -> None:
        super().retranslate()
        self.show_found(self._found)


class LinesField(QWidget):
    """Days and amounts, a line each, as typed or pasted from a table."""

    changed = Signal()

    def __init__(self, look: Look, caption: str, placeholder: str, *, name: str) -> None:
        super().__init__()
        self._look, self._caption, self._placeholder = look, caption, placeholder
        self.caption, self.reading = label(role="caption"), ElidedLabel("reading")
        self.reading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName(name)
        self.edit.setTabChangesFocus(True)
        self.edit.textChanged.connect(self._tell)
        self.caption.setBuddy(self.edit)
        top = across(self.caption, self.reading)
        top.setStretch(1, 1)
        self.setLayout(down(top, self.edit, spacing=4))
        grow(self)
        self.retranslate()

    def retranslate(self) -> None:
        self.caption.setText(self._look.tr(self._caption))
        self.edit.setAccessibleName(self._look.tr(self._caption))
        self.edit.setPlaceholderText(self._look.tr(self._placeholder))
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * CUSTOM_LINES + 16)

    def _tell(self) -> None:
        self.changed.emit()

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        if self.edit.toPlainText() != text:
            self.edit.setPlainText(text)

    def show_reading(self, reading: Reading | None) -> None:
        error = reading.error if reading is not None else None
        set_property(self.reading, "role", "error" if error else "reading")
        self.reading.show_text(self._look.say(error or (reading.shown if reading is not None else None)))


Entry = PlanField | ChoiceField | LinesField


def entries(look: Look) -> dict[str, Entry]:
    """Every condition a plan may have, by the name of its place in the form."""
    days = _L("+7, 30, next friday")
    return {
        "amount": PlanField(look, _L("Each instalment"), "1600", name="plan_amount"),
        "instalments": PlanField(look, _L("How many"), "12", name="plan_instalments"),
        "first_due": PlanField(look, _L("First due day"), days, name="plan_first_due"),
        "frequency": _choice(look, _L("Frequency"), "frequency", ("monthly", "fortnightly", "weekly")),
        "down_payment": PlanField(look, _L("Down payment"), "0", name="plan_lump"),
        "down_payment_on": PlanField(look, _L("Paid down on"), _L("today"), name="plan_lump_on"),
        "step_every": PlanField(look, _L("A step every"), "6", name="plan_step_every"),
        "step": PlanField(look, _L("Grows by"), _L("10% or 100"), name="plan_step"),
        "balloon": PlanField(look, _L("Last instalment"), "10000", name="plan_last_amount"),
        "custom": LinesField(look, _L("Days and amounts"), _L("12-30 1600\n1-30 2000"), name="plan_lines"),
        "annual_rate": PlanField(look, _L("Yearly rate"), "6%", name="plan_annual_rate"),
        "waive_interest": PlanField(look, _L("Waive interest"), _L("0 or 50%"), name="plan_waive_interest"),
        "waive_penalty": PlanField(look, _L("Waive penalty"), _L("0 or 50%"), name="plan_waive_penalty"),
        "unknown": _choice(look, _L("Work out"), "plan_unknown", ("waive", "down_payment", "annual_rate")),
        "last_due": PlanField(look, _L("Paid off by"), "2028-6-30", name="plan_last_due"),
        "business_days": _choice(look, _L("On a day off"), "plan_day_off", ("following", "none")),
        "clock": _choice(look, _L("Days past due"), "plan_clock", ("running", "stopped")),
        "accrue": _choice(look, _L("Old interest"), "plan_accrue", ("first_due",)),
        "waive_fees": PlanField(look, _L("Waive fees"), _L("0 or 50%"), name="plan_waive_fees"),
        "waive_costs": PlanField(look, _L("Waive costs"), _L("0 or 50%"), name="plan_waive_costs"),
        "waive_principal": PlanField(look, _L("Waive principal"), _L("0 or 50%"), name="plan_waive_principal"),
    }


def _choice(look: Look, caption: str, vocabulary: str, ids: Sequence[str]) -> ChoiceField:
    names = {"Frequency": "frequency", "On a day off": "business_days", "Work out": "unknown", "Days past due": "clock"}
    return ChoiceField(look, caption, vocabulary, ids, name=f"plan_{names.get(caption, 'accrue')}")


CALLED = {  # by method: what the amount and the number are there
    ("settlement", "amount"): _L("Settles it all"),
    ("settlement", "instalments"): _L("In parts"),
    ("stepped", "amount"): _L("First instalment"),
    ("equal_principal", "amount"): _L("First instalment"),
    ("balloon", "amount"): _L("Each before the last"),
}
