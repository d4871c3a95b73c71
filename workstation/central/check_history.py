"""Whether the history is as it was written, each device's chain without gaps and forks, and each case seen by its own.

Hashes are computed here and not by the database's own function: who changes an event can change that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg import sql

from workstation.central.chains import chain_faults
from workstation.central.findings import Connection, Finding, each, shown
from workstation.domain.message import msg

_ADMIN_HASH = """encode(sha256(convert_to(concat_ws(chr(31), e.prev_hash, e.id,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(e.actor::text, ''), e.login, e.what,
    e.subject, e.body::text), 'UTF8')), 'hex')"""


def _administration(conn: Connection) -> Iterator[Finding]:
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
    """Of each kind the first, and how many more there are; what only explains is not bad."""
    faults = chain_faults(conn)
    for kind, bad in dict.fromkeys((fault.kind, fault.bad) for fault in faults):
        alike = [fault.message for fault in faults if (fault.kind, fault.bad) == (kind, bad)]
        yield from shown(alike, bad=bad)


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


def _attachments(conn: Connection) -> Iterator[Finding]:
    """Every byte of every photo is read for this."""
    rows = conn.execute(
        "SELECT a.sha256, c.number FROM attachment a JOIN cases c ON c.id = a.case_id CROSS JOIN LATERAL ("
        " SELECT encode(sha256(string_agg(k.data, ''::bytea ORDER BY k.start)), 'hex') AS digest"
        " FROM attachment_chunk k WHERE k.case_id = a.case_id AND k.sha256 = a.sha256) d"
        " WHERE a.finished_at IS NOT NULL AND d.digest IS DISTINCT FROM a.sha256 ORDER BY c.number, a.sha256"
    )
    yield from each(
        rows,
        msg(
            "The photo or signature {hash} of case {number} is not what its record says. Take it from a backup, and "
            "find out who changed the database."
        ),
        "hash",
        "number",
    )


HISTORY: tuple[Callable[[Connection], Iterator[Finding]], ...] = (_chains, _administration, _scopes, _attachments)
