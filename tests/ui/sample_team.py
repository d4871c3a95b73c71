"""A whole team for the sample desk: people with skills, one on leave with work that waits, one revoked; their cases."""

from __future__ import annotations

import json
from datetime import date

from local_db import projections, replica
from tests.ui.sample_book import CHEN, HE, SUN, TEAM, TODAY
from workstation import tables
from workstation.desk.demo.book import demo_book
from workstation.domain.ids import bank_id
from workstation.session import Desk

LI, MA, GAO, XU, GUO, LIN, GONE = (bank_id("sample", name) for name in ("li", "ma", "gao", "xu", "guo", "lin", "gone"))
# Person, login, name, role, active, capacity, limit, languages, regions, stages, legal.
MEMBERS = (
    (CHEN, "chenjing", "陈静", "collector", True, 100, None, [], [], [], False),
    (LI, "liting", "李婷", "collector", True, 100, 30, ["zh_CN", "en"], [], [], False),
    (MA, "machao", "马超", "collector", True, 100, 40, [], [], ["M1", "M2", "M3"], False),
    (GAO, "gaoyuan", "高原", "collector", True, 80, None, [], [], [], True),
    (XU, "xuqian", "徐倩", "collector", True, 100, None, [], [], [], False),
    (SUN, "sunqiang", "孙强", "field", True, 100, None, [], ["上海", "杭州"], [], False),
    (GUO, "guokai", "郭凯", "collector", True, 60, None, [], [], ["M5", "M6", "M7+"], True),
    (LIN, "linxue", "林雪", "collector", True, 100, None, [], [], [], False),
    (GONE, "zhouping", "周平", "collector", False, 100, None, [], [], [], False),
    (HE, "helin", "何琳", "lead", True, 100, None, [], [], [], False),
)
HOLDERS = (CHEN, LI, MA, GAO, XU, SUN, GUO, LIN, GONE)
LEAVE = ("2026-11-20", "2026-12-03", LI)


def add_team(desk: Desk, cases: int = 90) -> None:
    """As a synchronisation would bring it."""
    rows = demo_book(cases, as_of=TODAY, team_id=TEAM, collectors=list(HOLDERS), seed=4)
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.person, [(*row[:4], TEAM, row[4]) for row in MEMBERS])
        replica.upsert(
            conn,
            tables.staffing,
            [
                (who, capacity, most, json.dumps(languages), json.dumps(regions, ensure_ascii=False),
                 json.dumps(stages),
                 legal, *(LEAVE if who == SUN else (None, None, None)), 1)
                for who, _, _, _, _, capacity, most, languages, regions, stages, legal in MEMBERS
            ],
        )  # fmt: skip
        replica.upsert(
            conn,
            tables.device_seen,
            [
                (bank_id("sample", "seat", login), who, f"{login}-pc", "2026-11-23T01:52:00.000000Z", 0, 0, None)
                for who, login, *_ in MEMBERS
                if who not in {SUN, GONE}
            ]
            + [(bank_id("sample", "seat", "sunqiang"), SUN, "field-07", "2026-11-22T10:04:00.000000Z", 6, 2, None)],
        )
        for table in (tables.book, *tables.PER_CASE):
            if rows.get(table.name):
                replica.upsert(conn, table, [tuple(map(_stored, row)) for row in rows[table.name]])
        projections.rebuild(conn, TODAY)


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
