"""What belongs to a case and is no text: photos and signatures, by hash, in chunks, until the centre has them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from workstation.domain.errors import WorkstationError
from workstation.domain.events import utc_text
from workstation.domain.message import msg

CHUNK = 64 * 1024  # bytes of a row: two hundred photos are never in memory at once
State = Literal["draft", "waiting", "confirmed", "refused"]
_COLUMNS = "case_id, sha256, kind, media, size, state, event_id, at, refused"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment of one case. A `draft` belongs to a report that is still being written."""

    case_id: str
    sha256: str
    kind: str  # photo | signature
    media: str
    size: int  # bytes
    state: State
    event_id: str | None  # the event that names it; None for a draft
    at: str  # utc_text
    refused: str | None = None  # the centre's reason


class AttachmentAbsent(WorkstationError):
    """There is no such attachment of this case here, or not whole: the content does not have the hash it goes by."""

    code = "attachment_absent"

    def __init__(self) -> None:
        super().__init__(
            msg("This photo or signature is not on this device, or not whole. It comes with a synchronisation.")
        )


def add(conn: sa.Connection, case_id: str, content: bytes, *, kind: str, media: str, at: datetime) -> Attachment:
    """Keep `content` as a draft; what the case has already stays as it is, and is what comes back."""
    digest = hashlib.sha256(content).hexdigest()
    known = find(conn, case_id, digest)
    if known is not None:
        return known
    conn.exec_driver_sql(
        f"INSERT INTO attachment ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, 'draft', NULL, ?, NULL)",  # noqa: S608
        (case_id, digest, kind, media, len(content), utc_text(at)),
    )
    rows = [
        (case_id, digest, place, content[start : start + CHUNK])
        for place, start in enumerate(range(0, len(content), CHUNK))
    ]
    if rows:
        conn.exec_driver_sql("INSERT INTO attachment_chunk (case_id, sha256, place, data) VALUES (?, ?, ?, ?)", rows)
    return Attachment(case_id, digest, kind, media, len(content), "draft", None, utc_text(at))


def find(conn: sa.Connection, case_id: str, sha256: str) -> Attachment | None:
    query = f"SELECT {_COLUMNS} FROM attachment WHERE case_id = ? AND sha256 = ?"  # noqa: S608
    row = conn.exec_driver_sql(query, (case_id, sha256)).one_or_none()
    return None if row is None else Attachment(*row)


def of_case(conn: sa.Connection, case_id: str) -> list[Attachment]:
    """In the order they were taken in."""
    query = f"SELECT {_COLUMNS} FROM attachment WHERE case_id = ? ORDER BY at, rowid"  # noqa: S608
    return [Attachment(*row) for row in conn.exec_driver_sql(query, (case_id,))]


def named_here(conn: sa.Connection, one: Attachment) -> bool:
    """Is the event that names it in the store?"""
    query = "SELECT EXISTS (SELECT 1 FROM case_event WHERE id = ?)"
    return bool(conn.exec_driver_sql(query, (one.event_id,)).scalar_one())


def keep(conn: sa.Connection, case_id: str, hashes: Collection[str], event_id: str) -> None:
    """These belong to a recorded event now and wait for the centre. Raises `AttachmentAbsent`: then nothing may stand.

    One that an earlier event of the case named stays with that one.
    """
    for digest in hashes:
        known = find(conn, case_id, digest)
        if known is None:
            raise AttachmentAbsent
        if known.state == "draft":
            conn.exec_driver_sql(
                "UPDATE attachment SET state = 'waiting', event_id = ? WHERE case_id = ? AND sha256 = ?",
                (event_id, case_id, digest),
            )


def discard_drafts(conn: sa.Connection, case_id: str, hashes: Collection[str] | None = None) -> None:
    """Forget drafts, all of the case or these; what a recorded event names is never touched."""
    drafts = [row.sha256 for row in of_case(conn, case_id) if row.state == "draft"]
    _delete(conn, [(case_id, digest) for digest in drafts if hashes is None or digest in hashes])


def read(conn: sa.Connection, case_id: str, sha256: str, start: int = 0, length: int | None = None) -> bytes:
    """The content, or `length` bytes of it from `start`; asked for whole it is held against its hash.

    Raises `AttachmentAbsent`.
    """
    known = find(conn, case_id, sha256)
    if known is None:
        raise AttachmentAbsent
    end = known.size if length is None else min(known.size, start + length)
    first, last = start // CHUNK, max(end - 1, 0) // CHUNK
    query = (
        "SELECT data FROM attachment_chunk WHERE case_id = ? AND sha256 = ? AND place BETWEEN ? AND ? ORDER BY place"
    )
    whole = b"".join(conn.exec_driver_sql(query, (case_id, sha256, first, last)).scalars())
    part = whole[start - first * CHUNK : end - first * CHUNK]
    if len(part) != max(0, end - start):
        raise AttachmentAbsent
    if length is None and start == 0 and hashlib.sha256(part).hexdigest() != sha256:
        raise AttachmentAbsent
    return part


def waiting(conn: sa.Connection, limit: int) -> list[Attachment]:
    """The oldest that the centre does not have, of events that it has: events go first."""
    query = (
        f"SELECT {_COLUMNS} FROM attachment WHERE state = 'waiting'"  # noqa: S608
        " AND event_id NOT IN (SELECT event_id FROM outbox) ORDER BY at, rowid LIMIT ?"
    )
    return [Attachment(*row) for row in conn.exec_driver_sql(query, (limit,))]


