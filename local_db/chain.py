"""Whether the records in the store are as they were written: each hashed again, and none of those that wait is gone.

The key opens the store to whoever has it, and with it they can change a row; its hash then no longer fits. What they
seal anew, hash by hash, before the centre has confirmed it, nothing can tell; afterwards the centre's copy does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import json

from local_db import queries
from local_db.state import get_state, set_state

# The order of workstation.domain.events.event_hash, of columns kept as they are hashed.
_HASHED = (
    "prev_hash", "id", "case_id", "kind", "occurred_at", "author", "device", "contact_point", "channel", "outcome",
    "amount", "due_on", "duration", "answers", "body", "pack", "offset_ms",
)  # fmt: skip
_SELECT = f"SELECT hash, {', '.join(_HASHED)} FROM case_event"  # noqa: S608
_ID, _CASE, _WHEN = (_HASHED.index(name) for name in ("id", "case_id", "occurred_at"))


@dataclass(frozen=True, slots=True)
class LocalFault:
    """A record that is not as it was written (`changed`), or is queued and not there (`gone`; `when` is empty then).

    `number` is its case's, empty when the case is not here.
    """

    kind: Literal["changed", "gone"]
    event: str
    case_id: str
    number: str
    when: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A record of which the centre has another version (`there` is its hash), or none (`there` is empty)."""

    event: str
    case_id: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class HeldOf:
    """How many records of a person's device the centre holds, because their place in its chain is taken or missing."""

    device: str
    person: str
    records: int


def examine(conn: sa.Connection) -> list[LocalFault]:
    """Every record hashed anew; about 3 µs each."""
    numbers: dict[str, str] = {}
    found: list[LocalFault] = []
    for row in conn.exec_driver_sql(_SELECT):
        if _hash(row[1:]) != row[0]:
            event, case_id, when = row[1 + _ID], row[1 + _CASE], row[1 + _WHEN]
            found.append(LocalFault("changed", event, case_id, _number(conn, case_id, numbers), when))
    lost = conn.exec_driver_sql(
        "SELECT event_id, case_id FROM outbox WHERE event_id NOT IN (SELECT id FROM case_event) ORDER BY position"
    ).all()
    found += [LocalFault("gone", event, case_id, _number(conn, case_id, numbers), "") for event, case_id in lost]
    return found


def to_compare(conn: sa.Connection, after: int, most: int) -> list[tuple[int, str, str, str]]:
    """Row number, id, case and hash of confirmed records after a place in the store, in the order they came here."""
    query = (
        "SELECT rowid, id, case_id, hash FROM case_event WHERE rowid > ?"
        " AND id NOT IN (SELECT event_id FROM outbox) ORDER BY rowid LIMIT ?"
    )
    return [tuple(row) for row in conn.exec_driver_sql(query, (after, most))]


def newest(conn: sa.Connection, most: int) -> list[tuple[int, str, str, str]]:
    """As `to_compare`, the newest confirmed ones."""
    query = (
        "SELECT rowid, id, case_id, hash FROM case_event WHERE id NOT IN (SELECT event_id FROM outbox)"
        " ORDER BY rowid DESC LIMIT ?"
    )
    return [tuple(row) for row in conn.exec_driver_sql(query, (most,))]


def differing(conn: sa.Connection) -> list[Differing]:
    """What the last comparisons with the centre found, and no later one has found equal again."""
    kept = get_state(conn, "differing")
    return [Differing(*one) for one in json.decode(kept, type=list[tuple[str, str, str, str]])] if kept else []


def keep_differing(conn: sa.Connection, found: Collection[Differing]) -> None:
    rows = [(one.event, one.case_id, one.here, one.there) for one in found]
    set_state(conn, "differing", json.encode(rows).decode())


def held(conn: sa.Connection) -> list[HeldOf]:
    """What the centre holds of the devices one looks after, as last told."""
    kept = get_state(conn, "held")
    return [HeldOf(*one) for one in json.decode(kept, type=list[tuple[str, str, int]])] if kept else []


def keep_held(conn: sa.Connection, found: Collection[HeldOf]) -> None:
    set_state(conn, "held", json.encode([(one.device, one.person, one.records) for one in found]).decode())


def _hash(values: Sequence[Any]) -> str:
    text = "\x1f".join(["" if value is None else str(value) for value in values])
    return hashlib.sha256(text.encode()).hexdigest()


def _number(conn: sa.Connection, case_id: str, known: dict[str, str]) -> str:
    if case_id not in known:
        known[case_id] = queries.case_number(conn, case_id)
    return known[case_id]
