"""Who and what is registered at the centre: people with the state of their passwords, and devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.central.admin import Where, session


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`password_since` None: of before the centre kept it, or not for you to see."""

    login: str
    name: str
    role: str
    team: str
    active: bool
    password_since: datetime | None
    must_change: bool


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """`waiting` are events in its outbox, as it last said; `state` one of open, waits, revoked, erase_asked, erased."""

    id: str
    name: str
    login: str
    person: str
    registered: datetime
    last_seen: datetime
    waiting: int
    state: str


def people(where: Where) -> list[PersonRow]:
    query = (
        "SELECT p.login, p.name, p.role, coalesce(t.name, ''), p.active, c.set_at, coalesce(c.must_change, false)"
        " FROM person p LEFT JOIN team t ON t.id = p.team_id LEFT JOIN credential c ON c.person_id = p.id"
        " ORDER BY p.active DESC, p.login"
    )
    with session(where) as conn:
        return [PersonRow(*row) for row in conn.execute(query)]


def devices(where: Where, login: str | None = None) -> list[DeviceRow]:
    """Those one may see, the newest first: a lead the team's, an administrator all."""
    query = (
        "SELECT d.id::text, d.name, p.login, p.name, d.registered_at, d.last_seen_at, d.waiting_events,"
        " CASE WHEN d.erased_at IS NOT NULL THEN 'erased' WHEN d.erase_asked_at IS NOT NULL THEN 'erase_asked'"
        " WHEN d.revoked_at IS NOT NULL THEN 'revoked' WHEN d.waits THEN 'waits' ELSE 'open' END"
        " FROM device d JOIN person p ON p.id = d.person_id WHERE %s::text IS NULL OR p.login = %s"
        " ORDER BY d.registered_at DESC, d.id"
    )
    with session(where) as conn:
        return [DeviceRow(*row) for row in conn.execute(query, [login, login])]
