"""Decisions made without a line: kept here, asked at the centre before the next synchronisation, and answered for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from local_db import waiting_decisions as kept
from local_db.waiting_decisions import WaitingDecision
from workstation.desk.seat import Seat
from workstation.domain.errors import WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import Label, Message

if TYPE_CHECKING:
    from workstation.sync.decisions import Link

Apply = Callable[["Link", str], Message]  # asks the centre about one body; what it answered, in a sentence


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """`answer` is None while it waits."""

    id: str
    kind: str
    case_id: str
    subject: str
    made_at: datetime
    answer: Message | None


class WaitingDecisions:
    def __init__(self, seat: Seat, open_line: Callable[[], Link]) -> None:
        self._seat, self._open_line = seat, open_line
        self._kinds: dict[str, Apply] = {}

    def register(self, kind: str, apply: Apply) -> None:
        """How decisions of this kind are asked at the centre."""
        self._kinds[kind] = apply

    def keep(self, kind: str, case_id: str, subject: str, body: str) -> None:
        """Wait for the line. A later decision about the same subject takes the place of an earlier one."""
        now = self._seat.clock.now()
        one = uuid7(int(now.timestamp() * 1000), secrets.token_bytes(10))
        with self._seat.store.write() as conn:
            kept.add(conn, WaitingDecision(one, kind, case_id, subject, body, now, ""))

    def rows(self) -> tuple[KeptDecision, ...]:
        """What waits and what was answered and not put away yet, the oldest first."""
        with self._seat.store.read() as conn:
            found = tuple(kept.rows(conn))
        return tuple(
            KeptDecision(
                row.id, row.kind, row.case_id, row.subject, row.made_at, _read(row.answer) if row.answer else None
            )
            for row in found
        )

    def take_back(self, one: str) -> None:
        """It is not asked; one that was asked already stays with its answer."""
        with self._seat.store.write() as conn:
            waits = [row.id for row in kept.rows(conn) if row.id == one and not row.answer]
            kept.remove(conn, waits)

    def put_away(self, kind: str = "") -> None:
        """The answers, of one kind or of all, were read."""
        with self._seat.store.write() as conn:
            kept.remove(conn, [row.id for row in kept.rows(conn) if row.answer and kind in {"", row.kind}])

    def send(self) -> int:
        """Ask the centre about each that waits; returns how many were answered. `Unreachable` leaves the rest waiting.

        Called by the synchronisation, in its thread, before it pulls what came of them.
        """
        from workstation.sync.link import Unreachable

        with self._seat.store.read() as conn:
            waiting = [row for row in kept.rows(conn) if not row.answer and row.kind in self._kinds]
        if not waiting:
            return 0
        with closing(self._open_line()) as link:
            for row in waiting:
                try:
                    answer = self._kinds[row.kind](link, row.body)
                except Unreachable:
                    raise
                except WorkstationError as error:
                    answer = error.message
                with self._seat.store.write() as conn:
                    kept.answered(conn, row.id, _written(answer))
        return len(waiting)


class _Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field of a sentence, as kept: text, a moment, a number or a label."""

    text: str = ""
    at: datetime | None = None
    number: int | None = None
    vocabulary: str = ""


class _Sentence(msgspec.Struct, frozen=True):
    text: str
    params: dict[str, _Part]


def _written(said: Message) -> str:
    return msgspec.json.encode(
        _Sentence(said.text, {name: _part(value) for name, value in said.params.items()})
    ).decode()


def _part(value: object) -> _Part:
    if isinstance(value, datetime):
        return _Part(at=value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _Part(number=value)
    if isinstance(value, Label):
        return _Part(text=value.id, vocabulary=value.vocabulary)
    return _Part(text=str(value))


def _read(text: str) -> Message:
    found = msgspec.json.decode(text, type=_Sentence)
    return Message(found.text, {name: _value(part) for name, part in found.params.items()})


def _value(part: _Part) -> object:
    if part.at is not None:
        return part.at
    if part.number is not None:
        return part.number
    return Label(part.vocabulary, part.text) if part.vocabulary else part.text
