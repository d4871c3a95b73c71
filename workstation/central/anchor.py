"""An anchor: where every chain stood at a moment, on paper or on a machine the owner of the server does not reach.

Who may do anything at the centre can change a record and make every hash after it anew; the chain is whole again, but
the heads of before are gone from it. One line of 64 signs, printed or sent away, is enough to see that.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import psycopg

from workstation.central.findings import Connection, Finding, shown
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

FORMAT = "workstation anchor 1"

_CHAINS = """SELECT d.id::text, d.name, coalesce(p.name, '–'), count(*), array_agg(e.hash ORDER BY e.hash)
        FILTER (WHERE NOT EXISTS (SELECT FROM case_event n WHERE n.device = e.device AND n.prev_hash = e.hash))
    FROM case_event e JOIN device d ON d.id = e.device LEFT JOIN person p ON p.id = d.person_id
    GROUP BY d.id, d.name, p.name ORDER BY d.id"""


class AnchorError(WorkstationError):
    """The file is not an anchor, or not the one whose digest was noted."""

    code = "anchor"


class Chain(msgspec.Struct, frozen=True):
    """One device: how many records, and the hashes of those that none follows."""

    device: str
    name: str
    person: str
    events: int
    heads: list[str]


class Anchor(msgspec.Struct, frozen=True):
    format: str
    database: str
    epoch: str
    taken_at: datetime
    admin_events: int
    admin_head: str
    chains: list[Chain]

    @property
    def digest(self) -> str:
        """What is printed or noted elsewhere: it stands for all of it."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def take(conn: Connection) -> Anchor:
    """Of the database as it is, by a connection that sees all: a superuser's, an auditor's, an administrator's."""
    row = conn.execute(
        "SELECT current_database(), epoch::text, clock_timestamp(), (SELECT count(*) FROM admin_event), admin_head"
        " FROM central_meta"
    ).fetchone()
    if row is None:
        raise AnchorError(
            msg("Only an auditor, an administrator or the owner of the server sees what an anchor needs.")
        )
    database, epoch, taken_at, acts, head = row
    chains = [Chain(*found) for found in conn.execute(_CHAINS.encode())]
    return Anchor(FORMAT, database, epoch, taken_at, acts, head, chains)


def write(dsn: str, file: Path) -> Anchor:
    """Written whole or not at all; an existing file is never overwritten. Raises `AnchorError` and `InputError`."""
    if file.exists():
        raise InputError(msg("{file} is there already; an anchor is never overwritten.", file=str(file)), field="file")
    with psycopg.connect(dsn) as conn:
        conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        made = take(conn)
    partial = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(
            msg("{file} cannot be written ({reason}).", file=str(file), reason=error.strerror or type(error).__name__),
            field="file",
        ) from error
    return made


def read(file: Path, digest: str = "") -> Anchor:
    """Raises `AnchorError` for another file, and for one whose digest is not the one that was noted."""
    try:
        anchor = msgspec.json.decode(file.read_bytes(), type=Anchor)
    except (OSError, msgspec.DecodeError) as error:
        raise AnchorError(msg("{file} cannot be read as an anchor.", file=str(file))) from error
    if anchor.format != FORMAT:
        raise AnchorError(msg("{file} is an anchor of another version of this program.", file=str(file)))
    if digest and anchor.digest != digest.strip().lower():
        raise AnchorError(
            msg(
                "{file} is not the anchor that was noted: its digest is {digest}.", file=str(file), digest=anchor.digest
            )
        )
    return anchor


def compare(conn: Connection, anchor: Anchor) -> Iterator[Finding]:
    """What stood then and is not there now. After a restore since then it only explains."""
    row = conn.execute(
        "SELECT current_database(), epoch::text, %s = '' OR EXISTS (SELECT FROM admin_event WHERE hash = %s),"
        " (SELECT count(*) FROM admin_event) FROM central_meta",
        [anchor.admin_head, anchor.admin_head],
    ).fetchone()
    if row is None:
        raise AnchorError(
            msg("Only an auditor, an administrator or the owner of the server sees what an anchor needs.")
        )
    database, epoch, head_there, acts = row
    restored = epoch != anchor.epoch
    if database != anchor.database or restored:
        yield Finding(
            msg(
                "The anchor of {when} is of “{theirs}” before a restore or of another database; this is “{here}”. What "
                "it lacks may have been forgotten by the restore.",
                when=anchor.taken_at,
                theirs=anchor.database,
                here=database,
            ),
            bad=False,
        )
    heads = [(chain.device, head) for chain in anchor.chains for head in chain.heads]
    there = {
        (device, head)
        for device, head in conn.execute(
            "SELECT e.device::text, e.hash FROM unnest(%s::uuid[], %s::text[]) h (device, hash)"
            " JOIN case_event e ON e.hash = h.hash AND e.device = h.device",
            [[device for device, _ in heads], [head for _, head in heads]],
        )
    }
    counts = dict(conn.execute("SELECT device::text, count(*) FROM case_event GROUP BY device").fetchall())
    rewritten = [
        msg(
            "The chain of device {device} ({name}, {person}) is not the one of {when}: records of it were changed or "
            "deleted since, and every hash after them made anew. Compare it with that device and a backup, and find "
            "out who changed the database.",
            device=chain.device,
            name=chain.name,
            person=chain.person,
            when=anchor.taken_at,
        )
        for chain in anchor.chains
        if counts.get(chain.device, 0) < chain.events or not all((chain.device, head) in there for head in chain.heads)
    ]
    yield from shown(rewritten, bad=not restored)
    if not head_there or acts < anchor.admin_events:
        yield Finding(
            msg(
                "The record of administration is not the one of {when}: acts of it were changed or deleted since.",
                when=anchor.taken_at,
            ),
            bad=not restored,
        )
