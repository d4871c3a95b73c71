"""Work of a former collector that came after its case changed hands: flagged for the one who has the case now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import json

from local_db import flags
from local_db.events import from_row
from workstation import tables
from workstation.domain.events import Event, Reassigned, decode_body

_ID, _CASE, _AUTHOR = (list(tables.case_event.columns.keys()).index(name) for name in ("id", "case_id", "author"))


def from_others(rows: Sequence[Sequence[Any]], me: str) -> dict[str, list[str]]:
    """Case id → ids of the events of other people among rows that are new to the store."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row[_AUTHOR] != me:
            found[row[_CASE]].append(row[_ID])
    return found


def flag(local: sa.Connection, arrived: dict[str, list[str]], me: str, held: Collection[str]) -> None:
    """Flag what a former holder did after the case came to `me`, or did before and handed in only now."""
    ids = json.encode(list(arrived)).decode()
    mine = local.exec_driver_sql(
        "SELECT id FROM cases WHERE assignee_id = ? AND id IN (SELECT value FROM json_each(?))", (me, ids)
    ).scalars()
    for case_id in mine:
        moves = _moves(local, case_id)
        came = max((event.corrected_at for event, body in moves if body.to_person == me), default=None)
        former = {body.from_person for _, body in moves} - {None, me}
        if came is None or not former:
            continue
        new = set(arrived[case_id])
        query = sa.select(tables.case_event).where(tables.case_event.c.case_id == case_id)
        for event in map(from_row, local.execute(query)):
            late = case_id in held or event.corrected_at > came
            if late and event.id in new and event.author in former and event.kind != "reassigned":
                flags.add(local, case_id, event.id)


def _moves(local: sa.Connection, case_id: str) -> list[tuple[Event, Reassigned]]:
    query = sa.select(tables.case_event).where(
        tables.case_event.c.case_id == case_id, tables.case_event.c.kind == "reassigned"
    )
    events = [from_row(row) for row in local.execute(query)]
    bodies = [(event, decode_body(event.kind, event.body)) for event in events]
    return [(event, body) for event, body in bodies if isinstance(body, Reassigned)]
