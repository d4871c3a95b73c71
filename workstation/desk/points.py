"""Contact points learned on the job: each with its lawful source, added by an event, taken back by a correction."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from local_db.queries import CaseFile
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat
from workstation.desk.views import Reading
from workstation.domain.changes import Changes
from workstation.domain.entry import read_phone
from workstation.domain.errors import InputError
from workstation.domain.events import PointAdded
from workstation.domain.message import Label, msg
from workstation.domain.rulepack import load

PointKind = Literal["phone", "email", "address"]
LONGEST_ADDRESS = 300
MOST_DIGITS = 15  # ITU-T E.164
_SHOWN = 40  # characters of a refused entry that its refusal repeats
_SIGNS = frozenset(".!#$%&'*+/=?^_`{|}~-@")  # beside letters and figures in an e-mail address: RFC 5322, 3.2.3
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class NewPoint:
    """A contact point as typed. `person` is a related person's id; empty: the debtor's own."""

    kind: PointKind = "phone"
    value: str = ""
    source: str = ""  # vocabulary `point_source`; required
    label: Literal["mobile", "home", "work"] = "mobile"
    person: str = ""


class Points:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def sources(self, case_id: str) -> tuple[str, ...]:
        """The lawful sources of the jurisdiction; those of zh-CN, the strictest, where its pack names none."""
        pack = rules_for_figures(self._seat.file(case_id).book.jurisdiction)
        return pack.texts("contact_sources") if pack.has("contact_sources") else load("zh-CN").texts("contact_sources")

    def persons(self, case_id: str) -> tuple[tuple[str, str, Label], ...]:
        """The related persons whose point it may be: id, name, relation."""
        file = self._seat.file(case_id)
        return tuple((row.id, row.name, Label("relation", row.relation)) for row in file.related)

    def read(self, kind: PointKind, text: str) -> Reading | None:
        """How the entry would be recorded, or why it cannot be; None while nothing is typed."""
        if not text.strip():
            return None
        try:
            value = _READERS[kind](text)
        except InputError as error:
            return Reading("value", None, None, error.message)
        return Reading("value", value, msg("{value}", value=value))

    def add(self, case_id: str, typed: NewPoint) -> Changes:
        """Record the contact point. Raises `InputError` naming the field, also for one that is on the case already."""
        file = self._seat.file(case_id)
        value = _READERS[typed.kind](typed.value)
        if typed.source not in self.sources(case_id):
            raise InputError(
                msg("Say where this contact point comes from: without a lawful source it may not be kept."),
                field="source",
            )
        if typed.person and typed.person not in {person.id for person in file.related}:
            raise InputError(msg("This person is not on the case."), field="person")
        _must_be_new(file, typed.kind, value)
        body = PointAdded(
            point=typed.kind,
            value=value,
            source=cast(Literal["debtor"], typed.source),
            label=typed.label,
            person=typed.person or None,
            time_zone=file.zone,
        )
        self._seat.record(case_id, body)
        return Changes(frozenset({"event", "point_added"}), frozenset({case_id}))


def _must_be_new(file: CaseFile, kind: str, value: str) -> None:
    for point in file.points:
        if point.kind == kind and point.value.replace(" ", "") == value.replace(" ", ""):
            raise InputError(msg("This contact point is on the case already."), field="value")


def _email(text: str) -> str:
    entry = text.strip()
    known = all(sign.isalnum() or sign in _SIGNS for sign in entry)
    if len(entry) > 254 or not known or _EMAIL.fullmatch(entry) is None:
        shown = entry if len(entry) <= _SHOWN else f"{entry[:_SHOWN]}…"
        raise InputError(msg("“{entry}” is not an e-mail address.", entry=shown), field="value")
    return entry


def _address(text: str) -> str:
    entry = " ".join(text.split())
    if not 4 <= len(entry) <= LONGEST_ADDRESS:
        raise InputError(msg("Type the whole address, {most} characters at most.", most=LONGEST_ADDRESS), field="value")
    picture = _PICTURE.search(entry)
    if picture is not None:
        raise InputError(msg("Take {sign} out: it cannot stand on an envelope.", sign=picture[0]), field="value")
    return entry


def _phone(text: str) -> str:
    digits = sum(sign.isdecimal() for sign in text)
    if digits > MOST_DIGITS:
        raise InputError(
            msg("A telephone number has {most} digits at most; this has {n}.", most=MOST_DIGITS, n=digits),
            field="value",
        )
    try:
        return read_phone(text)
    except InputError as error:
        raise InputError(error.message, code=error.code, field="value") from error


_READERS: dict[str, Callable[[str], str]] = {"phone": _phone, "email": _email, "address": _address}
