"""When an address may be visited on a day: the contact gate is asked for a moment of that day, and answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from local_db.queries import PointRecord, QueueRecord
from workstation.desk import standing
from workstation.desk.rules import rules_on
from workstation.desk.seat import zone
from workstation.domain.conduct import flags_of, usual_purpose
from workstation.domain.errors import WorkstationError
from workstation.domain.gate import GateRequest, blocked_because, check
from workstation.domain.gate_values import Person, Verdict
from workstation.domain.message import Message


@dataclass(frozen=True, slots=True)
class Opening:
    """Between when a visit may begin. `blocked` says why it may not at all on that day; `cautions` are its warnings."""

    opens: datetime
    closes: datetime
    blocked: Message | None = None
    cautions: tuple[Message, ...] = ()


def opening(
    record: QueueRecord, point: PointRecord, begins: datetime, ends: datetime, *, visitors: int | None = None
) -> Opening:
    """The hours of one address within a team's day. `visitors`: how many go; None while nobody has said."""
    verdict = _asked(record, point, begins, visitors)
    opens = begins
    if verdict.verdict == "block" and verdict.opens_at is not None and verdict.opens_at <= ends:
        opens = verdict.opens_at.astimezone(begins.tzinfo)
        verdict = _asked(record, point, opens, visitors)
    if verdict.verdict == "block":
        reason = next(reason for reason in verdict.reasons if reason.level == "block")
        return Opening(opens, opens, blocked=reason.message)
    closes = ends if verdict.closes_at is None else min(ends, verdict.closes_at.astimezone(begins.tzinfo))
    return Opening(opens, closes, cautions=tuple(reason.message for reason in verdict.reasons))


def _asked(record: QueueRecord, point: PointRecord, at: datetime, visitors: int | None) -> Verdict:
    party: Person = "debtor" if point.related_person_id is None else "guarantor"
    try:
        day = at.astimezone(zone(point.time_zone)).date()
        return check(
            GateRequest(
                at=at,
                channel="visit",
                party=party,
                purpose=usual_purpose(party, record.state, "visit"),
                contact_point=point.id,
                zones=(point.time_zone,),
                debt=record.case_id,
                flags=flags_of(record.state, point.id, day, time_barred=standing.time_barred(record, day)),
                visitors=visitors,
            ),
            rules_on(record.book.jurisdiction, day),
        )
    except WorkstationError as error:  # a pack or a zone that cannot be read never opens a contact
        return blocked_because(error)


def usable(record: QueueRecord, points: Collection[PointRecord]) -> list[PointRecord]:
    """The addresses that may be gone to: neither known to be wrong nor refused; a broken zone is the gate's to say."""
    gone = {*record.state.dead_points, *record.state.refused_points}
    return [point for point in points if point.id not in gone]
