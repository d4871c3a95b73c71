"""What the centre tells of who saw, changed, exported and printed what: `app.audit`, page by page, the newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from workstation.domain.events import Event
from workstation.domain.message import msg
from workstation.sync.link import CentreTooOld, typed

Link = psycopg.Connection[Any]
KNOWS_AUDIT = "0008"  # the first central schema that answers
PAGE = 200  # records of one question; the last of them asks for the next
MOST = 20_000  # of one extract: more is asked for in parts
_COLUMNS = (
    "source, id::text, place, at, received_at, kind, author::text, author_name, author_role, device::text, device_name,"
    " case_id::text, number, channel, outcome, body, prev_hash, hash"
)


@dataclass(frozen=True, slots=True)
class Record:
    """An event of a case (`source` event) or an act of administration (admin). Moments are aware.

    `place` and `id` say where it stands in the order, `at` when it happened on the centre's clock. `body` is there of
    what was seen or taken and of acts, never of what was written about a debtor.
    """

    source: str
    id: str
    place: datetime
    at: datetime
    received_at: datetime
    kind: str
    author: str | None
    author_name: str | None
    author_role: str | None
    device: str | None
    device_name: str | None
    case_id: str | None
    number: str | None
    channel: str | None
    outcome: str | None  # of an act: what it was about, a login or an id
    body: str | None
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who had a case at their desk, and when: they could see all of it. `until` None: still."""

    name: str
    kind: str  # person or team
    since: datetime
    until: datetime | None


def page(link: Link, asked: Mapping[str, object], before: Record | None = None, most: int = PAGE) -> list[Record]:
    """At most `most` records before one. Raises `CentreTooOld` where the centre cannot tell yet, and link errors."""
    place, identity = (None, None) if before is None else (before.place, before.id)
    try:
        with link.transaction():
            [(version,)] = link.execute("SELECT schema_version FROM central_meta").fetchall()
            if version < KNOWS_AUDIT:
                raise CentreTooOld(
                    msg(
                        "The centre has schema {theirs}; it tells who saw what from {ours} on. The administrator has "
                        "to upgrade it (workstation central migrate).",
                        theirs=version,
                        ours=KNOWS_AUDIT,
                    )
                )
            query = f"SELECT {_COLUMNS} FROM app.audit(%s::json, %s, %s::uuid, %s)"  # noqa: S608
            rows = link.execute(query.encode(), [json.dumps(asked), place, identity, most]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    return [Record(*row) for row in rows]


def every(link: Link, asked: Mapping[str, object], most: int = MOST) -> Iterator[list[Record]]:
    """Page after page up to `most` records in all."""
    last: Record | None = None
    left = most
    while left > 0:
        found = page(link, asked, last, min(left, 2_000))
        if not found:
            return
        yield found
        left -= len(found)
        last = found[-1]


def holders(link: Link, number: str) -> list[Holder]:
    """Everybody who had the case, the latest first, as far as row security tells."""
    query = (
        "SELECT coalesce(p.name, t.name), s.holder_kind, s.granted_at, s.revoked_at FROM case_scope s"
        " JOIN cases c ON c.id = s.case_id LEFT JOIN person p ON p.id = s.holder_id"
        " LEFT JOIN team t ON t.id = s.holder_id WHERE reverse(c.number) = reverse(%s)"
        " ORDER BY s.granted_at DESC, s.id DESC"
    )
    try:
        with link.transaction():
            rows = link.execute(query.encode(), [number]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    return [Holder(*row) for row in rows]


def whole(link: Link, event: str) -> Event | None:
    """One event with everything that was hashed, for whoever may read it; None where row security hides it."""
    names = [field for field in Event.__struct_fields__ if field not in {"due_on", "occurred_at", "amount"}]
    columns = ", ".join(f"{name}::text" for name in names) + ", due_on, occurred_at, amount"
    query = f"SELECT {columns} FROM case_event WHERE id = %s::uuid"  # noqa: S608
    try:
        with link.transaction():
            row = link.execute(query.encode(), [event]).fetchone()
    except psycopg.Error as error:
        raise typed(error) from error
    if row is None:
        return None
    values = dict(zip((*names, "due_on", "occurred_at", "amount"), row, strict=True))
    for name in ("duration", "offset_ms"):
        values[name] = None if values[name] is None else int(values[name])
    return Event(**values)


def took(link: Link, asked: Mapping[str, object], records: int, digest: str) -> None:
    """Have the centre record that an extract is taken, before it is written."""
    try:
        with link.transaction():
            link.execute("SELECT app.audit_took(%s::json, %s, %s)", [json.dumps(asked), records, digest])
    except psycopg.Error as error:
        raise typed(error) from error
