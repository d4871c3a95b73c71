"""The budget on the plan page: a compact summary that opens into lines to be typed, and closes again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.plan.budget_section import Section
from ui.plan.budget_summary import BudgetSummary
from ui.plan.budget_work import BudgetWork
from ui.widgets.basic import across, button, down, label, show_if
from ui.widgets.field import EntryField
from workstation.desk.budget_views import BudgetForm, BudgetView
from workstation.desk.views import CaseView

SECTIONS = (
    ("income", _L("Income"), _L("Add an income")),
    ("spending", _L("Essential spending"), _L("Add a spending")),
    ("priority_debts", _L("Priority debts"), _L("Add a priority debt")),
    ("other_creditors", _L("Other creditors"), _L("Add a creditor")),
)


class BudgetEditor(QWidget):
    """`changed`: the figures are others. `done` and `failed` carry what to say after recording.

    Editors that share one `work` show the same budget.
    """

    changed = Signal()
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk, work: BudgetWork | None = None) -> None:
        super().__init__()
        self.setObjectName("budget_editor")
        self._look = look
        self.work = work or BudgetWork(look, desk)
        self._stale = True  # the lines are not those of the form
        self.title = label(role="strong")
        self.toggle = button("", "link", clicked=self._toggled)
        self.toggle.setObjectName("budget_toggle")
        self.summary = BudgetSummary(look)
        self.adults = EntryField(look, _L("Adults"), "1", name="budget_adults")
        self.children_field = EntryField(look, _L("Children"), "0", name="budget_children")
        self.note = EntryField(look, _L("Note"), name="budget_note")
        self.record = button(clicked=self.save)
        self.record.setObjectName("budget_record")
        self.sections = {name: Section(look, self.work, name, caption, add) for name, caption, add in SECTIONS}
        order = tuple(self.sections.values())
        for section, following in zip(order, (*order[1:], None), strict=True):
            section.then = following
            section.last.connect(self.record.setFocus)
        self.source = label(role="caption", wrap=True)
        household = across(self.adults, self.children_field, spacing=10)
        household.setStretch(0, 1)
        household.setStretch(1, 1)
        self.lines = QWidget()
        self.lines.setLayout(
            down(
                self.sections["income"],
                household,
                self.sections["spending"],
                self.source,
                self.sections["priority_debts"],
                self.sections["other_creditors"],
                self.note,
                across(None, self.record),
                spacing=12,
            )
        )
        self.lines.hide()
        self.setLayout(down(across(self.title, None, self.toggle), self.summary, self.lines, spacing=8))
        for field in (self.adults, self.children_field, self.note):
            field.changed.connect(self._typed)
        self.work.changed.connect(self._show_view)
        self.work.changed.connect(self.changed)
        self.work.rows_changed.connect(self._reshaped)
        self.work.done.connect(self.done)
        self.work.failed.connect(self.failed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def view(self) -> BudgetView:
        return self.work.view

    @property
    def opened(self) -> bool:
        return not self.lines.isHidden()

    def form(self) -> BudgetForm:
        return self.work.form

    def show_case(self, case: CaseView) -> None:
        self.work.show_case(case)

    def keep_draft(self) -> None:
        self.work.drafting.flush()

    def open(self) -> None:
        """Show the lines, with the focus where the first figure is missing."""
        self.lines.show()
        self._build()
        self.retranslate()
        for section in self.sections.values():
            for place, row in enumerate(getattr(self.work.form, section.name)):
                if not (row.amount if hasattr(row, "amount") else row.balance or row.agreed).strip():
                    section.focus(place)
                    return
        self.sections["income"].focus(0)

    def close_lines(self) -> None:
        self.lines.hide()
        self.retranslate()
        self.toggle.setFocus()

    def save(self) -> None:
        """Record the budget; what is wrong gets the focus."""
        wrong = self.work.record()
        if wrong is None:
            self.close_lines()
            return
        section, _, rest = wrong.partition(".")
        place, _, field = rest.partition(".")
        if section in self.sections and place.isdecimal():
            self.sections[section].focus(int(place), field)
        elif section in {"adults", "children"}:
            (self.adults if section == "adults" else self.children_field).edit.setFocus()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Affordability"))
        self.toggle.setText(tr("Close the lines") if self.opened else tr("Edit the budget"))
        self.record.setText(tr("Record the budget"))
        for field in (self.adults, self.children_field, self.note):
            field.retranslate()
        for section in self.sections.values():
            section.retranslate()
        describe(self._look, self)
        self._show_view()

    def _toggled(self) -> None:
        if self.opened:
            self.close_lines()
        else:
            self.open()

    def _reshaped(self) -> None:
        self._stale = True
        if self.opened and self.isVisible():
            self._build()

    def _build(self) -> None:
        if not self._stale:
            return
        self._stale = False
        for section in self.sections.values():
            section.build()
        form = self.work.form
        for field, text in ((self.adults, form.adults), (self.children_field, form.children), (self.note, form.note)):
            field.blockSignals(True)
            field.set_text(text)
            field.blockSignals(False)
        describe(self._look, self)
        self._show_view()

    def _typed(self) -> None:
        form = self.work.form
        form.adults, form.children, form.note = self.adults.text(), self.children_field.text(), self.note.text()
        self.work.typed()

    def _show_view(self) -> None:
        view = self.work.view
        self.summary.show_view(view)
        if self.opened:
            for section in self.sections.values():
                section.show_view()
            for name, field in (("adults", self.adults), ("children", self.children_field)):
                field.show_reading(view.readings.get(name))
            sources = dict.fromkeys(self._look.say(flag.source) for flag in view.flags)
            self.source.setText(self._look.tr("Reference: {source}", source=" · ".join(sources)))
            show_if(self.source, bool(sources))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.opened:
            self._stale = True  # another editor of the same budget may have typed
            self._build()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.opened and self.summary.geometry().contains(event.position().toPoint()):
            self.open()
        else:
            super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc closes the lines, before the window takes it as a step back."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.opened
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier  # Ctrl Enter is the panel's
        if event.key() == Qt.Key.Key_Escape and self.opened:
            self.close_lines()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain and isinstance(focus, QPushButton):
            focus.click()  # a button by itself knows the space bar only
        else:
            super().keyPressEvent(event)
