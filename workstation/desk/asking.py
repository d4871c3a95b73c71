"""What a collector asks a lead for: legal referral, contact with a third person, going on against a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from local_db.queries import CaseFile
from workstation.desk import lights, pre_action, standing
from workstation.desk.entry_reading import Readings
from workstation.desk.seat import Seat, zone
from workstation.desk.shown import ShownCase
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import ApprovalKnown
from workstation.domain.changes import Changes
from workstation.domain.decision_rules import load
from workstation.domain.errors import InputError
from workstation.domain.events import ApprovalAsked, NextAction
from workstation.domain.message import Label, Message, msg
from workstation.domain.vocabulary import PRE_ACTION

ASKED_FOR = ("legal_referral", "third_party", "override")
ASKING = frozenset({"collector", "field", "lead"})


@dataclass(frozen=True, slots=True)
class Step:
    """One of what comes before a referral, and whether the record shows it."""

    what: Label
    taken: bool


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that a lead may answer for, at one contact point."""

    rule: str
    point: str
    said: Message
    where: str  # the point as it may be shown


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Something asked on this case, with what became of it."""

    id: str
    what: Label
    about: Message | None
    state: Message
    answer: str


@dataclass(frozen=True, slots=True)
class AskView:
    """What may be asked on a case now. `persons` are the related persons' ids and names as they may be shown."""

    case_id: str
    rows: tuple[AskedRow, ...]
    steps: tuple[Step, ...]
    limitation_days: int | None
    persons: tuple[tuple[str, str], ...]
    out_of_contact: bool
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as typed; `warning` is a rule's id and the contact point with a blank between."""

    what: str = ""
    person: str = ""
    warning: str = ""
    until: str = ""
    reason: str = ""


class Asking:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @property
    def offered(self) -> bool:
        return self._seat.person.role in ASKING

    def view(self, case_id: str) -> AskView:
        file, today = self._seat.file(case_id), self._seat.clock.today()
        shown = ShownCase(file, self._seat.masks)
        taken = pre_action.steps_taken(file, today)
        return AskView(
            case_id=case_id,
            rows=tuple(_row(file, shown, known, today) for known in reversed(file.state.approvals)),
            steps=tuple(Step(Label("pre_action", step), step in taken) for step in PRE_ACTION),
            limitation_days=pre_action.limitation_days(file, today),
            persons=tuple((row.id, shown.related(row.name)) for row in file.related if not row.liable),
            out_of_contact=out_of_contact(file),
            warnings=tuple(self._warnings(file, shown)),
        )

    def ask(self, case_id: str, typed: NewRequest) -> Changes:
        """Record the request; the lead sees it with the next synchronisation. `InputError` names the field."""
        if not self.offered:
            raise InputError(msg("Your role asks for no approval."))
        file, today = self._seat.file(case_id), self._seat.clock.today()
        if typed.what not in ASKED_FOR:
            raise InputError(msg("Choose what is asked for."), field="what")
        if not typed.reason.strip():
            raise InputError(msg("Say why: whoever decides has only this and the record."), field="reason")
        until = _until(typed.until, typed.what, today)
        if typed.what == "legal_referral":
            body, point = self._legal(file, typed, until, today), None
        elif typed.what == "third_party":
            body, point = self._third_party(file, typed, until, today), None
        else:
            body, point = self._override(file, typed, until)
        same = (
            known
            for known in file.state.approvals
            if known.waits
            and (known.what, known.person, known.rule, known.point) == (body.what, body.person, body.rule, point)
        )
        if next(same, None) is not None:
            raise InputError(msg("The same was asked already and waits for its answer."), field="what")
        self._seat.record(case_id, body, contact_point=point)
        return Changes(frozenset({"event", "approval"}), frozenset({case_id}))

    def _legal(self, file: CaseFile, typed: NewRequest, until: date | None, today: date) -> ApprovalAsked:
        taken = pre_action.steps_taken(file, today)
        if standing.time_barred(file, today):
            raise InputError(msg("The debt is time-barred: it is not referred to the lawyers."), field="what")
        if "no_dispute_open" not in taken:
            raise InputError(msg("A dispute is open: answer it before the case is referred."), field="what")
        return ApprovalAsked(
            what="legal_referral",
            reason=typed.reason.strip(),
            until=until,
            steps=taken,
            limitation_days=pre_action.limitation_days(file, today),
            next_action=_wait(today),
        )

    def _third_party(self, file: CaseFile, typed: NewRequest, until: date | None, today: date) -> ApprovalAsked:
        if typed.person not in {row.id for row in file.related if not row.liable}:
            raise InputError(msg("Choose whom to contact; a guarantor needs no approval."), field="person")
        if file.state.third_party_refused:
            raise InputError(msg("This person asked not to be contacted again; nobody can approve it."), field="person")
        if not out_of_contact(file):
            raise InputError(
                msg("The debtor can be reached by the record. A third person is asked only when the debtor cannot."),
                field="what",
            )
        return ApprovalAsked(
            what="third_party", reason=typed.reason.strip(), person=typed.person, until=until, next_action=_wait(today)
        )

    def _override(self, file: CaseFile, typed: NewRequest, until: date | None) -> tuple[ApprovalAsked, str]:
        shown = ShownCase(file, self._seat.masks)
        rule, _, point = typed.warning.partition(" ")
        if (rule, point) not in {(one.rule, one.point) for one in self._warnings(file, shown)}:
            raise InputError(
                msg("Choose a warning that stands now. What is blocked cannot be approved by anybody here."),
                field="warning",
            )
        return ApprovalAsked(what="override", reason=typed.reason.strip(), rule=rule, until=until), point

    def _warnings(self, file: CaseFile, shown: ShownCase) -> Iterator[Warned]:
        now, history = self._seat.clock.now(), lights.history_of(file)
        for point in file.points:
            light = lights.of_point(file, point.id, now, history)
            if light.verdict != "warn":
                continue
            for rule, said in zip(light.rules, light.reasons, strict=True):
                yield Warned(rule, point.id, said, shown.points.get(point.id, "—"))


