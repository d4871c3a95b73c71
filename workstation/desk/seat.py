"""The seat a person works at: who, on which device, with which store and clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from local_db.engine import Store
from workstation.domain.events import KINDS, Body, Event, encode_body
from workstation.domain.ids import uuid7


class Clock:
    """The time at this seat. `shift` moves it for a demo that looks at another day; the zone is what screens show."""

    def __init__(self, zone: tzinfo | None = None, shift: timedelta = timedelta()) -> None:
        self.zone: tzinfo = zone or datetime.now().astimezone().tzinfo or UTC
        self.shift = shift

    @classmethod
    def starting_at(cls, day: date, at: time, zone: str) -> Clock:
        """A clock that reads `at` on `day` in `zone` now, and ticks on from there."""
        where = ZoneInfo(zone)
        return cls(where, datetime.combine(day, at, where) - datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the central database knows them."""

    id: str
    login: str
    name: str
    role: str
    team_id: str | None
    team_name: str


@dataclass(frozen=True, slots=True)
class Seat:
    """What every desk module is given."""

    store: Store
    person: Person
    device: str
    clock: Clock

    def draft(
        self, case_id: str, body: Body, *, offset_ms: int = 0, at: datetime | None = None, **columns: object
    ) -> Event:
        """An unsealed event by this person, now or at `at`. `columns` are the event's own (channel, amount …)."""
        moment = at or self.clock.now()
        identity = uuid7(int(moment.timestamp() * 1000), secrets.token_bytes(10))
        return Event(
            id=identity,
            case_id=case_id,
            kind=KINDS[type(body)],
            occurred_at=moment,
            author=self.person.id,
            device=self.device,
            body=encode_body(body),
            offset_ms=offset_ms,
            **columns,  # type: ignore[arg-type]  # checked by the callers' tests: msgspec takes no untyped kwargs
        )


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
