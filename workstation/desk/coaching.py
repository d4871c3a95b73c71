"""Coaching: a sample of a collector's contacts to review, the review with its note, and the notes to oneself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from local_db import events as store_events
from local_db import queries, reviews
from local_db.queries import CaseFile
from local_db.reviews import Review
from workstation.desk import wording
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain import coaching
from workstation.domain.coaching import Contacted, Form
from workstation.domain.errors import InputError
from workstation.domain.events import Contact, Event, decode_body
from workstation.domain.message import Label, Message, msg

READING = frozenset({"lead", "auditor", "admin"})
SAMPLE = 10
PERIODS = (7, 30, 90)  # days
_GIVE, _ACKNOWLEDGE = "coaching", "acknowledge_review"


@dataclass(frozen=True, slots=True)
class SampledRow:
    """One contact of the sample. `findings` are those of the wording check on what was noted."""

    contact_id: str
    case_id: str
    number: str
    name: str
    at: datetime
    outcome: Label
    channel: Label
    talked: int | None  # seconds
    recorded: bool
    words: str
    findings: tuple[Message, ...]
    reviewed: str  # who reviewed it; empty while nobody has


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as it may be read. `mine`: it is about whoever reads it."""

    id: str
    collector: str
    lead: str
    at: datetime
    number: str  # of the case, where it is still here
    score: int  # thousandths
    lines: tuple[tuple[str, int], ...]  # ids of the form's lines with their points
    fatal: tuple[str, ...]
    note: str
    mine: bool
    acknowledged_at: datetime | None


class Given(msgspec.Struct, frozen=True):
    """A review as it is asked at the centre, now or when the line is back."""

    contact: str
    form: str
    points: dict[str, int]
    fatal: tuple[str, ...]
    score: int
    note: str


