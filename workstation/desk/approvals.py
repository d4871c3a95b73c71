"""What waits for a lead: requests, plans above an authority, breached plans; each decided once, at the centre."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from local_db import events as store_events
from local_db import queries
from workstation.desk import asking, plan_kept
from workstation.desk.approval_facts import Waiting
from workstation.desk.entry_reading import Readings
from workstation.desk.follow_views import Choice
from workstation.desk.lending import Lending
from workstation.desk.seat import Seat
from workstation.desk.undecided import DECIDING, is_late
from workstation.desk.views import Reading
from workstation.desk.waiting_decisions import KeptDecision, WaitingDecisions
from workstation.desk.waiting_rows import WaitingRows, waits
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.message import Label, Message, msg

if TYPE_CHECKING:
    from workstation.sync.decisions import Decision, Link

LEADING = frozenset({"lead", "auditor", "admin"})
Verdict = Literal["approved", "rejected", "re_aged", "terminated"]
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_KINDS = ("plan_proposed", "approval_asked")
_KIND = "approval"  # of the decisions that wait for the line


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: its own, or that of whoever was first. `kept`: there was no line, it waits."""

    first: bool
    sentence: Message
    changes: Changes
    kept: bool = False


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision as it is asked at the centre, now or later."""

    kind: Literal["proposal", "breach", "request"]
    id: str
    verdict: Verdict
    reason: str
    next_on: date
    seen: int = 0
    until: date | None = None
    instalments: tuple[tuple[date, int], ...] = ()


class ApprovalsDesk:
    """`open_line` signs in at the centre; `decided` has the seat synchronise, so that the decision arrives here too."""

    def __init__(
        self,
        seat: Seat,
        open_line: Callable[[], Link],
        decided: Callable[[], None],
        kept_back: WaitingDecisions | None = None,
    ) -> None:
        self._seat, self._open_line, self._decided = seat, open_line, decided
        self.lending = Lending(seat, open_line, decided)
        self._kept_back = WaitingDecisions(seat, open_line) if kept_back is None else kept_back
        self._kept_back.register(_KIND, _apply)
        self._lenders: frozenset[str] = frozenset()  # when the list was read
        self._kept: dict[str, tuple[Waiting, ...]] = {}  # by case, until something changes there
        self._kept_on: date | None = None
        self._stale: set[str] = set()  # touched since they were read, also while others are being read
        self._settled: set[tuple[str, int]] = set()  # decided, though that has not arrived yet

    @property
    def offered(self) -> bool:
        """Is the list for this person?"""
        return self._seat.person.role in LEADING or bool(self.lending.lenders())

    @property
    def decides(self) -> bool:
        return self._seat.person.role in DECIDING or bool(self.lending.lenders())

    def waiting(self) -> tuple[Waiting, ...]:
        """The longest waiting first. Reads cases whole: not for the window's thread."""
        now, today, lenders = self._seat.clock.now(), self._seat.clock.today(), self.lending.lenders()
        if today != self._kept_on or lenders != self._lenders:
            self._kept.clear()
            self._kept_on, self._lenders = today, lenders
        made = WaitingRows(self._seat, lenders)
        for case_id in tuple(self._stale):
            self._stale.discard(case_id)
            self._kept.pop(case_id, None)
        with self._seat.store.read() as conn:
            ids = store_events.cases_with(conn, _KINDS, _EVER)
            missing = [case_id for case_id in ids if case_id not in self._kept]
            for record in queries.queue_records(conn, missing) if missing else ():
                self._kept[record.case_id] = (
                    tuple(made.of_case(queries.case_file(conn, record.case_id), now, today))
                    if waits(record.state)
                    else ()
                )
        sent = {kept.subject for kept in self._kept_back.rows() if kept.answer is None}
        rows = [
            replace(row, late=is_late(row.what.id, row.at, now))
            for case_id in ids
            for row in self._kept.get(case_id, ())
            if (row.id, row.seen) not in self._settled and row.id not in sent
        ]
        return tuple(sorted(rows, key=lambda row: (row.at, row.id)))

    def kept_back(self) -> tuple[KeptDecision, ...]:
        """Decisions made without a line, and what the centre answered to those that were asked since."""
        return tuple(row for row in self._kept_back.rows() if row.kind == _KIND)

    def take_back(self, one: KeptDecision) -> Changes:
        """One that was not asked yet is not asked: it waits for a decision again."""
        self._kept_back.take_back(one.id)
        return Changes(frozenset({"approval"}), frozenset({one.case_id}))

    def put_away(self) -> None:
        """The answers were read."""
        self._kept_back.put_away()

    def refresh(self, changes: Changes) -> None:
        """Read the touched cases again when next asked."""
        self._stale |= self._kept.keys() if changes.everything else changes.case_ids

    def moved(self, row: Waiting, typed: str) -> tuple[tuple[Choice, ...], Reading | None]:
        """The choices after a breach, with the first new day as typed; the reading's error says why it will not do."""
        readings = Readings(self._seat.clock.today())
        day = readings.day("first_due", typed)
        reading = readings.by_field.get("first_due")
        if day is None or row.kind != "breach":
            return row.choices, reading
        file = self._seat.file(row.case_id)
        plan = next((plan for plan in file.state.plans if plan.id == row.id), None)
        if plan is None:
            return row.choices, reading
        today = self._seat.clock.today()
        try:
            return plan_kept.choices(file, plan_kept.plan_standing(file, plan, today), today, day), reading
        except InputError as error:
            return row.choices, Reading("first_due", None, None, error.message)

    # ---- deciding ----

    def decide(self, row: Waiting, verdict: Verdict, reason: str, day: str = "") -> Decided:
        """At the centre, now; without a line it waits and is asked before the next synchronisation.

        `day` is the first new one of a plan that moves on, or the last one on which a yes holds. Raises `InputError`
        without what is needed, and what the centre refuses; nothing is recorded then. Not for the window's thread.
        """
        from workstation.sync.link import Unreachable

        if not self.decides:
            raise InputError(msg("A team lead decides this."))
        if row.barred is not None:
            raise InputError(row.barred)
        if verdict != "approved" and not reason.strip():
            raise InputError(msg("Say why: whoever asked has to be able to explain it to the debtor."), field="reason")
        asked = self._asked(row, verdict, reason.strip(), day)
        changes = Changes(frozenset({"event", "plan"}), frozenset({row.case_id}))
        try:
            with closing(self._open_line()) as link:
                found = _ask(link, asked)
        except Unreachable:
            self._kept_back.keep(_KIND, row.case_id, row.id, msgspec.json.encode(asked).decode())
            kept = msg(
                "There is no line to the centre: your decision waits here and is asked there with the next "
                "synchronisation. If somebody is first, you are told who."
            )
            return Decided(False, kept, changes, kept=True)
        if found.decision != "endorsed":
            self._settled.add((row.id, row.seen))
        self._decided()
        return Decided(found.done, _told(found), changes)

    def _asked(self, row: Waiting, verdict: Verdict, reason: str, typed: str) -> Asked:
        today = self._seat.clock.today()
        offered = {"breach": {"re_aged", "terminated"}}.get(row.kind, {"approved", "rejected"})
        if verdict not in offered and row.kind == "breach":
            raise InputError(msg("A breached plan is moved on or terminated."))
        if verdict not in offered:
            raise InputError(msg("A proposal is approved or rejected."))
        file = self._seat.file(row.case_id)
        after = next_business_day(today, file.book.jurisdiction)
        if verdict == "re_aged":
            first_due = self._day("first_due", typed)
            plan = next(plan for plan in file.state.plans if plan.id == row.id)
            found = plan_kept.plan_standing(file, plan, today)
            rows = plan_kept.new_days(file, found, today, first_due)
            first = next(new.due for new, old in zip(rows, found.rows, strict=True) if old.missing)
            told = tuple((part.due, part.amount) for part in rows)
            return Asked(row.kind, row.id, verdict, reason, first, row.seen, instalments=told)
        until = None
        if row.kind == "request" and verdict == "approved":
            until = self._day("until", typed) or row.until
            if until is not None and (until < today or until > (asking.longest(row.what.id, today) or until)):
                last = asking.longest(row.what.id, today) or until
                raise InputError(msg("Choose a day from today to {day}.", day=last), field="until")
        return Asked(row.kind, row.id, verdict, reason, after, row.seen, until)

    def _day(self, name: str, typed: str) -> date | None:
        readings = Readings(self._seat.clock.today())
        day = readings.day(name, typed)
        if readings.first_error is not None:
            raise InputError(readings.first_error, field=name)
        return day


def _apply(link: Link, body: str) -> Message:
    """A decision that waited for the line."""
    return _told(_ask(link, msgspec.json.decode(body, type=Asked)))


def _ask(link: Link, asked: Asked) -> Decision:
    from workstation.sync import decisions

    verdict = asked.verdict
    if verdict == "re_aged" or verdict == "terminated":  # noqa: PLR1714  # so that the type is known
        return decisions.decide_breach(
            link, asked.id, asked.seen, verdict, asked.reason, asked.instalments, asked.next_on
        )
    if asked.kind == "request":
        return decisions.decide_request(link, asked.id, verdict, asked.reason, asked.until, asked.next_on)
    return decisions.decide(link, asked.id, verdict, asked.reason)


def _told(found: Decision) -> Message:
    what = Label("plan_decision", found.decision)
    if found.done and found.decision == "endorsed":
        return msg("You are the first of two leads. Another one has to approve it before it holds.")
    if found.done:
        return msg("Decided: {what}. Whoever asked sees it with the next synchronisation.", what=what)
    return msg("{who} was first, at {time}: {what}. Your decision was not needed.", who=found.decided_by,
               time=found.decided_at, what=what)  # fmt: skip
