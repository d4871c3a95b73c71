"""Prepared values of a case's history beside the timeline: how a figure was made, balances, people, papers, plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workstation.domain.message import Label, Message, Money

Part = tuple[Label, Money]  # a component of a balance and its amount


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about an entry of the history, in one or several parts."""

    label: Message
    parts: tuple[Message | Label | Money | str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: what it adds or takes away, and of which components."""

    text: Message
    amount: Money
    parts: tuple[Part, ...] = ()
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One account's share of a figure: the steps add up to `total`."""

    title: Message
    steps: tuple[Step, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Calculation:
    """How a figure came about: the sections add up to `total`."""

    title: Message
    sections: tuple[Section, ...]
    total: Money
    rules: tuple[Message, ...]  # by which it was made, with their source
    as_of: Message


@dataclass(frozen=True, slots=True)
class BalancePoint:
    """What was owed on a day, minor units."""

    day: date
    principal: int
    interest: int
    charges: int  # penalty, fees, costs
    carried: bool  # calculated here from the bank's figures before it


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment and where it went."""

    id: str
    day: date
    amount: Money
    method: Label | None
    reference: str
    parts: Mapping[str, Money] | None  # by component; None where the bank's balance before it is not known
    left_over: Money | None  # nothing was owed for it
    state: Literal["paid", "returned", "partly_returned", "return"]
    note: Message | None = None


@dataclass(frozen=True, slots=True)
class AccountHistory:
    id: str
    card_masked: str
    stage: str
    currency: str
    total: Money
    calculation: Calculation
    points: tuple[BalancePoint, ...]  # oldest first
    payments: tuple[PaymentLine, ...]  # newest first


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """Something that is to happen, by its day."""

    day: date
    text: Message
    note: Message | str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """A person beside the debtor and what they may be told."""

    id: str
    name: str
    relation: Label
    rights: Message
    points: tuple[str, ...]  # masked


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A letter on record; `event_id` opens it."""

    event_id: str
    at: datetime
    title: Message
    author: Message | str
    set_aside: bool


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """Somebody who had the case: since when, until when (None: has it now), and what they did."""

    name: Message | str
    since: date
    until: date | None
    contacts: int
    reason: str = ""  # why it was moved to them


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a case: what is planned, whom it concerns, its papers, and who worked it."""

    planned: tuple[PlannedRow, ...]
    related: tuple[RelatedRow, ...]
    papers: tuple[PaperRow, ...]
    workers: tuple[WorkerRow, ...]
