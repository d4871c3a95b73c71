"""The report of a day or a week, of one person or of a team: counted from the same records as every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from local_db import events as store_events
from local_db import indicator_records, queries
from workstation.desk.day_close import FIGURES, counted, taken_back
from workstation.desk.indicators import Indicators, Scorecard
from workstation.desk.seat import Seat
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.domain.call_times import as_length
from workstation.domain.errors import InputError
from workstation.domain.events import Event
from workstation.domain.indicator_case import Period
from workstation.domain.message import Message, Money, msg, nmsg

Span = Literal["daily", "weekly"]

# What a lead wants to read of by name; everything else is in the figures.
_TOLD = frozenset(
    {
        "promise", "plan_proposed", "plan_decided", "dispute", "complaint", "hardship", "circumstance", "visit",
        "letter_result", "reassigned",
    }
)  # fmt: skip
_TOLD_OUTCOMES = frozenset(
    {
        "disputes_debt", "complaint", "claims_paid", "deceased", "incarcerated", "represented_by_counsel",
        "asks_to_stop_contact", "refuses_to_pay", "visit_refused", "visit_address_wrong",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """`person`: whose; None is everybody of the team, for who leads one. `day` is any day of the week."""

    span: Span
    day: date
    person: str | None = None

    @property
    def period(self) -> Period:
        if self.span == "daily":
            return Period(self.day, self.day)
        monday = self.day - timedelta(days=self.day.weekday())
        return Period(monday, monday + timedelta(days=6))


@dataclass(frozen=True, slots=True)
class Done:
    """What one person recorded: `figures` by `day_close.FIGURES`; the sum promised where it is one currency."""

    person: str
    name: str
    figures: Mapping[str, int]
    promised: Money | None
    card: Scorecard


@dataclass(frozen=True, slots=True)
class Happened:
    """One record worth a line of its own. `name` is the debtor's, in full: whoever shows it masks it."""

    event_id: str
    case_id: str
    number: str
    name: str
    at: datetime
    author: str
    title: Message


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact, in or out; `duration` in seconds."""

    case_id: str
    number: str
    at: datetime
    author: str
    channel: str
    outcome: str
    duration: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """`draft`: what the figures say, in sentences, to be gone on with by whoever hands it in. `as_of`: up to when the
    records of others are here."""

    wanted: ReportWanted
    who: str
    team: str
    done: Mapping[str, int]
    promised: Money | None
    card: Scorecard
    people: tuple[Done, ...]
    happened: tuple[Happened, ...]
    attempts: tuple[Attempt, ...]
    draft: tuple[Message, ...]
    currency: str
    as_of: datetime | None
    at: datetime


class Reports:
    def __init__(self, seat: Seat, indicators: Indicators) -> None:
        self._seat, self._indicators = seat, indicators

    def people(self) -> dict[str, str]:
        """Whose reports may be asked for, id → name: one's own, for those who lead the team's."""
        mine = {self._seat.person.id: self._seat.person.name}
        return {**mine, **self._indicators.people()}

    @property
    def leads(self) -> bool:
        """Is there a report of a whole team here?"""
        return self._seat.person.role in {"lead", "auditor", "admin"}

    def report(
        self,
        wanted: ReportWanted,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Slow with many cases: not for the window thread. Raises `InputError` for somebody else's report, or for a
        day that has not begun."""
        period, people = wanted.period, self._of_whom(wanted)
        team = wanted.person is None and self.leads
        if period.first > self._seat.clock.today():
            raise InputError(msg("That day has not begun yet."), field="day")
        clock = self._seat.clock
        since = datetime.combine(period.first, time.min, clock.zone)
        until = datetime.combine(period.last + timedelta(days=1), time.min, clock.zone)
        with self._seat.store.read() as conn:
            events = store_events.of_period(conn, people, since, until)
            currency = queries.currency(conn)
            named = indicator_records.named(conn, {event.case_id for event in events})
        aside = taken_back(events)
        counting = [event for event in events if event.id not in aside and event.case_id in named]
        told = [event for event in counting if event.kind in _TOLD or event.outcome in _TOLD_OUTCOMES]
        cases = list(dict.fromkeys(event.case_id for event in told))
        titles: dict[str, Message] = {}
        steps = len(cases) + len(people) + 1
        for done, case_id in enumerate(cases):
            if cancelled():
                break
            progress(done, steps)
            titles |= self._titles(case_id, {event.id for event in told if event.case_id == case_id})
        rows = []
        for done, (person, name) in enumerate(people.items(), len(cases)):
            progress(done, steps)
            own = [event for event in counting if event.author == person]
            card = self._indicators.scorecard(period, {person})
            rows.append(Done(person, name, counted(own), _promised(own, currency), card))
        card = self._indicators.scorecard(period) if team else rows[0].card
        done_ = counted(counting)
        promised = _promised(counting, currency)
        return Report(
            wanted=wanted,
            who="" if team else rows[0].name,
            team=self._seat.person.team_name,
            done=done_,
            promised=promised,
            card=card,
            people=tuple(rows) if team else (),
            happened=tuple(
                Happened(
                    event.id,
                    event.case_id,
                    named[event.case_id][0],
                    named[event.case_id][1],
                    event.corrected_at,
                    people[event.author],
                    titles[event.id],
                )
                for event in told
                if event.id in titles
            ),
            attempts=tuple(
                Attempt(
                    event.case_id,
                    named[event.case_id][0],
                    event.corrected_at,
                    people[event.author],
                    event.channel or "",
                    event.outcome or "",
                    event.duration,
                )
                for event in counting
                if event.kind == "contact"
            ),
            draft=tuple(_draft(done_, promised, card)),
            currency=currency or "CNY",
            as_of=self._indicators.as_of(),
            at=clock.now(),
        )

    def _of_whom(self, wanted: ReportWanted) -> dict[str, str]:
        people = self.people()
        if wanted.person is None and self.leads:
            return people
        whose = wanted.person or self._seat.person.id
        if whose not in people:
            raise InputError(msg("That person's report is not for you to read."), field="person")
        return {whose: people[whose]}

    def _titles(self, case_id: str, wanted: set[str]) -> dict[str, Message]:
        with self._seat.store.read() as conn:
            file = queries.case_file(conn, case_id)
        shown = ShownCase(file, self._seat.masks)
        return {entry.id: entry.title for entry in Timeline(file, shown, file.zone) if entry.id in wanted}


