"""The people of a team with their place in the plan and their devices, as the centre last sent them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import json

from workstation.domain.staffing import Staffing
from workstation.tables import device_seen, person, staffing

HOLDING = ("collector", "field", "lead")  # the roles that can hold cases
_ONE = sa.select(
    person.c.id.label("person_id"), person.c.name, person.c.role, person.c.active, person.c.team_id, staffing
).outerjoin(staffing, staffing.c.id == person.c.id)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """`version` is what `app.set_staffing` wants to have been seen; None: the centre has not sent it."""

    person_id: str
    name: str
    role: str
    active: bool
    team_id: str | None
    plan: Staffing
    version: int | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: str
    person_id: str
    name: str
    last_seen_at: datetime
    waiting_events: int
    waiting_attachments: int
    revoked: bool


def of_team(conn: sa.Connection, team_id: str | None) -> list[StaffRow]:
    """Everybody of the team who can hold cases, those who were revoked among them; without a team, of all teams."""
    query = _ONE.where(person.c.role.in_(HOLDING)).order_by(person.c.name, person.c.id)
    if team_id is not None:
        query = query.where(person.c.team_id == team_id)
    return [_row(row) for row in conn.execute(query)]


def of_person(conn: sa.Connection, person_id: str) -> StaffRow | None:
    row = conn.execute(_ONE.where(person.c.id == person_id)).first()
    return None if row is None else _row(row)


def devices(conn: sa.Connection) -> list[DeviceRow]:
    """All devices known here, the one seen last first."""
    query = sa.select(device_seen).order_by(device_seen.c.last_seen_at.desc(), device_seen.c.id)
    return [
        DeviceRow(
            row.id,
            row.person_id,
            row.name,
            datetime.fromisoformat(row.last_seen_at),
            row.waiting_events,
            row.waiting_attachments,
            row.revoked_at is not None,
        )
        for row in conn.execute(query)
    ]


def _row(row: sa.Row[Any]) -> StaffRow:
    plan = Staffing()
    if row.version is not None:
        plan = Staffing(
            capacity=row.capacity,
            most_cases=row.most_cases,
            languages=_texts(row.languages),
            regions=_texts(row.regions),
            stages=_texts(row.stages),
            legal=bool(row.legal),
            leave_from=_day(row.leave_from),
            leave_until=_day(row.leave_until),
            cover_id=row.cover_id,
        )
    return StaffRow(row.person_id, row.name, row.role, bool(row.active), row.team_id, plan, row.version)


def _texts(kept: str) -> tuple[str, ...]:
    found: Sequence[str] = json.decode(kept, type=list[str])
    return tuple(found)


def _day(kept: str | None) -> date | None:
    return None if kept is None else date.fromisoformat(kept)
