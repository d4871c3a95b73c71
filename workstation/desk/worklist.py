"""The queue: every case scored, the best next one on top, with the reason. Only changed cases are scored again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import get_args

from local_db import queries
from local_db.queries import QueueRecord
from local_db.search import forms, search
from local_db.similar import Similar
from workstation.desk import lights, standing
from workstation.desk.queue_choice import SORT_KEYS, Choice
from workstation.desk.rules import rules_for_figures, rules_on
from workstation.desk.seat import Seat, zone
from workstation.desk.undecided import overdue
from workstation.desk.views import DayFigures, Queue, QueueFilter, QueueRow, WhyNow
from workstation.domain.changes import Changes
from workstation.domain.conduct import flags_of, usual_purpose
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Event
from workstation.domain.gate import GateRequest, blocked_because, check, past_contacts
from workstation.domain.gate_values import Verdict
from workstation.domain.message import Message, Money, msg
from workstation.domain.stage import stage_of
from workstation.domain.worklist_score import CaseFacts, Ranked, in_queue_order, score

RESCORE_SECONDS = 60  # lights and callbacks move with the clock
SHARE, ROUND_SECONDS = 10, 50.0  # cases scored at once by `tick`, and the time in which all had their turn
_FEW = 3  # finds that hold what was typed, below which one also looks for what is like it
_HISTORY = timedelta(days=9)  # the longest window any rule pack counts contacts in, and a day for the zones
FILTERS: tuple[QueueFilter, ...] = get_args(QueueFilter)


class Worklist:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._rows: dict[str, tuple[QueueRow, Ranked]] = {}
        self._sorted: list[str] | None = None
        self._counts: dict[QueueFilter, int] | None = None
        self._scored_at: datetime | None = None
        self._ticked_at: datetime | None = None
        self._round: list[str] = []  # cases still to be scored again in this round
        self._similar: Similar | None = None
        self._reworded: set[str] = set()  # cases whose words `_similar` has not read again yet

    def queue(self, chosen: QueueFilter | Choice = "all", text: str = "") -> Queue:
        """The rows to show. A search looks through all cases, whatever is chosen."""
        self._score_all_if_due()
        choice = chosen if isinstance(chosen, Choice) else Choice(filter=chosen)
        similar: tuple[QueueRow, ...] = ()
        if text.strip():
            rows, similar = self._search(text)
        else:
            rows = self._chosen(choice)
        return Queue(
            rows=tuple(rows),
            counts=self._counted(),
            worked_today=sum(1 for row, _ in self._rows.values() if row.worked_today),
            total=len(self._rows),
            similar=similar,
        )

    def count(self, choice: Choice) -> int:
        """How many cases a view would show."""
        self._score_all_if_due()
        return len(self._chosen(choice))

    def rows(self, case_ids: Iterable[str]) -> list[QueueRow | None]:
        """The cases' lines as they are now; None for one that is not, or no longer, at this desk."""
        self._score_all_if_due()
        known = map(self._rows.get, case_ids)
        return [None if found is None else found[0] for found in known]

    def why(self, case_id: str) -> WhyNow | None:
        """How the case came to its place, and why it is not next."""
        (row,) = self.rows([case_id])
        if row is None:
            return None
        sunk: list[tuple[Message, str]] = []
        if row.verdict == "block":
            light = row.light
            sources = (*light.sources, *[""] * len(light.reasons))
            sunk += list(zip(light.reasons, sources, strict=False)) or [(light.phrase, "")]
        if row.worked_today:
            sunk.append((msg("Already worked today"), ""))
        before = self._order.index(case_id)
        return WhyNow(
            row=row,
            before=before,
            first=self._rows[self._order[0]][0] if before else None,
            sunk=tuple(sunk),
            opens_at=row.light.opens_at if row.verdict == "block" else None,
        )

    def next_after(self, case_id: str | None) -> str | None:
        """The case to open next: the best one not worked today, other than `case_id`."""
        self._score_all_if_due()
        waiting = [known for known in self._order if known != case_id and not self._rows[known][0].worked_today]
        return waiting[0] if waiting else None

    def refresh(self, changes: Changes) -> None:
        """Score the touched cases again and keep the rest."""
        if changes.everything:
            self._scored_at = self._similar = None
            return
        self._reworded |= changes.case_ids
        if changes.case_ids and self._scored_at is not None:
            self._score(changes.case_ids)

    def overdue(self) -> tuple[QueueRow, ...]:
        """Cases on which a decision has been waited for too long, the longest first."""
        self._score_all_if_due()
        found = [(row.overdue.since, row.case_id, row) for row, _ in self._rows.values() if row.overdue is not None]
        return tuple(row for _, _, row in sorted(found, key=lambda late: late[:2]))

    def tick(self) -> None:
        """Scores a few cases again, so that no key ever waits for all of them; see `tick_seconds`."""
        if self._old():
            self._scored_at = None
        if self._scored_at is None:
            return
        self._ticked_at = self._seat.clock.now()
        if not self._round:
            with self._seat.store.read() as conn:
                here = queries.open_cases(conn)  # another program may have synchronised the store
            self._reworded |= here ^ self._rows.keys()
            self._round = sorted(here | self._rows.keys())
        now, self._round = self._round[:SHARE], self._round[SHARE:]
        if now:
            self._score(now)

    def tick_seconds(self) -> float:
        """How often `tick` is to be called, so that every case is scored again within a minute."""
        return min(10.0, ROUND_SECONDS * SHARE / max(1, len(self._rows)))

    def day(self) -> DayFigures:
        """This person's own day so far."""
        today = self._seat.clock.today()
        start = datetime.combine(today, datetime.min.time(), self._seat.clock.zone)
        with self._seat.store.read() as conn:
            cases, reached, promises, promised = queries.own_day(conn, self._seat.person.id, start)
            currency = queries.currency(conn)
        return DayFigures(cases, reached, promises, Money(promised, currency) if currency and promised else None)

    @property
    def _order(self) -> list[str]:
        """Case ids, the best next one first."""
        if self._sorted is None:
            self._sorted = [row.case_id for row in in_queue_order(ranked for _, ranked in self._rows.values())]
        return self._sorted

    def _counted(self) -> Mapping[QueueFilter, int]:
        if self._counts is None:
            found = Counter(name for row, _ in self._rows.values() for name in row.filters)
            self._counts = {name: len(self._rows) if name == "all" else found[name] for name in FILTERS}
        return self._counts

    def _chosen(self, choice: Choice) -> list[QueueRow]:
        every = (self._rows[case_id][0] for case_id in self._order)
        if choice == Choice():
            return list(every)
        today = self._seat.clock.today()
        rows = [row for row in every if choice.holds(row, today)]
        if choice.text.strip():
            with self._seat.store.read() as conn:
                named = set(search(conn, choice.text, limit=len(self._rows)))
            rows = [row for row in rows if row.case_id in named]
        return rows if choice.sort == "queue" else sorted(rows, key=SORT_KEYS[choice.sort])

    def _search(self, text: str) -> tuple[list[QueueRow], tuple[QueueRow, ...]]:
        """Cases that hold the text, and, when those are few, cases like it."""
        typed = forms(text)
        with self._seat.store.read() as conn:
            exact = [found for found in search(conn, text) if found in self._rows]
            like: list[str] = []
            if typed and len(exact) < _FEW:
                if self._similar is None:
                    self._similar = Similar()
                    self._similar.load(conn)
                elif self._reworded:
                    self._similar.load(conn, self._reworded)
                self._reworded = set()
                like = [found for found in self._similar.find(typed[-1]) if found in self._rows and found not in exact]
        return [self._rows[found][0] for found in exact], tuple(self._rows[found][0] for found in like)

    def _score_all_if_due(self) -> None:
        if self._scored_at is None or self._old():
            self._rows.clear()
            self._round = []
            self._score(None)
            self._scored_at = self._seat.clock.now()

    def _old(self) -> bool:
        """Neither were all cases scored within a minute, nor did the ticks go on: at the start, or after a sleep."""
        if self._scored_at is None:
            return False
        last = max(self._scored_at, self._ticked_at or self._scored_at)
        return abs((self._seat.clock.now() - last).total_seconds()) > RESCORE_SECONDS

    def _score(self, case_ids: Collection[str] | None) -> None:
        now, today = self._seat.clock.now(), self._seat.clock.today()
        with self._seat.store.read() as conn:
            records = queries.queue_records(conn, case_ids)
            contacts = queries.contacts_since(conn, now - _HISTORY, case_ids)
        for gone in set(case_ids or ()) - {row.case_id for row in records}:
            self._rows.pop(gone, None)
        for record in records:
            self._rows[record.case_id] = _row(record, contacts.get(record.case_id, ()), self._seat, today, now)
        self._sorted = self._counts = None


