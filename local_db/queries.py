"""What screens and rules read: one case whole, the rows of the queue, the people's names."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from local_db import flags
from local_db.events import from_row
from workstation import tables
from workstation.domain.case_state import CaseState
from workstation.domain.case_state import decode as decode_state
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Event, utc_text
from workstation.domain.message import msg
from workstation.domain.money import Balance

T = TypeVar("T")


class CaseAbsent(WorkstationError):  # named as the user meets it
    code = "case_absent"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    id: str
    book_id: str
    number: str
    opened_on: date
    closed_on: date | None
    assignee_id: str | None
    team_id: str | None
    version: int


@dataclass(frozen=True, slots=True)
class BookRecord:
    id: str
    bank: str
    name: str
    currency: str
    jurisdiction: str
    as_of: date
    daily_rate: str
    compound: bool
    contact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DebtorRecord:
    id: str
    reference: str
    name: str
    sex: str | None
    birth_date: date | None
    id_number: str | None
    language: str
    city: str | None
    employer: str | None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    id: str
    number: str
    credit_limit: int | None
    opened_on: date | None
    statement_day: int | None
    first_unpaid_due: date | None


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    id: str
    account_id: str
    as_of: date
    balance: Balance
    months_past_due: int


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    id: str
    account_id: str
    value_date: date
    amount: int
    method: str | None
    reference: str
    reverses: str | None


@dataclass(frozen=True, slots=True)
class RelatedRecord:
    id: str
    name: str
    relation: str
    liable: bool


@dataclass(frozen=True, slots=True)
class PointRecord:
    id: str
    related_person_id: str | None
    kind: str
    label: str
    value: str
    time_zone: str
    latitude: float | None
    longitude: float | None
    source: str
    rank: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the store holds about one case. `people` maps person ids to names."""

    case: CaseRecord
    book: BookRecord
    debtor: DebtorRecord
    accounts: tuple[AccountRecord, ...]
    snapshots: tuple[SnapshotRecord, ...]
    payments: tuple[PaymentRecord, ...]
    related: tuple[RelatedRecord, ...]
    points: tuple[PointRecord, ...]
    events: tuple[Event, ...]
    state: CaseState
    people: Mapping[str, str]
    late: frozenset[str] = frozenset()  # events of a former collector that nobody has looked at yet

    @property
    def zone(self) -> str:
        """The debtor's time zone: that of the point tried first."""
        own = [point for point in self.points if point.related_person_id is None]
        return min(own, key=lambda point: point.rank).time_zone if own else "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """What the queue needs about one case: enough to judge its promises and say what is owed."""

    case_id: str
    number: str
    name: str
    book: BookRecord
    state: CaseState
    accounts: tuple[AccountRecord, ...]
    snapshots: tuple[SnapshotRecord, ...]  # the newest of each account
    payments: tuple[PaymentRecord, ...]
    phones: tuple[tuple[str, str], ...]  # the debtor's own phone points: id, time zone; best first
    opened_on: date
    late: int = 0  # records of a former collector that nobody has looked at yet


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def case_file(conn: sa.Connection, case_id: str) -> CaseFile:
    """One case whole. Raises `CaseAbsent` when it is not, or no longer, at this seat."""
    row = conn.execute(_CASE, {"case_id": case_id}).one_or_none()
    if row is None:
        raise CaseAbsent(msg("This case is not at this desk; it may have been moved to a colleague."))

    ids = (case_id,)
    state = decode_state(row.state)

    def rows(table: sa.Table) -> Iterable[Any]:
        return conn.execute(_OF_CASE[table.name], {"case_id": case_id})

    return CaseFile(
        case=CaseRecord(
            row.id,
            row.book_id,
            row.number,
            date.fromisoformat(row.opened_on),
            _day(row.closed_on),
            row.assignee_id,
            row.team_id,
            row.version,
        ),
        book=BookRecord(
            row.book_id,
            row.bank,
            row.book_name,
            row.currency,
            row.jurisdiction,
            date.fromisoformat(row.as_of),
            row.daily_rate,
            bool(row.compound),
            json.loads(row.contact),
        ),
        debtor=DebtorRecord(
            row.debtor_id,
            row.reference,
            row.name,
            row.sex,
            _day(row.birth_date),
            row.id_number,
            row.language,
            row.city,
            row.employer,
        ),
        accounts=_by_case(conn, _ACCOUNTS, ids, _account).get(case_id, ()),
        snapshots=_by_case(conn, _SNAPSHOTS, ids, _snapshot).get(case_id, ()),
        payments=_by_case(conn, _PAYMENTS, ids, _payment).get(case_id, ()),
        related=tuple(RelatedRecord(r.id, r.name, r.relation, bool(r.liable)) for r in rows(tables.related_person)),
        points=placed(
            (
                *(
                    PointRecord(
                        r.id,
                        r.related_person_id,
                        r.kind,
                        r.label,
                        r.value,
                        r.time_zone,
                        r.latitude,
                        r.longitude,
                        r.source,
                        r.rank,
                    )
                    for r in rows(tables.contact_point)
                ),
                *added(state),
            ),
            state,
        ),
        events=tuple(from_row(r) for r in rows(tables.case_event)),
        state=state,
        people=people(conn),
        late=frozenset(flags.of_case(conn, case_id)),
    )


def people(conn: sa.Connection) -> dict[str, str]:
    """Person id → name, of everyone in the directory."""
    return {row.id: row.name for row in conn.execute(sa.select(tables.person.c.id, tables.person.c.name))}


def added(state: CaseState) -> tuple[PointRecord, ...]:
    """Points learned on the job, tried after those of the bank's file."""
    return tuple(
        PointRecord(
            point.id,
            point.person,
            point.kind,
            point.label,
            point.value,
            point.time_zone,
            None,
            None,
            point.source,
            rank,
        )
        for rank, point in enumerate(state.added_points, start=_AFTER_THE_FILE)
    )


