"""Authority lent and borrowed, as the centre has it when the seat greets: who acts for whom, and until when."""

from __future__ import annotations

from typing import Any

import msgspec
import psycopg

from local_db.lent import Lent
from workstation.sync.link import LENDS, Welcome, sensible, typed

_QUERY = (
    "SELECT id::text, from_person::text, to_person::text, from_at, until_at, reason FROM delegation"
    " WHERE ended_at IS NULL AND until_at > now() ORDER BY from_at, id"
)


def ask(conn: psycopg.Connection[Any], welcome: Welcome) -> tuple[tuple[Lent, ...], str]:
    """What concerns this person of what is lent now or later, and the teams whose cases are shown for it."""
    if welcome.schema_version < LENDS:
        return (), ""
    try:
        rows = conn.execute(_QUERY).fetchall()
        teams = conn.execute("SELECT DISTINCT team::text FROM app.lenders() ORDER BY 1").fetchall()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with sensible():
        found = tuple(msgspec.convert(dict(zip(Lent.__struct_fields__, row, strict=True)), Lent) for row in rows)
        msgspec.json.encode(found)  # as it is kept
        return found, ",".join(team for (team,) in teams)
