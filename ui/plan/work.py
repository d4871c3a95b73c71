"""The plans being worked on for the open case: what was typed, the cards, and what came of it.

The panel in the call and the page beside it show the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.plan.budget_work import BudgetWork
from ui.widgets.drafting import Drafting
from workstation.desk.entry_reading import Readings
from workstation.desk.plan_views import MOST_CARDS, PlanCard, PlanForm, PlanStanding, PlanSuggested, PlanView, fields_of
from workstation.desk.views import CaseView
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.i18n import LANGUAGES, Translator

# Any one of them gives the other two: the one typed last counts.
EXCLUSIVE = ("amount", "instalments", "last_due")


@dataclass(slots=True)
class PlanDraft:
    """All cards as typed, and which of them the fields show."""

    forms: list[PlanForm] = field(default_factory=list)
    active: int = 0
    touched: bool = True  # since the newest plan was proposed


class PlanWork(QObject):
    """`filled`: other conditions stand in the fields; `shown`: something was calculated; `step`: what comes next."""

    filled = Signal()
    shown = Signal()
    spoken = Signal()  # the sentence, in another language
    step_changed = Signal()
    letter_wanted = Signal(str)  # a template
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self.drafting = Drafting(desk, "plan", self.draft)
        self.case: CaseView | None = None
        self.forms: list[PlanForm] = [PlanForm()]
        self.active = 0
        self.view = PlanView(card=PlanCard(msg("—")))
        self.cards: list[PlanCard] = [self.view.card]
        self.standing = PlanStanding("new")
        self.means = BudgetWork(look, desk)
        self.means.changed.connect(self._means_changed)
        self.means.done.connect(self.done)
        self.means.failed.connect(self.failed)
        self.budget: Mapping[str, Any] | None = None  # the debtor's, in the form of the `plan` command
        self._suggested: list[PlanSuggested] = []
        self.proving = False
        self.asking = False  # for the circumstances, before a plan goes to a lead
        self._touched = False  # since it was proposed
        self._again = False  # another plan is wanted in place of the one in force
        self._language = look.language
        self._other: Translator | None = None

    @property
    def form(self) -> PlanForm:
        return self.forms[self.active]

    @property
    def step(self) -> str:
        """What the key that records does next: `propose`, `ask` (with the circumstances), `agree`, `wait`
        or `keep` (then: another plan in place of the one in force)."""
        if self.asking:
            return "ask"
        if self.keeping:
            return "keep"
        if self._touched or self.standing.where in {"new", "in_force"}:
            return "propose"
        return "agree" if self.standing.where == "agree" else "wait"

    @property
    def keeping(self) -> bool:
        """A plan is in force and no other one is being worked on: how it stands is shown instead."""
        return self.standing.where == "in_force" and not self._touched and not self._again

    # ---- the case ----

    def show_case(self, case: CaseView) -> None:
        same = self.case is not None and self.case.case_id == case.case_id
        self.case = case
        self.desk.plan.refresh()
        if not same:
            kept = _draft_of(self.drafting.open(case.case_id))
            self._touched, self.asking = kept is not None and kept.touched, False
            self._again = False
            self.forms = [self.desk.plan.resume(case.case_id)] if kept is None else kept.forms
            self.active = 0 if kept is None else kept.active
            self._language = self.desk.messages.language(case.case_id)
            self.filled.emit()
        self.means.show_case(case)
        self.budget = self._budget()
        self.standing = self.desk.plan.standing(case.case_id)
        self._calculate_all()
        self.step_changed.emit()

    def keep_draft(self) -> None:
        self.drafting.flush()
        self.means.drafting.flush()

    def _budget(self) -> Mapping[str, Any] | None:
        """What could be read last; None while no figure is typed."""
        if self.case is None or self.means.case is None or self.means.case.case_id != self.case.case_id:
            return None
        return self.means.request()

    def _means_changed(self) -> None:
        budget = self._budget()
        if budget != self.budget:
            self.budget = budget
            self._calculate_all()

    def draft(self) -> str:
        return msgspec.json.encode(PlanDraft(self.forms, self.active, self._touched)).decode()

    def owed(self) -> Message:
        """What is owed in all today."""
        figure = next(iter(self.case.figures)) if self.case is not None else None
        value = "" if figure is None else figure.value
        return msg("{owed} owed on {day}", owed=value, day=self.desk.today())

    def prove(self) -> None:
        """Show why what was found is the best there is, or hide it again."""
        self.proving = not self.proving
        self.shown.emit()

    # ---- reading aloud ----

    def sentence(self) -> str:
        """To be read to the debtor, in the language it was turned to."""
        said = self.view.sentence
        return "" if said is None else self._speaker().say(said)

    @property
    def language(self) -> str:
        """Of what the debtor is told and given."""
        return self._language

    @property
    def other_language(self) -> str:
        return next(language for language in LANGUAGES if language != self._language)

    def turn_language(self) -> None:
        self._language = self.other_language
        self.spoken.emit()

    def _speaker(self) -> Translator:
        here = self.look.translator
        if self._language == here.language:
            return here
        if self._other is None or self._other.language != self._language:
            self._other = Translator(self._language, here.zone, here.today)
        return self._other

    # ---- typing ----

    def note(self, name: str, text: str) -> None:
        """What is no condition: kept with the draft, nothing is calculated."""
        if getattr(self.form, name) != text:
            setattr(self.form, name, text)
            self.drafting.touch()

    def typed(self, name: str, value: object) -> None:
        """One condition changed: only its own card is calculated anew."""
        form = self.form
        if getattr(form, name) == value:
            return
        setattr(form, name, value)
        together = form.unknown or (form.method == "settlement" and name != "last_due")
        if name in EXCLUSIVE and value and not together:
            self._blank(other for other in EXCLUSIVE if other != name)
        self._changed()

    def choose_method(self, method: str) -> None:
        """Fields that mean something else to the method are emptied."""
        form = self.form
        if method == form.method:
            return
        if form.method == "down_payment":
            form.down_payment = form.down_payment_on = ""
        if "settlement" in {method, form.method}:  # there the amount is for everything
            form.amount = ""
            form.instalments = "1" if method == "settlement" else "12"
        form.method = method
        self.filled.emit()
        self._changed()

    def take(self, account: str, taken: bool) -> None:
        """Take an account into the plan, or out of it; the last one stays."""
        without = [known for known in self.form.without if known != account]
        if not taken:
            without.append(account)
        if len(without) < len(self.view.accounts):
            self.typed("without", without)

    def _blank(self, names: object) -> None:
        blanked = [name for name in names if getattr(self.form, name)]  # type: ignore[attr-defined]
        for name in blanked:
            setattr(self.form, name, "")
        if blanked:
            self.filled.emit()

    def _changed(self) -> None:
        before = self.step
        self._touched = True
        self.drafting.touch()
        self.calculate()
        if self.asking and not self.view.needs_approval:
            self.asking = False
        if before != self.step:
            self.step_changed.emit()

    def calculate(self) -> None:
        if self.case is None:
            return
        self.view = self.desk.plan.calculate(self.case.case_id, self.form, self.budget)
        self.cards[self.active] = self.view.card
        self.shown.emit()

    def _calculate_all(self) -> None:
        if self.case is None:
            return
        self.cards = list(self.desk.plan.compare(self.case.case_id, self.forms, self.budget))
        self.calculate()

    # ---- cards ----

    def add_card(self) -> None:
        """Keep the conditions as a card and go on with a copy of them."""
        if len(self.forms) >= MOST_CARDS:
            self.failed.emit(self.look.tr("Four plans stand side by side already. Take one away first."))
            return
        self._put([*self.forms, copied(self.form)], len(self.forms))

    def suggest(self) -> None:
        """Three sensible plans in place of the cards; what stands in the fields now stays as the last one."""
        if self.case is None:
            return
        try:
            found = self.desk.plan.suggest(self.case.case_id, self.form, self.budget)
        except WorkstationError as error:
            self.failed.emit(self.look.say(error.message))
            return
        self._suggested = list(found)
        shown = self.desk.plan.compare(self.case.case_id, [made.form for made in found], self.budget)
        known = any(card.remaining == self.view.remaining for card in shown)
        mine = [] if known or not self.view.rows else [self.form]
        self._put([*(copied(made.form) for made in found), *mine][:MOST_CARDS], 0)

    def why(self) -> tuple[Message, ...]:
        """Why the conditions in the fields were suggested; nothing once they were changed."""
        return next((made.why for made in self._suggested if made.form == self.form), ())

    def choose_card(self, place: int) -> None:
        if 0 <= place < len(self.forms) and place != self.active:
            self._put(self.forms, place)

    def remove_card(self) -> None:
        """Take the card that the fields show away; the last one stays."""
        if len(self.forms) > 1:
            left = [form for place, form in enumerate(self.forms) if place != self.active]
            self._put(left, min(self.active, len(left) - 1))

    def _put(self, forms: list[PlanForm], active: int) -> None:
        before = self.step
        self.forms, self.active = forms, active
        self._touched, self.asking = True, False
        self.drafting.touch()
        self.filled.emit()
        self._calculate_all()
        if before != self.step:
            self.step_changed.emit()

    # ---- recording ----

    def record(self) -> None:
        """The next step: propose, ask a lead, or record how the debtor agreed."""
        step = self.step
        if step == "keep":
            self._again = True
            self.step_changed.emit()
        elif step == "wait":
            self.failed.emit(self.look.say(self.standing.sentence))
        elif step == "agree":
            self.agree()
        elif step == "propose" and self.view.needs_approval and not self.form.circumstances.strip():
            self.asking = True
            self.step_changed.emit()
        else:
            self._propose()

    def _propose(self) -> None:
        asked = self.view.needs_approval
        said = _L("Sent to a lead for approval.") if asked else _L("The plan is proposed.")
        if self._record(lambda case: self.desk.plan.propose(case, self.form, self.budget), said):
            self._touched = self.asking = False
            self.step_changed.emit()

    def agree(self) -> None:
        recording = self.form.recording
        consent = "recorded" if recording.strip() else "signed"
        signed_on = None
        if consent == "signed":
            readings = Readings(self.desk.today())
            signed_on = readings.day("signed_on", self.form.signed_on)
            if readings.first_error is not None:
                self.failed.emit(self.look.say(readings.first_error))
                return
        self._record(
            lambda case: self.desk.plan_follow.agree(case, consent, recording, signed_on),
            _L("The debtor's consent is recorded."),
        )

    def _record(self, act: Callable[[str], Changes], sentence: str) -> bool:
        if self.case is None:
            return False
        try:
            changes = act(self.case.case_id)
        except WorkstationError as error:
            self.failed.emit(self.look.say(error.message))
            if error.field == "circumstances":
                self.asking = True
                self.step_changed.emit()
            return False
        self.drafting.clear()
        self._touched = self.asking = self._again = False
        self.desk.announce(changes)
        self.done.emit(self.look.tr(sentence))
        return True


def copied(form: PlanForm) -> PlanForm:
    return replace(form, without=list(form.without))


def _draft_of(text: str | None) -> PlanDraft | None:
    """What was kept; of another version, nothing."""
    if not text:
        return None
    try:
        kept = msgspec.json.decode(text, type=PlanDraft)
        known = [form for form in kept.forms[:MOST_CARDS] if fields_of(form.method)]
    except (msgspec.DecodeError, KeyError):
        return None
    return replace(kept, forms=known, active=min(max(0, kept.active), len(known) - 1)) if known else None