def refused(conn: sa.Connection) -> list[tuple[Attachment, str, str]]:
    """What the centre would not take, each with its case's number and debtor's name, where they are here."""
    columns = ", ".join(f"a.{name.strip()}" for name in _COLUMNS.split(","))
    query = (
        f"SELECT {columns}, coalesce(c.number, ''), coalesce(d.name, '') FROM attachment a"  # noqa: S608
        " LEFT JOIN cases c ON c.id = a.case_id LEFT JOIN debtor d ON d.case_id = a.case_id"
        " WHERE a.state = 'refused' ORDER BY a.at, a.rowid"
    )
    return [(Attachment(*row[:-2]), row[-2], row[-1]) for row in conn.exec_driver_sql(query)]


def confirm(conn: sa.Connection, case_id: str, sha256: str) -> None:
    """The centre has it whole."""
    _set(conn, case_id, sha256, "confirmed", None)


def refuse(conn: sa.Connection, case_id: str, sha256: str, reason: str) -> None:
    """The centre will not take it; it is kept, with the code of the reason."""
    _set(conn, case_id, sha256, "refused", reason)


def wait_again(conn: sa.Connection, case_id: str, hashes: Collection[str]) -> None:
    """What was refused, or what a restored centre has forgotten, is handed in once more."""
    for digest in hashes:
        conn.exec_driver_sql(
            "UPDATE attachment SET state = 'waiting', refused = NULL"
            " WHERE case_id = ? AND sha256 = ? AND event_id IS NOT NULL",
            (case_id, digest),
        )


def put_back(conn: sa.Connection) -> None:
    """The centre was restored and may have forgotten them: all that an event names is offered again."""
    conn.exec_driver_sql("UPDATE attachment SET state = 'waiting' WHERE state = 'confirmed' AND event_id IS NOT NULL")


def keep_copy(conn: sa.Connection, case_id: str, content: bytes, *, kind: str, media: str, at: datetime) -> None:
    """What came from the centre, while an event of the case that names it is here."""
    digest = hashlib.sha256(content).hexdigest()
    named = conn.exec_driver_sql(
        "SELECT id FROM case_event WHERE case_id = ? AND instr(body, ?) > 0 ORDER BY occurred_at LIMIT 1",
        (case_id, f'"{digest}"'),
    ).scalar_one_or_none()
    if named is None:
        return
    add(conn, case_id, content, kind=kind, media=media, at=at)
    conn.exec_driver_sql(
        "UPDATE attachment SET state = 'confirmed', event_id = ? WHERE case_id = ? AND sha256 = ? AND state = 'draft'",
        (named, case_id, digest),
    )


def case_leaves(conn: sa.Connection, case_id: str, me: str) -> None:
    """With the case goes what the centre has from others, and what was refused or never recorded.

    What `me` recorded stays, of no screen, until `forget_old`: no other seat has it until somebody looks at it, and the
    centre may be restored to a moment before it came. Called while the events of the case are here.
    """
    own = "event_id IN (SELECT id FROM case_event WHERE case_id = ? AND author = ?)"
    query = f"SELECT sha256 FROM attachment WHERE case_id = ? AND NOT (state = 'confirmed' AND {own})"  # noqa: S608
    gone = [(case_id, row[0]) for row in conn.exec_driver_sql(query, (case_id, case_id, me))]
    _delete(conn, gone)


def forget_old(conn: sa.Connection, before: datetime) -> int:
    """What the centre has and was taken in before then leaves this seat; it is fetched again when it is looked at.

    So does what a restored centre has not asked for in all that time, its case having left.
    """
    gone = (
        "SELECT case_id, sha256 FROM attachment WHERE at < ? AND (state = 'confirmed'"
        " OR state != 'draft' AND event_id NOT IN (SELECT id FROM case_event))"
    )
    rows = [(row[0], row[1]) for row in conn.exec_driver_sql(gone, (utc_text(before),))]
    _delete(conn, rows)
    return len(rows)


def cases_waiting(conn: sa.Connection) -> set[str]:
    """Cases with attachments the centre does not have, refused ones among them: they hold the case here."""
    query = "SELECT DISTINCT case_id FROM attachment WHERE state IN ('waiting', 'refused')"
    return set(conn.exec_driver_sql(query).scalars())


def cases_photographed(conn: sa.Connection, since: datetime) -> set[str]:
    """Cases with photos taken in since then for a report that is still being written."""
    query = "SELECT DISTINCT case_id FROM attachment WHERE state = 'draft' AND at >= ?"
    return set(conn.exec_driver_sql(query, (utc_text(since),)).scalars())


def unsent(conn: sa.Connection) -> tuple[int, int]:
    """How many wait for the centre, and their bytes; not those of an event that the centre refused."""
    query = (
        "SELECT count(*), coalesce(sum(size), 0) FROM attachment WHERE state = 'waiting'"
        " AND event_id NOT IN (SELECT event_id FROM outbox WHERE refused IS NOT NULL)"
    )
    row: Any = conn.exec_driver_sql(query).one()
    return int(row[0]), int(row[1])


def chunks(conn: sa.Connection, case_id: str, sha256: str) -> Iterator[bytes]:
    """The content piece by piece, for whoever need not hold it whole."""
    query = "SELECT data FROM attachment_chunk WHERE case_id = ? AND sha256 = ? ORDER BY place"
    yield from conn.exec_driver_sql(query, (case_id, sha256)).scalars()


def _delete(conn: sa.Connection, gone: Iterable[tuple[str, str]]) -> None:
    for one in gone:
        for table in ("attachment_chunk", "attachment"):
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = ? AND sha256 = ?", one)  # noqa: S608


def _set(conn: sa.Connection, case_id: str, sha256: str, state: State, reason: str | None) -> None:
    conn.exec_driver_sql(
        "UPDATE attachment SET state = ?, refused = ? WHERE case_id = ? AND sha256 = ?",
        (state, reason, case_id, sha256),
    )