def placed(points: Iterable[PointRecord], state: CaseState) -> tuple[PointRecord, ...]:
    """The points with the places that somebody found: these go before the bank's file."""
    found = {known.id: known for known in state.placed_points}
    return tuple(
        replace(point, latitude=known.latitude, longitude=known.longitude)
        if (known := found.get(point.id)) is not None
        else point
        for point in points
    )


def queue_records(conn: sa.Connection, case_ids: Collection[str] | None = None) -> list[QueueRecord]:
    """The open cases at this seat, or those named. One query for each table, whatever the number of cases."""
    ids = None if case_ids is None else tuple(case_ids)
    accounts = _by_case(conn, _ACCOUNTS, ids, _account)
    snapshots = _by_case(conn, _NEWEST, ids, _snapshot)
    payments = _by_case(conn, _PAYMENTS, ids, _payment)
    ranked = _by_case(conn, _PHONES, ids, lambda row: (row[3], row[1], row[2]))
    phones = {case_id: tuple(phone[1:] for phone in sorted(rows)) for case_id, rows in ranked.items()}
    late = flags.counts(conn)
    books = {row.id: _book(row) for row in conn.execute(sa.select(tables.book))}
    return [
        QueueRecord(
            case_id=row[0],
            number=row[1],
            name=row[2],
            book=books[row[3]],
            state=state,
            accounts=accounts.get(row[0], ()),
            snapshots=snapshots.get(row[0], ()),
            payments=payments.get(row[0], ()),
            phones=(*phones.get(row[0], ()), *_added_phones(state)),
            opened_on=date.fromisoformat(row[5]),
            late=late.get(row[0], 0),
        )
        for row in conn.exec_driver_sql(*among(_QUEUE, "c.id", ids)).all()
        for state in (decode_state(row[4]),)
    ]


def open_cases(conn: sa.Connection) -> set[str]:
    """Ids of what `queue_records` would give."""
    return set(conn.exec_driver_sql("SELECT c.id FROM cases c WHERE c.closed_on IS NULL").scalars())


def jurisdictions(conn: sa.Connection) -> list[str]:
    """Of the books at this seat."""
    return list(conn.exec_driver_sql("SELECT DISTINCT jurisdiction FROM book ORDER BY 1").scalars())


def _added_phones(state: CaseState) -> Iterable[tuple[str, str]]:
    return (
        (point.id, point.time_zone) for point in state.added_points if point.kind == "phone" and point.person is None
    )


def _by_case(
    conn: sa.Connection, query: str, ids: tuple[str, ...] | None, read: Callable[[Any], T]
) -> dict[str, tuple[T, ...]]:
    """Rows by the case id in their first column."""
    found: dict[str, list[T]] = {}
    for row in conn.exec_driver_sql(*among(query, "case_id", ids)).all():
        found.setdefault(row[0], []).append(read(row))
    return {case_id: tuple(rows) for case_id, rows in found.items()}


def among(query: str, column: str, ids: tuple[str, ...] | None) -> tuple[str, tuple[str, ...]]:
    """The query for all cases, or with its parameters for those named."""
    if ids is None:
        return query, ()
    return f"{query} AND {column} IN ({', '.join('?' * len(ids))})", ids


def _account(row: Any) -> AccountRecord:
    return AccountRecord(row[1], row[2], row[3], _day(row[4]), row[5], _day(row[6]))


def _snapshot(row: Any) -> SnapshotRecord:
    return SnapshotRecord(row[1], row[2], date.fromisoformat(row[3]), Balance(*row[4:9]), row[9])