def _promised(events: Iterable[Event], currency: str | None) -> Money | None:
    total = sum(event.amount or 0 for event in events if event.kind == "promise")
    return Money(total, currency) if currency and total else None


def _draft(done: Mapping[str, int], promised: Money | None, card: Scorecard) -> Iterable[Message]:
    """Sentences of the figures; one that counts nothing is left out, but for the first."""
    figure = {name: done.get(name, 0) for name in FIGURES}
    yield msg(
        "Cases worked: {cases}; attempts: {attempts}; right-party contacts: {reached}.",
        cases=figure["cases"],
        attempts=figure["attempts"],
        reached=figure["right_party"],
    )
    if promised is not None:
        yield nmsg(
            "{n} promise to pay, {amount} together.",
            "{n} promises to pay, {amount} together.",
            figure["promises"],
            amount=promised,
        )
    if figure["plans"]:
        yield nmsg("{n} plan proposed.", "{n} plans proposed.", figure["plans"])
    if figure["disputes"] or figure["complaints"]:
        yield msg(
            "Disputes {disputes}, complaints {complaints}: each is listed below.",
            disputes=figure["disputes"],
            complaints=figure["complaints"],
        )
    if figure["letters"] or figure["messages"]:
        yield msg("Letters {letters}, messages {messages}.", letters=figure["letters"], messages=figure["messages"])
    if figure["talk"]:
        yield msg(
            "Talked for {talk}, wrote notes for {after}.",
            talk=as_length(figure["talk"]),
            after=as_length(figure["after"]),
        )
    held, tried = card.figures["coverage"].pair.denominator, card.figures["coverage"].pair.numerator
    if held > tried:
        yield nmsg("{n} case was not attempted.", "{n} cases were not attempted.", held - tried)
    missing = card.figures["recording_missing_rate"].pair.numerator
    overridden = card.figures["overridden_rate"].pair.numerator
    if missing or overridden:
        yield msg(
            "Warnings overridden: {overridden}; recordings missing: {missing}.", overridden=overridden, missing=missing
        )
