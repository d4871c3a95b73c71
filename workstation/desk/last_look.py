"""What changed on a case since its collector last looked at it, in a few words."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from local_db import looked
from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.seat import Seat
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.stage import stage_of

_NOT_THEIRS = frozenset({"reassigned", "message_result", "correction", "reveal", "taken_out"})


class Look(msgspec.Struct, frozen=True):
    """The case as it was seen: how much there was of what others add."""

    at: datetime
    others: int  # records of colleagues
    payments: int
    results: int  # messages of which it is known what became of them
    stage: str


def look(file: CaseFile, me: str, today: date, now: datetime) -> Look:
    return Look(
        at=now,
        others=sum(1 for event in file.events if event.author != me and event.kind not in _NOT_THEIRS),
        payments=len(file.payments),
        results=sum(1 for event in file.events if event.kind == "message_result"),
        stage=stage_of(standing.owed(file, today).days_past_due),
    )


def changes(before: Look, now: Look) -> tuple[Message, ...]:
    """What came since, and since when; nothing when nothing did. What was taken away is not counted."""
    found = []
    if now.payments > before.payments:
        count = now.payments - before.payments
        found.append(nmsg("{n} payment", "{n} payments", count))
    if now.others > before.others:
        count = now.others - before.others
        found.append(nmsg("{n} record by colleagues", "{n} records by colleagues", count))
    if now.results > before.results:
        count = now.results - before.results
        found.append(nmsg("{n} message sent or failed", "{n} messages sent or failed", count))
    if now.stage != before.stage:
        found.append(msg("now {stage}", stage=now.stage))
    return (msg("Since {moment}", moment=before.at), *found) if found else ()


def kept(seat: Seat, case_id: str) -> Look | None:
    """The last look at this seat; None before the first, and for what another version kept."""
    with seat.store.read() as conn:
        body = looked.load(conn, case_id)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=Look)
    except msgspec.DecodeError:
        return None


def keep(seat: Seat, case_id: str, seen: Look) -> None:
    with seat.store.write() as conn:
        looked.save(conn, case_id, msgspec.json.encode(seen).decode())
