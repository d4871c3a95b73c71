"""What else a lead looks into: calls and visits with somebody and no recording named, and complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from local_db import events as store_events
from local_db import queries
from workstation.desk.conduct import DAYS
from workstation.desk.seat import Seat
from workstation.domain.events import Complaint, Contact, Event, decode_body
from workstation.domain.message import Label, Message, msg
from workstation.domain.outcomes import TABLE

_SPOKEN = frozenset({"debtor", "third_party"})


@dataclass(frozen=True, slots=True)
class GapRow:
    event_id: str
    case_id: str
    at: datetime
    number: str
    name: str
    author: str
    said: Message


def rows(seat: Seat) -> tuple[GapRow, ...]:
    """Of the last `conduct.DAYS` days, the newest first; what was taken back is left out."""
    since = seat.clock.now() - timedelta(days=DAYS)
    with seat.store.read() as conn:
        events = store_events.of_kinds(conn, ("contact", "complaint", "correction"), since)
        aside = {event.answers for event in events if event.kind == "correction"}
        found = [(event, said) for event in events if event.id not in aside and (said := _gap(event)) is not None]
        records = {row.case_id: row for row in queries.queue_records(conn, {event.case_id for event, _ in found})}
        people = queries.people(conn)
    return tuple(
        GapRow(
            event_id=event.id,
            case_id=event.case_id,
            at=event.corrected_at,
            number=records[event.case_id].number,
            name=seat.masks.name(records[event.case_id].name),
            author=people.get(event.author, "—"),
            said=said,
        )
        for event, said in reversed(found)
        if event.case_id in records
    )


def _gap(event: Event) -> Message | None:
    body = decode_body(event.kind, event.body)
    if isinstance(body, Complaint):
        return msg("A complaint was registered.") if body.state == "open" else None
    if not isinstance(body, Contact):
        return None
    if event.outcome == "complaint":
        return msg("The debtor complained.")
    row = TABLE.get(event.outcome or "")
    if row is None or row.reach not in _SPOKEN or event.channel not in {"call", "visit"} or body.recording:
        return None
    return msg("{channel} with somebody, and no recording is named.", channel=Label("channel", event.channel))
