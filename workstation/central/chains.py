"""Each device's chain of records, followed: what was changed, is missing, forks or is held, of whom and since when.

For `central check` and for an auditor's screen alike: any connection that sees the history will do. Hashes are computed
here and not by the database's own function: who changes a record could change that too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from workstation.domain.message import Message, msg

Connection = psycopg.Connection[Any]
Kind = Literal["changed", "gap", "cut", "fork", "held", "disputed"]
State = Literal["whole", "changed", "after_gap", "fork", "held", "unknown"]

# As workstation.domain.events.event_hash; `body` is json, whose text PostgreSQL keeps as it came.
HASH = """encode(sha256(convert_to(concat_ws(chr(31), e.prev_hash, e.id, e.case_id, e.kind,
    to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.author, e.device,
    coalesce(e.contact_point::text, ''), coalesce(e.channel, ''), coalesce(e.outcome, ''),
    coalesce(e.amount::text, ''), coalesce(to_char(e.due_on, 'YYYY-MM-DD'), ''), coalesce(e.duration::text, ''),
    coalesce(e.answers::text, ''), e.body::text, coalesce(e.pack, ''), e.offset_ms), 'UTF8')), 'hex')"""

# Columns of every answer below: event, device, its name, its person, when; which text it is; then what the text needs.
_HEAD = "e.id::text, d.id::text, d.name, coalesce(p.name, '–'), e.occurred_at"
_FROM = "FROM case_event e JOIN device d ON d.id = e.device LEFT JOIN person p ON p.id = d.person_id"
_OF = "(%(device)s::uuid IS NULL OR d.id = %(device)s::uuid)"

_CHANGED = f"SELECT {_HEAD}, '' {_FROM} WHERE {_OF} AND e.hash IS DISTINCT FROM {HASH} ORDER BY e.device, e.id"  # noqa: S608
# A gap that a refusal explains is none; one that a restore may explain is told apart.
_GAPS = f"""SELECT {_HEAD}, CASE
        WHEN r.event_id IS NOT NULL THEN 'taken_in'
        WHEN m.restored_at IS NOT NULL AND e.received_at >= m.backup_at
         AND (e.occurred_at + e.offset_ms * interval '1 millisecond' < m.restored_at
              OR e.received_at < m.recover_until) THEN 'forgotten'
        ELSE '' END
    {_FROM} CROSS JOIN central_meta m LEFT JOIN released_event r ON r.event_id = e.id
    WHERE {_OF} AND e.prev_hash <> ''
    AND NOT EXISTS (SELECT FROM case_event k WHERE k.device = e.device AND k.hash = e.prev_hash)
    AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = e.device AND r.hash = e.prev_hash)
    ORDER BY e.device, e.received_at, e.id"""  # noqa: S608
_FORKS = f"""SELECT f.first, d.id::text, d.name, coalesce(p.name, '–'), f.at,
        CASE WHEN f.explained THEN 'taken_in' ELSE '' END, f.other
    FROM (SELECT e.device, min(e.id::text) AS first, max(e.id::text) AS other, max(e.occurred_at) AS at,
                 count(*) - count(r.event_id) < 2 AS explained
          FROM case_event e LEFT JOIN released_event r ON r.event_id = e.id
          WHERE %(device)s::uuid IS NULL OR e.device = %(device)s::uuid
          GROUP BY e.device, e.prev_hash HAVING count(*) > 1) f
    JOIN device d ON d.id = f.device LEFT JOIN person p ON p.id = d.person_id
    WHERE {_OF} ORDER BY 2, 1"""  # noqa: S608
_CUT = f"""SELECT '', d.id::text, d.name, coalesce(p.name, '–'), d.last_seen_at, ''
    FROM device d LEFT JOIN person p ON p.id = d.person_id
    WHERE {_OF} AND d.chain_head <> ''
    AND NOT EXISTS (SELECT FROM case_event e WHERE e.device = d.id AND e.hash = d.chain_head)
    AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = d.id AND r.hash = d.chain_head)
    ORDER BY d.name, d.id"""  # noqa: S608
_HELD = f"""SELECT (array_agg(h.id::text ORDER BY h.occurred_at, h.id))[1], d.id::text, d.name, coalesce(p.name, '–'),
        min(h.occurred_at), h.reason, count(*)
    FROM held_event h JOIN device d ON d.id = h.device LEFT JOIN person p ON p.id = d.person_id
    WHERE {_OF} GROUP BY d.id, d.name, p.name, h.reason ORDER BY d.name, d.id, h.reason"""  # noqa: S608
_DISPUTED = """SELECT w.event_id::text, d.id::text, d.name, p.name, w.at,
        CASE WHEN e.id IS NULL THEN 'gone' ELSE '' END, coalesce(o.name, '–')
    FROM seat_witness w JOIN device d ON d.id = w.device_id JOIN person p ON p.id = w.person_id
    LEFT JOIN case_event e ON e.id = w.event_id LEFT JOIN person o ON o.id = e.author
    WHERE (%(device)s::uuid IS NULL OR e.device = %(device)s::uuid OR d.id = %(device)s::uuid)
    AND e.hash IS DISTINCT FROM w.held_hash ORDER BY w.at, w.event_id"""

# Of each kind: the question, what its texts need beside the head, and the text of each case.
_KINDS: dict[Kind, tuple[str, tuple[str, ...], dict[str, Message]]] = {
    "changed": (_CHANGED, (), {
        "": msg(
            "Event {event} of device {device} ({name}, {person}), recorded {when}, was changed after it was written. "
            "Compare it with the copy at that device and with a backup, and find out who changed the database."
        ),
    }),
    "gap": (_GAPS, (), {
        "": msg(
            "The event before {event} of device {device} ({name}, {person}), recorded {when}, is missing: it was "
            "deleted or changed. Look for it at that device and in a backup, and find out who changed the database."
        ),
        "forgotten": msg(
            "The event before {event} of device {device} ({name}, {person}), recorded {when}, was forgotten by the "
            "restore, and nobody has handed it in yet."
        ),
        "taken_in": msg(
            "The event before {event} of device {device} ({name}, {person}) never came; what follows it from {when} on "
            "was taken in by hand."
        ),
    }),
    "fork": (_FORKS, ("other",), {
        "": msg(
            "Events {event} and {other} of device {device} ({name}, {person}) both follow the same one since {when}: a "
            "copy of that device's store was used. Ask its owner; revoke the device and register a new one."
        ),
        "taken_in": msg(
            "Events {event} and {other} of device {device} ({name}, {person}) both follow the same one: its store was "
            "copied, and the second branch, from {when} on, was taken in by hand."
        ),
    }),
    "cut": (_CUT, (), {
        "": msg(
            "The last event received from device {device} ({name}, {person}) is missing; it was last seen {when}. Look "
            "for it at that device and in a backup, and find out who changed the database."
        ),
    }),
    "held": (_HELD, ("n",), {
        "forked_chain": msg(
            "{n} records of device {device} ({name}, {person}) from {when} on are held: another record has their "
            "place, so its store was copied or put back, and both went on. Ask {person}. If the records are theirs, "
            "take them in (central held release {device}); revoke the device if the copy is not."
        ),
        "broken_chain": msg(
            "{n} records of device {device} ({name}, {person}) from {when} on are held: the record before them is "
            "missing. It comes by itself if that device still has it; otherwise it was deleted there, and the others "
            "can be taken in (central held release {device})."
        ),
    }),
    "disputed": (_DISPUTED, ("author",), {
        "": msg(
            "Device {device} ({name}, {person}) said on {when} that it holds another version of event {event} of "
            "{author}. One of both was changed: compare with that device and a backup."
        ),
        "gone": msg(
            "Device {device} ({name}, {person}) said on {when} that event {event}, which it holds, is gone from the "
            "centre. Look at that device and in a backup, and find out who changed the database."
        ),
    }),
}  # fmt: skip
_VERDICT = f"""SELECT e.hash IS DISTINCT FROM {HASH},
        e.prev_hash <> ''
        AND NOT EXISTS (SELECT FROM case_event k WHERE k.device = e.device AND k.hash = e.prev_hash)
        AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = e.device AND r.hash = e.prev_hash),
        EXISTS (SELECT FROM case_event k WHERE k.device = e.device AND k.prev_hash = e.prev_hash AND k.id <> e.id),
        EXISTS (SELECT FROM seat_witness w WHERE w.event_id = e.id AND w.held_hash <> e.hash)
    FROM case_event e WHERE e.id = %s::uuid"""  # noqa: S608
_EXPLAINS = {"forgotten", "taken_in"}


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One thing that is not as it should be. `event` is empty for a chain that was cut; `person` is the device's.

    `bad` False: it only explains, as what a restore forgot or a lead has taken in.
    """

    kind: Kind
    device: str
    device_name: str
    person: str
    event: str
    when: datetime
    message: Message
    bad: bool = True


