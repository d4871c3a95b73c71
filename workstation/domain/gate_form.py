"""The `gate` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from workstation.domain.errors import InputError
from workstation.domain.events import Channel, Direction
from workstation.domain.gate import Flags, GateRequest, PastContact, Verdict, check
from workstation.domain.gate_clock import zone_named
from workstation.domain.gate_history import in_utc
from workstation.domain.gate_values import Person, Purpose
from workstation.domain.message import msg
from workstation.domain.outcomes import outcome
from workstation.domain.rulepack import load

Aware = Annotated[datetime, msgspec.Meta(tz=True)]

# How far a seat's clock may run ahead of the one that asks. More than that is a mistake in what was handed in.
CLOCK_ALLOWANCE = timedelta(minutes=10)

_AT_PATH = re.compile(r" - at `\$\.?(?:\.\.\.)?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"field `(?P<name>\w+)`")


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the request's objects."""


class _Point(_Form, frozen=True):
    id: str
    time_zones: tuple[str, ...] = ()


class _Past(_Form, frozen=True):
    at: Aware
    channel: Channel
    direction: Direction = "out"
    party: Person = "debtor"
    contact_point: str | None = None
    debt: str | None = None
    outcome: str | None = None
    other_debts: tuple[str, ...] = ()


class _Flags(_Form, frozen=True):
    plan_in_force: bool = False
    dispute_open: bool = False
    ceased: bool = False
    represented: bool = False
    consent_out_of_hours: bool = False
    consent_extra_calls: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    third_party_refused: bool = False
    breathing_space_until: str | None = None
    in_hardship: bool = False
    time_barred: bool = False
    inconvenient_place: bool = False
    refused_channels: tuple[Channel, ...] = ()
    validation_until: date | None = None


class _Request(_Form, frozen=True):
    jurisdiction: str
    at: Aware
    channel: Channel
    party: Person
    contact_point: _Point
    purpose: Purpose = "collect"
    debt: str | None = None
    other_debts: tuple[str, ...] = ()
    visitors: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    history: tuple[_Past, ...] = ()
    flags: _Flags = _Flags()


def run_gate(request: Mapping[str, object]) -> dict[str, object]:
    """The verdict as JSON values. `InputError` names the field that is missing, unknown or of the wrong form."""
    try:
        form = msgspec.convert(request, _Request)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    except UnicodeEncodeError:
        raise _refusal("A text holds half of a character") from None
    in_utc(form.at, "at")
    for index, zone in enumerate(form.contact_point.time_zones):
        _check_zone(zone, f"contact_point.time_zones[{index}]")
    # The rules of the day it is where the contact point is; where that is not known, of the day as written.
    zones = [zone_named(name) for name in form.contact_point.time_zones[:1]]
    pack = load(form.jurisdiction, on=form.at.astimezone(*zones).date() if zones else form.at.date())
    verdict = check(
        GateRequest(
            at=form.at,
            channel=form.channel,
            party=form.party,
            purpose=form.purpose,
            contact_point=form.contact_point.id,
            zones=form.contact_point.time_zones,
            debt=form.debt,
            history=tuple(_past(row, index, form.at) for index, row in enumerate(form.history)),
            flags=_flags(form.flags),
            other_debts=form.other_debts,
            visitors=form.visitors,
        ),
        pack,
    )
    return _answer(verdict)


def _answer(verdict: Verdict) -> dict[str, object]:
    return {
        "verdict": verdict.verdict,
        "reasons": [
            {"rule": reason.rule, "message": reason.message.plain(), "source": reason.source}
            for reason in verdict.reasons
        ],
        "opens_at": None if verdict.opens_at is None else verdict.opens_at.isoformat(),
        "remaining_today": verdict.remaining_today,
        "pack": verdict.pack,
    }


def _past(row: _Past, index: int, now: datetime) -> PastContact:
    if row.outcome is not None:
        try:
            outcome(row.outcome)
        except InputError as error:
            raise InputError(error.message, code=error.code, field=f"history[{index}].outcome") from None
    if row.at - now > CLOCK_ALLOWANCE:
        raise InputError(
            msg(
                "{at} is later than the contact asked about. Correct the time, or leave out what has not happened yet.",
                at=row.at.isoformat(),
            ),
            code="future_contact",
            field=f"history[{index}].at",
        )
    return PastContact(
        row.at, row.channel, row.direction, row.party, row.contact_point, row.debt, row.outcome, row.other_debts
    )


def _flags(form: _Flags) -> Flags:
    values = msgspec.structs.asdict(form)
    values["breathing_space_until"] = _until(form.breathing_space_until)
    return Flags(**values)


def _until(text: str | None) -> date | datetime | None:
    """A date (its whole day belongs to the breathing space) or a moment with an offset."""
    if text is None:
        return None
    for form in (date, Aware):
        try:
            return msgspec.convert(text, form)
        except msgspec.ValidationError:
            continue
    raise InputError(
        msg("{value} is neither a date nor a time with an offset.", value=text), field="flags.breathing_space_until"
    )


def _check_zone(name: str, field: str) -> None:
    try:
        zone_named(name)
    except InputError as error:
        raise InputError(error.message, code=error.code, field=field) from None


def _refusal(text: str) -> InputError:
    """msgspec's sentence, split into the problem and the field it is about."""
    found = _AT_PATH.search(text)
    path = found["path"] if found else ""
    problem = text[: found.start()] if found else text
    named = _NAMED.search(problem)
    field = ".".join(part for part in (path, named["name"] if named else "") if part)
    return InputError(msg("The request is not acceptable: {problem}.", problem=problem), field=field or None)
