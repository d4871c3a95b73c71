"""What may happen at a seat: work, synchronisations whole and broken, clocks that jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local_db import drafts, letters, outbox
from tests.central.builders import new_id
from tests.soak.centre_moves import ANYWHERE, Move
from tests.soak.line import Fault
from tests.soak.seat_time import SeatTime, at
from tests.soak.seats import SEATS, TODAY
from tests.soak.world import World
from workstation.domain.events import Body, Contact, Correction, Letter, Note, PlanProposed, Promise

_LETTER, HALF_TYPED = 5, 6  # kinds of `Write`
_DISK_FULL = {"store_full", "store_unusable"}


@dataclass(frozen=True)
class Write:
    """Several things on one case, as many as are named."""

    seat: int
    case: int
    kinds: Sequence[int]

    def play(self, world: World) -> None:
        seat = world.working(self.seat)
        cases = seat.cases()
        if not cases or SEATS[self.seat] == "audit":
            return
        case_id = cases[self.case % len(cases)]
        for kind in self.kinds:
            if kind == HALF_TYPED:
                with seat.store.write() as conn:
                    drafts.save(conn, case_id, "note", '{"text": "…"}', seat_now(world, self.seat))
                continue
            written = world.append(self.seat, [self._draft(world, case_id, kind)])
            if kind == _LETTER:
                self._archive(world, case_id, written[0].id)

    def _draft(self, world: World, case_id: str, kind: int) -> tuple[str, Body, dict[str, Any]]:
        seat = world.seat(self.seat)
        with seat.store.read() as conn:
            point = conn.exec_driver_sql("SELECT id FROM contact_point WHERE case_id = ?", (case_id,)).scalars().first()
            own = list(
                conn.exec_driver_sql(
                    "SELECT id FROM case_event WHERE case_id = ? AND author = ? AND kind <> 'reassigned' ORDER BY id",
                    (case_id, world.central.people[seat.login]),
                ).scalars()
            )
        match kind:
            case 1:
                columns = {"contact_point": point, "channel": "call", "outcome": "no_answer", "duration": 0}
                return case_id, Contact(ring_seconds=20), columns
            case 2:
                return case_id, Promise(currency="CNY"), {"amount": 120_000, "due_on": TODAY + timedelta(days=3)}
            case 3:
                body = PlanProposed(
                    request={"currency": "CNY", "method": "equal"}, result={"x": 1}, needs_approval=True
                )
                return case_id, body, {}
            case 4 if own:
                return case_id, Correction(what="undo", reason="错了"), {"answers": own[-1]}
            case 5:
                letter = Letter(
                    template="reminder", version="1", language="zh_CN", sha256="0" * 64, pages=1, context={}
                )
                return case_id, letter, {}
            case _:
                return case_id, Note(text=f"note {len(world.written)}: “好”\n"), {}

    def _archive(self, world: World, case_id: str, event_id: str) -> None:
        with world.seat(self.seat).store.write() as conn:
            letters.archive(
                conn, id=new_id(), case_id=case_id, event_id=event_id, template="reminder", version="1",
                language="zh_CN", sha256="0" * 64, context_json="{}", pdf=b"%PDF", at=seat_now(world, self.seat),
            )  # fmt: skip


def seat_now(world: World, seat: int) -> datetime:
    with at(world.seat(seat).shift):
        return SeatTime.now(UTC)


@dataclass(frozen=True)
class Syncing:
    """A synchronisation with so many fresh notes to hand in; not while another one of the seat is stalled."""

    seat: int
    fresh: int

    def play(self, world: World) -> None:
        if world.seat(self.seat).stalled is None:
            if self.fresh:
                Write(self.seat, self.fresh, (0,) * self.fresh).play(world)
            self.go(world)

    def go(self, world: World) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Sync(Syncing):
    def go(self, world: World) -> None:
        world.sync(self.seat)


@dataclass(frozen=True)
class Killed(Syncing):
    """`kill -9` just before a commit of the synchronisation or just after it."""

    moment: int

    def go(self, world: World) -> None:
        end = world.die(self.seat, kill_at=self.moment)
        assert end.signal in {0, 9}
        assert end.error in {"", "device_revoked"}, end.error
        world.tally["killed"] += end.signal == 9


@dataclass(frozen=True)
class DiskFull(Syncing):
    room: int

    def go(self, world: World) -> None:
        end = world.die(self.seat, room=self.room)
        assert end.signal == 0
        assert end.error in {"", "device_revoked", *_DISK_FULL}, end.error
        world.tally["disk full"] += end.error in _DISK_FULL


@dataclass(frozen=True)
class Cut(Syncing):
    fault: Fault
    request: int

    def go(self, world: World) -> None:
        world.broken_sync(self.seat, self.fault, self.request)


@dataclass(frozen=True)
class SessionsEnded(Syncing):
    """In the middle of a synchronisation; `restart` of the whole server where the soak has one of its own."""

    request: int
    restart: bool

    def go(self, world: World) -> None:
        world.broken_sync(self.seat, "met", self.request, world.begin_anew if self.restart else world.end_sessions)


@dataclass(frozen=True)
class Stall(Syncing):
    """A synchronisation that takes long: the rest of the history happens while it waits."""

    request: int

    def go(self, world: World) -> None:
        world.stall(self.seat, self.request)


@dataclass(frozen=True)
class Meanwhile(Syncing):
    """While a synchronisation waits, a case is moved away and worked on: it may leave only when that is handed in."""

    request: int
    case: int
    to: int

    def go(self, world: World) -> None:
        if cases := world.working(self.seat).cases():
            world.stall(self.seat, self.request)
            every = [row[0] for row in world.centre("SELECT id::text FROM cases ORDER BY number")]
            Move(ANYWHERE, (every.index(cases[self.case % len(cases)]),), self.to, stale=False).play(world)
            Write(self.seat, self.case, (0,)).play(world)
            world.go_on(self.seat)


@dataclass(frozen=True)
class GoOn:
    seat: int

    def play(self, world: World) -> None:
        world.go_on(self.seat)


@dataclass(frozen=True)
class BothWindows(Syncing):
    def go(self, world: World) -> None:
        world.both_windows(self.seat)


@dataclass(frozen=True)
class Again:
    """What the centre has confirmed is delivered once more."""

    seat: int

    def play(self, world: World) -> None:
        seat = world.seat(self.seat)
        with seat.store.write() as conn:
            outbox.put_back(conn, world.central.people[seat.login], seat.device)


@dataclass(frozen=True)
class ClockJumps:
    seat: int
    hours: int

    def play(self, world: World) -> None:
        world.seat(self.seat).shift = timedelta(hours=self.hours)