@dataclass(frozen=True, slots=True)
class DeviceChain:
    """A device's records at the centre: how many, the first and last as recorded, and what is wrong with them."""

    device: str
    name: str
    person: str
    events: int
    first: datetime | None
    last: datetime | None
    faults: tuple[ChainFault, ...]

    @property
    def whole(self) -> bool:
        return not any(fault.bad for fault in self.faults)


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """Whether one record is as it was written, and in its place."""

    event: str
    state: State
    message: Message


def chain_faults(conn: Connection, device: str | None = None) -> tuple[ChainFault, ...]:
    """Of one device, or of all: what was changed first, then what is missing, forks, is held or disputed."""
    found: list[ChainFault] = []
    for kind, (question, names, texts) in _KINDS.items():
        for row in conn.execute(question.encode(), {"device": device}):
            event, of_device, name, person, when, case = row[:6]
            said = {"event": event, "device": of_device, "name": name, "person": person, "when": when}
            said |= dict(zip(names, row[6:], strict=True))
            message = Message(texts[case].text, said)
            found.append(ChainFault(kind, of_device, name, person, event, when, message, case not in _EXPLAINS))
    return tuple(found)


def device_chain(conn: Connection, device: str) -> DeviceChain:
    """Raises `LookupError` for a device that is not there, or not for this connection to see."""
    row = conn.execute(
        "SELECT d.name, coalesce(p.name, '–'), count(e.id), min(e.occurred_at), max(e.occurred_at)"
        " FROM device d LEFT JOIN person p ON p.id = d.person_id LEFT JOIN case_event e ON e.device = d.id"
        " WHERE d.id = %s::uuid GROUP BY d.name, p.name",
        [device],
    ).fetchone()
    if row is None:
        raise LookupError(device)
    name, person, events, first, last = row
    return DeviceChain(device, name, person, events, first, last, chain_faults(conn, device))


def record_verdict(conn: Connection, event: str) -> RecordVerdict:
    """Of one record, by itself and by its neighbours in the chain of its device."""
    row = conn.execute(_VERDICT.encode(), [event]).fetchone()
    if row is None:
        held = conn.execute("SELECT FROM held_event WHERE id = %s::uuid", [event]).fetchone()
        if held is None:
            return RecordVerdict(event, "unknown", msg("The centre has no such record."))
        return RecordVerdict(event, "held", msg("It is held: its place in its device's chain is taken or missing."))
    changed, after_gap, forked, disputed = row
    if changed or disputed:
        said = (
            msg("It was changed after it was written: its content does not hash to what it says.")
            if changed
            else msg("A seat holds another version of it: it was changed at the centre, or at that seat.")
        )
        return RecordVerdict(event, "changed", said)
    if after_gap:
        return RecordVerdict(event, "after_gap", msg("It is as it was written; the record before it is missing."))
    if forked:
        return RecordVerdict(
            event, "fork", msg("It is as it was written; another record of the same device has the same place.")
        )
    return RecordVerdict(event, "whole", msg("It is as it was written, and in its place."))
