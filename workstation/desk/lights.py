"""The contact light of a contact point: the gate's verdict in one phrase, with reason, article and next opening."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

from local_db.queries import CaseFile, PointRecord
from workstation.desk.seat import zone
from workstation.desk.views import Light
from workstation.domain.case_state import CaseState
from workstation.domain.events import Party
from workstation.domain.gate import Flags, GateRequest, PastContact, Verdict, check, past_contacts
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.outcomes import Outcome
from workstation.domain.rulepack import load

NO_POINT = Light("block", msg("No working number"), (msg("Every number of the debtor is dead or missing."),))


def first_phone(file: CaseFile) -> PointRecord | None:
    """The debtor's own number to try first: alive, lowest rank."""
    unusable = {*file.state.dead_points, *file.state.refused_points}
    own = [
        point
        for point in file.points
        if point.kind == "phone" and point.related_person_id is None and point.id not in unusable
    ]
    return min(own, key=lambda point: point.rank, default=None)


def history_of(file: CaseFile) -> tuple[PastContact, ...]:
    """The contacts that the lights of all the case's points look at: read once for a case, not for each point."""
    return tuple(past_contacts(file.events, debt=file.case.id))


def of_case(file: CaseFile, now: datetime, history: tuple[PastContact, ...] | None = None) -> Light:
    """The light of the header: may the debtor be called now."""
    point = first_phone(file)
    return NO_POINT if point is None else of_point(file, point.id, now, history)


def of_point(file: CaseFile, point_id: str, now: datetime, history: tuple[PastContact, ...] | None = None) -> Light:
    """The light of one contact point, for the channel that its kind calls for. `history` is that of `history_of`."""
    point = next((row for row in file.points if row.id == point_id), None)
    if point is None:
        return NO_POINT
    state = file.state
    third = point.related_person_id is not None and not _liable(file, point)
    request = GateRequest(
        at=now,
        channel={"phone": "call", "email": "email", "address": "visit"}[point.kind],
        party=_party(file, point),
        purpose="locate" if third else "service" if state.plan_in_force else "collect",
        contact_point=point.id,
        zones=(point.time_zone,),
        debt=file.case.id,
        history=history_of(file) if history is None else history,
        flags=flags_of(state, point.id),
    )
    return _light(check(request, load(file.book.jurisdiction)), now, point.time_zone)


def flags_of(state: CaseState, point_id: str = "") -> Flags:
    """What is true of the case and bears on contacting."""
    return Flags(
        plan_in_force=state.plan_in_force,
        dispute_open=state.dispute_open,
        ceased=state.ceased,
        represented=state.represented,
        third_party_refused=state.third_party_refused or point_id in state.refused_points,
    )


def party_of(file: CaseFile, point_id: str, row: Outcome) -> Party:
    """Who answered, as far as the contact point and the outcome tell."""
    if row.reach == "third_party":  # on whosever number
        return "unrelated" if row.id == "wrong_party" else "related"
    point = next((known for known in file.points if known.id == point_id), None)
    if point is not None and point.related_person_id is not None:
        return "guarantor" if _liable(file, point) else "related"
    return "debtor" if row.reach == "debtor" else "unknown"


def _liable(file: CaseFile, point: PointRecord) -> bool:
    return any(person.id == point.related_person_id and person.liable for person in file.related)


def _party(file: CaseFile, point: PointRecord) -> Literal["debtor", "guarantor", "related"]:
    if point.related_person_id is None:
        return "debtor"
    return "guarantor" if _liable(file, point) else "related"


def _light(verdict: Verdict, now: datetime, zone_name: str) -> Light:
    return Light(
        verdict=verdict.verdict,
        phrase=_phrase(verdict, now, zone_name),
        reasons=tuple(reason.message for reason in verdict.reasons),
        sources=tuple(reason.source for reason in verdict.reasons),
        opens_at=verdict.opens_at,
        pack=verdict.pack,
    )


def _phrase(verdict: Verdict, now: datetime, zone_name: str) -> Message:
    where = zone(zone_name)
    if verdict.verdict == "block":
        if verdict.opens_at is None:
            return msg("Do not contact")
        opens = verdict.opens_at.astimezone(where)
        if opens.date() == now.astimezone(where).date():
            return msg("Not now · opens {time}", time=f"{opens:%H:%M}")
        return msg("Not now · opens {day} {time}", day=opens.date(), time=f"{opens:%H:%M}")
    word = msg("May contact") if verdict.verdict == "allow" else msg("With care")
    parts = word
    if verdict.remaining_today is not None:
        parts = nmsg("{word} · {n} left today", "{word} · {n} left today", verdict.remaining_today, word=word)
    if verdict.closes_at is not None:
        closes: time = verdict.closes_at.astimezone(where).time()
        return msg("{light} · until {time}", light=parts, time=f"{closes:%H:%M}")
    return parts
