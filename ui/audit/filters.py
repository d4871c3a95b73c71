"""What the audit is asked for: a person, a case, what was done, and a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import button, down, label
from ui.widgets.field import EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.audit import CLASSES, DAYS, AuditFilter, Class
from workstation.desk.views import Reading
from workstation.domain.entry_dates import read_date
from workstation.domain.errors import InputError
from workstation.domain.message import msg

# Days back from today; 0: only today, None: as typed.
PERIODS: tuple[tuple[str, int | None], ...] = (
    (_L("Today"), 0),
    (_L("The last 7 days"), 6),
    (_L("The last 30 days"), DAYS - 1),
    (_L("The last 90 days"), 89),
    (_L("The last year"), 365),
    (_L("From … to …"), None),
)
FIRST_PERIOD = 2


class Filters(QWidget):
    """`asked`: the person wants an answer; `changed` anything else was typed or chosen."""

    asked = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._people: tuple[tuple[str, str], ...] = ()
        self.person = QComboBox()
        self.person.setObjectName("audit_person")
        self.person.setMinimumWidth(150)
        self.number = EntryField(look, _L("Case number"), "", name="audit_number")
        self.number.setMinimumWidth(150)
        self.period = QComboBox()
        self.period.setObjectName("audit_period")
        self.period.setMinimumWidth(150)
        self.period.addItems([""] * len(PERIODS))
        self.period.setCurrentIndex(FIRST_PERIOD)
        self.first = EntryField(look, _L("From"), "", name="audit_first")
        self.last = EntryField(look, _L("To"), "", name="audit_last")
        for field in (self.first, self.last):
            field.setMinimumWidth(130)
            field.changed.connect(self._read)
        for field in (self.number, self.first, self.last):
            field.edit.returnPressed.connect(self.asked)
            # In a row that flows a field has a width of its own; in a form it takes what is left.
            field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.chips = {name: button(role="chip") for name in CLASSES}
        chips = FlowLayout(spacing=5)
        for name, chip in self.chips.items():
            chip.setObjectName(f"audit_{name}")
            chip.setCheckable(True)
            chip.setChecked(name in {"saw", "took"})
            chip.toggled.connect(lambda _on: self.asked.emit())
            chips.addWidget(chip)
        self.chips["admin"].setVisible(desk.role in {"auditor", "admin"})
        self.person.activated.connect(lambda _place: self.asked.emit())
        self.period.activated.connect(self._period_chosen)
        self.captions = {name: label(role="caption") for name in ("person", "period")}
        self.ask = button(role="primary", clicked=self.asked.emit)
        self.ask.setObjectName("audit_ask")
        fields = FlowLayout(spacing=12)
        for widget in (
            self._with_caption("person", self.person),
            self.number,
            self._with_caption("period", self.period),
            self.first,
            self.last,
        ):
            fields.addWidget(widget)
        chips.addWidget(self.ask)
        self.setLayout(down(fields, chips, spacing=10))
        self._period_chosen(FIRST_PERIOD, ask=False)
        self.show_people(())

    def _with_caption(self, name: str, combo: QComboBox) -> QWidget:
        made = QWidget()
        self.captions[name].setBuddy(combo)
        made.setLayout(down(self.captions[name], combo, None, spacing=4))
        return made

    def retranslate(self) -> None:
        tr = self._look.tr
        for name, text in (("person", _L("Person")), ("period", _L("Period"))):
            self.captions[name].setText(tr(text))
        self.person.setAccessibleName(tr("Person"))
        self.period.setAccessibleName(tr("Period"))
        for place, (text, _) in enumerate(PERIODS):
            self.period.setItemText(place, tr(text))
        for name, chip in self.chips.items():
            chip.setText(self._look.label("audit_class", name))
        self.ask.setText(tr("Ask"))
        for field in (self.number, self.first, self.last):
            field.retranslate()
        self.show_people(self._people)

    def show_people(self, people: Sequence[tuple[str, str]]) -> None:
        chosen = self.person.currentData()
        self._people = tuple(people)
        self.person.clear()
        self.person.addItem(self._look.tr("Everybody"), "")
        for identity, name in people:
            self.person.addItem(name, identity)
        self.person.setCurrentIndex(max(0, self.person.findData(chosen)))

    def value(self) -> AuditFilter:
        """As it stands. Raises `InputError` for a day that cannot be read or is still to come."""
        days = PERIODS[max(0, self.period.currentIndex())][1]
        today = self._desk.today()
        first, last = (
            (self._day(self.first.text()), self._day(self.last.text()))
            if days is None
            else (today - timedelta(days=days), today)
        )
        if first is not None and last is not None and first > last:
            raise InputError(msg("The period ends before it begins."), field="last")
        chosen: frozenset[Class] = frozenset(name for name, chip in self.chips.items() if chip.isChecked())
        return AuditFilter(
            person=str(self.person.currentData() or ""),
            number=self.number.text().strip(),
            classes=frozenset() if len(chosen) == len(CLASSES) else chosen,
            first=first,
            last=last,
        )

    def _day(self, text: str) -> date | None:
        if not text.strip():
            return None
        today = self._desk.today()
        day = read_date(text, today)
        if day > today:
            raise InputError(msg("{day} is still to come: type the whole date.", day=day))
        return day

    def _read(self) -> None:
        for field in (self.first, self.last):
            try:
                day = self._day(field.text())
            except InputError as error:
                field.show_reading(Reading("day", None, None, error.message))
            else:
                field.show_reading(None if day is None else Reading("day", day, msg("{day}", day=day)))

    def _period_chosen(self, place: int, *, ask: bool = True) -> None:
        typed = PERIODS[place][1] is None
        self.first.setVisible(typed)
        self.last.setVisible(typed)
        if typed:
            self.first.edit.setFocus()
        elif ask:
            self.asked.emit()
