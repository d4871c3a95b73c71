"""What the contact gate is asked and what it answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from workstation.domain.errors import InputError
from workstation.domain.events import Channel
from workstation.domain.gate_history import History, PastContact
from workstation.domain.message import Message, msg

Purpose = Literal["collect", "service", "locate", "relay"]
Person = Literal["debtor", "guarantor", "related", "unrelated"]
Level = Literal["allow", "warn", "block"]

CHANNELS = frozenset(get_args(Channel))
PARTIES = frozenset(get_args(Person))
PURPOSES = frozenset(get_args(Purpose))


@dataclass(frozen=True, slots=True)
class Flags:
    """What is true of the case and bears on contacting.

    `third_party_refused` matters only to a third person. A breathing space or validation period that lies in the past
    is over. Consent beside a wish for contact to stop contradicts it, and is refused.
    """

    plan_in_force: bool = False
    dispute_open: bool = False
    ceased: bool = False
    represented: bool = False
    consent_out_of_hours: bool = False
    consent_extra_calls: int = 0
    third_party_refused: bool = False
    breathing_space_until: date | datetime | None = None  # a date is its last day
    in_hardship: bool = False
    time_barred: bool = False
    inconvenient_place: bool = False  # the debtor named this contact point as a place not to be contacted at
    refused_channels: tuple[str, ...] = ()  # media the debtor asked not to be contacted by
    validation_until: date | None = None  # last day on which the debtor may dispute the debt after the notice


NO_FLAGS = Flags()


@dataclass(frozen=True, slots=True)
class GateRequest:
    """The contact somebody is about to make. `zones` are IANA names; empty takes the pack's candidates.

    Prepare a `History` once where several points or moments of the same case are asked about.
    """

    at: datetime  # aware
    channel: str
    party: str
    purpose: Purpose = "collect"
    contact_point: str = ""
    zones: tuple[str, ...] = ()
    debt: str | None = None
    history: tuple[PastContact, ...] | History = ()
    flags: Flags = field(default=NO_FLAGS)
    other_debts: tuple[str, ...] = ()  # to be spoken of in the same contact
    visitors: int | None = None  # how many people go on a visit; None while nobody has said


class Reason(NamedTuple):
    """A rule that warns of the contact or blocks it; `lasting` when time alone does not lift it."""

    rule: str
    level: Literal["warn", "block"]
    message: Message
    source: str
    lasting: bool = False


class Verdict(NamedTuple):
    """`opens_at` is set on a block that time lifts, `closes_at` when quiet hours lie ahead; both in the first zone."""

    verdict: Level
    reasons: tuple[Reason, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    remaining_today: int | None  # calls left at this contact point; None where no rule counts
    pack: str


def check_request(request: GateRequest) -> None:
    """`InputError` naming the field that no rule could judge, or that contradicts another."""
    if request.channel not in CHANNELS:
        raise _unknown("channel", request.channel, CHANNELS)
    if request.party not in PARTIES:
        raise _unknown("party", request.party, PARTIES)
    if request.purpose not in PURPOSES:
        raise _unknown("purpose", request.purpose, PURPOSES)
    if request.flags is not NO_FLAGS:
        _check_flags(request.flags)


def _unknown(field: str, value: str, known: Collection[str]) -> InputError:
    choices = ", ".join(sorted(known))
    return InputError(msg("{value} is not known here. Choose one of {known}.", value=value, known=choices), field=field)


def _check_flags(flags: Flags) -> None:
    until = flags.breathing_space_until
    if isinstance(until, datetime) and until.tzinfo is None:
        raise InputError(
            msg("{at} says no zone: write the time with its offset, such as +08:00.", at=until.isoformat()),
            code="naive_time",
            field="flags.breathing_space_until",
        )
    if flags.consent_extra_calls < 0:
        raise InputError(msg("The number of calls agreed to cannot be negative."), field="flags.consent_extra_calls")
    if unknown := set(flags.refused_channels) - CHANNELS:
        raise _unknown("flags.refused_channels", ", ".join(sorted(unknown)), CHANNELS)
    if flags.ceased and (flags.consent_extra_calls or flags.consent_out_of_hours):
        raise InputError(
            msg(
                "The debtor asked for contact to stop and agreed to more contact: both cannot hold. "
                "Keep the later of the two, and set the other back."
            ),
            code="contradictory_flags",
            field="flags.ceased",
        )
