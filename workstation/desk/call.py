"""Call notes: the form as typed, checked while typing, saved as events, taken back by a correction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from local_db import events as store_events
from local_db.queries import CaseFile
from workstation.desk import call_record, lights, standing
from workstation.desk.carrying import kept_amounts
from workstation.desk.entry_reading import Readings
from workstation.desk.rules import rules_for_figures
from workstation.desk.scripts import script_for
from workstation.desk.seat import Seat, zone
from workstation.desk.views import CallForm, FormCheck, Light, OutcomeChoice, Reading, Script
from workstation.desk.wording import Remark, remarks
from workstation.domain import outcomes
from workstation.domain.calendar import next_business_day
from workstation.domain.call_times import CallTimes, measured
from workstation.domain.changes import Changes
from workstation.domain.entry import read_time
from workstation.domain.errors import InputError
from workstation.domain.events import Correction, Event
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.outcomes import FormFacts, Outcome
from workstation.domain.promise_realism import realism
from workstation.domain.vocabulary import IDENTITY_NEEDED

LONGEST_NOTE = 4_000  # characters; longer text belongs into a document
UNDO_FOR = timedelta(seconds=60)  # the window offers it for 30; what is older is taken back when asked twice

NEVER_TAKEN_BACK = frozenset(
    {"correction", "reveal", "taken_out", "message_result"}
)  # what was shown or taken stays so

JUST_AFTER = timedelta(microseconds=1)  # a promise stands after its call in the history, and is undone with it

_TIME = re.compile(r"(\d{1,2}[:：]\d{2}|\d{1,2}点半?)$")


class LongSaved(InputError):
    """What would be taken back was saved a while ago: the person should mean it."""


class CallDesk:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def choices(self) -> tuple[OutcomeChoice, ...]:
        """Outcomes of a call, the nine commonest first with the digits 1–9."""
        return tuple(
            OutcomeChoice(row.id, row.key, row.fields, row.required, spoken=row.reach in {"debtor", "third_party"})
            for row in outcomes.TABLE.values()
            if not row.visit
        )

    def script(self, case_id: str, form: CallForm, situation: str = "") -> Script:
        """What may be said as the form stands; `situation` when the person chose one."""
        file = self._seat.file(case_id)
        return script_for(file, self._seat.person, self._seat.clock.today(), form, situation)

    def begin(self, case_id: str, point_id: str) -> Light:
        """The contact light at the moment of dialling: what the notes will record as the verdict."""
        file = self._seat.file(case_id)
        return lights.of_point(file, point_id, self._seat.clock.now())

    def check(self, case_id: str, form: CallForm) -> FormCheck:
        """How the form reads as it stands, what is missing, and the next action it proposes."""
        file = self._seat.file(case_id)
        return self._check(file, _as_asked(form))[0]

    def known(self, case_id: str, form: CallForm) -> Mapping[str, str]:
        """What the case knows of what the outcome asks for, to begin with; the person may change it."""
        file = self._seat.file(case_id)
        row = outcomes.outcome(form.outcome)
        found = {}
        if "reason" in row.required and file.state.reason is not None:
            found["reason"] = file.state.reason
        if "person_name" in row.fields and row.id != "wrong_party":
            point = next((point for point in file.points if point.id == form.contact_point), None)
            owner = next((person for person in file.related if point and person.id == point.related_person_id), None)
            if owner is not None:
                found["person_name"] = owner.name
        return found

    def remarks(self, case_id: str, form: CallForm, language: str) -> tuple[Remark, ...]:
        """What is wrong with the words of the note; a record is kept all the same, as it was written."""
        file = self._seat.file(case_id)
        row = outcomes.TABLE.get(form.outcome)
        party = "unknown" if row is None else lights.party_of(file, form.contact_point, row)
        note = form.note[:LONGEST_NOTE]  # of a book pasted by mistake nothing is recorded anyway
        return remarks(self._seat, file, note, language, "debtor" if party == "unknown" else party)

    def save(self, case_id: str, form: CallForm) -> Changes:
        """Record the contact, and the promise in it, in one transaction. Raises `InputError` naming what is missing."""
        file = self._seat.file(case_id)
        form = _as_asked(form)
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
        check, readings = self._check(file, form)
        if check.errors:
            raise InputError(check.errors[0])
        if check.missing:
            raise InputError(
                msg("Still missing: {field}.", field=Label("call_field", check.missing[0])), field=check.missing[0]
            )
        row = outcomes.outcome(form.outcome)
        written = self._events(file, form, row, check, readings, offset)
        with self._seat.store.write() as conn:
            store_events.append(conn, written, today=self._seat.clock.today())
        kinds = {"event", *(event.kind for event in written)}
        return Changes(frozenset(kinds), frozenset({case_id}))

    def pass_on(self, case_id: str, form: CallForm) -> tuple[Changes, CallForm]:
        """Record the contact so far, and go on with whoever takes the telephone: the form for the same call.

        Raises `InputError` as `save` does.
        """
        changes = self.save(case_id, form)
        with self._seat.store.read() as conn:
            kept = store_events.ids_as_kept(conn, case_id)
        own = {event.id for event in self._seat.file(case_id).events if event.kind == "contact"}
        before = next(known for known in reversed(kept) if known in own)
        now = self._seat.clock.now().isoformat()
        return changes, CallForm(
            contact_point=form.contact_point,
            direction=form.direction,
            override_reason=form.override_reason,
            began_at=form.began_at,
            answered_at=now if form.began_at else "",
            recording=form.recording,
            same_call=before,
        )

    def undo(self, case_id: str, *, older: bool = False) -> Changes:
        """Take back what this person saved last on the case here: corrections are added, nothing is deleted.

        What was saved longer ago than the window offers to take it back is left alone with `LongSaved`, unless `older`.
        """
        file = self._seat.file(case_id)
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
            places = {known: place for place, known in enumerate(store_events.ids_as_kept(conn, case_id))}
        aside = set(file.state.set_aside)
        own = [
            event
            for event in file.events
            if event.author == self._seat.person.id and event.kind not in NEVER_TAKEN_BACK and event.id not in aside
        ]
        if not own:
            raise InputError(msg("There is nothing of yours on this case to take back."))
        # What was recorded at this seat goes before what came from one's other device.
        own.sort(key=lambda event: (event.device == self._seat.device, places.get(event.id, 0)))
        left = {event.answers for event in file.events if event.kind == "message_result"}
        if own[-1].id in left:
            raise InputError(msg("This message has left already; it cannot be taken back."))
        last = own[-1].occurred_at
        if not older and self._seat.clock.now() - last > UNDO_FOR:
            at = last.astimezone(zone(file.zone))
            raise LongSaved(
                msg(
                    "{name}: saved on {day} at {time}. Nothing was taken back yet.",
                    name=self._seat.masks.name(file.debtor.name),
                    day=at.date(),
                    time=f"{at:%H:%M}",
                )
            )
        together = [event for event in own if abs(last - event.occurred_at) <= JUST_AFTER]
        corrections = [
            self._seat.draft(case_id, Correction(what="undo"), offset_ms=offset, answers=event.id) for event in together
        ]
        with self._seat.store.write() as conn:
            store_events.append(conn, corrections, today=self._seat.clock.today())
        return Changes(frozenset({"event", "correction"}), frozenset({case_id}))

    # ---- reading the form ----

    def read(self, file: CaseFile, form: CallForm, light: Light | None) -> tuple[CallForm, FormCheck]:
        """The form of another contact than a call, as it would be recorded, judged by that contact's own light."""
        form = _as_asked(form)
        return form, self._check(file, form, light)[0]

    def _check(self, file: CaseFile, form: CallForm, known: Light | None = None) -> tuple[FormCheck, Readings]:
        today = self._seat.clock.today()
        readings = Readings(today)
        currency = file.book.currency
        amount = readings.amount("amount", form.amount, currency)
        due = readings.day("due", form.due)
        callback = self._callback(readings, form.callback, file)
        next_due = readings.day("next_due", form.next_due)
        row = outcomes.TABLE.get(form.outcome)
        light = known or self._light(file, form)
        times = self._times(form, readings)
        errors = self._errors(file, form, amount, due, today)
        errors += _past(callback, next_due, self._seat.clock.now().astimezone(zone(file.zone)), today)
        errors += [reading.error for reading in readings.by_field.values() if reading.error is not None]
        if row is None:
            return FormCheck(readings.by_field, ("outcome",), tuple(errors), "", None, (), light, times), readings
        pack = rules_for_figures(file.book.jurisdiction)
        facts = FormFacts(
            due=due,
            callback_on=None if callback is None else callback.date(),
            callback_at=None if callback is None else f"{callback:%H:%M}",
            unanswered_before=file.state.unanswered_streak,
            third_party=lights.party_of(file, form.contact_point, row) in {"related", "unrelated"},
            dispute_days=pack.value("dispute_answer_days", int),
            complaint_days=pack.value("complaint_answer_days", int),
            working_day=next_business_day,
        )
        proposed = outcomes.propose(form.outcome, today, facts)
        # Who goes ahead against the light says why, in the record: the team lead sees it.
        warned = light is not None and light.verdict != "allow"
        required = (*row.required, "override_reason") if warned else row.required
        if (form.ability or form.willingness) and not form.note.strip():
            required = (*required, "evidence")  # a grade that nothing bears out is an opinion
        if form.ring.strip() or form.talk.strip() or form.after.strip():
            required = (*required, "times_reason")
        check = FormCheck(
            readings=readings.by_field,
            missing=tuple(name for name in required if not _filled(form, name)),
            errors=tuple(errors),
            next_action=form.next_action or proposed.action,
            next_due=next_due or proposed.due,
            realism=_realism(file, amount, today) if row.id == "promise_to_pay" else (),
            light=light,
            times=times,
        )
        return check, readings

    def _errors(
        self, file: CaseFile, form: CallForm, amount: int | None, due: date | None, today: date
    ) -> list[Message]:
        errors: list[Message] = []
        if len(form.note) > LONGEST_NOTE:
            errors.append(
                msg(
                    "The note has {n} characters, {most} is the most. Nothing was cut: shorten it.",
                    n=len(form.note),
                    most=LONGEST_NOTE,
                )
            )
        if amount is not None:
            owed = standing.owed(file, today).total.total
            if amount <= 0:
                errors.append(msg("A promise needs an amount above zero."))
            elif amount > max(owed, 0):
                errors.append(
                    msg(
                        "{amount} is more than the {owed} that is owed.",
                        amount=Money(amount, file.book.currency),
                        owed=Money(owed, file.book.currency),
                    )
                )
        if due is not None and due < today:
            errors.append(msg("{day} is past; a promise lies today or later.", day=due))
        longest = rules_for_figures(file.book.jurisdiction).promise_longest_days
        if due is not None and due > today + timedelta(days=longest):
            errors.append(msg("{day} is more than {n} days away; agree a plan instead.", day=due, n=longest))
        if form.direction == "out" and form.outcome and not form.contact_point:
            errors.append(msg("Choose the number that was called."))
        return errors

    def _light(self, file: CaseFile, form: CallForm) -> Light | None:
        """The contact light of an outgoing call as it was when dialling began; now, when nobody pressed the key."""
        if form.direction == "in" or not form.contact_point:
            return None
        now = self._seat.clock.now()
        at = datetime.fromisoformat(form.began_at) if form.began_at else now
        return lights.of_point(file, form.contact_point, min(at, now))

    def _times(self, form: CallForm, readings: Readings) -> CallTimes:
        """Ring, talk and write-up as measured up to now, each replaced by what was typed in its place."""
        row = outcomes.TABLE.get(form.outcome)
        moments = [
            datetime.fromisoformat(at) if at else None for at in (form.began_at, form.answered_at, form.ended_at)
        ]
        connected = row is not None and not row.unanswered
        worked_until = self._seat.clock.now() - timedelta(seconds=form.paused)
        times = measured(worked_until, *moments, connected=connected)
        if form.same_call:
            times = times._replace(ring=None)  # it rang for whoever had the telephone before
        typed = {name: readings.length(name, getattr(form, name)) for name in CallTimes._fields}
        return times._replace(**{name: length for name, length in typed.items() if length is not None})

    def _callback(self, readings: Readings, text: str, file: CaseFile) -> datetime | None:
        """`15:30`, `明天 10:30` or `+2 9:00`: a day (today when left out) and a time in the debtor's zone."""
        entry = text.strip()
        if not entry:
            return None
        found = _TIME.search(entry)
        if found is None:
            day = readings.day("callback", entry)
            return None if day is None else datetime.combine(day, datetime.min.time())
        try:
            at = read_time(found[1])
        except InputError as error:
            readings.by_field["callback"] = Reading("callback", None, None, error.message)
            return None
        rest = entry[: found.start()].strip()
        local_now = self._seat.clock.now().astimezone(zone(file.zone))
        day = readings.day("callback", rest) if rest else local_now.date()
        if day is None:
            return None
        if not rest and at <= local_now.time():
            day += timedelta(days=1)
        moment = datetime.combine(day, at)
        shown = msg("{day} {time}", day=day, time=f"{at:%H:%M}")
        readings.by_field["callback"] = Reading("callback", moment, shown)
        return moment

    # ---- writing ----

    def _events(
        self, file: CaseFile, form: CallForm, row: Outcome, check: FormCheck, readings: Readings, offset: int
    ) -> Sequence[Event]:
        following = call_record.next_action_of(check, self._seat.clock.today())
        first = self._seat.draft(
            file.case.id,
            call_record.contact_of(file, form, row, check, following, self._seat.clock.today()),
            offset_ms=offset,
            channel="call",
            outcome=row.id,
            contact_point=form.contact_point or None,
            duration=check.times.talk or None,
            pack=None if check.light is None else check.light.pack,
        )
        if row.id != "promise_to_pay":
            return [first]
        after = first.occurred_at + JUST_AFTER
        return [
            first,
            call_record.promise_of(self._seat, file, form, readings.by_field, following, at=after, offset_ms=offset),
        ]


