"""Reminders before a promise or an instalment falls due: found in slices, queued once each, withdrawn when overtaken.

Whether a message leaves is a person's decision unless the house says otherwise (`resources/messages/reminders.toml`):
what is due is prepared here, and one key queues what the contact gate allows at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock

from msgspec.structs import replace

from local_db import events as store_events
from local_db import queries
from local_db.queries import CaseAbsent, CaseFile, case_file
from workstation.desk.messages import MessageForm, MessagePoint, Messages
from workstation.desk.reminded import OVERTAKEN, Wanted, already, house, left, overtaken_in, waiting_in, wanted_of
from workstation.desk.seat import Seat
from workstation.domain import reminding
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Correction, Event
from workstation.domain.message import Message, Money, msg
from workstation.domain.reminding import Kind, Reminding
from workstation.security.masking import Masks

SLICE = 25  # cases looked at in one go
BACK = timedelta(days=8)  # a message waits a week at most: an older reminder is none any more

_DISPUTED = msg("A dispute is open: nobody is reminded before it is answered.")
_LOST = msg("The debtor is out of contact: a reminder would reach nobody.")
_NOBODY = msg("The debtor has no telephone and no e-mail address that a reminder may go to.")
_OFF = msg("The house has switched reminders off.")
_NOT_YOURS = msg("The case's own collector reminds.")
NOTHING = msg("No promise and no instalment falls due soon.")
_READY = msg("A reminder is ready to be queued.")
_TOO_LATE = msg("It is due today: too late for a reminder before.")
_LEFT = msg("This reminder has left already; it cannot be taken back.")


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder that is due, as it would be queued now, or why it would not."""

    case_id: str
    number: str
    name: str
    of: Kind
    answers: str  # the promise, or `reminding.instalment_id`
    due: date
    amount: Money
    form: MessageForm
    to: str  # masked
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reminder that is queued and has not left, as far as is known here."""

    case_id: str
    name: str
    event: str
    text: str


@dataclass(frozen=True, slots=True)
class Queued:
    """What `queue` did: the messages by case, and how many of those asked for were not queued."""

    messages: tuple[tuple[str, str], ...]  # case, event
    passed_over: int
    changes: Changes


class Reminders:
    """`look` and `queue` write and read much: not for the window's thread. The rest is quick."""

    def __init__(self, seat: Seat, messages: Messages) -> None:
        self._seat, self._messages = seat, messages
        self._lock = Lock()  # one look at a time
        self._found: dict[str, Reminder] = {}
        self._queued: dict[str, tuple[Waiting, ...]] = {}
        self._waiting: list[str] = []  # cases not looked at yet in this round
        self._touched: set[str] = set()
        self._round_on: date | None = None

    def refresh(self, changes: Changes) -> None:
        """Any thread may say so: these cases are looked at next."""
        if changes.everything:
            self._round_on = None
        self._touched |= changes.case_ids

    def look(self) -> Changes:
        """Look at a few cases; `busy` says whether more are to be looked at at once.

        Reminders that were overtaken are withdrawn; in the automatic mode those that are due are queued.
        """
        with self._lock:
            rules, today = house()[0], self._seat.clock.today()
            touched, self._touched = self._touched, set()
            if self._round_on != today:
                self._begin(today)
            part, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
            changes = Changes()
            for case_id in dict.fromkeys((*sorted(touched), *self._likely(part, today))):
                changes |= self._look_at(case_id, rules, today)
            return changes

    @property
    def busy(self) -> bool:
        return bool(self._waiting) or bool(self._touched) or self._round_on != self._seat.clock.today()

    def again(self) -> None:
        """Look again at those that are due or queued: a contact light opens, another program synchronised the store."""
        self._touched |= {*self._found, *self._queued}

    def due(self) -> tuple[Reminder, ...]:
        """The reminders prepared, soonest first; with `problem` those that cannot be queued now."""
        return tuple(sorted(self._found.values(), key=lambda row: (row.problem is not None, row.due, row.number)))

    def queued(self) -> tuple[Waiting, ...]:
        """Those that can still be taken back."""
        return tuple(row for _, rows in sorted(self._queued.items()) for row in rows)

    def why(self, case_id: str) -> Message:
        """What is to be said of reminding on this case."""
        rules, fault = house()
        if fault is not None or rules.mode == "off":
            return fault or _OFF
        file, today = self._seat.file(case_id), self._seat.clock.today()
        wanted = wanted_of(file, rules, today, timely=False)
        if wanted is None:
            return NOTHING
        not_yours = None if file.case.assignee_id == self._seat.person.id else _NOT_YOURS
        before = already(file, wanted) or not_yours or _not_now(file, wanted, today)
        return before or self._prepared(file, wanted).problem or _READY

    def queue(self, wanted: Iterable[Reminder]) -> Queued:
        """Queue these, each asked of gate and words once more and each kept by itself. What has been queued meanwhile,
        here or elsewhere, is passed over, and so is what is no longer due."""
        with self._lock:
            made: list[tuple[str, str]] = []
            asked = 0
            for row in wanted:
                asked += 1
                event = self._queue_one(row.case_id, row.answers)
                if event is not None:
                    made.append((row.case_id, event.id))
                self._found.pop(row.case_id, None)
                self._touched.add(row.case_id)
            cases = frozenset(case_id for case_id, _ in made)
            kinds = frozenset({"event", "message"}) if made else frozenset()
            return Queued(tuple(made), asked - len(made), Changes(kinds, cases))

    def withdraw(self, messages: Iterable[tuple[str, str]], reason: str = "") -> Changes:
        """Take reminders back that have not left. Raises `InputError` when one has; the others are taken back."""
        done: set[str] = set()
        left = False
        for case_id, event_id in messages:
            if self._withdraw_one(case_id, event_id, reason):
                done.add(case_id)
            else:
                left = True
        self._touched |= done
        if left and not done:
            raise InputError(_LEFT)
        return Changes(frozenset({"event", "correction"}) if done else frozenset(), frozenset(done))

    # ---- looking ----

    def _begin(self, today: date) -> None:
        with self._seat.store.read() as conn:
            self._waiting = sorted(queries.open_cases(conn))
        self._round_on = today
        for known in (self._found, self._queued):
            for gone in known.keys() - set(self._waiting):
                del known[gone]

    def _likely(self, case_ids: list[str], today: date) -> list[str]:
        """Those of which something falls due about now: only they are read whole."""
        if not case_ids:
            return []
        with self._seat.store.read() as conn:
            records = queries.queue_records(conn, case_ids)
        last = today + timedelta(days=2 * reminding.MOST_DAYS)
        near = {row.case_id for row in records if reminding.near(row.state, today - BACK, last)}
        return [case_id for case_id in case_ids if case_id in near or case_id in self._found or case_id in self._queued]

    def _look_at(self, case_id: str, rules: Reminding, today: date) -> Changes:
        self._found.pop(case_id, None)
        self._queued.pop(case_id, None)
        file = self._read(case_id)
        if file is None or file.case.assignee_id != self._seat.person.id:
            return Changes()
        wanted = wanted_of(file, rules, today)
        overtaken = overtaken_in(file, today)
        taken = [event.id for event in overtaken if self._withdraw_one(case_id, event.id, OVERTAKEN)]
        if wanted is not None and already(file, wanted) is None:
            found = self._prepared(file, wanted)
            if rules.mode == "automatic" and found.problem is None:
                made = self._queue_one(case_id, wanted.answers)
                taken += [] if made is None else [made.id]
            else:
                self._found[case_id] = found
        name, left_waiting = (
            self._seat.masks.name(file.debtor.name),
            [row for row in waiting_in(file) if row[0].id not in taken],
        )
        waiting = tuple(Waiting(case_id, name, event.id, text) for event, text in left_waiting)
        if waiting:
            self._queued[case_id] = waiting
        return Changes(frozenset({"event", "message"}), frozenset({case_id})) if taken else Changes()

    def _read(self, case_id: str) -> CaseFile | None:
        """Past what the seat keeps for a moment: another program may have written."""
        try:
            with self._seat.store.read() as conn:
                file = case_file(conn, case_id)
        except CaseAbsent:
            return None
        return None if file.case.closed_on is not None else file

    def _prepared(self, file: CaseFile, wanted: Wanted) -> Reminder:
        """The reminder to the first point that may be used now; else why there is none."""
        point, problem = self._point(file, wanted)
        form = MessageForm(template=wanted.rule.template, point="" if point is None else point.id)
        if point is not None and problem is None:
            try:
                form.subject, form.text = self._messages.fill(file.case.id, form)
                problem = self._messages.check(file.case.id, form).problem
            except InputError as error:
                problem = error.message
        return Reminder(
            case_id=file.case.id,
            number=file.case.number,
            name=self._seat.masks.name(file.debtor.name),
            of=wanted.rule.of,
            answers=wanted.answers,
            due=wanted.due,
            amount=wanted.amount,
            form=form,
            to="" if point is None else _masked(file, point, self._seat.masks),
            problem=problem,
        )

    def _point(self, file: CaseFile, wanted: Wanted) -> tuple[MessagePoint | None, Message | None]:
        if file.state.dispute_open:
            return None, _DISPUTED
        own = {point.id for point in file.points if point.related_person_id is None}
        phones = [point.id for point in file.points if point.id in own and point.kind == "phone"]
        if file.state.lost(phones):
            return None, _LOST
        points = [
            point
            for channel in wanted.rule.channels
            for point in self._messages.points(file.case.id)
            if point.id in own and point.channel == channel
        ]
        if not points:
            return None, _NOBODY
        # A warning asks for a person's word of reason: such a message is written by hand.
        allowed = next((point for point in points if point.light.verdict == "allow"), None)
        if allowed is not None:
            return allowed, None
        light = points[0].light
        return points[0], msg("{light}: {reason}", light=light.phrase, reason=light.reasons[0])

    # ---- writing ----

    def _queue_one(self, case_id: str, answers: str) -> Event | None:
        """None when it is no longer due, may not be queued, or was queued by somebody else a moment ago."""
        rules, today = house()[0], self._seat.clock.today()
        file = self._read(case_id)
        if file is None or rules.mode == "off" or file.case.assignee_id != self._seat.person.id:
            return None
        wanted = wanted_of(file, rules, today)
        if wanted is None or wanted.answers != answers:
            return None
        self._seat.keep(file)  # gate and words look at the case as it was read just now
        found = self._prepared(file, wanted)
        if found.problem is not None:
            return None
        made = self._messages.written(case_id, found.form)
        with self._seat.store.write() as conn:
            # Looked at where nobody else can write: two programs at one store queue one.
            if already(case_file(conn, case_id), wanted) is not None:
                return None
            draft = self._seat.draft(
                case_id,
                replace(made.body, reminds=wanted.said),
                offset_ms=store_events.clock_offset(conn),
                channel=made.channel,
                contact_point=made.contact_point,
                pack=made.pack,
                answers=answers,
            )
            return store_events.append(conn, [draft], today=today)[0]

    def _withdraw_one(self, case_id: str, event_id: str, reason: str) -> bool:
        with self._seat.store.write() as conn:
            try:
                file = case_file(conn, case_id)
            except CaseAbsent:
                return False
            if event_id in file.state.set_aside or event_id in left(file):
                return False
            draft = self._seat.draft(
                case_id,
                Correction(what="undo", reason=reason),
                offset_ms=store_events.clock_offset(conn),
                answers=event_id,
            )
            store_events.append(conn, [draft], today=self._seat.clock.today())
        return True


def _masked(file: CaseFile, point: MessagePoint, masks: Masks) -> str:
    value = next(known.value for known in file.points if known.id == point.id)
    return masks.shown("phone" if point.channel == "sms" else "email", value)


def _not_now(file: CaseFile, wanted: Wanted, today: date) -> Message | None:
    opens = wanted.rule.opens(wanted.due, file.book.jurisdiction)
    if today < opens:
        return msg("A reminder of what is due on {due} is prepared on {day}.", due=wanted.due, day=opens)
    return _TOO_LATE if today >= wanted.due else None
