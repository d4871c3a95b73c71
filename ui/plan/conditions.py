"""The conditions of a plan: the method, and the fields that it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from ui.knowledge.help import describe
from ui.look import _L
from ui.plan.entries import CALLED, Entry, LinesField, PlanField, entries
from ui.plan.work import PlanWork
from ui.widgets.basic import button, clear, down, label, set_property, show_if, with_key
from ui.widgets.field import ChoiceField
from ui.widgets.flow import FlowLayout
from workstation.desk.plan_views import METHODS, MOST_CARDS, PlanForm, fields_of, rarer_fields_of

NARROW = 540  # pixels at 100 % below which two fields stand side by side instead of four
MORE_KEY, ADD_KEY, REMOVE_KEY, PROOF_KEY = "Alt M", "Alt N", "Alt Del", "Alt P"
SUGGEST_KEY = "Alt S"
CHOICE_PAD = 32
_UNTOUCHED = PlanForm()


class Conditions(QWidget):
    def __init__(
        self, work: PlanWork, *, narrow: bool = False, more: bool = False, extra: Sequence[QWidget] = ()
    ) -> None:
        """`extra`: what else stands in the line of actions below the fields."""
        super().__init__()
        self._work, self._look = work, work.look
        self._narrow, self._more = narrow, more
        self._laid_out: tuple[object, ...] = ()
        self._filling = False
        look = self._look
        self.methods_caption = label(role="caption")
        self.methods = QButtonGroup(self)
        self.methods.setExclusive(True)
        choices = QWidget()
        grid, flow = QGridLayout(), FlowLayout(spacing=6)
        grid.setSpacing(6)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, method in enumerate(METHODS):
            choice = button(role="choice")
            choice.setObjectName(f"plan_{method}")
            choice.setCheckable(True)
            self.methods.addButton(choice, place)
            if narrow:
                choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                grid.addWidget(choice, place // 2, place % 2)
            else:
                flow.addWidget(choice)
        choices.setLayout(grid if narrow else flow)
        self.methods.idClicked.connect(lambda place: work.choose_method(METHODS[place]))
        self.fields: dict[str, Entry] = entries(look)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        for name, field in self.fields.items():
            field.changed.connect(lambda to=name: self._typed(to))
            field.setParent(self)  # one without a parent would open as a window
            field.hide()
        self.more = button(role="link", clicked=self.show_more)
        self.more.setObjectName("plan_more")
        self.compare = button(role="link", clicked=work.add_card)
        self.compare.setObjectName("plan_compare")
        self.suggest = button(role="link", clicked=work.suggest)
        self.suggest.setObjectName("plan_suggest")
        self.take_away = button(role="link", clicked=work.remove_card)
        self.take_away.setObjectName("plan_take_away")
        self.proof = button(role="link", clicked=work.prove)
        self.proof.setObjectName("plan_proof")
        actions, line = QWidget(), FlowLayout(spacing=12, lines=4)
        for made in (self.more, self.suggest, self.compare, self.take_away, self.proof, *extra):
            line.addWidget(made)
        actions.setLayout(line)
        self.accounts_caption = label(role="caption")
        self.accounts = QWidget()
        self._chips: dict[str, QPushButton] = {}
        self._account_flow = FlowLayout(spacing=6)
        self.accounts.setLayout(self._account_flow)
        self.setLayout(
            down(
                self.methods_caption,
                choices,
                self._grid,
                self.accounts_caption,
                self.accounts,
                actions,
                spacing=8,
            )
        )
        self.accounts_caption.hide()
        self.accounts.hide()
        work.filled.connect(self.fill)
        work.shown.connect(self.show_view)
        self.retranslate()
        self.fill()

    # ---- showing ----

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fill()
        self.show_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.methods_caption.setText(tr("Method"))
        self.accounts_caption.setText(tr("Accounts in this plan"))
        for place, method in enumerate(METHODS):
            made = self.methods.button(place)
            name = self._look.label("plan_button", method)
            made.setText(f"{place + 1}  {name}")
            made.setAccessibleName(self._look.label("plan_method", method))
            if not self._narrow:  # with room for the bold text of the one that is chosen
                bold = QFontMetrics(self._look.font(bold=True))
                made.setMinimumWidth(bold.horizontalAdvance(made.text()) + CHOICE_PAD)
        for field in self.fields.values():
            field.retranslate()
        self._name_more()
        self.suggest.setText(with_key(tr("Suggest"), SUGGEST_KEY))
        self.compare.setText(with_key(tr("Compare +"), ADD_KEY))
        self.proof.setText(with_key(tr("Proof"), PROOF_KEY))
        self.take_away.setText(with_key(tr("Take away"), REMOVE_KEY))
        describe(self._look, self, *self.fields.values())
        self._laid_out = ()
        self._lay_out()
        self.show_view()

    def _name_more(self) -> None:
        says = _L("Fewer conditions") if self._more else _L("More conditions")
        self.more.setText(with_key(self._look.tr(says), MORE_KEY))

    def fill(self) -> None:
        """The fields as they stand in the form."""
        if not self.isVisible():
            return
        self._filling = True
        form = self._work.form
        for name, field in self.fields.items():
            field.set_text(str(getattr(form, name)))
        self.methods.button(METHODS.index(form.method)).setChecked(True)
        self._filling = False
        self._lay_out()

    def show_view(self) -> None:
        """Readings, what was found for empty fields, and the accounts."""
        if not self.isVisible():
            return
        view, say = self._work.view, self._look.say
        show_if(self.take_away, len(self._work.forms) > 1)
        show_if(self.proof, view.proof is not None)
        show_if(self.compare, len(self._work.forms) < MOST_CARDS)
        for name, field in self.fields.items():
            if isinstance(field, ChoiceField) or field.isHidden():
                continue
            field.show_reading(view.readings.get(name))
            if isinstance(field, PlanField):
                field.show_found(say(view.found.get(name)))
        self._show_accounts()

    def _show_accounts(self) -> None:
        choices = self._work.view.accounts
        if [choice.id for choice in choices] != list(self._chips):
            clear(self._account_flow)
            self._chips = {}
            for choice in choices:
                chip = button(role="chip")
                chip.setObjectName("plan_account")
                chip.setCheckable(True)
                chip.toggled.connect(lambda on, to=choice.id: self._work.take(to, on))
                self._account_flow.addWidget(chip)
                self._chips[choice.id] = chip
            describe(self._look, self.accounts)
            show_if(self.accounts, bool(choices))
            show_if(self.accounts_caption, bool(choices))
        for choice in choices:
            chip = self._chips[choice.id]
            with QSignalBlocker(chip):
                chip.setChecked(choice.taken)
            text = ("✓ " if choice.taken else "") + self._look.say(choice.shown)
            if chip.text() != text:
                chip.setText(text)

    # ---- which fields, where ----

    def show_more(self) -> None:
        self._more = not self._more
        self._name_more()
        self._lay_out()

    def _asked(self) -> tuple[str, ...]:
        """The method's fields, and of the others those that are wanted or hold something."""
        form = self._work.form
        rarer = tuple(
            name
            for name in rarer_fields_of(form.method)
            if self._more or getattr(form, name) != getattr(_UNTOUCHED, name)
        )
        return (*fields_of(form.method), *rarer)

    def _lay_out(self) -> None:
        if not self.isVisible():
            return
        columns = 2 if self._narrow or self.width() < self._look.tokens.px(NARROW) else 4
        asked, method = self._asked(), self._work.form.method
        if self._laid_out == (columns, asked, method, self._look.language):
            return
        self._laid_out = columns, asked, method, self._look.language
        while self._grid.count():
            self._grid.takeAt(0)
        row = column = 0
        last: QWidget = self.methods.button(len(METHODS) - 1)
        for name in asked:
            field = self.fields[name]
            wide = columns if isinstance(field, LinesField) else 1
            if column + wide > columns:
                row, column = row + 1, 0
            if isinstance(field, PlanField):
                field.call_it(CALLED.get((method, name), ""))
            top = Qt.AlignmentFlag.AlignTop  # one may have a line below that its neighbour has not
            self._grid.addWidget(field, row, column, 1, wide, top)
            column += wide
            edit = field.combo if isinstance(field, ChoiceField) else field.edit
            QWidget.setTabOrder(last, edit)
            last = edit
        QWidget.setTabOrder(last, self.more)
        for place in range(4):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
        for name, field in self.fields.items():
            field.setVisible(name in asked)

    # ---- typing ----

    def _typed(self, name: str) -> None:
        if self._filling:
            return
        field = self.fields[name]
        self._work.typed(name, field.text())

    def focus_first(self) -> None:
        """The field that is most often typed first."""
        first = self.fields["custom" if self._work.form.method == "custom" else "amount"]
        (first.combo if isinstance(first, ChoiceField) else first.edit).setFocus()

    def take_key(self, event: QKeyEvent) -> bool:
        """Digits pick the method while no field has the focus."""
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or not event.text().isdecimal():
            return False
        place = int(event.text()) - 1
        if not 0 <= place < len(METHODS):
            return False
        self._work.choose_method(METHODS[place])
        return True

    def mark_wrong(self, name: str) -> None:
        """The field that an error is about, where it has none of its own to show."""
        for known, field in self.fields.items():
            if isinstance(field, PlanField) and known not in self._work.view.readings:
                set_property(field.edit, "wrong", "true" if known == name else "false")
