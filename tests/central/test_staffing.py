"""Capacity, skills, leave and devices: who may change and see them, and what is refused."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg import errors

from tests.central.builders import hello, new_id
from tests.central.server import CentralDatabase

WHOLE = {
    "capacity": 60,
    "most_cases": 200,
    "languages": ["zh_CN", "粤语"],
    "regions": ["上海", "苏州"],
    "stages": ["M1", "M7+"],
    "legal": True,
    "leave_from": "2026-11-23",
    "leave_until": "2026-12-03",
    "cover_id": None,
}


def place(conn: psycopg.Connection, person: str, seen: int, **other: object) -> tuple[bool, int, str | None]:
    plan = json.dumps({**WHOLE, **other})
    return conn.execute("SELECT * FROM app.set_staffing(%s, %s, %s)", [person, seen, plan]).fetchone()


def test_a_lead_changes_the_own_team_for_the_version_seen_and_it_is_on_record(central: CentralDatabase):
    li = central.people["li.na"]
    with central.connect("chen.jie") as conn:
        assert place(conn, li, 1, cover_id=central.people["wang.wei"]) == (True, 2, "陈洁")
        done, version, who = place(conn, li, 1, capacity=10)
        assert (done, version) == (False, 2)
        assert who.startswith("陈洁 ")
        row = conn.execute(
            "SELECT capacity, most_cases, languages, regions, stages, legal, leave_from::text, cover_id::text, version"
            " FROM staffing WHERE id = %s",
            [li],
        ).fetchone()
    assert row == (
        60,
        200,
        ["zh_CN", "粤语"],
        ["上海", "苏州"],
        ["M1", "M7+"],
        True,
        "2026-11-23",
        central.people["wang.wei"],
        2,
    )
    with central.connect("admin") as conn:
        assert place(conn, li, 2, capacity=100)[:2] == (True, 3)
        acts = conn.execute("SELECT what, subject FROM admin_event WHERE what = 'staffing_set' ORDER BY at").fetchall()
    assert acts == [("staffing_set", "li.na")] * 2


def test_who_may_not_change_it(central: CentralDatabase):
    li, sun = central.people["li.na"], central.people["sun.hao"]
    with central.connect("chen.jie") as conn:
        for person in (sun, central.people["audit"], new_id()):  # another team's, one who holds nothing, nobody
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                place(conn, person, 1)
            assert refused.value.sqlstate == "WS021"
    for login in ("li.na", "audit"):
        with central.connect(login) as conn, pytest.raises(errors.InsufficientPrivilege):
            place(conn, li, 1)
    with central.connect() as conn:  # as revoking does here; the login is shared by the databases of this server
        conn.execute("UPDATE person SET active = false WHERE login = 'li.na'")
    with central.connect("chen.jie") as conn, pytest.raises(psycopg.Error) as refused:
        place(conn, li, 1)
    assert refused.value.sqlstate == "WS021"


@pytest.mark.parametrize(
    "other",
    [
        {"capacity": 201},
        {"capacity": -1},
        {"capacity": None},
        {"capacity": "many"},
        {"capacity": 10**12},
        {"most_cases": -1},
        {"legal": None},
        {"languages": ["x" * 61]},
        {"languages": [None]},
        {"languages": "zh_CN"},
        {"regions": [str(n) for n in range(41)]},
        {"stages": ["M9"]},
        {"leave_from": None},
        {"leave_until": "2026-11-01"},
        {"leave_until": "soon"},
        {"cover_id": "x"},
    ],
    ids=str,
)
def test_what_is_no_place_in_a_plan(central_of_module: CentralDatabase, other: dict[str, object]):
    with central_of_module.connect("chen.jie") as conn, pytest.raises(psycopg.Error) as refused:
        place(conn, central_of_module.people["li.na"], 1, **other)
    assert refused.value.sqlstate == "WS011"


def test_nobody_covers_for_another_team_or_for_themselves(central: CentralDatabase):
    li = central.people["li.na"]
    with central.connect("chen.jie") as conn:
        for cover, code in ((central.people["sun.hao"], "WS010"), (li, "WS011"), (central.people["audit"], "WS010")):
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                place(conn, li, 1, cover_id=cover)
            assert refused.value.sqlstate == code


def test_a_covered_leave_is_the_leave_that_is_planned_with_and_ends_with_it(central: CentralDatabase):
    li, wang = central.people["li.na"], central.people["wang.wei"]
    query = "SELECT leave_from = current_date, leave_until - current_date, cover_id::text FROM staffing WHERE id = %s"
    with central.connect("chen.jie") as conn:
        leave = conn.execute(
            "SELECT leave_id FROM app.cover_leave(%s, %s, current_date + 9, '休假')", [li, wang]
        ).fetchone()[0]
        assert conn.execute(query, [li]).fetchone() == (True, 9, wang)
        conn.execute("SELECT * FROM app.end_leave(%s, '')", [leave])
        assert conn.execute(query, [li]).fetchone() == (None, None, None)


def test_devices_are_told_to_the_lead_with_what_waits_there(central: CentralDatabase):
    device = new_id()
    with central.connect("li.na") as conn:
        hello(conn, device)
        conn.execute("SELECT app.report_seat(%s, 6, NULL, 2)", [device])
        first = conn.execute("SELECT FROM device WHERE id = %s", [device]).rowcount
        assert first == 1
        with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
            conn.execute("SELECT FROM device_seen")
        conn.commit()
        stranger = new_id()
        conn.execute("SELECT app.report_seat(%s, 99, NULL, 99)", [stranger])  # of nobody: nothing happens
        conn.commit()
    seen = "SELECT waiting_events, waiting_attachments, revoked_at IS NULL, xid::text FROM device_seen WHERE id = %s"
    with central.connect("chen.jie") as lead, central.connect("zhou.yan") as other:
        before = lead.execute(seen, [device]).fetchone()
        assert before[:3] == (6, 2, True)
        assert other.execute("SELECT FROM device_seen").fetchall() == []
        assert {row[0] for row in other.execute("SELECT id::text FROM staffing")} == {
            central.people["sun.hao"],
            central.people["zhou.yan"],
        }
        lead.commit()
        with central.connect("li.na") as conn:
            conn.execute("SELECT app.report_seat(%s, 6, NULL, 2)", [device])  # nothing new: no row to pull
        assert lead.execute(seen, [device]).fetchone() == before


def test_who_changes_team_comes_to_the_new_lead_as_news(central: CentralDatabase):
    device = new_id()
    with central.connect("li.na") as conn:
        hello(conn, device)
    with central.connect("admin") as conn:
        horizon = conn.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
        conn.commit()
        conn.execute("SELECT app.change_person('li.na', 'collector', %s)", [central.teams["south"]])
    with central.connect("zhou.yan") as conn:
        for table, whose in (("staffing", "id"), ("device_seen", "person_id")):
            found = conn.execute(f"SELECT {whose}::text FROM {table} WHERE xid > %s::text::xid8", [horizon]).fetchall()
            assert found == [(central.people["li.na"],)], table
