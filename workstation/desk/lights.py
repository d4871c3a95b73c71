"""The contact light of a contact point: the gate's verdict in one phrase, with reason, article and next opening."""

from __future__ import annotations

from datetime import datetime, time

from local_db.queries import CaseFile, PointRecord
from workstation.desk import standing
from workstation.desk.rules import rules_on
from workstation.desk.seat import zone
from workstation.desk.views import Light
from workstation.domain.allowance import with_approvals
from workstation.domain.conduct import Whose, flags_of, usual_purpose
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Party
from workstation.domain.gate import GateRequest, History, Verdict, blocked_because, check, past_contacts
from workstation.domain.gate_values import Person, Purpose
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.outcomes import Outcome

NO_POINT = Light("block", msg("No working number"), (msg("Every number of the debtor is dead or missing."),))
NO_ADDRESS = Light("block", msg("No address"), (msg("There is no postal address of the debtor on record."),))
_CHANNELS = {"phone": "call", "email": "email", "address": "visit"}


def first_phone(file: CaseFile) -> PointRecord | None:
    """The debtor's own number to try first: alive, lowest rank."""
    unusable = {*file.state.dead_points, *file.state.refused_points}
    own = [
        point
        for point in file.points
        if point.kind == "phone" and point.related_person_id is None and point.id not in unusable
    ]
    return min(own, key=lambda point: point.rank, default=None)


def history_of(file: CaseFile) -> History:
    """The contacts that the lights of all the case's points look at: prepared once for a case, not for each point."""
    return History(past_contacts(file.events, debt=file.case.id))


def of_case(file: CaseFile, now: datetime, history: History | None = None) -> Light:
    """The light of the header: may the debtor be called now."""
    point = first_phone(file)
    return NO_POINT if point is None else of_point(file, point.id, now, history)


def of_point(
    file: CaseFile, point_id: str, now: datetime, history: History | None = None, *, purpose: Purpose | None = None
) -> Light:
    """The light of one contact point, for the channel that its kind calls for. `history` is that of `history_of`."""
    point = next((row for row in file.points if row.id == point_id), None)
    if point is None:
        return NO_POINT
    return _of(file, point, _CHANNELS[point.kind], now, history, purpose)


def of_letter(file: CaseFile, now: datetime, *, purpose: Purpose) -> Light:
    """May a letter go to the debtor's address now."""
    own = [point for point in file.points if point.kind == "address" and point.related_person_id is None]
    point = min(own, key=lambda row: row.rank, default=None)
    return NO_ADDRESS if point is None else _of(file, point, "letter", now, None, purpose)


def of_visit(file: CaseFile, point: PointRecord, at: datetime, *, visitors: int) -> Verdict:
    """The gate's verdict on a visit to this address at that moment, by so many people."""
    return _verdict(file, point, "visit", at, None, None, visitors)


def of_message(
    file: CaseFile, point_id: str, now: datetime, *, channel: str, purpose: Purpose, history: History | None = None
) -> Light:
    """May an SMS or an e-mail go to this contact point now."""
    point = next((row for row in file.points if row.id == point_id), None)
    return NO_POINT if point is None else _of(file, point, channel, now, history, purpose)


def _of(
    file: CaseFile, point: PointRecord, channel: str, now: datetime, history: History | None, purpose: Purpose | None
) -> Light:
    return light(_verdict(file, point, channel, now, history, purpose), now, point.time_zone)


def _verdict(
    file: CaseFile,
    point: PointRecord,
    channel: str,
    now: datetime,
    history: History | None,
    purpose: Purpose | None,
    visitors: int | None = None,
) -> Verdict:
    state = file.state
    party = whose(file, point).party
    try:
        day = now.astimezone(zone(point.time_zone)).date()
        verdict = check(
            GateRequest(
                at=now,
                channel=channel,
                party=party,
                purpose=purpose or usual_purpose(party, state, channel),
                contact_point=point.id,
                zones=(point.time_zone,),
                debt=file.case.id,
                history=history_of(file) if history is None else history,
                flags=flags_of(state, point.id, day, time_barred=standing.time_barred(file, day)),
                visitors=visitors,
            ),
            rules_on(file.book.jurisdiction, day),
        )
        person = point.related_person_id or ""
        return with_approvals(verdict, state, channel=channel, party=party, person=person, point=point.id, day=day)
    except WorkstationError as error:  # a pack or a zone that cannot be read never opens a contact
        return blocked_because(error)


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


def whose(file: CaseFile, point: PointRecord) -> Whose:
    """Whom a point belongs to, and where it is."""
    if point.related_person_id is None:
        return Whose("debtor", point.time_zone)
    party: Person = "guarantor" if _liable(file, point) else "related"
    return Whose(party, point.time_zone, point.related_person_id)


def light(verdict: Verdict, now: datetime, zone_name: str) -> Light:
    """A verdict as screens show it, what blocks before what warns."""
    reasons = sorted(verdict.reasons, key=lambda reason: reason.level != verdict.verdict)
    return Light(
        verdict=verdict.verdict,
        phrase=_phrase(verdict, now, zone_name),
        reasons=tuple(reason.message for reason in reasons),
        sources=tuple(reason.source for reason in reasons),
        opens_at=verdict.opens_at,
        pack=verdict.pack,
        rules=tuple(reason.rule for reason in reasons),
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
