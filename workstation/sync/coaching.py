"""Coaching at the centre: a review given, a note acknowledged, and what is shown of them to this person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Json

from local_db.reviews import Review
from workstation.sync.link import COACHES, Welcome, sensible, typed

MOST = 300  # reviews a seat keeps
_QUERY = (
    "SELECT id::text, collector_id::text, lead_id::text, case_id::text, contact_id::text, form, points, fatal, score,"
    " note, made_at, acknowledged_at FROM coaching_review ORDER BY made_at DESC, id LIMIT %s"
)


def ask(conn: psycopg.Connection[Any], welcome: Welcome) -> tuple[Review, ...]:
    """What this person may see, the newest first."""
    if welcome.schema_version < COACHES:
        return ()
    try:
        rows = conn.execute(_QUERY, [MOST]).fetchall()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        found = tuple(msgspec.convert(dict(zip(Review.__struct_fields__, row, strict=True)), Review) for row in rows)
        msgspec.json.encode(found)  # as it is kept: no half of a surrogate pair, no number without end
        return found


def give(
    link: psycopg.Connection[Any],
    contact: str,
    form: str,
    points: Mapping[str, int],
    fatal: Sequence[str],
    score: int,
    note: str,
) -> None:
    _do(link, "SELECT app.coach(%s, %s, %s, %s, %s, %s)", [contact, form, Json(dict(points)), list(fatal), score, note])


def acknowledge(link: psycopg.Connection[Any], review: str) -> None:
    _do(link, "SELECT app.acknowledge_review(%s)", [review])


def _do(link: psycopg.Connection[Any], query: str, parameters: list[Any]) -> None:
    try:
        with link.transaction():
            link.execute(query.encode(), parameters)
    except psycopg.Error as error:
        raise typed(error) from error
