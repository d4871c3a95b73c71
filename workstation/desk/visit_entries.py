"""The entries of a visit's report that a call does not have: its times, where it was, how exact that is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from local_db.queries import CaseFile
from workstation.desk.entry_reading import Readings
from workstation.desk.seat import zone
from workstation.desk.visit_views import VisitForm
from workstation.domain.entry import read_time
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.visit import Position
from workstation.domain.visit_rules import read_position, times_fault

LONGEST_TEXT = 4_000
_MOST_METRES = 100_000
_TIME = re.compile(r"(\d{1,2}[:：]\d{2}|\d{1,2}点半?)$")
_SOURCES = frozenset({"typed", "device", "photo"})


@dataclass(slots=True)
class Entries:
    """What was read; moments are aware, UTC."""

    readings: Readings
    arrived: datetime | None = None
    left: datetime | None = None
    position: Position | None = None
    errors: list[Message] = field(default_factory=list)


def read_entries(form: VisitForm, file: CaseFile, now: datetime) -> Entries:
    local = now.astimezone(zone(file.zone))
    found = Entries(Readings(local.date()))
    found.arrived = _moment(found.readings, "arrived", form.arrived, local)
    found.left = _moment(found.readings, "left", form.left, local)
    found.position = _position(found.readings, form)
    if found.arrived is not None:
        fault = times_fault(found.arrived, found.left, now)
        if fault is not None:
            found.errors.append(fault)
    for text in (form.address_note, form.assets, form.conduct_note, *(photo.caption for photo in form.photos)):
        if len(text) > LONGEST_TEXT:
            found.errors.append(
                msg(
                    "The note has {n} characters, {most} is the most. Nothing was cut: shorten it.",
                    n=len(text),
                    most=LONGEST_TEXT,
                )
            )
    found.errors += [reading.error for reading in found.readings.by_field.values() if reading.error is not None]
    return found


def _moment(readings: Readings, name: str, text: str, local: datetime) -> datetime | None:
    """`14:05` of today, `昨天 14:05`, `11-29 14:05`: a time at the debtor's, the last such one where no day is said."""
    entry = " ".join(text.split())
    if not entry:
        return None
    timed = _TIME.search(entry)
    if timed is None:
        readings.fail(name, msg("Type a time such as 14:05; before it the day, if it was not today."))
        return None
    try:
        at = read_time(timed[1])
    except InputError as error:
        readings.fail(name, error.message)
        return None
    before = entry[: timed.start()].strip()
    day = readings.day(name, before) if before else local.date()
    if day is None:
        return None
    moment = datetime.combine(day, at, local.tzinfo)
    readings.keep(name, moment, msg("{day} {time}", day=day, time=f"{at:%H:%M}"))
    return moment.astimezone(UTC)


def _position(readings: Readings, form: VisitForm) -> Position | None:
    accuracy = _metres(readings, form.accuracy)
    if not form.position.strip():
        return None
    try:
        latitude, longitude = read_position(form.position)
    except InputError as error:
        readings.fail("position", error.message)
        return None
    readings.keep(
        "position",
        (latitude, longitude),
        msg("{latitude}, {longitude}", latitude=f"{latitude:.5f}", longitude=f"{longitude:.5f}"),
    )
    source = form.position_source if form.position_source in _SOURCES else "typed"
    at = datetime.fromisoformat(form.position_at).astimezone(UTC) if form.position_at and source != "typed" else None
    return Position(latitude=latitude, longitude=longitude, source=source, accuracy=accuracy, at=at)  # type: ignore[arg-type]  # one of _SOURCES


def _metres(readings: Readings, text: str) -> float | None:
    entry = text.strip().lower().removesuffix("m").removesuffix("米").strip().lstrip("±").strip()
    if not entry:
        return None
    try:
        metres = float(entry)
    except ValueError:
        metres = -1.0
    if not 0 <= metres <= _MOST_METRES:
        readings.fail("accuracy", msg("Type how exact it is in metres, such as 20."))
        return None
    readings.keep("accuracy", metres, msg("± {n} m", n=f"{metres:.0f}"))
    return metres
