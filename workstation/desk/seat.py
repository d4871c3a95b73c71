"""The seat a person works at: who, on which device, with which store and clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from time import monotonic
from zoneinfo import ZoneInfo

from local_db import events as store_events
from local_db.engine import Store
from local_db.queries import CaseFile, case_file
from workstation.domain.events import KINDS, Body, Event, encode_body, without_controls
from workstation.domain.ids import uuid7
from workstation.security.masking import Masks, masks_for

FRESH_SECONDS = 1.0  # another process may write to the same store: nothing read is trusted for longer


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


class _LastFile:
    """The file read last, while no write has come in between and it is no older than a moment."""

    def __init__(self) -> None:
        self._kept: tuple[Store, int, str, float, CaseFile] | None = None

    def file(self, store: Store, case_id: str) -> CaseFile:
        writes, now, kept = store.writes, monotonic(), self._kept
        if kept is not None and kept[0] is store and kept[1:3] == (writes, case_id) and now - kept[3] < FRESH_SECONDS:
            return kept[4]
        with store.read() as conn:
            file = case_file(conn, case_id)
        self._kept = (store, writes, case_id, now, file)
        return file

    def keep(self, store: Store, file: CaseFile) -> None:
        self._kept = (store, store.writes, file.case.id, monotonic(), file)


@dataclass(frozen=True, slots=True)
class Seat:
    """What every desk module is given."""

    store: Store
    person: Person
    device: str
    clock: Clock
    _files: _LastFile = field(default_factory=_LastFile, compare=False, repr=False)

    @property
    def masks(self) -> Masks:
        """How personal data are shown to this person."""
        return masks_for(self.person.role)

    def file(self, case_id: str) -> CaseFile:
        """The case whole, read once for everything that one showing asks of it. Raises `CaseAbsent`."""
        return self._files.file(self.store, case_id)

    def keep(self, file: CaseFile) -> None:
        """`file` is how the case is now: what is asked of it in this showing is answered from it."""
        self._files.keep(self.store, file)

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
            body=encode_body(without_controls(body)),
            offset_ms=offset_ms,
            **columns,  # type: ignore[arg-type]  # checked by the callers' tests: msgspec takes no untyped kwargs
        )

    def record(self, case_id: str, body: Body, **columns: object) -> Event:
        """One event by this person, now, in the store: what stands alone and needs no other beside it."""
        with self.store.write() as conn:
            event = self.draft(case_id, body, offset_ms=store_events.clock_offset(conn), at=None, **columns)
            store_events.append(conn, [event], today=self.clock.today())
        return event


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
