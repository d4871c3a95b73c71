"""The week before a desk: promises, instalments, appointments, deadlines and plans by day, and what is past its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from threading import Lock
from typing import Literal

from local_db import queries
from local_db.queries import QueueRecord
from workstation.desk import standing
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Seat, zone
from workstation.desk.views import Tone
from workstation.domain.case_values import OpenMatter
from workstation.domain.changes import Changes
from workstation.domain.events import NextAction
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.promise import JudgedPromise, PromiseStatus

Kind = Literal["promise", "instalment", "call_back", "visit", "dispute", "complaint", "action"]

DAYS = 7
MISSED_DAYS = 31  # what was missed longer ago is no matter of the week
_APPOINTMENTS = ("call_back", "visit")
_ANY_TIME = "call"  # the queue's own work: a card for each would bury what was agreed
_ENDLESS = time.max
_TONES: dict[PromiseStatus, Tone] = {"open": "accent", "kept": "good", "partly_kept": "warn", "broken": "bad"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of one case on one day. `open` says that it still asks for something."""

    case_id: str
    number: str
    name: str
    kind: Kind
    day: date
    at: time | None  # at the debtor's place, as agreed
    amount: Money | None
    state: Message | None  # where there is more to say than what it is
    tone: Tone
    open: bool


@dataclass(frozen=True, slots=True)
class Day:
    """`owing` counts the open promises and instalments, `due` is their sum: None without any, or in two currencies."""

    day: date
    items: tuple[Item, ...]
    owing: int
    due: Money | None


@dataclass(frozen=True, slots=True)
class Week:
    days: tuple[Day, ...]
    missed: tuple[Item, ...]  # open, and past their day; the longest waiting first
    today: date


class Agenda:
    """Read whole once a day; after that only the cases that changed are read again."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._lock = Lock()
        self._known: dict[str, tuple[Item, ...]] = {}
        self._known_of: tuple[date, int] | None = None  # the day, and how often everything had changed by then
        self._changed = 0
        self._touched: set[str] = set()

    def refresh(self, changes: Changes) -> None:
        """Any thread may say so while `week` reads: what comes in meanwhile is read the next time."""
        if changes.everything:
            self._changed += 1
        self._touched |= changes.case_ids

    def week(self, first: date) -> Week:
        """Seven days from `first` on. Slow the first time on a day: not for the window's thread."""
        today = self._seat.clock.today()
        with self._lock:
            self._read(today)
            known = [item for case in self._known.values() for item in case]
        last = first + timedelta(days=DAYS - 1)
        by_day: dict[date, list[Item]] = {first + timedelta(days=n): [] for n in range(DAYS)}
        for item in known:
            if first <= item.day <= last:
                by_day[item.day].append(item)
        since = today - timedelta(days=MISSED_DAYS)
        missed = sorted((item for item in known if item.open and since <= item.day < today), key=_order)
        return Week(tuple(_day(day, found) for day, found in by_day.items()), tuple(missed), today)

    def _read(self, today: date) -> None:
        wanted = (today, self._changed)
        whole = self._known_of != wanted
        touched = tuple(self._touched)
        self._touched.difference_update(touched)
        if not whole and not touched:
            return
        self._known_of = None  # should the store fail, the next time reads it whole
        with self._seat.store.read() as conn:
            records = [
                replace(record, name=self._seat.masks.name(record.name))
                for record in queries.queue_records(conn, None if whole else touched)
            ]
        if whole:
            self._known = {}
        for gone in touched:
            self._known.pop(gone, None)
        for record in records:
            self._known[record.case_id] = tuple(items(record, today))
        self._known_of = wanted


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _order(item: Item) -> tuple[date, time, str, str]:
    """By the hour; what has none comes before, plans last."""
    hour = _ENDLESS if item.kind == "action" else item.at or time.min
    return item.day, hour, item.kind, item.number


def _day(day: date, items: Iterable[Item]) -> Day:
    found = tuple(sorted(items, key=_order))
    owed = [item.amount for item in found if item.amount is not None and item.open]
    one_currency = len({money.currency for money in owed}) == 1
    due = Money(sum(money.minor for money in owed), owed[0].currency) if one_currency else None
    return Day(day, found, len(owed), due)


def items(record: QueueRecord, today: date) -> Iterator[Item]:
    """Everything of one case that has a day."""
    found = [*_owing(record, today), *_deadlines(record, today)]
    yield from found
    action = record.state.next_action
    if action is None:
        return
    if action.action in _APPOINTMENTS:
        yield _appointment(record, action, today)
    elif action.action != _ANY_TIME and action.due not in {item.day for item in found}:
        # On a day on which something of the case stands already, it is about that.
        what = msg("{action}", action=Label("next_action", action.action))
        yield _item(record, "action", action.due, what, "neutral", still_open=action.due >= today)


def _owing(record: QueueRecord, today: date) -> Iterator[Item]:
    judgement = standing.judgement(record, today)
    rows: tuple[tuple[Kind, Iterable[JudgedPromise]], ...] = (
        ("promise", judgement.promises),
        ("instalment", judgement.instalments),
    )
    for kind, judged in rows:
        yield from (_money(record, kind, row, today) for row in judged if row.status != "cancelled")


def _deadlines(record: QueueRecord, today: date) -> Iterator[Item]:
    pack = rules_for_figures(record.book.jurisdiction)
    matters: tuple[tuple[Kind, OpenMatter | None, int], ...] = (
        ("dispute", record.state.dispute, pack.value("dispute_answer_days", int)),
        ("complaint", record.state.complaint, pack.value("complaint_answer_days", int)),
    )
    for kind, matter, days in matters:
        if matter is not None:
            last = matter.opened_on + timedelta(days=days)
            late = last < today
            yield _item(record, kind, last, msg("deadline passed") if late else None, "bad" if late else "warn")


def _money(record: QueueRecord, kind: Kind, row: JudgedPromise, today: date) -> Item:
    """An open promise past its day waits for its payment until the grace is over; a broken one for a call."""
    reached = record.state.last_right_party_at
    where = zone(record.phones[0][1] if record.phones else "Asia/Shanghai")
    followed = reached is not None and reached.astimezone(where).date() > row.last_day
    states: dict[PromiseStatus, Message | None] = {
        "open": None if row.promise.due >= today else msg("not decided yet"),
        "kept": msg("kept"),
        "partly_kept": msg("partly kept"),
        "broken": msg("broken"),
    }
    wanted = row.promise.amount if row.status == "kept" else row.missing
    return _item(
        record,
        kind,
        row.promise.due,
        states[row.status],
        "warn" if row.status == "open" and row.promise.due < today else _TONES[row.status],
        amount=Money(wanted, record.book.currency),
        still_open=row.status == "open" or (row.status != "kept" and not followed),
    )


def _appointment(record: QueueRecord, action: NextAction, today: date) -> Item:
    try:
        at = time.fromisoformat(action.time) if action.time else None
    except ValueError:  # another seat's version may have written a time that this one cannot read: the day holds
        at = None
    late = action.due < today
    state = msg("missed") if late else None
    kind: Kind = "visit" if action.action == "visit" else "call_back"
    return _item(record, kind, action.due, state, "bad" if late else "accent", at=at)


def _item(
    record: QueueRecord,
    kind: Kind,
    day: date,
    state: Message | None,
    tone: Tone,
    *,
    at: time | None = None,
    amount: Money | None = None,
    still_open: bool = True,
) -> Item:
    return Item(record.case_id, record.number, record.name, kind, day, at, amount, state, tone, still_open)
