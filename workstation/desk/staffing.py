"""Who is in the team, what each can take and do, when they are away, and how their devices stand; changed by a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from local_db import staffing as rows
from local_db.staffing import StaffRow
from workstation.desk.entry_reading import Readings
from workstation.desk.seat import Seat
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg
from workstation.domain.staffing import Staffing
from workstation.domain.vocabulary import STAGES

if TYPE_CHECKING:
    from workstation.sync.decisions import Link
    from workstation.sync.staffing import Placed

LEADING = frozenset({"lead", "auditor", "admin"})
CHANGING = frozenset({"lead", "admin"})
MOST_DIGITS = 9
WAITING = "staffing"  # among the decisions that wait for the line
_SEPARATORS = ("，", "、", ";", "；", "/")


class StaffingNeedsLine(WorkstationError):  # named as the user meets it
    """A place in the plan is changed at the centre only."""

    code = "staffing_offline"


@dataclass(frozen=True, slots=True)
class DeviceStanding:
    """A device as the centre last heard of it: what had been recorded there and not handed in."""

    name: str
    last_seen_at: datetime
    waiting_events: int
    waiting_attachments: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team. `version` None: the centre has not sent a place in the plan, it is the usual one."""

    person_id: str
    name: str
    role: str
    active: bool
    plan: Staffing
    version: int | None
    devices: tuple[DeviceStanding, ...] = ()  # the one seen last first

    capacity = property(lambda self: self.plan.capacity)
    most_cases = property(lambda self: self.plan.most_cases)
    languages = property(lambda self: self.plan.languages)
    regions = property(lambda self: self.plan.regions)
    stages = property(lambda self: self.plan.stages)
    legal = property(lambda self: self.plan.legal)
    leave_from = property(lambda self: self.plan.leave_from)
    leave_until = property(lambda self: self.plan.leave_until)
    cover_id = property(lambda self: self.plan.cover_id)

    def away(self, day: date) -> bool:
        return self.plan.away(day)

    @property
    def waiting(self) -> int:
        """Records and papers on devices that may still hand them in."""
        return sum(one.waiting_events + one.waiting_attachments for one in self.devices)

    @property
    def last_seen_at(self) -> datetime | None:
        return max((one.last_seen_at for one in self.devices), default=None)


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: done, or who was first."""

    done: bool
    sentence: Message
    waits: bool = False  # for the line: asked at the centre before the next synchronisation


class _Kept(msgspec.Struct, frozen=True):
    """A change that waits for the line."""

    person_id: str
    seen: int
    plan: Staffing


class StaffingDesk:
    """`open_line` signs in at the centre; `changed` has the seat synchronise, so that the change arrives here too."""

    def __init__(
        self, seat: Seat, open_line: Callable[[], Link], changed: Callable[[], None], waiting: WaitingDecisions
    ) -> None:
        self._seat, self._open_line, self._changed, self._waiting = seat, open_line, changed, waiting
        waiting.register(WAITING, self._ask)
        self._before: tuple[str, Staffing, int] | None = None  # to undo: whose place, as it was, and the version since

    @property
    def offered(self) -> bool:
        return self._seat.person.role in LEADING

    @property
    def changeable(self) -> bool:
        return self._seat.person.role in CHANGING

    @property
    def undoable(self) -> bool:
        return self._before is not None

    def of_team(self) -> tuple[Member, ...]:
        """Everybody of the team who can hold cases, by name; those who see everything see every team."""
        person = self._seat.person
        team = person.team_id if person.role not in {"auditor", "admin"} else None
        if team is None and person.role == "lead":
            return ()  # a lead without a team leads nobody
        with self._seat.store.read() as conn:
            found, seen = rows.of_team(conn, team), rows.devices(conn)
        devices: dict[str, list[DeviceStanding]] = {}
        for one in seen:
            standing = DeviceStanding(
                one.name, one.last_seen_at, one.waiting_events, one.waiting_attachments, one.revoked
            )
            devices.setdefault(one.person_id, []).append(standing)
        return tuple(_member(row, tuple(devices.get(row.person_id, ()))) for row in found)

    def read(self, person_id: str, typed: Mapping[str, str]) -> Staffing:
        """What was typed in the form, read. Raises `InputError` naming the field. Empty: the usual."""
        readings = Readings(self._seat.clock.today())
        first = readings.day("leave_from", typed.get("leave_from", ""))
        last = readings.day("leave_until", typed.get("leave_until", ""))
        for field in ("leave_from", "leave_until"):
            reading = readings.by_field.get(field)
            if reading is not None and reading.error is not None:
                raise InputError(reading.error, field=field)
        plan = Staffing(
            capacity=_number(typed, "capacity", 100) or 0,
            most_cases=_number(typed, "most_cases", None),
            languages=_list(typed.get("languages", "")),
            regions=_list(typed.get("regions", "")),
            stages=tuple(sorted({one.upper() for one in _list(typed.get("stages", ""))}, key=_stage_place)),
            legal=typed.get("legal", "") == "yes",
            leave_from=first,
            leave_until=last,
            cover_id=typed.get("cover") or None,
        )
        plan.check(person_id)
        return plan

    def change(self, person_id: str, seen: int, plan: Staffing) -> Changed:
        """At the centre, now; without a line it waits and is asked when there is one. Raises what the centre refuses.

        Not for the window's thread.
        """
        before = self._row(person_id)
        try:
            placed = self._place(person_id, seen, plan)
        except StaffingNeedsLine:
            self._waiting.keep(WAITING, "", person_id, msgspec.json.encode(_Kept(person_id, seen, plan)).decode())
            name = "—" if before is None else before.name
            return Changed(
                False,
                msg(
                    "{name}: it waits for the line, and is asked at the centre before the next synchronisation.",
                    name=name,
                ),
                waits=True,
            )
        if placed.done and before is not None:
            self._before = person_id, before.plan, placed.version
        return self._told(person_id, placed)

    def undo(self) -> Changed:
        """The place that was changed last becomes what it was before, unless somebody has changed it since."""
        if self._before is None:
            raise InputError(msg("There is nothing to take back."))
        person_id, plan, version = self._before
        placed = self._place(person_id, version, plan)
        self._before = None
        return self._told(person_id, placed)

    def answered(self) -> tuple[Message, ...]:
        """What the centre answered to changes that had waited for the line; each is told once."""
        answers = tuple(row.answer for row in self._waiting.rows() if row.kind == WAITING and row.answer is not None)
        if answers:
            self._waiting.put_away(WAITING)
        return answers

    def _place(self, person_id: str, seen: int, plan: Staffing) -> Placed:
        from workstation.sync.link import Unreachable
        from workstation.sync.staffing import set_staffing

        if not self.changeable:
            raise InputError(msg("A team lead changes this."))
        plan.check(person_id)
        try:
            with closing(self._open_line()) as link:
                placed = set_staffing(link, person_id, seen, plan)
        except Unreachable as error:
            raise StaffingNeedsLine(
                msg("Capacity, skills and leave are kept at the centre, and the line is down. Nothing was changed.")
            ) from error
        self._changed()
        return placed

    def _ask(self, link: Link, body: str) -> Message:
        """What waited, asked at the centre: done, or who was first."""
        from workstation.sync.staffing import set_staffing

        kept = msgspec.json.decode(body, type=_Kept)
        return self._told(kept.person_id, set_staffing(link, kept.person_id, kept.seen, kept.plan)).sentence

    def _told(self, person_id: str, placed: Placed) -> Changed:
        row = self._row(person_id)
        name = "—" if row is None else row.name
        if placed.done:
            return Changed(True, msg("Saved for {name}.", name=name))
        who = placed.decided_by or "—"
        return Changed(
            False,
            msg("{who} changed the place of {name} in the meantime; yours was not saved.", who=who, name=name),
        )

    def _row(self, person_id: str) -> StaffRow | None:
        with self._seat.store.read() as conn:
            return rows.of_person(conn, person_id)


def _member(row: StaffRow, devices: tuple[DeviceStanding, ...]) -> Member:
    return Member(row.person_id, row.name, row.role, row.active, row.plan, row.version, devices)


def _number(typed: Mapping[str, str], field: str, empty: int | None) -> int | None:
    entry = typed.get(field, "").strip().rstrip("%％").strip()
    if not entry:
        return empty
    if not entry.isdecimal() or len(entry) > MOST_DIGITS:
        raise InputError(msg("Type a whole number."), field=field)
    return int(entry)


def _list(entry: str) -> tuple[str, ...]:
    """What is between commas, each once, as typed first."""
    for separator in _SEPARATORS:
        entry = entry.replace(separator, ",")
    return tuple(dict.fromkeys(one for part in entry.split(",") if (one := part.strip())))


def _stage_place(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)
