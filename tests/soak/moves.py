"""What may happen in a history. Numbers are taken modulo what there is, so that every list of moves can be played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from local_db import drafts, letters, outbox
from tests.central.builders import book_rows, new_id
from tests.soak.line import Fault
from tests.soak.seat_time import SeatTime, at
from tests.soak.world import SEATS, TODAY, World
from workstation.central.loading import load
from workstation.domain.events import Body, Contact, Correction, Letter, Note, PlanProposed, Promise

_ANYWHERE = 2
_LEADS = ("chen.jie", "zhou.yan", "admin")
_HOLDERS = ("wang.wei", "li.na", "zhao.min", "chen.jie", "sun.hao", "zhou.yan", None)
_LETTER, _HALF_TYPED = 5, 6  # kinds of `Write`
COMMITS = 24  # moments before and after the commits of a synchronisation that hands in two batches
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
            if kind == _HALF_TYPED:
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
            Move(_ANYWHERE, (every.index(cases[self.case % len(cases)]),), self.to, stale=False).play(world)
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


@dataclass(frozen=True)
class Move:
    """A lead moves cases; a `stale` one has seen an older version."""

    lead: int
    cases: Sequence[int]
    to: int
    stale: bool

    def play(self, world: World) -> None:
        known = world.centre("SELECT id::text, version - %s FROM cases ORDER BY number", int(self.stale))
        chosen = sorted({case % len(known) for case in self.cases})
        to = _HOLDERS[self.to]
        rows = world.decided(
            _LEADS[self.lead],
            "SELECT case_id, done, action::text FROM app.reassign(%s::uuid[], %s::int[], %s, %s)",
            [known[n][0] for n in chosen], [known[n][1] for n in chosen], to and world.central.people[to], "a move",
        )  # fmt: skip
        world.tally["cases moved"] += sum(row[1] for row in rows)
        world.actions += {row[2] for row in rows if row[1]}


@dataclass(frozen=True)
class Undo:
    lead: int
    action: int

    def play(self, world: World) -> None:
        if world.actions:
            action = world.actions[self.action % len(world.actions)]
            rows = world.decided(
                _LEADS[self.lead], "SELECT done, action::text FROM app.undo(%s, %s)", action, "a mistake"
            )
            world.tally["cases moved"] += sum(row[0] for row in rows)
            world.actions += {row[1] for row in rows if row[0]}


@dataclass(frozen=True)
class Decide:
    lead: int
    proposal: int
    verdict: str

    def play(self, world: World) -> None:
        asked = world.centre("SELECT id FROM case_event WHERE kind = 'plan_proposed' ORDER BY received_at")
        if asked:
            proposal = asked[self.proposal % len(asked)][0]
            rows = world.decided(
                _LEADS[self.lead], "SELECT done FROM app.decide(%s, %s, %s)", proposal, self.verdict, "seen"
            )
            world.tally["decided"] += sum(row[0] for row in rows)


@dataclass(frozen=True)
class Leave:
    lead: int
    person: int
    cover: int

    def play(self, world: World) -> None:
        person, cover = (world.central.people[_HOLDERS[n] or "li.na"] for n in (self.person, self.cover))
        until = TODAY + timedelta(days=36500)
        rows = world.decided(
            _LEADS[self.lead], "SELECT leave_id::text, action::text, moved FROM app.cover_leave(%s, %s, %s, %s)",
            person, cover, until, "holiday",
        )  # fmt: skip
        world.leaves += [row[0] for row in rows]
        world.actions += [row[1] for row in rows]
        world.tally["cases moved"] += sum(row[2] for row in rows)


@dataclass(frozen=True)
class LeaveEnds:
    lead: int
    leave: int

    def play(self, world: World) -> None:
        if world.leaves:
            leave = world.leaves[self.leave % len(world.leaves)]
            rows = world.decided(_LEADS[self.lead], "SELECT done FROM app.end_leave(%s, %s)", leave, "back")
            world.tally["cases moved"] += sum(row[0] for row in rows)


@dataclass(frozen=True)
class Revoke:
    seat: int

    def play(self, world: World) -> None:
        seat = world.seat(self.seat)
        if world.decided("admin", "SELECT app.revoke_device(%s)", seat.device):  # none that never greeted
            world.revoked.add(self.seat)


@dataclass(frozen=True)
class OtherTeam:
    """A person without open cases changes teams: what they may see is another, without a move of any case."""

    person: int
    team: str

    def play(self, world: World) -> None:
        login = _HOLDERS[self.person] or "audit"
        role = world.centre("SELECT role FROM person WHERE login = %s", login)[0][0]
        world.decided("admin", "SELECT app.change_person(%s, %s, %s)", login, role, world.central.teams[self.team])


@dataclass(frozen=True)
class Bank:
    """The bank's own data changes; `slow`: its transaction stays open while others synchronise."""

    case: int
    what: str
    slow: bool

    def play(self, world: World) -> None:
        cases = world.centre("SELECT id::text FROM cases ORDER BY number")
        case_id = cases[self.case % len(cases)][0]
        with world.bank(slow=self.slow) as conn:
            match self.what:
                case "payment":
                    conn.execute(
                        "INSERT INTO payment (id, case_id, account_id, value_date, amount, method, reference)"
                        " SELECT %s, case_id, id, '2026-11-20', 5000, 'cash', 'late' FROM account WHERE case_id = %s",
                        [new_id(), case_id],
                    )
                case "debtor":
                    conn.execute("UPDATE debtor SET name = name || '.' WHERE case_id = %s", [case_id])
                case "zone":
                    conn.execute("UPDATE contact_point SET time_zone = 'Europe/Berlin' WHERE case_id = %s", [case_id])
                case "closed":
                    conn.execute("UPDATE cases SET closed_on = '2026-11-22' WHERE id = %s", [case_id])
                case _ if world.backup is None:  # what a restore forgets of the bank's, the bank sends again
                    world.loaded += 1
                    load(conn, book_rows(world.central, 1, assignee="wang.wei", seed=f"x{world.loaded}"))


