"""May this message go out at this moment: the contact gate asked again, with all that is known of the case by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from workstation.domain.case_state import fold
from workstation.domain.case_values import CaseState
from workstation.domain.conduct import flags_of
from workstation.domain.errors import InputError
from workstation.domain.events import TextMessage, decode_body
from workstation.domain.gate import GateRequest, History, check, past_contacts
from workstation.domain.gate_clock import zone_named
from workstation.domain.gate_values import Purpose
from workstation.domain.rulepack import RulePack
from workstation.gateway.centre import Due

LONGEST_WAIT = timedelta(days=7)  # what was true of the debt when it was written is not for ever
LONGEST_HOLD = timedelta(days=1)  # then it is asked again: what stands against it may have ended

RulesOn = Callable[[str, date], RulePack]


@dataclass(frozen=True, slots=True)
class Send:
    """It may go out now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: it waits until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """It is not sent any more; the reason is one word."""

    reason: str


def judge(due: Due, at: datetime, rules_on: RulesOn) -> Send | Hold | Stop:
    """`at` is the moment of sending. A warning was answered where the message was written; one that came since was not.

    Raises `RulePackError` when the rules cannot be read: nothing is sent under rules that nobody knows.
    """
    if due.events is None:
        return Stop("unreadable")
    if due.party is None:
        return Stop("no_address")
    try:
        zone = zone_named(due.zone)
        state = fold(due.events, zone)
        why = _given_up(due, state, at)
        if why:
            return Stop(why)
        day = at.astimezone(zone).date()
        verdict = check(
            GateRequest(
                at=at,
                channel=due.channel,
                party=due.party,
                purpose=cast(Purpose, due.purpose),
                contact_point=due.contact_point,
                zones=(due.zone,),
                history=History(past_contacts(event for event in due.events if event.id != due.id)),
                # Whether the debt is time-barred hangs on figures that are not for a gateway; it was asked at the seat.
                flags=flags_of(state, due.contact_point, day),
            ),
            rules_on(due.jurisdiction, day),
        )
    except InputError:  # an unknown zone or purpose, flags that contradict each other: no rule could judge it
        return Stop("unreadable")
    if verdict.verdict == "allow" or (verdict.verdict == "warn" and not _written_without_warning(due)):
        return Send()
    return Stop("stopped") if verdict.opens_at is None else Hold(min(verdict.opens_at, at + LONGEST_HOLD))


def _written_without_warning(due: Due) -> bool:
    own = next((decode_body(event.kind, event.body) for event in due.events or () if event.id == due.id), None)
    return isinstance(own, TextMessage) and own.verdict == "allow"


def _given_up(due: Due, state: CaseState, at: datetime) -> str:
    """Why nobody wants it sent any more, whatever the hour; "" when that is not so."""
    if due.id in state.set_aside:
        return "withdrawn"
    unusable = {*state.refused_points, *state.dead_points, *state.set_aside}  # the last: added by mistake
    if due.closed or state.ceased or due.contact_point in unusable:
        return "stopped"
    return "expired" if at - due.queued_at > LONGEST_WAIT else ""