def _row(
    record: QueueRecord, contacts: Sequence[Event], seat: Seat, today: date, now: datetime
) -> tuple[QueueRow, Ranked]:
    pack = rules_for_figures(record.book.jurisdiction)
    verdict = _verdict(record, contacts, now)
    balance = standing.owed(record, today)
    owed = Money(balance.total.total, record.book.currency)
    dpd = balance.days_past_due
    facts = CaseFacts(
        case_id=record.case_id,
        owed=owed,
        days_past_due=dpd,
        verdict="block" if verdict is None else verdict.verdict,
        opens_at=None if verdict is None else verdict.opens_at,
        dispute_days=pack.value("dispute_answer_days", int),
        complaint_days=pack.value("complaint_answer_days", int),
        debtor_phones=tuple(point for point, _ in record.phones),
        zone=zone(record.phones[0][1] if record.phones else "Asia/Shanghai"),
        late_records=record.late,
    )
    result = score(facts, record.state, standing.judgement(record, today), today, now)
    row = QueueRow(
        case_id=record.case_id,
        number=record.number,
        name=seat.masks.name(record.name),
        owed=owed,
        stage=stage_of(dpd),
        days_past_due=dpd,
        reason=result.reason,
        score=result.total,
        parts=result.parts,
        filters=frozenset(result.filters),
        worked_today=result.worked_today,
        light=lights.NO_POINT if verdict is None else lights.light(verdict, now, record.phones[0][1]),
        quadrant=_quadrant(record.state.ability, record.state.willingness),
        lost=record.state.lost(facts.debtor_phones),
        idle=not result.due,
        last_contact_at=record.state.last_contact_at,
        overdue=min(
            overdue(record.state, seat.person, now, seat.clock.zone), key=lambda late: late.since, default=None
        ),
    )
    return row, Ranked(record.case_id, result, record.state.last_contact_at)


def _quadrant(ability: int | None, willingness: int | None) -> str:
    if ability is None or willingness is None:
        return "unknown"
    return f"{'able' if ability >= 3 else 'unable'}_{'willing' if willingness >= 3 else 'unwilling'}"


def _verdict(record: QueueRecord, contacts: Sequence[Event], now: datetime) -> Verdict | None:
    """The light of the debtor's best working number; None when there is none."""
    state = record.state
    unusable = {*state.dead_points, *state.refused_points}
    point = next((known for known in record.phones if known[0] not in unusable), None)
    if point is None:
        return None
    day = now.astimezone(zone(point[1])).date()
    request = GateRequest(
        at=now,
        channel="call",
        party="debtor",
        purpose=usual_purpose("debtor", state, "call"),
        contact_point=point[0],
        zones=(point[1],),
        debt=record.case_id,
        history=tuple(past_contacts(contacts, debt=record.case_id)),
        flags=flags_of(state, point[0], day, time_barred=standing.time_barred(record, day)),
    )
    try:
        return check(request, rules_on(record.book.jurisdiction, day))
    except WorkstationError as error:  # what cannot be judged never opens a contact
        return blocked_because(error)
