"""One line of the budget each: what, how much, how often, and a word of reason where it is unusual."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QWidget

from ui.look import _L, Look
from ui.widgets.basic import across, as_written, button, down, grow, label, set_property, show_if
from ui.widgets.field import ChoiceField
from workstation.desk.budget import KINDS
from workstation.desk.budget_views import SECTIONS, BudgetLineView, BudgetRow, BudgetView, CreditorRow
from workstation.desk.views import Reading
from workstation.domain.affordability import A_MONTH

PERIODS = tuple(A_MONTH)
AMOUNT_WIDTH, REMOVE_WIDTH = 84, 24  # pixels at 100 %


class Edit(QLineEdit):
    """`entered`: Enter goes on to the next one, and no further: where it leads is no button pressed."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier  # Ctrl Enter is the panel's
        if plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.editingFinished.emit()
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class AmountEdit(Edit):
    """An amount as typed, at the right."""

    def __init__(self, look: Look, name: str, caption: str) -> None:
        super().__init__()
        self._look, self._caption = look, caption
        self.setObjectName(name)
        self.setMaxLength(40)
        self.setMinimumWidth(40)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def named(self, what: str) -> None:
        self.setAccessibleName(self._look.tr("{what}: {field}", what=what, field=self._look.tr(self._caption)))


class BudgetLine(QFrame):
    """`typed`: the row was changed. `settled`: its amount is typed to the end. `removed`, `entered`: by hand."""

    typed = Signal()
    removed = Signal()
    entered = Signal()
    settled = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.remove = button("×", "link", clicked=self.removed.emit)
        self.remove.setObjectName("budget_remove")
        self.note = label(role="caption", wrap=True)

    @property
    def first(self) -> QWidget:
        """Where typing begins."""
        raise NotImplementedError

    @property
    def fields(self) -> dict[str, QWidget]:
        """By the name of the row's field, for what the desk says of it."""
        raise NotImplementedError

    def retranslate(self) -> None:
        raise NotImplementedError

    def show_view(self, view: BudgetView, place: int) -> None:
        """What the desk says of the row at this place of the form."""
        raise NotImplementedError

    def settle(self, view: BudgetView, place: int) -> None:
        """Tidy what was typed, once it is typed to the end."""

    def _say(self, readings: list[Reading | None], worth: bool = False) -> None:
        """The first error, else what was read where that is `worth` a line."""
        known = [reading for reading in readings if reading is not None]
        error = next((reading.error for reading in known if reading.error is not None), None)
        shown = next((reading.shown for reading in known if reading.shown is not None), None) if worth else None
        self.note.setText(self._look.say(error or shown))
        set_property(self.note, "role", "error" if error else "reading")
        show_if(self.note, bool(error or shown))