def _payment(row: Any) -> PaymentRecord:
    return PaymentRecord(row[1], row[2], date.fromisoformat(row[3]), row[4], row[5], row[6], row[7])


def _book(row: Any) -> BookRecord:
    return BookRecord(
        row.id, row.bank, row.name, row.currency, row.jurisdiction, date.fromisoformat(row.as_of), row.daily_rate,
        bool(row.compound), json.loads(row.contact),
    )  # fmt: skip


def contacts_since(
    conn: sa.Connection, since: datetime, case_ids: Collection[str] | None = None
) -> dict[str, list[Event]]:
    """Contact events from `since` on, by case: what the contact light counts."""
    table = tables.case_event
    query = sa.select(table).where(table.c.kind == "contact", table.c.occurred_at >= utc_text(since))
    if case_ids is not None:
        query = query.where(table.c.case_id.in_(tuple(case_ids)))
    found: dict[str, list[Event]] = {}
    for row in conn.execute(query):
        found.setdefault(row.case_id, []).append(from_row(row))
    return found


def own_day(conn: sa.Connection, person_id: str, since: datetime) -> tuple[int, int, int, int]:
    """One person's cases worked, right-party contacts, promises, and the sum promised (minor units) since a moment."""
    row = conn.exec_driver_sql(
        "SELECT count(DISTINCT CASE WHEN kind = 'contact' THEN case_id END),"
        " count(CASE WHEN kind = 'contact' AND json_array_length(body, '$.identity') >= 2 THEN 1 END),"
        " count(CASE WHEN kind = 'promise' THEN 1 END), coalesce(sum(CASE WHEN kind = 'promise' THEN amount END), 0)"
        " FROM case_event e WHERE author = ? AND occurred_at >= ?"
        " AND NOT EXISTS (SELECT 1 FROM case_event c WHERE c.kind = 'correction' AND c.answers = e.id)",
        (person_id, utc_text(since)),
    ).one()
    return row[0], row[1], row[2], row[3]


def currency(conn: sa.Connection) -> str | None:
    """The currency of the books at this seat; None when there are none, or several that cannot be added up."""
    found = conn.exec_driver_sql("SELECT DISTINCT currency FROM book").scalars().all()
    return found[0] if len(found) == 1 else None


_AFTER_THE_FILE = 1_000  # rank of the first point learned on the job

_QUEUE = """
SELECT c.id, c.number, d.name, c.book_id, r.state, c.opened_on
  FROM cases c JOIN debtor d ON d.case_id = c.id JOIN case_row r ON r.case_id = c.id
 WHERE c.closed_on IS NULL
"""
_ACCOUNTS = (
    "SELECT case_id, id, number, credit_limit, opened_on, statement_day, first_unpaid_due FROM account WHERE true"
)
_NEWEST = """
SELECT case_id, id, account_id, as_of, principal, interest, penalty, fees, costs, months_past_due
  FROM balance_snapshot s
 WHERE as_of = (SELECT max(n.as_of) FROM balance_snapshot n WHERE n.account_id = s.account_id)
"""
_SNAPSHOTS = (
    "SELECT case_id, id, account_id, as_of, principal, interest, penalty, fees, costs, months_past_due"
    " FROM balance_snapshot WHERE true"
)
_PAYMENTS = "SELECT case_id, id, account_id, value_date, amount, method, reference, reverses FROM payment WHERE true"
_PHONES = "SELECT case_id, id, time_zone, rank FROM contact_point WHERE kind = 'phone' AND related_person_id IS NULL"

_CASE = sa.text("""
SELECT c.id, c.book_id, c.number, c.opened_on, c.closed_on, c.assignee_id, c.team_id, c.version,
       b.bank, b.name AS book_name, b.currency, b.jurisdiction, b.as_of, b.daily_rate, b.compound, b.contact,
       d.id AS debtor_id, d.reference, d.name, d.sex, d.birth_date, d.id_number, d.language, d.city, d.employer,
       r.state
  FROM cases c JOIN book b ON b.id = c.book_id JOIN debtor d ON d.case_id = c.id JOIN case_row r ON r.case_id = c.id
 WHERE c.id = :case_id
""")
_OF_CASE = {
    table.name: sa.select(table).where(table.c.case_id == sa.bindparam("case_id")).order_by(*order)
    for table, order in (
        (tables.related_person, (tables.related_person.c.id,)),
        (tables.contact_point, (tables.contact_point.c.rank, tables.contact_point.c.id)),
        (tables.case_event, (tables.case_event.c.occurred_at, tables.case_event.c.id)),
    )
}


def case_number(conn: sa.Connection, case_id: str) -> str:
    """Empty when the case is not here."""
    row = conn.exec_driver_sql("SELECT number FROM cases WHERE id = ?", (case_id,)).first()
    return "" if row is None else str(row[0])
