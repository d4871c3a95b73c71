"""What the contact gate is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from workstation.domain.message import Message
from workstation.domain.outcomes import TABLE, Outcome

Purpose = Literal["collect", "service", "locate", "relay"]
Level = Literal["allow", "warn", "block"]


@dataclass(frozen=True, slots=True)
class PastContact:
    """One contact on record, by anyone at any seat."""

    at: datetime  # aware
    channel: str
    direction: str = "out"
    party: str = "debtor"
    contact_point: str | None = None
    debt: str | None = None
    outcome: str | None = None

    @property
    def row(self) -> Outcome | None:
        return TABLE.get(self.outcome or "")


@dataclass(frozen=True, slots=True)
class Flags:
    """What is true of the case and bears on contacting."""

    plan_in_force: bool = False
    dispute_open: bool = False
    ceased: bool = False
    represented: bool = False
    consent_out_of_hours: bool = False
    consent_extra_calls: int = 0
    third_party_refused: bool = False
    breathing_space_until: date | datetime | None = None  # a date is its last day


@dataclass(frozen=True, slots=True)
class GateRequest:
    """The contact somebody is about to make. `zones` are IANA names; empty takes the pack's candidates."""

    at: datetime  # aware
    channel: str
    party: str
    purpose: Purpose = "collect"
    contact_point: str = ""
    zones: tuple[str, ...] = ()
    debt: str | None = None
    history: tuple[PastContact, ...] = ()
    flags: Flags = field(default_factory=Flags)


class Reason(NamedTuple):
    """A rule that warns of the contact or blocks it; `lasting` when time alone does not lift it."""

    rule: str
    level: Literal["warn", "block"]
    message: Message
    source: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`opens_at` is set on a block that time lifts, `closes_at` when quiet hours lie ahead; both in the first zone."""

    verdict: Level
    reasons: tuple[Reason, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    remaining_today: int | None  # calls left at this contact point; None where no rule counts
    pack: str
