"""What call notes become: the contact and the promise in it, for a call and for a visit alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from local_db.queries import CaseFile
from workstation.desk import lights, standing, strategy
from workstation.desk.seat import Seat
from workstation.desk.views import CallForm, FormCheck, Reading
from workstation.domain.events import Contact, Event, NextAction, Promise
from workstation.domain.outcomes import Outcome
from workstation.domain.vocabulary import IDENTITY_CHECKS


def next_action_of(check: FormCheck, today: date) -> NextAction:
    """What is to be done next, as the checked form says."""
    read = check.readings.get("callback")
    at = None if read is None else read.value
    return NextAction(
        action=check.next_action,
        due=check.next_due or today,
        time=f"{at:%H:%M}" if isinstance(at, datetime) and check.next_action == "call_back" else None,
    )


def contact_of(
    file: CaseFile, form: CallForm, row: Outcome, check: FormCheck, following: NextAction, today: date
) -> Contact:
    """The contact of a checked form, as it is recorded."""
    return Contact(
        direction="in" if form.direction == "in" else "out",
        party=lights.party_of(file, form.contact_point, row),
        person_name=form.person_name.strip(),
        identity=tuple(name for name in IDENTITY_CHECKS if name in form.identity),
        reason=form.reason or None,
        ability=form.ability or None,
        willingness=form.willingness or None,
        evidence=form.evidence.strip(),
        note=form.note.strip(),
        ring_seconds=check.times.ring,
        after_seconds=check.times.after,
        times_reason=form.times_reason.strip(),
        same_call=form.same_call,
        abusive=form.abusive,
        satisfaction=form.satisfaction or None,
        recording=form.recording.strip(),
        override_reason=form.override_reason.strip(),
        verdict=None if check.light is None else check.light.verdict,
        tested=strategy.arm(file, today),
        next_action=following,
    )


def promise_of(
    seat: Seat,
    file: CaseFile,
    form: CallForm,
    readings: Mapping[str, Reading],
    following: NextAction,
    *,
    at: datetime,
    offset_ms: int,
) -> Event:
    """The promise of a checked form, in the place of an open one."""
    replaced = standing.judgement(file, seat.clock.today()).open
    return seat.draft(
        file.case.id,
        Promise(currency=file.book.currency, method=form.method, next_action=following),
        offset_ms=offset_ms,
        at=at,
        amount=readings["amount"].value,
        due_on=readings["due"].value,
        answers=None if replaced is None else replaced.promise.id,
    )
