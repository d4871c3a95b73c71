"""More conditions for the queue than its filters: stages, amounts, quadrant, silence, order. Applied as they change."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label
from ui.widgets.field import EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.queue_choice import QUADRANTS, SORTED, SORTS, Choice, Quadrant
from workstation.desk.views import Reading
from workstation.domain.entry import read_amount
from workstation.domain.errors import InputError
from workstation.domain.message import Money, msg, nmsg
from workstation.domain.money import decimals
from workstation.domain.vocabulary import STAGES

_PAUSE_MS = 120  # after a key, before the queue is asked
_MOST_DAYS = 3650
_QUADRANTS: tuple[Quadrant, ...] = ("", *QUADRANTS)


class Conditions(QWidget):
    """`changed` carries nothing: read `choice()`."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("queue_conditions")
        self._look = look
        self._base = Choice()
        self._currency = "CNY"
        self._filling = False
        self.stages: dict[str, QPushButton] = {}
        flow = FlowLayout(spacing=6)
        for stage in STAGES:
            chip = button(stage, "chip", self._tell)
            chip.setCheckable(True)
            self.stages[stage] = chip
            flow.addWidget(chip)
        chips = QWidget()
        chips.setLayout(flow)
        self.least = EntryField(look, _L("From amount"), name="queue_least")
        self.most = EntryField(look, _L("To amount"), name="queue_most")
        self.silent = EntryField(look, _L("Days silent"), name="queue_silent")
        self.quadrant, self.sort = QComboBox(), QComboBox()
        self.quadrant.setObjectName("queue_quadrant")
        self.sort.setObjectName("queue_sort")
        self.lost, self.idle = button("", "chip", self._tell), button("", "chip", self._tell)
        self.quadrant_caption, self.sort_caption = label(role="caption"), label(role="caption")
        for combo, count in ((self.quadrant, len(_QUADRANTS)), (self.sort, len(SORTS))):
            combo.addItems([""] * count)
            combo.setMinimumWidth(40)
            combo.currentIndexChanged.connect(self._tell)
        holding = FlowLayout(spacing=6)
        for box in (self.lost, self.idle):
            box.setCheckable(True)
            holding.addWidget(box)
        held = QWidget()
        held.setLayout(holding)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self._tell)
        for field in (self.least, self.most, self.silent):
            field.changed.connect(self._typed)
        amounts = across(self.least, self.most)
        amounts.setStretch(0, 1)
        amounts.setStretch(1, 1)
        self.setLayout(
            down(
                chips,
                amounts,
                down(self.quadrant_caption, self.quadrant, spacing=4),
                held,
                self.silent,
                down(self.sort_caption, self.sort, spacing=4),
                spacing=8,
                margins=(0, 0, 4, 0),
            )
        )
        self.retranslate()

    def retranslate(self) -> None:
        tr, say = self._look.tr, self._look.say
        self._filling = True
        for place, quadrant in enumerate(_QUADRANTS):
            self.quadrant.setItemText(place, say(QUADRANTS[quadrant]) if quadrant else "—")
        for place, sort in enumerate(SORTS):
            self.sort.setItemText(place, say(SORTED[sort]))
        self.quadrant_caption.setText(tr("Ability and willingness"))
        self.quadrant.setAccessibleName(tr("Ability and willingness"))
        self.sort_caption.setText(tr("Order"))
        self.sort.setAccessibleName(tr("Order"))
        self.lost.setText(tr("Out of contact"))
        self.idle.setText(tr("Nothing due now"))
        for field in (self.least, self.most, self.silent):
            field.retranslate()
        self._filling = False

    def show_choice(self, choice: Choice, currency: str) -> None:
        """What is typed stays as it is typed when it already says the same."""
        self._base, self._currency = choice, currency
        if self.choice() == choice:
            return
        self._filling = True
        for stage, chip in self.stages.items():
            chip.setChecked(stage in choice.stages)
        self.least.set_text("" if choice.least is None else str(choice.least))
        self.most.set_text("" if choice.most is None else str(choice.most))
        self.silent.set_text(str(choice.silent_days) if choice.silent_days else "")
        self.quadrant.setCurrentIndex(_QUADRANTS.index(choice.quadrant))
        self.sort.setCurrentIndex(SORTS.index(choice.sort))
        self.lost.setChecked(choice.lost)
        self.idle.setChecked(choice.idle)
        self._filling = False

    def choice(self) -> Choice:
        """As filled in; an entry that cannot be read asks for nothing and says so beside itself."""
        return msgspec.structs.replace(
            self._base,
            stages=tuple(stage for stage, chip in self.stages.items() if chip.isChecked()),
            least=self._amount(self.least),
            most=self._amount(self.most),
            quadrant=_QUADRANTS[max(0, self.quadrant.currentIndex())],
            sort=SORTS[max(0, self.sort.currentIndex())],
            silent_days=self._days(),
            lost=self.lost.isChecked(),
            idle=self.idle.isChecked(),
        )

    def _amount(self, field: EntryField) -> int | None:
        if not field.text().strip():
            field.show_reading(None)
            return None
        try:
            minor = read_amount(field.text(), self._currency)
        except InputError as error:
            field.show_reading(Reading("amount", None, None, error.message))
            return None
        scale: int = 10 ** decimals(self._currency)
        whole = minor // scale
        field.show_reading(Reading("amount", whole, msg("{amount}", amount=Money(whole * scale, self._currency))))
        return whole

    def _days(self) -> int:
        typed = self.silent.text().strip()
        if not typed:
            self.silent.show_reading(None)
            return 0
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 4 and int(typed) <= _MOST_DAYS):
            problem = msg("A number of days, at most {most}.", most=_MOST_DAYS)
            self.silent.show_reading(Reading("silent_days", None, None, problem))
            return 0
        self.silent.show_reading(Reading("silent_days", int(typed), nmsg("{n} day", "{n} days", int(typed))))
        return int(typed)

    def _typed(self) -> None:
        if not self._filling:
            self._later.start()

    def _tell(self) -> None:
        if not self._filling:
            self.changed.emit()
