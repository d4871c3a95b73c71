"""The register of dossiers on paper: given out with a number, ticked off when they come back, reported when lost.

Every mark is an event on each case that stands in the dossier, so that the whole team's lead sees it, and the debtor's
history says which papers there were.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from local_db import events as store_events
from local_db import queries
from workstation.desk.seat import Seat
from workstation.domain.changes import Changes
from workstation.domain.dossier import NUMBERS, Paper, number_of, papers, read_number
from workstation.domain.errors import InputError
from workstation.domain.events import Body, DossierMark, TakenOut
from workstation.domain.ids import uuid7
from workstation.domain.message import msg

LEADING = frozenset({"lead", "admin"})
KIND = "dossier"
MOST_LENT_TO = 8


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A dossier with the names of who has it; `mine`: this person printed it or has it."""

    paper: Paper
    printed_by: str
    lent_to: tuple[str, ...]
    numbers: tuple[str, ...]  # of its cases that are here
    mine: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """What is given out: `fields` stand in full on it."""

    number: str
    case_ids: tuple[str, ...]
    expires_on: date
    day: date
    lent_to: tuple[str, ...]
    pages: int
    sha256: str
    fields: tuple[str, ...]


class DossierRegister:
    """`changed` is told of every mark: what was laid out of the cases is another now."""

    def __init__(self, seat: Seat, changed: Callable[[Changes], None]) -> None:
        self._seat, self._changed = seat, changed

    def free_number(self) -> str:
        """One that no paper known here has."""
        taken = {paper.number for paper in _papers(self._seat)}
        while (number := number_of(secrets.randbelow(NUMBERS))) in taken:
            continue
        return number

    def issue(self, issued: Issued, how: Literal["print", "save"]) -> Changes:
        """Record that it leaves the program, before it does: on every case, all or none.

        Raises `InputError` for a number that is out already (two papers would share one return), `CaseLeft`.
        """
        if any(paper.number == issued.number for paper in _papers(self._seat)):
            raise InputError(
                msg(
                    "Dossier {number} was given out already. Make it anew: each paper has a number of its own.",
                    number=issued.number,
                )
            )
        ids = tuple(dict.fromkeys(issued.case_ids))
        mark = DossierMark(
            state="printed",
            number=issued.number,
            expires_on=issued.expires_on,
            day=issued.day,
            lent_to=issued.lent_to[:MOST_LENT_TO],
            stops=len(ids),
            pages=issued.pages,
            sha256=issued.sha256,
            how=how,
        )
        now = self._seat.clock.now()
        batch = "" if len(ids) == 1 else uuid7(int(now.timestamp() * 1000), secrets.token_bytes(10))
        taken = TakenOut(how=how, what="dossier", cases=len(ids), fields=issued.fields, why="visit", batch=batch)
        return self._record(ids, mark, taken)

    def rows(self) -> tuple[DossierRow, ...]:
        """Those away first, the longest expired on top; then what came back or was lost, the newest first."""
        return rows(self._seat)

    def give_back(self, number: str) -> Changes:
        """The paper is back, whole. Raises `InputError` when the number is not known here, or the paper is back."""
        paper = self._known(number)
        if paper.state == "returned":
            raise InputError(msg("Dossier {number} is back already.", number=paper.number), field="number")
        return self._record(paper.cases, DossierMark(state="returned", number=paper.number))

    def report_lost(self, number: str, reason: str) -> Changes:
        """The paper cannot be found: its lead has it on the list of contacts against the rules from the next
        synchronisation on. Raises `InputError` without a word of when and where."""
        paper = self._known(number)
        words = " ".join(reason.split())
        if paper.state == "returned":
            raise InputError(msg("Dossier {number} is back already.", number=paper.number), field="number")
        if paper.state == "lost":
            raise InputError(msg("Dossier {number} is reported lost already.", number=paper.number), field="number")
        if not words:
            raise InputError(
                msg("Write when and where it was last seen, and what was done to find it."), field="reason"
            )
        return self._record(paper.cases, DossierMark(state="lost", number=paper.number, reason=words))

    # ---- within ----

    def _known(self, typed: str) -> Paper:
        number = read_number(typed)
        paper = next((paper for paper in _papers(self._seat) if paper.number == number), None)
        if paper is None or not (paper.held_by(self._seat.person.id) or self._seat.person.role in LEADING):
            raise InputError(
                msg("No dossier {number} of yours is on record here. Synchronise, or ask your lead.", number=number),
                field="number",
            )
        return paper

    def _record(self, case_ids: Collection[str], *bodies: Body) -> Changes:
        seat, now = self._seat, self._seat.clock.now()
        with seat.store.write() as conn:
            offset = store_events.clock_offset(conn)
            drafts = [seat.draft(case_id, body, offset_ms=offset, at=now) for body in bodies for case_id in case_ids]
            store_events.append(conn, drafts, today=seat.clock.today())
        kinds = {"event", KIND, *(["taken_out"] if len(bodies) > 1 else [])}
        changes = Changes(frozenset(kinds), frozenset(case_ids))
        self._changed(changes)
        return changes


def rows(seat: Seat) -> tuple[DossierRow, ...]:
    """As `DossierRegister.rows`."""
    found = _papers(seat)
    with seat.store.read() as conn:
        names = queries.people(conn)
        numbers = {case_id: queries.case_number(conn, case_id) for paper in found for case_id in paper.cases}
    made = [
        DossierRow(
            paper,
            names.get(paper.printed_by, "—"),
            tuple(names.get(person, "—") for person in paper.lent_to),
            tuple(sorted(numbers[case_id] for case_id in paper.cases)),
            paper.held_by(seat.person.id),
        )
        for paper in found
    ]
    return tuple(
        sorted(made, key=lambda row: (not row.paper.away, row.paper.expires_on if row.paper.away else date.min))
    )


def away(seat: Seat) -> tuple[DossierRow, ...]:
    """What this person has out, or lent."""
    return tuple(row for row in rows(seat) if row.mine and row.paper.away)


def _papers(seat: Seat) -> list[Paper]:
    with seat.store.read() as conn:
        marks = store_events.of_dossiers(conn)
    return papers(marks, seat.clock.today())
