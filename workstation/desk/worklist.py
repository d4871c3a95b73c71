"""The queue: every case scored, the best next one on top, with the reason. Only changed cases are scored again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import get_args

from local_db import queries
from local_db.queries import QueueRecord
from local_db.search import search
from workstation.desk import lights, standing
from workstation.desk.rules import rules_for_figures, rules_on
from workstation.desk.seat import Seat, zone
from workstation.desk.views import DayFigures, Queue, QueueFilter, QueueRow
from workstation.domain.changes import Changes
from workstation.domain.conduct import flags_of, usual_purpose
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Event
from workstation.domain.gate import GateRequest, blocked_because, check, past_contacts
from workstation.domain.gate_values import Verdict
from workstation.domain.message import Money
from workstation.domain.stage import stage_of
from workstation.domain.worklist_score import CaseFacts, Ranked, in_queue_order, score

RESCORE_SECONDS = 60  # lights and callbacks move with the clock
_HISTORY = timedelta(days=9)  # the longest window any rule pack counts contacts in, and a day for the zones
FILTERS: tuple[QueueFilter, ...] = get_args(QueueFilter)


class Worklist:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._rows: dict[str, tuple[QueueRow, Ranked]] = {}
        self._order: list[str] = []
        self._scored_at: datetime | None = None

    def queue(self, chosen: QueueFilter = "all", text: str = "") -> Queue:
        """The rows to show. A search looks through all cases, whatever the filter."""
        self._score_all_if_due()
        rows: Sequence[QueueRow]
        if text.strip():
            with self._seat.store.read() as conn:
                rows = [self._rows[found][0] for found in search(conn, text) if found in self._rows]
        else:
            rows = [
                row
                for row in (self._rows[case_id][0] for case_id in self._order)
                if chosen == "all" or chosen in row.filters
            ]
        every = [row for row, _ in self._rows.values()]
        return Queue(
            rows=tuple(rows),
            counts={name: sum(1 for row in every if name == "all" or name in row.filters) for name in FILTERS},
            worked_today=sum(1 for row in every if row.worked_today),
            total=len(every),
        )

    def next_after(self, case_id: str | None) -> str | None:
        """The case to open next: the best one not worked today, other than `case_id`."""
        self._score_all_if_due()
        waiting = [known for known in self._order if known != case_id and not self._rows[known][0].worked_today]
        return waiting[0] if waiting else None

    def refresh(self, changes: Changes) -> None:
        """Score the touched cases again and keep the rest."""
        if changes.everything:
            self._scored_at = None
        elif changes.case_ids and self._scored_at is not None:
            self._score(changes.case_ids)

    def day(self) -> DayFigures:
        """This person's own day so far."""
        today = self._seat.clock.today()
        start = datetime.combine(today, datetime.min.time(), self._seat.clock.zone)
        with self._seat.store.read() as conn:
            cases, reached, promises, promised = queries.own_day(conn, self._seat.person.id, start)
            currency = queries.currency(conn)
        return DayFigures(cases, reached, promises, Money(promised, currency) if currency and promised else None)

    def _score_all_if_due(self) -> None:
        now = self._seat.clock.now()
        if self._scored_at is None or (now - self._scored_at).total_seconds() > RESCORE_SECONDS:
            self._rows.clear()
            self._score(None)
            self._scored_at = now

    def _score(self, case_ids: Collection[str] | None) -> None:
        now, today = self._seat.clock.now(), self._seat.clock.today()
        with self._seat.store.read() as conn:
            records = queries.queue_records(conn, case_ids)
            contacts = queries.contacts_since(conn, now - _HISTORY, case_ids)
        for gone in set(case_ids or ()) - {row.case_id for row in records}:
            self._rows.pop(gone, None)
        for record in records:
            self._rows[record.case_id] = _row(record, contacts.get(record.case_id, ()), today, now)
        self._order = [row.case_id for row in in_queue_order(ranked for _, ranked in self._rows.values())]


def _row(record: QueueRecord, contacts: Sequence[Event], today: date, now: datetime) -> tuple[QueueRow, Ranked]:
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
        name=record.name,
        owed=owed,
        stage=stage_of(dpd),
        days_past_due=dpd,
        reason=result.reason,
        score=result.total,
        parts=result.parts,
        filters=frozenset(result.filters),
        worked_today=result.worked_today,
        light=lights.NO_POINT if verdict is None else lights.light(verdict, now, record.phones[0][1]),
    )
    return row, Ranked(record.case_id, result, record.state.last_contact_at)


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
        purpose=usual_purpose("debtor", state),
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
