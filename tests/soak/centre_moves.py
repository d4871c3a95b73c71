"""What may happen at the centre: leads and administrators decide, the bank sends, a backup is restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.central.builders import book_rows, new_id
from tests.soak.seats import TODAY
from tests.soak.world import World
from workstation.central.loading import load

ANYWHERE = 2  # the administrator among `_LEADS`: may move any case
_LEADS = ("chen.jie", "zhou.yan", "admin")
_HOLDERS = ("wang.wei", "li.na", "zhao.min", "chen.jie", "sun.hao", "zhou.yan", None)


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
