"""What a seat is told of moves from and to its person, and that leaves are over: asked with a synchronisation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg

from local_db import told_moves
from local_db.engine import Store
from local_db.told_moves import ToldMove
from workstation.sync.link import REBALANCES, Welcome, sensible, typed

_OVERLAP = timedelta(minutes=10)  # a long transaction is seen later than the moment it writes
_ASK_LEAVES = timedelta(hours=1)
_TOLD = ToldMove.__struct_fields__[:7]  # as the centre answers them
_NO_MOVES = frozenset({"auditor", "admin"})  # nobody gives them cases


def end_leaves(store: Store, conn: psycopg.Connection[Any], welcome: Welcome) -> None:
    """Once an hour: leaves whose last day is over end, before the pull, so that their cases come with it."""
    if welcome.schema_version < REBALANCES or welcome.role == "auditor":
        return
    now = datetime.now(UTC)
    with store.read() as local:
        asked = told_moves.leaves_asked(local)
    if asked is not None and timedelta() <= now - asked < _ASK_LEAVES:
        return
    try:
        conn.execute("SELECT app.end_due_leaves()")
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with store.write() as local:
        told_moves.note_asked(local, now)


def hear(store: Store, conn: psycopg.Connection[Any], welcome: Welcome) -> int:
    """Keep what the centre tells of moves since it was asked last; how many are news."""
    if welcome.schema_version < REBALANCES or welcome.role in _NO_MOVES:
        return 0
    with store.read() as local:
        known = told_moves.of_person(local)
    since = max((move.at for move in known), default=datetime.now(UTC) - timedelta(days=1)) - _OVERLAP
    try:
        rows = conn.execute(
            "SELECT action::text, at, by_person::text, other::text, came, cases, until FROM app.moves_told(%s)", [since]
        ).fetchall()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        heard = [msgspec.convert(dict(zip(_TOLD, row, strict=True)), ToldMove) for row in rows]
    told = [move for move in heard if move.by != welcome.person_id]  # what one did oneself is no news
    with store.write() as local:
        return told_moves.keep(local, told)
