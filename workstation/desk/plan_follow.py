"""A plan once it is proposed: the debtor's consent, and what it takes the place of."""

from __future__ import annotations

from workstation.desk.seat import Seat
from workstation.domain.case_values import IN_FORCE, WAITING, CaseState
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import NextAction, PlanDecided
from workstation.domain.message import msg

REPLACEABLE = WAITING | IN_FORCE | {"breached"}


def replaced_by_another(state: CaseState) -> str:
    """The id of the plan that a new proposal takes the place of; empty when it is the first or the last one is over."""
    plan = state.plan
    return plan.id if plan is not None and plan.stage in REPLACEABLE else ""


class PlanFollow:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def agree(self, case_id: str, consent: str, recording: str) -> Changes:
        """The debtor's consent to the newest proposal: signed, or recorded with the recording's reference."""
        file = self._seat.file(case_id)
        plan = file.state.plan
        if plan is None or plan.stage not in {"proposed", "approved"}:
            raise InputError(msg("There is no proposed plan on this case to agree on; propose one first."))
        if plan.needs_approval and plan.stage != "approved":
            raise InputError(msg("This plan still waits for a lead's approval."))
        if consent == "recorded" and not recording.strip():
            raise InputError(msg("Give the recording's reference: an oral consent counts only with its recording."))
        body = PlanDecided(
            decision="agreed",
            consent="signed" if consent == "signed" else "recorded",
            recording=recording.strip(),
            next_action=NextAction(
                action="check_payment", due=plan.instalments[0].due if plan.instalments else self._seat.clock.today()
            ),
        )
        self._seat.record(case_id, body, answers=plan.id)
        return Changes(frozenset({"event", "plan"}), frozenset({case_id}))
