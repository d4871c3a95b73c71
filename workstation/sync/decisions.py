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

from workstation.domain.message import Message, msg
from workstation.sync.link import COVERS_DUES, DECIDES_BREACHES, LENDS, REBALANCES, CentreTooOld, typed

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
    decision: Literal["endorsed", "approved", "rejected", "re_aged", "terminated"]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    leave_id: str
    action: str
    moved: int  # cases


@dataclass(frozen=True, slots=True)
class Going:
    """A case, the version of it that was seen, and the person it is to go to."""

    case_id: str
    version: int
    to_person: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A case that stays with who is on leave, and goes to `to_person` on `due`, or before if a promise falls due."""

    case_id: str
    to_person: str
    due: date


@dataclass(frozen=True, slots=True)
class Rebalanced:
    """What became of each case, and until when all of it can be undone; None when there was nothing."""

    moves: tuple[Move, ...]
    undo_until: datetime | None


def reassign(link: Link, cases: Sequence[tuple[str, int]], to_person: str | None, reason: str) -> list[Move]:
    """Give cases, each with the version seen, to a person of the team; None gives them back to the team."""
    ids, versions = [case for case, _ in cases], [version for _, version in cases]
    rows = _rows(link, _MOVED + "app.reassign(%s::uuid[], %s::int[], %s, %s)", [ids, versions, to_person, reason])
    return [Move(*row) for row in rows]


def rebalance(
    link: Link, action: str, cases: Sequence[Going], reason: str, *, away: str | None = None, until: date | None = None,
    later: Sequence[Covered] = (),
) -> Rebalanced:  # fmt: skip
    """Each case to its person, in one transaction; what somebody moved meanwhile stays and names them.

    `action` is a new id of the caller's: asked again with it, the centre answers what it answered. `away` with `until`:
    whose leave this is; what still lies with its covers returns on the day after. `later`: what stays with them until
    it is due. Raises `CentreTooOld`.
    """
    _require(link, REBALANCES, msg("sharing out cases among several people"))
    query = (
        "SELECT case_id::text, done, version, decided_by, decided_at, undo_until"
        " FROM app.rebalance(%s, %s::uuid[], %s::int[], %s::uuid[], %s, %s, %s)"
    )
    given = [[one.case_id for one in cases], [one.version for one in cases], [one.to_person for one in cases]]
    if later:
        _require(link, COVERS_DUES, msg("covering what falls due during a leave"))
    try:
        with link.transaction():
            rows = link.execute(query.encode(), [action, *given, reason, away, until]).fetchall()
            if later:
                days = [[one.case_id for one in later], [one.to_person for one in later], [one.due for one in later]]
                link.execute("SELECT app.cover_later(%s, %s::uuid[], %s::uuid[], %s::date[])", [action, *days])
    except psycopg.Error as error:
        raise typed(error) from error
    moves = tuple(Move(case_id, done, seen, who, at, action) for case_id, done, seen, who, at, _until in rows)
    return Rebalanced(moves, rows[0][5] if rows else None)


def undo(link: Link, action: str, reason: str) -> list[Move]:
    """Give back what one move moved, within 24 hours of it."""
    return [Move(*row) for row in _rows(link, _MOVED + "app.undo(%s, %s)", [action, reason])]


def decide(link: Link, proposal: str, decision: Literal["approved", "rejected"], reason: str) -> Decision:
    """Approve or reject a proposed plan of somebody else; the first of two leads endorses it."""
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
    _require(link, DECIDES_BREACHES, msg("deciding breached plans"))
    query = (
        "SELECT done, event_id::text, decision, decided_by, decided_at"
        " FROM app.decide_breach(%s, %s, %s, %s, %s::json, %s)"
    )
    rows = json.dumps([{"due": due.isoformat(), "amount": amount} for due, amount in instalments])
    [row] = _rows(link, query, [plan, seen, decision, reason, rows, next_on])
    return Decision(*row)


def decide_request(
    link: Link, request: str, decision: Literal["approved", "rejected"], reason: str, until: date | None, next_on: date
) -> Decision:
    """Approve or reject what a collector asked for. A yes holds until a day, at most as the house's table says."""
    _able(link)
    query = "SELECT done, event_id::text, decision, decided_by, decided_at FROM app.decide_request(%s, %s, %s, %s, %s)"
    [row] = _rows(link, query, [request, decision, reason, until, next_on])
    return Decision(*row)


def delegate(link: Link, to_person: str, from_at: datetime, until_at: datetime, reason: str) -> str:
    """Lend one's own authority to another; returns the delegation's id."""
    _able(link)
    [(made,)] = _rows(link, "SELECT app.delegate(%s, %s, %s, %s)::text", [to_person, from_at, until_at, reason])
    return str(made)


def end_delegation(link: Link, delegation: str) -> None:
    """Take back what was lent, or give back what one was lent."""
    _able(link)
    _rows(link, "SELECT app.end_delegation(%s)", [delegation])


def _able(link: Link) -> None:
    [(version,)] = _rows(link, "SELECT schema_version FROM central_meta", [])
    if version < LENDS:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}; this is decided from {ours} on. The administrator has to upgrade it "
                "(workstation central migrate). Nothing was recorded.",
                theirs=version,
                ours=LENDS,
            )
        )


def cover_leave(link: Link, person: str, cover: str, until: date, reason: str) -> Leave:
    """Give all open cases of a person to another one until they are back."""
    query = "SELECT leave_id::text, action::text, moved FROM app.cover_leave(%s, %s, %s, %s)"
    [row] = _rows(link, query, [person, cover, until, reason])
    return Leave(*row)


def end_leave(link: Link, leave: str, reason: str) -> list[Move]:
    """The person is back: what still lies with the cover returns."""
    return [Move(*row) for row in _rows(link, _MOVED + "app.end_leave(%s, %s)", [leave, reason])]


def _require(link: Link, schema: str, what: Message) -> None:
    """Raises `CentreTooOld` where the centre cannot do it yet."""
    [(version,)] = _rows(link, "SELECT schema_version FROM central_meta", [])
    if version < schema:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}; {what} works from {ours} on. The administrator has to upgrade it "
                "(workstation central migrate). Nothing was recorded.",
                theirs=version,
                what=what,
                ours=schema,
            )
        )


def _rows(link: Link, query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    try:
        with link.transaction():
            return link.execute(query.encode(), parameters).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
