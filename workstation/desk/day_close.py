"""The end of a shift: what is still open at this desk, and what was done today, in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from local_db import attachments, drafts, outbox, queries, reviews
from local_db import events as store_events
from local_db.queries import QueueRecord
from local_db.reviews import Review
from workstation.desk import dossier_register, standing
from workstation.desk.seat import Seat
from workstation.desk.undecided import overdue
from workstation.domain.events import Contact, Event, decode_body
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.outcomes import is_right_party

# What each kind of record counts towards. A figure of nought is shown too: nothing is left out to look better.
FIGURES = (
    "cases",
    "attempts",
    "right_party",
    "promises",
    "plans",
    "disputes",
    "complaints",
    "messages",
    "letters",
    "talk",
    "after",
    "abusive",
)
LENGTHS = frozenset({"talk", "after"})  # figures that are seconds, not counts
_KINDS = {"promise": "promises", "plan_proposed": "plans", "message": "messages", "letter": "letters"}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that should not be left as it is overnight; `case_id` is empty for what is about no case."""

    case_id: str
    number: str
    name: str
    what: Message


@dataclass(frozen=True, slots=True)
class DayClosed:
    """`figures` by the names of `FIGURES`; talk and write-up are in seconds."""

    open: tuple[OpenItem, ...]
    figures: Mapping[str, int]
    promised: Money | None
    at: datetime


class DayClose:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def check(
        self,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> DayClosed:
        """All of it as things stand now. Slow with many cases: not for the window."""
        now, today = self._seat.clock.now(), self._seat.clock.today()
        start = datetime.combine(today, time.min, self._seat.clock.zone)
        with self._seat.store.read() as conn:
            records = queries.queue_records(conn, None)
            typing = drafts.open_since(conn, start)
            waiting = outbox.waiting(conn) + attachments.unsent(conn)[0]
            refused = len(outbox.refusals(conn)) + len(attachments.refused(conn))
            mine = store_events.by_author(conn, self._seat.person.id, start)
            currency, noted = queries.currency(conn), reviews.known(conn)
        found = [*self._unsent(waiting, refused), *self._papers(), *self._unread(noted)]
        for done, record in enumerate(records):
            if cancelled():
                break
            progress(done, len(records))
            found += [
                OpenItem(record.case_id, record.number, self._seat.masks.name(record.name), what)
                for what in self._of_case(record, typing)
            ]
        figures = counted(mine)
        aside = taken_back(mine)
        promised = sum(event.amount or 0 for event in mine if event.kind == "promise" and event.id not in aside)
        return DayClosed(tuple(found), figures, Money(promised, currency) if currency and promised else None, now)

    def _unread(self, known: Iterable[Review]) -> Iterator[OpenItem]:
        """Notes of a lead that were not acknowledged."""
        mine = sum(row.collector_id == self._seat.person.id and row.acknowledged_at is None for row in known)
        if mine:
            what = nmsg("{n} note of your lead is not read.", "{n} notes of your lead are not read.", mine)
            yield OpenItem("", "", "", what)

    def _unsent(self, waiting: int, refused: int) -> Iterator[OpenItem]:
        if refused:
            what = msg("{n} refused by the centre; page Synchronisation says why.", n=refused)
            yield OpenItem("", "", "", what)
        if waiting:
            yield OpenItem("", "", "", msg("{n} not sent yet; they leave as soon as there is a network.", n=waiting))

    def _papers(self) -> Iterator[OpenItem]:
        for row in dossier_register.away(self._seat):
            paper = row.paper
            what = (
                msg("Dossier {number} is still out: back by {day}.", number=paper.number, day=paper.expires_on)
                if paper.state == "out"
                else msg(
                    "Dossier {number} was to be back by {day}: hand it back, or report it lost.",
                    number=paper.number,
                    day=paper.expires_on,
                )
            )
            one = len(row.numbers) == 1
            yield OpenItem(paper.cases[0] if one else "", row.numbers[0] if one else "", "", what)

    def _of_case(self, record: QueueRecord, typing: set[str]) -> Iterator[Message]:
        state, today = record.state, self._seat.clock.today()
        if record.case_id in typing:
            yield msg("Notes were begun and not saved.")
        if record.late:
            yield msg("{n} of a former collector have not been looked at.", n=record.late)
        promise = standing.judgement(record, today).open
        if promise is not None and promise.promise.due <= today:
            yield msg(
                "The promise of {amount} by {day} is not decided yet: look for the payment.",
                amount=Money(promise.promise.amount, record.book.currency),
                day=promise.promise.due,
            )
        for late in overdue(state, self._seat.person, self._seat.clock.now(), self._seat.clock.zone):
            yield late.what
        action = state.next_action
        if action is None and state.attempts:
            yield msg("No next action: decide what happens next.")
        elif action is not None and action.due < today - timedelta(days=1):
            yield msg("{action} was due on {day}.", action=Label("next_action", action.action), day=action.due)


def taken_back(events: Iterable[Event]) -> set[str | None]:
    return {event.answers for event in events if event.kind == "correction"}


def counted(events: Iterable[Event]) -> dict[str, int]:
    """One person's records by what they count as; what was taken back counts for nothing."""
    events = list(events)
    aside = taken_back(events)
    figures = dict.fromkeys(FIGURES, 0)
    cases = set()
    for event in events:
        if event.id in aside:
            continue
        body = decode_body(event.kind, event.body)
        if event.kind in _KINDS:
            figures[_KINDS[event.kind]] += 1
        if isinstance(body, Contact):
            cases.add(event.case_id)
            figures["attempts"] += body.direction == "out" and not body.same_call
            figures["right_party"] += is_right_party(event.outcome, body.party, body.identity)
            figures["disputes"] += event.outcome == "disputes_debt"
            figures["complaints"] += event.outcome == "complaint"
            figures["talk"] += event.duration or 0
            figures["after"] += body.after_seconds or 0
            figures["abusive"] += body.abusive
    figures["cases"] = len(cases)
    return figures
