"""What each case looks like now, folded from its events and kept for the queue; rebuilt from events at any time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from local_db import search
from workstation.domain.case_state import encode, fold

_BATCH = 200  # cases; bounds the events held in memory


def refresh(conn: sa.Connection, case_ids: Collection[str], today: date) -> None:
    """Fold the touched cases again; the cost is theirs alone."""
    del today  # the fold holds nothing that depends on the day
    ids = list(case_ids)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        states = fresh(conn, part)
        conn.exec_driver_sql(f"DELETE FROM case_row WHERE case_id IN ({_marks(part)})", tuple(part))  # noqa: S608
        if states:
            conn.exec_driver_sql("INSERT INTO case_row (case_id, state) VALUES (?, ?)", states)
        search.refresh(conn, part)


def rebuild(conn: sa.Connection, today: date) -> None:
    refresh(conn, _all_cases(conn), today)


def check(conn: sa.Connection, today: date) -> list[str]:
    """Case ids whose kept projection differs from a fresh fold."""
    del today
    differing = []
    ids = _all_cases(conn)
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        kept = {
            row[0]: tuple(row)
            for row in conn.exec_driver_sql(
                f"SELECT case_id, state FROM case_row WHERE case_id IN ({_marks(part)})",  # noqa: S608
                tuple(part),
            )
        }
        differing += [row[0] for row in fresh(conn, part) if kept.get(row[0]) != row]
    return differing


def fresh(conn: sa.Connection, case_ids: Collection[str]) -> list[tuple[str, str]]:
    """case_row's tuples, folded anew."""
    from local_db.events import from_row
    from workstation.tables import case_event

    ids = tuple(case_ids)
    by_case: dict[str, list[Any]] = defaultdict(list)
    for row in conn.execute(sa.select(case_event).where(case_event.c.case_id.in_(ids))):
        by_case[row.case_id].append(from_row(row))
    zones = {
        row[0]: row[1]
        for row in conn.exec_driver_sql(
            "SELECT case_id, time_zone, min(rank) FROM contact_point"  # noqa: S608
            f" WHERE related_person_id IS NULL AND case_id IN ({_marks(ids)}) GROUP BY case_id",
            ids,
        )
    }
    known = [row[0] for row in conn.exec_driver_sql(f"SELECT id FROM cases WHERE id IN ({_marks(ids)})", ids)]  # noqa: S608
    return [
        (case_id, encode(fold(by_case[case_id], ZoneInfo(zones.get(case_id, "Asia/Shanghai"))))) for case_id in known
    ]


def _all_cases(conn: sa.Connection) -> list[str]:
    return [row[0] for row in conn.exec_driver_sql("SELECT id FROM cases ORDER BY id")]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
