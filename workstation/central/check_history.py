"""Whether the history is as it was written, each device's chain without gaps and forks, and each case seen by its own.

Hashes are computed here and not by the database's own function: who changes an event can change that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg import sql

from workstation.central.findings import Connection, Finding, each, some
from workstation.domain.message import msg

# As workstation.domain.events.event_hash; `body` is json, whose text PostgreSQL keeps as it came.
_HASH = """encode(sha256(convert_to(concat_ws(chr(31), e.prev_hash, e.id, e.case_id, e.kind,
    to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.author, e.device,
    coalesce(e.contact_point::text, ''), coalesce(e.channel, ''), coalesce(e.outcome, ''),
    coalesce(e.amount::text, ''), coalesce(to_char(e.due_on, 'YYYY-MM-DD'), ''), coalesce(e.duration::text, ''),
    coalesce(e.answers::text, ''), e.body::text, coalesce(e.pack, ''), e.offset_ms), 'UTF8')), 'hex')"""
_ADMIN_HASH = """encode(sha256(convert_to(concat_ws(chr(31), e.prev_hash, e.id,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(e.actor::text, ''), e.login, e.what,
    e.subject, e.body::text), 'UTF8')), 'hex')"""


def _hashes(conn: Connection) -> Iterator[Finding]:
    rows = conn.execute(
        sql.SQL(
            "SELECT e.id::text, e.device::text FROM case_event e WHERE e.hash IS DISTINCT FROM {} ORDER BY e.id"
        ).format(sql.SQL(_HASH))
    )
    yield from each(
        rows,
        msg(
            "Event {event} of device {device} was changed after it was written. Compare it with the copy at that "
            "device and with a backup, and find out who changed the database."
        ),
        "event",
        "device",
    )
    rows = conn.execute(
        sql.SQL(
            "WITH a AS (SELECT e.id, e.hash, e.prev_hash, e.hash IS DISTINCT FROM {} AS changed FROM admin_event e)"
            " SELECT a.id::text FROM a WHERE a.changed OR a.prev_hash <> ''"
            " AND NOT EXISTS (SELECT FROM a k WHERE k.hash = a.prev_hash)"
            " UNION SELECT '(' || left(m.admin_head, 12) || ')' FROM central_meta m"
            " WHERE m.admin_head <> '' AND NOT EXISTS (SELECT FROM a WHERE a.hash = m.admin_head) ORDER BY 1"
        ).format(sql.SQL(_ADMIN_HASH))
    )
    yield from each(
        rows,
        msg(
            "The record of administration is not whole at {event}. Compare it with a backup, and find out who changed "
            "the database."
        ),
        "event",
    )


def _chains(conn: Connection) -> Iterator[Finding]:
    """Each event names the one before it on its device. What a refusal or a restore explains is not bad."""
    gaps = conn.execute(
        "SELECT e.id::text, e.device::text, d.name, (m.restored_at IS NOT NULL AND e.received_at >= m.backup_at"
        "   AND (e.occurred_at + e.offset_ms * interval '1 millisecond' < m.restored_at"
        "        OR e.received_at < m.recover_until))"
        " FROM case_event e JOIN device d ON d.id = e.device CROSS JOIN central_meta m"
        " WHERE e.prev_hash <> ''"
        " AND NOT EXISTS (SELECT FROM case_event k WHERE k.device = e.device AND k.hash = e.prev_hash)"
        " AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = e.device AND r.hash = e.prev_hash)"
        " ORDER BY e.device, e.received_at, e.id"
    ).fetchall()
    names = ("event", "device", "name")
    yield from some(
        [row[:3] for row in gaps if not row[3]],
        msg(
            "The event before {event} of device {device} ({name}) is missing: it was deleted or changed. Look for it "
            "at that device and in a backup, and find out who changed the database."
        ),
        names,
    )
    yield from some(
        [row[:3] for row in gaps if row[3]],
        msg(
            "The event before {event} of device {device} ({name}) was forgotten by the restore, and nobody has handed "
            "it in yet."
        ),
        names,
        bad=False,
    )
    forks = conn.execute(
        "SELECT min(e.id::text), e.device::text, max(e.id::text), d.name"
        " FROM case_event e JOIN device d ON d.id = e.device"
        " GROUP BY e.device, d.name, e.prev_hash HAVING count(*) > 1 ORDER BY 2, 1"
    )
    yield from each(
        forks,
        msg(
            "Events {event} and {other} of device {device} ({name}) both follow the same one: a copy of that device's "
            "store was used. Ask its owner; revoke the device and register a new one."
        ),
        "event",
        "device",
        "other",
        "name",
    )
    cut = conn.execute(
        "SELECT d.id::text, d.name FROM device d WHERE d.chain_head <> ''"
        " AND NOT EXISTS (SELECT FROM case_event e WHERE e.device = d.id AND e.hash = d.chain_head)"
        " AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = d.id AND r.hash = d.chain_head)"
        " ORDER BY d.name, d.id"
    )
    yield from each(
        cut,
        msg(
            "The last event received from device {device} ({name}) is missing. Look for it at that device and in a "
            "backup, and find out who changed the database."
        ),
        "device",
        "name",
    )


def _scopes(conn: Connection) -> Iterator[Finding]:
    rows = conn.execute(
        "SELECT c.number FROM cases c LEFT JOIN LATERAL ("
        " SELECT max(s.holder_id::text) FILTER (WHERE s.holder_kind = 'person') AS person,"
        "        max(s.holder_id::text) FILTER (WHERE s.holder_kind = 'team') AS team"
        " FROM case_scope s WHERE s.case_id = c.id AND s.revoked_at IS NULL) s ON true"
        " WHERE (s.person, s.team) IS DISTINCT FROM (c.assignee_id::text, c.team_id::text) ORDER BY c.number"
    )
    yield from each(
        rows,
        msg("Case {number} is visible to others than its assignee and team. Reassign it, which opens its scope anew."),
        "number",
    )


HISTORY: tuple[Callable[[Connection], Iterator[Finding]], ...] = (_hashes, _chains, _scopes)
