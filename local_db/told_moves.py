"""Moves of cases from and to this seat's person, as the centre told of them, and which of them were looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from local_db.state import get_state, set_state

_MOVES, _ASKED = "told_moves", "leaves_asked"
_MOST = 100  # the newest


class ToldMove(msgspec.Struct, frozen=True):
    """`other` is who had the cases before or has them now; None: the team. `until` is the last day of a leave."""

    action: str
    at: datetime
    by: str
    other: str | None
    came: bool
    cases: int
    until: date | None = None
    seen: bool = False

    @property
    def key(self) -> tuple[str, str | None, bool]:
        return self.action, self.other, self.came


def of_person(conn: sa.Connection) -> list[ToldMove]:
    """The newest first."""
    kept = get_state(conn, _MOVES)
    return msgspec.json.decode(kept, type=list[ToldMove]) if kept else []


def keep(conn: sa.Connection, moves: Iterable[ToldMove]) -> int:
    """Add those that are not known yet; how many that were."""
    known = {move.key: move for move in of_person(conn)}
    fresh = {move.key: move for move in moves if move.key not in known}
    if fresh:
        _write(conn, [*known.values(), *fresh.values()])
    return len(fresh)


def seen(conn: sa.Connection) -> None:
    """They were looked at."""
    _write(conn, [msgspec.structs.replace(move, seen=True) for move in of_person(conn)])


def _write(conn: sa.Connection, moves: list[ToldMove]) -> None:
    newest = sorted(moves, key=lambda move: move.at, reverse=True)[:_MOST]
    set_state(conn, _MOVES, msgspec.json.encode(newest).decode())


def leaves_asked(conn: sa.Connection) -> datetime | None:
    """When the centre was last asked for leaves that are over."""
    kept = get_state(conn, _ASKED)
    return None if kept is None else datetime.fromisoformat(kept)


def note_asked(conn: sa.Connection, at: datetime) -> None:
    set_state(conn, _ASKED, at.isoformat())
