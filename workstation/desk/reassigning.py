"""Sharing cases out: seen before it is done, done at the centre in one transaction, and undone within a stated time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec

from local_db import queries
from local_db.state import get_state, set_state
from workstation.desk.entry_reading import Readings
from workstation.desk.reassign_book import BookReader, Progress, TeamBook
from workstation.desk.reassign_preview import preview
from workstation.desk.reassign_views import Choice, NotMoved, Outcome, Preview
from workstation.desk.seat import Seat
from workstation.desk.staffing import Member
from workstation.desk.told_moves import ToldMoves
from workstation.desk.views import Reading
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import Message, msg, nmsg

if TYPE_CHECKING:
    from workstation.sync.decisions import Link, Move, Rebalanced

MOVING = frozenset({"lead", "admin"})
LONGEST_REASON = 1000
_LAST = "last_move"
KIND = "rebalance"  # among the decisions that wait for the line


class ReassignNeedsLine(WorkstationError):  # named as the user meets it
    """What cannot wait for the line."""

    code = "reassign_offline"


class LastMove(msgspec.Struct, frozen=True):
    """What this seat moved last, while it can be undone."""

    action: str
    cases: int
    undo_until: datetime


class _Going(msgspec.Struct, frozen=True, array_like=True):
    case_id: str
    version: int
    to_person: str


class _Later(msgspec.Struct, frozen=True, array_like=True):
    case_id: str
    to_person: str
    due: date


class _Asked(msgspec.Struct, frozen=True):
    """All the centre is asked with. The action's id makes asking again harmless."""

    action: str
    going: list[_Going]
    reason: str
    away: str | None
    until: date | None
    later: list[_Later] = []


