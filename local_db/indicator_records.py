"""What the indicators count, read in bulk: one query for each table, whatever the number of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime

import sqlalchemy as sa

from local_db.events import from_row
from local_db.queries import among
from workstation.domain.case_values import decode
from workstation.domain.events import Event, utc_text
from workstation.domain.indicator_case import CaseRecords, Figures
from workstation.domain.promise import Payment

# Kinds that are counted, or that take back what was.
COUNTED = ("contact", "promise", "complaint", "correction", "plan_decided")

Terms = Callable[[str, str], tuple[int, int]]


def holders(conn: sa.Connection) -> dict[str, str | None]:
    """Every case at this seat, closed ones too, with who holds it now."""
    return {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, assignee_id FROM cases")}


def holding_people(conn: sa.Connection) -> dict[str, str]:
    """Who holds cases at this seat: id → name, by name."""
    return {
        row[0]: row[1]
        for row in conn.exec_driver_sql(
            "SELECT DISTINCT p.id, p.name FROM cases c JOIN person p ON p.id = c.assignee_id ORDER BY p.name, p.id"
        )
    }


def named(conn: sa.Connection, case_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Case id → number, debtor's name, who holds it."""
    wanted = set(case_ids)
    return {
        row[0]: (row[1], row[2], row[3])
        for row in conn.exec_driver_sql(
            "SELECT c.id, c.number, d.name, coalesce(p.name, '') FROM cases c JOIN debtor d ON d.case_id = c.id"
            " LEFT JOIN person p ON p.id = c.assignee_id"
        )
        if row[0] in wanted
    }


def touched(conn: sa.Connection, people: Collection[str]) -> set[str]:
    """The cases that these persons hold, or on which they recorded something that is counted."""
    marks = ", ".join("?" * len(people))
    given = (*people, *people)
    return set(
        conn.exec_driver_sql(
            f"SELECT id FROM cases WHERE assignee_id IN ({marks}) UNION"  # noqa: S608  # marks only
            f" SELECT case_id FROM case_event WHERE author IN ({marks})",
            given,
        ).scalars()
    )


def counted_cases(
    conn: sa.Connection, since: datetime, until: datetime, terms: Terms, case_ids: Collection[str] | None = None
) -> list[CaseRecords]:
    """The cases, with their events from `since` and before `until`, and every decision about a plan.

    `terms` gives days of grace and tolerance (minor units) of a jurisdiction and a currency.
    """
    ids = None if case_ids is None else tuple(case_ids)
    first_unpaid: dict[str, dict[str, date | None]] = defaultdict(dict)
    for row in conn.exec_driver_sql(*among(_ACCOUNTS, "case_id", ids)):
        first_unpaid[row[0]][row[1]] = None if row[2] is None else date.fromisoformat(row[2])
    figures: dict[str, list[Figures]] = defaultdict(list)
    for row in conn.exec_driver_sql(*among(_FIGURES, "case_id", ids)):
        figures[row[0]].append(Figures(row[1], date.fromisoformat(row[2]), row[3], row[4]))
    payments: dict[str, list[Payment]] = defaultdict(list)
    for row in conn.exec_driver_sql(*among(_PAYMENTS, "case_id", ids)):
        payments[row[0]].append(Payment(row[1], date.fromisoformat(row[2]), row[3], row[4], row[5]))
    events = _events(conn, since, until, ids)
    return [
        CaseRecords(
            id=row[0],
            opened_on=date.fromisoformat(row[1]),
            closed_on=None if row[2] is None else date.fromisoformat(row[2]),
            first_unpaid=first_unpaid[row[0]],
            figures=figures[row[0]],
            payments=payments[row[0]],
            events=events[row[0]],
            grace_days=grace_days,
            tolerance=tolerance,
            state=decode(row[5]),
        )
        for row in conn.exec_driver_sql(*among(_CASES, "c.id", ids))
        for grace_days, tolerance in (terms(row[3], row[4]),)
    ]


def _events(
    conn: sa.Connection, since: datetime, until: datetime, ids: tuple[str, ...] | None
) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    kinds = ", ".join(f"'{kind}'" for kind in COUNTED)
    query = (
        f"SELECT * FROM case_event WHERE kind IN ({kinds})"  # noqa: S608  # our own names
        f" AND (kind = 'plan_decided' OR occurred_at BETWEEN '{utc_text(since)}' AND '{utc_text(until)}')"
    )
    text, given = among(query, "case_id", ids)
    for row in conn.exec_driver_sql(text, given):
        found[row.case_id].append(from_row(row))
    return found


_CASES = """
SELECT c.id, c.opened_on, c.closed_on, b.jurisdiction, b.currency, r.state
  FROM cases c JOIN book b ON b.id = c.book_id JOIN case_row r ON r.case_id = c.id
 WHERE true
"""
_ACCOUNTS = "SELECT case_id, id, first_unpaid_due FROM account WHERE true"
_FIGURES = (
    "SELECT case_id, account_id, as_of, principal + interest + penalty + fees + costs, months_past_due"
    " FROM balance_snapshot WHERE true"
)
_PAYMENTS = "SELECT case_id, id, value_date, amount, account_id, reverses FROM payment WHERE true"
