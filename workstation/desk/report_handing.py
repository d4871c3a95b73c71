"""Handing a report in to whoever leads, and reading those handed in.

Needs the centre: what was written stays here until it has it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from workstation.desk.report import Report, ReportWanted
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

if TYPE_CHECKING:
    from workstation.sync.decisions import Link
    from workstation.sync.reports import HandedIn

MOST_CHARACTERS = 20_000
WORKING = frozenset({"collector", "field", "lead"})


class ReportHanding:
    """`open_line` signs in at the centre."""

    def __init__(self, seat: Seat, open_line: Callable[[], Link]) -> None:
        self._seat, self._open_line = seat, open_line

    def offered(self, report: Report) -> bool:
        """Is this one's own report?"""
        person = self._seat.person
        return person.role in WORKING and not report.people and report.wanted.person in {None, person.id}

    def hand_in(self, report: Report, words: str) -> Message:
        """Slow: not for the window thread. Raises `InputError`, and what the line or the centre says against it.

        The same words for the same days are one report, however often they are handed in.
        """
        said = words.strip()
        if not self.offered(report):
            raise InputError(msg("You hand in your own report only."), field="person")
        if len(said) > MOST_CHARACTERS:
            raise InputError(msg("A report has at most {most} characters.", most=MOST_CHARACTERS), field="words")
        from workstation.sync.reports import hand_in

        first = report.wanted.period.first
        told = f"{self._seat.person.id} {report.wanted.span} {first} {dict(report.done)} {said}"
        with closing(self._open_line()) as link:
            at = hand_in(link, str(uuid5(NAMESPACE_URL, told)), report.wanted.span, first, said, report.done)
        return msg("Handed in at {at}.", at=at)

    def handed_in(self, wanted: ReportWanted) -> list[HandedIn]:
        """The reports of these days that one may read, the newest first. Slow: not for the window thread."""
        from workstation.sync.reports import handed_in

        with closing(self._open_line()) as link:
            rows = handed_in(link, wanted.span, wanted.period.first, wanted.period.last)
        masked = self._seat.masks.text
        return [replace(row, words=masked(row.words)) for row in rows]