class Reassigning:
    """`open_line` signs in at the centre; `moved` has the seat synchronise; `waiting` keeps one for the line."""

    def __init__(
        self,
        seat: Seat,
        members: Callable[[], Sequence[Member]],
        open_line: Callable[[], Link],
        moved: Callable[[], None],
        waiting: WaitingDecisions | None = None,
    ) -> None:
        self._seat, self._open_line, self._moved, self._waiting = seat, open_line, moved, waiting
        self._members = members
        self.told = ToldMoves(seat)
        self._reader = BookReader(seat, members)
        if waiting is not None:
            waiting.register(KIND, self.ask_later)

    @property
    def offered(self) -> bool:
        return self._seat.person.role in MOVING

    def members(self) -> tuple[Member, ...]:
        return tuple(member for member in self._members() if member.active)

    def refresh(self, changes: Changes) -> None:
        self._reader.refresh(changes)

    def book(self, progress: Progress = lambda _done, _of: None, stop: Callable[[], bool] = lambda: False) -> TeamBook:
        """The team as it is now: slow the first time. Not for the window's thread."""
        return self._reader.book(progress, stop)

    def read_until(self, typed: str) -> tuple[date | None, Reading | None]:
        """The last day of a leave as typed, and how it was understood."""
        readings = Readings(self._seat.clock.today())
        day = readings.day("until", typed)
        return day, readings.by_field.get("until")

    def preview(
        self,
        choice: Choice,
        progress: Progress = lambda _done, _of: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Preview | None:
        """What would come of it; None when stopped. Raises `InputError`. Not for the window's thread."""
        self._require()
        book = self.book(progress, stop)
        return None if stop() else preview(book, choice)

    def commit(self, shown: Preview, reason: str = "") -> Outcome:
        """Do what was shown, by the versions that were seen. Without a line it waits. Not for the window's thread.

        What somebody moved meanwhile stays where it is and is named; the rest goes. Raises `InputError`, and what the
        centre refuses: nothing was moved then.
        """
        from workstation.sync.link import Unreachable

        self._require()
        if not shown.moves and not shown.later:
            raise InputError(msg("There is nothing to move."))
        if len(reason) > LONGEST_REASON:
            raise InputError(msg("Say it in fewer words: {most} characters at the most.", most=LONGEST_REASON),
                             field="reason")  # fmt: skip
        choice = shown.choice
        leave = choice.kind == "leave"
        asked = _Asked(
            action=uuid7(int(datetime.now(UTC).timestamp() * 1000), secrets.token_bytes(10)),
            going=[_Going(move.case_id, move.version, move.after) for move in shown.moves],
            reason=reason.strip(),
            away=choice.person if leave else None,
            until=choice.until if leave else None,
            later=[_Later(move.case_id, move.after, move.due) for move in shown.later],
        )
        try:
            with closing(self._open_line()) as link:
                found = _ask(link, asked)
        except Unreachable as error:
            if self._waiting is None:
                raise ReassignNeedsLine(
                    msg("Cases are moved at the centre, and the line is down. Nothing was moved; do it again online.")
                ) from error
            self._waiting.keep(KIND, "", asked.action, msgspec.json.encode(asked).decode())
            waiting = nmsg(
                "The line is down: {n} move waits and is checked at the centre with the next synchronisation.",
                "The line is down: {n} moves wait and are checked at the centre with the next synchronisation.",
                len(asked.going),
            )
            return Outcome(waiting, 0, waits=True)
        outcome = self._outcome(found, len(asked.later))
        self._remember(asked.action, outcome)
        self._moved()
        return outcome

    def ask_later(self, link: Link, body: str) -> Message:
        """A decision that waited for the line, asked now."""
        asked = msgspec.json.decode(body, type=_Asked)
        outcome = self._outcome(_ask(link, asked), len(asked.later))
        self._remember(asked.action, outcome)
        return outcome.sentence

    # ---- undoing ----

    @property
    def last(self) -> LastMove | None:
        """What can be undone now."""
        with self._seat.store.read() as conn:
            kept = get_state(conn, _LAST)
        if not kept:
            return None
        last = msgspec.json.decode(kept, type=LastMove)
        return last if last.undo_until > datetime.now(UTC) else None

    def undo(self, reason: str = "") -> Outcome:
        """What was moved last goes back, but for what somebody has moved since. Needs the line."""
        from workstation.sync.decisions import undo
        from workstation.sync.link import Unreachable

        self._require()
        last = self.last
        if last is None:
            raise InputError(msg("There is no move that could be undone."))
        try:
            with closing(self._open_line()) as link:
                back = undo(link, last.action, reason)
        except Unreachable as error:
            raise ReassignNeedsLine(
                msg(
                    "A move is undone at the centre, and the line is down. Nothing was moved; it can be undone until "
                    "{time}.",
                    time=last.undo_until,
                )
            ) from error
        with self._seat.store.write() as conn:
            set_state(conn, _LAST, "")
        self._moved()
        done = sum(move.done for move in back)
        stayed = self._not_moved(back)
        if not stayed:
            return Outcome(nmsg("{n} case is back where it was.", "{n} cases are back where they were.", done), done)
        return Outcome(
            msg(
                "{done} of {all} cases are back where they were. Moved by others since, and left there: {which}.",
                done=done,
                all=len(back),
                which=_named(stayed),
            ),
            done,
            stayed,
        )

    # ---- within ----

    def _require(self) -> None:
        if not self.offered:
            raise InputError(msg("A team lead moves cases."))

    def _remember(self, action: str, outcome: Outcome) -> None:
        if outcome.moved and outcome.undo_until is not None:
            kept = msgspec.json.encode(LastMove(action, outcome.moved, outcome.undo_until)).decode()
            with self._seat.store.write() as conn:
                set_state(conn, _LAST, kept)

    def _outcome(self, found: Rebalanced, later: int = 0) -> Outcome:
        moved = sum(move.done for move in found.moves)
        others = self._not_moved(found.moves)
        if not found.moves and later:
            sentence = nmsg(
                "{n} case stays, and goes to who covers on the day it falls due.",
                "{n} cases stay, and go to who covers on the day they fall due.",
                later,
            )
        elif not others:
            sentence = nmsg("{n} case was moved.", "{n} cases were moved.", moved)
        else:
            sentence = msg(
                "{done} of {all} cases were moved. Others were first with the rest: {which}.",
                done=moved,
                all=len(found.moves),
                which=_named(others),
            )
        return Outcome(sentence, moved, others, found.undo_until)

    def _not_moved(self, moves: Sequence[Move]) -> tuple[NotMoved, ...]:
        refused = [move for move in moves if not move.done]
        if not refused:
            return ()
        with self._seat.store.read() as conn:
            found = [
                NotMoved(queries.case_number(conn, move.case_id) or "—", move.decided_by or "") for move in refused
            ]
        return tuple(sorted(found, key=lambda case: case.number))


def _ask(link: Link, asked: _Asked) -> Rebalanced:
    from workstation.sync.decisions import Covered, Going, rebalance

    going = [Going(one.case_id, one.version, one.to_person) for one in asked.going]
    later = [Covered(one.case_id, one.to_person, one.due) for one in asked.later]
    return rebalance(link, asked.action, going, asked.reason, away=asked.away, until=asked.until, later=later)


def _named(cases: Sequence[NotMoved], most: int = 5) -> str:
    """The first few by number, with who was first."""
    names = [f"{case.number} ({case.by})" if case.by else case.number for case in cases[:most]]
    return ", ".join(names) + (" …" if len(cases) > most else "")
