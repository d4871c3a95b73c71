"""The plan tab: conditions at the top, the result in one line, the schedule to the cent."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QGridLayout,
    QHeaderView,
    QTableView,
    QWidget,
)

from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.models.rows import Column, TableModel
from ui.plan.chart import RemainingChart
from ui.widgets.basic import across, button, clear, down, label, line, panel, set_property, with_key
from ui.widgets.field import ChoiceField, EntryField
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.views import CaseView, PlanForm, PlanRow, PlanView
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

METHODS = ("interest_free", "equal_instalment", "equal_principal", "settlement")
FREQUENCIES = ("monthly", "fortnightly", "weekly")
TYPING_MS = 60
ENTRY_SHARES = (3, 2, 4, 3)  # of the width: the day's reading stands above its field
ROOMY = 540  # pixels at 100 % from which all four stand side by side
CHARGES = 5  # column of the schedule that is left out while there are none


class PlanPanel(Doing):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "plan")
        self.setObjectName("plan_panel")
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._form = PlanForm()
        self.view = PlanView()
        self._filling = False
        self._filling = True
        self._build()
        self._filling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPING_MS)
        self._later.timeout.connect(self.calculate)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        look = self._look
        self.methods_caption = label(role="caption")
        self.methods = QButtonGroup(self)
        self.methods.setExclusive(True)
        methods, flow = QWidget(), FlowLayout(spacing=6)
        for place, method in enumerate(METHODS):
            choice = button(role="choice")
            choice.setObjectName(f"plan_{method}")
            choice.setCheckable(True)
            self.methods.addButton(choice, place)
            flow.addWidget(choice)
        methods.setLayout(flow)
        self.methods.idClicked.connect(lambda _: self._typed())
        self.fields: dict[str, EntryField | ChoiceField] = {
            "amount": EntryField(look, _L("Each instalment"), "1600", name="plan_amount"),
            "instalments": EntryField(look, _L("How many"), "12", name="plan_instalments"),
            "first_due": EntryField(look, _L("First due day"), _L("+7, 30"), name="plan_first_due"),
            "frequency": ChoiceField(look, _L("Frequency"), "frequency", FREQUENCIES, name="plan_frequency"),
            "waive_interest": EntryField(look, _L("Waive interest"), "0", name="plan_waive_interest"),
            "waive_penalty": EntryField(look, _L("Waive penalty"), "0", name="plan_waive_penalty"),
            "annual_rate": EntryField(look, _L("Yearly rate"), "6%", name="plan_annual_rate"),
            "recording": EntryField(look, _L("Recording"), name="plan_recording"),
        }
        self._entries = entries = QGridLayout()
        entries.setSpacing(8)
        entries.setHorizontalSpacing(10)
        for field in self.fields.values():
            field.changed.connect(self._typed)
        self._lay_out_entries(len(ENTRY_SHARES))
        self.headline, self.authority = label(role="heading"), label(role="badge")
        self.sentence, self.findings = label(wrap=True), label(role="caption", wrap=True)
        self.problem = label(role="error", wrap=True)
        self.facts = QGridLayout()
        self.facts.setHorizontalSpacing(12)
        self.facts.setVerticalSpacing(3)
        self.facts.setColumnStretch(1, 1)
        self.facts.setColumnStretch(3, 1)
        self.chart = RemainingChart(look)
        money = look.money
        self.columns = [
            Column[PlanRow](_L("No."), lambda row: str(row.n), right=True),
            Column[PlanRow](_L("Due"), lambda row: look.translator.day(row.due, "iso")),
            Column[PlanRow](_L("Amount"), lambda row: money(row.amount, symbol=False), right=True),
            Column[PlanRow](_L("Principal"), lambda row: money(row.principal, symbol=False), right=True),
            Column[PlanRow](_L("Interest"), lambda row: money(row.interest, symbol=False), right=True),
            Column[PlanRow](_L("Charges"), lambda row: money(row.charges, symbol=False), right=True),
            Column[PlanRow](_L("Remaining"), lambda row: money(row.balance, symbol=False), right=True),
            Column[PlanRow](_L("Why"), lambda row: look.say(row.note)),
        ]
        self.model: TableModel[PlanRow] = TableModel(self.columns, look.tr)
        self.table = QTableView()
        self.table.setObjectName("plan_table")
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(self.columns) - 1, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.agree = button(clicked=self._agree)
        self.propose = button(role="primary", clicked=self.save)
        self.propose.setObjectName("plan_propose")
        result, line_of_result = QWidget(), FlowLayout(spacing=10, lines=4)
        line_of_result.addWidget(self.headline)
        line_of_result.addWidget(self.authority)
        result.setLayout(line_of_result)
        body = panel()
        self.table.setMinimumHeight(look.tokens.px(220))
        body.setLayout(
            down(
                self.methods_caption,
                methods,
                entries,
                line(),
                result,
                self.problem,
                self.facts,
                self.sentence,
                self.findings,
                self.chart,
                spacing=8,
                margins=(16, 12, 16, 4),
            )
        )
        foot = panel()
        buttons = across(self.agree, self.propose)
        buttons.setStretch(0, 1)
        buttons.setStretch(1, 2)
        foot.setLayout(down(buttons, margins=(16, 8, 16, 14)))
        whole = panel()
        inner = down(body, self.table, spacing=0)
        inner.setStretch(1, 1)
        whole.setLayout(inner)
        scroll = TallArea(whole)
        outer = down(scroll, line(), foot, spacing=0)
        outer.setStretch(0, 1)
        self.setLayout(outer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_entries(len(ENTRY_SHARES) if self._roomy else 2)
        self._show_facts()

    def _lay_out_entries(self, columns: int) -> None:
        if self._entries.count() and self._entries.columnStretch(2) == (ENTRY_SHARES[2] if columns > 2 else 0):
            return
        for place, field in enumerate(self.fields.values()):
            self._entries.addWidget(field, place // columns, place % columns)
        for column, share in enumerate(ENTRY_SHARES):
            self._entries.setColumnStretch(column, 0 if column >= columns else share if columns > 2 else 1)

    def show_case(self, case: CaseView) -> None:
        same = self._case is not None and self._case.case_id == case.case_id
        self._case = case
        if not same:
            kept = self.drafting.open(case.case_id)
            self._form = _form_of(kept) or self._desk.plan.start()
            self._show_form()
        self.calculate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.methods_caption.setText(tr("Method"))
        for place, method in enumerate(METHODS):
            self.methods.button(place).setText(self._look.label("plan_method", method))
        for field in self.fields.values():
            field.retranslate()
        describe(self._look, self)
        self.propose.setText(with_key(tr("Propose this plan"), "Ctrl ↵"))
        self.agree.setText(tr("Debtor agreed"))
        self.table.setAccessibleName(tr("Schedule"))
        self.table.verticalHeader().setDefaultSectionSize(self._look.tokens.px(28))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        if self._case is not None:
            self._show_view()

    def draft(self) -> str:
        return msgspec.json.encode(self._form).decode()

    def calculate(self) -> None:
        if self._case is None:
            return
        self.view = self._desk.plan.calculate(self._case.case_id, self._form)
        self._show_view()

    def _show_form(self) -> None:
        self._filling = True
        for name, field in self.fields.items():
            field.set_text(str(getattr(self._form, name)))
        place = METHODS.index(self._form.method) if self._form.method in METHODS else 0
        self.methods.button(place).setChecked(True)
        self._filling = False

    def _typed(self) -> None:
        if self._filling:
            return
        sender = self.sender()
        for name, field in self.fields.items():
            setattr(self._form, name, field.text())
        # Amount and number exclude each other: the one typed last counts.
        if sender is self.fields["amount"] and self._form.amount.strip():
            self._blank("instalments")
        elif sender is self.fields["instalments"] and self._form.instalments.strip():
            self._blank("amount")
        self._form.method = METHODS[max(0, self.methods.checkedId())]
        self.drafting.touch()
        self._later.start()

    def _blank(self, name: str) -> None:
        self._filling = True
        self.fields[name].set_text("")
        setattr(self._form, name, "")
        self._filling = False

    def _show_view(self) -> None:
        view, say = self.view, self._look.say
        for name, field in self.fields.items():
            if isinstance(field, EntryField):
                field.show_reading(view.readings.get(name))
        self.problem.setText(say(view.error))
        self.problem.setVisible(view.error is not None)
        self.headline.setText(say(view.headline))
        self.headline.setVisible(view.headline is not None)
        self.authority.setVisible(view.authority is not None)
        if view.authority is not None:
            self.authority.setText(say(view.authority.text))
            set_property(self.authority, "tone", view.authority.tone)
        self._show_facts()
        self.sentence.setText(say(view.sentence).join(("“", "”")))
        self.sentence.setVisible(view.sentence is not None)
        self.findings.setText("\n".join(f"▲ {say(finding)}" for finding in view.findings))
        self.findings.setVisible(bool(view.findings))
        self.model.set_rows(view.rows)
        self.table.setColumnHidden(CHARGES, not any(row.charges.minor for row in view.rows))
        self.chart.show_points(view.remaining)
        self.propose.setEnabled(bool(view.rows))

    def _show_facts(self) -> None:
        """Two pairs in a line where there is room."""
        clear(self.facts)
        pairs = 2 if self._roomy else 1
        for place, (caption, value) in enumerate(self.view.facts):
            row, column = place // pairs, place % pairs * 2
            self.facts.addWidget(label(self._look.say(caption), "caption"), row, column)
            shown = label(self._look.value(value), "small")
            shown.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.facts.addWidget(shown, row, column + 1)

    @property
    def _roomy(self) -> bool:
        return self.width() >= self._look.tokens.px(ROOMY)

    def save(self) -> None:
        self._record(lambda case: self._desk.plan.propose(case, self._form), _L("The plan is proposed."))

    def _agree(self) -> None:
        self._record(
            lambda case: self._desk.plan_follow.agree(
                case, "recorded" if self._form.recording.strip() else "signed", self._form.recording
            ),
            _L("The debtor's consent is recorded."),
        )

    def _record(self, act: Callable[[str], Changes], sentence: str) -> None:
        if self._case is None:
            return
        try:
            changes = act(self._case.case_id)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        self.drafting.clear()
        self._desk.announce(changes)
        self.done.emit(self._look.tr(sentence))


def _form_of(draft: str | None) -> PlanForm | None:
    if not draft:
        return None
    try:
        return msgspec.json.decode(draft, type=PlanForm)
    except msgspec.DecodeError:
        return None