class Line(BudgetLine):
    """A source of income, an item of spending or a priority debt."""

    def __init__(self, look: Look, section: str, row: BudgetRow) -> None:
        super().__init__(look)
        self._section, self._row = section, row
        self.what = label(wrap=True)
        self.kind = ChoiceField(look, _L("What for"), SECTIONS[section], KINDS[section], name="budget_kind")
        self.kind.caption.hide()
        self.amount = AmountEdit(look, "budget_amount", _L("Amount"))
        self.per = QComboBox()
        self.per.setObjectName("budget_per")
        self.per.addItems([""] * len(PERIODS))
        self.per.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel in passing takes no focus
        self.per.installEventFilter(self)
        self.flag = label(role="badge", wrap=True)
        self.reason = Edit()
        self.reason.setObjectName("budget_reason")
        self.reason.setMaxLength(200)
        self.amount.setFixedWidth(look.tokens.px(AMOUNT_WIDTH))
        self.remove.setFixedWidth(look.tokens.px(REMOVE_WIDTH))
        head = across(grow(self.what), self.kind, self.amount, self.per, self.remove, spacing=4)
        head.setStretch(0, 1)
        head.setStretch(1, 1)
        self.setLayout(down(head, self.note, self.flag, self.reason, spacing=2))
        self.fill()
        self.retranslate()
        self.kind.changed.connect(self._typed)
        self.amount.textChanged.connect(self._typed)
        self.per.currentIndexChanged.connect(self._typed)
        self.reason.textChanged.connect(self._typed)
        self.amount.entered.connect(self.entered)
        self.amount.editingFinished.connect(self.settled)
        self.reason.entered.connect(self.entered)

    @property
    def first(self) -> QWidget:
        return self.amount if self._row.kind in KINDS[self._section] else self.kind.combo

    @property
    def fields(self) -> dict[str, QWidget]:
        return {"kind": self.kind.combo, "amount": self.amount, "reason": self.reason}

    def fill(self) -> None:
        row = self._row
        self.kind.set_text(row.kind)
        known = row.kind in KINDS[self._section]
        self.kind.setVisible(not known)  # what a line is for stays; another use is another line
        self.what.setVisible(known)
        for edit, text in ((self.amount, row.amount), (self.reason, row.reason)):
            if edit.text() != text:
                edit.setText(text)
        self.per.setCurrentIndex(PERIODS.index(row.per) if row.per in PERIODS else PERIODS.index("month"))

    def retranslate(self) -> None:
        tr = self._look.tr
        self.kind.retranslate()
        what = self._look.label(SECTIONS[self._section], self._row.kind) if self._row.kind else tr("New line")
        self.what.setText(what)
        self.amount.named(what)
        for place, period in enumerate(PERIODS):
            self.per.setItemText(place, self._look.label("period", period))
        self.per.setAccessibleName(tr("{what}: {field}", what=what, field=tr("How often")))
        self.reason.setPlaceholderText(tr("Why? A word of reason"))
        self.reason.setAccessibleName(tr("{what}: {field}", what=what, field=tr("Reason")))
        self.remove.setAccessibleName(tr("Remove {what}", what=what))
        self.remove.setToolTip(as_written(self.remove.accessibleName()))

    def show_view(self, view: BudgetView, place: int) -> None:
        field = f"{self._section}.{place}"
        told = self._told(view, place)
        if told is not None and told.per.id != self._row.per:  # typed with the amount
            self._row.per = told.per.id
            self.per.blockSignals(True)
            self.per.setCurrentIndex(PERIODS.index(self._row.per))
            self.per.blockSignals(False)
        amount = view.readings.get(f"{field}.amount")
        set_property(self.amount, "wrong", "true" if amount is not None and amount.error is not None else "false")
        plain = self._row.per == "month" and self._row.amount.strip().isdecimal()
        self._say([amount, view.readings.get(f"{field}.kind")], worth=not plain)
        if view.error is not None:
            return  # what is unusual is not known then: it stays as it was
        flag = next((flag for flag in view.flags if flag.field == field), None)
        if flag is not None:
            self.flag.setText(("● " if flag.reason else "▲ ") + self._look.say(flag.message))
            self.flag.setToolTip(self._look.say(flag.source))
            set_property(self.flag, "tone", "" if flag.reason else "warn")
        show_if(self.flag, flag is not None)
        show_if(self.reason, flag is not None or bool(self._row.reason))

    def _told(self, view: BudgetView, place: int) -> BudgetLineView | None:
        field = f"{self._section}.{place}"
        return next((line for line in view.lines.get(self._section, ()) if line.field == field), None)

    def settle(self, view: BudgetView, place: int) -> None:
        """The period typed with the amount now stands beside it, and can be changed there."""
        told = self._told(view, place)
        if told is not None and told.alone:
            self.amount.setText(told.alone)

    def _typed(self) -> None:
        row = self._row
        before = row.kind
        row.kind = self.kind.text() or before
        row.amount, row.reason = self.amount.text(), self.reason.text()
        row.per = PERIODS[max(0, self.per.currentIndex())]
        if row.kind != before:
            self.retranslate()
        self.typed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit picks how often, as in every list; the wheel scrolls the form and picks nothing in passing."""
        if event.type() == QEvent.Type.Wheel and not self.per.hasFocus():
            event.ignore()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.text() in tuple("1234"):
            self.per.setCurrentIndex(int(event.text()) - 1)
            return True
        return super().eventFilter(watched, event)


class CreditorLine(BudgetLine):
    """Another unsecured creditor: by balance, or as agreed a month."""

    def __init__(self, look: Look, row: CreditorRow) -> None:
        super().__init__(look)
        self._row = row
        self.creditor = Edit()
        self.creditor.setObjectName("budget_creditor")
        self.creditor.setMaxLength(80)
        self.creditor.setMinimumWidth(40)
        self.balance = AmountEdit(look, "budget_balance", _L("Owed"))
        self.agreed = AmountEdit(look, "budget_agreed", _L("a month as agreed"))
        for edit in (self.balance, self.agreed):
            edit.setFixedWidth(look.tokens.px(AMOUNT_WIDTH))
            edit.entered.connect(self.entered)
        self.creditor.entered.connect(self.balance.setFocus)
        self.remove.setFixedWidth(look.tokens.px(REMOVE_WIDTH))
        head = across(self.creditor, self.balance, self.agreed, self.remove, spacing=4)
        head.setStretch(0, 1)
        self.setLayout(down(head, self.note, spacing=2))
        self.fill()
        self.retranslate()
        edits: tuple[QLineEdit, ...] = (self.creditor, self.balance, self.agreed)
        for edited in edits:
            edited.textChanged.connect(self._typed)

    @property
    def first(self) -> QWidget:
        return self.creditor

    @property
    def fields(self) -> dict[str, QWidget]:
        return {"name": self.creditor, "balance": self.balance, "agreed": self.agreed}

    def fill(self) -> None:
        row = self._row
        for edit, text in ((self.creditor, row.name), (self.balance, row.balance), (self.agreed, row.agreed)):
            if edit.text() != text:
                edit.setText(text)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.creditor.setPlaceholderText(tr("Creditor"))
        self.creditor.setAccessibleName(tr("Creditor"))
        for edit in (self.balance, self.agreed):
            edit.named(self._row.name or tr("Creditor"))
        self.remove.setAccessibleName(tr("Remove {what}", what=self._row.name or tr("Creditor")))
        self.remove.setToolTip(as_written(self.remove.accessibleName()))

    def show_view(self, view: BudgetView, place: int) -> None:
        readings = [view.readings.get(f"other_creditors.{place}.{name}") for name in ("balance", "agreed")]
        for edit, reading in zip((self.balance, self.agreed), readings, strict=True):
            set_property(edit, "wrong", "true" if reading is not None and reading.error is not None else "false")
        self._say(readings)

    def _typed(self) -> None:
        self._row.name = self.creditor.text()
        self._row.balance, self._row.agreed = self.balance.text(), self.agreed.text()
        self.typed.emit()
