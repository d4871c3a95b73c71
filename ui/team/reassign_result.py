"""What a sharing out would do: everybody before and after, every consequence in words, and what finds no place."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.look import _L, Look
from ui.models.rows import Column
from ui.sync.cards import TableCard
from ui.sync.table import CardTable, PlainModel
from ui.widgets.basic import clear, down, label, show_if
from workstation.desk.reassign_views import LeftCase, PersonLine, Preview
from workstation.domain.message import msg, nmsg

LINES, LEFT = 14, 5  # rows before a list scrolls
MOST_LEFT = 200  # rows of what finds no place


class ReassignResult(QWidget):
    """`excluded` carries the id of a person who is to get nothing, `opened` that of a case."""

    excluded = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: Preview | None = None
        self.title, self.sums = label(role="strong", wrap=True), label(role="muted", wrap=True)
        columns = [
            Column[PersonLine](_L("Goes to"), self._name),
            Column[PersonLine](_L("Cases before"), lambda row: f"{row.before.cases:,}", right=True),
            Column[PersonLine](_L("+"), _change, right=True),
            Column[PersonLine](_L("Cases after"), lambda row: f"{row.after.cases:,}", right=True),
            Column[PersonLine](_L("Amount after"), self._amount, right=True),
            Column[PersonLine](_L("Effect"), self._effect, stretch=True),
        ]
        self.table: CardTable[PersonLine] = CardTable(look, columns, PlainModel(columns, look.tr), LINES)
        self.table.setObjectName("reassign_people")
        leave_out = QShortcut(QKeySequence("X"), self.table)
        leave_out.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave_out.activated.connect(self._exclude)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        self.notes = QFrame()
        self.notes.setProperty("role", "box")
        self.notes.setLayout(self._notes)
        self._notes.setContentsMargins(12, 10, 12, 10)
        self.left: TableCard[LeftCase] = TableCard(
            look,
            _L("Without a place"),
            "",
            [
                Column[LeftCase](_L("Case"), lambda row: row.number),
                Column[LeftCase](_L("Name"), lambda row: row.name),
                Column[LeftCase](_L("Why"), lambda row: look.say(row.why), stretch=True),
            ],
            "reassign_left",
            most=LEFT,
        )
        self.left.opened.connect(self.opened)
        self.setLayout(down(self.title, self.sums, self.notes, self.table, self.left, spacing=8))  # what to know first
        self.retranslate()
        self.hide()

    @property
    def notices(self) -> list[str]:
        """As they are read."""
        return [] if self._shown is None else [self._look.say(one) for one in self._shown.notices]

    def retranslate(self) -> None:
        self.table.setAccessibleName(self._look.tr("People before and after"))
        self.left.retranslate()
        if self._shown is not None:
            self.show_preview(self._shown)

    def show_preview(self, shown: Preview) -> None:
        look, self._shown = self._look, shown
        self.title.setText(look.say(shown.title))
        moves = look.say(
            nmsg("{n} of {all} cases moves", "{n} of {all} cases move", len(shown.moves), all=f"{shown.looked_at:,}")
        )
        spread = {"before": _percent(look, shown.spread_before), "after": _percent(look, shown.spread_after)}
        self.sums.setText(
            look.say(msg("{moves} · unevenness {before} → {after}", moves=moves, **spread))
            if len(shown.lines) > 1
            else moves
        )
        self.table.show_rows(shown.lines)
        clear(self._notes)
        for text in self.notices:
            self._notes.addWidget(label(text, wrap=True))
        show_if(self.notes, bool(shown.notices))
        self.left.show_rows(shown.left[:MOST_LEFT], max(0, len(shown.left) - MOST_LEFT))
        show_if(self.left, bool(shown.left))
        self.show()

    def _exclude(self) -> None:
        place = self.table.currentIndex().row()
        if self._shown is not None and 0 <= place < len(self._shown.lines):
            self.excluded.emit(self._shown.lines[place].person_id)

    def _name(self, row: PersonLine) -> str:
        return self._look.tr("{name} · on leave", name=row.name) if row.away else row.name

    def _amount(self, row: PersonLine) -> str:
        return "—" if row.amount is None else self._look.translator.short_money(row.amount)

    def _effect(self, row: PersonLine) -> str:
        return self._look.tr("; ").join(self._look.say(effect) for effect in row.effects)


def _change(row: PersonLine) -> str:
    parts = (f"+{row.came:,}" if row.came else "", f"−{row.went:,}" if row.went else "")
    return " ".join(part for part in parts if part) or "0"


def _percent(look: Look, share: float) -> str:
    return look.translator.percent(Decimal(str(round(share, 6))), 1)