@dataclass(frozen=True)
class BackUp:
    def play(self, world: World) -> None:
        world.back_up()


@dataclass(frozen=True)
class Restore:
    """The centre goes back to the last backup; every seat hands in what it forgot."""

    def play(self, world: World) -> None:
        world.restore()


_SEATS = st.sampled_from((0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7))
_FRESH = st.sampled_from((0, 1, 2, 4))
_FEW = st.integers(0, 3)
_CASES = st.integers(0, 7)
_LEAD = st.sampled_from((0, 0, 0, 1, 2))
_TO = st.sampled_from((0, 0, 1, 1, 2, 3, 4, 5, 6))
_REQUESTS = st.integers(0, 40)
_CUTS: tuple[Fault, ...] = ("request lost", "request torn", "answer lost")
_JUMPS = (0, -1, 1, 26, -26, 24 * 20, -24 * 20, 24 * 400)  # hours
_MASTER = ("payment", "debtor", "zone", "closed", "new case")

# The share of each in a history.
_SHARES: tuple[tuple[int, st.SearchStrategy[Any]], ...] = (
    (1, st.none()),
    (10, st.builds(Write, _SEATS, _CASES, st.lists(st.integers(0, _HALF_TYPED), min_size=1, max_size=5))),
    (7, st.builds(Sync, _SEATS, _FRESH)),
    (6, st.builds(Move, _LEAD, st.lists(_CASES, min_size=1, max_size=4), _TO, st.sampled_from((False, False, True)))),
    (6, st.builds(Killed, _SEATS, _FRESH, st.integers(0, COMMITS - 1))),
    (4, st.builds(Cut, _SEATS, _FRESH, st.sampled_from(_CUTS), _REQUESTS)),
    (2, st.builds(SessionsEnded, _SEATS, _FRESH, _REQUESTS, st.sampled_from((False, False, False, True)))),
    (3, st.builds(Stall, _SEATS, _FRESH, _REQUESTS)),
    (3, st.builds(Meanwhile, _SEATS, _FRESH, _REQUESTS, _CASES, _TO)),
    (2, st.builds(GoOn, _SEATS)),
    (1, st.builds(DiskFull, _SEATS, _FRESH, st.integers(0, 60_000))),
    (1, st.builds(BothWindows, _SEATS, _FRESH)),
    (1, st.builds(Again, _SEATS)),
    (2, st.builds(ClockJumps, _SEATS, st.sampled_from(_JUMPS))),
    (1, st.builds(Undo, _LEAD, _FEW)),
    (1, st.builds(Decide, _LEAD, _FEW, st.sampled_from(("approved", "rejected")))),
    (1, st.builds(Leave, _LEAD, _TO, _TO)),
    (1, st.builds(LeaveEnds, _LEAD, _FEW)),
    (1, st.builds(Revoke, _SEATS)),
    (2, st.builds(BackUp)),
    (2, st.builds(Restore)),
    (1, st.builds(OtherTeam, _TO, st.sampled_from(("north", "south")))),
    (3, st.builds(Bank, _CASES, st.sampled_from(_MASTER), st.booleans())),
)
_MOVES = st.sampled_from([n for n, (share, _) in enumerate(_SHARES) for _ in range(share)]).flatmap(
    lambda n: _SHARES[n][1]
)
# Long ones find more; a small one is made of a long one by leaving out.
HISTORIES = st.lists(_MOVES, min_size=20, max_size=40).map(lambda moves: [move for move in moves if move is not None])

# One fault each, everywhere it can be: what chance may pass over.
KILLS: list[list[Any]] = [[Killed(0, 4, moment)] for moment in range(COMMITS)]
CUTS: list[list[Any]] = [[Cut(0, 4, fault, request)] for fault in _CUTS for request in range(41)]