def longest(what: str, today: date) -> date | None:
    """The last day on which a yes given today may hold; None when it does not end."""
    days = load()[what].valid_days
    return today + timedelta(days=days) if days else None


def about(file: CaseFile, shown: ShownCase, known: ApprovalKnown) -> Message | None:
    """Whom or what it is about, as it may be shown."""
    if known.what == "third_party":
        person = next((row for row in file.related if row.id == known.person), None)
        if person is None:
            return msg("somebody who is not on the case any more")
        return msg("{name}, {relation}", name=shown.related(person.name), relation=Label("relation", person.relation))
    if known.what == "override":
        return msg(
            "{rule} at {point}", rule=Label("gate_rule", known.rule), point=shown.points.get(known.point or "", "—")
        )
    return None


def _row(file: CaseFile, shown: ShownCase, known: ApprovalKnown, today: date) -> AskedRow:
    who = file.people.get(known.decided_by, "—")
    if known.stage == "asked":
        state = msg("waits since {day}", day=_day_of(known.asked_at, file))
    elif known.stage == "endorsed":
        state = msg("approved by {who}, waits for a second lead", who=file.people.get(known.endorsed_by, "—"))
    elif known.stage == "rejected":
        state = msg("rejected by {who}", who=who)
    elif known.until is None:
        state = msg("approved by {who}", who=who)
    elif known.holds(today):
        state = msg("approved by {who}, until {day}", who=who, day=known.until)
    else:
        state = msg("approved by {who}, over since {day}", who=who, day=known.until)
    return AskedRow(
        known.id, Label("approval", known.what), about(file, shown, known), state, shown.words(known.answer)
    )


def _day_of(moment: datetime, file: CaseFile) -> date:
    return moment.astimezone(zone(file.zone)).date()


def out_of_contact(file: CaseFile) -> bool:
    phones = [row.id for row in file.points if row.kind == "phone" and row.related_person_id is None]
    return file.state.lost(phones)


def _until(text: str, what: str, today: date) -> date | None:
    if not text.strip():
        return None
    readings = Readings(today)
    day = readings.day("until", text)
    error = readings.first_error
    if error is not None:
        raise InputError(error, field="until")
    last = longest(what, today)
    if day is not None and (day < today or (last is not None and day > last)):
        raise InputError(msg("Choose a day from today to {day}.", day=last or date.max), field="until")
    return day


def _wait(today: date) -> NextAction:
    return NextAction(action="await_approval", due=next_business_day(today + timedelta(days=1)))
