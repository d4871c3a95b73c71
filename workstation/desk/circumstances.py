"""Circumstances of a case: what is recorded as true of it, since when and on what evidence; ended, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from local_db.queries import CaseFile
from workstation.desk.entry_reading import Readings
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.views import CircumstanceRow
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Circumstance
from workstation.domain.gate_values import CHANNELS
from workstation.domain.message import Label, msg
from workstation.domain.vocabulary import CIRCUMSTANCES

MOST_CALLS = 20  # further calls a day that anybody could agree to

# What each circumstance asks for beside its evidence: the required fields first.
REQUIRED = {
    "legal_step_taken": ("since",),
    "credit_reported": ("since",),
    "consent_extra_calls": ("calls",),
    "refused_channel": ("channel",),
    "inconvenient_place": ("point",),
    "validation_notice": ("until",),
}
OFFERED = {
    **REQUIRED,
    "breathing_space": ("since", "until"),
    "consent_out_of_hours": ("until",),
    "consent_extra_calls": ("calls", "until"),
}


@dataclass(frozen=True, slots=True)
class NewCircumstance:
    """A circumstance as typed; dates and numbers as people write them."""

    what: str = ""
    since: str = ""
    until: str = ""
    channel: str = ""
    point: str = ""
    calls: str = ""
    evidence: str = ""


def rows(file: CaseFile, shown: ShownCase, today: date) -> tuple[CircumstanceRow, ...]:
    """What holds today, in the order recorded. `shown` gives what was written and contact points as they may be."""
    found = []
    for known in file.state.circumstances:
        if not known.on(today):
            continue
        detail = [msg("since {day}", day=known.since)]
        if known.until is not None:
            detail.append(msg("until {day}", day=known.until))
        if known.channel:
            detail.append(msg("{channel}", channel=Label("channel", known.channel)))
        if known.point:
            detail.append(msg("{point}", point=shown.points.get(known.point, "—")))
        if known.calls:
            detail.append(msg("{n} more a day", n=known.calls))
        found.append(
            CircumstanceRow(known.id, Label("circumstance", known.what), tuple(detail), shown.words(known.evidence))
        )
    return tuple(found)


class Circumstances:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def add(self, case_id: str, typed: NewCircumstance) -> Changes:
        """Record that it holds. Raises `InputError` naming the field; nothing is recorded without evidence."""
        file = self._seat.file(case_id)
        today = self._seat.clock.today()
        if typed.what not in CIRCUMSTANCES:
            raise InputError(msg("Choose what is to be recorded."), field="what")
        asked = OFFERED.get(typed.what, ())
        for name in (*REQUIRED.get(typed.what, ()), "evidence"):
            if not getattr(typed, name).strip():
                raise InputError(msg("Still missing: {field}.", field=Label("circumstance_field", name)), field=name)
        if "channel" in asked and typed.channel not in CHANNELS:
            raise InputError(msg("Choose the means of contact that was refused."), field="channel")
        since, until = _days(typed, asked, today)
        body = Circumstance(
            what=typed.what,
            since=since,
            until=until,
            channel=typed.channel if "channel" in asked else "",
            calls=_calls(typed.calls) if "calls" in asked else 0,
            evidence=typed.evidence.strip(),
        )
        point = typed.point if "point" in asked else None
        if point is not None and point not in {known.id for known in file.points}:
            raise InputError(msg("This contact point is not on the case."), field="point")
        return self._record(case_id, body, point)

    def end(self, case_id: str, circumstance: str, why: str) -> Changes:
        """Record that it no longer holds, and why. Raises `InputError` without a word, or when it ended already."""
        file = self._seat.file(case_id)
        known = next((row for row in file.state.circumstances if row.id == circumstance), None)
        if known is None:
            raise InputError(msg("This no longer holds on the case; somebody may have ended it."))
        if not why.strip():
            raise InputError(msg("Write why it no longer holds."), field="evidence")
        body = Circumstance(what=known.what, holds=False, channel=known.channel, evidence=why.strip())
        return self._record(case_id, body, known.point)

    def _record(self, case_id: str, body: Circumstance, point: str | None) -> Changes:
        self._seat.record(case_id, body, contact_point=point)
        return Changes(frozenset({"event", "circumstance"}), frozenset({case_id}))


def _days(typed: NewCircumstance, asked: tuple[str, ...], today: date) -> tuple[date | None, date | None]:
    readings = Readings(today)
    since = readings.day("since", typed.since) if "since" in asked else None
    until = readings.day("until", typed.until) if "until" in asked else None
    for name in ("since", "until"):
        reading = readings.by_field.get(name)
        if reading is not None and reading.error is not None:
            raise InputError(reading.error, field=name)
    if since is not None and since > today:
        raise InputError(msg("{day} lies ahead: record it when it has happened.", day=since), field="since")
    if until is not None and until < today:
        raise InputError(msg("{day} is past: it would not hold any more.", day=until), field="until")
    return since, until


def _calls(text: str) -> int:
    entry = text.strip()
    if not entry.isdecimal() or not 1 <= int(entry[:3]) <= MOST_CALLS or len(entry) > len(str(MOST_CALLS)):
        raise InputError(msg("Type a whole number from 1 to {most}.", most=MOST_CALLS), field="calls")
    return int(entry)
