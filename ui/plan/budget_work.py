"""The budget being typed: one form for every place that shows it, assessed as typed and kept as a draft."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.drafting import Drafting
from workstation.desk.budget_views import BudgetForm, BudgetRow, BudgetView, CreditorRow
from workstation.desk.views import CaseView
from workstation.domain.errors import WorkstationError

TYPING_MS = 60


class BudgetWork(QObject):
    """`changed`: the figures are others. `rows_changed`: so are the lines. `done` and `failed` carry what to say."""

    changed = Signal()
    rows_changed = Signal()
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.case: CaseView | None = None
        self.form = BudgetForm()
        self.view = BudgetView()
        self._typed = False
        self._request: dict[str, Any] | None = None
        self.drafting = Drafting(desk, "budget", self._draft)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPING_MS)
        self._later.timeout.connect(self.assess)

    def show_case(self, case: CaseView) -> None:
        """Another case with what was kept for it; the same one keeps what is typed, else takes what was recorded."""
        same = self.case is not None and self.case.case_id == case.case_id
        self.case = case
        if not same:
            kept = _form_of(self.drafting.open(case.case_id))
            self._typed, self._request = kept is not None, None
            self._take(kept or self._desk.budget.start(case.case_id))
        elif not self._typed:
            self._take(self._desk.budget.start(case.case_id))
        self.assess()

    def typed(self) -> None:
        """Something in the form was changed by hand."""
        self._typed = True
        self.drafting.touch()
        self._later.start()

    def assess(self) -> None:
        self._later.stop()
        if self.case is None:
            return
        self.view = self._desk.budget.assess(self.case.case_id, self.form)
        self.changed.emit()

    def request(self) -> dict[str, Any] | None:
        """For a plan, in the form of the `plan` command: what could be read last; None while there is no figure."""
        if self.case is not None and self.view.error is None:
            self._request = self._desk.budget.request_of(self.case.case_id, self.form)
        return self._request

    def add(self, section: str) -> int:
        """A new line at the end; its place."""
        rows = getattr(self.form, section)
        rows.append(CreditorRow() if section == "other_creditors" else BudgetRow())
        self._reshaped()
        return len(rows) - 1

    def remove(self, section: str, place: int) -> None:
        del getattr(self.form, section)[place]
        self._reshaped()

    def explain(self, kind: str) -> int:
        """A line of spending for what was left out, to say why; its place."""
        self.form.spending.append(BudgetRow(kind))
        self._reshaped()
        return len(self.form.spending) - 1

    def record(self) -> str | None:
        """Record it; the field of the form at fault when it cannot be, None when it is done."""
        if self.case is None:
            return None
        try:
            changes = self._desk.budget.record(self.case.case_id, self.form)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return error.field or ""
        self._typed = False
        self.drafting.clear()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("The budget is recorded."))
        return None

    def _take(self, form: BudgetForm) -> None:
        if form != self.form:
            self.form = form
            self.rows_changed.emit()

    def _reshaped(self) -> None:
        self.typed()
        self.assess()
        self.rows_changed.emit()

    def _draft(self) -> str:
        return msgspec.json.encode(self.form).decode() if self._typed else ""


def _form_of(draft: str | None) -> BudgetForm | None:
    if not draft:
        return None
    try:
        return msgspec.json.decode(draft, type=BudgetForm)
    except msgspec.DecodeError:
        return None
