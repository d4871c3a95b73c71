"""Cases that others gave to this person or took from them, told once in quiet sentences."""

from __future__ import annotations

from local_db import told_moves
from local_db.queries import people
from local_db.told_moves import ToldMove
from workstation.desk.seat import Seat
from workstation.domain.message import Message, nmsg


class ToldMoves:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def unseen(self) -> tuple[Message, ...]:
        """What has not been put away, the newest first; nothing behind the lock, where a timer may still ask."""
        if self._seat.store.locked:
            return ()
        with self._seat.store.read() as conn:
            moves = [move for move in told_moves.of_person(conn) if not move.seen]
            names = people(conn) if moves else {}
        return tuple(_said(move, names) for move in moves)

    def put_away(self) -> None:
        with self._seat.store.write() as conn:
            told_moves.seen(conn)


def _said(move: ToldMove, names: dict[str, str]) -> Message:
    given = {"who": names.get(move.by, "—"), "other": names.get(move.other or "", "")}
    if move.came and move.until is not None:
        return nmsg("{who} gave you {n} case of {other} until {day}", "{who} gave you {n} cases of {other} until {day}",
                    move.cases, day=move.until, **given)  # fmt: skip
    if move.came and move.other:
        return nmsg("{who} gave you {n} case, from {other}", "{who} gave you {n} cases, from {other}", move.cases,
                    **given)  # fmt: skip
    if move.came:
        return nmsg("{who} gave you {n} case", "{who} gave you {n} cases", move.cases, **given)
    if move.other is None:
        return nmsg("{who} gave {n} case of yours back to the team", "{who} gave {n} cases of yours back to the team",
                    move.cases, **given)  # fmt: skip
    if move.until is not None:
        return nmsg(
            "{who} gave {n} case of yours to {other} until {day}",
            "{who} gave {n} cases of yours to {other} until {day}",
            move.cases,
            day=move.until,
            **given,
        )
    return nmsg("{who} gave {n} case of yours to {other}", "{who} gave {n} cases of yours to {other}", move.cases,
                **given)  # fmt: skip
