"""A part of the budget: its lines with their sum, and one button for another line."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.look import _L, Look
from ui.plan.budget_lines import AMOUNT_WIDTH, REMOVE_WIDTH, BudgetLine, CreditorLine, Line
from ui.plan.budget_work import BudgetWork
from ui.widgets.basic import across, button, clear, down, grow, label, show_if
from workstation.desk.budget_views import BudgetRow, CreditorRow, Flag
from workstation.domain.message import Money
from workstation.domain.vocabulary import BUDGET_SPENDING


class Section(QWidget):
    """`last`: Enter was pressed in the last line, and no section comes `then`."""

    last = Signal()

    def __init__(self, look: Look, work: BudgetWork, name: str, caption: str, add: str) -> None:
        super().__init__()
        self._look, self._work, self.name = look, work, name
        self._caption, self._add = caption, add
        self.title, self.sum = label(role="strong"), label(role="muted")
        self.lines: list[BudgetLine] = []
        self.then: Section | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._left_out = QVBoxLayout()  # what everybody spends and this budget has not
        self._flags: tuple[Flag, ...] = ()
        self.add = button("", "link", clicked=self.add_line)
        self.add.setObjectName(f"budget_add_{name}")
        self._columns = QWidget()
        captions = [label(role="caption") for _ in range(3)]
        self._column_captions = captions
        for caption_label in captions[1:]:
            caption_label.setAlignment(Qt.AlignmentFlag.AlignRight)
            caption_label.setFixedWidth(look.tokens.px(AMOUNT_WIDTH))
        self._columns.setLayout(across(grow(captions[0]), *captions[1:], look.tokens.px(REMOVE_WIDTH), spacing=4))
        self._columns.hide()
        self.setLayout(
            down(
                across(self.title, None, self.sum),
                self._columns,
                self._rows,
                self._left_out,
                across(self.add, None),
                spacing=4,
            )
        )

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr(self._caption))
        self.add.setText("+ " + tr(self._add))
        for shown, text in zip(self._column_captions, (_L("Creditor"), _L("Owed"), _L("or a month")), strict=True):
            shown.setText(tr(text))
        for line in self.lines:
            line.retranslate()
        self._flags = ()

    def build(self) -> None:
        """The lines of the form as it is now."""
        clear(self._rows)
        rows = getattr(self._work.form, self.name)
        self.lines = [self._line(row, place) for place, row in enumerate(rows)]
        for line in self.lines:
            self._rows.addWidget(line)
        show_if(self._columns, self.name == "other_creditors" and bool(rows))
        self.show_view()

    def _line(self, row: BudgetRow | CreditorRow, place: int) -> BudgetLine:
        line: BudgetLine = (
            CreditorLine(self._look, row) if isinstance(row, CreditorRow) else Line(self._look, self.name, row)
        )
        line.typed.connect(self._work.typed)
        line.removed.connect(lambda: self._remove(place))
        line.entered.connect(lambda: self._next(place))
        line.settled.connect(lambda: self._settle(line, place))
        return line

    def show_view(self) -> None:
        view = self._work.view
        for place, line in enumerate(self.lines):
            line.show_view(view, place)
        month, currency = view.month, view.available.currency if view.available is not None else ""
        total = None if month is None or self.name == "other_creditors" else getattr(month, self.name)
        if view.error is not None:
            return  # the sum and what is left out stay as they were
        flags = tuple(flag for flag in view.flags if flag.field.removeprefix("spending.") in BUDGET_SPENDING)
        self._show_left_out(flags if self.name == "spending" else ())
        self.sum.setText("" if not total else self._look.money(Money(total, currency), symbol=False))

    def _show_left_out(self, flags: tuple[Flag, ...]) -> None:
        if flags == self._flags:
            return
        self._flags = flags
        clear(self._left_out)
        for flag in flags:
            said = label("▲ " + self._look.say(flag.message), "badge", tone="warn", wrap=True)
            why = button(self._look.tr("Add the line"), "link")
            why.setObjectName("budget_explain")
            kind = flag.field.removeprefix("spending.")
            why.clicked.connect(lambda _checked=False, kind=kind: self.focus(self._work.explain(kind)))
            row = across(said, why, spacing=4)
            row.setStretch(0, 1)
            self._left_out.addLayout(row)

    def add_line(self) -> None:
        self.focus(self._work.add(self.name))

    def focus(self, place: int, field: str = "") -> None:
        if not self.lines:
            self.add.setFocus()
            return
        line = self.lines[min(max(place, 0), len(self.lines) - 1)]
        line.fields.get(field, line.first).setFocus()

    def _settle(self, line: BudgetLine, place: int) -> None:
        self._work.assess()
        line.settle(self._work.view, place)

    def _remove(self, place: int) -> None:
        self._work.remove(self.name, place)
        self.focus(place)

    def _next(self, place: int) -> None:
        if place + 1 < len(self.lines):
            self.focus(place + 1)
        elif self.then is not None:
            self.then.focus(0)
        else:
            self.last.emit()
