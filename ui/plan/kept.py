"""How an agreed plan is kept: the state, what is next, its instalments and the plans before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.case.line_list import Line
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, set_property, show_if
from workstation.desk.follow_views import KeptRow, PlanKept
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg, nmsg
from workstation.domain.plan_watch import SETTLED, InstalmentState, Next

SIGNS: dict[InstalmentState, str] = {
    "coming": "○", "due": "◐", "part_paid": "◐", "paid": "●", "paid_early": "●", "paid_late": "●", "over_paid": "●",
    "missed": "▲",
}  # fmt: skip
TONES: dict[InstalmentState, str] = {
    "coming": "muted", "due": "warn_ink", "part_paid": "warn_ink", "paid": "good_ink", "paid_early": "good_ink",
    "paid_late": "warn_ink", "over_paid": "good_ink", "missed": "bad_ink",
}  # fmt: skip
# What a person records about a kept plan; the rest is only told.
ACTS: dict[Next, tuple[str, str]] = {
    "report_breach": (_L("Report the breach"), _L("The breach is reported to your lead.")),
    "complete": (_L("Record as completed"), _L("The plan is completed.")),
}


def kept_lines(look: Look, kept: PlanKept) -> Iterator[Line]:
    """The plan as a list: its state, every instalment, and the plans whose place it took."""
    say = look.say
    title = msg("Plan: {method} · {stage}", method=kept.method, stage=kept.stage)
    yield Line(say(title), heading=True)
    yield Line(say(kept.sentence), below=_sums(look, kept))
    for row in kept.rows:
        yield _line(look, row)
    if kept.chain:
        yield Line(look.tr("Plans before it"), heading=True)
    for plan in kept.chain:
        day = say(msg("{day}", day=plan.proposed_on))
        yield Line(say(plan.text), when=day, right=look.translator.label(plan.stage))


def _line(look: Look, row: KeptRow) -> Line:
    number = look.tr("Down payment") if row.n == 0 else look.tr("Instalment {n}", n=row.n)
    return Line(
        title=look.say(msg("{number} · {amount}", number=number, amount=row.amount)),
        when=look.say(msg("{day}", day=row.due)),
        below=look.say(row.note),
        right=f"{SIGNS[row.state]} {look.translator.label(row.said)}",
        tone=TONES[row.state],
    )


def _sums(look: Look, kept: PlanKept) -> str:
    paid = sum(1 for row in kept.rows if row.state in SETTLED)
    parts = [
        nmsg("{paid} of {n} instalment paid", "{paid} of {n} instalments paid", len(kept.rows), paid=paid),
        msg("{amount} paid, {left} to come", amount=kept.paid, left=kept.left),
    ]
    if kept.over is not None:
        parts.append(msg("{amount} more than was agreed", amount=kept.over))
    if kept.re_aged:
        parts.append(nmsg("moved on {n} time", "moved on {n} times", kept.re_aged))
    return " · ".join(map(look.say, parts))


class KeptPlan(QFrame):
    """The plan in force on the case that is shown; hidden where there is none."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("kept_plan")
        self.setProperty("role", "box")
        self._look, self._desk = look, desk
        self._case_id = ""
        self.kept: PlanKept | None = None
        self.stage, self.sums = label(role="badge"), label(role="muted", wrap=True)
        self.said = label(role="strong", wrap=True)
        self.act = button(clicked=self.record)
        self.act.setObjectName("kept_act")
        row = across(self.stage, self.sums, spacing=10)
        row.setStretch(1, 1)
        self.setLayout(down(row, self.said, across(self.act, None), spacing=8, margins=(12, 10, 12, 10)))
        self.hide()

    def show_case(self, case_id: str) -> None:
        self._case_id = case_id
        self.kept = self._desk.plan_follow.standing(case_id)
        self.retranslate()

    def retranslate(self) -> None:
        kept, look = self.kept, self._look
        show_if(self, kept is not None)
        if kept is None:
            return
        late = sum(1 for row in kept.rows if row.state == "missed")
        sign = "▲" if late else "●"
        self.stage.setText(f"{sign} {look.translator.label(kept.stage)}")
        set_property(self.stage, "tone", kept.tone)
        self.sums.setText(_sums(look, kept))
        self.said.setText(look.say(kept.sentence))
        act = ACTS.get(kept.step)
        show_if(self.act, act is not None)
        if act is not None:
            self.act.setText(look.tr(act[0]))

    def record(self) -> None:
        """What stands on the button; what the desk refuses is said and nothing changes."""
        if self.kept is None or self.kept.step not in ACTS:
            return
        follow = self._desk.plan_follow
        acts: dict[Next, Callable[[str], Changes]] = {
            "report_breach": follow.report_breach,
            "complete": follow.complete,
        }
        sentence = ACTS[self.kept.step][1]
        try:
            changes = acts[self.kept.step](self._case_id)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        self._desk.announce(changes)
        self.done.emit(self._look.tr(sentence))
