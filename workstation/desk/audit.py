"""Who saw, changed, exported and printed what, and when: asked of the centre, opened record by record.

An auditor is told of everybody, a lead of the own team, everybody else of themselves: the centre decides that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from workstation.desk.seat import Seat
from workstation.domain.events import Reveal, TakenOut, decode_body, event_hash
from workstation.domain.message import Label, Message, msg, nmsg
from workstation.security.masking import Masks

if TYPE_CHECKING:
    from workstation.sync.audit import Holder, Link, Record

Class = Literal["saw", "took", "changed", "admin"]
CLASSES: tuple[Class, ...] = ("saw", "took", "changed", "admin")
DAYS = 30  # of the period that is asked for first
LATE = timedelta(hours=1)  # a record that reached the centre later than this says so
WATCHING = frozenset({"auditor", "admin"})


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is asked for; empty: everything. The last day is included. Days are those of this seat."""

    person: str = ""
    number: str = ""  # of a case
    classes: frozenset[Class] = frozenset()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One record, ready to paint. `case_id` is empty for an act of administration."""

    record: Record
    what: Class
    said: Message
    why: str | Message
    late: bool

    @property
    def id(self) -> str:
        return self.record.id


@dataclass(frozen=True, slots=True)
class AuditPage:
    rows: tuple[AuditRow, ...]
    more: bool
    holders: tuple[Holder, ...] = ()  # of the case that was asked for


@dataclass(frozen=True, slots=True)
class Opened:
    """A record and whether it is still as it was written: `good` None where this role cannot have it checked."""

    row: AuditRow
    facts: tuple[tuple[Message, str | Message], ...]
    verdict: Message
    good: bool | None


class AuditDesk:
    """`open_line` signs in at the centre. Every question goes there: slow, not for the window."""

    def __init__(self, seat: Seat, open_line: Callable[[], Link]) -> None:
        self._seat, self._open_line = seat, open_line

    def line(self) -> Link:
        """A connection to the centre, signed in as this person."""
        return self._open_line()

    @property
    def role(self) -> str:
        return self._seat.person.role

    @property
    def offered(self) -> bool:
        """Does it stand on the rail? Everybody may ask about themselves, by the command."""
        return self.role in WATCHING or self.role == "lead"

    @property
    def exports(self) -> bool:
        return self.offered

    def first_filter(self) -> AuditFilter:
        today = self._seat.clock.today()
        return AuditFilter(first=today - timedelta(days=DAYS - 1), last=today)

    def people(self) -> tuple[tuple[str, str], ...]:
        """Whom one may ask about: id and name. Raises link errors."""
        with closing(self._open_line()) as link:
            rows = link.execute("SELECT id::text, name, team_id::text FROM person ORDER BY name, login").fetchall()
        mine = self._seat.person
        if self.role in WATCHING:
            return tuple((row[0], row[1]) for row in rows)
        if self.role == "lead":
            return tuple((row[0], row[1]) for row in rows if row[2] is not None and row[2] == mine.team_id)
        return ((mine.id, mine.name),)

    def find(self, asked: AuditFilter, after: AuditRow | None = None) -> AuditPage:
        """A page, the newest first; after a row: the next one. Raises link errors."""
        from workstation.sync import audit

        with closing(self._open_line()) as link:
            found = audit.page(link, self.question(asked), None if after is None else after.record)
            holders = audit.holders(link, asked.number.strip()) if asked.number.strip() and after is None else []
        rows = tuple(row_of(record, self._seat.masks) for record in found)
        return AuditPage(rows, len(found) == audit.PAGE, tuple(holders))

    def open(self, row: AuditRow) -> Opened:
        """The record with its place in its device's chain, checked by the centre's content. Raises link errors."""
        with closing(self._open_line()) as link:
            good, verdict = _verdict(link, row, self.role)
        return Opened(row, tuple(_facts(row)), verdict, good)

    def chains(self) -> tuple[Message, ...]:
        """What is wrong with the chains of all devices, in words; nothing: every record is as it was written.

        For those who see every record. Slow with a large book. Raises link errors.
        """
        from workstation.central.chains import chain_faults

        with closing(self._open_line()) as link:
            return tuple(fault.message for fault in chain_faults(link))

    def question(self, asked: AuditFilter) -> dict[str, object]:
        """The filter as the centre takes it."""
        zone = self._seat.clock.zone
        found: dict[str, object] = {}
        if asked.person:
            found["person"] = asked.person
        if asked.number:
            found["number"] = asked.number.strip()
        if asked.classes:
            found["kinds"] = sorted(asked.classes)
        if asked.first is not None:
            found["from"] = datetime.combine(asked.first, time(), zone).isoformat()
        if asked.last is not None:
            found["until"] = datetime.combine(asked.last + timedelta(days=1), time(), zone).isoformat()
        return found


def row_of(record: Record, masks: Masks) -> AuditRow:
    """What a record says, its own words through the masking table."""
    late = record.received_at - record.at > LATE
    if record.source == "admin":
        return AuditRow(record, "admin", msg("{act}", act=Label("admin_act", record.kind)), record.outcome or "", late)
    body = decode_body(record.kind, record.body or "{}")
    if isinstance(body, Reveal):
        said = msg("Shown in full: {field}", field=Label("revealed", body.field))
        return AuditRow(record, "saw", said, _why(body.why, masks.text(body.reason)), late)
    if isinstance(body, TakenOut):
        how, what = Label("took_out", body.how), Label("taken", body.what)
        said = (
            nmsg("{how}: {what} · {n} case", "{how}: {what} · {n} cases", body.cases, how=how, what=what)
            if body.batch
            else msg("{how}: {what}", how=how, what=what)
        )
        return AuditRow(record, "took", said, _why(body.why, masks.text(body.reason)), late)
    said = msg("Recorded: {kind}", kind=Label("event_kind", record.kind))
    if record.kind == "contact":
        channel, outcome = Label("channel", record.channel or ""), Label("outcome", record.outcome or "")
        said = msg("{channel} · {outcome}", channel=channel, outcome=outcome)
    return AuditRow(record, "changed", said, "", late)


def _why(why: str, words: str) -> Message | str:
    if not why:
        return words
    reason = Label("reveal_reason", why)
    return msg("{why}: {words}", why=reason, words=words) if words else msg("{why}", why=reason)


def _facts(row: AuditRow) -> list[tuple[Message, str | Message]]:
    record = row.record
    found: list[tuple[Message, str | Message]] = [
        (msg("When"), msg("{moment}", moment=record.at)),
        (msg("At the centre"), msg("{moment}", moment=record.received_at)),
        (msg("By"), record.author_name or "—"),
        (msg("Role today"), msg("{role}", role=Label("role", record.author_role)) if record.author_role else "—"),
        (msg("Device"), " · ".join(part for part in (record.device_name, record.device) if part) or "—"),
        (msg("Case"), record.number or "—"),
        (msg("What"), row.said),
        (msg("Why"), row.why or "—"),
    ]
    body = decode_body(record.kind, record.body or "{}") if record.source == "event" else None
    if isinstance(body, TakenOut):
        fields = ", ".join(body.fields)
        found += [(msg("In full"), fields or "—"), (msg("List"), body.batch or "—")]
    if record.source == "admin" and record.body:
        found.append((msg("Content"), json.dumps(json.loads(record.body), ensure_ascii=False)))
    found += [
        (msg("Record"), record.id),
        (msg("Hash"), record.hash or "—"),
        (msg("Hash of the record before"), record.prev_hash or "—"),
    ]
    return found


def _verdict(link: Link, row: AuditRow, role: str) -> tuple[bool | None, Message]:
    if row.record.source != "event":
        return None, msg("Acts of administration are chained too; `workstation central check` follows their chain.")
    if role not in WATCHING:
        return None, msg("An auditor has the chain of this device checked.")
    return _of_event(link, row.id)


def _of_event(link: Link, event_id: str) -> tuple[bool, Message]:
    """Hashed here, by this program: whoever changes a record at the centre could change the centre's functions too."""
    from workstation.central import chains
    from workstation.sync import audit

    event = audit.whole(link, event_id)
    if event is None:
        return False, msg("The record is not at the centre any more.")
    if event_hash(event) != event.hash:
        return False, msg("It was changed after it was written: its content does not hash to what it says.")
    # Its place in the chain, what the seats say of it, and whatever else the centre's own check would find.
    found = chains.record_verdict(link, event_id)
    if found.state != "whole":
        return False, found.message
    return True, msg("It is as it was written, and in its place in its device's chain.")