class Coaching:
    """`kept_back` carries what is written to the centre with the next synchronisation, line or none."""

    def __init__(self, seat: Seat, kept_back: WaitingDecisions) -> None:
        self._seat, self._kept_back = seat, kept_back
        kept_back.register(_GIVE, _give)
        kept_back.register(_ACKNOWLEDGE, _acknowledge)

    @property
    def leads(self) -> bool:
        """Does this person look at others' contacts?"""
        return self._seat.person.role in READING

    @property
    def writes(self) -> bool:
        return self._seat.person.role == "lead"

    def form(self) -> Form:
        return coaching.load()

    def people(self) -> tuple[tuple[str, str], ...]:
        """Ids and names of whoever works in the team; for those who see every team, of all."""
        me = self._seat.person
        with self._seat.store.read() as conn:
            rows = conn.exec_driver_sql(
                "SELECT id, name FROM person WHERE active AND id <> ? AND role IN ('collector', 'field')"
                " AND (team_id = ? OR ? IN ('auditor', 'admin')) ORDER BY name, id",
                (me.id, me.team_id, me.role),
            ).all()
        return tuple((row[0], row[1]) for row in rows)

    def sample(self, person: str, days: int, count: int = SAMPLE) -> tuple[SampledRow, ...]:
        """The same for the same person, period and day at every seat that has the same records. Reads cases whole: not
        for the window's thread."""
        today = self._seat.clock.today()
        since = self._seat.clock.now() - timedelta(days=days)
        with self._seat.store.read() as conn:
            events = [event for event in store_events.by_author(conn, person, since) if _to_review(event)]
            files = {case_id: queries.case_file(conn, case_id) for case_id in {event.case_id for event in events}}
            people, known = queries.people(conn), reviews.known(conn)
        by = {review.contact_id: people.get(review.lead_id, "—") for review in known}
        rows = {event.id: self._row(event, files[event.case_id], by.get(event.id, "")) for event in events}
        pool = [
            Contacted(one, row.outcome.id, bool(row.findings or (not row.recorded and row.talked)))
            for one, row in rows.items()
        ]
        seed = f"{person}/{today.isocalendar().year}-{today.isocalendar().week}/{days}"
        return tuple(rows[one] for one in coaching.sample(pool, count, seed))

    def score(self, points: Mapping[str, int], fatal: tuple[str, ...]) -> int:
        return coaching.score(self.form(), points, fatal)

    def give(self, row: SampledRow, points: Mapping[str, int], fatal: tuple[str, ...], note: str) -> Message:
        """Keep the review; it goes to the centre with the next synchronisation. `InputError` names the field."""
        if not self.writes:
            raise InputError(msg("A team lead reviews contacts."))
        form = self.form()
        scored = coaching.score(form, points, fatal)
        if not note.strip():
            raise InputError(msg("Write a word to the collector: what was good, what to do otherwise."), field="note")
        given = Given(row.contact_id, f"{form.id}@{form.version}", dict(points), fatal, scored, note.strip()[:4000])
        self._kept_back.keep(_GIVE, row.case_id, row.contact_id, msgspec.json.encode(given).decode())
        return msg("The review is kept and goes to the centre with the next synchronisation.")

    def on_the_way(self) -> frozenset[str]:
        """Contacts whose review has not reached the centre yet."""
        return frozenset(row.subject for row in self._kept_back.rows() if row.kind == _GIVE and row.answer is None)

    def notes(self) -> tuple[ReviewRow, ...]:
        """Reviews this person may read, the newest first."""
        me = self._seat.person.id
        with self._seat.store.read() as conn:
            people, known = queries.people(conn), reviews.known(conn)
            numbers = {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, number FROM cases")}
        sent = {row.subject for row in self._kept_back.rows() if row.kind == _ACKNOWLEDGE}
        now, say = self._seat.clock.now(), self._seat.masks.text
        return tuple(_shown(review, me, people, numbers, sent, now, say) for review in known)

    def unread(self) -> int:
        """Notes to this person that they have not acknowledged."""
        return sum(row.mine and row.acknowledged_at is None for row in self.notes())

    def acknowledge(self, row: ReviewRow) -> None:
        """Say that it was read; the centre hears of it with the next synchronisation."""
        if not row.mine:
            raise InputError(msg("Whom the note is for acknowledges it."))
        if row.acknowledged_at is None:
            self._kept_back.keep(_ACKNOWLEDGE, "", row.id, row.id)

    def _row(self, event: Event, file: CaseFile, reviewed: str) -> SampledRow:
        shown, body = ShownCase(file, self._seat.masks), decode_body(event.kind, event.body)
        note = body.note if isinstance(body, Contact) else ""
        found = wording.remarks(self._seat, file, note, file.debtor.language)
        return SampledRow(
            contact_id=event.id,
            case_id=file.case.id,
            number=file.case.number,
            name=shown.name,
            at=event.corrected_at,
            outcome=Label("outcome", event.outcome or ""),
            channel=Label("channel", event.channel or "call"),
            talked=event.duration,
            recorded=isinstance(body, Contact) and bool(body.recording),
            words=shown.words(note),
            findings=tuple(remark.message for remark in found),
            reviewed=reviewed,
        )


def _to_review(event: Event) -> bool:
    return event.kind == "contact" and event.channel in {"call", "visit"}


def _shown(
    review: Review,
    me: str,
    people: Mapping[str, str],
    numbers: Mapping[str, str],
    sent: set[str],
    now: datetime,
    masked: Callable[[str], str],
) -> ReviewRow:
    return ReviewRow(
        id=review.id,
        collector=people.get(review.collector_id, "—"),
        lead=people.get(review.lead_id, "—"),
        at=review.made_at,
        number=numbers.get(review.case_id, ""),
        score=review.score,
        lines=tuple(review.points.items()),
        fatal=review.fatal,
        note=masked(review.note),
        mine=review.collector_id == me,
        acknowledged_at=review.acknowledged_at or (now if review.id in sent else None),
    )


def _give(link: object, body: str) -> Message:
    from workstation.sync import coaching as centre

    given = msgspec.json.decode(body, type=Given)
    centre.give(link, given.contact, given.form, given.points, given.fatal, given.score, given.note)  # type: ignore[arg-type]
    return msg("The review is at the centre.")


def _acknowledge(link: object, body: str) -> Message:
    from workstation.sync import coaching as centre

    centre.acknowledge(link, body)  # type: ignore[arg-type]
    return msg("The note is acknowledged.")
