"""Dossiers on paper that were lost or are not back in time: for those who lead, until somebody has looked into each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from local_db import events as store_events
from local_db import queries
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.domain.dossier import Paper, papers
from workstation.domain.events import Reviewed, decode_body
from workstation.domain.gate_values import Reason
from workstation.domain.message import nmsg


@dataclass(frozen=True, slots=True)
class Missing:
    """`event_id` is the record that is answered when somebody has looked into it, on `case_id`."""

    event_id: str
    case_id: str
    at: datetime
    number: str
    name: str
    holder: str
    lost: bool
    reason: Reason
    said: str
    reviewed: str | None


def found(seat: Seat, since: datetime) -> list[Missing]:
    """Lost since a moment, and not back in time; one of several cases stands for all of them."""
    today = seat.clock.today()
    with seat.store.read() as conn:
        marks = store_events.of_dossiers(conn)
        wanted = [paper for paper in papers(marks, today) if paper.state == "expired" or paper.was_lost]
        names = queries.people(conn)
        files = {paper.case: queries.case_file(conn, paper.case) for paper in wanted}
    made = [_missing(seat, paper, files[paper.case], names) for paper in wanted]
    return [missing for missing in made if missing.at >= since or not missing.lost]


def _missing(seat: Seat, paper: Paper, file: queries.CaseFile, names: dict[str, str]) -> Missing:
    shown = ShownCase(file, seat.masks)
    ended = paper.ended_at
    overdue = datetime.combine(paper.expires_on, time.max, seat.clock.zone)
    said = [decode_body(event.kind, event.body) for event in file.events if event.answers == paper.mark]
    reviewed = next((body.text for body in said if isinstance(body, Reviewed)), None)
    return Missing(
        event_id=paper.mark,
        case_id=paper.case,
        at=ended if ended is not None else overdue,
        number=file.case.number,
        name=shown.name,
        holder=" · ".join(names.get(person, "—") for person in paper.lent_to or (paper.printed_by,)),
        lost=paper.was_lost,
        reason=_reason(paper),
        said=shown.words(paper.reason),
        reviewed=None if reviewed is None else shown.words(reviewed),
    )


def _reason(paper: Paper) -> Reason:
    if paper.state == "lost":
        said = nmsg(
            "Dossier {number} with {n} case was lost.",
            "Dossier {number} with {n} cases was lost.",
            paper.stops,
            number=paper.number,
        )
    elif paper.was_lost:
        said = nmsg(
            "Dossier {number} with {n} case was reported lost and came back.",
            "Dossier {number} with {n} cases was reported lost and came back.",
            paper.stops,
            number=paper.number,
        )
    else:
        said = nmsg(
            "Dossier {number} with {n} case was to be back by {day}.",
            "Dossier {number} with {n} cases was to be back by {day}.",
            paper.stops,
            number=paper.number,
            day=paper.expires_on,
        )
    return Reason("dossier_days", "block" if paper.was_lost else "warn", said, "")
