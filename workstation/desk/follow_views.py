"""What a screen shows of a plan that is kept: its instalments, what is next, a lead's choices and the plans before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workstation.desk.views import Tone
from workstation.domain.message import Label, Message, Money
from workstation.domain.plan_watch import InstalmentState, Next


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One instalment; `n` 0 is the down payment."""

    n: int
    due: date
    amount: Money
    state: InstalmentState
    said: Label
    note: Message | None


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A plan before or after the one shown, in the chain of renegotiations."""

    plan_id: str
    proposed_on: date
    text: Message
    stage: Label


@dataclass(frozen=True, slots=True)
class PlanKept:
    """How an agreed plan stands today."""

    plan_id: str
    stage: Label
    tone: Tone
    method: Label
    step: Next
    sentence: Message  # what is to be done next
    rows: tuple[KeptRow, ...]
    paid: Money
    left: Money
    behind: Money | None  # missing of what was missed
    over: Money | None  # paid beyond the last instalment
    re_aged: int
    chain: tuple[ChainRow, ...]  # newest first, without the one shown


@dataclass(frozen=True, slots=True)
class Choice:
    """What a lead may decide after a breach, with the figures it leads to."""

    what: Literal["re_aged", "renegotiate", "terminated"]
    title: Message
    figures: tuple[tuple[Message, Money | Message], ...]
    note: Message | None
