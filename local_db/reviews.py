"""Coaching reviews as the centre showed them at the last synchronisation: a collector's own, a lead's team's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from local_db.state import get_state, set_state

_KEY = "reviews"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """`score` is in thousandths, `form` the id and version of the form it was made with."""

    id: str
    collector_id: str
    lead_id: str
    case_id: str
    contact_id: str
    form: str
    points: dict[str, int]
    fatal: tuple[str, ...]
    score: int
    note: str
    made_at: datetime
    acknowledged_at: datetime | None = None


_DECODER = msgspec.json.Decoder(tuple[Review, ...])


def keep(conn: sa.Connection, found: Sequence[Review]) -> bool:
    """Takes the place of what was there; says whether anything changed."""
    text = msgspec.json.encode(found).decode()
    if (get_state(conn, _KEY) or "[]") == text:
        return False
    set_state(conn, _KEY, text)
    return True


def known(conn: sa.Connection) -> tuple[Review, ...]:
    """The newest first."""
    text = get_state(conn, _KEY)
    return () if text is None else _DECODER.decode(text)
