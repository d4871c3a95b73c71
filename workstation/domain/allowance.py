"""What a lead's yes changes about a contact. It answers for what only warns; what the law closes stays closed."""

from __future__ import annotations

from datetime import date

from workstation.domain.case_values import CaseState
from workstation.domain.gate_values import Reason, Verdict
from workstation.domain.message import msg

THIRD_PERSON = "third_person_approval"  # the house's own: a third person is asked only with a lead's yes
HOUSE = "authority/decisions.toml"
_THIRD = frozenset({"related", "unrelated"})


def with_approvals(
    verdict: Verdict, state: CaseState, *, channel: str, party: str, person: str, point: str, day: date
) -> Verdict:
    """The verdict with the house's warning of an unapproved contact with a third person, and without the warnings that
    a lead has answered for on that day. A block is returned as it is."""
    if verdict.verdict == "block":
        return verdict
    reasons = [reason for reason in verdict.reasons if not _answered(state, reason, point, day)]
    if party in _THIRD and channel in {"call", "visit"} and not _may_ask(state, person, point, day):
        said = msg("The house asks for a lead's approval before a third person is contacted.")
        reasons.append(Reason(THIRD_PERSON, "warn", said, HOUSE))
    if tuple(reasons) == verdict.reasons:
        return verdict
    return verdict._replace(verdict="warn" if reasons else "allow", reasons=tuple(reasons))


def _answered(state: CaseState, reason: Reason, point: str, day: date) -> bool:
    return reason.level == "warn" and state.allowed("override", day, rule=reason.rule, point=point) is not None


def _may_ask(state: CaseState, person: str, point: str, day: date) -> bool:
    """With an approval of this person, or against this very warning."""
    return (
        state.allowed("third_party", day, person=person) is not None
        or state.allowed("override", day, rule=THIRD_PERSON, point=point) is not None
    )
