"""The `gate` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from workstation.domain.errors import InputError
from workstation.domain.gate import Flags, GateRequest, PastContact, Verdict, check
from workstation.domain.message import msg
from workstation.domain.outcomes import outcome
from workstation.domain.rulepack import load

Channel = Literal["call", "sms", "email", "letter", "visit", "in_app"]
Party = Literal["debtor", "guarantor", "related", "unrelated"]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]

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
    direction: Literal["out", "in"] = "out"
    party: Party = "debtor"
    contact_point: str | None = None
    debt: str | None = None
    outcome: str | None = None


class _Flags(_Form, frozen=True):
    plan_in_force: bool = False
    dispute_open: bool = False
    ceased: bool = False
    represented: bool = False
    consent_out_of_hours: bool = False
    consent_extra_calls: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    third_party_refused: bool = False
    breathing_space_until: str | None = None


class _Request(_Form, frozen=True):
    jurisdiction: str
    at: Aware
    channel: Channel
    party: Party
    contact_point: _Point
    purpose: Literal["collect", "service", "locate", "relay"] = "collect"
    debt: str | None = None
    history: tuple[_Past, ...] = ()
    flags: _Flags = _Flags()


def run_gate(request: Mapping[str, object]) -> dict[str, object]:
    """The verdict as JSON values. `InputError` names the field that is missing, unknown or of the wrong form."""
    try:
        form = msgspec.convert(request, _Request)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    for index, zone in enumerate(form.contact_point.time_zones):
        _check_zone(zone, f"contact_point.time_zones[{index}]")
    pack = load(form.jurisdiction)
    verdict = check(
        GateRequest(
            at=form.at,
            channel=form.channel,
            party=form.party,
            purpose=form.purpose,
            contact_point=form.contact_point.id,
            zones=form.contact_point.time_zones,
            debt=form.debt,
            history=tuple(_past(row, index) for index, row in enumerate(form.history)),
            flags=_flags(form.flags),
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


def _past(row: _Past, index: int) -> PastContact:
    if row.outcome is not None:
        try:
            outcome(row.outcome)
        except InputError as error:
            raise InputError(error.message, code=error.code, field=f"history[{index}].outcome") from None
    return PastContact(row.at, row.channel, row.direction, row.party, row.contact_point, row.debt, row.outcome)


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
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(msg("{zone} is not a known time zone.", zone=name), code="unknown_zone", field=field) from None


def _refusal(text: str) -> InputError:
    """msgspec's sentence, split into the problem and the field it is about."""
    found = _AT_PATH.search(text)
    path = found["path"] if found else ""
    problem = text[: found.start()] if found else text
    named = _NAMED.search(problem)
    field = ".".join(part for part in (path, named["name"] if named else "") if part)
    return InputError(msg("The request is not acceptable: {problem}.", problem=problem), field=field or None)
