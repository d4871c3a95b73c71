"""What a lead decides at the centre: moves, their undo, leave, proposals, breached plans. Decided once.

Whoever comes second is told by whom. Each call is one transaction of its own on an open connection; the seat sees the
outcome with its next pull.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import psycopg

from workstation.domain.message import msg
from workstation.sync.link import DECIDES_BREACHES, CentreTooOld, typed

Link = psycopg.Connection[Any]
_MOVED = "SELECT case_id::text, done, version, decided_by, decided_at, action::text FROM "


@dataclass(frozen=True, slots=True)
class Move:
    """What became of one case. Not done: `decided_by` moved it before, at `decided_at`, if we may know."""

    case_id: str
    done: bool
    version: int | None
    decided_by: str | None
    decided_at: datetime | None
    action: str  # what `undo` takes


@dataclass(frozen=True, slots=True)
class Decision:
    """Not done: it had been decided so, by whom and when."""

    done: bool
    event_id: str
    decision: Literal["approved", "rejected", "re_aged", "terminated"]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    leave_id: str
    action: str
    moved: int  # cases


def reassign(link: Link, cases: Sequence[tuple[str, int]], to_person: str | None, reason: str) -> list[Move]:
    """Give cases, each with the version seen, to a person of the team; None gives them back to the team."""
    ids, versions = [case for case, _ in cases], [version for _, version in cases]
    rows = _rows(link, _MOVED + "app.reassign(%s::uuid[], %s::int[], %s, %s)", [ids, versions, to_person, reason])
    return [Move(*row) for row in rows]


def undo(link: Link, action: str, reason: str) -> list[Move]:
    """Give back what one move moved, within 24 hours of it."""
    return [Move(*row) for row in _rows(link, _MOVED + "app.undo(%s, %s)", [action, reason])]


def decide(link: Link, proposal: str, decision: Literal["approved", "rejected"], reason: str) -> Decision:
    """Approve or reject a proposed plan of somebody else."""
    query = "SELECT done, event_id::text, decision, decided_by, decided_at FROM app.decide(%s, %s, %s)"
    [row] = _rows(link, query, [proposal, decision, reason])
    return Decision(*row)


def decide_breach(
    link: Link,
    plan: str,
    seen: int,
    decision: Literal["re_aged", "terminated"],
    reason: str,
    instalments: Sequence[tuple[date, int]],
    next_on: date,
) -> Decision:
    """Move a breached plan on, with all its instalments (minor units) as they stand from now, or terminate it.

    `seen` is how often it had been moved on when the lead looked. Raises `CentreTooOld` where the centre cannot yet.
    """
    [(version,)] = _rows(link, "SELECT schema_version FROM central_meta", [])
    if version < DECIDES_BREACHES:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}; breached plans are decided from {ours} on. The administrator has to "
                "upgrade it (workstation central migrate). Nothing was recorded.",
                theirs=version,
                ours=DECIDES_BREACHES,
            )
        )
    query = (
        "SELECT done, event_id::text, decision, decided_by, decided_at"
        " FROM app.decide_breach(%s, %s, %s, %s, %s::json, %s)"
    )
    rows = json.dumps([{"due": due.isoformat(), "amount": amount} for due, amount in instalments])
    [row] = _rows(link, query, [plan, seen, decision, reason, rows, next_on])
    return Decision(*row)


def cover_leave(link: Link, person: str, cover: str, until: date, reason: str) -> Leave:
    """Give all open cases of a person to another one until they are back."""
    query = "SELECT leave_id::text, action::text, moved FROM app.cover_leave(%s, %s, %s, %s)"
    [row] = _rows(link, query, [person, cover, until, reason])
    return Leave(*row)


def end_leave(link: Link, leave: str, reason: str) -> list[Move]:
    """The person is back: what still lies with the cover returns."""
    return [Move(*row) for row in _rows(link, _MOVED + "app.end_leave(%s, %s)", [leave, reason])]


def _rows(link: Link, query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    try:
        with link.transaction():
            return link.execute(query.encode(), parameters).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
