"""Letters wanted with the next batch: asked for on their case, made and recorded when the batch runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from local_db import events as store_events
from local_db import queries
from workstation.desk.correspondence import READ_ONLY, Correspondence
from workstation.desk.entry_reading import Readings
from workstation.desk.letter_form import LetterForm
from workstation.desk.seat import Seat
from workstation.domain.case_values import LetterWanted
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Correction, LetterQueued
from workstation.domain.message import msg

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QueuedLetter:
    """A letter that waits for a batch: whose, who asked for it and when, and what it is made of."""

    id: str
    case_id: str
    number: str
    name: str
    template: str
    asked_by: str
    at: datetime
    form: LetterForm


class LetterQueue:
    def __init__(self, seat: Seat, letters: Correspondence) -> None:
        self._seat, self._letters = seat, letters

    @property
    def offered(self) -> bool:
        """To everybody who records letters at all."""
        return self._seat.person.role not in READ_ONLY

    def want(self, case_id: str, form: LetterForm) -> Changes:
        """Ask for the letter with the next batch. It is made with that day's figures, and only if the case still allows
        it; raises `InputError` where it does not allow it now."""
        check = self._letters.check(case_id, form)
        if check.problem is not None:
            raise InputError(check.problem, field=check.field)
        if any(row.template == form.template for row in self._seat.file(case_id).state.queued_letters):
            raise InputError(msg("This letter waits for the next batch already."), field="template")
        body = LetterQueued(
            template=form.template,
            language=form.language,
            pay_by=form.pay_by.strip(),
            free_paragraph=form.free_paragraph.strip(),
            fields={name: text.strip() for name, text in form.fields.items() if text.strip()},
        )
        self._seat.record(case_id, body)
        return Changes(frozenset({"event", "letter_queued"}), frozenset({case_id}))

    def check_pay_by(self, form: LetterForm) -> None:
        """Raises `InputError` for a day to pay by that cannot be read or is past: said once, not for each letter."""
        today = self._seat.clock.today()
        readings = Readings(today)
        day = readings.day("pay_by", form.pay_by)
        if readings.first_error is not None:
            raise InputError(readings.first_error, field="pay_by")
        if day is not None and day <= today:
            raise InputError(msg("The day to pay by must lie after today."), field="pay_by")

    def waiting(self) -> tuple[QueuedLetter, ...]:
        """Those of all cases at this seat, the one asked for first before the others."""
        with self._seat.store.read() as conn:
            cases = store_events.cases_with(conn, {"letter_queued"}, _EVER)
            records = queries.queue_records(conn, cases) if cases else []
            people = queries.people(conn)
        found = [
            QueuedLetter(
                id=wanted.id,
                case_id=record.case_id,
                number=record.number,
                name=record.name,
                template=wanted.template,
                asked_by=people.get(wanted.author, "—"),
                at=wanted.at,
                form=form_of(wanted),
            )
            for record in records
            for wanted in record.state.queued_letters
        ]
        return tuple(sorted(found, key=lambda row: (row.at, row.id)))

    def withdraw(self, case_id: str, queued_id: str) -> Changes:
        """The letter is not wanted any more; the history keeps that it was."""
        if not any(row.id == queued_id for row in self._seat.file(case_id).state.queued_letters):
            raise InputError(msg("This letter does not wait for a batch any more."))
        self._seat.record(case_id, Correction(what="undo"), answers=queued_id)
        return Changes(frozenset({"event", "correction", "letter_queued"}), frozenset({case_id}))


def form_of(wanted: LetterWanted) -> LetterForm:
    """The form as it was typed; the letter that is made of it says so."""
    return LetterForm(
        wanted.template,
        wanted.language,
        wanted.pay_by,
        wanted.free_paragraph,
        dict(wanted.fields),
        answers=wanted.id,
    )