def _realism(file: CaseFile, amount: int | None, today: date) -> tuple[Message, ...]:
    """What the debtor's own record says about a promise of `amount`, before it is saved."""
    kept = kept_amounts(file.payments)
    paid = [(row.value_date, kept.get(row.id, 0)) for row in file.payments]
    return realism(standing.judgement(file, today), paid, amount, file.book.currency, today)


def _past(callback: datetime | None, next_due: date | None, local_now: datetime, today: date) -> list[Message]:
    """What is to be done next lies ahead; a callback on a day without a time is for any time of that day."""
    errors: list[Message] = []
    if callback is not None:
        timed = callback.time() != time.min
        if callback < local_now.replace(tzinfo=None) if timed else callback.date() < local_now.date():
            day, clock = callback.date(), f"{callback:%H:%M}"
            errors.append(msg("{day} {time} is past; call back later than now.", day=day, time=clock))
    if next_due is not None and next_due < today:
        errors.append(msg("{day} is past; the next action lies today or later.", day=next_due))
    return errors


_OF_AN_OUTCOME = {name for row in outcomes.TABLE.values() for name in row.fields} - {"note", "identity"}


def _as_asked(form: CallForm) -> CallForm:
    """Without what was typed for another outcome: its fields are not shown any more, and not recorded.

    Nor was the identity checked of somebody who did not answer.
    """
    row = outcomes.TABLE.get(form.outcome)
    if row is None:
        return form
    empty = CallForm()
    hidden = _OF_AN_OUTCOME - set(row.fields) | ({"identity"} if row.unanswered else set())
    return replace(form, **{name: getattr(empty, name) for name in hidden})


def _filled(form: CallForm, name: str) -> bool:
    if name == "identity":
        return len(set(form.identity)) >= IDENTITY_NEEDED
    return bool(str(getattr(form, name)).strip())
