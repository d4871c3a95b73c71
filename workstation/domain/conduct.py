"""Were the contact rules kept? Every outgoing contact judged again, with all that is known of the case by now.

A seat judges with what it knows: another seat's attempts, a dispute or a plan may reach it later. A contact that was
blocked is a breach, whatever the light showed; one that was warned of is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal, NamedTuple, TypeGuard

from workstation.domain.allowance import with_approvals
from workstation.domain.case_state import fold
from workstation.domain.case_values import CaseState, HeldCircumstance
from workstation.domain.events import Body, Contact, Event, Letter, Reviewed, TextMessage, decode_body, in_order
from workstation.domain.gate import GateRequest, History, Reason, began, check, past_contacts
from workstation.domain.gate_values import Flags, Person, Purpose
from workstation.domain.letter_rules import INTERNAL, SERVICE
from workstation.domain.outcomes import TABLE
from workstation.domain.rulepack import RulePack

CONTACTS = frozenset({"contact", "letter", "message"})  # kinds of event by which somebody is contacted
# What may change the flags of a case between two contacts.
_TURNS = frozenset(
    {
        "plan_proposed",
        "plan_decided",
        "dispute",
        "complaint",
        "hardship",
        "circumstance",
        "approval_asked",
        "approval_decided",
        "point_changed",
        "correction",
    }
)


class Whose(NamedTuple):
    """Whom a contact point belongs to, and where it is."""

    party: Person
    zone: str
    person: str = ""  # the related person's id


@dataclass(frozen=True, slots=True)
class Finding:
    """A contact against the rules. `shown` is the light its seat saw, `said` why the person went ahead."""

    event: Event
    level: Literal["warn", "block"]
    reasons: tuple[Reason, ...]
    shown: str | None
    said: str
    reviewed: str | None = None  # what whoever looked into it wrote


def letter_purpose(template: str) -> Purpose:
    """Does a letter collect, or serve an agreement that is kept?"""
    return "service" if template in SERVICE else "collect"


def usual_purpose(party: Person, state: CaseState, channel: str) -> Purpose:
    """What a contact with this person is for, when nobody says otherwise.

    While a plan is kept only messages serve it (domain rules, "Plan"): a call or a visit would be collecting.
    """
    if party in {"related", "unrelated"}:
        return "locate"
    return "service" if state.plan_in_force and channel not in {"call", "visit"} else "collect"


def flags_of(state: CaseState, point_id: str, day: date, *, time_barred: bool = False) -> Flags:
    """What is true of the case and bears on contacting this point. `day` is that of the contact, the debtor's.

    A wish for contact to stop goes before what the debtor agreed to, whichever came later: the safe one counts.
    """
    holding = [known for known in state.circumstances if known.on(day)]
    by_what = {known.what: known for known in holding}
    extra = by_what.get("consent_extra_calls")
    validation = by_what.get("validation_notice")
    return Flags(
        plan_in_force=state.plan_in_force,
        dispute_open=state.dispute_open,
        ceased=state.ceased,
        represented=state.represented,
        consent_out_of_hours="consent_out_of_hours" in by_what and not state.ceased,
        consent_extra_calls=0 if extra is None or state.ceased else extra.calls,
        third_party_refused=state.third_party_refused or point_id in state.refused_points,
        breathing_space_until=_last_day(by_what.get("breathing_space")),
        in_hardship=state.in_hardship,
        time_barred=time_barred,
        inconvenient_place=any(known.what == "inconvenient_place" and known.point == point_id for known in holding),
        refused_channels=tuple(known.channel for known in holding if known.what == "refused_channel"),
        validation_until=None if validation is None else validation.until,
    )


def _last_day(breathing_space: HeldCircumstance | None) -> date | None:
    if breathing_space is None:
        return None
    return breathing_space.until or date.max  # until it is recorded that it ended


def findings(
    events: Iterable[Event],
    points: Mapping[str, Whose],
    rules_on: Callable[[date], RulePack],
    zone: tzinfo,
    since: datetime,
    barred: Callable[[date], bool] = lambda _day: False,
) -> list[Finding]:
    """What was against the rules of its day among one case's outgoing contacts since a moment, the newest first.

    `barred` says whether the debt was time-barred on a day.
    """
    ordered = list(in_order({event.id: event for event in events}.values()))
    reviewed = {event.answers: decode_body(event.kind, event.body) for event in ordered if event.kind == "reviewed"}
    found: list[Finding] = []
    state: CaseState | None = None  # as it was before the event at hand; None when it has to be folded anew
    for place, event in enumerate(ordered):
        if event.kind in CONTACTS and event.corrected_at >= since:
            body = decode_body(event.kind, event.body)
            if _outgoing(body, event):
                state = state or fold(ordered[:place], zone)
                day = _when(event, body).astimezone(zone).date()
                flags = flags_of(state, event.contact_point or "", day, time_barred=barred(day))
                finding = _judge(event, body, ordered[:place], state, flags, points, rules_on(day), day)
                if finding is not None:
                    said = reviewed.get(event.id)
                    text = said.text if isinstance(said, Reviewed) else None
                    found.append(Finding(event, *finding, reviewed=text))
        row = TABLE.get(event.outcome or "")
        if event.kind in _TURNS or (row is not None and row.effects):
            state = None
    return found[::-1]


def _judge(
    event: Event,
    body: Contact | Letter | TextMessage,
    before: list[Event],
    state: CaseState,
    flags: Flags,
    points: Mapping[str, Whose],
    pack: RulePack,
    day: date,
) -> tuple[Literal["warn", "block"], tuple[Reason, ...], str | None, str] | None:
    whose = points.get(event.contact_point or "", Whose("debtor", ""))
    verdict = check(
        GateRequest(
            at=_when(event, body),
            channel=str(event.channel or "call"),
            party=whose.party,
            purpose=_purpose(body, whose.party, state, str(event.channel or "call")),
            contact_point=event.contact_point or "",
            zones=(whose.zone,) if whose.zone else (),
            debt=event.case_id,
            history=History(past_contacts(before, debt=event.case_id)),
            flags=flags,
        ),
        pack,
    )
    verdict = with_approvals(
        verdict,
        state,
        channel=str(event.channel or "call"),
        party=whose.party,
        person=whose.person,
        point=event.contact_point or "",
        day=day,
    )
    if verdict.verdict == "allow":
        return None
    return verdict.verdict, verdict.reasons, body.verdict, body.override_reason


def _when(event: Event, body: Body) -> datetime:
    """The moment of the contact: a visit is judged by the arrival, not by when its report was written."""
    if isinstance(body, Contact) and body.began_at is not None:
        return began(event, body.began_at)
    return event.corrected_at


def _outgoing(body: Body, event: Event) -> TypeGuard[Contact | Letter | TextMessage]:
    """Did this person begin it? A telephone passed on in a call that was begun already is no new contact, nor is what
    was handed over at a visit, and a paper for the house's own use is none."""
    if isinstance(body, Contact):
        return body.direction == "out" and not body.same_call
    if isinstance(body, Letter):
        return body.template not in INTERNAL and event.channel != "visit"
    return isinstance(body, TextMessage)


def _purpose(body: Contact | Letter | TextMessage, party: Person, state: CaseState, channel: str) -> Purpose:
    if isinstance(body, TextMessage):
        return body.purpose
    return letter_purpose(body.template) if isinstance(body, Letter) else usual_purpose(party, state, channel)
