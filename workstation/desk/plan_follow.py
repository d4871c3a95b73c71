"""A plan once it is proposed: the debtor's consent, how it is kept, and what follows a missed instalment."""

from __future__ import annotations

from datetime import date, timedelta

from workstation.desk.follow_views import Choice, PlanKept
from workstation.desk.plan_kept import arrived, choices, kept_view, paid_since, plan_standing, step_sentence
from workstation.desk.seat import Seat
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import IN_FORCE, WAITING, CaseState, PlanMade
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import NextAction, PlanDecided
from workstation.domain.message import Message, msg

REPLACEABLE = WAITING | IN_FORCE | {"breached"}


def replaced_by_another(state: CaseState) -> str:
    """The id of the plan that a new proposal takes the place of; empty when it is the first or the last one is over."""
    plan = state.waiting_plan or state.plan
    return plan.id if plan is not None and plan.stage in REPLACEABLE else ""


def needs_a_lead(state: CaseState) -> bool:
    """Whatever follows a breach is a lead's decision, another plan too."""
    return state.watched is not None and state.watched.stage == "breached"


class PlanFollow:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    # ---- consent ----

    def agree(self, case_id: str, consent: str, recording: str, signed_on: date | None = None) -> Changes:
        """The debtor's consent to the newest proposal: signed (today unless said), or recorded with its reference.

        From then on the plan is in force; it counts as begun with its first instalment's day or the first money.
        """
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = _waiting(file.state)
        if plan.needs_approval and plan.stage != "approved":
            raise InputError(msg("This plan still waits for a lead's approval."))
        if consent == "recorded" and not recording.strip():
            raise InputError(msg("Give the recording's reference: an oral consent counts only with its recording."))
        signed = (signed_on or today) if consent == "signed" else None
        if signed is not None and not (plan.proposed_on or signed) <= signed <= today:
            raise InputError(
                msg("A plan is signed on the day it was proposed at the earliest, and today at the latest.")
            )
        body = PlanDecided(
            decision="agreed",
            consent="signed" if consent == "signed" else "recorded",
            signed_on=None if signed == today else signed,
            recording=recording.strip(),
            next_action=NextAction(
                action="check_payment", due=max(today, plan.numbered[0][1].due) if plan.numbered else today
            ),
        )
        self._seat.record(case_id, body, answers=plan.id)
        return self._changed(case_id)

    def changed_since(self, case_id: str) -> Message | None:
        """What came in since the newest proposal was calculated, for whoever is about to agree to it."""
        file = self._seat.file(case_id)
        plan = file.state.waiting_plan
        if plan is None:
            return None
        came = paid_since(file, plan, self._seat.clock.today())
        return None if came is None else arrived(came)

    # ---- how it stands ----

    def standing(self, case_id: str) -> PlanKept | None:
        """The plan that is or was in force, and the chain it stands in; None while nothing was ever agreed."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = _followed(file.state)
        if plan is None:
            return None
        found = plan_standing(file, plan, today)
        return kept_view(file, found)

    def report_breach(self, case_id: str, note: str = "") -> Changes:
        """A missed instalment, after the one reminder, goes to the lead; contacts are open again until then."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = file.state.watched
        if plan is None or not plan.in_force:
            raise InputError(msg("No plan is in force on this case."))
        found = plan_standing(file, plan, today)
        if not found.missed:
            raise InputError(msg("No instalment of this plan is missed; there is no breach to report."))
        if found.step.what != "report_breach" and self._seat.person.role != "lead":
            raise InputError(step_sentence(found, file.book.currency))
        wait = NextAction(action="await_approval", due=next_business_day(today + timedelta(days=1)))
        self._seat.record(
            case_id,
            PlanDecided(decision="breached", reason=note.strip(), round=plan.re_aged, next_action=wait),
            answers=plan.id,
        )
        return self._changed(case_id)

    def complete(self, case_id: str) -> Changes:
        """Every instalment is paid: the plan is over, and the case is looked at once more."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = file.state.watched
        if plan is None or plan_standing(file, plan, today).stage != "completed":
            raise InputError(msg("Not every instalment of this plan is paid yet."))
        body = PlanDecided(decision="completed", next_action=NextAction(action="review", due=next_business_day(today)))
        self._seat.record(case_id, body, answers=plan.id)
        return self._changed(case_id)

    def cancel(self, case_id: str, reason: str) -> Changes:
        """The debtor withdraws from the plan, or asks for none: it is over, and what was waived is owed."""
        state = self._seat.file(case_id).state
        plan = state.watched or _waiting(state)
        if not reason.strip():
            raise InputError(msg("Say why the plan is cancelled."), field="reason")
        today = self._seat.clock.today()
        body = PlanDecided(
            decision="cancelled",
            reason=reason.strip(),
            next_action=NextAction(action="call", due=next_business_day(today)),
        )
        self._seat.record(case_id, body, answers=plan.id)
        return self._changed(case_id)

    # ---- after a breach ----

    def lead_choices(self, case_id: str, first_due: date | None = None) -> tuple[Choice, ...]:
        """What a lead may do about a breached or missed plan, with figures; empty when nothing is missed."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = file.state.watched
        if plan is None:
            return ()
        found = plan_standing(file, plan, today)
        if not found.missed and plan.stage != "breached":
            return ()
        return choices(file, found, today, first_due)

    def _changed(self, case_id: str) -> Changes:
        return Changes(frozenset({"event", "plan"}), frozenset({case_id}))


def _waiting(state: CaseState) -> PlanMade:
    plan = state.waiting_plan
    if plan is None:
        raise InputError(msg("There is no proposed plan on this case to agree on; propose one first."))
    return plan


def _followed(state: CaseState) -> PlanMade | None:
    """The plan whose keeping is shown: the one watched, else the last that was agreed."""
    return state.watched or next((plan for plan in reversed(state.plans) if plan.agreed_on is not None), None)
