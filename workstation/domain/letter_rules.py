"""Which letters a case allows, and why not the others: one row of conditions for each template, asked in order.

What the law forbids to do by letter while something stands against it the contact gate says too, for the moment of
sending; here is what makes a letter untrue or pointless whenever it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from workstation.domain.limitation import Limitation
from workstation.domain.message import Label, Message, msg

# Papers that do not go to the debtor: no contact, so neither the contact light nor a postal address is asked for.
INTERNAL = frozenset({"visit_dossier", "lawyers_letter", "case_history"})
# Letters that ask for nothing, or serve an agreement that is kept: no collecting in the sense of the contact rules.
SERVICE = frozenset(
    {
        "plan_agreement",
        "budget_statement",
        "instalment_reminder",
        "breach_notice",
        "dispute_reply",
        "complaint_reply",
        "paid_in_full",
    }
)
# Letters that say the same to many: all that they need is in the records, and nobody has to write it for each.
IN_BATCHES = (
    "reminder",
    "demand",
    "instalment_reminder",
    "breach_notice",
    "final_notice",
    "limitation_demand",
    "settlement_offer",
    "paid_in_full",
    "validation_notice",
    "plan_agreement",
    "budget_statement",
)
# Letters that remind of a missed instalment: the one reminder before a breach is reported.
REMINDING = frozenset({"reminder", "instalment_reminder", "breach_notice"})
# Who may take a case's whole history out for a court: it holds every word that was written.
HISTORY_ROLES = frozenset({"lead", "auditor", "admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCase:
    """What the conditions ask of a case, as at the letter's date. Amounts in minor units of the case's currency."""

    role: str  # of who writes, vocabulary.ROLES
    owed: int = 0  # on all accounts
    paid: int = 0  # that stayed paid, as far as the records go
    dispute_open: bool = False
    complaint_open: bool = False
    plan_known: bool = False  # proposed or more
    plan_in_force: bool = False
    coming: int = 0  # instalments of the watched plan that are still to fall due, not paid in full
    behind: int = 0  # fell due under that plan before today and was not paid
    missed: int = 0  # instalments of the watched plan still unpaid after their grace
    breached: bool = False  # recorded, and not decided yet
    budget_known: bool = False
    may_waive: bool = False  # this role, something of what is owed
    settlement_approved: bool = False  # a proposed settlement that needs no approval (any more)
    limitation: Limitation | None = None  # None: nothing is due
    interrupts: bool = False  # does a demand that reached the debtor begin the period anew in this jurisdiction
    validation_sent: bool = False


Condition = Callable[[LetterCase], Message | None]


def refusal(template: str, case: LetterCase) -> Message | None:
    """Why the case does not allow the letter; None where nothing speaks against it. An unknown template has no
    conditions: there the template itself says what it needs."""
    return next((why for condition in _RULES.get(template, ()) if (why := condition(case)) is not None), None)


def _unless(holds: Callable[[LetterCase], bool], why: Message) -> Condition:
    return lambda case: None if holds(case) else why


_no_dispute = _unless(
    lambda case: not case.dispute_open, msg("A dispute is open: it must be answered before the debt is demanded.")
)
_owed = _unless(lambda case: case.owed > 0, msg("Nothing is owed on this case."))
_no_plan_kept = _unless(
    lambda case: not case.plan_in_force, msg("A plan is in force and is being kept: nothing more may be demanded.")
)


def _not_time_barred(case: LetterCase) -> Message | None:
    if case.limitation is None or not case.limitation.expired:
        return None
    return msg("The time to sue ran out on {day}: legal action may not be announced.", day=case.limitation.ends)


def _limitation_runs(case: LetterCase) -> Message | None:
    if case.limitation is None:
        return msg("Nothing is due on this case, so no limitation runs.")
    if case.limitation.expired:
        return msg(
            "The time to sue ran out on {day}: no demand begins it anew, only the debtor's own promise does.",
            day=case.limitation.ends,
        )
    return None if case.interrupts else msg("Under the rules of this book a demand does not begin the period anew.")


_may_settle = _unless(
    lambda case: case.may_waive or case.settlement_approved,
    msg("This role may waive nothing here: propose the settlement as a plan, and offer it once it is approved."),
)
_plan = _unless(lambda case: case.plan_known, msg("There is no plan on this case yet."))
_in_force = _unless(lambda case: case.plan_in_force, msg("No plan is in force on this case."))
_coming = _unless(lambda case: case.coming > 0, msg("No instalment of the plan is still to come."))
_kept = _unless(
    lambda case: case.behind == 0, msg("An instalment is overdue; this letter reminds of one that is still to come.")
)
_missed = _unless(
    lambda case: case.missed > 0 or case.breached, msg("No instalment is unpaid after its days of grace.")
)
_budget = _unless(lambda case: case.budget_known, msg("No budget is recorded on this case yet."))
_dispute = _unless(lambda case: case.dispute_open, msg("No dispute is open on this case."))
_complaint = _unless(lambda case: case.complaint_open, msg("No complaint is open on this case."))
_nothing_owed = _unless(lambda case: case.owed <= 0, msg("There is still something owed on this case."))
_was_paid = _unless(lambda case: case.paid > 0, msg("No payment is on record: nothing shows that the debt was paid."))
_not_validated = _unless(
    lambda case: not case.validation_sent, msg("A validation notice was sent, and its period still runs.")
)


def _may_read_all(case: LetterCase) -> Message | None:
    if case.role in HISTORY_ROLES:
        return None
    return msg("Only a lead or an auditor takes a whole history out; this role ({role}) may not.", role=_role(case))


def _role(case: LetterCase) -> Label:
    return Label("role", case.role)


_RULES: Mapping[str, tuple[Condition, ...]] = {
    "reminder": (_no_dispute, _owed),
    "demand": (_no_dispute, _owed),
    "plan_agreement": (_plan,),
    "budget_statement": (_budget,),
    "settlement_offer": (_no_dispute, _owed, _no_plan_kept, _may_settle),
    "instalment_reminder": (_in_force, _kept, _coming),
    "breach_notice": (_missed,),
    "visit_notice": (_owed, _no_plan_kept),
    "visit_dossier": (_owed, _no_plan_kept),
    "dispute_reply": (_dispute,),
    "complaint_reply": (_complaint,),
    "final_notice": (_no_dispute, _owed, _no_plan_kept, _not_time_barred),
    "lawyers_letter": (_no_dispute, _owed, _no_plan_kept, _not_time_barred),
    "limitation_demand": (_owed, _limitation_runs),
    "paid_in_full": (_nothing_owed, _was_paid),
    "case_history": (_may_read_all,),
    "validation_notice": (_owed, _not_validated),
}
TEMPLATES = frozenset(_RULES)


def reached_by(sent_on: date, arrived_on: date, today: date) -> Message | None:
    """Why a letter cannot have reached the debtor on that day; None when it can."""
    if arrived_on < sent_on:
        return msg("A letter of {day} cannot have arrived before it.", day=sent_on)
    return msg("A letter cannot have arrived after today.") if arrived_on > today else None
