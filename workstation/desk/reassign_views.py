"""What sharing out is asked for and what it would do: the choice, the preview with every consequence, the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workstation.domain.message import Message, Money
from workstation.domain.rebalance import Load, Measure

Kind = Literal["cases", "leave", "resignation", "rebalance"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Selected cases, a whole collector, or everybody's loads. `to`: among whom; empty: everybody who collects, but for
    those of `without`.

    With `keep` an open promise or plan stays with whom it was agreed with: on a leave until it needs somebody, and
    never with who leaves for good. `until`: the last day of a leave.
    """

    kind: Kind
    measure: Measure = "count"
    case_ids: tuple[str, ...] = ()
    person: str = ""
    to: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    until: date | None = None
    keep: bool = True


@dataclass(frozen=True, slots=True)
class CaseMove:
    """`version` is the one that was seen: the centre moves nothing that has changed since."""

    case_id: str
    version: int
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class LaterMove:
    """A case that stays with who is on leave until `due`, and goes to `after` then, by itself."""

    case_id: str
    after: str
    due: date


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person before and after. `amount` is None where there are several currencies."""

    person_id: str
    name: str
    before: Load
    after: Load
    came: int
    went: int
    amount: Money | None
    away: bool
    effects: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class LeftCase:
    """A case that was to go and goes nowhere, with the reason."""

    case_id: str
    number: str
    name: str
    why: Message


@dataclass(frozen=True, slots=True)
class Preview:
    choice: Choice
    title: Message
    lines: tuple[PersonLine, ...]
    moves: tuple[CaseMove, ...]
    left: tuple[LeftCase, ...]
    stay: int  # open promises and plans that stay with whom they were agreed with
    notices: tuple[Message, ...]
    spread_before: float
    spread_after: float
    looked_at: int  # cases
    later: tuple[LaterMove, ...] = ()  # of those that stay


@dataclass(frozen=True, slots=True)
class NotMoved:
    number: str
    by: str  # who was first; empty: unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `waits`: there was no line, the centre is asked when there is one."""

    sentence: Message
    moved: int
    not_moved: tuple[NotMoved, ...] = ()
    undo_until: datetime | None = None
    waits: bool = False
