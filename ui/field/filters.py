"""Conditions for the candidates of a day: text, stages, sums, district, out of contact, not visited for so long."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, with_key
from ui.widgets.field import EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.field_candidates import Selection
from workstation.desk.views import Reading
from workstation.domain.entry import read_amount
from workstation.domain.errors import InputError
from workstation.domain.message import Money, msg, nmsg
from workstation.domain.money import decimals
from workstation.domain.vocabulary import STAGES

PAUSE_MS = 120  # after a key
MOST_DAYS = 3650
KEY = "Ctrl+Shift+F"


class Filters(QWidget):
    """`changed` carries nothing: read `selection()`. What is rarely set is folded away behind one button."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("field_filters")
        self._look = look
        self.currency = "CNY"
        self._filling = False
        self.text = QLineEdit()
        self.text.setObjectName("field_text")
        self.text.setProperty("role", "search")
        self.text.setMaxLength(100)
        self.more = button("", "chip", self.fold)
        self.more.setObjectName("field_more")
        self.more.setCheckable(True)
        self.stages: dict[str, QPushButton] = {}
        flow = FlowLayout(spacing=6)
        for stage in STAGES:
            self.stages[stage] = button(stage, "chip", self._tell)
            self.stages[stage].setCheckable(True)
            self.stages[stage].setObjectName(f"field_stage_{stage}")
            flow.addWidget(self.stages[stage])
        chips = QWidget()
        chips.setLayout(flow)
        self.district_caption, self.district = label(role="caption"), QComboBox()
        self.district.setObjectName("field_district")
        self.district.setMinimumWidth(40)
        self.district.addItem("—", "")
        self.district_caption.setBuddy(self.district)
        self.least = EntryField(look, _L("From amount"), name="field_least")
        self.most = EntryField(look, _L("To amount"), name="field_most")
        self.unvisited = EntryField(look, _L("No visit for days"), name="field_unvisited")
        self.flags: dict[str, QPushButton] = {}
        flagged = FlowLayout(spacing=6)
        for name in ("lost", "no_place", "open"):
            self.flags[name] = button("", "chip", self._tell)
            self.flags[name].setCheckable(True)
            self.flags[name].setObjectName(f"field_{name}")
            flagged.addWidget(self.flags[name])
        flags = QWidget()
        flags.setLayout(flagged)
        sums = across(self.least, self.most)
        sums.setStretch(0, 1)
        sums.setStretch(1, 1)
        self.folded = QWidget()
        self.folded.setLayout(
            down(chips, down(self.district_caption, self.district, spacing=4), sums, self.unvisited, flags, spacing=8)
        )
        self.folded.hide()
        top = across(self.text, self.more)
        top.setStretch(0, 1)
        self.setLayout(down(top, self.folded, spacing=8))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self.changed)
        self.text.textChanged.connect(self._later.start)
        for field in (self.least, self.most, self.unvisited):
            field.changed.connect(self._later.start)
        self.district.currentIndexChanged.connect(self._tell)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.text.setPlaceholderText(tr("Name, case number, district"))
        self.text.setAccessibleName(tr("Find a case"))
        self.district_caption.setText(tr("District"))
        self.district.setAccessibleName(tr("District"))
        for name, word in (
            ("lost", tr("Out of contact")),
            ("no_place", tr("Not on the map yet")),
            ("open", tr("May be visited")),
        ):
            self.flags[name].setText(word)
        for field in (self.least, self.most, self.unvisited):
            field.retranslate()
        self._show_more()

    def fold(self) -> None:
        """The rarely used conditions, shown or not."""
        wanted = self.folded.isHidden()
        self.folded.setVisible(wanted)
        self._show_more()
        if wanted:
            self.stages[STAGES[0]].setFocus()

    def _show_more(self) -> None:
        holding = self.selection()
        count = sum(
            (
                bool(holding.stages),
                holding.least is not None or holding.most is not None,
                holding.lost,
                bool(holding.district),
                bool(holding.unvisited_days),
                holding.no_place,
                holding.open,
            )
        )
        tr = self._look.tr
        word = tr("Filters · {n}", n=count) if count else tr("Filters")
        self.more.setText(with_key(word, KEY.replace("+", " ")))
        self.more.setChecked(not self.folded.isHidden())

    def offer(self, districts: tuple[str, ...], currency: str) -> None:
        """The districts there are; the one chosen stays where it still is one."""
        self.currency = currency
        if [self.district.itemData(place) for place in range(1, self.district.count())] == list(districts):
            return
        chosen = self.district.currentData()
        self._filling = True
        self.district.clear()
        self.district.addItem("—", "")
        for name in districts:
            self.district.addItem(name, name)
        self.district.setCurrentIndex(max(0, self.district.findData(chosen)))
        self._filling = False

    def selection(self) -> Selection:
        """An entry that cannot be read asks for nothing and says so beside itself."""
        return Selection(
            text=self.text.text(),
            stages=tuple(stage for stage, chip in self.stages.items() if chip.isChecked()),
            least=self._amount(self.least),
            most=self._amount(self.most),
            lost=self.flags["lost"].isChecked(),
            district=str(self.district.currentData() or ""),
            unvisited_days=self._days(),
            no_place=self.flags["no_place"].isChecked(),
            open=self.flags["open"].isChecked(),
        )

    def clear(self) -> None:
        self._filling = True
        self.text.clear()
        for chip in (*self.stages.values(), *self.flags.values()):
            chip.setChecked(False)
        self.district.setCurrentIndex(0)
        for field in (self.least, self.most, self.unvisited):
            field.set_text("")
        self._filling = False
        self._tell()

    def _amount(self, field: EntryField) -> int | None:
        if not field.text().strip():
            field.show_reading(None)
            return None
        try:
            minor = read_amount(field.text(), self.currency)
        except InputError as error:
            field.show_reading(Reading("amount", None, None, error.message))
            return None
        scale: int = 10 ** decimals(self.currency)
        whole = minor // scale
        field.show_reading(Reading("amount", whole, msg("{amount}", amount=Money(whole * scale, self.currency))))
        return whole

    def _days(self) -> int:
        typed = self.unvisited.text().strip()
        if not typed:
            self.unvisited.show_reading(None)
            return 0
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 4 and int(typed) <= MOST_DAYS):
            problem = msg("A number of days, at most {most}.", most=MOST_DAYS)
            self.unvisited.show_reading(Reading("unvisited", None, None, problem))
            return 0
        self.unvisited.show_reading(Reading("unvisited", int(typed), nmsg("{n} day", "{n} days", int(typed))))
        return int(typed)

    def _tell(self) -> None:
        if not self._filling:
            self._show_more()
            self.changed.emit()
